/* limiter.c: see limiter.h. */
#include "pace/limiter.h"

#include <stddef.h>

/* When to send one request again after the first 429 of a row, in multiples of
 * the first pause (a second, unless the user's retry.base says otherwise).
 * Services count over ten seconds, a minute, three: by then they have forgotten
 * what they accepted before that 429. */
static const int ask_after[] = {1, 3, 10, 30, 60, 180};
#define ASKS (sizeof ask_after / sizeof *ask_after)

/* Another request is sent when the one after a pause has no answer by then: it
 * may have been cancelled. In multiples of the first pause. */
#define ANSWER_WAIT 5

/* Requests a second, the minimum that the first 429 after a free run is taken
 * to refuse: it may be about the load of others. */
#define STRAY_RATE 16.0

/* Accepted answers until the rate is again the refused one: RECOVERY_GROWTH
 * times as many as there were since the 429 before. A limit on the rate so
 * answers 429 ever more rarely; a 429 by chance leaves the rate as it is. */
#define RECOVERY_LEAST  5.0
#define RECOVERY_MOST   320.0
#define RECOVERY_GROWTH 1.5
/* The limit is gone at this multiple of the refused rate. */
#define ENOUGH 4.0

/* After this many 429 in a row, each after a pause, the service is one that
 * counts requests over a time. It then bears the rate that it accepted lately,
 * pauses included; this share of that leaves room to grow. */
#define COUNTED_REFUSALS 3
#define COUNTED_SHARE    0.8
#define RATE_MIN         (1.0 / 60.0)
/* With fewer answers the rate shows the demand, not the limit: then only the
 * pauses protect an overloaded service. */
#define ANSWERS_TO_KNOW  20.0
#define RATE_MIN_UNKNOWN 1.0

static double higher(double a, double b)
{
    return a > b ? a : b;
}

static double lower(double a, double b)
{
    return a < b ? a : b;
}

void lx_limiter_init(struct lx_limiter *limiter, double limit,
                     int64_t hold_base_ms, int64_t now_ms)
{
    *limiter = (struct lx_limiter){.total = limit,
                                   .limit = limit,
                                   .rate = limit,
                                   .tokens = 1.0,
                                   .hold_base_ms = hold_base_ms,
                                   .since_ms = now_ms,
                                   .filled_ms = now_ms};
}

static bool is_free(const struct lx_limiter *limiter)
{
    return limiter->growth <= 0.0;
}

/* At least one, or a slow rate could never send at all. */
static double burst_of(const struct lx_limiter *limiter)
{
    return higher(limiter->rate, 1.0);
}

static void refill(struct lx_limiter *limiter, int64_t now_ms)
{
    double seconds = (double)(now_ms - limiter->filled_ms) / 1000.0;

    limiter->filled_ms = now_ms;
    limiter->tokens =
        lower(limiter->tokens + seconds * limiter->rate, burst_of(limiter));
}

void lx_limiter_share(struct lx_limiter *limiter, int64_t now_ms,
                      double clients)
{
    limiter->limit = limiter->total / clients;
    if (limiter->total <= 0.0 ||
        (!is_free(limiter) && limiter->rate < limiter->limit))
        return;
    if (now_ms > limiter->filled_ms)
        refill(limiter, now_ms);
    limiter->rate = limiter->limit;
    limiter->growth = 0.0;
    limiter->tokens = lower(limiter->tokens, burst_of(limiter));
}

bool lx_limiter_take(struct lx_limiter *limiter, int64_t now_ms,
                     int64_t *wait_ms)
{
    int64_t until_ms = limiter->held_until_ms;

    if (limiter->refusals > 0 && limiter->asked_until_ms > until_ms)
        until_ms = limiter->asked_until_ms;
    if (now_ms < until_ms) {
        *wait_ms = until_ms - now_ms;
        return false;
    }
    if (limiter->rate <= 0.0)
        return true;
    refill(limiter, now_ms);
    if (limiter->tokens >= 1.0) {
        limiter->tokens -= 1.0;
        limiter->has_asked = true;
        limiter->asked_until_ms = now_ms + ANSWER_WAIT * limiter->hold_base_ms;
        return true;
    }
    double wait_s = (1.0 - limiter->tokens) / limiter->rate;
    *wait_ms = 1 + (int64_t)(wait_s * 1000.0);
    return false;
}

void lx_limiter_give_back(struct lx_limiter *limiter)
{
    limiter->tokens = lower(limiter->tokens + 1.0, burst_of(limiter));
    limiter->asked_until_ms = 0;
}

/* Keep of what was accepted the share that falls into the memory. */
static void forget(struct lx_limiter *limiter, int64_t now_ms)
{
    int64_t known_ms = now_ms - limiter->since_ms;

    if (known_ms <= LX_LIMITER_MEMORY_MS)
        return;
    limiter->accepted *= (double)LX_LIMITER_MEMORY_MS / (double)known_ms;
    limiter->since_ms = now_ms - LX_LIMITER_MEMORY_MS;
}

/* Answers a second, if none is accepted until then. */
static double accepted_rate(const struct lx_limiter *limiter, int64_t until_ms)
{
    double seconds = (double)(until_ms - limiter->since_ms) / 1000.0;

    return limiter->accepted / higher(seconds, 1.0);
}

/* The pause after another 429, when the service asks for none. */
static int64_t pause_ms(const struct lx_limiter *limiter)
{
    size_t next = (size_t)limiter->refusals;

    if (next > ASKS - 1)
        next = ASKS - 1;
    return limiter->hold_base_ms *
           (ask_after[next] - (next > 0 ? ask_after[next - 1] : 0));
}

/* The rate that a 429 is about. */
static double refused_rate(const struct lx_limiter *limiter, int64_t now_ms)
{
    double rate;

    if (!is_free(limiter))
        return limiter->rate;
    rate = higher(accepted_rate(limiter, now_ms), STRAY_RATE);
    return limiter->limit > 0.0 ? lower(rate, limiter->limit) : rate;
}

/* `recovery`: accepted answers until the rate is the refused one again. */
static void set_rate(struct lx_limiter *limiter, double rate, double refused,
                     double recovery)
{
    limiter->rate = rate;
    limiter->growth = rate / recovery;
    limiter->enough = refused * ENOUGH;
    limiter->answers = 0.0;
}

static void halve(struct lx_limiter *limiter, double refused, bool is_known)
{
    double least = lower(refused, is_known ? RATE_MIN : RATE_MIN_UNKNOWN);
    double recovery = RECOVERY_LEAST;

    if (!is_free(limiter))
        recovery = higher(recovery, RECOVERY_GROWTH * limiter->answers);
    set_rate(limiter, higher(refused / 2.0, least), refused,
             lower(recovery, RECOVERY_MOST));
}

/* After another 429: nothing is sent until then. The second in a row tells
 * nothing of the rate, nothing was sent since the first; the third tells that
 * a pause does not help. */
static void slow_down(struct lx_limiter *limiter, int64_t now_ms,
                      int64_t until_ms)
{
    bool is_known = limiter->accepted >= ANSWERS_TO_KNOW;
    double refused = refused_rate(limiter, now_ms);

    limiter->refusals++;
    if (limiter->refusals == 1 || !is_known) {
        halve(limiter, refused, is_known);
    } else if (limiter->refusals >= COUNTED_REFUSALS) {
        double borne = COUNTED_SHARE * accepted_rate(limiter, until_ms);
        set_rate(limiter, lower(refused, higher(borne, RATE_MIN)), refused,
                 RECOVERY_MOST);
    }
}

static void hold_until(struct lx_limiter *limiter, int64_t until_ms)
{
    limiter->held_until_ms = until_ms;
    limiter->asked_until_ms = until_ms;
    limiter->has_asked = false;
    limiter->filled_ms = until_ms;
    limiter->tokens = 1.0;
}

/* Whether what was refused now was sent before the pause began: nothing has
 * been sent since. */
static bool is_straggler(const struct lx_limiter *limiter, int64_t now_ms)
{
    return now_ms < limiter->held_until_ms ||
           (limiter->refusals > 0 && !limiter->has_asked);
}

void lx_limiter_refused(struct lx_limiter *limiter, int64_t now_ms,
                        int64_t retry_after_ms)
{
    int64_t wait_ms = retry_after_ms;

    if (is_straggler(limiter, now_ms)) {
        if (now_ms + wait_ms > limiter->held_until_ms)
            hold_until(limiter, now_ms + wait_ms);
        return;
    }
    if (wait_ms < 0 || (limiter->refusals > 0 && wait_ms < pause_ms(limiter)))
        wait_ms = pause_ms(limiter);
    forget(limiter, now_ms);
    slow_down(limiter, now_ms, now_ms + wait_ms);
    hold_until(limiter, now_ms + wait_ms);
}

void lx_limiter_accepted(struct lx_limiter *limiter, int64_t now_ms)
{
    forget(limiter, now_ms);
    limiter->accepted += 1.0;
    limiter->answers += 1.0;
    if (now_ms >= limiter->held_until_ms)
        limiter->refusals = 0;
    if (is_free(limiter))
        return;
    limiter->rate += limiter->growth;
    if (now_ms < limiter->held_until_ms)
        return; /* sent before the pause: no sign that the limit is gone */
    if (limiter->rate > limiter->enough ||
        (limiter->limit > 0.0 && limiter->rate > limiter->limit)) {
        limiter->rate = limiter->limit;
        limiter->growth = 0.0;
    }
}
