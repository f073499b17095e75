/* limiter.c: see limiter.h. */
#include "limiter.h"

#include <math.h>

/* After a 429 the rate is this share of what was accepted per second lately,
 * and this many accepted answers bring it back. */
#define SHARE_AFTER_REFUSAL 0.5
#define ANSWERS_TO_RECOVER  150.0
#define RATE_MIN            (1.0 / 60.0)
/* So few answers tell what was asked for, not what the service bears: then at
 * least this many a second are believed, which is the platform's stock limit.
 */
#define ANSWERS_TO_KNOW 20.0
#define RATE_UNKNOWN    1.0
/* So much above the rate of the last refusal that it no longer matters. */
#define FORGET_FACTOR 8.0

void lx_limiter_init(struct lx_limiter *limiter, double limit,
                     int64_t hold_base_ms, int64_t now_ms)
{
    *limiter = (struct lx_limiter){.limit = limit,
                                   .rate = limit,
                                   .tokens = 1.0,
                                   .hold_base_ms = hold_base_ms,
                                   .filled_ms = now_ms,
                                   .faded_ms = now_ms};
}

/* At least one, or a slow rate could never send at all. */
static double burst_of(const struct lx_limiter *limiter)
{
    return limiter->rate > 1.0 ? limiter->rate : 1.0;
}

static void refill(struct lx_limiter *limiter, int64_t now_ms)
{
    double seconds = (double)(now_ms - limiter->filled_ms) / 1000.0;
    double most = burst_of(limiter);

    limiter->filled_ms = now_ms;
    limiter->tokens += seconds * limiter->rate;
    if (limiter->tokens > most)
        limiter->tokens = most;
}

bool lx_limiter_take(struct lx_limiter *limiter, int64_t now_ms,
                     int64_t *wait_ms)
{
    if (now_ms < limiter->held_until_ms) {
        *wait_ms = limiter->held_until_ms - now_ms;
        return false;
    }
    if (limiter->rate <= 0.0)
        return true;
    refill(limiter, now_ms);
    if (limiter->tokens >= 1.0) {
        limiter->tokens -= 1.0;
        return true;
    }
    double wait_s = (1.0 - limiter->tokens) / limiter->rate;
    *wait_ms = 1 + (int64_t)(wait_s * 1000.0);
    return false;
}

static void fade(struct lx_limiter *limiter, int64_t now_ms)
{
    double seconds = (double)(now_ms - limiter->faded_ms) / 1000.0;
    double keep = exp(-seconds * 1000.0 / LX_LIMITER_MEMORY_MS);

    limiter->faded_ms = now_ms;
    limiter->accepted *= keep;
    limiter->observed_s = limiter->observed_s * keep + seconds;
}

/* Requests a second that the service has borne lately. */
static double rate_borne(const struct lx_limiter *limiter)
{
    double seconds = limiter->observed_s > 1.0 ? limiter->observed_s : 1.0;
    double rate = limiter->accepted / seconds;

    if (limiter->accepted < ANSWERS_TO_KNOW && rate < RATE_UNKNOWN)
        return RATE_UNKNOWN;
    return rate;
}

static int64_t pause_ms(const struct lx_limiter *limiter)
{
    int64_t factor = 1;

    for (int i = 1; i < limiter->refusals && factor < LX_LIMITER_PAUSE_MAX; i++)
        factor *= 2;
    return limiter->hold_base_ms * factor;
}

void lx_limiter_refused(struct lx_limiter *limiter, int64_t now_ms,
                        int64_t retry_after_ms)
{
    bool is_straggler = now_ms < limiter->held_until_ms;

    fade(limiter, now_ms);
    if (!is_straggler) { /* else: sent before the pause began */
        double borne = rate_borne(limiter);
        double rate = borne * SHARE_AFTER_REFUSAL;
        limiter->refusals++;
        limiter->growth = (borne - rate) / ANSWERS_TO_RECOVER;
        limiter->rate = rate > RATE_MIN ? rate : RATE_MIN;
        if (limiter->limit > 0.0 && limiter->rate > limiter->limit)
            limiter->rate = limiter->limit;
        limiter->tokens = 1.0;
    }
    int64_t until =
        now_ms + (retry_after_ms >= 0 ? retry_after_ms : pause_ms(limiter));
    if (until > limiter->held_until_ms && (!is_straggler || retry_after_ms > 0))
        limiter->held_until_ms = until;
    limiter->filled_ms = limiter->held_until_ms;
}

void lx_limiter_accepted(struct lx_limiter *limiter, int64_t now_ms)
{
    fade(limiter, now_ms);
    limiter->accepted += 1.0;
    if (now_ms >= limiter->held_until_ms)
        limiter->refusals = 0;
    if (limiter->growth <= 0.0)
        return;
    limiter->rate += limiter->growth;
    double most = limiter->limit > 0.0
                      ? limiter->limit
                      : limiter->growth * ANSWERS_TO_RECOVER * FORGET_FACTOR;
    if (limiter->rate > most) {
        limiter->rate = limiter->limit;
        limiter->growth = 0.0;
    }
}
