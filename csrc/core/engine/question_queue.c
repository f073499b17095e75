/* question_queue.c: see question_queue.h. */
#include "engine/question_queue.h"

#include "journal/identity.h"
#include "journal/ledger.h"

#include <string.h>

#define COPY_WORDS                                                             \
    "the journal is a copy, was restored or moved: nothing is enqueued or "    \
    "sent before client.journal:adopt()"

/* ---- in ---- */

static void refuse_enqueue(struct lx_inquiry *inquiry,
                           enum lx_store_status status, enum lx_plan_end end)
{
    const struct lx_wish *wish = inquiry->question->wish;

    if (status == LX_STORE_STALE)
        lx_error_set(&inquiry->refusal, LX_KIND_JOURNAL, COPY_WORDS);
    else if (status == LX_STORE_EXISTS)
        lx_error_set(&inquiry->refusal, LX_KIND_INVALID_REQUEST,
                     "the key %.100s is another request's: one key names one "
                     "request, give this one a key of its own",
                     wish->key ? wish->key : "");
    else if (status == LX_STORE_OVER && end == LX_PLAN_NO_PRICE)
        lx_error_set(&inquiry->refusal, LX_KIND_BUDGET,
                     "no price is stated for %s: under a ceiling give `price`, "
                     "or `prices` to the client",
                     wish->model);
    else if (status == LX_STORE_OVER)
        lx_error_set(&inquiry->refusal, LX_KIND_BUDGET,
                     "a ceiling would be passed by the %.15g credits of this "
                     "one: it is not enqueued",
                     (double)wish->price_mc / 1000.0);
}

enum lx_store_status lx_question_enqueue(struct lx_inquiry *inquiry,
                                         struct lx_ledger *ledger)
{
    const struct lx_wish *wish = inquiry->question->wish;
    struct lx_store_budget budgets[LX_WISH_BUDGETS_MAX];
    unsigned char identity[LX_IDENTITY_BYTES];
    struct lx_plan plan = {.budgets = budgets,
                           .now_ms = lx_ledger_now_ms(ledger)};
    enum lx_plan_end end;
    bool is_new;

    if (!wish)
        return LX_STORE_OTHER;
    lx_wish_plan(wish, inquiry->origin, budgets, &plan);
    if (lx_identity_of(wish->body, strlen(wish->body), identity))
        plan.wanted.identity = identity;
    enum lx_store_status status =
        lx_ledger_enqueue(ledger, &plan, &end, &is_new);
    if (status != LX_STORE_OK) {
        refuse_enqueue(inquiry, status, end);
        return status;
    }
    return lx_inquiry_reply(inquiry, is_new ? "true" : "false");
}

/* ---- out ---- */

enum lx_store_status lx_question_claim(struct lx_inquiry *inquiry,
                                       struct lx_ledger *ledger)
{
    const struct lx_question *question = inquiry->question;
    struct lx_store_query query = lx_inquiry_query(inquiry);
    struct lx_entry_rows *rows = lx_inquiry_rows(inquiry);
    bool has_work = true;

    if (!rows)
        return LX_STORE_MEMORY;
    enum lx_store_status status =
        lx_ledger_claim(ledger, inquiry->origin, question->batch, query.limit,
                        lx_ledger_now_ms(ledger), rows);
    if (status == LX_STORE_STALE)
        lx_error_set(&inquiry->refusal, LX_KIND_JOURNAL, COPY_WORDS);
    if (status == LX_STORE_OK && rows->count == 0)
        status = lx_ledger_has_work(ledger, inquiry->origin, question->batch,
                                    &has_work);
    if (status != LX_STORE_OK)
        return status;
    return lx_inquiry_reply(inquiry, "{\"has_work\":%s}",
                            has_work ? "true" : "false");
}

enum lx_store_status lx_question_release(struct lx_inquiry *inquiry,
                                         struct lx_ledger *ledger)
{
    bool is_done;
    enum lx_store_status status = lx_ledger_release(
        ledger, inquiry->question->entry, lx_ledger_now_ms(ledger), &is_done);

    if (status != LX_STORE_OK)
        return status;
    return lx_inquiry_reply(inquiry, is_done ? "true" : "false");
}
