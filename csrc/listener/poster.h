/* poster.h: the thread that sends the handler's posts. It asks the handler what
 * is due, sends it, reports how it went: which, when and how often is the
 * handler's. Knows no Lua. */
#pragma once

#include "handler.h"

#pragma GCC visibility push(hidden)

struct lx_poster;

/* Start the thread (all signals blocked); NULL when that fails. `handler` must
 * outlive it. The waker is made first, since the handler wants it at birth:
 * lx_poster_new(), lx_handler_open(), lx_poster_start(). */
struct lx_poster *lx_poster_new(void);
bool lx_poster_start(struct lx_poster *poster, struct lx_handler *handler);

/* Look again for what is due: `argument` is the poster. Any thread; never
 * blocks, never calls back. */
void lx_poster_wake(void *argument);

/* Give up what is being sent, join the thread, release everything. NULL is
 * fine. */
void lx_poster_free(struct lx_poster *poster);

#pragma GCC visibility pop
