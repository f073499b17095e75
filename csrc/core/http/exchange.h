/* exchange.h: one easy handle of libcurl with what its request to the API
 * needs, reused for the next one. I/O thread only. Knows nothing of the multi
 * handle that runs it. */
#pragma once

#include "api/answer.h"
#include "base/buffer.h"
#include "http/api_request.h"
#include "http/coding.h"
#include "http/http_config.h"
#include "http/transfer.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_exchange {
    struct lx_transfer transfer; /* first: on_end finds the exchange by it */
    const struct lx_exchange_common *common; /* borrowed */
    char *address;                           /* of the request, whole */
    void *owner;                             /* of the request; NULL: idle */
    struct lx_exchange *next; /* in the pool's idle or ended list */
    CURLcode code;            /* how it ended */
    struct lx_buffer body;    /* of the answer */
    struct lx_buffer raw;     /* its first bytes as they came, where they say
                                 that they are packed */
    const char *upload;       /* the request's body, borrowed */
    size_t upload_length;
    size_t upload_at;
    struct lx_feed *feed; /* the body instead, borrowed; NULL: there is none */
    long sent_before; /* bytes before the first sending (CONNECT), -1 none */
    int64_t retry_after_ms;
    int64_t
        date_s; /* Unix time of the answer by its server's clock; 0: unknown */
    bool is_create;     /* how the handle is set up at the moment */
    bool is_configured; /* is_create means something */
    bool is_oversized;  /* the answer passed max_body */
    bool is_packed;     /* the answer is packed in a way that is refused */
    bool unpacks;       /* libcurl asks for packed answers and unpacks them */
    bool is_plain;      /* what says that it is packed is not: libcurl unpacks
                           no records */
    struct lx_coding coding;
    size_t head_bytes; /* of the answer */
    char request_id[96];
};

/* What the requests of a client have in common, built once. */
struct lx_exchange_common {
    struct curl_slist *create_headers;
    struct curl_slist *query_headers;
    char *base;           /* of all addresses; behind its end, paths begin */
    size_t base_length;   /* without a slash at its end */
    size_t origin_length; /* of scheme, host and port in it */
    CURLU *origin;        /* parsed; NULL: no URL that libcurl can read */
    const char *proxy;    /* borrowed; NULL: none */
    bool is_forwarded;    /* the proxy may want whole addresses */
};

/* False when out of memory; deinit is right in both cases. */
bool lx_exchange_common_init(struct lx_exchange_common *common,
                             const struct lx_http_config *config);
void lx_exchange_common_deinit(struct lx_exchange_common *common);

/* NULL when out of memory. Both are borrowed for its life. */
struct lx_exchange *lx_exchange_new(const struct lx_http_config *config,
                                    const struct lx_exchange_common *common);

/* The handle must have left its multi. */
void lx_exchange_free(struct lx_exchange *exchange);

/* Make the handle ready for `request`; false when out of memory. */
bool lx_exchange_prepare(struct lx_exchange *exchange,
                         const struct lx_api_request *request);

/* Whether bytes of the body are still to leave. */
bool lx_exchange_is_sending(const struct lx_exchange *exchange);

/* What the ended exchange came to; the body stays the exchange's. */
void lx_exchange_answer(const struct lx_exchange *exchange,
                        struct lx_answer *answer);

#pragma GCC visibility pop
