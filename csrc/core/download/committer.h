/* committer.h: puts finished files in place on a thread of its own, for a disk
 * takes as long as it likes. Those that wait are written and synced together
 * and share one sync of each folder. Knows nothing of downloads.
 * Every function is for the I/O thread. */
#pragma once

#include "download/blocks.h"
#include "download/commit.h"

#include <stdbool.h>

/* So many files may wait for the disk before no more should be begun. */
#define LX_COMMITS_MAX 64

/* So many of their bytes may wait in memory, in one block for each file; one
 * that holds more is written before it waits. */
#define LX_COMMIT_HELD_MAX (1024 * 1024)

struct lx_committer;

/* `wake(argument)` is called, on any thread, when lx_committer_deliver has
 * something to do. Starts no thread. NULL when memory is out. */
struct lx_committer *lx_committer_new(void (*wake)(void *argument),
                                      void *argument);

/* Stops, then frees; drop all commits and close all sinks before. NULL is
 * fine. */
void lx_committer_free(struct lx_committer *committer);

/* What the sinks of its commits gather in. */
struct lx_blocks *lx_committer_blocks(struct lx_committer *committer);

/* Put the file in place some time, together with those that come in the next 5
 * ms unless lx_committer_hurry says that none will; on_end is called from a
 * later lx_committer_deliver, unless the commit is dropped before. Seals the
 * sink when too much waits in memory. */
void lx_committer_add(struct lx_committer *committer, struct lx_commit *commit);

/* No more is to come for now: let those that wait for company go. */
void lx_committer_hurry(struct lx_committer *committer);

/* Give the commit away: no on_end. The file is in place or its .part is left,
 * if it was made, locked for another moment if the thread is just at work on
 * it. */
void lx_committer_drop(struct lx_committer *committer,
                       struct lx_commit *commit);

/* Call on_end of all that have ended; true when there were any. */
bool lx_committer_deliver(struct lx_committer *committer);

/* Join the thread, which stops after the next file, or files of a few MiB:
 * files that are on the disk are put in place, the others wait to be dropped.
 * Nothing may be added after. Twice is fine. */
void lx_committer_stop(struct lx_committer *committer);
