/* ledger_tidy.c: what dead owners have planned and nobody asks for again; see
 * ledger.h. */
#include "journal/ledger.h"

/* Entries in one call. */
#define TIDY_MAX 500

#define GONE                                                                   \
    "{\"kind\":\"journal\",\"message\":\"its client was gone before it was "   \
    "sent: ask again\"}"

struct stray {
    int64_t id, owner, fence;
};

struct strays {
    struct stray list[TIDY_MAX];
    int count;
    int64_t me, last_id;
};

/* Without a key no call finds it again, and without a due time no worker. */
static bool keep_stray(void *argument, const struct lx_entry *entry)
{
    struct strays *strays = argument;

    strays->last_id = entry->id;
    if (entry->key || entry->due_ms || entry->owner == strays->me)
        return true;
    strays->list[strays->count++] =
        (struct stray){entry->id, entry->owner, entry->fence};
    return strays->count < TIDY_MAX;
}

static enum lx_store_status refuse_stray(struct lx_ledger *ledger,
                                         const struct stray *stray,
                                         int64_t now_ms, int *refused)
{
    struct lx_entry_news news = {.now_ms = now_ms,
                                 .charged_mc = LX_MONEY_UNKNOWN,
                                 .error = GONE,
                                 .detail = "its client was gone"};
    bool is_alive = false;
    enum lx_store_status status =
        ledger->api->is_alive(ledger->store, stray->owner, &is_alive);

    if (status != LX_STORE_OK || is_alive)
        return status;
    status = lx_ledger_step(ledger, stray->id, LX_ENTRY_EVENT_CANCEL,
                            stray->fence, &news, NULL);
    *refused += status == LX_STORE_OK;
    return status == LX_STORE_STALE ? LX_STORE_OK : status;
}

enum lx_store_status lx_ledger_tidy(struct lx_ledger *ledger, int64_t now_ms,
                                    int64_t *after_id, int *refused, bool *more)
{
    struct lx_store_query query = {.only_unfinished = true,
                                   .states = 1u << LX_ENTRY_PLANNED,
                                   .after_id = *after_id};
    struct strays strays = {.me = ledger->api->owner(ledger->store),
                            .last_id = *after_id};

    *refused = 0;
    *more = false;
    if (ledger->api->is_copy(ledger->store))
        return LX_STORE_OK;
    enum lx_store_status status =
        ledger->api->find(ledger->store, &query, keep_stray, &strays);
    for (int i = 0; i < strays.count && status == LX_STORE_OK; i++)
        status = refuse_stray(ledger, &strays.list[i], now_ms, refused);
    *more = strays.count == TIDY_MAX;
    *after_id = strays.last_id;
    return status;
}
