/* io_start.h: a request of a task goes out. I/O thread only. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* Send what the op asks for; its turn has come. False, with nothing changed,
 * when out of memory. */
bool lx_io_start(struct lx_io *io, struct lx_op *op);

#pragma GCC visibility pop
