/* limiter_rig.h: what the tests of the limiter share. */
#pragma once

#include "../check.h"
#include "pace/limiter.h"

#define BASE_MS 1000

/* Ask every ms from *now_ms on; how many went out. */
static inline int take_for(struct lx_limiter *limiter, int64_t *now_ms,
                           int64_t for_ms)
{
    int64_t wait_ms;
    int count = 0;

    for (int64_t end_ms = *now_ms + for_ms; *now_ms < end_ms; ++*now_ms)
        count += lx_limiter_take(limiter, *now_ms, &wait_ms);
    return count;
}

/* `rate` answers a second for a while, evenly. */
static inline void accept_for(struct lx_limiter *limiter, int64_t *now_ms,
                              int64_t for_ms, int rate)
{
    for (int64_t end_ms = *now_ms + for_ms; *now_ms < end_ms;
         *now_ms += 1000 / rate)
        lx_limiter_accepted(limiter, *now_ms);
}

/* A request goes out, if it may, and is refused. */
static inline void refuse(struct lx_limiter *limiter, int64_t now_ms,
                          int64_t retry_after_ms)
{
    int64_t wait_ms;

    (void)lx_limiter_take(limiter, now_ms, &wait_ms);
    lx_limiter_refused(limiter, now_ms, retry_after_ms);
}

/* The same, and its pause waited for. */
static inline void refuse_and_wait(struct lx_limiter *limiter, int64_t *now_ms)
{
    int64_t wait_ms = 0;

    refuse(limiter, *now_ms, -1);
    CHECK(!lx_limiter_take(limiter, *now_ms, &wait_ms));
    *now_ms += wait_ms;
}
