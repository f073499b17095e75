/* io_answer.h: what an answer holds besides the task's next step: the id of a
 * new task, the record to report, the line for the log. I/O thread only. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* Take every answer that has arrived; true when there was one, as then more may
 * be sent at once. */
bool lx_io_answers(struct lx_io *io);

#pragma GCC visibility pop
