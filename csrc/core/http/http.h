/* http.h: exchanges with the API over libcurl's multi interface.
 * I/O thread only, but lx_http_wakeup. Knows requests and answers, not tasks.
 * Owns the multi handle and a pool of easy handles, one per request in flight.
 * Downloads run on the same multi as transfers of their own. */
#pragma once

#include "api/answer.h"
#include "http/api_request.h"
#include "http/http_config.h"
#include "http/transfer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_http;

/* `config` is borrowed and must outlive the result. NULL when out of memory. */
struct lx_http *lx_http_new(const struct lx_http_config *config);

/* Ends every exchange in flight without an answer, then frees; NULL is fine.
 * What was added has ended or been removed. */
void lx_http_free(struct lx_http *http);

/* Whether one more API request may be started now, beside `held` that are
 * about to be. */
bool lx_http_has_room(const struct lx_http *http, int held);

/* Start it; false when out of memory or without room. */
bool lx_http_start(struct lx_http *http, const struct lx_api_request *request);

/* Give up the exchange of `owner`; no answer comes. Nothing
 * happens when none runs. */
void lx_http_abort(struct lx_http *http, const void *owner);

/* The feed of its request has bytes again, or has failed; not from inside its
 * `read`. */
void lx_http_resume(struct lx_http *http, const void *owner);

/* Let libcurl work without blocking: on all transfers, but for a call that
 * follows one of those, or a wait that found no socket ready; it is for what
 * has been started and for what is due. */
void lx_http_perform(struct lx_http *http);

/* The next exchange that ended: true, `answer` filled (its body is valid until
 * the next call of any function here), *owner set. */
bool lx_http_next(struct lx_http *http, struct lx_answer *answer, void **owner,
                  int64_t *elapsed_ms);

/* Block until a socket is ready, lx_http_wakeup, or the time is over. */
void lx_http_wait(struct lx_http *http, int64_t timeout_ms);

/* Any thread, while the http is alive: end the current or next wait. */
void lx_http_wakeup(struct lx_http *http);

/* Sockets opened so far, and bytes received (bodies as sent on the wire). */
uint64_t lx_http_connections(const struct lx_http *http);
uint64_t lx_http_bytes(const struct lx_http *http);

/* Run a transfer that the caller has set up; false when out of memory. Its
 * on_end is called from inside lx_http_perform, unless it is removed first. */
bool lx_http_add(struct lx_http *http, struct lx_transfer *transfer);
void lx_http_remove(struct lx_http *http, struct lx_transfer *transfer);

/* The config that it was made with. */
const struct lx_http_config *lx_http_config_of(const struct lx_http *http);

#pragma GCC visibility pop
