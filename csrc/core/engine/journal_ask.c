/* journal_ask.c: see journal_ask.h. */
#include "engine/journal_ask.h"

#include "engine/journal_port.h"
#include "engine/outbox.h"
#include "engine/question_run.h"

#include <stdlib.h>

/* The longest answer: a page of entries, whose results may be in data: URLs. */
#define ANSWER_MAX_BYTES ((size_t)512 << 20)

struct ask {
    struct lx_op_request request; /* first */
    struct lx_io *io;
    struct lx_question *question;
    const struct lx_question_verb *verb;
    struct lx_inquiry inquiry;
};

static void free_ask(struct ask *ask)
{
    lx_buffer_deinit(&ask->inquiry.answer);
    lx_entry_rows_free(ask->inquiry.rows);
    lx_question_free(ask->question);
    free(ask);
}

static enum lx_store_status run_ask(struct lx_journal_request *request,
                                    struct lx_ledger *ledger)
{
    struct ask *ask = (struct ask *)request;

    lx_buffer_clear(&ask->inquiry.answer); /* of a run that was undone */
    ask->inquiry.refusal.kind = LX_KIND_NONE;
    return ask->verb->run(&ask->inquiry, ledger);
}

static void end_ask(struct ask *ask, struct lx_op *op)
{
    const struct lx_store_error *reason = &ask->request.base.error;
    struct lx_error error = ask->inquiry.refusal;

    op->asked = NULL;
    if (reason->status == LX_STORE_OK) {
        op->final->text =
            lx_buffer_release(&ask->inquiry.answer, &op->final->text_length);
        op->final->rows = ask->inquiry.rows;
        ask->inquiry.rows = NULL;
    } else if (error.kind == LX_KIND_NONE) {
        lx_io_journal_error(&error, reason);
    }
    lx_io_finish(ask->io, op, &error);
}

static void on_ask_end(struct lx_journal_request *request)
{
    struct ask *ask = (struct ask *)request;

    if (ask->request.op)
        end_ask(ask, ask->request.op);
    free_ask(ask);
}

/* NULL when out of memory; takes the question then, too. */
static struct ask *new_ask(struct lx_io *io, struct lx_question *question)
{
    struct ask *ask = calloc(1, sizeof *ask);

    if (!ask) {
        lx_question_free(question);
        return NULL;
    }
    ask->io = io;
    ask->question = question;
    ask->inquiry.question = question;
    ask->inquiry.origin = io->config->origin;
    lx_buffer_init(&ask->inquiry.answer, ANSWER_MAX_BYTES);
    return ask;
}

static void refuse(struct lx_io *io, struct lx_op *op, const char *why)
{
    struct lx_error error;

    lx_error_set(&error, LX_KIND_JOURNAL, "%s", why);
    lx_io_finish(io, op, &error);
}

void lx_io_ask(struct lx_io *io, struct lx_op *op, struct lx_question *question)
{
    const struct lx_question_verb *verb = lx_question_verb_find(question->verb);
    struct ask *ask = new_ask(io, question);

    if (!ask) {
        op->final->is_out_of_memory = true;
        lx_io_finish(io, op, NULL);
        return;
    }
    if (verb) {
        ask->verb = verb;
        ask->request.base.rank = verb->rank;
        ask->request.base.run = run_ask;
        ask->request.base.on_end = on_ask_end;
        if (lx_io_journal_add(io, op, &ask->request))
            return;
    }
    free_ask(ask);
    refuse(io, op, verb ? "this client has no journal" : "no such question");
}
