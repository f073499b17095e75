/* journal_port.c: see journal_port.h. */
#include "engine/journal_port.h"

/* How long what may wait for others does: each commit costs a sync. */
#define LATE_MS 50

void lx_io_journal_add_late(struct lx_io *io, struct lx_op_request *request)
{
    request->base.next = NULL;
    request->base.is_late = true;
    if (io->late_last) {
        io->late_last->next = &request->base;
    } else {
        io->late = &request->base;
        io->late_due_ms = io->now_ms + LATE_MS;
    }
    io->late_last = &request->base;
}

void lx_io_journal_flush_late(struct lx_io *io)
{
    struct lx_journal_request *request = io->late;

    io->late = io->late_last = NULL;
    while (request) {
        struct lx_journal_request *next = request->next;
        lx_journal_add(io->journal, request);
        request = next;
    }
}

bool lx_io_journal_add(struct lx_io *io, struct lx_op *op,
                       struct lx_op_request *request)
{
    if (!io->journal)
        return false;
    request->op = op;
    if (op)
        op->asked = request;
    lx_journal_begin(io->journal);
    lx_io_journal_flush_late(io);
    lx_journal_add(io->journal, &request->base);
    lx_journal_end(io->journal);
    return true;
}

void lx_io_journal_error(struct lx_error *error,
                         const struct lx_store_error *reason)
{
    lx_error_set(error, LX_KIND_JOURNAL, "the journal: %s", reason->text);
    error->charged = LX_CHARGED_NO;
    error->retryable = true;
}
