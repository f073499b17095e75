/* painter.c: a list under a lock, and a thread that takes from it. */
#include "painter.h"
#include "decode.h"
#include "picture.h"
#include "thread.h"

#include <pthread.h>
#include <stdlib.h>

struct lx_painter {
    pthread_t thread;
    atomic_bool is_stopping; /* read while painting, without the lock */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_joined;                    /* owner's thread only */
    struct lx_painting *first, **last; /* guarded by lock */
};

/* The next one, or NULL when it is time to go and nothing is left. */
static struct lx_painting *take(struct lx_painter *painter)
{
    pthread_mutex_lock(&painter->lock);
    while (!painter->first && !atomic_load(&painter->is_stopping))
        pthread_cond_wait(&painter->changed, &painter->lock);
    struct lx_painting *painting = painter->first;
    if (painting) {
        painter->first = painting->next;
        if (!painter->first)
            painter->last = &painter->first;
    }
    pthread_mutex_unlock(&painter->lock);
    return painting;
}

static void *paint_all(void *argument)
{
    struct lx_painter *painter = argument;
    struct lx_painting *painting;
    while ((painting = take(painter)) != NULL) {
        if (!atomic_load(&painter->is_stopping))
            painting->bytes = lx_picture_paint(
                painting->order, &painter->is_stopping, &painting->length);
        painting->done(painting);
    }
    return NULL;
}

void lx_painter_prepare(void)
{
    lx_decode_silence();
}

struct lx_painter *lx_painter_start(void)
{
    struct lx_painter *painter = calloc(1, sizeof(*painter));
    if (!painter)
        return NULL;
    painter->last = &painter->first;
    atomic_init(&painter->is_stopping, false);
    pthread_mutex_init(&painter->lock, NULL);
    pthread_cond_init(&painter->changed, NULL);
    if (!lx_thread_start(&painter->thread, paint_all, painter)) {
        painter->is_joined = true;
        lx_painter_free(painter);
        return NULL;
    }
    return painter;
}

bool lx_painter_push(struct lx_painter *painter, struct lx_painting *painting)
{
    pthread_mutex_lock(&painter->lock);
    bool is_open = !atomic_load(&painter->is_stopping);
    if (is_open) {
        painting->next = NULL;
        *painter->last = painting;
        painter->last = &painting->next;
    }
    pthread_mutex_unlock(&painter->lock);
    if (is_open)
        pthread_cond_signal(&painter->changed);
    return is_open;
}

void lx_painter_stop(struct lx_painter *painter)
{
    if (painter->is_joined)
        return;
    pthread_mutex_lock(&painter->lock);
    atomic_store(&painter->is_stopping, true);
    pthread_mutex_unlock(&painter->lock);
    pthread_cond_signal(&painter->changed);
    pthread_join(painter->thread, NULL);
    painter->is_joined = true;
}

void lx_painter_free(struct lx_painter *painter)
{
    if (!painter)
        return;
    lx_painter_stop(painter);
    pthread_cond_destroy(&painter->changed);
    pthread_mutex_destroy(&painter->lock);
    free(painter);
}
