/* io_hint.h: callbacks that came to any process that shares the journal: the
 * task of an entry that this client works on is asked about now, as if it had
 * come here. I/O thread only. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* The op hears of its entry from now on, until it is untied; nothing where it
 * has none, or out of memory. Twice is fine. */
void lx_io_hint_tie(struct lx_io *io, struct lx_op *op);

/* Before the op's entry is forgotten; nothing where it is not tied. */
void lx_io_hint_untie(struct lx_io *io, struct lx_op *op);

/* Ask about what callbacks have named; true when there was any. There is a
 * journal. */
bool lx_io_hints(struct lx_io *io);

/* The op has seen the end of its entry's task: the others of that entry ask
 * now. */
void lx_io_hint_tell_others(struct lx_io *io, const struct lx_op *op);

/* The op's task is to be asked about later: now, where a callback or another op
 * has said so before it was watched. */
void lx_io_hint_catch_up(struct lx_io *io, struct lx_op *op);

#pragma GCC visibility pop
