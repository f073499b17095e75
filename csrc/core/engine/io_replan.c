/* io_replan.c: see io_replan.h. */
#include "engine/io_replan.h"

#include "engine/io_task.h"

/* Plans are made again after an end: at most once in this time, and for at most
 * this many tasks a turn. */
#define REPLAN_EVERY_MS 20
#define REPLAN_STEP     4096

bool lx_io_replan(struct lx_io *io)
{
    struct lx_input input = {.type = LX_INPUT_LEARNED};

    if (io->replan_at >= io->ops.capacity) { /* the last renewal is complete */
        if (io->learned == io->planned ||
            io->now_ms - io->replanned_ms < REPLAN_EVERY_MS)
            return false;
        io->planned = io->learned;
        io->replanned_ms = io->now_ms;
        io->replan_at = 0;
    }
    size_t end = io->replan_at + REPLAN_STEP;
    for (; io->replan_at < end && io->replan_at < io->ops.capacity;
         io->replan_at++) {
        struct lx_op *op = io->ops.entries[io->replan_at].value;
        if (op && op->type == LX_OP_TASK)
            lx_io_task_step(io, op, &input);
    }
    return io->replan_at < io->ops.capacity;
}
