/* disk.h: a thread that saves whole files, for a disk takes as long as it
 * likes: whatever waits is written, synced and renamed together, with one sync
 * of the folder. Knows nothing of downloads. Every function is for the I/O
 * thread. */
#pragma once

#include "base/status.h"
#include "download/file_sink.h"

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

struct lx_disk_job {
    struct lx_disk_job *next;     /* the disk's, guarded by its lock */
    enum lx_disk_job_state state; /* the same */
    struct lx_disk *disk;         /* the same */
    struct lx_file_sink sink;     /* all bytes taken */
    enum lx_file_sink_end end;    /* so far */
    bool is_saved;
    struct lx_error error;                   /* else it says why not */
    void (*on_end)(struct lx_disk_job *job); /* takes the job */
    void *owner;
};

/* With a closed sink; NULL when out of memory. */
struct lx_disk_job *lx_disk_job_new(void (*on_end)(struct lx_disk_job *job),
                                    void *owner);

/* Of one that the disk does not have; discards its sink. NULL is fine. */
void lx_disk_job_free(struct lx_disk_job *job);

/* `wake(argument)` is called, on any thread, when lx_disk_deliver has
 * something to do. Starts no thread. NULL when out of memory. */
struct lx_disk *lx_disk_new(void (*wake)(void *argument), void *argument);

/* Stops, then frees; drop all jobs before. NULL is fine. */
void lx_disk_free(struct lx_disk *disk);

/* Save the file some time; on_end is called from a later lx_disk_deliver,
 * unless the job is dropped before. */
void lx_disk_add(struct lx_disk *disk, struct lx_disk_job *job);

/* Give an added job away: no on_end. The file is in place or there is nothing
 * of it, a moment later if the thread is just at work on it. */
void lx_disk_drop(struct lx_disk *disk, struct lx_disk_job *job);

/* Call on_end of all that have ended; true when there were any. */
bool lx_disk_deliver(struct lx_disk *disk);

/* Join the thread, which stops after the next few MiB: one file more may be in
 * place, the others wait to be dropped. Nothing may be added after. Twice is
 * fine. */
void lx_disk_stop(struct lx_disk *disk);

#pragma GCC visibility pop
