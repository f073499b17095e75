/* exchange_answer.c: what an exchange that ended came to: answered, lost, never
 * sent; and where it stood. See exchange.h. */
#include "http/exchange.h"

#include <string.h>

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
