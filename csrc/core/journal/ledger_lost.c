/* ledger_lost.c: attempts of which nobody knows what came while their entry
 * follows another; see ledger.h. */
#include "journal/attempts.h"
#include "journal/ledger.h"

static enum lx_store_status resolve_attempt(struct lx_attempts *attempts,
                                            struct lx_attempt_copy *copy,
                                            enum lx_entry_event event,
                                            const struct lx_entry_news *news)
{
    enum lx_store_status status = LX_STORE_OK;

    if (event == LX_ENTRY_EVENT_ID) {
        lx_attempt_set_task(copy, news->task_id);
        lx_attempt_set_outcome(copy, NULL);
        return lx_attempt_write(attempts, copy);
    }
    bool is_nothing = event == LX_ENTRY_EVENT_NOTHING;
    lx_attempt_set_outcome(copy, is_nothing ? LX_ATTEMPT_NOTHING
                                            : LX_ATTEMPT_CHARGED);
    status =
        lx_attempt_settle(attempts, copy, is_nothing ? 0 : LX_MONEY_UNKNOWN);
    return status == LX_STORE_OK ? lx_attempt_write(attempts, copy) : status;
}

/* The entry may come from a list, and have changed since. */
enum lx_store_status lx_ledger_resolve_lost(struct lx_ledger *ledger,
                                            int64_t id,
                                            enum lx_entry_event event,
                                            const struct lx_entry_news *news,
                                            int *count, int *living)
{
    struct lx_attempts attempts;
    struct lx_entry entry;
    bool is_alive = false;
    enum lx_store_status status = lx_ledger_read_numbers(ledger, id, &entry);

    *count = *living = 0;
    if (status != LX_STORE_OK || !entry.id)
        return status;
    status = lx_attempts_read(&attempts, ledger, id);
    if (status == LX_STORE_OK)
        status = ledger->api->is_alive(ledger->store, entry.owner, &is_alive);
    for (int i = 0; i < attempts.count && status == LX_STORE_OK; i++) {
        struct lx_attempt_copy *copy = &attempts.list[i];
        bool is_left = lx_attempt_is(copy, LX_ATTEMPT_LEFT);
        if (is_left && is_alive)
            ++*living;
        if (!lx_attempt_is(copy, LX_ATTEMPT_LOST) && (!is_left || is_alive))
            continue;
        if (event != LX_ENTRY_EVENT_ID || *count == 0) {
            status = resolve_attempt(&attempts, copy, event, news);
            ++*count;
        }
    }
    if (status != LX_STORE_OK || *count == 0)
        return status;
    return ledger->api->change(ledger->store, &entry, &entry, news->now_ms,
                               news->detail);
}
