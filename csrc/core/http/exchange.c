/* exchange.c: see exchange.h. Callbacks of libcurl copy bytes or set flags,
 * nothing else. */
#include "http/exchange.h"

#include "api/api_url.h"
#include "http/http_header.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Creates reuse only connections that were idle for less: a server may close an
 * idle connection just as the POST leaves, and the outcome of a paid request
 * would be unknown. */
#define CREATE_REUSE_MAX_S 4L
#define QUERY_REUSE_MAX_S  118L

/* A buffer up to this size is kept for the next answer. */
#define KEEP_ANSWER_BYTES (1 << 20)

/* Reserved before a request leaves: the answer to a create fits, so that
 * running out of memory loses no id of a paid task. */
#define ANSWER_BYTES 4096

/* Of an answer that cannot be unpacked: an id and what is around it. */
#define RAW_BYTES_MAX (64u * 1024)

/* ---- callbacks of libcurl ---- */

static size_t on_body(char *bytes, size_t size, size_t count, void *userdata)
{
    struct lx_exchange *exchange = userdata;
    size_t length = size * count;

    if (lx_buffer_append(&exchange->body, bytes, length))
        return length;
    /* else out of memory: the answer is lost, not too large */
    exchange->is_oversized =
        length > exchange->body.maximum - exchange->body.length;
    return 0;
}

/* A feed cannot be rewound: what was read is gone. */
static size_t on_feed(char *out, size_t size, size_t count, void *userdata)
{
    struct lx_exchange *exchange = userdata;
    size_t length = size * count;

    switch (exchange->feed->read(exchange->feed, out, &length)) {
    case LX_FEED_READY:
        return length;
    case LX_FEED_WAIT:
        return CURL_READFUNC_PAUSE;
    case LX_FEED_FAILED:
        break;
    }
    return CURL_READFUNC_ABORT;
}

/* Sent bytes are not sent again. */
static int on_rewind(void *userdata, curl_off_t offset, int origin)
{
    (void)userdata;
    (void)offset;
    (void)origin;
    return CURL_SEEKFUNC_FAIL;
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

static void set_body(CURL *easy, const struct lx_api_request *request)
{
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_feed);
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

static void guard_sending(CURL *easy, struct lx_exchange *exchange)
{
    (void)easy;
    (void)exchange;
}

static void set_body(CURL *easy, const struct lx_api_request *request)
{
    curl_easy_setopt(easy, CURLOPT_READFUNCTION,
                     request->feed ? on_feed : on_upload);
}
#endif

static bool claims_packing(const struct lx_exchange *exchange)
{
    return exchange->coding.content > 0 || exchange->coding.has_stray;
}

/* A trace from the first request on would cost a text for each of libcurl's
 * steps. */
static void trace(const struct lx_exchange *exchange, bool is_on)
{
    curl_easy_setopt(exchange->transfer.easy, CURLOPT_VERBOSE, is_on ? 1L : 0L);
}

static size_t on_header(char *line, size_t size, size_t count, void *userdata)
{
    struct lx_exchange *exchange = userdata;
    size_t length = size * count;
    size_t value_length;
    const char *value;

    exchange->head_bytes += length;
    exchange->is_packed = !lx_coding_line(&exchange->coding, line, length);
    if (length == 0 || exchange->is_packed ||
        exchange->head_bytes > LX_HEAD_BYTES_MAX)
        return 0;
    if (exchange->is_create && claims_packing(exchange))
        trace(exchange, true);
    switch (line[0]) {
    case 'd':
    case 'D':
        value = lx_http_header_value(line, length, "date", &value_length);
        if (value)
            exchange->date_s = lx_http_date_s(value, value_length);
        break;
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

/* libcurl shows here what comes before it unpacks it, and keeps nothing of a
 * body that it cannot unpack: it may be plain, and name a paid task. */
static int on_trace(CURL *easy, curl_infotype type, char *bytes, size_t length,
                    void *userdata)
{
    struct lx_exchange *exchange = userdata;
    size_t room = exchange->raw.maximum - exchange->raw.length;

    (void)easy;
    if (type == CURLINFO_DATA_IN && claims_packing(exchange))
        lx_buffer_append(&exchange->raw, bytes, length < room ? length : room);
    return 0;
}

/* The options that are the same for all requests of a handle. */
static bool configure_easy(struct lx_exchange *exchange,
                           const struct lx_http_config *config)
{
    CURL *easy = exchange->transfer.easy;

    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_trace);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)config->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_READDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_rewind);
    guard_sending(easy, exchange);
    /* TLS tells whether the server speaks HTTP/2, and one waits for that. Plain
     * HTTP tells with its first answer: waiting would be for a whole request.
     */
    bool is_tls =
        lx_text_starts(config->base_url, strlen(config->base_url), "https:");
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, is_tls ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                     is_tls ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1);
    /* alone, it counts only where it could not be parsed: libcurl reports its
     * fault */
    CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, exchange->common->base);
    if (!exchange->common->is_forwarded)
        curl_easy_setopt(easy, CURLOPT_CURLU, exchange->common->origin);
    return code == CURLE_OK;
}

/* libcurl makes a list of all codings whenever it is told to unpack. */
static void set_unpacking(struct lx_exchange *exchange, bool unpacks)
{
    if (exchange->unpacks == unpacks)
        return;
    curl_easy_setopt(exchange->transfer.easy, CURLOPT_ACCEPT_ENCODING,
                     unpacks ? "" : NULL);
    exchange->unpacks = unpacks;
}

/* Set the handle up for the method, unless it is from its last request. */
static void configure_method(struct lx_exchange *exchange, bool is_create)
{
    const struct lx_exchange_common *common = exchange->common;
    CURL *easy = exchange->transfer.easy;

    if (exchange->is_configured && exchange->is_create == is_create)
        return;
    if (is_create) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, common->create_headers);
        curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, CREATE_REUSE_MAX_S);
    } else {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, common->query_headers);
        curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, QUERY_REUSE_MAX_S);
    }
    set_unpacking(exchange, is_create || !exchange->is_plain);
    exchange->is_create = is_create;
    exchange->is_configured = true;
}

/* ---- life ---- */

struct lx_exchange *lx_exchange_new(const struct lx_http_config *config,
                                    const struct lx_exchange_common *common)
{
    struct lx_exchange *exchange = calloc(1, sizeof *exchange);

    if (!exchange)
        return NULL;
    exchange->common = common;
    lx_buffer_init(&exchange->body, 0);
    lx_buffer_init(&exchange->raw, RAW_BYTES_MAX);
    exchange->address = malloc(common->base_length + LX_API_TARGET_ROOM);
    if (exchange->address &&
        lx_transfer_init(&exchange->transfer, config, common->proxy, true) &&
        configure_easy(exchange, config))
        return exchange;
    lx_exchange_free(exchange);
    return NULL;
}

void lx_exchange_free(struct lx_exchange *exchange)
{
    lx_transfer_deinit(&exchange->transfer);
    free(exchange->address);
    lx_buffer_deinit(&exchange->body);
    lx_buffer_deinit(&exchange->raw);
    free(exchange);
}

/* ---- requests ---- */

static bool reserve_answer(struct lx_exchange *exchange)
{
    size_t most = exchange->body.maximum;

    return lx_buffer_reserve(&exchange->body,
                             most < ANSWER_BYTES ? most : ANSWER_BYTES);
}

/* libcurl would parse a URL, and format its query twice letter by letter, for
 * each request: it is told once where to connect, and copies what to ask for.
 */
static bool set_address(struct lx_exchange *exchange,
                        const struct lx_api_request *request)
{
    const struct lx_exchange_common *common = exchange->common;
    CURL *easy = exchange->transfer.easy;
    const char *path =
        request->task_id ? LX_API_RECORD_PATH : lx_api_page_path(request->page);
    size_t length = strlen(path);
    char *out = exchange->address;

    memcpy(out, common->base, common->base_length);
    out += common->base_length;
    memcpy(out, path, length + 1);
    if (request->task_id) {
        out[length] = '?';
        lx_api_query(request->task_id, out + length + 1);
    }
    if (common->is_forwarded)
        return curl_easy_setopt(easy, CURLOPT_URL, exchange->address) ==
               CURLE_OK;
    return curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET,
                            exchange->address + common->origin_length) ==
           CURLE_OK;
}

static void set_upload(struct lx_exchange *exchange,
                       const struct lx_api_request *request)
{
    CURL *easy = exchange->transfer.easy;
    uint64_t length =
        request->feed ? request->feed->length : request->body_length;

    exchange->upload = request->body;
    exchange->upload_length = request->body_length;
    exchange->feed = request->feed;
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
    set_body(easy, request);
}

/* From an answer that only claimed to be packed on, queries take what comes as
 * it is, until it is packed after all. A create has the trace. */
static void learn_packing(struct lx_exchange *exchange)
{
    const struct lx_buffer *body = &exchange->body;
    bool was_plain = exchange->is_plain;

    if (exchange->code == CURLE_BAD_CONTENT_ENCODING)
        exchange->is_plain = true;
    else if (!exchange->is_create && body->length > 0 &&
             lx_text_starts(body->bytes, body->length, "\x1f\x8b"))
        exchange->is_plain = false;
    exchange->is_configured &= was_plain == exchange->is_plain;
}

bool lx_exchange_prepare(struct lx_exchange *exchange,
                         const struct lx_api_request *request)
{
    learn_packing(exchange);
    if (claims_packing(exchange))
        trace(exchange, false);
    configure_method(exchange, !request->task_id && !request->page);
    exchange->owner = request->owner;
    exchange->upload_at = 0;
    exchange->sent_before = -1;
    exchange->retry_after_ms = -1;
    exchange->date_s = 0;
    exchange->is_oversized = exchange->is_packed = false;
    exchange->request_id[0] = '\0';
    exchange->head_bytes = 0;
    lx_buffer_clear(&exchange->body);
    lx_buffer_clear(&exchange->raw);
    memset(&exchange->coding, 0, sizeof exchange->coding);
    exchange->code = CURLE_OK;
    if (exchange->body.capacity > KEEP_ANSWER_BYTES)
        lx_buffer_deinit(&exchange->body);
    exchange->body.maximum = request->answer_max_bytes;
    if (exchange->is_create)
        set_upload(exchange, request);
    return set_address(exchange, request) && reserve_answer(exchange);
}

bool lx_exchange_is_sending(const struct lx_exchange *exchange)
{
    uint64_t length = exchange->upload ? exchange->upload_length : 0;
    curl_off_t sent = 0;

    if (exchange->feed)
        length = exchange->feed->length;
    curl_easy_getinfo(exchange->transfer.easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    return (uint64_t)sent < length;
}
