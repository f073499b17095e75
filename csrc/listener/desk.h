/* desk.h: work that the host's Lua does for a request, as the journal's answer
 * is needed before the service gets one. It goes to the host by the client's
 * mailbox, and back by lx_desk_settle; who waits for too long is sent away by a
 * thread that starts with the first work. Knows no HTTP. */
#pragma once

#include "worker.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_desk;
struct lx_mailbox_box;

enum {
    LX_DESK_MAX = 256,          /* works that wait at once */
    LX_DESK_PATIENCE_MS = 5000, /* then one is done, with nothing made */
};

/* Holds the mailbox until lx_desk_free(). NULL when out of memory. */
struct lx_desk *lx_desk_new(const struct lx_mailbox_box *mailbox);

/* Post "TICKET\n" and the work's text to the host. False where too many wait,
 * the client is closed, or after lx_desk_stop(): then done is not called. Else
 * it is called once, on any thread. */
bool lx_desk_push(struct lx_desk *desk, struct lx_work *work);

/* The host's answer to the work of `ticket`; false where it waits no longer. */
bool lx_desk_settle(struct lx_desk *desk, uint64_t ticket, const char *text,
                    size_t length);

/* Call `done` on all that waits, with nothing made; join the thread. Twice is
 * fine. */
void lx_desk_stop(struct lx_desk *desk);

/* Release a stopped desk. NULL is fine. */
void lx_desk_free(struct lx_desk *desk);

#pragma GCC visibility pop
