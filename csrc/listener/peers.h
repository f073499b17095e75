/* peers.h: who is connected, the one that was silent for longest first, so that
 * stuck connections cannot lock out others. The HTTP thread's only. */
#pragma once

#include <stdbool.h>

#pragma GCC visibility push(hidden)

/* One connection, in the list from lx_peers_add() to lx_peers_remove(). */
struct lx_peer {
    struct lx_peer *before, *after;
    int fd;            /* borrowed */
    bool is_busy;      /* its answer is being worked for: never shut down */
    bool is_shut_down; /* it had to make room; libmicrohttpd will close it */
};

struct lx_peers {
    struct lx_peer head; /* of a ring; not a peer itself */
    int open_count;      /* without those that were shut down */
};

void lx_peers_init(struct lx_peers *peers);

/* A new peer, the least silent of all. Shuts down the most silent one where
 * there are more than `max`. NULL when out of memory. */
struct lx_peer *lx_peers_add(struct lx_peers *peers, int fd, int max);

/* Something was received from the peer, or an answer to it begins or has ended.
 */
void lx_peers_touch(struct lx_peers *peers, struct lx_peer *peer);

/* The connection is closed: releases the peer. */
void lx_peers_remove(struct lx_peers *peers, struct lx_peer *peer);

#pragma GCC visibility pop
