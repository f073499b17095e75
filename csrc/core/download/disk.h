/* disk.h: a thread that works on files, as a disk may take any time. All jobs
 * of one kind that wait are handed to it together. Knows nothing of the work
 * itself: save.h saves files, picture.h reads pictures. Functions are for the
 * I/O thread unless they say otherwise. */
#pragma once

#include <stdbool.h>

#pragma GCC visibility push(hidden)

/* Begin no download while this many files wait for the disk: each holds a
 * buffer. */
#define LX_DISK_JOBS_MAX 16

struct lx_disk;

enum lx_disk_job_state {
    LX_DISK_JOB_NEW, /* whoever made it may still free it */
    LX_DISK_JOB_WAITING,
    LX_DISK_JOB_BUSY,
    LX_DISK_JOB_DROPPED, /* while it was busy */
    LX_DISK_JOB_ENDED
};

struct lx_disk_job;

struct lx_disk_kind {
    /* On the disk's thread: do all of a list linked by `next`, or leave it with
     * is_stopped set where lx_disk_may_go_on says so. */
    void (*work)(struct lx_disk_job *first);
    void (*release)(struct lx_disk_job *job); /* frees it; either thread */
};

/* The first member of what is to be done. Its maker sets the last three. */
struct lx_disk_job {
    struct lx_disk_job *next;     /* the disk's, guarded by its lock */
    enum lx_disk_job_state state; /* the same */
    struct lx_disk *disk;         /* the same */
    bool is_stopped;
    const struct lx_disk_kind *kind;
    void (*on_end)(struct lx_disk_job *job); /* takes the job */
    void *owner;
};

/* From inside `work`, on any thread: false when the rest of the job may
 * be left out, because it was dropped or the disk stops. */
bool lx_disk_may_go_on(struct lx_disk_job *job);

/* `wake(argument)` is called, on any thread, when lx_disk_deliver has
 * something to do. Starts no thread. NULL when out of memory. */
struct lx_disk *lx_disk_new(void (*wake)(void *argument), void *argument);

/* Stops, then frees; drop all jobs before. NULL is fine. */
void lx_disk_free(struct lx_disk *disk);

/* Queue the job; a later lx_disk_deliver calls on_end, unless the job is
 * dropped before. */
void lx_disk_add(struct lx_disk *disk, struct lx_disk_job *job);

/* Give an added job away: no on_end. It is released here, or by the thread if
 * that is at work on it. */
void lx_disk_drop(struct lx_disk *disk, struct lx_disk_job *job);

/* Call on_end of all that have ended; true when there were any. */
bool lx_disk_deliver(struct lx_disk *disk);

/* Join the thread, which stops within a few MiB: one more job may be done. Drop
 * the others, and what is added later: neither is done. Twice is fine. */
void lx_disk_stop(struct lx_disk *disk);

#pragma GCC visibility pop
