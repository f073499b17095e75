/* reply_head.h: the head of an answer to a download, read line by line. Pure;
 * any thread. Knows nothing of libcurl, nor what the download makes of it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_reply_head {
    int status;       /* 0: no status line yet */
    bool is_complete; /* the empty line came */
    bool has_length;
    bool is_open_ended;   /* of HTTP/1, without length and chunks: the end of
                             the connection is that of the body */
    bool names_range;     /* there is a Content-Range */
    bool has_range;       /* and it could be read: first, last, total */
    bool has_no_range;    /* or, of a 416, it names the total alone */
    bool is_chunked;      /* Transfer-Encoding: the length is void */
    bool is_encoded;      /* gzip or the like: the length is void, too */
    uint64_t length;      /* Content-Length */
    uint64_t range_first; /* of the bytes that follow */
    uint64_t range_last;
    uint64_t range_total;   /* 0: unknown */
    char content_type[128]; /* "" when absent or too long, as all texts here */
    char etag[200];         /* with its quotes; "" for a weak one */
    char last_modified[64];
    char retry_after[64];
};

/* Read one header line, end of line included or not. A status line begins a
 * new head: after a 1xx the real answer follows. Lines after the empty one
 * (trailers) change nothing. Lines that cannot be read count as absent. */
void lx_reply_head_line(struct lx_reply_head *head, const char *line,
                        size_t length);

#pragma GCC visibility pop
