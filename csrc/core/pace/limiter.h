/* limiter.h: how many requests a second the service accepts, over all tasks. A
 * token bucket whose rate halves when the service answers 429 and grows back
 * additively: fast after a stray 429, slowly once several have shown a limit.
 * After a pause one request goes first. Pure: the caller gives the time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_limiter {
    double total;         /* requests per second that the user allows, 0 any; */
    double limit;         /* and this client's share of it */
    double rate;          /* at present; 0: unlimited */
    double tokens;        /* may go out now; at most one second's worth */
    double accepted;      /* answers since since_ms */
    double growth;        /* added to the rate by each accepted answer; 0: the
                             rate is the user's */
    double enough;        /* above this rate the limit is dropped */
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

/* The user's limit is that of all these clients, 1 or more: each takes its
 * share.
 */
void lx_limiter_share(struct lx_limiter *limiter, int64_t now_ms,
                      double clients);

/* Whether a request may go out now; if so it is counted. Else ask again after
 * *wait_ms (1 or more), or when an answer arrives. */
bool lx_limiter_take(struct lx_limiter *limiter, int64_t now_ms,
                     int64_t *wait_ms);

/* What was counted last is not sent after all. */
void lx_limiter_give_back(struct lx_limiter *limiter);

/* An answer was 429: all requests pause, for retry_after_ms unless that is
 * negative, and longer when the pause before was too short. */
void lx_limiter_refused(struct lx_limiter *limiter, int64_t now_ms,
                        int64_t retry_after_ms);

/* Any other answer. */
void lx_limiter_accepted(struct lx_limiter *limiter, int64_t now_ms);

#pragma GCC visibility pop
