/* disk.c: see disk.h. */
#include "download/disk.h"

#include "os/thread.h"

#include <stdlib.h>

struct list {
    struct lx_disk_job *first, *last;
};

struct lx_disk {
    void (*wake)(void *argument);
    void *argument;
    bool has_thread; /* I/O thread only */
    struct lx_thread thread;
    struct lx_mutex lock;
    struct lx_condition change; /* of what is guarded by lock */
    struct list waiting;        /* guarded by lock */
    struct list ended;          /* guarded by lock */
    bool is_stopping;           /* guarded by lock */
};

/* ---- jobs ---- */

static void append(struct list *list, struct lx_disk_job *job,
                   enum lx_disk_job_state state)
{
    job->state = state;
    job->next = NULL;
    if (list->last)
        list->last->next = job;
    else
        list->first = job;
    list->last = job;
}

static void unlink_from(struct list *list, struct lx_disk_job *job)
{
    struct lx_disk_job **link = &list->first, *before = NULL;

    while (*link != job) {
        before = *link;
        link = &before->next;
    }
    *link = job->next;
    if (list->last == job)
        list->last = before;
}

/* ---- between the threads ---- */

/* A dropped job need not be finished, nor any once the disk stops. */
bool lx_disk_may_go_on(struct lx_disk_job *job)
{
    lx_mutex_lock(&job->disk->lock);
    bool may = !job->disk->is_stopping && job->state == LX_DISK_JOB_BUSY;
    lx_mutex_unlock(&job->disk->lock);
    return may;
}

/* With the lock held: all waiting jobs of the kind of the first, linked by
 * `next`. */
static struct lx_disk_job *take_kind(struct lx_disk *disk)
{
    struct list taken = {NULL, NULL}, left = {NULL, NULL};
    struct lx_disk_job *job = disk->waiting.first;
    const struct lx_disk_kind *kind = job->kind;

    while (job) {
        struct lx_disk_job *next = job->next;
        bool is_taken = job->kind == kind;
        append(is_taken ? &taken : &left, job,
               is_taken ? LX_DISK_JOB_BUSY : LX_DISK_JOB_WAITING);
        job = next;
    }
    disk->waiting = left;
    return taken.first;
}

/* With the lock held: the dropped ones among those that were worked on, linked
 * by `next`. One that was stopped waits to be dropped. */
static struct lx_disk_job *give_back(struct lx_disk *disk,
                                     struct lx_disk_job *job)
{
    struct list dropped = {NULL, NULL};

    while (job) {
        struct lx_disk_job *next = job->next;
        if (job->state == LX_DISK_JOB_DROPPED)
            append(&dropped, job, LX_DISK_JOB_DROPPED);
        else if (job->is_stopped)
            append(&disk->waiting, job, LX_DISK_JOB_WAITING);
        else
            append(&disk->ended, job, LX_DISK_JOB_ENDED);
        job = next;
    }
    return dropped.first;
}

/* With the lock held, and released in between. */
static void work_off(struct lx_disk *disk)
{
    struct lx_disk_job *job = take_kind(disk);

    lx_mutex_unlock(&disk->lock);
    job->kind->work(job);
    lx_mutex_lock(&disk->lock);
    job = give_back(disk, job);
    lx_mutex_unlock(&disk->lock);
    while (job) {
        struct lx_disk_job *next = job->next;
        job->kind->release(job);
        job = next;
    }
    disk->wake(disk->argument);
    lx_mutex_lock(&disk->lock);
}

static void run(void *argument)
{
    struct lx_disk *disk = argument;

    lx_mutex_lock(&disk->lock);
    while (!disk->is_stopping)
        if (disk->waiting.first)
            work_off(disk);
        else
            lx_condition_wait(&disk->change, &disk->lock);
    lx_mutex_unlock(&disk->lock);
}

void lx_disk_add(struct lx_disk *disk, struct lx_disk_job *job)
{
    lx_mutex_lock(&disk->lock);
    job->disk = disk;
    append(&disk->waiting, job, LX_DISK_JOB_WAITING);
    if (!disk->has_thread && !disk->is_stopping)
        disk->has_thread = lx_thread_start(&disk->thread, run, disk);
    if (disk->has_thread)
        lx_condition_signal(&disk->change);
    else if (!disk->is_stopping) /* the system gives none: slowly, then */
        work_off(disk);
    lx_mutex_unlock(&disk->lock);
}

void lx_disk_drop(struct lx_disk *disk, struct lx_disk_job *job)
{
    lx_mutex_lock(&disk->lock);
    bool is_busy = job->state == LX_DISK_JOB_BUSY;
    if (job->state == LX_DISK_JOB_WAITING)
        unlink_from(&disk->waiting, job);
    else if (job->state == LX_DISK_JOB_ENDED)
        unlink_from(&disk->ended, job);
    else if (is_busy)
        job->state = LX_DISK_JOB_DROPPED;
    lx_mutex_unlock(&disk->lock);
    if (!is_busy)
        job->kind->release(job);
}

bool lx_disk_deliver(struct lx_disk *disk)
{
    lx_mutex_lock(&disk->lock);
    struct lx_disk_job *job = disk->ended.first;
    bool any = job != NULL;
    disk->ended = (struct list){NULL, NULL};
    lx_mutex_unlock(&disk->lock);
    while (job) {
        struct lx_disk_job *next = job->next;
        job->state = LX_DISK_JOB_NEW;
        job->on_end(job);
        job = next;
    }
    return any;
}

/* ---- life ---- */

struct lx_disk *lx_disk_new(void (*wake)(void *argument), void *argument)
{
    struct lx_disk *disk = calloc(1, sizeof *disk);

    if (!disk)
        return NULL;
    disk->wake = wake;
    disk->argument = argument;
    lx_mutex_init(&disk->lock);
    lx_condition_init(&disk->change);
    return disk;
}

void lx_disk_stop(struct lx_disk *disk)
{
    lx_mutex_lock(&disk->lock);
    disk->is_stopping = true;
    lx_condition_signal(&disk->change);
    lx_mutex_unlock(&disk->lock);
    if (disk->has_thread)
        lx_thread_join(&disk->thread);
    disk->has_thread = false;
}

void lx_disk_free(struct lx_disk *disk)
{
    if (!disk)
        return;
    lx_disk_stop(disk);
    lx_condition_deinit(&disk->change);
    lx_mutex_deinit(&disk->lock);
    free(disk);
}
