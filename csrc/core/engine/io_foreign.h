/* io_foreign.h: the end of a task that was watched by its id alone, and that
 * may be an entry's of the journal. I/O thread only. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* The op ends, with op->final->record: where it has no booking, and an entry
 * follows that task, its end is written there. Nobody waits for it, and it is
 * tried once: where it fails, the client that takes the entry over asks again.
 */
void lx_io_foreign_end(struct lx_io *io, const struct lx_op *op,
                       const struct lx_error *error);

#pragma GCC visibility pop
