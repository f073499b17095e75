/* commit.h: a whole file that is to be put in place, and how several are put in
 * place together: written, synced, renamed, with one sync of each folder. One
 * thread at a time. Knows nothing of threads and downloads. */
#pragma once

#include "download/file_sink.h"
#include "base/status.h"
#include "download/syncer.h"

#include <stdbool.h>

/* So many at a time. */
#define LX_COMMIT_BATCH_MAX LX_SYNCER_FILES_MAX

enum lx_commit_state {
    LX_COMMIT_NEW,
    LX_COMMIT_WAITING,
    LX_COMMIT_BUSY,
    LX_COMMIT_DROPPED, /* while it was busy */
    LX_COMMIT_ENDED
};

struct lx_commit {
    struct lx_commit *next;
    enum lx_commit_state state; /* the committer's, guarded by its lock */
    struct lx_file_sink sink;   /* all bytes taken */
    bool is_synced;
    bool is_ended; /* saved, or else `error` says why not */
    bool is_saved;
    struct lx_error error;
    void (*on_end)(struct lx_commit *commit); /* takes it */
    void *owner;
};

/* With a closed sink; NULL when memory is out. */
struct lx_commit *lx_commit_new(void (*on_end)(struct lx_commit *commit),
                                void *owner);

/* Of one that the committer does not have; leaves the .part. NULL is fine. */
void lx_commit_free(struct lx_commit *commit);

/* End it, for the error that it has. */
void lx_commit_fail(struct lx_commit *commit);

/* Put LX_COMMIT_BATCH_MAX files at most, linked by `next`, in place.
 * `may_go_on(argument, commit)` is asked before each file is written, before it
 * is synced, alone or with others of a few MiB altogether, and in a large one
 * after every few MiB: after false, which it then is for ever, the file is left
 * as it is, not ended. */
void lx_commit_save(struct lx_commit *batch, struct lx_syncer *syncer,
                    bool (*may_go_on)(void *argument,
                                      const struct lx_commit *commit),
                    void *argument);
