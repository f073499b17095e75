/* exchange_answer.c: how an exchange ended: answered, lost or never sent. See
 * exchange.h. */
#include "http/exchange.h"

#include <string.h>

static bool is_sent(const struct lx_exchange *exchange)
{
    return exchange->upload_at > 0 || lx_transfer_is_sent(&exchange->transfer);
}

/* libcurl's fixed text for the code: its error buffer may quote a URL. */
static const char *words_of(const struct lx_exchange *exchange)
{
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
