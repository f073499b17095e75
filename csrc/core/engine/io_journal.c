/* io_journal.c: see io_journal.h. */
#include "engine/io_journal.h"

bool lx_io_journal_add(struct lx_io *io, struct lx_op *op,
                       struct lx_op_request *request)
{
    if (!io->journal)
        return false;
    request->op = op;
    if (op)
        op->asked = request;
    lx_journal_add(io->journal, &request->base);
    return true;
}

bool lx_io_journal(struct lx_io *io)
{
    return io->journal && lx_journal_deliver(io->journal);
}

void lx_io_journal_stop(struct lx_io *io)
{
    struct lx_journal *journal = io->journal;

    if (!journal)
        return;
    lx_journal_stop(journal);
    io->journal = NULL; /* nothing is added any more */
    lx_journal_deliver(journal);
    lx_journal_free(journal);
}

void lx_io_journal_error(struct lx_error *error,
                         const struct lx_store_error *reason)
{
    lx_error_set(error, LX_KIND_JOURNAL, "the journal: %s", reason->text);
    error->charged = LX_CHARGED_NO;
    error->retryable = true;
}
