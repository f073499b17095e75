/* partial.h: how far a download has come, and what the next answer means for
 * it. Pure: reads no clock, sends nothing, writes nothing; any thread. */
#pragma once

#include "base/status.h"
#include "http/reply_head.h"

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* Requests for one file, cuts after progress included. */
#define LX_PARTIAL_TRIES_MAX 100

struct lx_partial {
    uint64_t bytes;      /* of the content, held */
    uint64_t total;      /* of the content; 0: unknown */
    uint64_t best;       /* the most ever held: only more is progress */
    int tries;           /* requests begun */
    int failures;        /* requests without progress, in a row */
    bool is_range;       /* the request under way asks for the rest only */
    char validator[200]; /* strong ETag or Last-Modified; "": none */
};

enum lx_partial_verdict {
    LX_PARTIAL_TAKE,     /* its body goes behind the `bytes` held */
    LX_PARTIAL_WHOLE,    /* nothing is missing */
    LX_PARTIAL_ANEW,     /* ask again, for all of it */
    LX_PARTIAL_LATER,    /* ask again after a while */
    LX_PARTIAL_REDIRECT, /* the content is elsewhere */
    LX_PARTIAL_REFUSED   /* asking again is of no use */
};

/* Begin a request: true when it may ask for the rest alone, from `bytes` on
 * and under the condition of `validator`. */
bool lx_partial_begin(struct lx_partial *partial);

/* Judge a complete head. TAKE may have set `bytes` to 0: then what is held is
 * void, and the body is the whole content. Takes total and validator over. */
enum lx_partial_verdict lx_partial_judge(struct lx_partial *partial,
                                         const struct lx_reply_head *head);

/* A request ended without the whole content: whether one more may be made,
 * with `attempts` in a row allowed that bring nothing. */
bool lx_partial_may_go_on(struct lx_partial *partial, int attempts);

/* The kind of error that a status comes to when it is the last word. */
enum lx_kind lx_partial_kind(int status);

#pragma GCC visibility pop
