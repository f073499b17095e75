/* outbox.h: what the I/O thread reports to the host: events of operations,
 * their ends, and once a turn the counters. I/O thread only. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* Report `event` at the end of this turn, the key in its texts masked. Takes
 * it; NULL does nothing. */
void lx_io_tell(struct lx_io *io, struct lx_event *event);

/* Report op->final, with a copy of `error` unless that is NULL, its kind is
 * NONE or the final has one, then forget the op. The final's other members were
 * set by the caller; the op is in no list. */
void lx_io_finish(struct lx_io *io, struct lx_op *op,
                  const struct lx_error *error);

/* Free the op without an event: off the clock, out of io->ops. The caller has
 * taken it out of its list. */
void lx_io_forget(struct lx_io *io, struct lx_op *op);

/* Put `op` on the clock, or move it there: due_ms is of io->clock. Cannot fail:
 * room was made when the op was admitted. */
void lx_io_wait(struct lx_io *io, struct lx_op *op, int64_t due_ms);

/* The end of a turn: push the events, publish the counters and, from time to
 * time, the learned durations; free what the host has given back. */
void lx_io_deliver(struct lx_io *io);

#pragma GCC visibility pop
