/* io_fleet.h: the clients of one journal that use the same account share what
 * the service allows: each counts while it creates or watches, takes its part
 * of max_requests_per_second, and pauses when one of them is told to (429). On
 * a client without a journal nothing happens. I/O thread only. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* Count this client in when there are tasks, and out when there have been none
 * for a while; take in what is new of the others. */
void lx_io_fleet_turn(struct lx_io *io);

/* The limiter has begun or extended a pause after an answer of 429. */
void lx_io_fleet_refused(struct lx_io *io);

/* When the turn has something to do by itself: milliseconds; -1: never. */
int64_t lx_io_fleet_wait_ms(const struct lx_io *io);

#pragma GCC visibility pop
