/* io_check.h: a create whose result the journal knows as saved: are the files
 * still there? I/O thread only. */
#pragma once

#include "engine/io.h"
#include "journal/entry_files.h"

#pragma GCC visibility push(hidden)

/* The op waits, CHECKING; then on_there(io, op), or its entry becomes one that
 * is not saved, and it is planned again. Takes what is in `files`. The op may
 * be gone after. */
void lx_io_check(struct lx_io *io, struct lx_op *op,
                 struct lx_entry_files *files,
                 void (*on_there)(struct lx_io *io, struct lx_op *op));

#pragma GCC visibility pop
