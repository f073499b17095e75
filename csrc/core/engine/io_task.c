/* io_task.c: see io_task.h. */
#include "engine/io_task.h"

#include "engine/book.h"
#include "engine/end_words.h"
#include "engine/io_foreign.h"
#include "engine/io_hint.h"
#include "engine/outbox.h"
#include "engine/recorded.h"

#include <stdlib.h>
#include <string.h>

/* ---- beginning ---- */

/* The list that the op is in while its request is that; NULL: in none. */
static struct lx_op_list *request_list(struct lx_io *io, const struct lx_op *op,
                                       enum lx_request request)
{
    if (request == LX_REQUEST_UNPLANNED)
        return &io->unplanned;
    if (request == LX_REQUEST_WAITING)
        return &io->waits;
    if (request != LX_REQUEST_QUEUED)
        return NULL;
    if (op->task.created)
        return &io->creates;
    return op->final->type == LX_EVENT_RECORD ? &io->questions : &io->queries;
}

/* Who waits for others wants to hear of their changes. */
static void count_waits(struct lx_io *io, enum lx_request from,
                        enum lx_request to)
{
    if (!io->journal || from == to)
        return;
    if (to == LX_REQUEST_WAITING)
        lx_journal_watch(io->journal);
    else if (from == LX_REQUEST_WAITING)
        lx_journal_unwatch(io->journal);
}

void lx_io_task_request(struct lx_io *io, struct lx_op *op,
                        enum lx_request request)
{
    enum lx_request before = op->task.request;
    struct lx_op_list *list = request_list(io, op, before);

    if (list)
        lx_op_list_remove(list, op);
    else if (before == LX_REQUEST_IN_FLIGHT)
        io->stats.in_flight--;
    if (op->task.upload &&
        (before == LX_REQUEST_PREPARING || before == LX_REQUEST_IN_FLIGHT))
        lx_upload_stop(op->task.upload);
    count_waits(io, before, request);
    op->task.request = request;
    list = request_list(io, op, request);
    if (list)
        lx_op_list_append(list, op);
    else if (request == LX_REQUEST_IN_FLIGHT)
        io->stats.in_flight++;
    else if (request == LX_REQUEST_PREPARING)
        lx_upload_check(op->task.upload);
}

void lx_io_task_queue(struct lx_io *io, struct lx_op *op)
{
    const struct lx_booking *booking = op->task.booking;
    bool is_planned = !booking || booking->entry;

    if (!is_planned && op->task.upload &&
        !lx_wish_name_pictures(booking->wish,
                               lx_upload_body(op->task.upload))) {
        lx_io_task_fail(io, op);
        return;
    }

    lx_io_task_request(io, op,
                       is_planned ? LX_REQUEST_QUEUED : LX_REQUEST_UNPLANNED);
}

/* Queue its request. The op may be gone after. */
static void ask_to_send(struct lx_io *io, struct lx_op *op)
{
    if (op->task.upload)
        lx_io_task_request(io, op, LX_REQUEST_PREPARING);
    else
        lx_io_task_queue(io, op);
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
                             .age_ms = lx_booking_age_ms(op->task.booking),
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
    lx_io_book_leave(io, op);
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
    bool has_wish = command->wish != NULL;

    op->task.created = lx_event_new(LX_EVENT_CREATED, op->id);
    if (has_wish)
        op->task.booking = lx_booking_new(command->wish);
    command->wish = NULL;
    if (!op->task.created || !op->task.booking != !has_wish) {
        lx_io_task_fail(io, op);
        return;
    }
    op->task.body = command->text;
    op->task.body_length = command->text_length;
    command->text = NULL;
    lx_task_init_create(&op->task.machine, model, command->hold,
                        command->deadline_ms, io->now_ms);
    op->task.machine.has_callback = command->has_callback;
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
    op->task.page = command->page;
    op->task.task_id = command->text;
    command->text = NULL;
    if (command->type == LX_COMMAND_QUERY) {
        lx_task_init_query(&op->task.machine);
        lx_io_task_request(io, op, LX_REQUEST_QUEUED);
        return;
    }
    lx_task_init_watch(&op->task.machine, model);
    if (command->entry) {
        op->task.booking = lx_booking_of(command->entry, command->attempt,
                                         command->accepted_ms);
        if (!op->task.booking) {
            lx_io_task_fail(io, op);
            return;
        }
        lx_io_hint_tie(io, op);
    }
    watch(io, op, command);
}

void lx_io_task_command(struct lx_io *io, struct lx_op *op,
                        const struct lx_command *command)
{
    struct lx_input nudge = {.type = LX_INPUT_NUDGE};
    struct lx_input withdrawal = {.type = LX_INPUT_WITHDRAW};

    if (command->type == LX_COMMAND_WATCH && op->task.booking &&
        op->task.booking->result)
        lx_io_task_tell_result(io, op);
    else if (command->type == LX_COMMAND_WATCH)
        watch(io, op, command);
    else if (command->type == LX_COMMAND_RECORDS)
        op->task.wants_records = true;
    else if (command->type == LX_COMMAND_NUDGE)
        lx_io_task_step(io, op, &nudge);
    else if (command->type == LX_COMMAND_WITHDRAW)
        lx_io_task_step(io, op, &withdrawal);
}

/* ---- the id ---- */

bool lx_io_task_name(struct lx_op *op, const char *task_id)
{
    struct lx_event *created = op->task.created;

    if (!created->task_id)
        created->task_id = calloc(1, LX_TASK_ID_MAX + 1);
    if (!created->task_id)
        return false;
    lx_text_copy(created->task_id, LX_TASK_ID_MAX + 1, task_id,
                 strlen(task_id));
    op->task.task_id = lx_text_duplicate(task_id, strlen(task_id));
    free(op->task.body);
    op->task.body = NULL;
    if (op->task.upload)
        created->body = lx_upload_take_body(op->task.upload);
    lx_upload_free(op->task.upload);
    op->task.upload = NULL;
    return op->task.task_id != NULL;
}

void lx_io_task_tell_created(struct lx_io *io, struct lx_op *op)
{
    struct lx_event *created = op->task.created;

    if (!created || !created->task_id || !*created->task_id)
        return;
    op->task.created = NULL;
    if (op->task.booking) {
        created->entry = op->task.booking->entry;
        created->attempt = op->task.booking->attempt;
    }
    lx_io_tell(io, created);
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

static void count_end(struct lx_io *io, const struct lx_error *error)
{
    if (error->kind == LX_KIND_NONE)
        io->stats.succeeded++;
    else if (error->kind == LX_KIND_TASK_FAILED)
        io->stats.failed++;
}

/* A deadline of what others are at, or of a journal that does not answer. */
static void name_wait(const struct lx_op *op, struct lx_error *error)
{
    const struct lx_booking *booking = op->task.booking;
    int64_t waited_ms = op->task.machine.watch_for_ms;
    bool is_asked = op->task.request == LX_REQUEST_PLANNING;

    if (op->task.request == LX_REQUEST_WAITING ||
        (is_asked && booking->is_known && !booking->entry))
        lx_end_name_wait(waited_ms, error);
    else if (is_asked || op->task.request == LX_REQUEST_BOOKING)
        lx_end_name_journal(waited_ms, error);
}

static void end(struct lx_io *io, struct lx_op *op,
                const struct lx_error *given)
{
    struct lx_error error = *given;
    struct lx_record *record = op->final->record;

    name_wait(op, &error);
    lx_io_task_tell_created(io, op);

    if (op->final->type == LX_EVENT_ENDED) {
        if (error.kind == LX_KIND_NONE && record)
            lx_end_judge(record, &error);
        count_end(io, &error);
        if (op->task.task_id) /* the same generate again makes a second task */
            error.retryable = false;
        io->learned++;
        if (op->task.booking && error.kind == LX_KIND_OUTCOME_UNKNOWN) {
            op->final->entry = op->task.booking->entry;
            op->final->attempt = op->task.booking->attempt;
        }
        lx_io_book_end(io, op, &error);
        lx_io_foreign_end(io, op, &error);
        lx_io_hint_tell_others(io, op);
    }
    if (error.kind == LX_KIND_NETWORK || error.kind == LX_KIND_TIMEOUT)
        lx_end_name_service(io->config->http.base_url, &error);
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
        lx_io_hint_catch_up(io, op);
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

void lx_io_task_conclude(struct lx_io *io, struct lx_op *op,
                         const struct lx_error *error)
{
    struct lx_error none;

    lx_task_end_well(&op->task.machine, &none);
    end(io, op, error ? error : &none);
}

/* False: out of memory. */
static bool give_files(struct lx_booking *booking, struct lx_event *final)
{
    if (booking->files.count == 0)
        return true;
    final->saved = malloc(sizeof *final->saved);
    if (!final->saved)
        return false;
    *final->saved = booking->files;
    booking->files = (struct lx_entry_files){0, NULL};
    return true;
}

void lx_io_task_tell_result(struct lx_io *io, struct lx_op *op)
{
    op->final->record = lx_recorded_record(op->task.booking->result);
    op->final->is_out_of_memory =
        !op->final->record || !give_files(op->task.booking, op->final);
    lx_io_task_conclude(io, op, NULL);
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
