/* io_book.h: a create and its entry in the journal: nothing is sent before the
 * entry says so, and the host gets an id once the journal has answered, written
 * or not. I/O thread only. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* Whether the op may be sent: its entry says so, or it has none. */
bool lx_io_book_may_send(const struct lx_op *op);

/* Its turn has come, and is held from here on: have the entry say that it is
 * sent, then send it. The op may be gone after. */
void lx_io_book_send(struct lx_io *io, struct lx_op *op);

/* The entry says so: send it. The op may be gone after. */
void lx_io_book_sent(struct lx_io *io, struct lx_op *op);

/* Its answer names a task, whose id is in op->task.created. True when the op
 * waits, RECORDING, until the id is written; then the host is told, and the
 * task goes on as after a DONE. False: it has no booking. */
bool lx_io_book_id(struct lx_io *io, struct lx_op *op);

#pragma GCC visibility pop
