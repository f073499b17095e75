/* picture.h: a local picture on its way out: looked at, then read block by
 * block, as jobs of the disk's thread. A file that is not what it was when it
 * was looked at ends with an error before its last block is given. Of one in
 * memory the hash is made there. */
#pragma once

#include "api/body.h"
#include "base/status.h"
#include "download/disk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* A multiple of 3, so that the base64 of blocks fits together. */
#define LX_PICTURE_BLOCK_BYTES ((size_t)96 * 1024)

/* The I/O thread's, but while the disk has the job. */
struct lx_picture {
    struct lx_disk_job job; /* first: the disk knows that alone */
    struct lx_piece piece;  /* with a path, or the bytes, of its own */
    struct lx_file open;
    uint64_t read; /* bytes so far */
    char *block;   /* of LX_PICTURE_BLOCK_BYTES, owned; NULL: to be looked at */
    size_t length; /* of what is in it */
    struct lx_error error; /* kind NONE: it went well */
    void (*on_end)(struct lx_picture *picture);
};

/* A job that looks at the file of `piece`: finds out its media_type and
 * identity, and the hash if it wants one. Or, with `reads`, one that reads the
 * next block whenever it is added. on_end may add it again or free it. NULL
 * when out of memory. */
struct lx_picture *lx_picture_new(const struct lx_piece *piece, bool reads,
                                  void (*on_end)(struct lx_picture *picture),
                                  void *owner);

/* A job that makes the hash of the bytes of `piece`, which it takes out of it.
 * NULL when out of memory, and they stay. */
struct lx_picture *
lx_picture_new_hash(struct lx_piece *piece,
                    void (*on_end)(struct lx_picture *picture), void *owner);

/* Of one that the disk does not have. NULL is fine. */
void lx_picture_free(struct lx_picture *picture);

/* Whether these bytes begin a picture that the service takes, and there are
 * not too many: sets piece->media_type, or the error (kind `file`, charged
 * "no"). `head` is the beginning of the picture, `bytes` its whole length. */
bool lx_picture_check(struct lx_piece *piece, const char *head, size_t length,
                      uint64_t bytes, struct lx_error *error);

#pragma GCC visibility pop
