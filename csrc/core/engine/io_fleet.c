/* io_fleet.c: see io_fleet.h. */
#include "engine/io_fleet.h"

#include "engine/journal_port.h"
#include "os/clock.h"

#include <stdlib.h>

/* How long a client without tasks counts: the next one may come soon. */
#define COUNT_LINGER_MS 10000
/* After the journal could not be written, or out of memory. */
#define RECOUNT_MS 10000

struct note {
    struct lx_op_request request; /* first */
    struct lx_io *io;
    bool is_pause;
    bool is_counted;
    int64_t pause_ms;
};

/* ---- to the others ---- */

static enum lx_store_status run_note(struct lx_journal_request *request,
                                     struct lx_ledger *ledger)
{
    const struct note *note = (struct note *)request;
    const char *account = note->io->account;

    if (note->is_pause)
        return ledger->api->pause_account(ledger->store, account, lx_unix_ms(),
                                          note->pause_ms);
    return ledger->api->use_account(ledger->store,
                                    note->is_counted ? account : NULL);
}

static void on_note_end(struct lx_journal_request *request)
{
    struct note *note = (struct note *)request;
    struct lx_io *io = note->io;

    if (!note->is_pause && request->error.status != LX_STORE_OK) {
        io->is_counted = !note->is_counted;
        io->recount_ms = io->now_ms + RECOUNT_MS;
    }
    free(note);
}

/* NULL: out of memory. */
static struct note *new_note(struct lx_io *io)
{
    struct note *note = calloc(1, sizeof *note);

    if (!note)
        return NULL;
    note->io = io;
    note->request.base.rank = LX_JOURNAL_FACT;
    note->request.base.run = run_note;
    note->request.base.on_end = on_note_end;
    return note;
}

static void count(struct lx_io *io, bool is_counted)
{
    struct note *note = new_note(io);

    if (!note) {
        io->recount_ms = io->now_ms + RECOUNT_MS;
        return;
    }
    note->is_counted = is_counted;
    io->is_counted = is_counted;
    lx_io_journal_add_late(io, &note->request);
    lx_journal_use_account(io->journal, is_counted ? io->account : NULL);
}

void lx_io_fleet_refused(struct lx_io *io)
{
    int64_t pause_ms = io->limiter.held_until_ms - io->now_ms;
    bool is_alone = io->knows_others && io->others == 0;
    struct note *note = NULL;

    if (io->journal && io->is_counted && !is_alone && pause_ms > 0)
        note = new_note(io);
    if (!note)
        return;
    note->is_pause = true;
    note->pause_ms = pause_ms;
    if (!lx_io_journal_add(io, NULL, &note->request))
        free(note);
}

/* ---- from the others ---- */

static void take_news(struct lx_io *io)
{
    struct lx_store_fleet fleet;

    if (!lx_journal_take_fleet(io->journal, &fleet))
        return;
    io->others = fleet.others;
    io->knows_others = true;
    lx_limiter_share(&io->limiter, io->now_ms, (double)(fleet.others + 1));
    if (fleet.pause_ms > 0)
        lx_limiter_refused(&io->limiter, io->now_ms, fleet.pause_ms);
}

void lx_io_fleet_turn(struct lx_io *io)
{
    bool is_busy = io->stats.watched > 0;

    if (!io->journal || io->is_closing || !lx_journal_is_used(io->journal))
        return;
    if (is_busy)
        io->busy_ms = io->now_ms;
    if (io->now_ms >= io->recount_ms && is_busy != io->is_counted &&
        (is_busy || io->now_ms - io->busy_ms >= COUNT_LINGER_MS))
        count(io, is_busy);
    take_news(io);
}

int64_t lx_io_fleet_wait_ms(const struct lx_io *io)
{
    int64_t due_ms = io->busy_ms + COUNT_LINGER_MS;

    if (!io->journal || !lx_journal_is_used(io->journal) ||
        (io->stats.watched > 0) == io->is_counted)
        return -1;
    if (io->stats.watched > 0 || due_ms < io->recount_ms)
        due_ms = io->recount_ms;
    return due_ms > io->now_ms ? due_ms - io->now_ms : 0;
}
