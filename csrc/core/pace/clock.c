/* clock.c: see clock.h. */
#include "pace/clock.h"

int64_t lx_clock_now(const struct lx_clock *clock, int64_t real_ms)
{
    return real_ms - clock->behind_ms;
}

void lx_clock_waited(struct lx_clock *clock, int64_t until_ms, int64_t real_ms)
{
    if (real_ms - until_ms > LX_CLOCK_SLEEP_MS)
        clock->behind_ms += real_ms - until_ms;
}
