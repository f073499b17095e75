/* journal_port.h: how requests get to the journal, and what its refusals mean
 * for an op. I/O thread only. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* Have the journal work on `request`, which the op waits for; NULL: none does.
 * False when there is no journal, or none any more: nothing comes of it. */
bool lx_io_journal_add(struct lx_io *io, struct lx_op *op,
                       struct lx_op_request *request);

/* The same for what nobody waits for: it is added with the next one, or a
 * little later. There is a journal. */
void lx_io_journal_add_late(struct lx_io *io, struct lx_op_request *request);

/* Add what is late, now. */
void lx_io_journal_flush_late(struct lx_io *io);

/* The error for what a store says: kind `journal`, nothing was made. */
void lx_io_journal_error(struct lx_error *error,
                         const struct lx_store_error *reason);

#pragma GCC visibility pop
