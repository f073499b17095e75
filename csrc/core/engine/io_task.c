/* io_task.c: see io_task.h. */
#include "engine/io_task.h"

#include "engine/outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Plans are made again after an end: at most once in this time, and for at most
 * this many tasks a turn. */
#define REPLAN_EVERY_MS 20
#define REPLAN_STEP     4096

/* ---- beginning ---- */

static struct lx_op_list *request_list(struct lx_io *io, const struct lx_op *op)
{
    if (op->task.created)
        return &io->creates;
    return op->final->type == LX_EVENT_RECORD ? &io->questions : &io->queries;
}

void lx_io_task_request(struct lx_io *io, struct lx_op *op,
                        enum lx_request request)
{
    if (op->task.request == LX_REQUEST_QUEUED)
        lx_op_list_remove(request_list(io, op), op);
    else if (op->task.request == LX_REQUEST_IN_FLIGHT)
        io->stats.in_flight--;
    if (op->task.upload && op->task.request != LX_REQUEST_QUEUED)
        lx_upload_stop(op->task.upload);
    op->task.request = request;
    if (request == LX_REQUEST_QUEUED)
        lx_op_list_append(request_list(io, op), op);
    else if (request == LX_REQUEST_IN_FLIGHT)
        io->stats.in_flight++;
    else if (request == LX_REQUEST_PREPARING)
        lx_upload_check(op->task.upload);
}

/* Queue its request. The op may be gone after. */
static void ask_to_send(struct lx_io *io, struct lx_op *op)
{
    lx_io_task_request(
        io, op, op->task.upload ? LX_REQUEST_PREPARING : LX_REQUEST_QUEUED);
}

/* Out of the queue, off the wire. */
static void withdraw(struct lx_io *io, struct lx_op *op)
{
    if (op->task.request == LX_REQUEST_IN_FLIGHT) {
        lx_http_abort(io->http, op);
        lx_probe_lost(&io->probe, op->id, io->now_ms);
    }
    lx_io_task_request(io, op, LX_REQUEST_NONE);
}

/* Neither the queue nor a missing answer may outlast a deadline. One that has
 * passed already still leaves this turn to send. */
static void watch_deadline(struct lx_io *io, struct lx_op *op)
{
    int64_t deadline_ms = op->task.machine.deadline_ms;

    if (op->task.machine.phase == LX_PHASE_ASKING)
        lx_timer_unset(&io->timers, &op->timer);
    else
        lx_io_wait(io, op,
                   deadline_ms > io->now_ms ? deadline_ms : io->now_ms + 1);
}

static void watch(struct lx_io *io, struct lx_op *op,
                  const struct lx_command *command)
{
    struct lx_input input = {.type = LX_INPUT_WATCH,
                             .watch_for_ms = command->deadline_ms,
                             .is_ours = command->is_ours};

    lx_io_task_step(io, op, &input);
}

/* One operation less that will get an ENDED. */
static void count_out(struct lx_io *io, const struct lx_op *op)
{
    if (op->final->type == LX_EVENT_ENDED)
        io->stats.watched--;
}

/* Nothing goes on for it any more. */
static void leave(struct lx_io *io, struct lx_op *op)
{
    withdraw(io, op);
    count_out(io, op);
    lx_schedule_leave(io->policy.schedule, &op->task.machine.entry);
}

void lx_io_task_fail(struct lx_io *io, struct lx_op *op)
{
    op->final->is_out_of_memory = true;
    leave(io, op);
    lx_io_finish(io, op, NULL);
}

static void begin_create(struct lx_io *io, struct lx_op *op,
                         struct lx_command *command, uint16_t model)
{
    op->task.created = lx_event_new(LX_EVENT_CREATED, op->id);
    if (!op->task.created) {
        lx_io_task_fail(io, op);
        return;
    }
    op->task.body = command->text;
    op->task.body_length = command->text_length;
    command->text = NULL;
    lx_task_init_create(&op->task.machine, model, command->hold,
                        command->deadline_ms, io->now_ms);
    watch_deadline(io, op);
    ask_to_send(io, op);
}

void lx_io_task_begin(struct lx_io *io, struct lx_op *op,
                      struct lx_command *command)
{
    const char *name = command->model ? command->model : "";
    uint16_t model = lx_schedule_model(io->policy.schedule, name);

    op->task.wants_records = command->wants_records;
    if (command->type != LX_COMMAND_QUERY)
        io->stats.watched++;

    if (command->type == LX_COMMAND_CREATE) {
        begin_create(io, op, command, model);
        return;
    }
    op->task.request_bytes = command->request_bytes;
    op->task.task_id = command->text;
    command->text = NULL;
    if (command->type == LX_COMMAND_QUERY) {
        lx_task_init_query(&op->task.machine);
        lx_io_task_request(io, op, LX_REQUEST_QUEUED);
        return;
    }
    lx_task_init_watch(&op->task.machine, model);
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
        lx_io_task_step(io, op, &nudge);
}

void lx_io_task_time(struct lx_io *io, struct lx_op *op)
{
    struct lx_input input = {.type = LX_INPUT_TIME};

    lx_io_task_step(io, op, &input);
}

void lx_io_task_cancel(struct lx_io *io, struct lx_op *op)
{
    struct lx_input input = {.type = LX_INPUT_CANCEL};

    lx_io_task_step(io, op, &input);
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
               !lx_record_has_result(record)) {
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

/* Name the host that was not reached: it shows a wrong base_url. */
static void name_service(const struct lx_io *io, struct lx_error *error)
{
    size_t length = strlen(error->message);

    snprintf(error->message + length, sizeof error->message - length,
             " (base_url %.200s)", io->config->http.base_url);
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
    leave(io, op);
    if (op->task.upload)
        op->final->body = lx_upload_take_body(op->task.upload);
    lx_io_finish(io, op, &error);
}

static void act(struct lx_io *io, struct lx_op *op, enum lx_action action,
                const struct lx_error *error)
{
    switch (action) {
    case LX_ACTION_NOTHING:
        break;
    case LX_ACTION_SEND:
        watch_deadline(io, op);
        if (op->task.request == LX_REQUEST_NONE)
            ask_to_send(io, op);
        break;
    case LX_ACTION_WAIT:
        lx_io_wait(io, op, op->task.machine.due_ms);
        break;
    case LX_ACTION_REST:
        break;
    case LX_ACTION_FORGET:
        leave(io, op);
        lx_io_forget(io, op);
        break;
    case LX_ACTION_END:
        end(io, op, error);
        break;
    }
}

void lx_io_task_step(struct lx_io *io, struct lx_op *op, struct lx_input *input)
{
    struct lx_error error;

    input->random = lx_random_unit(&io->random);
    input->request = op->task.request;
    input->is_proven = io->is_proven;
    enum lx_action action =
        lx_task_step(&op->task.machine, &io->policy, input, io->now_ms, &error);
    act(io, op, action, &error);
}

/* Ends leave holes in `ops` that later entries may move into. */
void lx_io_tasks_bad_key(struct lx_io *io, const struct lx_outcome *outcome)
{
    struct lx_input input = {.type = LX_INPUT_BAD_KEY, .outcome = outcome};

    for (size_t i = 0; i < io->ops.capacity;) {
        struct lx_op *op = io->ops.entries[i].value;
        if (op && op->type == LX_OP_TASK &&
            op->task.machine.phase == LX_PHASE_WATCHING)
            lx_io_task_step(io, op, &input);
        else
            i++;
    }
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
            lx_io_task_step(io, op, &input);
    }
    return io->replan_at < io->ops.capacity;
}
