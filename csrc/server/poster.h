/* poster.h: the thread that sends callbacks. It asks the service what is due,
 * sends it, tells how it went: which, when and how often is the service's
 * (lua/liangxin/sandbox/callbacks.lua). Knows neither Lua nor gd. */
#pragma once

#include "service.h"

struct lx_poster;

/* Start the thread (all signals blocked); NULL when that fails. `service` must
 * outlive it. The waker is made first, since the service wants it at birth:
 * lx_poster_new(), lx_service_open(), lx_poster_start(). */
struct lx_poster *lx_poster_new(void);
bool lx_poster_start(struct lx_poster *poster, struct lx_service *service);

/* Look again for what is due. Any thread; never blocks, never calls back. */
void lx_poster_wake(void *poster);

/* Give up what is being sent, join the thread, release everything. NULL is
 * fine. */
void lx_poster_free(struct lx_poster *poster);
