/* awake_clock.c: see awake_clock.h. */
#include "pace/awake_clock.h"

int64_t lx_awake_clock_now(const struct lx_awake_clock *clock, int64_t real_ms)
{
    return real_ms - clock->behind_ms;
}

void lx_awake_clock_waited(struct lx_awake_clock *clock, int64_t until_ms,
                           int64_t real_ms)
{
    if (real_ms - until_ms > LX_AWAKE_CLOCK_SLEEP_MS)
        clock->behind_ms += real_ms - until_ms;
}
