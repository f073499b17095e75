/* http.c: see http.h. */
#include "http/http.h"

#include "http/exchange.h"
#include "os/socket.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

/* Requests at once on one HTTP/2 connection. */
#define STREAMS_PER_CONNECTION 16
#define EXCHANGES_MAX          256

struct lx_http {
    const struct lx_http_config *config;
    CURLM *multi;
    struct lx_exchange_common common;
    struct lx_exchange *exchanges[EXCHANGES_MAX]; /* made when first needed */
    int exchange_count;
    struct lx_exchange *idle;
    struct lx_exchange *ended_first, *ended_last;
    struct lx_exchange *taken; /* whose body the caller still reads */
    int in_flight;
    int in_flight_max;
    int added;       /* transfers of others */
    int fresh;       /* transfers that libcurl has not worked on */
    bool has_looked; /* the others have nothing to read, as far as is known */
    uint64_t connections;
    uint64_t bytes;
};

/* ---- the pool ---- */

static void on_exchange_end(struct lx_transfer *transfer, int curl_code)
{
    struct lx_exchange *exchange = (struct lx_exchange *)transfer;
    struct lx_http *http = transfer->owner;

    exchange->code = (CURLcode)curl_code;
    exchange->next = NULL;
    if (http->ended_last)
        http->ended_last->next = exchange;
    else
        http->ended_first = exchange;
    http->ended_last = exchange;
}

/* An exchange that is neither busy nor being read; NULL when there are too
 * many or when out of memory. */
static struct lx_exchange *take_idle(struct lx_http *http)
{
    struct lx_exchange *exchange = http->idle;

    if (exchange) {
        http->idle = exchange->next;
        return exchange;
    }
    if (http->exchange_count == EXCHANGES_MAX)
        return NULL;
    exchange = lx_exchange_new(http->config, &http->common);
    if (!exchange)
        return NULL;
    exchange->transfer.owner = http;
    exchange->transfer.on_end = on_exchange_end;
    http->exchanges[http->exchange_count++] = exchange;
    return exchange;
}

static void make_idle(struct lx_http *http, struct lx_exchange *exchange)
{
    exchange->owner = NULL;
    exchange->upload = NULL;
    exchange->feed = NULL;
    exchange->next = http->idle;
    http->idle = exchange;
}

/* Take it out of the list of the ended; false when it is not in it. */
static bool unlink_ended(struct lx_http *http, struct lx_exchange *exchange)
{
    struct lx_exchange *before = NULL;

    for (struct lx_exchange *at = http->ended_first; at; at = at->next) {
        if (at != exchange) {
            before = at;
            continue;
        }
        if (before)
            before->next = at->next;
        else
            http->ended_first = at->next;
        if (http->ended_last == at)
            http->ended_last = before;
        return true;
    }
    return false;
}

/* ---- life ---- */

struct lx_http *lx_http_new(const struct lx_http_config *config)
{
    struct lx_http *http = calloc(1, sizeof *http);

    if (!http)
        return NULL;
    http->config = config;
    http->in_flight_max = config->max_connections;
    http->multi = curl_multi_init();
    if (!http->multi || !lx_exchange_common_init(&http->common, config)) {
        lx_http_free(http);
        return NULL;
    }
    long sockets = config->max_connections + config->max_downloads;
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, sockets);
    curl_multi_setopt(http->multi, CURLMOPT_MAX_HOST_CONNECTIONS, sockets);
#if LIBCURL_VERSION_NUM >= 0x081400
    curl_multi_setopt(http->multi, CURLMOPT_QUICK_EXIT, 1L);
#endif
    return http;
}

void lx_http_free(struct lx_http *http)
{
    if (!http)
        return;
    assert(http->added == 0);
    for (int i = 0; i < http->exchange_count; i++) {
        struct lx_exchange *exchange = http->exchanges[i];
        curl_multi_remove_handle(http->multi, exchange->transfer.easy);
        lx_exchange_free(exchange);
    }
    if (http->multi)
        curl_multi_cleanup(http->multi);
    lx_exchange_common_deinit(&http->common);
    free(http);
}

/* ---- requests ---- */

bool lx_http_has_room(const struct lx_http *http, int held)
{
    return http->in_flight + held < http->in_flight_max;
}

bool lx_http_start(struct lx_http *http, const struct lx_api_request *request)
{
    assert(request->owner);
    if (!lx_http_has_room(http, 0))
        return false;
    struct lx_exchange *exchange = take_idle(http);
    if (!exchange)
        return false;
    if (!lx_exchange_prepare(exchange, request) ||
        curl_multi_add_handle(http->multi, exchange->transfer.easy) !=
            CURLM_OK) {
        make_idle(http, exchange);
        return false;
    }
    http->in_flight++;
    http->fresh++;
    return true;
}

void lx_http_abort(struct lx_http *http, const void *owner)
{
    for (int i = 0; i < http->exchange_count; i++) {
        struct lx_exchange *exchange = http->exchanges[i];
        if (exchange->owner != owner)
            continue;
        if (!unlink_ended(http, exchange))
            curl_multi_remove_handle(http->multi, exchange->transfer.easy);
        make_idle(http, exchange);
        http->in_flight--;
        return;
    }
}

void lx_http_resume(struct lx_http *http, const void *owner)
{
    for (int i = 0; i < http->exchange_count; i++)
        if (http->exchanges[i]->owner == owner)
            curl_easy_pause(http->exchanges[i]->transfer.easy, CURLPAUSE_CONT);
}

/* curl_multi_perform asks the socket of each transfer. The other works on what
 * is new or due, which costs it more, so it is for rounds with little of that.
 */
static void let_work(struct lx_http *http)
{
    int left, all = http->in_flight + http->added;

    if (http->has_looked && http->fresh <= all / 2) {
        curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &left);
        http->has_looked = false;
    } else {
        curl_multi_perform(http->multi, &left);
        http->has_looked = true;
    }
    http->fresh = 0;
}

void lx_http_perform(struct lx_http *http)
{
    CURLMsg *message;
    int left;

    let_work(http);
    while ((message = curl_multi_info_read(http->multi, &left))) {
        char *private = NULL;
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
        struct lx_transfer *transfer = (struct lx_transfer *)(void *)private;
        curl_multi_remove_handle(http->multi, easy);
        http->added -= transfer->on_end != on_exchange_end;
        transfer->on_end(transfer, (int)code);
    }
}

/* ---- answers ---- */

/* Count, and learn whether the server speaks HTTP/2. */
static void account(struct lx_http *http, const struct lx_exchange *exchange,
                    int64_t *elapsed_ms)
{
    CURL *easy = exchange->transfer.easy;
    long connects = 0, version = 0;
    curl_off_t elapsed_us = 0, downloaded = 0;

    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
    curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &elapsed_us);
    curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &downloaded);
    http->connections += (uint64_t)connects;
    http->bytes += (uint64_t)downloaded;
    *elapsed_ms = (int64_t)(elapsed_us / 1000);
    if (exchange->code != CURLE_OK)
        return;
    curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
    int streams = version >= CURL_HTTP_VERSION_2_0 ? STREAMS_PER_CONNECTION : 1;
    int most = http->config->max_connections * streams;
    http->in_flight_max = most < EXCHANGES_MAX ? most : EXCHANGES_MAX - 1;
}

bool lx_http_next(struct lx_http *http, struct lx_answer *answer, void **owner,
                  int64_t *elapsed_ms)
{
    if (http->taken) {
        make_idle(http, http->taken);
        http->taken = NULL;
    }
    struct lx_exchange *exchange = http->ended_first;
    if (!exchange)
        return false;
    http->ended_first = exchange->next;
    if (!http->ended_first)
        http->ended_last = NULL;
    account(http, exchange, elapsed_ms);
    lx_exchange_answer(exchange, answer);
    *owner = exchange->owner;
    exchange->owner = NULL; /* nothing left to abort */
    http->in_flight--;
    http->taken = exchange;
    return true;
}

/* Whether bytes of a request's body are still to leave. */
static bool is_sending(const struct lx_http *http)
{
    for (int i = 0; i < http->exchange_count; i++)
        if (http->exchanges[i]->owner &&
            lx_exchange_is_sending(http->exchanges[i]))
            return true;
    return false;
}

void lx_http_wait(struct lx_http *http, int64_t timeout_ms)
{
    int64_t longest_ms = lx_socket_room_wait_ms();
    bool may_miss_room = longest_ms < INT64_MAX && is_sending(http);
    int ready = 1;

    if (may_miss_room && timeout_ms > longest_ms)
        timeout_ms = longest_ms;
    int timeout = timeout_ms > 3600000 ? 3600000 : (int)timeout_ms;

    curl_multi_poll(http->multi, NULL, 0, timeout < 0 ? 0 : timeout, &ready);
    http->has_looked = ready == 0 && !may_miss_room;
}

void lx_http_wakeup(struct lx_http *http)
{
    curl_multi_wakeup(http->multi);
}

uint64_t lx_http_connections(const struct lx_http *http)
{
    return http->connections;
}

uint64_t lx_http_bytes(const struct lx_http *http)
{
    return http->bytes;
}

/* ---- transfers of others ---- */

bool lx_http_add(struct lx_http *http, struct lx_transfer *transfer)
{
    bool is_added =
        curl_multi_add_handle(http->multi, transfer->easy) == CURLM_OK;

    http->added += is_added;
    http->fresh += is_added;
    return is_added;
}

void lx_http_remove(struct lx_http *http, struct lx_transfer *transfer)
{
    curl_multi_remove_handle(http->multi, transfer->easy);
    http->added--;
}

const struct lx_http_config *lx_http_config_of(const struct lx_http *http)
{
    return http->config;
}
