/* io_fact.c: see io_fact.h. */
#include "engine/io_fact.h"

#include "engine/journal_port.h"
#include "os/clock.h"

#include <stdlib.h>

/* How long a fact that could not be written waits: doubled each time. */
#define RETRY_FIRST_MS 100
#define RETRY_MOST_MS  10000

static enum lx_store_status run_fact(struct lx_journal_request *request,
                                     struct lx_ledger *ledger)
{
    struct lx_fact *fact = (struct lx_fact *)request;

    if (fact->is_confirmation)
        return lx_ledger_confirm(ledger, fact->entry, fact->after.fence);
    return lx_ledger_step(ledger, fact->entry, fact->event, fact->seen,
                          &fact->news, &fact->after);
}

/* Whether the journal has decided, not failed. */
static bool is_answered(const struct lx_fact *fact)
{
    return fact->request.base.error.status <= LX_STORE_OVER;
}

static void add_fact(struct lx_io *io, struct lx_fact *fact)
{
    bool is_late = fact->may_wait && !io->is_closing && io->journal;

    if (is_late)
        lx_io_journal_add_late(io, &fact->request);
    else if (!lx_io_journal_add(io, fact->request.op, &fact->request))
        lx_fact_free(fact);
}

static void wait_to_retry(struct lx_io *io, struct lx_fact *fact)
{
    int64_t wait_ms = RETRY_FIRST_MS;

    for (int i = 0; i < fact->failures && wait_ms < RETRY_MOST_MS; i++)
        wait_ms *= 2;
    fact->failures++;
    fact->due_ms = io->now_ms + wait_ms;
    fact->next = io->facts_failed;
    io->facts_failed = fact;
}

/* The next of its entry has its turn. */
static void retire(struct lx_io *io, struct lx_fact *fact)
{
    uint64_t entry = (uint64_t)fact->entry;
    struct lx_fact *behind = fact->behind;

    if (lx_id_map_get(&io->facts, entry) == fact) {
        lx_id_map_remove(&io->facts, entry);
        if (behind) /* into the place that has just become free */
            (void)lx_id_map_put(&io->facts, entry, behind);
    }
    lx_fact_free(fact);
    if (behind)
        add_fact(io, behind);
}

static void on_fact_end(struct lx_journal_request *request)
{
    struct lx_fact *fact = (struct lx_fact *)request;
    struct lx_io *io = fact->io;
    struct lx_op *op = fact->request.op;
    lx_fact_listener *on_end = fact->on_end;

    fact->request.op = NULL;
    fact->on_end = NULL;
    if (op)
        op->asked = NULL;
    if (fact->request.base.error.status == LX_STORE_OK)
        io->has_written = true;
    if (on_end)
        on_end(io, op, fact);
    if (is_answered(fact) || fact->is_decision || !io->journal)
        retire(io, fact);
    else
        wait_to_retry(io, fact);
}

static void address_fact(struct lx_io *io, struct lx_op *op,
                         struct lx_fact *fact)
{
    fact->io = io;
    fact->request.base.rank =
        fact->is_decision ? LX_JOURNAL_INTENT : LX_JOURNAL_FACT;
    fact->request.base.run = run_fact;
    fact->request.base.may_repeat = true;
    fact->request.base.on_end = on_fact_end;
    fact->request.op = op;
    if (op)
        op->asked = &fact->request;
    fact->news.now_ms = lx_unix_ms();
}

void lx_io_fact_submit(struct lx_io *io, struct lx_op *op, struct lx_fact *fact)
{
    struct lx_fact *before = lx_id_map_get(&io->facts, (uint64_t)fact->entry);

    if (!io->journal) { /* stopped: nothing comes of it */
        lx_fact_free(fact);
        return;
    }
    address_fact(io, op, fact);
    if (!before || io->is_closing) {
        /* out of memory it goes without its place in the order */
        if (!before)
            (void)lx_id_map_put(&io->facts, (uint64_t)fact->entry, fact);
        add_fact(io, fact);
        return;
    }
    while (before->behind)
        before = before->behind;
    before->behind = fact;
}

const struct lx_fact *lx_io_fact_of(const struct lx_io *io, int64_t entry)
{
    return lx_id_map_get(&io->facts, (uint64_t)entry);
}

void lx_io_fact_hurry(struct lx_io *io, int64_t entry)
{
    struct lx_fact **at = &io->facts_failed;

    while (*at && (*at)->entry != entry)
        at = &(*at)->next;
    if (!*at)
        return;
    struct lx_fact *fact = *at;
    *at = fact->next;
    add_fact(io, fact);
}

void lx_io_facts_retry(struct lx_io *io)
{
    struct lx_fact *fact = io->facts_failed;

    io->facts_failed = NULL;
    while (fact) {
        struct lx_fact *next = fact->next;
        if (io->is_closing || fact->due_ms <= io->now_ms) {
            add_fact(io, fact);
        } else {
            fact->next = io->facts_failed;
            io->facts_failed = fact;
        }
        fact = next;
    }
}

void lx_io_facts_flush(struct lx_io *io)
{
    lx_io_facts_retry(io);
    for (size_t i = 0; i < io->facts.capacity; i++) {
        struct lx_fact *fact = io->facts.entries[i].value;
        struct lx_fact *behind = fact ? fact->behind : NULL;
        if (fact)
            fact->behind = NULL;
        while (behind) {
            struct lx_fact *next = behind->behind;
            behind->behind = NULL;
            add_fact(io, behind);
            behind = next;
        }
    }
}
