/* journal_port.c: see journal_port.h. */
#include "engine/journal_port.h"

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

void lx_io_journal_error(struct lx_error *error,
                         const struct lx_store_error *reason)
{
    lx_error_set(error, LX_KIND_JOURNAL, "the journal: %s", reason->text);
    error->charged = LX_CHARGED_NO;
    error->retryable = true;
}
