/* exchange_answer.c: how an exchange ended: answered, lost or never sent. See
 * exchange.h. */
#include "http/exchange.h"

#include <string.h>

static bool is_sent(const struct lx_exchange *exchange)
{
    return exchange->upload_at > 0 || lx_transfer_is_sent(&exchange->transfer);
}

static bool has_openssl(void)
{
    const char *library = curl_version_info(CURLVERSION_NOW)->ssl_version;

    return library && strncmp(library, "OpenSSL/", 8) == 0;
}

/* What OpenSSL found wrong with the server's certificate, by its numbers; NULL:
 * libcurl says it best. */
static const char *certificate_words(const struct lx_exchange *exchange)
{
    long result = 0;

    if (exchange->code != CURLE_PEER_FAILED_VERIFICATION || !has_openssl())
        return NULL;
    curl_easy_getinfo(exchange->transfer.easy, CURLINFO_SSL_VERIFYRESULT,
                      &result);
    switch (result) {
    case 9:
        return "the server's certificate is not valid yet";
    case 10:
        return "the server's certificate has expired";
    case 18:
    case 19:
    case 20:
    case 21:
        return "the server's certificate is of an authority that is not "
               "trusted here";
    case 0: /* its name is compared before or after the chain is judged */
    case 1:
        return "the server's certificate is for another name";
    default:
        return NULL;
    }
}

/* libcurl's fixed text for the code: its error buffer may quote a URL. */
static const char *words_of(const struct lx_exchange *exchange)
{
    const char *certificate = certificate_words(exchange);
    long connect_status = 0;

    if (certificate)
        return certificate;
    curl_easy_getinfo(exchange->transfer.easy, CURLINFO_HTTP_CONNECTCODE,
                      &connect_status);
    if (connect_status == 407)
        return "the proxy asks for a name and a password";
    if (exchange->is_packed)
        return "the answer is packed more than once, or in transfer";
    if (exchange->head_bytes > LX_HEAD_BYTES_MAX)
        return "the answer's head is too long";
    if (exchange->code == CURLE_ABORTED_BY_CALLBACK)
        return "the connection died before the answer";
    return curl_easy_strerror(exchange->code);
}

static void fill_failure(const struct lx_exchange *exchange,
                         struct lx_answer *answer)
{
    const char *words = words_of(exchange);

    answer->timed_out = exchange->code == CURLE_OPERATION_TIMEDOUT;
    answer->stage =
        lx_transfer_failure(&exchange->transfer, (int)exchange->code).stage;
    answer->transport =
        is_sent(exchange) ? LX_TRANSPORT_LOST : LX_TRANSPORT_NOT_SENT;
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
    answer->date_s = exchange->date_s;
    const struct lx_buffer *body =
        exchange->body.length > 0 ? &exchange->body : &exchange->raw;
    answer->body = body->length ? body->bytes : NULL;
    answer->body_length = body->length;
    memcpy(answer->request_id, exchange->request_id, sizeof answer->request_id);
    if (exchange->code != CURLE_OK || exchange->is_oversized)
        fill_failure(exchange, answer);
    else
        answer->transport = LX_TRANSPORT_ANSWERED;
}
