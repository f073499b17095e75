/* limiter.c: see limiter.h. */
#include "limiter.h"

#include <math.h>

/* The first 429 after a free run leaves at least this many a second: it may be
 * about the load of others. So many accepted answers then bring the old rate
 * back, and the limit is forgotten above so many times the rate. */
#define STRAY_RATE_MIN 8.0
#define STRAY_ANSWERS  10.0
#define STRAY_ENOUGH   4.0
/* So many 429 in a row, each after a pause, and the service counts requests.
 * Then the rate is half of what was accepted lately, and recovers slowly. */
#define COUNTED_REFUSALS 3
#define COUNTED_ANSWERS  150.0
#define COUNTED_ENOUGH   8.0
#define RATE_MIN         (1.0 / 60.0)
/* Fewer answers tell what was asked for, not what is counted: the pauses alone
 * see to it then that a service which is out of breath is left alone. */
#define ANSWERS_TO_KNOW  20.0
#define RATE_MIN_UNKNOWN 1.0

static double larger(double a, double b)
{
    return a > b ? a : b;
}

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

static int64_t pause_ms(const struct lx_limiter *limiter)
{
    int64_t factor = 1;

    for (int i = 1; i < limiter->refusals && factor < LX_LIMITER_PAUSE_MAX; i++)
        factor *= 2;
    return limiter->hold_base_ms * factor;
}

static bool is_free(const struct lx_limiter *limiter)
{
    return limiter->growth <= 0.0;
}

/* Another 429, and no pause before it was too short. */
static void slow_down(struct lx_limiter *limiter, double lately)
{
    limiter->refusals++;
    if (is_free(limiter)) {
        double rate = larger(lately / 2.0, STRAY_RATE_MIN);
        if (limiter->limit > 0.0 && rate > limiter->limit / 2.0)
            rate = limiter->limit / 2.0;
        limiter->rate = rate;
        limiter->growth = rate / STRAY_ANSWERS;
        limiter->enough = rate * STRAY_ENOUGH;
        return;
    }
    if (limiter->accepted < ANSWERS_TO_KNOW) {
        if (limiter->rate > RATE_MIN_UNKNOWN)
            limiter->rate = larger(limiter->rate / 2.0, RATE_MIN_UNKNOWN);
        return;
    }
    limiter->rate = larger(limiter->rate / 2.0, RATE_MIN);
    if (limiter->refusals < COUNTED_REFUSALS)
        return;
    limiter->rate = larger(limiter->rate, lately / 2.0);
    limiter->growth = larger(lately / 2.0, RATE_MIN) / COUNTED_ANSWERS;
    limiter->enough = larger(lately, limiter->rate) * COUNTED_ENOUGH;
}

void lx_limiter_refused(struct lx_limiter *limiter, int64_t now_ms,
                        int64_t retry_after_ms)
{
    bool is_straggler = now_ms < limiter->held_until_ms;

    fade(limiter, now_ms);
    if (!is_straggler) { /* else: sent before the pause began */
        slow_down(limiter,
                  limiter->accepted / larger(limiter->observed_s, 1.0));
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
    if (is_free(limiter))
        return;
    limiter->rate += limiter->growth;
    if (limiter->rate > limiter->enough ||
        (limiter->limit > 0.0 && limiter->rate > limiter->limit)) {
        limiter->rate = limiter->limit;
        limiter->growth = 0.0;
    }
}
