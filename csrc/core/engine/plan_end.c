/* plan_end.c: see plan_end.h. */
#include "engine/plan_end.h"

#include "download/file_error.h"
#include "engine/book.h"
#include "engine/io_book.h"
#include "engine/io_check.h"
#include "engine/io_hint.h"
#include "engine/journal_port.h"
#include "engine/io_task.h"
#include "engine/outbox.h"
#include "engine/recorded.h"

#include <stdlib.h>
#include <string.h>

static void take_entry(struct lx_booking *booking,
                       const struct lx_plan_request *plan)
{
    const struct lx_entry *entry = &plan->copy->entry;

    booking->entry = entry->id;
    booking->attempt = entry->attempt;
    booking->fence = entry->fence;
    booking->state = entry->state;
    booking->is_owner = plan->is_owner;
    booking->committed_ms = plan->request.base.committed_ms;
    booking->accepted_ms = entry->accepted_ms;
}

/* ---- refusals ---- */

static void refuse_create(struct lx_io *io, struct lx_op *op,
                          struct lx_error *error)
{
    error->charged = LX_CHARGED_NO;
    lx_io_task_conclude(io, op, error);
}

static double credits(int64_t thousandths)
{
    return (double)thousandths / 1000.0;
}

static void refuse_over(struct lx_io *io, struct lx_op *op,
                        const struct lx_plan_request *plan)
{
    const struct lx_wish *wish = op->task.booking->wish;
    const struct lx_wish_budget *budget = &wish->budgets[plan->over];
    struct lx_error error;

    lx_error_set(&error, LX_KIND_BUDGET,
                 "the ceiling %s of %.15g credits%s would be passed: %.15g are "
                 "used or reserved, this one costs %.15g",
                 budget->name, credits(budget->limit_mc),
                 budget->is_daily ? " a day" : "", credits(plan->used_mc),
                 credits(wish->price_mc));
    refuse_create(io, op, &error);
}

static void refuse_no_price(struct lx_io *io, struct lx_op *op)
{
    struct lx_error error;

    lx_error_set(&error, LX_KIND_BUDGET,
                 "no price is stated for %s: under a ceiling give `price`, or "
                 "`prices` to the client; journal:spend shows what each model "
                 "cost so far",
                 op->task.booking->wish->model);
    refuse_create(io, op, &error);
}

static void refuse_other_request(struct lx_io *io, struct lx_op *op,
                                 const struct lx_plan_request *plan)
{
    const struct lx_wish *wish = op->task.booking->wish;
    const struct lx_entry *entry = &plan->copy->entry;
    struct lx_error error;
    char field[160];

    lx_recorded_difference(entry->body ? entry->body : "{}", wish->body, field,
                           sizeof field);
    lx_error_set(&error, LX_KIND_INVALID_REQUEST,
                 "the key %.100s is another request's: %s differs; one key "
                 "names one request, give this one a key of its own",
                 entry->key ? entry->key : "", field);
    refuse_create(io, op, &error);
}

static void refuse_copy(struct lx_io *io, struct lx_op *op)
{
    struct lx_error error;

    lx_error_set(&error, LX_KIND_JOURNAL,
                 "the journal is a copy, was restored or moved: what was sent "
                 "since may be missing in it, so nothing is sent before "
                 "client.journal:adopt()");
    refuse_create(io, op, &error);
}

/* Nobody can tell whether the entry says that it is sent: where it does, it
 * does not any more. A claim and a send in one commit of another client would
 * have the same fence: those are that one's. After such a commit this client
 * has another number, so that nothing which it sends later is taken back. */
static void take_plan_back(struct lx_io *io, const struct lx_plan_request *plan)
{
    struct lx_booking left = {.has_key = plan->has_key};

    if (!plan->sends_now || !plan->is_owner || plan->end != LX_PLAN_SEND)
        return;
    take_entry(&left, plan);
    struct lx_fact *fact = lx_book_outcome_fact(&left, LX_ENTRY_EVENT_NOT_SENT);
    if (!fact)
        return;
    fact->news.owner = plan->owner;
    lx_io_book_submit(io, fact);
}

static void refuse_store(struct lx_io *io, struct lx_op *op,
                         const struct lx_plan_request *plan)
{
    struct lx_error error;

    if (plan->request.base.error.status == LX_STORE_UNSURE)
        take_plan_back(io, plan);
    lx_io_journal_error(&error, &plan->request.base.error);
    lx_io_task_conclude(io, op, &error);
}

/* ---- what is known ---- */

/* The host learns the id as of a create. False: the op has failed. */
static bool name_task(struct lx_io *io, struct lx_op *op, const char *task_id)
{
    bool is_named = lx_io_task_name(op, task_id);
    lx_io_task_tell_created(io, op);
    if (!is_named)
        lx_io_task_fail(io, op);
    return is_named;
}

static bool tell_task(struct lx_io *io, struct lx_op *op,
                      const struct lx_plan_request *plan)
{
    lx_io_book_turn_back(io, op);
    lx_io_task_request(io, op, LX_REQUEST_NONE);
    return name_task(io, op, plan->copy->task_id);
}

static void watch_known(struct lx_io *io, struct lx_op *op,
                        const struct lx_plan_request *plan)
{
    struct lx_input known = {.type = LX_INPUT_KNOWN,
                             .age_ms = lx_booking_age_ms(op->task.booking)};

    if (tell_task(io, op, plan))
        lx_io_task_step(io, op, &known);
}

/* A task that is not watched gets it at the next WATCH. */
static void give_result(struct lx_io *io, struct lx_op *op)
{
    struct lx_input known = {.type = LX_INPUT_KNOWN};
    const char *task_id = op->task.booking->result->task_id;

    lx_io_task_request(io, op, LX_REQUEST_NONE);
    if (!name_task(io, op, task_id))
        return;
    if (!op->task.machine.is_held)
        lx_io_task_tell_result(io, op);
    else
        lx_io_task_step(io, op, &known);
}

/* Whether somebody else is about to save what this one wants on the disk. */
static bool is_being_saved(const struct lx_op *op,
                           const struct lx_plan_request *plan)
{
    return plan->copy->entry.state == LX_ENTRY_SUCCEEDED && !plan->is_owner &&
           plan->copy->entry.target && op->task.booking->wish->target;
}

static void take_result(struct lx_io *io, struct lx_op *op,
                        struct lx_plan_request *plan)
{
    struct lx_booking *booking = op->task.booking;

    lx_io_book_turn_back(io, op);
    if (is_being_saved(op, plan)) {
        lx_io_task_request(io, op, LX_REQUEST_WAITING);
        return;
    }
    free(booking->result);
    booking->result = plan->copy;
    plan->copy = NULL;
    if (plan->files.count > 0)
        lx_io_check(io, op, &plan->files, give_result);
    else
        give_result(io, op);
}

static void give_error(struct lx_io *io, struct lx_op *op,
                       const struct lx_plan_request *plan)
{
    struct lx_error error;

    lx_recorded_read_error(plan->copy, &error);
    if (plan->copy->entry.state == LX_ENTRY_FAILED) {
        op->final->record = lx_recorded_record(plan->copy);
        op->final->is_out_of_memory = !op->final->record;
    }
    lx_io_task_conclude(io, op, &error);
}

/* ---- to be sent ---- */

/* It stays planned where it has a key. */
static void refuse_target(struct lx_io *io, struct lx_op *op)
{
    const struct lx_booking *booking = op->task.booking;
    const char *target = booking->wish->target;
    struct lx_error error;

    (void)lx_file_refuse(&error, target, booking->target_reason);
    if (booking->target_reason == LX_FILE_EXISTS)
        lx_error_set(&error, LX_KIND_FILE,
                     "%.200s exists already, and `save` replaces nothing: move "
                     "it away or save elsewhere; nothing was sent",
                     target);
    refuse_create(io, op, &error);
}

static void send_planned(struct lx_io *io, struct lx_op *op)
{
    if (op->task.booking->target_reason != LX_FILE_OK)
        refuse_target(io, op);
    else if (!op->task.has_turn)
        lx_io_task_request(io, op, LX_REQUEST_QUEUED);
    else
        lx_io_book_sent(io, op);
}

/* The op has ended, the entry exists: leave it to others. */
void lx_io_plan_abandoned(struct lx_io *io, const struct lx_plan_request *plan)
{
    struct lx_booking left = {.has_key = plan->has_key};

    if (plan->request.base.error.status == LX_STORE_UNSURE)
        take_plan_back(io, plan);
    if (plan->request.base.error.status != LX_STORE_OK || !plan->is_owner)
        return;
    take_entry(&left, plan);
    if (plan->end == LX_PLAN_SEND || plan->end == LX_PLAN_WATCH)
        lx_io_book_put_back(io, &left);
}

/* With an entry. */
static void go_on(struct lx_io *io, struct lx_op *op,
                  struct lx_plan_request *plan)
{
    switch (plan->end) {
    case LX_PLAN_SEND:
        send_planned(io, op);
        return;
    case LX_PLAN_WAIT:
        lx_io_book_turn_back(io, op);
        lx_io_task_request(io, op, LX_REQUEST_WAITING);
        return;
    case LX_PLAN_WATCH:
        watch_known(io, op, plan);
        return;
    case LX_PLAN_RESULT:
        take_result(io, op, plan);
        return;
    case LX_PLAN_FAILED:
        if (*plan->copy->task_id == '\0' || tell_task(io, op, plan))
            give_error(io, op, plan);
        return;
    case LX_PLAN_UNKNOWN:
        give_error(io, op, plan);
        return;
    case LX_PLAN_DIFFERS:
    case LX_PLAN_OVER:
    case LX_PLAN_NO_PRICE:
        break;
    }
    refuse_other_request(io, op, plan);
}

void lx_io_plan_ended(struct lx_io *io, struct lx_op *op,
                      struct lx_plan_request *plan)
{
    enum lx_store_status status = plan->request.base.error.status;

    if (status == LX_STORE_STALE && plan->is_copy) {
        refuse_copy(io, op);
    } else if (status == LX_STORE_OVER) {
        refuse_over(io, op, plan);
    } else if (status != LX_STORE_OK) {
        refuse_store(io, op, plan);
    } else if (plan->end == LX_PLAN_NO_PRICE) {
        refuse_no_price(io, op);
    } else {
        if (plan->end == LX_PLAN_SEND || plan->end == LX_PLAN_WAIT)
            op->task.booking->is_known = true;
        if (plan->end != LX_PLAN_DIFFERS && plan->end != LX_PLAN_WAIT) {
            lx_io_hint_untie(io, op);
            take_entry(op->task.booking, plan);
            lx_io_hint_tie(io, op);
        }
        if (io->is_closing) /* left with the others */
            lx_io_task_request(io, op, LX_REQUEST_NONE);
        else
            go_on(io, op, plan);
    }
}
