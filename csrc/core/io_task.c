/* io_task.c: what the I/O thread does for tasks and questions. Decisions are
 * task.c's; here they are carried out. See io.h. */
#include "io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* When creates and queries both wait, every so many-th send is a query. */
#define QUERY_TURN 4
/* Plans are renewed after an end, at most so often, so many tasks a turn. */
#define REPLAN_EVERY_MS 20
#define REPLAN_STEP     4096
/* Until something is sent for which there was no memory. */
#define MEMORY_WAIT_MS 100

static void act(struct lx_io *io, struct lx_op *op, enum lx_action action,
                const struct lx_error *error);

/* ---- beginning ---- */

static struct lx_op_list *list_of(struct lx_io *io, const struct lx_op *op)
{
    return op->task.created ? &io->creates : &io->queries;
}

/* Neither the queue nor an answer that does not come may outlast a deadline.
 * One that has come already still leaves the present turn to send. */
static void watch_deadline(struct lx_io *io, struct lx_op *op)
{
    int64_t deadline_ms = op->task.step.deadline_ms;

    if (op->task.step.phase == LX_PHASE_ASKING)
        lx_timer_unset(&io->timers, &op->timer);
    else
        lx_io_wait(io, op,
                   deadline_ms > io->now_ms ? deadline_ms : io->now_ms + 1);
}

static void step(struct lx_io *io, struct lx_op *op, struct lx_input *input)
{
    struct lx_error error;

    input->random = lx_random_unit(&io->random);
    input->is_in_flight = op->is_in_flight || op->is_queued;
    input->is_proven = io->is_proven;
    enum lx_action action =
        lx_task_step(&op->task.step, &io->rules, input, io->now_ms, &error);
    act(io, op, action, action == LX_ACTION_END ? &error : NULL);
}

static void watch(struct lx_io *io, struct lx_op *op,
                  const struct lx_command *command)
{
    struct lx_input input = {.type = LX_INPUT_WATCH,
                             .watch_for_ms = command->deadline_ms,
                             .is_ours = command->is_ours};

    step(io, op, &input);
}

void lx_io_task_begin(struct lx_io *io, struct lx_op *op,
                      struct lx_command *command)
{
    const char *name = command->model ? command->model : "";
    uint16_t model = lx_schedule_model(io->rules.schedule, name);

    op->task.wants_records = command->wants_records;

    if (command->type == LX_COMMAND_CREATE) {
        op->task.created = lx_event_new(LX_EVENT_CREATED, op->id);
        if (!op->task.created) {
            op->final->is_out_of_memory = true;
            lx_io_finish(io, op, NULL);
            return;
        }
        op->task.body = command->text;
        op->task.body_length = command->text_length;
        command->text = NULL;
        lx_task_init_create(&op->task.step, model, command->hold,
                            command->deadline_ms, io->now_ms);
        lx_op_list_append(&io->creates, op);
        watch_deadline(io, op);
        return;
    }
    op->task.task_id = command->text;
    command->text = NULL;
    if (command->type == LX_COMMAND_QUERY) {
        lx_task_init_query(&op->task.step);
        lx_op_list_append(&io->queries, op);
        return;
    }
    lx_task_init_watch(&op->task.step, model);
    watch(io, op, command);
}

void lx_io_task_command(struct lx_io *io, struct lx_op *op,
                        const struct lx_command *command)
{
    struct lx_input nudge = {.type = LX_INPUT_NUDGE};

    if (command->type == LX_COMMAND_WATCH)
        watch(io, op, command);
    else if (command->type == LX_COMMAND_RECORDS)
        op->task.wants_records = true;
    else if (command->type == LX_COMMAND_NUDGE)
        step(io, op, &nudge);
}

void lx_io_task_time(struct lx_io *io, struct lx_op *op)
{
    struct lx_input input = {.type = LX_INPUT_TIME};

    step(io, op, &input);
}

/* Out of the queue, off the wire. */
static void withdraw(struct lx_io *io, struct lx_op *op)
{
    if (op->is_queued)
        lx_op_list_remove(list_of(io, op), op);
    if (op->is_in_flight) {
        lx_http_abort(io->http, op);
        io->stats.in_flight--;
    }
}

static void forget(struct lx_io *io, struct lx_op *op)
{
    withdraw(io, op);
    lx_schedule_leave(io->rules.schedule, &op->task.step.watch);
    lx_timer_unset(&io->timers, &op->timer);
    lx_id_map_remove(&io->ops, op->id);
    lx_op_free(op);
}

/* A create that is on its way comes home all the same: what it made costs
 * money, and its id must not be lost. */
void lx_io_task_cancel(struct lx_io *io, struct lx_op *op)
{
    if (op->task.step.phase == LX_PHASE_CREATING && op->is_in_flight)
        op->is_deaf = true;
    else
        forget(io, op);
}

/* ---- ending ---- */

/* A record can end a task badly although the exchange went well. */
static void judge_record(const struct lx_record *record, struct lx_error *error)
{
    if (record->state_class == LX_STATE_FAILED) {
        lx_error_set(error, LX_KIND_TASK_FAILED, "the task failed: %s%s%s%s",
                     record->fail_msg ? record->fail_msg
                                      : "the service gave no reason",
                     record->fail_code ? " (failCode " : "",
                     record->fail_code ? record->fail_code : "",
                     record->fail_code ? ")" : "");
        error->charged = LX_CHARGED_MAYBE;
        if (record->fail_code)
            lx_text_copy(error->fail_code, sizeof error->fail_code,
                         record->fail_code, strlen(record->fail_code));
    } else if (record->state_class == LX_STATE_SUCCESS &&
               record->url_count == 0 && !record->has_result_object) {
        lx_error_set(error, LX_KIND_RESULT_MISSING,
                     "the task succeeded, but its resultJson %s; the raw text "
                     "is in err.record: keep the task id and ask support",
                     record->result_is_malformed ? "is not JSON"
                                                 : "holds no URL");
        error->charged = LX_CHARGED_YES;
    }
}

static void count_end(struct lx_io *io, const struct lx_error *error)
{
    if (error->kind == LX_KIND_NONE)
        io->stats.succeeded++;
    else if (error->kind == LX_KIND_TASK_FAILED)
        io->stats.failed++;
}

/* Who was not reached: a wrong base_url is seen at once. */
static void name_service(const struct lx_io *io, struct lx_error *error)
{
    size_t length = strlen(error->message);

    snprintf(error->message + length, sizeof error->message - length,
             " (base_url %.200s)", io->config->base_url);
}

static void end(struct lx_io *io, struct lx_op *op,
                const struct lx_error *given)
{
    struct lx_error error = *given;
    struct lx_record *record = op->final->record;

    if (op->final->type == LX_EVENT_ENDED) {
        if (error.kind == LX_KIND_NONE && record)
            judge_record(record, &error);
        count_end(io, &error);
        if (op->task.task_id) /* the same generate again makes a second task */
            error.retryable = false;
        io->learned++;
    }
    if (error.kind == LX_KIND_NETWORK || error.kind == LX_KIND_TIMEOUT)
        name_service(io, &error);
    withdraw(io, op);
    lx_schedule_leave(io->rules.schedule, &op->task.step.watch);
    lx_io_finish(io, op, &error);
}

/* Refused, and nobody is left for whom to send it again. */
static void end_cancelled(struct lx_io *io, struct lx_op *op)
{
    struct lx_error error;

    lx_error_set(&error, LX_KIND_CANCELLED,
                 "cancelled before the service accepted the task");
    end(io, op, &error);
}

static void act(struct lx_io *io, struct lx_op *op, enum lx_action action,
                const struct lx_error *error)
{
    switch (action) {
    case LX_ACTION_NOTHING:
        break;
    case LX_ACTION_SEND:
        watch_deadline(io, op);
        if (!op->is_queued && !op->is_in_flight)
            lx_op_list_append(list_of(io, op), op);
        break;
    case LX_ACTION_WAIT:
        if (op->is_deaf)
            end_cancelled(io, op);
        else
            lx_io_wait(io, op, op->task.step.due_ms);
        break;
    case LX_ACTION_REST:
        break;
    case LX_ACTION_END:
        end(io, op, error);
        break;
    }
}

/* ---- sending ---- */

static struct lx_op *choose(struct lx_io *io)
{
    bool is_query_turn = io->turn % QUERY_TURN == QUERY_TURN - 1;

    if (io->creates.first && !(is_query_turn && io->queries.first))
        return io->creates.first;
    return io->queries.first;
}

/* Room for the id of what is going to be paid for. */
static bool reserve_task_id(struct lx_op *op)
{
    struct lx_event *created = op->task.created;

    if (!created->task_id)
        created->task_id = malloc(LX_TASK_ID_MAX + 1);
    return created->task_id != NULL;
}

static bool send_one(struct lx_io *io, struct lx_op *op)
{
    bool is_create = op->task.step.phase == LX_PHASE_CREATING;
    struct lx_http_request request = {.owner = op,
                                      .task_id =
                                          is_create ? NULL : op->task.task_id,
                                      .body = op->task.body,
                                      .body_length = op->task.body_length};
    struct lx_input sent = {.type = LX_INPUT_SENT};

    if ((is_create && !reserve_task_id(op)) ||
        !lx_http_start(io->http, &request))
        return false;
    lx_op_list_remove(is_create ? &io->creates : &io->queries, op);
    if (is_create) /* what was sent is waited for */
        lx_timer_unset(&io->timers, &op->timer);
    op->is_in_flight = true;
    io->turn++;
    io->stats.requests++;
    io->stats.in_flight++;
    if (is_create)
        io->stats.creates++;
    else
        io->stats.queries++;
    if (op->task.step.failures > 0)
        io->stats.retries++;
    step(io, op, &sent);
    return true;
}

int64_t lx_io_send(struct lx_io *io, bool *sent)
{
    struct lx_op *op;
    int64_t wait_ms = -1;

    *sent = false;
    while (lx_http_has_room(io->http) && (op = choose(io))) {
        if (!lx_limiter_take(&io->limiter, io->now_ms, &wait_ms))
            break;
        wait_ms = -1;
        if (!send_one(io, op)) {
            wait_ms = MEMORY_WAIT_MS;
            break;
        }
        *sent = true;
    }
    io->stats.waiting = io->creates.count + io->queries.count;
    return wait_ms;
}

/* ---- answers ---- */

static void log_answer(struct lx_io *io, const struct lx_op *op,
                       const struct lx_answer *answer, bool is_create,
                       int64_t elapsed_ms)
{
    const char *path =
        is_create ? "/api/v1/jobs/createTask" : "/api/v1/jobs/recordInfo";
    struct lx_event *event = lx_event_new(LX_EVENT_LOG, 0);
    struct lx_log_entry *log = calloc(1, sizeof *log);
    size_t length = strlen(io->config->base_url);
    char *url = malloc(length + strlen(path) + 1);

    if (!event || !log || !url) {
        lx_event_free(event);
        free(log);
        free(url);
        return;
    }
    memcpy(url, io->config->base_url, length);
    strcpy(url + length, path);
    log->url = url;
    strcpy(log->method, is_create ? "POST" : "GET");
    memcpy(log->request_id, answer->request_id, sizeof log->request_id);
    log->http_status = answer->http_status;
    log->attempt = op->task.step.attempts;
    log->elapsed_ms = elapsed_ms;
    event->log = log;
    lx_io_tell(io, event);
}

/* What the outcome gives away before the step: the id of a new task. It is told
 * in every case; false when memory is out to go on with it. */
static bool keep_task_id(struct lx_io *io, struct lx_op *op,
                         const struct lx_outcome *outcome)
{
    struct lx_event *created = op->task.created;
    char *id = created->task_id;

    op->task.task_id =
        lx_text_duplicate(id, lx_envelope_task_id(outcome->envelope.data, id));
    op->task.created = NULL;
    free(op->task.body);
    op->task.body = NULL;
    io->stats.created++;
    lx_io_tell(io, created);
    op->final->is_out_of_memory = !op->task.task_id;
    return op->task.task_id != NULL;
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

/* The duration that the service itself told, -1 when it told none. */
static double exact_duration_s(const struct lx_record *record)
{
    const int64_t least_plausible_ms = 100000000000; /* else not milliseconds */

    if (!record || record->created_ms < least_plausible_ms ||
        record->completed_ms < record->created_ms)
        return -1.0;
    return (double)(record->completed_ms - record->created_ms) / 1000.0;
}

/* A record is shown when it is the last, or its state's word is new. */
static void take_record(struct lx_io *io, struct lx_op *op,
                        const struct lx_answer *answer,
                        const struct lx_outcome *outcome,
                        struct lx_input *input)
{
    bool is_last = outcome->state_class == LX_STATE_SUCCESS ||
                   outcome->state_class == LX_STATE_FAILED ||
                   op->task.step.phase == LX_PHASE_ASKING;
    struct lx_record *record = NULL;

    input->exact_s = -1;
    if (!is_last && strcmp(outcome->state, op->task.step.state) == 0)
        return;
    if (is_last || op->task.wants_records)
        record = lx_record_new(outcome->envelope.data, answer->body,
                               answer->body_length);
    if (!is_last) {
        tell_state(io, op, outcome->state, record);
        return;
    }
    input->exact_s = exact_duration_s(record);
    op->final->record = record;
    op->final->is_out_of_memory = !record;
}

static void take_answer(struct lx_io *io, struct lx_op *op,
                        const struct lx_answer *answer, int64_t elapsed_ms)
{
    struct lx_outcome outcome;
    struct lx_input input = {.type = LX_INPUT_OUTCOME, .outcome = &outcome};
    bool is_create = op->task.step.phase == LX_PHASE_CREATING;

    op->is_in_flight = false;
    io->stats.in_flight--;
    lx_outcome_judge(is_create ? LX_OPERATION_CREATE : LX_OPERATION_QUERY,
                     answer, &outcome);
    if (io->config->wants_log)
        log_answer(io, op, answer, is_create, elapsed_ms);
    if (outcome.verdict == LX_VERDICT_SLOWER) {
        io->stats.refused++;
        lx_limiter_refused(&io->limiter, io->now_ms, answer->retry_after_ms);
    } else if (answer->transport == LX_TRANSPORT_ANSWERED) {
        lx_limiter_accepted(&io->limiter, io->now_ms);
    }
    if (outcome.verdict == LX_VERDICT_DONE) {
        io->is_proven = true;
        if (!is_create)
            take_record(io, op, answer, &outcome, &input);
        else if (!keep_task_id(io, op, &outcome)) {
            lx_io_finish(io, op, NULL);
            return;
        } else if (op->is_deaf) {
            forget(io, op);
            return;
        }
    }
    step(io, op, &input);
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

/* ---- learning ---- */

bool lx_io_replan(struct lx_io *io)
{
    struct lx_input input = {.type = LX_INPUT_LEARNED};

    if (io->replan_at >= io->ops.capacity) { /* the last renewal is complete */
        if (io->learned == io->planned ||
            io->now_ms - io->replanned_ms < REPLAN_EVERY_MS)
            return false;
        io->planned = io->learned;
        io->replanned_ms = io->now_ms;
        io->replan_at = 0;
    }
    size_t end = io->replan_at + REPLAN_STEP;
    for (; io->replan_at < end && io->replan_at < io->ops.capacity;
         io->replan_at++) {
        struct lx_op *op = io->ops.entries[io->replan_at].value;
        if (op && op->type == LX_OP_TASK)
            step(io, op, &input);
    }
    return io->replan_at < io->ops.capacity;
}
