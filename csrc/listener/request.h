/* request.h: one HTTP request while it is read and, if need be, worked for.
 * The HTTP thread's only; `work` is lent to the worker meanwhile. */
#pragma once

#include "worker.h"

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

struct lx_request {
    char *target; /* path and query, as sent */
    char *body;
    size_t body_bytes, body_capacity, body_max_bytes;
    bool is_begun;     /* the headers were seen */
    bool is_too_large; /* the body passed the maximum and was dropped */
    bool has_work;     /* it waits for work, or has its result */
    int ticket;        /* the handler's, see lx_ask */
    struct lx_work work;
};

/* NULL when out of memory. */
struct lx_request *lx_request_new(const char *target, size_t body_max_bytes);

/* Keep a piece of the body, or mark the request as too large. The rest of a
 * large body is still read, so that every client sees the 413 and not a reset
 * connection. */
void lx_request_append(struct lx_request *request, const char *bytes,
                       size_t length);

void lx_request_free(struct lx_request *request);

#pragma GCC visibility pop
