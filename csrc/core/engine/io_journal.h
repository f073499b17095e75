/* io_journal.h: the journal in the turns of the I/O loop. I/O thread only. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* Have the journal work on `request`, which the op waits for; NULL: none does.
 * False when there is no journal, or none any more: nothing comes of it. */
bool lx_io_journal_add(struct lx_io *io, struct lx_op *op,
                       struct lx_op_request *request);

/* What the journal has done since the last turn; true when there was any. */
bool lx_io_journal(struct lx_io *io);

/* Work off what waits and close the store, on a client without a journal
 * nothing. */
void lx_io_journal_stop(struct lx_io *io);

/* The error for what a store says: kind `journal`, nothing was made. */
void lx_io_journal_error(struct lx_error *error,
                         const struct lx_store_error *reason);

#pragma GCC visibility pop
