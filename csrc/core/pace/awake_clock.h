/* awake_clock.h: a clock that stands still while the machine (or the process)
 * sleeps, so that waking up fires no deadline and causes no burst of queries.
 * Pure. */
#pragma once

#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_awake_clock {
    int64_t behind_ms; /* time slept so far */
};

/* A wait that ends later than this after its time was spent asleep, not busy.
 */
#define LX_AWAKE_CLOCK_SLEEP_MS 5000

/* The clock's time at real time `real_ms`. */
int64_t lx_awake_clock_now(const struct lx_awake_clock *clock, int64_t real_ms);

/* Call after a wait that should have ended by until_ms and ended at real_ms: a
 * delay beyond LX_AWAKE_CLOCK_SLEEP_MS counts as sleep. */
void lx_awake_clock_waited(struct lx_awake_clock *clock, int64_t until_ms,
                           int64_t real_ms);

#pragma GCC visibility pop
