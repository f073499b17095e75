/* committer.c: see committer.h. */
#include "download/committer.h"

#include "os/clock.h"

#include <stdlib.h>

/* So many wait for one another, and so long, as long as more may come: the disk
 * is told once to keep what it has, the folder is synced once. */
#define GATHER_COUNT 8
#define GATHER_MS    5

struct list {
    struct lx_commit *first, *last;
    int count;
};

struct lx_committer {
    struct lx_blocks blocks;
    void (*wake)(void *argument);
    void *argument;
    bool has_thread; /* I/O thread only */
    struct lx_thread thread;
    struct lx_mutex lock;
    struct lx_condition change; /* of what is guarded by lock */
    struct list waiting;        /* guarded by lock */
    struct list ended;          /* guarded by lock */
    int64_t gathered_ms;        /* guarded by lock: no longer than until then */
    bool is_hurried;            /* guarded by lock: no more is to come */
    bool is_stopping;           /* guarded by lock */
    struct lx_syncer syncer;    /* of the thread that works */
};

/* ---- lists ---- */

static void append(struct list *list, struct lx_commit *commit,
                   enum lx_commit_state state)
{
    commit->state = state;
    commit->next = NULL;
    if (list->last != NULL)
        list->last->next = commit;
    else
        list->first = commit;
    list->last = commit;
    list->count++;
}

static void unlink_from(struct list *list, struct lx_commit *commit)
{
    struct lx_commit **link = &list->first, *before = NULL;

    while (*link != commit) {
        before = *link;
        link = &before->next;
    }
    *link = commit->next;
    if (list->last == commit)
        list->last = before;
    list->count--;
}

/* ---- between the threads ---- */

/* With the lock held: some of those that wait, linked by `next`. */
static struct lx_commit *take_batch(struct lx_committer *committer)
{
    struct list *waiting = &committer->waiting;
    struct list batch = {NULL, NULL, 0};

    for (int i = 0; i < LX_COMMIT_BATCH_MAX && waiting->first != NULL; i++) {
        struct lx_commit *commit = waiting->first;
        unlink_from(waiting, commit);
        append(&batch, commit, LX_COMMIT_BUSY);
    }
    return batch.first;
}

/* With the lock held: the dropped among them, linked by `next`. Those that
 * were not come to wait again, to be dropped after the stop. */
static struct lx_commit *give_back(struct lx_committer *committer,
                                   struct lx_commit *batch)
{
    struct list dropped = {NULL, NULL, 0};

    for (struct lx_commit *commit = batch, *next; commit; commit = next) {
        next = commit->next;
        if (commit->state == LX_COMMIT_DROPPED)
            append(&dropped, commit, LX_COMMIT_DROPPED);
        else if (commit->is_ended)
            append(&committer->ended, commit, LX_COMMIT_ENDED);
        else
            append(&committer->waiting, commit, LX_COMMIT_WAITING);
    }
    return dropped.first;
}

/* A dropped file is not worth the wait, and at the end no file is. */
static bool may_go_on(void *argument, const struct lx_commit *commit)
{
    struct lx_committer *committer = argument;

    lx_mutex_lock(&committer->lock);
    bool may = !committer->is_stopping && commit->state == LX_COMMIT_BUSY;
    lx_mutex_unlock(&committer->lock);
    return may;
}

/* With the lock held, which is let go in between. */
static void work_off(struct lx_committer *committer)
{
    struct lx_commit *batch = take_batch(committer);

    lx_mutex_unlock(&committer->lock);
    lx_commit_save(batch, &committer->syncer, may_go_on, committer);
    lx_mutex_lock(&committer->lock);
    struct lx_commit *dropped = give_back(committer, batch);
    lx_mutex_unlock(&committer->lock);
    while (dropped != NULL) {
        struct lx_commit *next = dropped->next;
        lx_commit_free(dropped);
        dropped = next;
    }
    committer->wake(committer->argument);
    lx_mutex_lock(&committer->lock);
}

/* With the lock held. */
static bool is_gathering(const struct lx_committer *committer)
{
    return committer->waiting.count < GATHER_COUNT && !committer->is_hurried &&
           lx_now_ms() < committer->gathered_ms;
}

static void run(void *argument)
{
    struct lx_committer *committer = argument;

    lx_mutex_lock(&committer->lock);
    while (!committer->is_stopping)
        if (committer->waiting.count == 0)
            lx_condition_wait(&committer->change, &committer->lock);
        else if (is_gathering(committer))
            lx_condition_wait_until(&committer->change, &committer->lock,
                                    committer->gathered_ms);
        else
            work_off(committer);
    lx_mutex_unlock(&committer->lock);
    lx_syncer_deinit(&committer->syncer); /* not on the host's thread */
}

/* Bytes that wait in memory. */
static size_t count_held(struct lx_committer *committer)
{
    size_t held = 0;

    lx_mutex_lock(&committer->lock);
    for (const struct lx_commit *at = committer->waiting.first; at != NULL;
         at = at->next)
        held += at->sink.buffered;
    lx_mutex_unlock(&committer->lock);
    return held;
}

void lx_committer_add(struct lx_committer *committer, struct lx_commit *commit)
{
    size_t held = count_held(committer) + commit->sink.buffered;

    if (held > LX_COMMIT_HELD_MAX &&
        !lx_file_sink_seal(&commit->sink, &commit->error))
        lx_commit_fail(commit);
    lx_mutex_lock(&committer->lock);
    append(&committer->waiting, commit, LX_COMMIT_WAITING);
    int count = committer->waiting.count;
    committer->is_hurried = false;
    if (count == 1)
        committer->gathered_ms = lx_now_ms() + GATHER_MS;
    if (!committer->has_thread)
        committer->has_thread =
            lx_thread_start(&committer->thread, run, committer);
    if (!committer->has_thread) /* the system gives none: slowly, then */
        work_off(committer);
    else if (count == 1 || count == GATHER_COUNT)
        lx_condition_signal(&committer->change);
    lx_mutex_unlock(&committer->lock);
}

void lx_committer_hurry(struct lx_committer *committer)
{
    lx_mutex_lock(&committer->lock);
    if (committer->waiting.count > 0 && !committer->is_hurried) {
        committer->is_hurried = true;
        lx_condition_signal(&committer->change);
    }
    lx_mutex_unlock(&committer->lock);
}

void lx_committer_drop(struct lx_committer *committer, struct lx_commit *commit)
{
    lx_mutex_lock(&committer->lock);
    bool is_busy = commit->state == LX_COMMIT_BUSY;
    if (commit->state == LX_COMMIT_WAITING)
        unlink_from(&committer->waiting, commit);
    else if (commit->state == LX_COMMIT_ENDED)
        unlink_from(&committer->ended, commit);
    else if (is_busy)
        commit->state = LX_COMMIT_DROPPED;
    lx_mutex_unlock(&committer->lock);
    if (!is_busy)
        lx_commit_free(commit);
}

bool lx_committer_deliver(struct lx_committer *committer)
{
    lx_mutex_lock(&committer->lock);
    struct lx_commit *commit = committer->ended.first;
    bool any = commit != NULL;
    committer->ended = (struct list){NULL, NULL, 0};
    lx_mutex_unlock(&committer->lock);
    while (commit != NULL) {
        struct lx_commit *next = commit->next;
        commit->on_end(commit);
        commit = next;
    }
    return any;
}

/* ---- life ---- */

struct lx_committer *lx_committer_new(void (*wake)(void *argument),
                                      void *argument)
{
    struct lx_committer *committer = calloc(1, sizeof(*committer));

    if (committer == NULL)
        return NULL;
    committer->wake = wake;
    committer->argument = argument;
    lx_blocks_init(&committer->blocks);
    lx_syncer_init(&committer->syncer);
    lx_mutex_init(&committer->lock);
    lx_condition_init(&committer->change);
    return committer;
}

struct lx_blocks *lx_committer_blocks(struct lx_committer *committer)
{
    return &committer->blocks;
}

void lx_committer_stop(struct lx_committer *committer)
{
    lx_mutex_lock(&committer->lock);
    committer->is_stopping = true;
    lx_condition_signal(&committer->change);
    lx_mutex_unlock(&committer->lock);
    if (committer->has_thread)
        lx_thread_join(&committer->thread);
    committer->has_thread = false;
}

void lx_committer_free(struct lx_committer *committer)
{
    if (committer == NULL)
        return;
    lx_committer_stop(committer);
    lx_condition_deinit(&committer->change);
    lx_mutex_deinit(&committer->lock);
    lx_blocks_deinit(&committer->blocks);
    lx_syncer_deinit(&committer->syncer);
    free(committer);
}
