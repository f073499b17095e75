/* committer.c: see committer.h. */
#include "committer.h"

#include "file_place.h"
#include "platform.h"

#include <stdlib.h>

struct list {
    struct lx_commit *first, *last;
};

struct lx_committer {
    struct lx_blocks blocks;
    void (*wake)(void *argument);
    void *argument;
    bool has_thread; /* I/O thread only */
    struct lx_thread thread;
    struct lx_mutex lock;
    struct lx_condition change; /* of `waiting` or `is_stopping` */
    struct list waiting;        /* guarded by lock */
    struct list ended;          /* guarded by lock */
    bool is_stopping;           /* guarded by lock */
};

/* ---- commits ---- */

struct lx_commit *lx_commit_new(void (*on_end)(struct lx_commit *commit),
                                void *owner)
{
    struct lx_commit *commit = calloc(1, sizeof(*commit));

    if (commit == NULL)
        return NULL;
    commit->on_end = on_end;
    commit->owner = owner;
    lx_file_sink_init(&commit->sink);
    return commit;
}

void lx_commit_free(struct lx_commit *commit)
{
    if (commit == NULL)
        return;
    lx_file_sink_close(&commit->sink);
    free(commit);
}

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
}

/* ---- one batch ---- */

/* A dropped file is not worth the wait, and at the end no file is. */
static bool may_go_on(struct lx_committer *committer,
                      const struct lx_commit *commit)
{
    lx_mutex_lock(&committer->lock);
    bool may = !committer->is_stopping && commit->state == LX_COMMIT_BUSY;
    lx_mutex_unlock(&committer->lock);
    return may;
}

static void fail(struct lx_commit *commit)
{
    commit->is_ended = true;
    lx_file_sink_discard(&commit->sink);
}

/* Begin: the disk gets to work while the next file is written. */
static void write_file(struct lx_commit *commit)
{
    if (lx_file_sink_seal(&commit->sink, &commit->error))
        lx_file_sink_begin_sync(&commit->sink);
    else
        fail(commit);
}

static void sync_file(struct lx_committer *committer, struct lx_commit *commit)
{
    bool is_whole = false;

    while (!is_whole && may_go_on(committer, commit)) {
        if (lx_file_sink_sync(&commit->sink, &is_whole, &commit->error))
            continue;
        fail(commit);
        return;
    }
    commit->is_synced = is_whole;
}

static void place_file(struct lx_commit *commit)
{
    if (!lx_file_sink_place(&commit->sink, &commit->error)) {
        fail(commit);
        return;
    }
    commit->is_ended = commit->is_saved = true;
}

/* Each folder once: for the first of the files in it. */
static void sync_folders(const struct lx_commit *batch)
{
    for (const struct lx_commit *at = batch; at != NULL; at = at->next) {
        const struct lx_commit *other = batch;
        if (!at->is_saved)
            continue;
        while (other != at &&
               !(other->is_saved &&
                 lx_file_shares_folder(other->sink.path, at->sink.path)))
            other = other->next;
        if (other == at)
            lx_file_sync_folder(at->sink.path);
    }
}

/* In passes, for the disk's journal: what is renamed between two syncs makes
 * the second as slow as the first. */
static void save_batch(struct lx_committer *committer, struct lx_commit *batch)
{
    for (struct lx_commit *at = batch; at != NULL; at = at->next)
        if (!at->is_ended)
            write_file(at);
    for (struct lx_commit *at = batch; at != NULL; at = at->next)
        if (!at->is_ended)
            sync_file(committer, at);
    for (struct lx_commit *at = batch; at != NULL; at = at->next)
        if (at->is_synced)
            place_file(at);
    sync_folders(batch);
    for (struct lx_commit *at = batch; at != NULL; at = at->next)
        if (at->is_saved)
            lx_file_sink_close(&at->sink);
}

/* ---- between the threads ---- */

/* With the lock held: some of those that wait, linked by `next`. */
static struct lx_commit *take_batch(struct lx_committer *committer)
{
    struct list *waiting = &committer->waiting;
    struct list batch = {NULL, NULL};

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
    struct list dropped = {NULL, NULL};

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

/* With the lock held, which is let go in between. */
static void work_off(struct lx_committer *committer)
{
    struct lx_commit *batch = take_batch(committer);

    lx_mutex_unlock(&committer->lock);
    save_batch(committer, batch);
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

static void run(void *argument)
{
    struct lx_committer *committer = argument;

    lx_mutex_lock(&committer->lock);
    while (!committer->is_stopping) {
        if (committer->waiting.first != NULL)
            work_off(committer);
        else
            lx_condition_wait(&committer->change, &committer->lock);
    }
    lx_mutex_unlock(&committer->lock);
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
        fail(commit);
    lx_mutex_lock(&committer->lock);
    append(&committer->waiting, commit, LX_COMMIT_WAITING);
    if (!committer->has_thread)
        committer->has_thread =
            lx_thread_start(&committer->thread, run, committer);
    if (committer->has_thread)
        lx_condition_signal(&committer->change);
    else /* the system gives no thread: slowly, then */
        work_off(committer);
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
    committer->ended = (struct list){NULL, NULL};
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
    free(committer);
}
