/* ledger_plan.c: what becomes of a wish; see ledger.h. */
#include "journal/attempts.h"
#include "journal/ledger.h"

#include <stdlib.h>
#include <string.h>

/* ---- an entry that is not there ---- */

static enum lx_store_status end_of_reserve(enum lx_store_status status,
                                           enum lx_plan_end *end)
{
    *end = status == LX_STORE_OVER ? LX_PLAN_OVER : LX_PLAN_SEND;
    return status;
}

/* *is_taken: there is one of that key, and nothing is done. */
static enum lx_store_status
insert_entry(struct lx_ledger *ledger, const struct lx_plan *plan,
             enum lx_plan_end *end, struct lx_entry_copy **copy, bool *is_taken)
{
    struct lx_entry entry = plan->wanted;
    struct lx_attempts attempts;

    entry.state = plan->sends_now ? LX_ENTRY_SENDING : LX_ENTRY_PLANNED;
    entry.attempt = 1;
    entry.fence = 1;
    entry.owner = entry.due_ms ? 0 : ledger->api->owner(ledger->store);
    entry.created_ms = plan->now_ms;
    entry.accepted_ms = entry.ended_ms = entry.saved_ms = 0;
    enum lx_store_status status =
        ledger->api->insert(ledger->store, &entry, &entry.id);
    *is_taken = status == LX_STORE_EXISTS;
    if (status != LX_STORE_OK)
        return *is_taken ? LX_STORE_OK : status;
    attempts.ledger = ledger;
    attempts.entry_id = entry.id;
    attempts.count = 0;
    struct lx_attempt_copy *first = lx_attempts_add(&attempts, entry.origin);
    lx_attempt_set_token(first, plan->token_hash);
    first->attempt.sent_ms = plan->sends_now ? plan->now_ms : 0;
    status = lx_attempt_reserve(&attempts, first, plan->price_mc, plan->budgets,
                                plan->budget_count);
    if (end_of_reserve(status, end) != LX_STORE_OK)
        return status;
    *copy = lx_entry_copy(&entry);
    return *copy ? LX_STORE_OK : LX_STORE_MEMORY;
}

/* ---- an entry that is there ---- */

static bool texts_match(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_same_wish(const struct lx_entry *entry,
                         const struct lx_entry *wanted)
{
    bool has_both = entry->identity && wanted->identity;

    return texts_match(entry->model, wanted->model) &&
           (has_both ? memcmp(entry->identity, wanted->identity,
                              LX_IDENTITY_BYTES) == 0
                     : !entry->identity && !wanted->identity);
}

/* The entry after an event that the plan needs; the copy is brought up to date.
 */
static enum lx_store_status advance_entry(struct lx_ledger *ledger,
                                          const struct lx_plan *plan,
                                          enum lx_entry_event event,
                                          struct lx_entry_copy *copy)
{
    struct lx_entry_news news = {.now_ms = plan->now_ms,
                                 .charged_mc = LX_MONEY_UNKNOWN,
                                 .token_hash = plan->token_hash,
                                 .price_mc = plan->price_mc,
                                 .budgets = plan->budgets,
                                 .budget_count = plan->budget_count};
    struct lx_entry after;
    enum lx_store_status status = lx_ledger_step(
        ledger, copy->entry.id, event, copy->entry.fence, &news, &after);

    if (status == LX_STORE_OK) {
        copy->entry.state = after.state;
        copy->entry.owner = after.owner;
        copy->entry.fence = after.fence;
        copy->entry.attempt = after.attempt;
    }
    return status;
}

static bool has_price(const struct lx_plan *plan)
{
    return plan->budget_count == 0 || plan->price_mc != LX_MONEY_UNKNOWN;
}

/* What was planned under other ceilings, or none, counts under these, too. */
static enum lx_store_status reserve_planned(struct lx_ledger *ledger,
                                            const struct lx_plan *plan,
                                            enum lx_plan_end *end,
                                            const struct lx_entry_copy *copy)
{
    struct lx_attempts attempts;

    if (plan->budget_count == 0)
        return LX_STORE_OK;
    enum lx_store_status status =
        lx_attempts_read(&attempts, ledger, copy->entry.id);
    struct lx_attempt_copy *attempt =
        lx_attempts_get(&attempts, copy->entry.attempt);
    if (status != LX_STORE_OK || !attempt)
        return status;
    int64_t reserved_mc = attempt->attempt.reserved_mc;
    if (reserved_mc == 0 && !has_price(plan)) {
        *end = LX_PLAN_NO_PRICE;
        return LX_STORE_OK;
    }
    return lx_attempt_reserve(&attempts, attempt,
                              reserved_mc ? reserved_mc : plan->price_mc,
                              plan->budgets, plan->budget_count);
}

/* *end: SEND, OVER or NO_PRICE. */
static enum lx_store_status send_it(struct lx_ledger *ledger,
                                    const struct lx_plan *plan,
                                    enum lx_entry_event first,
                                    enum lx_plan_end *end,
                                    struct lx_entry_copy *copy)
{
    enum lx_store_status status = LX_STORE_OK;

    *end = LX_PLAN_SEND;
    if (first == LX_ENTRY_EVENT_CLAIM)
        status = reserve_planned(ledger, plan, end, copy);
    else if (!has_price(plan))
        *end = LX_PLAN_NO_PRICE;
    if (*end == LX_PLAN_NO_PRICE)
        return status;
    if (status == LX_STORE_OK)
        status = advance_entry(ledger, plan, first, copy);
    if (status == LX_STORE_OK && plan->sends_now)
        status = advance_entry(ledger, plan, LX_ENTRY_EVENT_SEND, copy);
    return end_of_reserve(status, end);
}

/* Watching is for everybody, but saving is for one: who finds it free takes it.
 */
static enum lx_store_status watch_it(struct lx_ledger *ledger,
                                     const struct lx_plan *plan, bool is_free,
                                     struct lx_entry_copy *copy)
{
    return is_free ? advance_entry(ledger, plan, LX_ENTRY_EVENT_CLAIM, copy)
                   : LX_STORE_OK;
}

/* Of an entry whose owner is dead or nobody (`is_free`), or alive. */
static enum lx_store_status decide(struct lx_ledger *ledger,
                                   const struct lx_plan *plan, bool is_free,
                                   enum lx_plan_end *end,
                                   struct lx_entry_copy *copy)
{
    switch (copy->entry.state) {
    case LX_ENTRY_PLANNED:
        *end = LX_PLAN_WAIT;
        return is_free ? send_it(ledger, plan, LX_ENTRY_EVENT_CLAIM, end, copy)
                       : LX_STORE_OK;
    case LX_ENTRY_SENDING:
        *end = is_free ? LX_PLAN_UNKNOWN : LX_PLAN_WAIT;
        return is_free
                   ? advance_entry(ledger, plan, LX_ENTRY_EVENT_ORPHAN, copy)
                   : LX_STORE_OK;
    case LX_ENTRY_ACCEPTED:
        *end = LX_PLAN_WATCH;
        return watch_it(ledger, plan, is_free, copy);
    case LX_ENTRY_SUCCEEDED:
        *end = LX_PLAN_RESULT; /* a look at it claims nothing */
        return watch_it(ledger, plan, is_free && plan->wanted.target, copy);
    case LX_ENTRY_REFUSED:
        *end = LX_PLAN_FAILED;
        return plan->is_known
                   ? LX_STORE_OK
                   : send_it(ledger, plan, LX_ENTRY_EVENT_AGAIN, end, copy);
    case LX_ENTRY_FAILED:
    case LX_ENTRY_ABANDONED:
        *end = LX_PLAN_FAILED;
        return plan->retry_failed && !plan->is_known
                   ? send_it(ledger, plan, LX_ENTRY_EVENT_AGAIN, end, copy)
                   : LX_STORE_OK;
    case LX_ENTRY_UNKNOWN:
        *end = LX_PLAN_UNKNOWN;
        return LX_STORE_OK;
    default:
        *end = LX_PLAN_RESULT;
        return LX_STORE_OK;
    }
}

/* A client's own entry is as good as a living owner's: two calls with one key
 * in one process send once. */
static enum lx_store_status find_out_owner(struct lx_ledger *ledger,
                                           int64_t owner, bool *is_free)
{
    bool is_alive = false;
    enum lx_store_status status =
        ledger->api->is_alive(ledger->store, owner, &is_alive);

    *is_free = !is_alive;
    return status;
}

static enum lx_store_status find_wish(struct lx_ledger *ledger,
                                      const struct lx_plan *plan,
                                      struct lx_entry_copy **copy)
{
    const struct lx_entry *wanted = &plan->wanted;
    struct lx_store_query by_key = {.origin = wanted->origin,
                                    .key = wanted->key};
    struct lx_store_query by_identity = {.origin = wanted->origin,
                                         .model = wanted->model,
                                         .identity = wanted->identity};
    enum lx_store_status status = LX_STORE_OK;

    *copy = NULL;
    if (wanted->key)
        status = lx_ledger_read(ledger, &by_key, copy);
    if (status == LX_STORE_OK && !*copy && plan->may_reuse && wanted->identity)
        status = lx_ledger_read(ledger, &by_identity, copy);
    return status;
}

static enum lx_store_status plan_known(struct lx_ledger *ledger,
                                       const struct lx_plan *plan,
                                       enum lx_plan_end *end,
                                       struct lx_entry_copy *copy)
{
    bool is_free = false;

    if (!is_same_wish(&copy->entry, &plan->wanted)) {
        *end = LX_PLAN_DIFFERS;
        return LX_STORE_OK;
    }
    enum lx_store_status status =
        find_out_owner(ledger, copy->entry.owner, &is_free);
    if (status == LX_STORE_OK)
        status = decide(ledger, plan, is_free, end, copy);
    return status == LX_STORE_OK ? lx_ledger_fill(ledger, copy) : status;
}

/* Most wishes are new: their entry is put in first, and looked for where its
 * key is taken. */
static enum lx_store_status plan_wish(struct lx_ledger *ledger,
                                      const struct lx_plan *plan,
                                      enum lx_plan_end *end,
                                      struct lx_entry_copy **copy)
{
    bool looks_first = !has_price(plan) || plan->may_reuse, is_taken = false;
    enum lx_store_status status = LX_STORE_OK;

    if (looks_first)
        status = find_wish(ledger, plan, copy);
    if (status == LX_STORE_OK && !*copy && has_price(plan))
        status = insert_entry(ledger, plan, end, copy, &is_taken);
    else if (status == LX_STORE_OK && *copy)
        return plan_known(ledger, plan, end, *copy);
    if (status != LX_STORE_OK || !is_taken)
        return status;
    status = find_wish(ledger, plan, copy);
    return status == LX_STORE_OK && *copy ? plan_known(ledger, plan, end, *copy)
                                          : status;
}

/* One that this client has claimed is its to send. */
static enum lx_store_status plan_claimed(struct lx_ledger *ledger,
                                         const struct lx_plan *plan,
                                         enum lx_plan_end *end,
                                         struct lx_entry_copy **copy)
{
    struct lx_store_query query = {.id = plan->claimed};
    enum lx_store_status status = lx_ledger_read(ledger, &query, copy);
    bool is_free = false;

    if (status != LX_STORE_OK || !*copy)
        return status == LX_STORE_OK ? LX_STORE_STALE : status;
    const struct lx_entry *entry = &(*copy)->entry;
    if (entry->state == LX_ENTRY_PLANNED &&
        entry->owner == ledger->api->owner(ledger->store)) {
        *end = LX_PLAN_SEND;
        return plan->sends_now
                   ? advance_entry(ledger, plan, LX_ENTRY_EVENT_SEND, *copy)
                   : LX_STORE_OK;
    }
    status = find_out_owner(ledger, entry->owner, &is_free);
    if (status == LX_STORE_OK)
        status = decide(ledger, plan, is_free, end, *copy);
    return status == LX_STORE_OK ? lx_ledger_fill(ledger, *copy) : status;
}

enum lx_store_status lx_ledger_plan(struct lx_ledger *ledger,
                                    const struct lx_plan *plan,
                                    enum lx_plan_end *end,
                                    struct lx_entry_copy **copy)
{
    *end = LX_PLAN_NO_PRICE;
    *copy = NULL;
    if (ledger->api->is_copy(ledger->store))
        return LX_STORE_STALE;
    enum lx_store_status status = plan->claimed
                                      ? plan_claimed(ledger, plan, end, copy)
                                      : plan_wish(ledger, plan, end, copy);
    if (status != LX_STORE_OK || *end == LX_PLAN_NO_PRICE) {
        free(*copy);
        *copy = NULL;
    }
    return status;
}

/* ---- to be sent by whoever has time ---- */

enum lx_store_status lx_ledger_enqueue(struct lx_ledger *ledger,
                                       const struct lx_plan *plan,
                                       enum lx_plan_end *end, bool *is_new)
{
    struct lx_entry_copy *copy = NULL;
    enum lx_store_status status = LX_STORE_OK;
    bool is_taken = false;

    *is_new = false;
    *end = LX_PLAN_NO_PRICE;
    if (ledger->api->is_copy(ledger->store))
        return LX_STORE_STALE;
    if (plan->wanted.key)
        status = find_wish(ledger, plan, &copy);
    if (status == LX_STORE_OK && !copy) {
        if (!has_price(plan))
            return LX_STORE_OVER;
        status = insert_entry(ledger, plan, end, &copy, &is_taken);
        *is_new = status == LX_STORE_OK && !is_taken;
        if (is_taken)
            status = find_wish(ledger, plan, &copy);
    }
    if (status == LX_STORE_OK && !*is_new && copy &&
        !is_same_wish(&copy->entry, &plan->wanted))
        status = LX_STORE_EXISTS;
    free(copy);
    return status;
}
