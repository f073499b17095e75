/* data_url.h: reads "data:" URLs (RFC 2397), which hold their content. Pure;
 * any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

struct lx_data_url {
    char type[128]; /* the media type; "": none, or too long */
    bool is_base64; /* else percent-encoded */
    const char *at; /* the content, encoded; in the URL, borrowed */
    unsigned bits;  /* base64: bits that are left over, below `count` */
    unsigned count; /* base64: how many of them */
    bool is_padded; /* base64: '=' came, nothing but that may follow */
};

/* Whether `url` is one. */
bool lx_data_url_is(const char *url);

/* False when it is none, or has no comma. */
bool lx_data_url_open(struct lx_data_url *data, const char *url);

/* Decode the next bytes, at most `room`: how many; 0 at the end. White space
 * in base64 counts as nothing, its alphabet may be that for URLs, its padding
 * may be missing or percent-encoded. *is_valid is false, and stays so, after a
 * character that belongs to no encoding. */
size_t lx_data_url_read(struct lx_data_url *data, char *out, size_t room,
                        bool *is_valid);

#pragma GCC visibility pop
