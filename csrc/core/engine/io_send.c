/* io_send.c: see io_send.h. */
#include "engine/io_send.h"

#include "engine/io_task.h"

#include <stdlib.h>

/* While creates and queries both wait, every QUERY_TURN-th request is a query.
 */
#define QUERY_TURN 4
/* Until something is sent for which there was no memory. */
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

/* Room for the id of what is going to be paid for. */
static bool reserve_task_id(struct lx_op *op)
{
    struct lx_event *created = op->task.created;

    if (!created->task_id)
        created->task_id = malloc(LX_TASK_ID_MAX + 1);
    return created->task_id != NULL;
}

static bool send_one(struct lx_io *io, struct lx_op *op)
{
    bool is_create = op->task.machine.phase == LX_PHASE_CREATING;
    struct lx_api_request request = {
        .owner = op,
        .task_id = is_create ? NULL : op->task.task_id,
        .is_account = !is_create && !op->task.task_id,
        .body = op->task.body,
        .body_length = op->task.body_length};
    struct lx_input sent = {.type = LX_INPUT_SENT};

    if ((is_create && !reserve_task_id(op)) ||
        !lx_http_start(io->http, &request))
        return false;
    lx_io_task_request(io, op, LX_REQUEST_IN_FLIGHT);
    if (is_create) /* what was sent is waited for */
        lx_timer_unset(&io->timers, &op->timer);
    if (op->task.machine.phase == LX_PHASE_WATCHING)
        lx_probe_sent(&io->probe, op->id);
    io->turn++;
    io->stats.requests++;
    if (is_create)
        io->stats.creates++;
    else
        io->stats.queries++;
    if (op->task.machine.failures > 0)
        io->stats.retries++;
    lx_io_task_step(io, op, &sent);
    return true;
}

int64_t lx_io_send(struct lx_io *io)
{
    int64_t wait_ms = -1;

    while (lx_http_has_room(io->http)) {
        wait_ms = -1;
        struct lx_op *op = choose(io, &wait_ms);
        if (!op || !lx_limiter_take(&io->limiter, io->now_ms, &wait_ms))
            break;
        if (!send_one(io, op)) {
            wait_ms = MEMORY_WAIT_MS;
            break;
        }
    }
    io->stats.waiting =
        io->creates.count + io->questions.count + io->queries.count;
    return wait_ms;
}
