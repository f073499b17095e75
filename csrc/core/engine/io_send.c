/* io_send.c: see io_send.h. */
#include "engine/io_send.h"

#include "engine/io_book.h"
#include "engine/io_start.h"

/* While creates and queries both wait, every QUERY_TURN-th request is a query.
 */
#define QUERY_TURN 4
/* How long to wait after a send failed for lack of memory. */
#define MEMORY_WAIT_MS 100

/* While the key is in doubt watched tasks pause, but for one. */
static struct lx_op *choose_query(const struct lx_io *io, int64_t *wait_ms)
{
    if (io->questions.first)
        return io->questions.first;
    if (io->queries.first && lx_probe_allows(&io->probe, io->now_ms, wait_ms))
        return io->queries.first;
    return NULL;
}

static struct lx_op *choose(const struct lx_io *io, int64_t *wait_ms)
{
    struct lx_op *query = choose_query(io, wait_ms);
    bool is_query_turn = io->turn % QUERY_TURN == QUERY_TURN - 1;

    if (io->creates.first && !(is_query_turn && query))
        return io->creates.first;
    return query;
}

int64_t lx_io_send(struct lx_io *io)
{
    int64_t wait_ms = -1;

    while (lx_http_has_room(io->http, io->turns_held)) {
        wait_ms = -1;
        struct lx_op *op = choose(io, &wait_ms);
        if (!op || !lx_limiter_take(&io->limiter, io->now_ms, &wait_ms))
            break;
        if (!lx_io_book_may_send(op)) {
            lx_io_book_send(io, op);
            continue;
        }
        if (!lx_io_start(io, op)) {
            wait_ms = MEMORY_WAIT_MS;
            break;
        }
    }
    io->stats.waiting =
        io->creates.count + io->questions.count + io->queries.count;
    return wait_ms;
}
