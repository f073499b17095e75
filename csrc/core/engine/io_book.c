/* io_book.c: see io_book.h. */
#include "engine/io_book.h"

#include "engine/book.h"
#include "engine/io_fact.h"
#include "engine/io_start.h"
#include "engine/io_task.h"
#include "engine/journal_port.h"
#include "os/clock.h"

#include <string.h>

/* ---- before the first byte ---- */

bool lx_io_book_may_send(const struct lx_op *op)
{
    const struct lx_booking *booking = op->task.booking;

    return !booking || !op->task.created || booking->state == LX_ENTRY_SENDING;
}

/* The entry does not say that it is sent, or nobody can tell: no byte has left.
 * Where it says so, it does not any more. */
static void take_back(struct lx_io *io, struct lx_booking *booking)
{
    lx_io_book_submit(io,
                      lx_book_outcome_fact(booking, LX_ENTRY_EVENT_NOT_SENT));
    booking->state = LX_ENTRY_PLANNED;
}

static void start_booked(struct lx_io *io, struct lx_op *op)
{
    lx_io_book_turn_used(io, op);
    if (lx_io_start(io, op))
        return;
    take_back(io, op->task.booking);
    lx_io_task_fail(io, op);
}

/* Nobody waits for it any more. */
static void unsend(struct lx_io *io, const struct lx_fact *fact)
{
    struct lx_booking left = {.entry = fact->entry,
                              .attempt = fact->after.attempt,
                              .fence = fact->after.fence,
                              .has_key = fact->keeps_plan,
                              .state = LX_ENTRY_SENDING};

    if (fact->request.base.error.status == LX_STORE_OK)
        lx_io_book_put_back(io, &left);
    else
        take_back(io, &left);
}

static void on_send_end(struct lx_io *io, struct lx_op *op,
                        struct lx_fact *fact)
{
    const struct lx_store_error *reason = &fact->request.base.error;
    struct lx_booking *booking = op ? op->task.booking : NULL;
    bool may_be_there =
        reason->status == LX_STORE_OK || reason->status == LX_STORE_UNSURE;
    struct lx_error error;

    io->plans--;
    if (!op) {
        if (may_be_there)
            unsend(io, fact);
        return;
    }
    if (may_be_there)
        booking->fence = fact->after.fence;
    if (reason->status == LX_STORE_OK) {
        booking->state = LX_ENTRY_SENDING;
        booking->committed_ms = fact->request.base.committed_ms;
        if (!io->is_closing)
            lx_io_book_sent(io, op);
        return;
    }
    if (fact->is_confirmation || may_be_there)
        take_back(io, booking);
    if (may_be_there)
        lx_io_book_forget(io, op); /* a dead owner's, whoever that was */
    if (reason->status == LX_STORE_STALE) { /* somebody was at it */
        lx_io_book_turn_back(io, op);
        if (!booking->has_key) /* it is found again by its number alone */
            booking->wish->claimed = booking->entry;
        lx_io_book_forget(io, op);
        lx_io_task_request(io, op, LX_REQUEST_UNPLANNED);
        return;
    }
    lx_io_journal_error(&error, reason);
    lx_io_task_conclude(io, op, &error);
}

/* The op waits, BOOKING, with its turn in hand. */
static void submit_decision(struct lx_io *io, struct lx_op *op,
                            struct lx_fact *fact)
{
    if (!fact) {
        lx_io_task_fail(io, op);
        return;
    }
    lx_io_task_request(io, op, LX_REQUEST_BOOKING);
    fact->is_decision = true;
    fact->keeps_plan = op->task.booking->has_key;
    fact->on_end = on_send_end;
    io->plans++;
    lx_io_fact_submit(io, op, fact);
}

static void confirm_send(struct lx_io *io, struct lx_op *op)
{
    const struct lx_booking *booking = op->task.booking;
    struct lx_fact *fact = lx_fact_new();

    if (fact) {
        fact->entry = booking->entry;
        fact->is_confirmation = true;
        fact->after.attempt = booking->attempt;
        fact->after.fence = booking->fence;
    }
    submit_decision(io, op, fact);
}

void lx_io_book_sent(struct lx_io *io, struct lx_op *op)
{
    if (lx_journal_is_fresh(io->journal, op->task.booking->committed_ms))
        start_booked(io, op);
    else
        confirm_send(io, op);
}

void lx_io_book_send(struct lx_io *io, struct lx_op *op)
{
    struct lx_booking *booking = op->task.booking;
    struct lx_fact *fact =
        lx_book_fact(booking, LX_ENTRY_EVENT_SEND, booking->fence);

    op->task.has_turn = true;
    io->turns_held++;
    if (fact && booking->wish->has_token) {
        memcpy(fact->token_hash, booking->wish->token_hash,
               sizeof fact->token_hash);
        fact->news.token_hash = fact->token_hash;
    }
    submit_decision(io, op, fact);
}

/* ---- what comes of the create ---- */

/* The host gets the id also where the journal could not be written yet. */
static void on_id_end(struct lx_io *io, struct lx_op *op, struct lx_fact *fact)
{
    struct lx_outcome outcome = {.verdict = LX_VERDICT_DONE};
    struct lx_input input = {.type = LX_INPUT_OUTCOME, .outcome = &outcome};

    if (!op)
        return;
    if (fact->request.base.error.status == LX_STORE_OK) {
        op->task.booking->attempt = fact->after.attempt;
        op->task.booking->fence = fact->after.fence;
    }
    lx_io_task_request(io, op, LX_REQUEST_NONE);
    lx_io_task_tell_created(io, op);
    if (op->task.task_id)
        lx_io_task_step(io, op, &input);
    else
        lx_io_task_fail(io, op); /* out of memory to go on with the task */
}

bool lx_io_book_id(struct lx_io *io, struct lx_op *op)
{
    struct lx_booking *booking = op->task.booking;

    if (!booking)
        return false;
    struct lx_fact *fact = lx_book_outcome_fact(booking, LX_ENTRY_EVENT_ID);
    booking->state = LX_ENTRY_ACCEPTED;
    booking->is_provisional = op->task.created->is_provisional;
    booking->accepted_ms = lx_unix_ms();
    if (!fact)
        return false;
    strcpy(fact->task_id, op->task.created->task_id);
    fact->news.task_id = fact->task_id;
    fact->on_end = on_id_end;
    lx_io_task_request(io, op, LX_REQUEST_RECORDING);
    lx_io_fact_submit(io, op, fact);
    return true;
}
