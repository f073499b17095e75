/* answer.h: how one HTTP exchange with the API ended. Plain data: http/
 * fills it, outcome.c judges it, neither knows the other. */
#pragma once

#include "base/status.h"

#include <stdbool.h>

enum lx_transport {
    LX_TRANSPORT_ANSWERED, /* a whole answer arrived: status and body hold */
    LX_TRANSPORT_NOT_SENT, /* no byte of the request left this machine */
    LX_TRANSPORT_LOST,     /* sent at least in part, no whole answer */
    LX_TRANSPORT_OVERSIZED /* the answer passed max_body and was cut off */
};

struct lx_answer {
    enum lx_transport transport;
    enum lx_stage stage;    /* where it failed, NONE when answered */
    bool timed_out;         /* the failure was a time-out */
    int http_status;        /* 0 when no status line arrived */
    int64_t retry_after_ms; /* Retry-After, -1 when absent or nonsense */
    int64_t date_s;         /* Date, Unix seconds; 0 when absent or nonsense */
    const char *body;       /* borrowed; NULL when length is 0 */
    size_t body_length;
    char request_id[96]; /* X-Oneapi-Request-Id, "" when absent */
    char detail[160];    /* libcurl's words for a failure, else "" */
};

static inline bool lx_answer_is_good(const struct lx_answer *answer)
{
    return answer->http_status >= 200 && answer->http_status <= 299;
}
