/* entry_copy.h: entries that outlive the visit in which they were read. */
#pragma once

#include "api/task_id.h"
#include "journal/store.h"

#include <stdint.h>

#pragma GCC visibility push(hidden)

/* A store at work. Both are borrowed; the store is open. */
struct lx_ledger {
    const struct lx_store_api *api;
    struct lx_store *store;
};

/* An entry, with its texts in the same block. */
struct lx_entry_copy {
    struct lx_entry entry;
    char task_id[LX_TASK_ID_MAX + 1]; /* of its attempt; "" where unknown */
    int64_t sent_ms, charged_mc;      /* of its attempt */
};

/* The caller frees it with free(); NULL when out of memory. What it says of the
 * attempt is unknown. */
struct lx_entry_copy *lx_entry_copy(const struct lx_entry *entry);

/* The first entry that a query finds; *copy is NULL where there is none, and
 * after any status but OK. */
enum lx_store_status lx_ledger_read(struct lx_ledger *ledger,
                                    const struct lx_store_query *query,
                                    struct lx_entry_copy **copy);

/* The entry of that number as it is now, without its texts; entry->id is 0
 * where there is none. In a group nobody else changes it from then on. */
enum lx_store_status lx_ledger_read_numbers(struct lx_ledger *ledger,
                                            int64_t id, struct lx_entry *entry);

#pragma GCC visibility pop
