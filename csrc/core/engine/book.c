/* book.c: see book.h. */
#include "engine/book.h"

#include "engine/io_fact.h"
#include "engine/io_hint.h"
#include "engine/recorded.h"
#include "os/clock.h"

#include <stdlib.h>

/* How long a task has to be unknown to the service before it counts as gone. */
#define VANISH_MS (24 * 3600 * INT64_C(1000))

/* ---- the turn to send ---- */

bool lx_io_book_turn(struct lx_io *io, struct lx_op *op)
{
    int64_t wait_ms;

    op->task.has_turn = !io->creates.first && !io->is_closing &&
                        lx_http_has_room(io->http, io->turns_held) &&
                        lx_limiter_take(&io->limiter, io->now_ms, &wait_ms);
    if (op->task.has_turn)
        io->turns_held++;
    return op->task.has_turn;
}

void lx_io_book_turn_used(struct lx_io *io, struct lx_op *op)
{
    if (op->task.has_turn)
        io->turns_held--;
    op->task.has_turn = false;
}

void lx_io_book_turn_back(struct lx_io *io, struct lx_op *op)
{
    if (op->task.has_turn)
        lx_limiter_give_back(&io->limiter);
    lx_io_book_turn_used(io, op);
}

/* ---- facts ---- */

/* NULL: out of memory; the client that takes the entry over then finds out what
 * was lost. */
struct lx_fact *lx_book_fact(const struct lx_booking *booking,
                             enum lx_entry_event event, int64_t seen)
{
    struct lx_fact *fact = lx_fact_new();

    if (!fact)
        return NULL;
    fact->entry = booking->entry;
    fact->event = event;
    fact->seen = seen;
    return fact;
}

/* A fact about the attempt, or its last send: the one that there is room for,
 * or a new one. */
struct lx_fact *lx_book_outcome_fact(struct lx_booking *booking,
                                     enum lx_entry_event event)
{
    struct lx_fact *fact = booking->outcome;
    int64_t seen =
        event == LX_ENTRY_EVENT_NOT_SENT ? booking->fence : booking->attempt;

    booking->outcome = NULL;
    if (!fact)
        fact = lx_fact_new();
    if (!fact)
        return NULL;
    fact->entry = booking->entry;
    fact->news.attempt = booking->attempt;
    fact->event = event;
    fact->seen = seen;
    return fact;
}

void lx_io_book_submit(struct lx_io *io, struct lx_fact *fact)
{
    if (fact)
        lx_io_fact_submit(io, NULL, fact);
}

bool lx_io_book_prepare(struct lx_op *op)
{
    struct lx_booking *booking = op->task.booking;

    if (booking && !booking->outcome)
        booking->outcome = lx_fact_new();
    return !booking || booking->outcome;
}

/* ---- what comes of it ---- */

/* What `charged` says alone decides. */
static enum lx_entry_event event_of(const struct lx_outcome *outcome)
{
    if (outcome->error.charged != LX_CHARGED_NO)
        return LX_ENTRY_EVENT_LOSE;
    return outcome->verdict == LX_VERDICT_AGAIN ||
                   outcome->verdict == LX_VERDICT_SLOWER
               ? LX_ENTRY_EVENT_NOT_SENT
               : LX_ENTRY_EVENT_REFUSE;
}

static enum lx_entry_state state_after(enum lx_entry_event event)
{
    switch (event) {
    case LX_ENTRY_EVENT_NOT_SENT:
        return LX_ENTRY_PLANNED;
    case LX_ENTRY_EVENT_REFUSE:
        return LX_ENTRY_REFUSED;
    default:
        return LX_ENTRY_UNKNOWN;
    }
}

void lx_io_book_outcome(struct lx_io *io, struct lx_op *op,
                        const struct lx_outcome *outcome)
{
    struct lx_booking *booking = op->task.booking;

    if (!booking || booking->state != LX_ENTRY_SENDING)
        return;
    enum lx_entry_event event = event_of(outcome);
    struct lx_fact *fact = lx_book_outcome_fact(booking, event);
    booking->state = state_after(event);
    if (!fact)
        return;
    fact->error = lx_recorded_error(&outcome->error, NULL);
    fact->news.error = fact->error;
    fact->news.detail = lx_kind_name(outcome->error.kind);
    lx_io_book_submit(io, fact);
}

/* ---- the end of a watch ---- */

void lx_book_end_news(struct lx_fact *fact, const struct lx_error *error,
                      const struct lx_record *record)
{
    fact->news.charged_mc = lx_recorded_charge(record);
    if (fact->event == LX_ENTRY_EVENT_SUCCEED)
        fact->news.urls = fact->urls = lx_recorded_urls(record);
    else
        fact->news.error = fact->error = lx_recorded_error(error, record);
}

static void record_end(struct lx_io *io, struct lx_booking *booking,
                       enum lx_entry_event event, const struct lx_error *error,
                       const struct lx_record *record)
{
    struct lx_fact *fact = lx_book_fact(booking, event, booking->attempt);

    bool is_done = booking->is_owner && !booking->wish->target;

    if (!fact)
        return;
    if (event == LX_ENTRY_EVENT_SUCCEED && is_done)
        fact->news.leave_fence = booking->fence;
    fact->may_wait = true; /* a client that dies before asks again */
    lx_book_end_news(fact, error, record);
    lx_io_book_submit(io, fact);
}

void lx_io_book_end(struct lx_io *io, struct lx_op *op,
                    const struct lx_error *error)
{
    struct lx_booking *booking = op->task.booking;
    const struct lx_record *record = op->final->record;

    if (!booking || booking->state != LX_ENTRY_ACCEPTED)
        return;
    if (record && record->state_class == LX_STATE_SUCCESS) {
        record_end(io, booking, LX_ENTRY_EVENT_SUCCEED, error, record);
        booking->state = LX_ENTRY_SUCCEEDED;
    } else if (record && record->state_class == LX_STATE_FAILED) {
        record_end(io, booking, LX_ENTRY_EVENT_FAIL, error, record);
        booking->state = LX_ENTRY_FAILED;
    } else if (error->kind == LX_KIND_NOT_FOUND && booking->is_provisional) {
        record_end(io, booking, LX_ENTRY_EVENT_DISPROVE, error, NULL);
        booking->state = LX_ENTRY_UNKNOWN;
    } else if (error->kind == LX_KIND_NOT_FOUND &&
               lx_booking_age_ms(booking) > VANISH_MS) {
        record_end(io, booking, LX_ENTRY_EVENT_VANISH, error, NULL);
        booking->state = LX_ENTRY_ABANDONED;
    }
}

/* ---- leaving ---- */

void lx_io_book_put_back(struct lx_io *io, struct lx_booking *booking)
{
    if (booking->state == LX_ENTRY_SENDING) {
        lx_io_book_submit(
            io, lx_book_outcome_fact(booking, LX_ENTRY_EVENT_NOT_SENT));
        booking->state = LX_ENTRY_PLANNED;
    }
    bool is_over = booking->state == LX_ENTRY_PLANNED && !booking->has_key;
    lx_io_book_submit(
        io, lx_book_fact(booking,
                         is_over ? LX_ENTRY_EVENT_CANCEL : LX_ENTRY_EVENT_LEAVE,
                         booking->fence));
}

/* What is in flight may have made a task. */
static void lose(struct lx_io *io, struct lx_booking *booking)
{
    struct lx_fact *fact = lx_book_outcome_fact(booking, LX_ENTRY_EVENT_LOSE);

    booking->state = LX_ENTRY_UNKNOWN;
    if (fact)
        fact->news.detail = "given up on its way";
    lx_io_book_submit(io, fact);
}

void lx_io_book_forget(struct lx_io *io, struct lx_op *op)
{
    lx_io_hint_untie(io, op);
    op->task.booking->entry = 0;
}

void lx_io_book_leave(struct lx_io *io, struct lx_op *op)
{
    struct lx_booking *booking = op->task.booking;

    if (!booking)
        return;
    bool was_sent = op->task.request == LX_REQUEST_IN_FLIGHT;
    lx_io_book_turn_back(io, op);
    if (booking->entry == 0)
        return;
    if (booking->state == LX_ENTRY_SENDING && was_sent)
        lose(io, booking);
    else if (booking->state <= LX_ENTRY_ACCEPTED && booking->is_owner &&
             !(io->is_closing && booking->state == LX_ENTRY_ACCEPTED))
        lx_io_book_put_back(io, booking);
    lx_io_book_forget(io, op);
}
