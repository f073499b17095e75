/* http.h: exchanges with the API over libcurl's multi interface.
 * I/O thread only, but lx_http_wakeup. Knows requests and answers, not tasks.
 * Owns the multi handle and a pool of easy handles, one per request in flight.
 * Downloads run on the same multi through lx_transfer. */
#pragma once

#include "api/answer.h"
#include "engine/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lx_http;

/* `config` is borrowed and must outlive the result. NULL when memory is out. */
struct lx_http *lx_http_new(const struct lx_config *config);

/* Ends every exchange in flight without an answer, then frees. */
void lx_http_free(struct lx_http *http);

/* Whether one more API request may be started now. */
bool lx_http_has_room(const struct lx_http *http);

/* One API request. `owner` comes back with the answer. */
struct lx_http_request {
    void *owner;
    const char *task_id; /* recordInfo for this id; NULL: createTask */
    const char *body;    /* createTask: borrowed until the answer is taken */
    size_t body_length;
};

/* Start it; false when memory is out or there is no room. */
bool lx_http_start(struct lx_http *http, const struct lx_http_request *request);

/* Give up the exchange of `owner`; no answer comes. False when none runs. */
bool lx_http_abort(struct lx_http *http, const void *owner);

/* Let libcurl work without blocking. Ends of downloads are told through
 * lx_transfer.on_end from inside this call. */
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

/* A transfer that somebody else configures (download.c): an easy handle of his
 * own, run by this multi. `easy` is a CURL*, typed void* to keep curl out. */
struct lx_transfer {
    void *easy;
    void (*on_end)(struct lx_transfer *transfer, int curl_code);
};
bool lx_http_add(struct lx_http *http, struct lx_transfer *transfer);
void lx_http_remove(struct lx_http *http, struct lx_transfer *transfer);

/* Have a handle go the way that config->proxy says. False when memory is out:
 * it would go another way. */
bool lx_http_set_proxy(void *easy, const struct lx_config *config);
