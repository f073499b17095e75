/* journal_ask.h: questions to the journal, and what people decide about its
 * entries: one verb of a table each, answered with JSON. I/O thread only. */
#pragma once

#include "engine/io.h"
#include "engine/question.h"

#pragma GCC visibility push(hidden)

/* Ask it for `op`, whose final event has the answer; the op may be gone after.
 * Takes the question. */
void lx_io_ask(struct lx_io *io, struct lx_op *op,
               struct lx_question *question);

#pragma GCC visibility pop
