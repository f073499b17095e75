/* ledger_take.c: entries that are taken over, and those that a callback names;
 * see ledger.h. */
#include "journal/attempts.h"
#include "journal/ledger.h"
#include "journal/ledger_rows.h"

#include <string.h>

/* ---- what dead clients have left ---- */

struct row_reading {
    struct lx_entry_rows *rows;
    bool has_memory;
};

static bool read_row(void *argument, const struct lx_entry *entry,
                     const char *task_id, int64_t charged_mc)
{
    struct row_reading *reading = argument;

    reading->has_memory =
        lx_entry_rows_add(reading->rows, entry, task_id, charged_mc);
    return reading->has_memory;
}

enum lx_store_status lx_ledger_take(struct lx_ledger *ledger,
                                    struct lx_store_query *query,
                                    int64_t now_ms, struct lx_entry_rows *rows,
                                    bool *more)
{
    struct row_reading reading = {rows, true};

    *more = false;
    enum lx_store_status status =
        ledger->api->find_free(ledger->store, query, read_row, &reading);
    if (status == LX_STORE_OK && !reading.has_memory)
        status = LX_STORE_MEMORY;
    if (status != LX_STORE_OK || rows->count == 0)
        return status;
    query->after_id = rows->list[rows->count - 1].id;
    *more = rows->count == (size_t)query->limit;
    status = lx_ledger_drop_living(ledger, rows, 0);
    return status == LX_STORE_OK ? lx_ledger_claim_rows(ledger, rows, 0, now_ms)
                                 : status;
}

/* ---- callbacks ---- */

/* Whether this client has the task, and it is written. */
static bool is_watched_here(struct lx_ledger *ledger,
                            const struct lx_entry_copy *copy,
                            const char *task_id)
{
    return copy->entry.owner == ledger->api->owner(ledger->store) &&
           strcmp(copy->task_id, task_id) == 0;
}

/* Callbacks come to any client, in any order: were each to hold the entry until
 * its group ends, groups of several would wait for one another in circles. */
enum lx_store_status lx_ledger_hint(struct lx_ledger *ledger,
                                    const char *origin, const char *task_id,
                                    const unsigned char *token_hash,
                                    int64_t now_ms, struct lx_entry_copy **copy,
                                    int64_t *attempt)
{
    struct lx_store_query by_token = {.token_hash = token_hash,
                                      .may_change = true};
    struct lx_store_query by_task = {
        .origin = origin, .task_id = task_id, .may_change = true};
    struct lx_attempts attempts;
    enum lx_store_status status;

    *copy = NULL;
    *attempt = 0;
    status = lx_ledger_read(ledger, token_hash ? &by_token : &by_task, copy);
    if (status != LX_STORE_OK || !*copy)
        return status;
    status = lx_ledger_fill(ledger, *copy);
    if (status == LX_STORE_OK && !is_watched_here(ledger, *copy, task_id))
        status = ledger->api->put_hint(ledger->store, (*copy)->entry.id,
                                       task_id, token_hash, now_ms);
    if (status == LX_STORE_OK)
        status = lx_attempts_read(&attempts, ledger, (*copy)->entry.id);
    if (status != LX_STORE_OK)
        return status;
    for (int i = 0; i < attempts.count && token_hash; i++) {
        const struct lx_attempt *one = &attempts.list[i].attempt;
        if (one->token_hash &&
            memcmp(one->token_hash, token_hash, LX_TOKEN_HASH_BYTES) == 0)
            *attempt = one->number;
    }
    return LX_STORE_OK;
}
