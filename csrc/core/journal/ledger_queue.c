/* ledger_queue.c: the entries that workers send; see ledger.h. */
#include "journal/ledger.h"
#include "journal/ledger_rows.h"

#include <stdlib.h>

/* Of those that owners hold, dead or alive: the workers of a fleet have some
 * each. */
#define HELD_MAX 10000

struct queue_reading {
    struct lx_entry_rows *rows;
    bool has_memory;
};

/* A planned one has no task yet. */
static bool read_queued(void *argument, const struct lx_entry *entry)
{
    struct queue_reading *reading = argument;

    reading->has_memory =
        lx_entry_rows_add(reading->rows, entry, NULL, LX_MONEY_UNKNOWN);
    return reading->has_memory;
}

/* Behind the rows that are there, up to `limit` in all. */
static enum lx_store_status claim_queued(struct lx_ledger *ledger,
                                         const struct lx_store_query *query,
                                         size_t limit, int64_t now_ms,
                                         struct lx_entry_rows *rows)
{
    struct queue_reading reading = {rows, true};
    size_t from = rows->count;
    enum lx_store_status status =
        ledger->api->find(ledger->store, query, read_queued, &reading);

    if (status == LX_STORE_OK && !reading.has_memory)
        status = LX_STORE_MEMORY;
    if (status == LX_STORE_OK)
        status = lx_ledger_drop_living(ledger, rows, from);
    if (status != LX_STORE_OK)
        return status;
    if (rows->count > limit)
        rows->count = limit;
    return lx_ledger_claim_rows(ledger, rows, from, now_ms);
}

enum lx_store_status lx_ledger_claim(struct lx_ledger *ledger,
                                     const char *origin, const char *batch,
                                     int64_t limit, int64_t now_ms,
                                     struct lx_entry_rows *rows)
{
    struct lx_store_query query = {.origin = origin,
                                   .batch = batch,
                                   .queue = LX_QUEUE_HELD,
                                   .due_ms = now_ms,
                                   .limit = HELD_MAX};

    if (ledger->api->is_copy(ledger->store))
        return LX_STORE_STALE;
    enum lx_store_status status =
        claim_queued(ledger, &query, (size_t)limit, now_ms, rows);
    query.queue = LX_QUEUE_DUE;
    query.limit = limit - (int64_t)rows->count;
    return status == LX_STORE_OK && query.limit > 0
               ? claim_queued(ledger, &query, (size_t)limit, now_ms, rows)
               : status;
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
