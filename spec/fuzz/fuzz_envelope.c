/* Any bytes as an answer's body: envelope, record and the judge's
 * verdict under several statuses. Beside memory errors, the money rules must
 * hold whatever comes. */
#include "api/evidence.h"
#include "api/outcome.h"
#include "api/record.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Beside 200, which is always tried. */
static const int statuses[] = {400, 403, 404, 408, 422, 500, 501, 503};

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* NUL-terminated, UTF-8, and nothing that drives a terminal. */
static void check_shown(const char *text, size_t capacity)
{
    const char *end = memchr(text, '\0', capacity);

    require(end != NULL);
    while (text < end) {
        size_t step = lx_text_character(text, (size_t)(end - text));

        require(step > 0 && (unsigned char)*text >= 0x20 && *text != 0x7F);
        text += step;
    }
}

static void check_record(struct lx_json data, const char *body, size_t size)
{
    struct lx_record *record = lx_record_new(data, body, size, false);
    char word[LX_STATE_WORD_MAX];

    require(record != NULL && record->body_length == size);
    require(record->state_class ==
            lx_envelope_state(lx_json_get(data, "state"), word));
    check_shown(word, sizeof word);
    require(record->url_count <= LX_RESULT_URLS_MAX);
    for (size_t i = 0; i < record->url_count; i++)
        require(strlen(record->urls[i]) == record->url_lengths[i]);
    require(record->url_count == 0 || !record->result_text);
    require(!record->result_is_malformed || record->result_text);
    require(record->credits >= -1 && record->progress >= -1);
    lx_record_free(record);
}

static void check_outcome(const struct lx_outcome *outcome,
                          enum lx_operation operation)
{
    const struct lx_error *error = &outcome->error;

    require((outcome->verdict == LX_VERDICT_DONE) ==
            (error->kind == LX_KIND_NONE));
    check_shown(error->message, sizeof error->message);
    check_shown(error->api_code, sizeof error->api_code);
    check_shown(error->request_id, sizeof error->request_id);
    if (outcome->verdict == LX_VERDICT_DONE)
        require(operation == LX_OPERATION_QUERY
                    ? outcome->envelope.data.type == LX_JSON_OBJECT
                    : *outcome->task_id != '\0');
    else if (operation == LX_OPERATION_CREATE)
        require((error->charged == LX_CHARGED_NO && !*outcome->task_id) ||
                (outcome->verdict == LX_VERDICT_OVER && !error->retryable));
    check_shown(outcome->task_id, sizeof outcome->task_id);
    require(!strstr(outcome->task_id, "\xEF\xBF\xBD"));
    require(!outcome->mended || outcome->body == outcome->mended);
}

static void check_judge(const char *body, size_t size, int http_status,
                        enum lx_transport transport)
{
    struct lx_answer answer = {
        .transport = transport,
        .http_status = http_status,
        .retry_after_ms = -1,
        .body = size ? body : NULL,
        .body_length = size,
    };
    struct lx_outcome outcome;

    for (enum lx_operation operation = LX_OPERATION_CREATE;
         operation <= LX_OPERATION_QUERY; operation++) {
        lx_outcome_judge(operation, &answer, &outcome);
        check_outcome(&outcome, operation);
        if (outcome.envelope.data.type == LX_JSON_OBJECT)
            check_record(outcome.envelope.data, outcome.body,
                         outcome.body_length);
        lx_outcome_deinit(&outcome);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *body = malloc(size ? size : 1);
    struct lx_envelope envelope;
    char text[64], evidence[LX_EVIDENCE_MAX];

    if (size > 0)
        memcpy(body, data, size);
    lx_envelope_parse(body, size, &envelope);
    require(envelope.state.text == lx_json_get(envelope.data, "state").text);
    lx_envelope_text(&envelope, body, size, text, sizeof text);
    check_shown(text, sizeof text);
    lx_evidence_write(body, size, evidence);
    check_shown(evidence, sizeof evidence);
    if (envelope.data.type == LX_JSON_OBJECT)
        check_record(envelope.data, body, size);
    check_judge(body, size, 200, LX_TRANSPORT_ANSWERED);
    check_judge(body, size, statuses[size % (sizeof statuses / sizeof(int))],
                LX_TRANSPORT_ANSWERED);
    check_judge(body, size, 413, LX_TRANSPORT_LOST);
    check_judge(body, size, 200, LX_TRANSPORT_LOST);
    free(body);
    return 0;
}
