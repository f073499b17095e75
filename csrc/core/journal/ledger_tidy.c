/* ledger_tidy.c: what dead owners have planned and nobody asks for again; see
 * ledger.h. */
#include "journal/ledger.h"

/* Entries in one call. */
#define TIDY_MAX 256

#define GONE                                                                   \
    "{\"kind\":\"journal\",\"message\":\"its client was gone before it was "   \
    "sent: ask again\"}"

struct stray {
    int64_t id, owner, fence;
};

struct strays {
    struct stray list[TIDY_MAX];
    int count;
};

static bool keep_stray(void *argument, const struct lx_entry *entry)
{
    struct strays *strays = argument;

    strays->list[strays->count++] =
        (struct stray){entry->id, entry->owner, entry->fence};
    return strays->count < TIDY_MAX;
}

static enum lx_store_status find_strays(struct lx_ledger *ledger,
                                        int64_t from_owner, int64_t limit,
                                        struct strays *strays)
{
    struct lx_store_query query = {
        .only_strays = true, .from_owner = from_owner, .limit = limit};

    strays->count = 0;
    return ledger->api->find(ledger->store, &query, keep_stray, strays);
}

enum lx_store_status lx_ledger_stray_owner(struct lx_ledger *ledger,
                                           int64_t from_owner, int64_t *owner)
{
    struct strays next = {.count = 1};
    enum lx_store_status status = LX_STORE_OK;
    bool is_alive = true;

    *owner = -1;
    if (ledger->api->is_copy(ledger->store))
        return LX_STORE_OK;
    while (status == LX_STORE_OK && is_alive) {
        status = find_strays(ledger, from_owner, 1, &next);
        if (status != LX_STORE_OK || next.count == 0)
            return status;
        status =
            ledger->api->is_alive(ledger->store, next.list[0].owner, &is_alive);
        from_owner = next.list[0].owner + 1;
    }
    if (status == LX_STORE_OK)
        *owner = next.list[0].owner;
    return status;
}

static enum lx_store_status refuse_stray(struct lx_ledger *ledger,
                                         const struct stray *stray,
                                         int64_t now_ms, int *refused)
{
    struct lx_entry_news news = {.now_ms = now_ms,
                                 .charged_mc = LX_MONEY_UNKNOWN,
                                 .error = GONE,
                                 .detail = "its client was gone"};
    enum lx_store_status status = lx_ledger_step(
        ledger, stray->id, LX_ENTRY_EVENT_CANCEL, stray->fence, &news, NULL);

    *refused += status == LX_STORE_OK;
    return status == LX_STORE_STALE ? LX_STORE_OK : status;
}

enum lx_store_status lx_ledger_tidy(struct lx_ledger *ledger, int64_t owner,
                                    int64_t now_ms, int *refused)
{
    struct strays strays;
    bool is_alive = true;
    enum lx_store_status status =
        ledger->api->is_alive(ledger->store, owner, &is_alive);

    *refused = 0;
    if (status != LX_STORE_OK || is_alive)
        return status;
    status = find_strays(ledger, owner, TIDY_MAX, &strays);
    for (int i = 0; i < strays.count && status == LX_STORE_OK; i++)
        if (strays.list[i].owner == owner)
            status = refuse_stray(ledger, &strays.list[i], now_ms, refused);
    return status;
}
