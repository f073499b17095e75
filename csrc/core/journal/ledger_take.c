/* ledger_take.c: entries that are taken over, and those that a callback names;
 * see ledger.h. */
#include "journal/attempts.h"
#include "journal/entry_list.h"
#include "journal/ledger.h"

#include <stdlib.h>
#include <string.h>

/* ---- what dead clients have left ---- */

static enum lx_store_status take_one(struct lx_ledger *ledger,
                                     struct lx_entry_copy *copy, int64_t now_ms)
{
    enum lx_entry_event event = copy->entry.state == LX_ENTRY_SENDING
                                    ? LX_ENTRY_EVENT_ORPHAN
                                    : LX_ENTRY_EVENT_CLAIM;
    enum lx_store_status status = lx_ledger_move(ledger, copy, event, now_ms);

    return status == LX_STORE_OK ? lx_ledger_fill(ledger, copy) : status;
}

/* Those whose owner is dead are claimed; the others are freed. */
static enum lx_store_status claim_free(struct lx_ledger *ledger,
                                       struct lx_entry_list *found,
                                       int64_t now_ms)
{
    enum lx_store_status status = LX_STORE_OK;
    int64_t asked = 0; /* the owner that is_alive is about; 0: none */
    bool is_alive = false;

    for (int i = 0; i < found->count && status == LX_STORE_OK; i++) {
        struct lx_entry_copy *copy = found->copies[i];
        if (copy->entry.owner != asked)
            status = ledger->api->is_alive(ledger->store, copy->entry.owner,
                                           &is_alive);
        asked = copy->entry.owner;
        if (status != LX_STORE_OK)
            break;
        if (!is_alive) {
            status = take_one(ledger, copy, now_ms);
            continue;
        }
        free(copy);
        found->copies[i] = NULL;
    }
    return status;
}

static void give(struct lx_entry_list *found, lx_take_entry *take,
                 void *argument)
{
    for (int i = 0; i < found->count; i++) {
        if (found->copies[i])
            take(argument, found->copies[i]);
        found->copies[i] = NULL;
    }
}

enum lx_store_status lx_ledger_take(struct lx_ledger *ledger,
                                    struct lx_store_query *query,
                                    int64_t now_ms, bool *more,
                                    lx_take_entry *take, void *argument)
{
    struct lx_entry_list found = {NULL, 0};

    *more = false;
    query->only_unfinished = query->to_claim = true;
    enum lx_store_status status = lx_entry_list_read(&found, ledger, query);
    if (status == LX_STORE_OK && found.count > 0) {
        query->after_id = found.copies[found.count - 1]->entry.id;
        *more = found.count == query->limit;
        status = claim_free(ledger, &found, now_ms);
    }
    if (status == LX_STORE_OK)
        give(&found, take, argument);
    lx_entry_list_deinit(&found);
    return status;
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

enum lx_store_status lx_ledger_hint(struct lx_ledger *ledger,
                                    const char *origin, const char *task_id,
                                    const unsigned char *token_hash,
                                    int64_t now_ms, struct lx_entry_copy **copy,
                                    int64_t *attempt)
{
    struct lx_store_query by_token = {.token_hash = token_hash};
    struct lx_store_query by_task = {.origin = origin, .task_id = task_id};
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
