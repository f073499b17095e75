/* journal_ask.c: see journal_ask.h. */
#include "engine/journal_ask.h"

#include "base/buffer.h"
#include "engine/journal_port.h"
#include "engine/outbox.h"
#include "os/clock.h"

#include <stdlib.h>
#include <string.h>

/* The longest answer: a page of entries with their bodies. */
#define ANSWER_MAX_BYTES ((size_t)64 << 20)

struct ask;

struct verb {
    const char *name;
    enum lx_journal_rank rank;
    /* On the journal thread; writes the answer. */
    enum lx_store_status (*run)(struct ask *ask, struct lx_ledger *ledger);
};

struct ask {
    struct lx_op_request request; /* first */
    struct lx_io *io;
    struct lx_question *question;
    const struct verb *verb;
    struct lx_buffer answer;
};

/* ---- the verbs ---- */

static enum lx_store_status run_adopt(struct ask *ask, struct lx_ledger *ledger)
{
    if (!lx_buffer_append_text(&ask->answer, "true"))
        return LX_STORE_MEMORY;
    return ledger->api->adopt(ledger->store, lx_unix_ms());
}

static const struct verb VERBS[] = {
    {"adopt", LX_JOURNAL_FACT, run_adopt},
};

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++)
        if (strcmp(VERBS[i].name, name) == 0)
            return &VERBS[i];
    return NULL;
}

/* ---- asking ---- */

static void free_ask(struct ask *ask)
{
    lx_buffer_deinit(&ask->answer);
    lx_question_free(ask->question);
    free(ask);
}

static enum lx_store_status run_ask(struct lx_journal_request *request,
                                    struct lx_ledger *ledger)
{
    struct ask *ask = (struct ask *)request;

    return ask->verb->run(ask, ledger);
}

static void end_ask(struct ask *ask, struct lx_op *op)
{
    const struct lx_store_error *reason = &ask->request.base.error;
    struct lx_error error = {.kind = LX_KIND_NONE};

    op->asked = NULL;
    if (reason->status != LX_STORE_OK)
        lx_io_journal_error(&error, reason);
    else
        op->final->text =
            lx_buffer_release(&ask->answer, &op->final->text_length);
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
    lx_buffer_init(&ask->answer, ANSWER_MAX_BYTES);
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
    const struct verb *verb = find_verb(question->verb);
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
