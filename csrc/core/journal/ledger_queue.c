/* ledger_queue.c: the entries that workers send; see ledger.h. */
#include "journal/attempts.h"
#include "journal/entry_list.h"
#include "journal/ledger.h"

#include <stdlib.h>

/* Of those that owners hold, dead or alive: the workers of a fleet have some
 * each. */
#define HELD_MAX 10000

struct claiming {
    struct lx_ledger *ledger;
    int64_t left, now_ms;
    lx_take_entry *take;
    void *argument;
};

static enum lx_store_status claim_one(struct claiming *claiming,
                                      struct lx_entry_list *found, int at)
{
    struct lx_entry_copy *copy = found->copies[at];
    enum lx_store_status status = lx_ledger_move(
        claiming->ledger, copy, LX_ENTRY_EVENT_CLAIM, claiming->now_ms);

    if (status == LX_STORE_OK)
        status = lx_ledger_fill(claiming->ledger, copy);
    if (status != LX_STORE_OK)
        return status;
    found->copies[at] = NULL;
    claiming->left--;
    claiming->take(claiming->argument, copy);
    return LX_STORE_OK;
}

static enum lx_store_status claim_list(struct claiming *claiming,
                                       struct lx_entry_list *found)
{
    struct lx_ledger *ledger = claiming->ledger;
    enum lx_store_status status = LX_STORE_OK;
    int64_t asked = 0; /* the owner that is_alive is about; 0 is nobody */
    bool is_alive = false;

    for (int i = 0; i < found->count && claiming->left > 0; i++) {
        int64_t owner = found->copies[i]->entry.owner;
        if (owner != asked && status == LX_STORE_OK)
            status = ledger->api->is_alive(ledger->store, owner, &is_alive);
        asked = owner;
        if (status == LX_STORE_OK && !is_alive)
            status = claim_one(claiming, found, i);
        if (status != LX_STORE_OK)
            return status;
    }
    return LX_STORE_OK;
}

enum lx_store_status lx_ledger_claim(struct lx_ledger *ledger,
                                     const char *origin, const char *batch,
                                     int64_t limit, int64_t now_ms,
                                     lx_take_entry *take, void *argument)
{
    static const enum lx_store_queue queues[] = {LX_QUEUE_HELD, LX_QUEUE_DUE};
    struct claiming claiming = {ledger, limit, now_ms, take, argument};
    enum lx_store_status status = LX_STORE_OK;

    if (ledger->api->is_copy(ledger->store))
        return LX_STORE_STALE;
    for (int i = 0; i < 2 && claiming.left > 0 && status == LX_STORE_OK; i++) {
        bool is_held = queues[i] == LX_QUEUE_HELD;
        struct lx_store_query query = {.origin = origin,
                                       .batch = batch,
                                       .queue = queues[i],
                                       .due_ms = now_ms,
                                       .limit =
                                           is_held ? HELD_MAX : claiming.left};
        struct lx_entry_list found = {NULL, 0};
        status = lx_entry_list_read(&found, ledger, &query);
        if (status == LX_STORE_OK)
            status = claim_list(&claiming, &found);
        lx_entry_list_deinit(&found);
    }
    return status;
}

enum lx_store_status lx_ledger_release(struct lx_ledger *ledger, int64_t id,
                                       int64_t now_ms, bool *is_done)
{
    struct lx_store_query query = {.id = id};
    struct lx_entry_copy *copy;
    enum lx_store_status status = lx_ledger_read(ledger, &query, &copy);
    bool is_there = status == LX_STORE_OK && copy;
    bool is_mine =
        is_there && copy->entry.owner == ledger->api->owner(ledger->store);
    /* What is accepted may have succeeded, and that be not yet written. */
    bool is_for_others = is_there && (copy->entry.state == LX_ENTRY_PLANNED ||
                                      copy->entry.state == LX_ENTRY_ACCEPTED ||
                                      copy->entry.state == LX_ENTRY_SUCCEEDED);

    /* The engine may have left it before, and somebody have claimed it. */
    *is_done =
        is_for_others || (is_there && !is_mine && copy->entry.owner != 0);
    if (is_for_others && is_mine)
        status = lx_ledger_move(ledger, copy, LX_ENTRY_EVENT_LEAVE, now_ms);
    free(copy);
    return status;
}

/* ---- whether there is any ---- */

struct looking {
    int64_t me;
    bool has_work;
};

/* What its own client sends is not for workers. */
static bool find_work(void *argument, const struct lx_entry *entry)
{
    struct looking *looking = argument;

    looking->has_work = entry->owner != looking->me &&
                        (entry->state != LX_ENTRY_PLANNED || entry->due_ms > 0);
    return !looking->has_work;
}

enum lx_store_status lx_ledger_has_work(struct lx_ledger *ledger,
                                        const char *origin, const char *batch,
                                        bool *has_work)
{
    struct lx_store_query query = {
        .origin = origin, .batch = batch, .only_unfinished = true};

    struct looking looking = {ledger->api->owner(ledger->store), false};
    enum lx_store_status status =
        ledger->api->find(ledger->store, &query, find_work, &looking);

    *has_work = looking.has_work;
    return status;
}
