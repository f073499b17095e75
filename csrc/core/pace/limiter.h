/* limiter.h: how many requests a second the service bears, over all tasks. A
 * token bucket whose rate halves when the service answers 429, and grows back
 * additively: soon after a stray one, slowly once the service has shown that it
 * counts. After a pause one request asks for all. Pure: told the time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_limiter {
    double limit;         /* requests per second that the user allows, 0 any */
    double rate;          /* at present; 0: unlimited */
    double tokens;        /* may go out right now, one second's worth at most */
    double accepted;      /* answers since since_ms */
    double growth;        /* added to the rate by each accepted answer; 0: the
                             rate is the user's */
    double enough;        /* a rate above this is no limit any more */
    double answers;       /* accepted since a 429 last changed the rate */
    int refusals;         /* in a row, each after a pause */
    int64_t hold_base_ms; /* the first pause after a 429 */
    int64_t since_ms;     /* at most LX_LIMITER_MEMORY_MS ago */
    int64_t filled_ms;    /* when tokens was brought up to date */
    int64_t held_until_ms;  /* nothing goes out before */
    int64_t asked_until_ms; /* nor before this, unless an answer is accepted */
    bool has_asked;         /* something was sent since that pause */
};

/* Long, because a service may count over minutes: three here. */
#define LX_LIMITER_MEMORY_MS (180 * 1000)
/* The longest pause without a Retry-After, as a multiple of the first. */
#define LX_LIMITER_PAUSE_MAX 120

void lx_limiter_init(struct lx_limiter *limiter, double limit,
                     int64_t hold_base_ms, int64_t now_ms);

/* Whether a request may go out now; if so it is counted. Else *wait_ms, at
 * least 1, is how long to wait before asking again, unless an answer comes. */
bool lx_limiter_take(struct lx_limiter *limiter, int64_t now_ms,
                     int64_t *wait_ms);

/* An answer was 429: everybody pauses, for retry_after_ms if not negative, and
 * longer when that was not enough before. */
void lx_limiter_refused(struct lx_limiter *limiter, int64_t now_ms,
                        int64_t retry_after_ms);

/* Any other answer. */
void lx_limiter_accepted(struct lx_limiter *limiter, int64_t now_ms);

#pragma GCC visibility pop
