/* fetch.h: one GET after another to the same URL, on an easy handle of its own
 * that the client's multi runs. I/O thread only. Sends no key and no cookie,
 * follows no redirect, and connects to no private address unless allowed to.
 * Content that comes packed, unasked, is unpacked, but only once, and not to a
 * hundred times its size.
 * Knows nothing of files, resuming and retries. */
#pragma once

#include "base/status.h"
#include "http/http.h"
#include "http/reply_head.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_fetch;

/* How a GET ended. */
struct lx_fetch_end {
    bool is_answered;    /* a whole answer arrived, whatever its status */
    bool is_memory_out;  /* libcurl said so */
    bool is_final;       /* the same GET would fail in the same way again */
    enum lx_kind kind;   /* of the failure */
    enum lx_stage stage; /* of the failure */
    const char *words;   /* of the failure; valid until the next call */
};

/* Called on the I/O thread from inside lx_http_perform; they call no function
 * of this file but lx_fetch_location, in on_end. False from the first two
 * ends the GET: on_end follows. */
struct lx_fetch_events {
    bool (*on_head)(void *argument, const struct lx_reply_head *head);
    bool (*on_bytes)(void *argument, const char *bytes, size_t length);
    void (*on_end)(void *argument, const struct lx_fetch_end *end);
};

/* What to get, and what is allowed. */
struct lx_fetch_request {
    const char *url;    /* borrowed for the call */
    bool allow_http;    /* http: is fine */
    bool allow_private; /* loopback and private networks are fine */
};

/* `http` and `events` are borrowed and must outlive the result. NULL when out
 * of memory. */
struct lx_fetch *lx_fetch_new(struct lx_http *http,
                              const struct lx_fetch_request *request,
                              const struct lx_fetch_events *events,
                              void *argument);

/* Stops a GET under way; no event comes. NULL is fine. */
void lx_fetch_free(struct lx_fetch *fetch);

/* Whether the URL may be fetched at all, as far as the URL alone tells. */
bool lx_fetch_check(const struct lx_fetch *fetch, struct lx_error *error);

/* Send the GET, when none is under way; for first > 0 it asks for the bytes
 * from there on, if `validator` still holds. False when out of memory. */
bool lx_fetch_start(struct lx_fetch *fetch, uint64_t first,
                    const char *validator);

/* End the GET under way; no event comes. */
void lx_fetch_stop(struct lx_fetch *fetch);

/* Where the last answer points, absolute; the caller frees it. NULL when it
 * points nowhere or out of memory. */
char *lx_fetch_location(const struct lx_fetch *fetch);

#pragma GCC visibility pop
