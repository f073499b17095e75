/* queue.h: hand messages from one thread to another, in order. Knows nothing
 * about what they mean; any thread may call; nothing calls back while the lock
 * is held. A message is anything whose first member is its `next` pointer. */
#pragma once

#include "os/thread.h"
#include "os/wake.h"

#include <stdbool.h>

#pragma GCC visibility push(hidden)

struct lx_link {
    struct lx_link *next;
};

struct lx_queue {
    struct lx_mutex lock;
    struct lx_link *first, *last; /* guarded by lock */
    bool is_closed;               /* guarded by lock */
    int watchers;                 /* guarded by lock: of the wake */
    bool is_signalled;            /* guarded by lock: the wake is readable */
    const struct lx_wake *wake;   /* borrowed; NULL: nobody is woken here */
};

void lx_queue_init(struct lx_queue *queue, const struct lx_wake *wake);

/* Whatever was in it has been taken (asserted). */
void lx_queue_deinit(struct lx_queue *queue);

/* Append the chain first..last. The queue owns it, unless false is returned:
 * then it is closed and the caller still owns the chain. *was_empty (may be
 * NULL) tells whether a sleeping reader has to be woken. With a wake that is
 * watched, that is done here: written under the lock, so that "readable" and
 * "something waits" never come apart. */
bool lx_queue_push(struct lx_queue *queue, void *first, void *last,
                   bool *was_empty);

/* Take everything, oldest first; NULL when empty. The caller owns it. */
void *lx_queue_take(struct lx_queue *queue);

/* Whether nothing waits and nobody has signalled; a hint for the reader. */
bool lx_queue_is_empty(struct lx_queue *queue);

/* From here to unwatch somebody polls the wake: it is readable while something
 * waits. Without, a reader that just looks now and then, as in each frame, and
 * the writers do no system call. Counted; unwatch as often (asserted). */
void lx_queue_watch(struct lx_queue *queue);
void lx_queue_unwatch(struct lx_queue *queue);

/* Make a watched wake readable although nothing waits; the next take clears it.
 */
void lx_queue_signal(struct lx_queue *queue);

/* Refuse all further pushes. */
void lx_queue_close(struct lx_queue *queue);

#pragma GCC visibility pop
