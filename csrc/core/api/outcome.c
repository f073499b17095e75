/* outcome.c: the judge: finds what an answer says and the rule for it. The
 * facts stand in rules.c. Knows no clock, no attempts, no tasks. Pure; any
 * thread. */
#include "api/outcome.h"

#include "api/evidence.h"
#include "api/reading.h"
#include "api/rules.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Said of every create that may have been charged. */
static const char money_advice[] =
    "a task may exist and be billed: do not create it again blindly";

enum { TEXT_BYTES = 1024 };

struct finding {
    enum lx_source source;
    int number;
};

/* Which number speaks: HTTP before the envelope, numbers before words. */
static struct finding find_number(const struct lx_answer *answer,
                                  const struct lx_envelope *envelope)
{
    int word = lx_rule_word_number(envelope->code_value);

    if (!lx_answer_is_good(answer))
        return (struct finding){LX_SOURCE_HTTP, answer->http_status};
    if (!envelope->is_error)
        return (struct finding){LX_SOURCE_BODY, 0};
    if (envelope->code_value.type == LX_JSON_NONE)
        return (struct finding){LX_SOURCE_REFUSED, 0};
    return (struct finding){LX_SOURCE_CODE,
                            envelope->code != 0 ? envelope->code : word};
}

/* Several numbers mean the same: use one of them. */
static struct finding unify(struct finding found, enum lx_operation operation,
                            const struct lx_envelope *envelope,
                            const char *text)
{
    int word = lx_rule_word_number(envelope->code_value);
    int number = found.number;

    if (word == 402 && (number == 400 || number == 403))
        found.number = 402;
    /* Only these leave open what is meant. */
    if ((number == 403 || number == 0) && found.source != LX_SOURCE_BODY &&
        envelope->message.type == LX_JSON_STRING &&
        lx_rule_is_about_quota(text))
        return (struct finding){LX_SOURCE_CODE, 402};
    if (operation != LX_OPERATION_QUERY)
        return found;
    if ((number == 400 || number == 422) &&
        (word == 404 || lx_text_find(text, strlen(text), "recordinfo is null")))
        found.number = 404;
    if (found.source == LX_SOURCE_BODY && envelope->shape == LX_SHAPE_API &&
        envelope->code_value.type != LX_JSON_NONE)
        found.number = 404; /* code 200, data null */
    return found;
}

static void read_answer(enum lx_operation operation,
                        const struct lx_answer *answer,
                        struct lx_outcome *outcome)
{
    struct lx_reading reading;

    lx_reading_make(operation, answer, &reading);
    outcome->envelope = reading.envelope;
    outcome->body = reading.body;
    outcome->body_length = reading.body_length;
    outcome->mended = reading.mended;
    outcome->is_provisional = reading.is_provisional;
    memcpy(outcome->task_id, reading.task_id, strlen(reading.task_id) + 1);
}

static bool is_done(enum lx_operation operation, const struct lx_answer *answer,
                    const struct lx_outcome *outcome)
{
    const struct lx_envelope *envelope = &outcome->envelope;
    char word[LX_STATE_WORD_MAX];
    int status = answer->http_status, code = envelope->code;
    enum lx_state_class state;

    if (!lx_answer_is_good(answer) && (status == 0 || status != code))
        return false;
    if (operation == LX_OPERATION_CREATE)
        return !envelope->is_error && *outcome->task_id;
    if (envelope->data.type != LX_JSON_OBJECT || !envelope->is_error)
        return envelope->data.type == LX_JSON_OBJECT;
    /* A failed task's record comes under these codes: it says more than they
     * do. */
    state = lx_envelope_state(envelope->state, word);
    return (code == 501 || code == 408) &&
           (state == LX_STATE_SUCCESS || state == LX_STATE_FAILED);
}

/* ---- telling ---- */

/* A status line that refuses is an answer, though the connection broke before
 * its end: 413 comes like that, and so may others that do not wait for a large
 * body. For a query the rest counts too, as a 422 may mean "not yet". */
static bool is_refused_early(enum lx_operation operation,
                             const struct lx_answer *answer)
{
    int status = answer->http_status;

    if (answer->transport != LX_TRANSPORT_LOST)
        return false;
    return status == 413 || (operation == LX_OPERATION_CREATE &&
                             status >= 400 && status <= 499 && status != 408);
}

/* `text` is cut where it would push out the advice, which says what to do. */
static void tell(struct lx_error *error, enum lx_operation operation,
                 const struct lx_judgement *judgement, const char *text)
{
    const char *advice = judgement->advice;
    const char *money = operation == LX_OPERATION_CREATE &&
                                judgement->charged == LX_CHARGED_MAYBE
                            ? money_advice
                            : "";
    char words[sizeof error->message];
    size_t room = sizeof words - strlen(advice) - strlen(money) - 4;

    lx_text_copy(words, room, text, strlen(text));
    lx_error_set(error, judgement->kind, "%s%s%s%s%s", words,
                 *advice ? "; " : "", advice, *money ? "; " : "", money);
    error->charged = judgement->charged;
    /* Maintenance: nothing was made, but it is for the caller to try again. */
    error->retryable = judgement->verdict == LX_VERDICT_AGAIN ||
                       judgement->verdict == LX_VERDICT_SLOWER ||
                       (judgement->kind == LX_KIND_SERVER &&
                        judgement->charged == LX_CHARGED_NO);
}

static void judge_transport(enum lx_operation operation,
                            const struct lx_answer *answer,
                            struct lx_outcome *outcome)
{
    struct lx_judgement judgement =
        *lx_rule_for_transport(answer->transport, operation);
    char text[TEXT_BYTES], evidence[LX_EVIDENCE_MAX] = "";

    if (answer->timed_out && judgement.kind == LX_KIND_NETWORK)
        judgement.kind = LX_KIND_TIMEOUT;
    outcome->envelope = (struct lx_envelope){.shape = LX_SHAPE_EMPTY};
    if (operation == LX_OPERATION_CREATE)
        lx_evidence_write(answer->body, answer->body_length, evidence);
    snprintf(text, sizeof text, "%s (%s)%s%s%s%s",
             lx_rule_transport_words(answer->transport, answer->timed_out),
             lx_stage_name(answer->stage), *answer->detail ? ": " : "",
             answer->detail, *evidence ? "; what came: " : "", evidence);
    tell(&outcome->error, operation, &judgement, text);
    outcome->verdict = judgement.verdict;
    outcome->error.stage = answer->stage;
    outcome->error.http_status = answer->http_status;
    outcome->error.retry_after_ms = answer->retry_after_ms;
    lx_text_copy(outcome->error.request_id, sizeof outcome->error.request_id,
                 answer->request_id, strlen(answer->request_id));
}

static void copy_code(const struct lx_envelope *envelope, char *out,
                      size_t capacity)
{
    struct lx_json code = envelope->code_value;

    if (code.type == LX_JSON_STRING)
        lx_json_string_decode(code, out, capacity);
    else
        lx_text_copy(out, capacity, code.text, code.length);
    lx_text_copy(out, capacity, out, strlen(out));
}

/* What happened, in the service's words where it has any; where no fault is
 * told and nothing was found, what came instead. */
static void describe(struct finding found, const struct lx_outcome *outcome,
                     const char *text, const char *code, char *out,
                     size_t capacity)
{
    const struct lx_envelope *envelope = &outcome->envelope;
    char evidence[LX_EVIDENCE_MAX] = "";

    if (found.source == LX_SOURCE_BODY) {
        if (lx_envelope_is_data(outcome->body, outcome->body_length)) {
            lx_evidence_write(outcome->body, outcome->body_length, evidence);
            text = evidence;
        }
        snprintf(out, capacity, "%s%s%s", lx_rule_shape_words(envelope->shape),
                 *text ? ": " : "", text);
    } else if (*text) {
        snprintf(out, capacity, "%s", text);
    } else if (found.source == LX_SOURCE_HTTP) {
        snprintf(out, capacity, "HTTP %d without an explanation", found.number);
    } else if (found.source == LX_SOURCE_CODE) {
        snprintf(out, capacity, "code %s without an explanation", code);
    } else {
        snprintf(out, capacity, "a refusal without an explanation");
    }
}

/* A create that is refused and yet names a task: one may have been made, so it
 * is never sent again. */
static void doubt(struct lx_judgement *judgement, const char *task_id,
                  char *words, size_t capacity)
{
    size_t length = strlen(words);

    if (judgement->verdict != LX_VERDICT_OVER) {
        judgement->kind = LX_KIND_OUTCOME_UNKNOWN;
        judgement->advice = ""; /* how to send it again */
    }
    judgement->verdict = LX_VERDICT_OVER;
    judgement->charged = LX_CHARGED_MAYBE;
    snprintf(words + length, capacity - length, " (it names the task %s)",
             task_id);
}

static void judge_answer(enum lx_operation operation,
                         const struct lx_answer *answer,
                         struct lx_outcome *outcome)
{
    const struct lx_envelope *envelope = &outcome->envelope;
    struct lx_error *error = &outcome->error;
    struct finding found = find_number(answer, envelope);
    struct lx_judgement judgement;
    char text[TEXT_BYTES] = "", words[TEXT_BYTES + LX_TASK_ID_MAX + 64];
    char code[sizeof error->api_code];

    lx_envelope_text(envelope, outcome->body, outcome->body_length, text,
                     sizeof text);
    copy_code(envelope, code, sizeof code);
    describe(found, outcome, text, code, words, sizeof words);
    found = unify(found, operation, envelope, text);
    judgement =
        *lx_rule_find(found.source, found.number, envelope->shape, operation);
    if (*outcome->task_id)
        doubt(&judgement, outcome->task_id, words, sizeof words);
    tell(error, operation, &judgement, words);
    outcome->verdict = judgement.verdict;
    error->http_status = answer->http_status;
    error->retry_after_ms = answer->retry_after_ms;
    memcpy(error->api_code, code, sizeof code);
    lx_text_copy(error->request_id, sizeof error->request_id,
                 answer->request_id, strlen(answer->request_id));
    if (!*error->request_id)
        lx_envelope_request_id(envelope, error->request_id,
                               sizeof error->request_id);
}

static void judge_done(enum lx_operation operation,
                       const struct lx_answer *answer,
                       struct lx_outcome *outcome)
{
    outcome->verdict = LX_VERDICT_DONE;
    if (operation == LX_OPERATION_QUERY)
        outcome->state_class =
            lx_envelope_state(outcome->envelope.state, outcome->state);
    else
        outcome->is_provisional |= outcome->mended != NULL ||
                                   answer->transport != LX_TRANSPORT_ANSWERED;
    outcome->error.http_status = answer->http_status;
    outcome->error.retry_after_ms = -1;
}

void lx_outcome_judge(enum lx_operation operation,
                      const struct lx_answer *answer,
                      struct lx_outcome *outcome)
{
    bool is_told = answer->transport == LX_TRANSPORT_ANSWERED ||
                   is_refused_early(operation, answer);

    *outcome = (struct lx_outcome){.body = answer->body,
                                   .body_length = answer->body_length};
    /* Part of an answer may be enough for a create, for a query it is not. */
    if (is_told || operation == LX_OPERATION_CREATE)
        read_answer(operation, answer, outcome);
    if (is_done(operation, answer, outcome))
        judge_done(operation, answer, outcome);
    else if (is_told)
        judge_answer(operation, answer, outcome);
    else
        judge_transport(operation, answer, outcome);
}

void lx_outcome_deinit(struct lx_outcome *outcome)
{
    free(outcome->mended);
}
