/* queue.c: see queue.h. */
#include "engine/queue.h"

#include <assert.h>
#include <stddef.h>

void lx_queue_init(struct lx_queue *queue, const struct lx_wake *wake)
{
    lx_mutex_init(&queue->lock);
    queue->first = queue->last = NULL;
    queue->is_closed = queue->is_signalled = false;
    queue->watchers = 0;
    queue->wake = wake;
}

void lx_queue_deinit(struct lx_queue *queue)
{
    assert(!queue->first);
    lx_mutex_deinit(&queue->lock);
}

static void signal_locked(struct lx_queue *queue)
{
    if (!queue->wake || queue->watchers == 0 || queue->is_signalled)
        return;
    queue->is_signalled = true;
    lx_wake_signal(queue->wake);
}

bool lx_queue_push(struct lx_queue *queue, void *first, void *last,
                   bool *was_empty)
{
    lx_mutex_lock(&queue->lock);
    bool accepted = !queue->is_closed;
    if (accepted) {
        if (was_empty)
            *was_empty = !queue->first;
        if (queue->last)
            queue->last->next = first;
        else
            queue->first = first;
        queue->last = last;
        signal_locked(queue);
    }
    lx_mutex_unlock(&queue->lock);
    return accepted;
}

void *lx_queue_take(struct lx_queue *queue)
{
    lx_mutex_lock(&queue->lock);
    void *first = queue->first;
    queue->first = queue->last = NULL;
    if (queue->is_signalled) {
        queue->is_signalled = false;
        lx_wake_clear(queue->wake);
    }
    lx_mutex_unlock(&queue->lock);
    return first;
}

bool lx_queue_is_empty(struct lx_queue *queue)
{
    lx_mutex_lock(&queue->lock);
    bool is_empty = !queue->first && !queue->is_signalled;
    lx_mutex_unlock(&queue->lock);
    return is_empty;
}

void lx_queue_watch(struct lx_queue *queue)
{
    lx_mutex_lock(&queue->lock);
    queue->watchers++;
    if (queue->first)
        signal_locked(queue);
    lx_mutex_unlock(&queue->lock);
}

void lx_queue_unwatch(struct lx_queue *queue)
{
    lx_mutex_lock(&queue->lock);
    assert(queue->watchers > 0);
    queue->watchers--;
    lx_mutex_unlock(&queue->lock);
}

void lx_queue_signal(struct lx_queue *queue)
{
    lx_mutex_lock(&queue->lock);
    signal_locked(queue);
    lx_mutex_unlock(&queue->lock);
}

void lx_queue_close(struct lx_queue *queue)
{
    lx_mutex_lock(&queue->lock);
    queue->is_closed = true;
    lx_mutex_unlock(&queue->lock);
}
