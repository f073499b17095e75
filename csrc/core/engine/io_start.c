/* io_start.c: see io_start.h. */
#include "engine/io_start.h"

#include "engine/book.h"
#include "engine/io_task.h"

#include <stdlib.h>

/* A request of more bytes is large: answers about its task may be, too. */
#define LARGE_REQUEST_BYTES (64u << 10)

/* Reserve room for the id of a task before it is paid for. */
static bool reserve_task_id(struct lx_op *op)
{
    struct lx_event *created = op->task.created;

    if (!created->task_id)
        created->task_id = calloc(1, LX_TASK_ID_MAX + 1);
    return created->task_id != NULL;
}

/* The service may echo the request of a task in each answer about it, and in
 * JSON inside of JSON, too. */
static size_t answer_max_bytes(const struct lx_io *io, const struct lx_op *op)
{
    uint64_t grown = 0;

    if (op->task.request_bytes > LARGE_REQUEST_BYTES)
        grown = op->task.request_bytes < LX_BODY_BYTES_MAX
                    ? 2 * op->task.request_bytes
                    : 2ull * LX_BODY_BYTES_MAX;
    return io->config->http.max_body_bytes + (size_t)grown;
}

/* False: out of memory. */
static bool set_create(struct lx_op *op, struct lx_api_request *request)
{
    struct lx_upload *upload = op->task.upload;

    request->body = op->task.body;
    request->body_length = op->task.body_length;
    op->task.request_bytes = op->task.body_length;
    if (upload) {
        request->feed = lx_upload_begin(upload);
        if (!request->feed)
            return false;
        op->task.request_bytes = request->feed->length;
    }
    return reserve_task_id(op) && lx_io_book_prepare(op);
}

static bool start_op(struct lx_io *io, struct lx_op *op, bool is_create)
{
    struct lx_api_request request = {.owner = op,
                                     .task_id =
                                         is_create ? NULL : op->task.task_id,
                                     .page = op->task.page};

    if (is_create && !set_create(op, &request))
        return false;
    request.answer_max_bytes = answer_max_bytes(io, op);
    return lx_http_start(io->http, &request);
}

bool lx_io_start(struct lx_io *io, struct lx_op *op)
{
    bool is_create = op->task.machine.phase == LX_PHASE_CREATING;
    struct lx_input sent = {.type = LX_INPUT_SENT};

    if (!start_op(io, op, is_create)) {
        if (is_create && op->task.upload)
            lx_upload_stop(op->task.upload);
        return false;
    }
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
