/* io_plan.h: what the journal makes of a create: to be sent, to be watched, or
 * known. I/O thread only. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* Ask about those that are UNPLANNED; some of them may be gone after. Where the
 * turn to send is there at once, one commit does both. */
void lx_io_plan(struct lx_io *io);

/* Ask again for those that wait for what others do; some of them may be gone
 * after. */
void lx_io_plan_waits(struct lx_io *io);

#pragma GCC visibility pop
