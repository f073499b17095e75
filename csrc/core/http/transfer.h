/* transfer.h: what every handle of libcurl has in common, whatever it carries:
 * its set-up, and what its end means. I/O thread only. Knows nothing of the
 * multi handle that runs it. */
#pragma once

#include "base/status.h"
#include "http/http_config.h"

#include <stdbool.h>

#pragma GCC visibility push(hidden)

/* Bytes of header lines in one answer, those of 1xx answers included; an
 * answer with more is refused. */
#define LX_HEAD_BYTES_MAX (256 * 1024)

/* Embedded in what it carries. `easy` is a CURL*, typed void* so that headers
 * stay free of curl. */
struct lx_transfer {
    void *easy;
    /* With a CURLcode, from inside lx_http_perform, after the handle has left
     * the multi. */
    void (*on_end)(struct lx_transfer *transfer, int curl_code);
    void *owner; /* for on_end; nobody else looks at it */
};

/* Make the handle: no signals, no redirects, no waiting for a resolver at the
 * end, the certificates and the time to connect of `config`, and `proxy` (NULL:
 * none), whatever the environment says. False when out of memory; deinit is
 * right in both cases. `transfer` must stay where it is. */
bool lx_transfer_init(struct lx_transfer *transfer,
                      const struct lx_http_config *config, const char *proxy,
                      bool allow_http);

/* The handle must have left its multi. */
void lx_transfer_deinit(struct lx_transfer *transfer);

/* Whether a byte of the request may have left for the server. What a refused
 * CONNECT sent went to the proxy. */
bool lx_transfer_is_sent(const struct lx_transfer *transfer);

/* What the code of a failed transfer says. */
struct lx_transfer_failure {
    enum lx_stage stage;
    bool is_final;  /* the same request would fail in the same way again */
    bool is_answer; /* something arrived, but it is no HTTP or not all of it */
};
struct lx_transfer_failure
lx_transfer_failure(const struct lx_transfer *transfer, int curl_code);

#pragma GCC visibility pop
