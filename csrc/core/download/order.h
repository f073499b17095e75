/* order.h: what a download is to do, and what it may. Plain data: built on the
 * host's thread, then owned by the I/O thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* All texts are owned and NUL-terminated. */
struct lx_download_order {
    char *url;
    char *target;       /* file or folder, as given; NULL: into memory */
    char *task_id;      /* names the file in a folder; NULL: the URL does, and
                           there is no entry */
    char *first_url;    /* the one that does; NULL: `url`. Redirects led here */
    int number;         /* of the file among those of `target`, from 1 */
    int count;          /* of those, where there is an entry */
    int64_t entry;      /* of a journal, whose result this is; 0: none */
    uint64_t max_bytes; /* more is refused */
    int64_t stall_ms;   /* no byte for this long: cut and resumed */
    bool is_by_hand;    /* goes on where the journal cannot take it */
    bool overwrite;     /* replace an existing file */
    bool allow_http;    /* http: URLs are fine (the API itself is http:) */
    bool allow_private; /* addresses of loopback and private nets are fine */
    bool want_progress; /* report the bytes on the way */
};

/* Free with everything owned; NULL is fine. */
void lx_download_order_free(struct lx_download_order *order);

#pragma GCC visibility pop
