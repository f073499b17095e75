/* awake_clock.h: a clock that stands still while the machine (or the process)
 * sleeps, so that waking up fires no deadline and causes no burst of queries.
 * Pure. */
#pragma once

#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_awake_clock {
    int64_t behind_ms; /* time slept so far */
};

/* So much later than asked for, and the waiter was not busy but asleep. */
#define LX_AWAKE_CLOCK_SLEEP_MS 5000

/* The clock's time at real time `real_ms`. */
int64_t lx_awake_clock_now(const struct lx_awake_clock *clock, int64_t real_ms);

/* Told after a wait that should have ended by until_ms and ended at real_ms:
 * what goes far beyond is taken for sleep. */
void lx_awake_clock_waited(struct lx_awake_clock *clock, int64_t until_ms,
                           int64_t real_ms);

#pragma GCC visibility pop
