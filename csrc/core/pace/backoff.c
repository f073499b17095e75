/* backoff.c: see backoff.h. */
#include "pace/backoff.h"

/* base * 2^(failures - 1), at most `most_ms`; free of overflow. */
static int64_t exponential_ms(int64_t base_ms, int failures, int64_t most_ms)
{
    int64_t wait = base_ms;

    for (int i = 1; i < failures && wait < most_ms; i++)
        wait *= 2;
    return wait < most_ms ? wait : most_ms;
}

static int64_t at_least(int64_t wait_ms, int64_t least_ms)
{
    return wait_ms < least_ms ? least_ms : wait_ms;
}

int64_t lx_backoff_fault_ms(const struct lx_backoff_policy *policy,
                            int failures, double random, int64_t retry_after_ms)
{
    int64_t most = exponential_ms(policy->base_ms, failures, policy->max_ms);

    return at_least((int64_t)((double)most * random), retry_after_ms);
}

/* Less than doubled by the jitter, so that the next is longer still. */
static int64_t growing_ms(int64_t base_ms, int failures, double random,
                          int64_t most_ms)
{
    int64_t wait = exponential_ms(base_ms, failures, most_ms);
    int64_t jitter = (int64_t)((double)wait * 0.5 * random);

    return jitter < most_ms - wait ? wait + jitter : most_ms;
}

int64_t lx_backoff_refused_create_ms(const struct lx_backoff_policy *policy,
                                     int failures, double random,
                                     int64_t retry_after_ms)
{
    return at_least(
        growing_ms(2 * policy->base_ms, failures, random, policy->max_ms),
        retry_after_ms);
}

int64_t lx_backoff_refused_query_ms(const struct lx_backoff_policy *policy,
                                    int failures, double random,
                                    int64_t retry_after_ms)
{
    return at_least(
        growing_ms(10 * policy->base_ms, failures, random, 10 * policy->max_ms),
        retry_after_ms);
}
