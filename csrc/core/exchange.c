/* exchange.c: see exchange.h. Callbacks of libcurl copy bytes or set flags,
 * nothing else. */
#if defined(__has_include)
#if !__has_include(<curl/curl.h>)
#error                                                                         \
    "libcurl headers are missing: apt-get install libcurl4-openssl-dev (Debian), dnf install libcurl-devel, brew install curl"
#endif
#endif
#include <curl/curl.h>

#include "exchange.h"

#include "http_header.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#if LIBCURL_VERSION_NUM < 0x074400
#error "libcurl 7.68 or newer is needed (curl_multi_wakeup)"
#endif

/* A connection that a create reuses has been idle for no longer: an idle one
 * may be closed by the server just as the POST leaves, and the outcome of a
 * paid request would be unknown for nothing. */
#define CREATE_REUSE_MAX_S 4L
#define QUERY_REUSE_MAX_S  118L

/* Room that is there before a request leaves: the answer to a create fits, so
 * that memory which runs out meanwhile loses no id of a paid task. */
#define ANSWER_BYTES 4096

/* ---- callbacks of libcurl ---- */

static size_t on_body(char *bytes, size_t size, size_t count, void *userdata)
{
    struct lx_exchange *exchange = userdata;
    size_t length = size * count;

    if (lx_buffer_append(&exchange->body, bytes, length))
        return length;
    /* else memory is out: the answer is lost, not too large */
    exchange->is_oversized =
        length > exchange->body.maximum - exchange->body.length;
    return 0;
}

/* libcurl re-sends a POST by itself when a reused connection dies without a
 * byte of answer, which may be paid twice. Two ways to forbid that: */
#if LIBCURL_VERSION_NUM >= 0x075000
/* It asks here before every sending. The size counts all that this transfer has
 * sent so far: no more than before the first when the connection was dead
 * before a byte of the request could leave. */
static int on_send(void *userdata, char *remote_ip, char *local_ip,
                   int remote_port, int local_port)
{
    struct lx_exchange *exchange = userdata;
    long sent = 0;

    (void)remote_ip;
    (void)local_ip;
    (void)remote_port;
    (void)local_port;
    if (!exchange->is_create)
        return CURL_PREREQFUNC_OK;
    curl_easy_getinfo(exchange->transfer.easy, CURLINFO_REQUEST_SIZE, &sent);
    if (exchange->sent_before < 0)
        exchange->sent_before = sent;
    return sent > exchange->sent_before ? CURL_PREREQFUNC_ABORT
                                        : CURL_PREREQFUNC_OK;
}

static void guard_sending(CURL *easy, struct lx_exchange *exchange)
{
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_send);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, exchange);
}

static void set_body(CURL *easy, const struct lx_http_request *request)
{
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
}
#else
/* Older ones have to rewind the body, which is refused: the request then ends
 * with CURLE_SEND_FAIL_REWIND. Costs a system call more for the body. */
static size_t on_upload(char *out, size_t size, size_t count, void *userdata)
{
    struct lx_exchange *exchange = userdata;
    size_t length = size * count;
    size_t left = exchange->upload_length - exchange->upload_at;

    if (length > left)
        length = left;
    memcpy(out, exchange->upload + exchange->upload_at, length);
    exchange->upload_at += length;
    return length;
}

static int on_rewind(void *userdata, curl_off_t offset, int origin)
{
    (void)userdata;
    (void)offset;
    (void)origin;
    return CURL_SEEKFUNC_FAIL;
}

static void guard_sending(CURL *easy, struct lx_exchange *exchange)
{
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_upload);
    curl_easy_setopt(easy, CURLOPT_READDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_rewind);
}

static void set_body(CURL *easy, const struct lx_http_request *request)
{
    (void)easy;
    (void)request;
}
#endif

static size_t on_header(char *line, size_t size, size_t count, void *userdata)
{
    struct lx_exchange *exchange = userdata;
    size_t length = size * count;
    size_t value_length;
    const char *value;

    if (length == 0)
        return 0;
    switch (line[0]) {
    case 'r':
    case 'R':
        value =
            lx_http_header_value(line, length, "retry-after", &value_length);
        if (value)
            exchange->retry_after_ms = lx_http_retry_after_ms(
                value, value_length, (int64_t)time(NULL));
        break;
    case 'x':
    case 'X':
        value = lx_http_header_value(line, length, "x-oneapi-request-id",
                                     &value_length);
        if (value)
            lx_text_copy(exchange->request_id, sizeof exchange->request_id,
                         value, value_length);
        break;
    default:
        break;
    }
    return length;
}

/* What never changes between the requests of a handle. */
static bool configure_easy(CURL *easy, struct lx_exchange *exchange,
                           const struct lx_config *config)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS,
                     (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &exchange->transfer);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, ""); /* decode all */
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)config->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)config->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
    guard_sending(easy, exchange);
    /* TLS tells whether the server speaks HTTP/2, and one waits for that. Plain
     * HTTP tells with its first answer: waiting would be for a whole request.
     */
    bool is_tls =
        lx_text_starts(config->base_url, strlen(config->base_url), "https:");
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, is_tls ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                     is_tls ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1);
    /* without memory for these, a request would go another way than asked */
    return (!config->proxy ||
            curl_easy_setopt(easy, CURLOPT_PROXY, config->proxy) == CURLE_OK) &&
           (!config->ca_file || curl_easy_setopt(easy, CURLOPT_CAINFO,
                                                 config->ca_file) == CURLE_OK);
}

/* Set the handle up for the method, unless it is from its last request. */
static void configure_method(struct lx_exchange *exchange,
                             const struct lx_exchange_headers *headers,
                             bool is_create)
{
    CURL *easy = exchange->transfer.easy;

    if (exchange->is_configured && exchange->is_create == is_create)
        return;
    if (is_create) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers->create);
        curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, CREATE_REUSE_MAX_S);
    } else {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers->query);
        curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, QUERY_REUSE_MAX_S);
    }
    exchange->is_create = is_create;
    exchange->is_configured = true;
}

/* ---- life ---- */

struct lx_exchange *lx_exchange_new(const struct lx_config *config)
{
    struct lx_exchange *exchange = calloc(1, sizeof *exchange);

    if (!exchange)
        return NULL;
    exchange->transfer.easy = curl_easy_init();
    if (!exchange->transfer.easy) {
        free(exchange);
        return NULL;
    }
    lx_buffer_init(&exchange->body, config->max_body_bytes);
    if (configure_easy(exchange->transfer.easy, exchange, config))
        return exchange;
    lx_exchange_free(exchange);
    return NULL;
}

void lx_exchange_free(struct lx_exchange *exchange)
{
    curl_easy_cleanup(exchange->transfer.easy);
    lx_buffer_deinit(&exchange->body);
    free(exchange);
}

/* ---- requests ---- */

static bool reserve_answer(struct lx_exchange *exchange)
{
    size_t most = exchange->body.maximum;

    return lx_buffer_reserve(&exchange->body,
                             most < ANSWER_BYTES ? most : ANSWER_BYTES);
}

bool lx_exchange_prepare(struct lx_exchange *exchange,
                         const struct lx_exchange_headers *headers,
                         const struct lx_http_request *request, const char *url)
{
    CURL *easy = exchange->transfer.easy;
    bool is_create = !request->task_id;

    configure_method(exchange, headers, is_create);
    if (is_create) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)request->body_length);
        set_body(easy, request);
    }
    exchange->owner = request->owner;
    exchange->upload = request->body;
    exchange->upload_length = request->body_length;
    exchange->upload_at = 0;
    exchange->sent_before = -1;
    exchange->retry_after_ms = -1;
    exchange->is_oversized = false;
    exchange->request_id[0] = '\0';
    lx_buffer_clear(&exchange->body);
    return reserve_answer(exchange) &&
           curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK;
}

/* ---- answers ---- */

/* X(libcurl's code, where it stands) */
#define STAGE_MAP(X)                                                           \
    X(CURLE_COULDNT_RESOLVE_PROXY, RESOLVE)                                    \
    X(CURLE_COULDNT_RESOLVE_HOST, RESOLVE)                                     \
    X(CURLE_COULDNT_CONNECT, CONNECT)                                          \
    X(CURLE_SSL_CONNECT_ERROR, TLS)                                            \
    X(CURLE_SSL_CERTPROBLEM, TLS)                                              \
    X(CURLE_SSL_CIPHER, TLS)                                                   \
    X(CURLE_PEER_FAILED_VERIFICATION, TLS)                                     \
    X(CURLE_SSL_CACERT_BADFILE, TLS)                                           \
    X(CURLE_SSL_ISSUER_ERROR, TLS)                                             \
    X(CURLE_SSL_PINNEDPUBKEYNOTMATCH, TLS)                                     \
    X(CURLE_SSL_INVALIDCERTSTATUS, TLS)                                        \
    X(CURLE_SEND_ERROR, SEND)                                                  \
    X(CURLE_SEND_FAIL_REWIND, SEND)                                            \
    X(CURLE_ABORTED_BY_CALLBACK, RECEIVE)

static enum lx_stage stage_of(CURLcode code, CURL *easy, bool is_sent)
{
#define STAGE_CASE(curl_code, stage)                                           \
    case curl_code:                                                            \
        return LX_STAGE_##stage;
    switch ((int)code) {
        STAGE_MAP(STAGE_CASE)
    default:
        break;
    }
#undef STAGE_CASE
    if (is_sent)
        return LX_STAGE_RECEIVE;
    curl_off_t resolved = 0, connected = 0;
    curl_easy_getinfo(easy, CURLINFO_NAMELOOKUP_TIME_T, &resolved);
    curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connected);
    if (!resolved)
        return LX_STAGE_RESOLVE;
    return connected ? LX_STAGE_TLS : LX_STAGE_CONNECT;
}

/* Whether a byte of the request may have left. What a refused CONNECT sent went
 * to the proxy, not to the service. */
static bool is_sent(const struct lx_exchange *exchange)
{
    CURL *easy = exchange->transfer.easy;
    long bytes = 0, connect_status = 0;

    if (exchange->upload_at > 0)
        return true;
    curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &connect_status);
    if (connect_status != 0 && connect_status / 100 != 2)
        return false;
    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &bytes);
    return bytes > 0;
}

/* libcurl's fixed text for the code: its error buffer may quote a URL. */
static void fill_failure(const struct lx_exchange *exchange,
                         struct lx_answer *answer)
{
    bool is_second = exchange->code == CURLE_ABORTED_BY_CALLBACK;
    const char *words = is_second ? "the connection died before the answer"
                                  : curl_easy_strerror(exchange->code);
    bool sent = is_sent(exchange);

    answer->timed_out = exchange->code == CURLE_OPERATION_TIMEDOUT;
    answer->stage = stage_of(exchange->code, exchange->transfer.easy, sent);
    answer->transport = sent ? LX_TRANSPORT_LOST : LX_TRANSPORT_NOT_SENT;
    if (exchange->is_oversized)
        answer->transport = LX_TRANSPORT_OVERSIZED;
    lx_text_copy(answer->detail, sizeof answer->detail, words, strlen(words));
}

void lx_exchange_answer(const struct lx_exchange *exchange,
                        struct lx_answer *answer)
{
    long status = 0;

    curl_easy_getinfo(exchange->transfer.easy, CURLINFO_RESPONSE_CODE, &status);
    memset(answer, 0, sizeof *answer);
    answer->http_status = (int)status;
    answer->retry_after_ms = exchange->retry_after_ms;
    answer->body = exchange->body.length ? exchange->body.bytes : NULL;
    answer->body_length = exchange->body.length;
    memcpy(answer->request_id, exchange->request_id, sizeof answer->request_id);
    if (exchange->code != CURLE_OK || exchange->is_oversized)
        fill_failure(exchange, answer);
    else
        answer->transport = LX_TRANSPORT_ANSWERED;
}
