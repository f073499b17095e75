/* listener.h: a small HTTP listener on a thread of its own, for
 * webhooks and the sandbox. What it answers is decided by a handler: a Lua
 * module in a Lua state of the listener's own, so it answers while the host's
 * Lua blocks.
 *
 *   HTTP thread        reads requests; under the handler's lock it calls
 *                      handle(request). The answer is sent, or the handler asks
 *                      for work: the connection is suspended meanwhile.
 *   worker thread      starts with the first work. In a Lua state of its own it
 *                      turns the work's text into bytes, then the HTTP thread
 *                      calls handle() again with them.
 *   desk thread        instead of that, where there is a mailbox: work goes to
 *                      the host's Lua, and this sends away who waits too long.
 *   poster thread      only where the handler has next_post(): sends what the
 *                      handler gives it as plain HTTP POSTs to loopback.
 *   the host's thread  starts, stops, and calls functions of the handler by
 *                      name, under the handler's lock.
 *
 * Only texts and bytes cross threads, always copied; every Lua state is used by
 * one thread at a time. Knows libmicrohttpd; knows no Lua. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_listener;
struct lx_mailbox_box;

enum {
    /* Beyond these, the connection that was silent for longest is closed, so
     * that stuck ones cannot lock out others. */
    LX_LISTENER_CONNECTIONS_MAX = 384
};

/* Borrowed for the call. */
struct lx_listener_setup {
    const char *address;      /* an IP address; NULL: 127.0.0.1 */
    int port;                 /* 0: any free one */
    unsigned silence_seconds; /* a connection on which nothing moves for this
                                 long is closed; 0: never */
    size_t body_max_bytes;    /* handle() learns that a body was larger */
    const char *path, *cpath; /* package.path and package.cpath of all states */
    const char *handler;      /* a Lua module, see handler.h */
    const char *worker;       /* a Lua module, see worker.h; NULL: work goes
                                 to the mailbox's host, see desk.h */
    const char *config;       /* a text for the handler */
    const struct lx_mailbox_box *mailbox; /* where the handler may post; may be
                                             NULL, held while it runs */
};

/* Listen and answer. NULL, with `error` filled, when the port is taken or the
 * handler cannot be loaded. */
struct lx_listener *lx_listener_start(const struct lx_listener_setup *setup,
                                      char *error, size_t error_bytes);

int lx_listener_port(const struct lx_listener *listener);

/* The host's answer to work that came to it by the mailbox; any thread. False
 * where nobody waits for it any more. */
bool lx_listener_settle(struct lx_listener *listener, uint64_t ticket,
                        const char *text, size_t length);

/* Call the handler's function `name` with a text; any thread. The result comes
 * from malloc. NULL, with `error` filled, when it raised, and in a forked
 * child, where another thread may have held the lock. */
char *lx_listener_call(struct lx_listener *listener, const char *name,
                       const char *text, size_t text_bytes, size_t *length,
                       char *error, size_t error_bytes);

/* Close the port, join the threads, release everything. In a forked child,
 * where the threads do not exist, nothing is done. NULL is fine. */
void lx_listener_stop(struct lx_listener *listener);

#pragma GCC visibility pop
