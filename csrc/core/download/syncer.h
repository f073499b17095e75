/* syncer.h: fsync of several files at once. Where the system can do that, the
 * thread sleeps once for all and the disk flushes its cache once for several.
 * One thread. */
#pragma once

#include <stdbool.h>

/* So many at a time. */
#define LX_SYNCER_FILES_MAX 32

struct lx_syncer {
    unsigned long context; /* of the kernel; 0: none yet */
    bool is_refused;       /* one file after the other, each on its own */
};

struct lx_syncer_file {
    int fd;
    int number; /* out: 0 or the errno */
};

/* Asks nothing of the system. */
void lx_syncer_init(struct lx_syncer *syncer);
void lx_syncer_deinit(struct lx_syncer *syncer);

/* Returns when all are on the disk or have failed. */
void lx_syncer_sync(struct lx_syncer *syncer, struct lx_syncer_file *files,
                    int count);
