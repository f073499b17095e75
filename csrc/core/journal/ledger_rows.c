/* ledger_rows.c: see ledger_rows.h. */
#include "journal/ledger_rows.h"

#include "journal/ledger.h"

enum lx_store_status lx_ledger_drop_living(struct lx_ledger *ledger,
                                           struct lx_entry_rows *rows,
                                           size_t from)
{
    size_t kept = from;
    int64_t asked = 0; /* the owner that is_alive is about; 0: none */
    bool is_alive = false;

    for (size_t i = from; i < rows->count; i++) {
        const struct lx_entry_row *row = &rows->list[i];
        enum lx_store_status status = LX_STORE_OK;
        if (row->owner != asked)
            status =
                ledger->api->is_alive(ledger->store, row->owner, &is_alive);
        asked = row->owner;
        if (status != LX_STORE_OK)
            return status;
        if (!is_alive)
            rows->list[kept++] = *row;
    }
    rows->count = kept;
    if (kept == 0)
        lx_entry_rows_clear(rows); /* with their texts */
    return LX_STORE_OK;
}

/* Only its owner could say what came of it. */
static enum lx_store_status orphan_row(struct lx_ledger *ledger,
                                       struct lx_entry_row *row, int64_t now_ms)
{
    struct lx_entry_news news = {.now_ms = now_ms,
                                 .charged_mc = LX_MONEY_UNKNOWN};

    row->state = LX_ENTRY_UNKNOWN;
    return lx_ledger_step(ledger, row->id, LX_ENTRY_EVENT_ORPHAN, row->fence,
                          &news, NULL);
}

/* Whether to claim it is to own it, and nothing else. */
static bool may_claim(const struct lx_entry_row *row)
{
    struct lx_entry entry = {.state = row->state, .fence = row->fence};
    struct lx_entry_step step =
        lx_entry_step(&entry, LX_ENTRY_EVENT_CLAIM, row->fence);

    return step.verdict == LX_ENTRY_STEP_GO && step.to == row->state &&
           step.writes == LX_WRITE_OWN;
}

/* They come by the thousand: all at once, but for those that are orphaned. */
enum lx_store_status lx_ledger_claim_rows(struct lx_ledger *ledger,
                                          struct lx_entry_rows *rows,
                                          size_t from, int64_t now_ms)
{
    int64_t me = ledger->api->owner(ledger->store), ids[LX_STORE_CLAIM_MAX];
    enum lx_store_status status = LX_STORE_OK;
    size_t count = 0;

    for (size_t i = from; i < rows->count && status == LX_STORE_OK; i++) {
        struct lx_entry_row *row = &rows->list[i];
        if (row->state == LX_ENTRY_SENDING)
            status = orphan_row(ledger, row, now_ms);
        else if (!may_claim(row))
            status = LX_STORE_STALE;
        else
            ids[count++] = row->id;
        bool is_last = i + 1 == rows->count || count == LX_STORE_CLAIM_MAX;
        if (status != LX_STORE_OK || !is_last || count == 0)
            continue;
        status = ledger->api->claim(ledger->store, ids, count, me);
        count = 0;
    }
    return status;
}
