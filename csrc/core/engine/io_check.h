/* io_check.h: what the disk is asked for a create: where the journal knows its
 * result as saved, are the files still there? Can others be saved where it
 * wants them? I/O thread only. */
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

/* The op, which is unplanned, waits, CHECKING, until it is known whether files
 * can be saved at its target, and is unplanned again. False: nothing is to be
 * found out, and nothing was done. The op may be gone after. */
bool lx_io_check_target(struct lx_io *io, struct lx_op *op);

#pragma GCC visibility pop
