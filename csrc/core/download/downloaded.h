/* downloaded.h: what a download gave, or where it was redirected. Plain
 * data with one owner at a time. */
#pragma once

#include "base/sha256.h"

#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_downloaded {
    char *path;         /* where it was saved; NULL: in no file */
    char *content_type; /* NULL when the server said none */
    char *location;     /* a redirect's target, absolute: nothing was saved */
    char *bytes;        /* the content, when it went into memory */
    char *warning;   /* the name contradicts the content; NULL: it does not */
    uint64_t length; /* bytes of the whole content */
    int64_t modified_ms; /* the file's own time, where it is an entry's */
    unsigned char sha256[LX_SHA256_BYTES]; /* the same */
};

/* Free with everything owned; NULL is fine. */
void lx_downloaded_free(struct lx_downloaded *downloaded);

#pragma GCC visibility pop
