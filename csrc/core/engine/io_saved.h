/* io_saved.h: an entry is saved when all its files are. I/O thread only. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* The op's download has ended, with op->final->file where it went well, or is
 * given up: it is in no list any more. */
void lx_io_saved(struct lx_io *io, struct lx_op *op);

/* Nobody here saves the entry, unless another download is at it: another client
 * may. */
void lx_io_saved_leave(struct lx_io *io, int64_t entry, int64_t fence);

/* Whether another download is at the same file of the same entry. */
bool lx_io_saved_has_twin(const struct lx_io *io, const struct lx_op *op);

/* The journal is stopped: forget what was saved of entries that are not. */
void lx_io_savings_free(struct lx_io *io);

#pragma GCC visibility pop
