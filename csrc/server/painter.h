/* painter.h: a thread that paints, so that a large picture holds up no other
 * request. Knows neither HTTP nor Lua: it turns orders into bytes and says so
 * through a function. */
#pragma once

#include "order.h"

#include <stdbool.h>
#include <stddef.h>

struct lx_painter;

/* One order on its way. Owned by whoever made it (the request); the painter
 * only borrows it between push and `done`. */
struct lx_painting {
    struct lx_order *order; /* owned */
    char *bytes;            /* owned, from malloc; NULL: painting failed */
    size_t length;
    void (*done)(struct lx_painting *painting); /* on the painter's thread */
    void *context;                              /* for done */
    struct lx_painting *next;                   /* guarded by the painter */
};

/* Once, when the module is loaded. */
void lx_painter_prepare(void);

/* Start the thread (all signals blocked); NULL when that fails. */
struct lx_painter *lx_painter_start(void);

/* Queue `painting`; any thread. False after lx_painter_stop(): done will not
 * be called then. */
bool lx_painter_push(struct lx_painter *painter, struct lx_painting *painting);

/* Abandon what is being painted, call `done` on all that waits, join the
 * thread. Pushing stays allowed (and answers false). Twice is fine. */
void lx_painter_stop(struct lx_painter *painter);

/* Release a stopped painter. NULL is fine. */
void lx_painter_free(struct lx_painter *painter);
