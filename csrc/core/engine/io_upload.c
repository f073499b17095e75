/* io_upload.c: see io_upload.h. */
#include "engine/io_upload.h"

#include "engine/io_task.h"

/* A request that did not leave whole made no task. */
static void end_for_picture(struct lx_io *io, struct lx_op *op)
{
    struct lx_outcome outcome = {.verdict = LX_VERDICT_OVER};
    struct lx_input input = {.type = LX_INPUT_OUTCOME, .outcome = &outcome};

    lx_io_upload_judge(op, &outcome);
    lx_io_task_request(io, op, LX_REQUEST_NONE);
    lx_io_task_step(io, op, &input);
}

static void on_upload_news(void *context, void *owner)
{
    struct lx_io *io = context;
    struct lx_op *op = owner;

    if (op->task.request == LX_REQUEST_IN_FLIGHT)
        lx_http_resume(io->http, op);
    else if (lx_upload_error(op->task.upload))
        end_for_picture(io, op);
    else
        lx_io_task_queue(io, op);
}

bool lx_io_upload_adopt(struct lx_io *io, struct lx_op *op,
                        struct lx_command *command)
{
    for (size_t i = 0; command->wish && i < command->body->count; i++)
        command->body->pieces[i].wants_hash = true;
    op->task.upload =
        lx_upload_new(command->body, io->disk, on_upload_news, io, op);
    command->body = NULL;
    return op->task.upload != NULL;
}

void lx_io_upload_judge(const struct lx_op *op, struct lx_outcome *outcome)
{
    const struct lx_error *error =
        op->task.upload ? lx_upload_error(op->task.upload) : NULL;

    if (!error || outcome->verdict == LX_VERDICT_DONE || *outcome->task_id)
        return;
    outcome->verdict = LX_VERDICT_OVER;
    outcome->error = *error;
}
