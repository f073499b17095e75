/* io_answer.c: see io_answer.h. */
#include "engine/io_answer.h"

#include "api/api_url.h"
#include "engine/book.h"
#include "engine/io_book.h"
#include "engine/io_fleet.h"
#include "engine/io_task.h"
#include "engine/io_upload.h"
#include "engine/outbox.h"

#include <stdlib.h>
#include <string.h>

/* Bytes kept of an answer that could not be used, for err:report(). */
enum { EVIDENCE_MAX_BYTES = 64 << 10 };

static void log_answer(struct lx_io *io, const struct lx_op *op,
                       const struct lx_answer *answer, bool is_create,
                       int64_t elapsed_ms)
{
    const char *path = is_create          ? LX_API_CREATE_PATH
                       : op->task.task_id ? LX_API_RECORD_PATH
                                          : lx_api_page_path(op->task.page);
    struct lx_event *event = lx_event_new(LX_EVENT_LOG, 0);
    struct lx_log_entry *log = calloc(1, sizeof *log);
    size_t length = strlen(io->config->http.base_url);
    char *url = malloc(length + strlen(path) + 1);

    if (!event || !log || !url) {
        lx_event_free(event);
        free(log);
        free(url);
        return;
    }
    memcpy(url, io->config->http.base_url, length);
    strcpy(url + length, path);
    log->url = url;
    strcpy(log->method, is_create ? "POST" : "GET");
    memcpy(log->request_id, answer->request_id, sizeof log->request_id);
    log->http_status = answer->http_status;
    log->attempt = op->task.machine.attempts;
    log->elapsed_ms = elapsed_ms;
    log->date_s = answer->date_s;
    event->log = log;
    lx_io_tell(io, event);
}

static void tell_state(struct lx_io *io, const struct lx_op *op,
                       const char *state, struct lx_record *record)
{
    struct lx_event *event = lx_event_new(LX_EVENT_STATE, op->id);

    if (!event) {
        lx_record_free(record);
        return;
    }
    memcpy(event->state, state, sizeof event->state);
    event->record = record;
    lx_io_tell(io, event);
}

/* The duration that the service reports, -1 without one. */
static double exact_duration_s(const struct lx_record *record)
{
    const int64_t least_plausible_ms = 100000000000; /* else not milliseconds */

    if (!record || record->created_ms < least_plausible_ms ||
        record->completed_ms < record->created_ms)
        return -1.0;
    return (double)(record->completed_ms - record->created_ms) / 1000.0;
}

static struct lx_record *record_of(const struct lx_outcome *outcome)
{
    return lx_record_new(outcome->envelope.data, outcome->body,
                         outcome->body_length, outcome->mended != NULL);
}

/* The record for the host, NULL when it shows nothing new. */
static struct lx_record *
find_news(struct lx_op *op, const struct lx_outcome *outcome, bool is_new_state)
{
    struct lx_record *record;

    if (!op->task.wants_records)
        return NULL;
    record = record_of(outcome);
    if (!record)
        return NULL;
    bool is_new = is_new_state || record->progress > op->task.progress ||
                  record->progress < op->task.progress;
    if (!is_new) {
        lx_record_free(record);
        return NULL;
    }
    op->task.progress = record->progress;
    return record;
}

/* A record is shown when it is the last, or its state's word or its progress is
 * new. */
static void take_record(struct lx_io *io, struct lx_op *op,
                        const struct lx_outcome *outcome,
                        struct lx_input *input)
{
    bool is_last = outcome->state_class == LX_STATE_SUCCESS ||
                   outcome->state_class == LX_STATE_FAILED ||
                   op->task.machine.phase == LX_PHASE_ASKING;
    struct lx_record *record = NULL;

    input->exact_s = -1;
    if (!is_last) {
        bool is_new = strcmp(outcome->state, op->task.machine.state) != 0;
        record = find_news(op, outcome, is_new);
        if (is_new || record)
            tell_state(io, op, outcome->state, record);
        return;
    }
    record = record_of(outcome);
    input->exact_s = exact_duration_s(record);
    input->is_empty = record && record->state_class == LX_STATE_SUCCESS &&
                      !lx_record_has_result(record);
    lx_record_free(op->final->record); /* of success without a result */
    op->final->record = record;
    op->final->is_out_of_memory = !record;
}

/* What the answer says of the key. True: it is bad, and every watch has ended,
 * perhaps that of `op`, too. */
static bool judge_key(struct lx_io *io, const struct lx_op *op,
                      const struct lx_outcome *outcome)
{
    switch (outcome->verdict) {
    case LX_VERDICT_DONE:
    case LX_VERDICT_NOT_VISIBLE:
        lx_probe_accepted(&io->probe);
        return false;
    case LX_VERDICT_BAD_KEY:
        if (op->task.machine.phase != LX_PHASE_WATCHING ||
            !lx_probe_refused(&io->probe, op->id, io->now_ms))
            return false;
        lx_io_tasks_bad_key(io, outcome);
        return true;
    case LX_VERDICT_AGAIN:
    case LX_VERDICT_SLOWER:
    case LX_VERDICT_REFUSED:
    case LX_VERDICT_OVER:
        lx_probe_lost(&io->probe, op->id, io->now_ms);
        return false;
    }
    return false;
}

/* Keep the body of an answer without a record or id, for the error that may
 * follow. It replaces that of an earlier answer, unless that was the record of
 * a success whose result is still missing. */
static void keep_evidence(struct lx_op *op, const struct lx_outcome *outcome)
{
    size_t length = outcome->body_length;
    bool is_page = op->task.page != LX_API_PAGE_NONE; /* read by the host */

    if (length > EVIDENCE_MAX_BYTES && !is_page)
        length = EVIDENCE_MAX_BYTES;

    if (op->final->record && op->final->record->state)
        return;
    lx_record_free(op->final->record);
    op->final->record = NULL;
    if (outcome->verdict != LX_VERDICT_DONE && length > 0)
        op->final->record =
            lx_record_new((struct lx_json){.type = LX_JSON_NONE}, outcome->body,
                          length, outcome->mended != NULL);
}

static void tell_limiter(struct lx_io *io, const struct lx_answer *answer,
                         const struct lx_outcome *outcome)
{
    int64_t pause_ms = answer->retry_after_ms;

    if (outcome->verdict == LX_VERDICT_SLOWER) {
        io->stats.refused++;
        if (pause_ms > 0)
            pause_ms++; /* now_ms is rounded down: no pause ends early */
        int64_t held_until_ms = io->limiter.held_until_ms;
        lx_limiter_refused(&io->limiter, io->now_ms, pause_ms);
        if (io->limiter.held_until_ms != held_until_ms)
            lx_io_fleet_refused(io);
    } else if (answer->transport == LX_TRANSPORT_ANSWERED) {
        lx_limiter_accepted(&io->limiter, io->now_ms);
    }
}

/* Report the id of a new task before the step, in every case. False: take
 * no step now; the op may be gone. */
static bool take_id(struct lx_io *io, struct lx_op *op,
                    const struct lx_outcome *outcome)
{
    op->task.created->is_provisional = outcome->is_provisional;
    io->stats.created++;
    bool is_named = lx_io_task_name(op, outcome->task_id);
    if (lx_io_book_id(io, op))
        return false;
    lx_io_task_tell_created(io, op);
    if (!is_named)
        lx_io_task_fail(io, op);
    return is_named;
}

/* The op may be gone after. */
static void take_outcome(struct lx_io *io, struct lx_op *op, bool is_create,
                         const struct lx_outcome *outcome)
{
    struct lx_input input = {.type = LX_INPUT_OUTCOME, .outcome = outcome};

    keep_evidence(op, outcome);
    if (judge_key(io, op, outcome))
        return;
    if (outcome->verdict == LX_VERDICT_DONE) {
        io->is_proven = true;
        if (!is_create)
            take_record(io, op, outcome, &input);
        else if (!take_id(io, op, outcome))
            return;
    } else if (is_create) {
        lx_io_book_outcome(io, op, outcome);
    }
    lx_io_task_step(io, op, &input);
}

static void take_answer(struct lx_io *io, struct lx_op *op,
                        const struct lx_answer *answer, int64_t elapsed_ms)
{
    struct lx_outcome outcome;
    bool is_create = op->task.created != NULL;

    lx_io_task_request(io, op, LX_REQUEST_NONE);
    lx_outcome_judge(is_create ? LX_OPERATION_CREATE : LX_OPERATION_QUERY,
                     answer, &outcome);
    if (is_create)
        lx_io_upload_judge(op, &outcome);
    if (io->config->wants_log)
        log_answer(io, op, answer, is_create, elapsed_ms);
    tell_limiter(io, answer, &outcome);
    take_outcome(io, op, is_create, &outcome);
    lx_outcome_deinit(&outcome);
}

bool lx_io_answers(struct lx_io *io)
{
    struct lx_answer answer;
    int64_t elapsed_ms;
    void *owner;
    bool any = false;

    while (lx_http_next(io->http, &answer, &owner, &elapsed_ms)) {
        take_answer(io, owner, &answer, elapsed_ms);
        any = true;
    }
    io->stats.bytes = lx_http_bytes(io->http);
    io->stats.connections = lx_http_connections(io->http);
    return any;
}
