/* peers.c: a ring in the order of the last sign of life. */
#include "peers.h"

#include <stdlib.h>
#include <sys/socket.h>

void lx_peers_init(struct lx_peers *peers)
{
    peers->head.before = peers->head.after = &peers->head;
    peers->open_count = 0;
}

static void put_last(struct lx_peers *peers, struct lx_peer *peer)
{
    peer->after = &peers->head;
    peer->before = peers->head.before;
    peer->before->after = peer;
    peers->head.before = peer;
}

static void take_out(struct lx_peer *peer)
{
    peer->before->after = peer->after;
    peer->after->before = peer->before;
}

/* libmicrohttpd sees the end of the input and closes the connection. */
static void shut_down_the_most_silent(struct lx_peers *peers)
{
    struct lx_peer *peer = peers->head.after;
    while (peer != &peers->head && (peer->is_busy || peer->is_shut_down))
        peer = peer->after;
    if (peer == &peers->head)
        return;
    shutdown(peer->fd, SHUT_RDWR);
    peer->is_shut_down = true;
    peers->open_count--;
}

struct lx_peer *lx_peers_add(struct lx_peers *peers, int fd, int max)
{
    struct lx_peer *peer = calloc(1, sizeof *peer);
    if (!peer)
        return NULL;
    if (peers->open_count >= max)
        shut_down_the_most_silent(peers);
    peer->fd = fd;
    put_last(peers, peer);
    peers->open_count++;
    return peer;
}

void lx_peers_touch(struct lx_peers *peers, struct lx_peer *peer)
{
    take_out(peer);
    put_last(peers, peer);
}

void lx_peers_remove(struct lx_peers *peers, struct lx_peer *peer)
{
    take_out(peer);
    if (!peer->is_shut_down)
        peers->open_count--;
    free(peer);
}
