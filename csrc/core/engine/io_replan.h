/* io_replan.h: what is learned of the models' durations moves the plans of the
 * tasks that are watched. I/O thread only. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* Plan the waiting tasks anew after something was learned; some per call. True
 * when more are left. */
bool lx_io_replan(struct lx_io *io);

#pragma GCC visibility pop
