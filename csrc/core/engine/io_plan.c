/* io_plan.c: see io_plan.h. The request of a plan outlives its op, so it takes
 * the wish along and brings it back. */
#include "engine/io_plan.h"

#include "engine/book.h"
#include "engine/io_check.h"
#include "engine/journal_port.h"
#include "engine/io_task.h"
#include "engine/plan_end.h"
#include "journal/identity.h"

#include <stdlib.h>
#include <string.h>

/* ---- on the journal thread ---- */

static void identify(struct lx_plan_request *plan)
{
    const char *text = plan->wish->body;

    if (!plan->has_identity)
        plan->has_identity = lx_identity_of(text, strlen(text), plan->identity);
}

/* Which of the ceilings would be passed, for the words. */
static void find_over(struct lx_plan_request *plan, struct lx_ledger *ledger,
                      const struct lx_plan *wanted)
{
    for (size_t i = 0; i < wanted->budget_count; i++) {
        const struct lx_store_budget *budget = &wanted->budgets[i];
        int64_t used_mc = 0;
        if (ledger->api->used(ledger->store, budget->name, budget->period,
                              &used_mc) != LX_STORE_OK)
            continue;
        plan->over = i;
        plan->used_mc = used_mc;
        if (used_mc + wanted->price_mc > budget->limit_mc)
            return;
    }
}

/* What this client is to save, it saves where the wish says. */
static enum lx_store_status retarget(const struct lx_plan_request *plan,
                                     struct lx_ledger *ledger)
{
    const char *target = plan->wish->target;
    const struct lx_entry *planned = plan->copy ? &plan->copy->entry : NULL;
    bool is_wished = plan->end == LX_PLAN_SEND || plan->end == LX_PLAN_WATCH ||
                     plan->end == LX_PLAN_RESULT;
    struct lx_entry_copy *copy;

    if (!target || !planned || !plan->is_owner || !is_wished ||
        planned->state > LX_ENTRY_SUCCEEDED ||
        (planned->target && strcmp(planned->target, target) == 0))
        return LX_STORE_OK;
    struct lx_store_query query = {.id = planned->id};
    enum lx_store_status status = lx_ledger_read(ledger, &query, &copy);
    if (status == LX_STORE_OK && copy) {
        struct lx_entry after = copy->entry;
        after.target = target;
        status = ledger->api->change(ledger->store, &copy->entry, &after,
                                     lx_ledger_now_ms(ledger), NULL);
    }
    free(copy);
    return status;
}

/* What the host wants on the disk, and where it is. */
static enum lx_store_status read_saved_files(struct lx_plan_request *plan,
                                             struct lx_ledger *ledger)
{
    bool is_saved = plan->copy && plan->end == LX_PLAN_RESULT &&
                    plan->copy->entry.state == LX_ENTRY_SAVED;

    lx_entry_files_deinit(&plan->files);
    return is_saved && plan->wish->target
               ? lx_entry_files_read(&plan->files, ledger, plan->copy->entry.id)
               : LX_STORE_OK;
}

static enum lx_store_status run_plan(struct lx_journal_request *request,
                                     struct lx_ledger *ledger)
{
    struct lx_plan_request *plan = (struct lx_plan_request *)request;
    const struct lx_wish *wish = plan->wish;
    struct lx_store_budget budgets[LX_WISH_BUDGETS_MAX];
    struct lx_plan wanted = {.sends_now = plan->sends_now,
                             .is_known = plan->is_known || wish->claimed,
                             .now_ms = lx_ledger_now_ms(ledger)};

    lx_wish_plan(wish, plan->io->config->origin, budgets, &wanted);
    identify(plan);
    wanted.wanted.identity = plan->has_identity ? plan->identity : NULL;
    free(plan->copy); /* of a run that was undone */
    enum lx_store_status status =
        lx_ledger_plan(ledger, &wanted, &plan->end, &plan->copy);
    plan->is_copy = ledger->api->is_copy(ledger->store);
    plan->owner = ledger->api->owner(ledger->store);
    plan->is_owner = plan->copy && plan->copy->entry.owner == plan->owner;
    if (status == LX_STORE_OVER)
        find_over(plan, ledger, &wanted);
    if (status == LX_STORE_OK)
        status = retarget(plan, ledger);
    return status == LX_STORE_OK ? read_saved_files(plan, ledger) : status;
}

/* ---- on the I/O thread ---- */

static void free_plan(struct lx_plan_request *plan)
{
    lx_wish_free(plan->wish);
    free(plan->copy);
    lx_entry_files_deinit(&plan->files);
    free(plan);
}

/* What the op knows from now on. */
static void bring_back(struct lx_booking *booking, struct lx_plan_request *plan)
{
    booking->wish = plan->wish;
    plan->wish = NULL;
    booking->has_identity = plan->has_identity;
    memcpy(booking->identity, plan->identity, sizeof booking->identity);
}

static void on_plan_end(struct lx_journal_request *request)
{
    struct lx_plan_request *plan = (struct lx_plan_request *)request;
    struct lx_io *io = plan->io;
    struct lx_op *op = plan->request.op;

    io->plans--;
    if (op) {
        op->asked = NULL;
        bring_back(op->task.booking, plan);
        lx_io_plan_ended(io, op, plan);
    } else if (plan->copy) {
        lx_io_plan_abandoned(io, plan);
    }
    free_plan(plan);
}

static void plan_op(struct lx_io *io, struct lx_op *op)
{
    struct lx_booking *booking = op->task.booking;
    struct lx_plan_request *plan = calloc(1, sizeof *plan);

    if (!plan) {
        lx_io_task_fail(io, op);
        return;
    }
    bool is_first = op->task.request == LX_REQUEST_UNPLANNED;
    lx_io_task_request(io, op, LX_REQUEST_PLANNING);
    plan->io = io;
    plan->sends_now = is_first && booking->target_reason == LX_FILE_OK &&
                      lx_io_book_turn(io, op);
    plan->wish = booking->wish;
    booking->wish = NULL;
    plan->has_key = booking->has_key;
    plan->is_known = booking->is_known;
    plan->has_identity = booking->has_identity;
    memcpy(plan->identity, booking->identity, sizeof plan->identity);
    plan->request.base.rank = LX_JOURNAL_INTENT;
    plan->request.base.run = run_plan;
    plan->request.base.may_repeat = true;
    plan->request.base.on_end = on_plan_end;
    if (lx_io_journal_add(io, op, &plan->request)) {
        io->plans++;
        return;
    }
    bring_back(booking, plan); /* the client is closing */
    free_plan(plan);
}

void lx_io_plan(struct lx_io *io)
{
    while (io->unplanned.first)
        if (!lx_io_check_target(io, io->unplanned.first))
            plan_op(io, io->unplanned.first);
}

void lx_io_plan_waits(struct lx_io *io)
{
    struct lx_op *op = io->waits.first;
    uint64_t count = io->waits.count;

    for (; op && count > 0; count--) {
        struct lx_op *next = op->next;
        plan_op(io, op);
        op = next;
    }
}
