/* io_foreign.c: see io_foreign.h. */
#include "engine/io_foreign.h"

#include "base/text.h"
#include "engine/book.h"
#include "engine/journal_port.h"
#include "journal/attempts.h"

#include <stdlib.h>
#include <string.h>

/* ---- on the journal thread ---- */

/* What an entry has as its result stays. */
static bool may_end(const struct lx_entry_copy *copy, const char *task_id)
{
    return copy->entry.state != LX_ENTRY_SUCCEEDED &&
           copy->entry.state != LX_ENTRY_SAVED &&
           strcmp(copy->task_id, task_id) == 0;
}

static enum lx_store_status run_foreign(struct lx_journal_request *request,
                                        struct lx_ledger *ledger)
{
    struct lx_fact *fact = (struct lx_fact *)request;
    struct lx_store_query query = {.origin = fact->io->config->origin,
                                   .task_id = fact->task_id};
    struct lx_entry_copy *copy;
    enum lx_store_status status = lx_ledger_read(ledger, &query, &copy);

    fact->news.now_ms = lx_ledger_now_ms(ledger);
    if (status == LX_STORE_OK && copy)
        status = lx_ledger_fill(ledger, copy);
    if (status == LX_STORE_OK && copy && may_end(copy, fact->task_id))
        status = lx_ledger_step(ledger, copy->entry.id, fact->event,
                                copy->entry.attempt, &fact->news, NULL);
    free(copy);
    return status;
}

/* ---- on the I/O thread ---- */

static void on_foreign_end(struct lx_journal_request *request)
{
    lx_fact_free((struct lx_fact *)request);
}

void lx_io_foreign_end(struct lx_io *io, const struct lx_op *op,
                       const struct lx_error *error)
{
    const struct lx_record *record = op->final->record;

    if (!io->journal || op->task.booking || !record ||
        (record->state_class != LX_STATE_SUCCESS &&
         record->state_class != LX_STATE_FAILED))
        return;
    struct lx_fact *fact = lx_fact_new();
    if (!fact)
        return;
    fact->event = record->state_class == LX_STATE_SUCCESS
                      ? LX_ENTRY_EVENT_SUCCEED
                      : LX_ENTRY_EVENT_FAIL;
    lx_book_end_news(fact, error, record);
    lx_text_copy(fact->task_id, sizeof fact->task_id, op->task.task_id,
                 strlen(op->task.task_id));
    fact->io = io;
    fact->request.base.rank = LX_JOURNAL_FACT;
    fact->request.base.run = run_foreign;
    fact->request.base.may_repeat = true;
    fact->request.base.makes_none = true;
    fact->request.base.on_end = on_foreign_end;
    if (!io->is_closing)
        lx_io_journal_add_late(io, &fact->request);
    else
        (void)lx_io_journal_add(io, NULL, &fact->request);
}
