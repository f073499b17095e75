/* io_loop.h: the loop of the I/O thread: commands in, timers, sends, answers,
 * downloads, events out, until it has to stop. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* The I/O thread's main function: runs until ports->is_stopping is set and
 * lx_io_wakeup called. Then it finishes what is on its way to the disk, and
 * only that. */
void lx_io_run(struct lx_io *io);

#pragma GCC visibility pop
