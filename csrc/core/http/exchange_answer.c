/* exchange_answer.c: how an exchange ended: answered, lost or never sent. See
 * exchange.h. */
#include "http/exchange.h"

#include <string.h>

static bool is_sent(const struct lx_exchange *exchange)
{
    return exchange->upload_at > 0 || lx_transfer_is_sent(&exchange->transfer);
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
    answer->stage =
        lx_transfer_failure(&exchange->transfer, exchange->code).stage;
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
