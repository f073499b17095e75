/* file_check.h: whether files that were saved are still what they were, and
 * whether others may be saved somewhere, as a job of the disk's thread. */
#pragma once

#include "base/sha256.h"
#include "download/disk.h"
#include "os/file.h"

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_checked_file {
    char *path;         /* owned */
    char *content_type; /* owned; passed on */
    uint64_t bytes;
    int64_t modified_ms; /* compared unless the hash is, or it is 0; then as it
                            is now */
    bool has_hash;
    unsigned char sha256[LX_SHA256_BYTES];
    bool is_there; /* the answer */
};

/* The I/O thread's, but while the disk has the job. */
struct lx_file_check {
    struct lx_disk_job job; /* first: the disk knows that alone */
    char *stale_part;       /* owned: a part to be removed before; NULL: none */
    char *target; /* owned: where others are to be saved; NULL: nowhere */
    enum lx_file_reason target_reason; /* the answer: see lx_target_check */
    bool compares_hashes;
    void (*on_end)(struct lx_file_check *check); /* takes it */
    size_t count;
    struct lx_checked_file files[];
};

/* Whether `path` is a file of these bytes; false where the job is to end. On
 * the disk's thread. */
bool lx_file_check_holds(const char *path, uint64_t bytes,
                         const unsigned char sha256[LX_SHA256_BYTES],
                         struct lx_disk_job *job);

/* All cleared but what is given; NULL when out of memory. */
struct lx_file_check *lx_file_check_new(size_t count, void *owner,
                                        void (*on_end)(struct lx_file_check *));

/* Of one that the disk does not have. NULL is fine. */
void lx_file_check_free(struct lx_file_check *check);

/* Whether all are there. */
bool lx_file_check_is_fine(const struct lx_file_check *check);

#pragma GCC visibility pop
