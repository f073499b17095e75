/* backoff.h: how long to wait before the next attempt. Pure: knows no clock. */
#pragma once

#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_backoff_policy {
    int attempts;    /* requests for one create or query, at least 1 */
    int64_t base_ms; /* the first wait is drawn from 0 .. base */
    int64_t max_ms;  /* no wait is longer, Retry-After aside */
};

/* A longer Retry-After is ignored. */
#define LX_RETRY_AFTER_MAX_MS (3600 * 1000)

/* Wait after the `failures`-th failure in a row (1, 2, ...) of a passing kind:
 * full jitter over an exponential. `random` is uniform in [0, 1). The wait is
 * not shorter than retry_after_ms, from the server, unless that is negative. */
int64_t lx_backoff_fault_ms(const struct lx_backoff_policy *policy,
                            int failures, double random,
                            int64_t retry_after_ms);

/* Wait after the `failures`-th refusal for the rate (429) of a create: twice
 * the base or more, doubling, so that each wait is longer than the last. */
int64_t lx_backoff_refused_create_ms(const struct lx_backoff_policy *policy,
                                     int failures, double random,
                                     int64_t retry_after_ms);

/* The same for a query, which is less urgent: from ten times the base up to ten
 * times the maximum. */
int64_t lx_backoff_refused_query_ms(const struct lx_backoff_policy *policy,
                                    int failures, double random,
                                    int64_t retry_after_ms);

#pragma GCC visibility pop
