/* committer.h: puts finished files in place on a thread of its own, for a disk
 * takes as long as it likes. All that wait are written together and share one
 * sync of each folder. Knows nothing of downloads.
 * Every function is for the I/O thread. */
#pragma once

#include "file_sink.h"
#include "status.h"

#include <stdbool.h>

/* So many files may wait for the disk before no more should be begun, and so
 * many of them are put in place at a time. */
#define LX_COMMITS_MAX      64
#define LX_COMMIT_BATCH_MAX 32

/* So many of their bytes may wait in memory, in one block for each file; one
 * that holds more is written before it waits. */
#define LX_COMMIT_HELD_MAX (1024 * 1024)

struct lx_committer;

enum lx_commit_state {
    LX_COMMIT_NEW,
    LX_COMMIT_WAITING,
    LX_COMMIT_BUSY,
    LX_COMMIT_DROPPED, /* while it was busy */
    LX_COMMIT_ENDED
};

/* A file to be put in place. */
struct lx_commit {
    struct lx_commit *next;
    enum lx_commit_state state; /* guarded by the committer's lock */
    struct lx_file_sink sink;   /* all bytes taken; the thread seals it */
    bool is_synced;             /* the thread's own */
    bool is_ended;              /* saved, or else `error` says why not */
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

/* `wake(argument)` is called, on any thread, when lx_committer_deliver has
 * something to do. Starts no thread. NULL when memory is out. */
struct lx_committer *lx_committer_new(void (*wake)(void *argument),
                                      void *argument);

/* Stops, then frees; drop all commits and close all sinks before. NULL is
 * fine. */
void lx_committer_free(struct lx_committer *committer);

/* What the sinks of its commits gather in. */
struct lx_blocks *lx_committer_blocks(struct lx_committer *committer);

/* Put the file in place some time; on_end is called from a later
 * lx_committer_deliver, unless the commit is dropped before. Seals the sink
 * when too much waits in memory. */
void lx_committer_add(struct lx_committer *committer, struct lx_commit *commit);

/* Give the commit away: no on_end. The file is in place or its .part is left,
 * locked for another moment if the thread is just at work on it. */
void lx_committer_drop(struct lx_committer *committer,
                       struct lx_commit *commit);

/* Call on_end of all that have ended; true when there were any. */
bool lx_committer_deliver(struct lx_committer *committer);

/* Join the thread, which stops at the next file or after the next few MiB:
 * files that are on the disk are put in place, the others wait to be dropped.
 * Nothing may be added after. Twice is fine. */
void lx_committer_stop(struct lx_committer *committer);
