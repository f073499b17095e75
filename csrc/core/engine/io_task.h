/* io_task.h: what the I/O thread does for tasks and questions. What to do is
 * decided by task.h; here it is carried out. I/O thread only. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* Begin with a CREATE, WATCH or QUERY. Takes the command's texts; the op may be
 * gone after, as with every call here. */
void lx_io_task_begin(struct lx_io *io, struct lx_op *op,
                      struct lx_command *command);

/* A WATCH, RECORDS or NUDGE for an op that exists. */
void lx_io_task_command(struct lx_io *io, struct lx_op *op,
                        const struct lx_command *command);

/* The op's time has come. */
void lx_io_task_time(struct lx_io *io, struct lx_op *op);

/* Give it up, without further events; but a create under way still reports the
 * id of its task, or its failure. */
void lx_io_task_cancel(struct lx_io *io, struct lx_op *op);

/* Let the task take its next step and carry out what comes of it. `input` needs
 * what is particular to its type; the rest is filled in here. */
void lx_io_task_step(struct lx_io *io, struct lx_op *op,
                     struct lx_input *input);

/* End it: out of memory. */
void lx_io_task_fail(struct lx_io *io, struct lx_op *op);

/* End it from CREATING or HELD, without a step; NULL: well. */
void lx_io_task_conclude(struct lx_io *io, struct lx_op *op,
                         const struct lx_error *error);

/* The same, with the result that the journal has. */
void lx_io_task_tell_result(struct lx_io *io, struct lx_op *op);

/* A create's task has that id; it needs its request no more. False: out of
 * memory to go on with the task; op->task.created may name it even so. */
bool lx_io_task_name(struct lx_op *op, const char *task_id);

/* The host learns the id, if there is one that it has not been told. */
void lx_io_task_tell_created(struct lx_io *io, struct lx_op *op);

/* It waits for its turn, or for what the journal makes of it. The op may be
 * gone after. */
void lx_io_task_queue(struct lx_io *io, struct lx_op *op);

/* What its request does from now on: takes the op out of the list where it
 * waited, puts it into the one where it waits, counts. The op may be gone after
 * PREPARING alone. */
void lx_io_task_request(struct lx_io *io, struct lx_op *op,
                        enum lx_request request);

/* End every watch, because the key is bad: `outcome` says how. */
void lx_io_tasks_bad_key(struct lx_io *io, const struct lx_outcome *outcome);

#pragma GCC visibility pop
