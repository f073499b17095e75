/* io_journal.c: see io_journal.h. */
#include "engine/io_journal.h"

#include "engine/book.h"
#include "engine/io_fact.h"
#include "engine/io_hint.h"
#include "engine/io_plan.h"
#include "engine/io_saved.h"
#include "engine/journal_port.h"

/* How often ops that wait for others look at their entries: soonest after a
 * change, and without one, for the death of an owner changes nothing. */
#define LOOK_SOONEST_MS 100
#define LOOK_LATEST_MS  500

/* At least as often, while the client closes and requests are on their way. */
#define STOP_LOOK_MS 100

static void look_at_waits(struct lx_io *io)
{
    int64_t since_ms = io->now_ms - io->looked_ms;

    if (!io->waits.first || since_ms < LOOK_SOONEST_MS)
        return;
    if (lx_journal_has_changed(io->journal))
        io->has_written = true;
    if (!io->has_written && since_ms < LOOK_LATEST_MS)
        return;
    io->has_written = false;
    io->looked_ms = io->now_ms;
    lx_io_plan_waits(io);
}

void lx_io_journal_turn(struct lx_io *io, bool begins)
{
    if (io->journal && begins)
        lx_journal_begin(io->journal);
    else if (io->journal)
        lx_journal_end(io->journal);
}

bool lx_io_journal(struct lx_io *io)
{
    if (!io->journal)
        return false;
    bool any = lx_journal_deliver(io->journal);
    lx_io_facts_retry(io);
    if (io->late && io->now_ms >= io->late_due_ms)
        lx_io_journal_flush_late(io);
    look_at_waits(io);
    return lx_io_hints(io) || any;
}

int64_t lx_io_journal_wait_ms(const struct lx_io *io)
{
    int64_t wait_ms = -1;

    if (io->waits.first)
        wait_ms = (io->has_written ? LOOK_SOONEST_MS : LOOK_LATEST_MS) -
                  (io->now_ms - io->looked_ms);
    for (const struct lx_fact *fact = io->facts_failed; fact; fact = fact->next)
        if (wait_ms < 0 || fact->due_ms - io->now_ms < wait_ms)
            wait_ms = fact->due_ms - io->now_ms;
    if (io->late && (wait_ms < 0 || io->late_due_ms - io->now_ms < wait_ms))
        wait_ms = io->late_due_ms - io->now_ms;
    return wait_ms < 0 && (io->waits.first || io->facts_failed || io->late)
               ? 0
               : wait_ms;
}

static void leave_all(struct lx_io *io)
{
    for (size_t i = 0; i < io->ops.capacity; i++) {
        struct lx_op *op = io->ops.entries[i].value;
        if (op && op->type == LX_OP_TASK)
            lx_io_book_leave(io, op);
    }
}

void lx_io_journal_stop(struct lx_io *io)
{
    struct lx_journal *journal = io->journal;

    if (!journal)
        return;
    io->is_closing = true;
    lx_io_journal_flush_late(io);
    lx_io_facts_flush(io);
    while (io->plans > 0) /* they may end in what is to be put back */
        if (!lx_journal_deliver(journal))
            lx_http_wait(io->http, STOP_LOOK_MS);
    leave_all(io);
    lx_io_facts_flush(io);
    lx_journal_stop(journal);
    io->journal = NULL; /* nothing is added any more */
    lx_journal_deliver(journal);
    lx_journal_free(journal);
    lx_io_savings_free(io);
}
