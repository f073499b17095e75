/* io_journal.h: the journal in the turns of the I/O loop. On a client without a
 * journal nothing happens. I/O thread only. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* What is added in one turn is committed together. */
void lx_io_journal_turn(struct lx_io *io, bool begins);

/* What the journal has done since the last turn, what is to be tried again, and
 * what others have changed; true when there was any. */
bool lx_io_journal(struct lx_io *io);

/* When lx_io_journal has something to do by itself: milliseconds from now on;
 * -1: never. */
int64_t lx_io_journal_wait_ms(const struct lx_io *io);

/* Put back what is not sent, work off what waits and close the store. */
void lx_io_journal_stop(struct lx_io *io);

#pragma GCC visibility pop
