/* entry_rows.h: entries that a client goes on with, as many as it takes over or
 * claims at once, for its host. One thread at a time. */
#pragma once

#include "base/buffer.h"
#include "journal/entry.h"

#pragma GCC visibility push(hidden)

/* The last of these are where its texts begin: see lx_entry_rows_text. */
struct lx_entry_row {
    int64_t id, priority;
    int64_t attempt, charged_mc; /* of the attempt, or LX_MONEY_UNKNOWN */
    int64_t owner, fence;
    int64_t accepted_ms, ended_ms;
    enum lx_entry_state state;
    size_t key, batch, model, target, task_id;
    size_t body; /* planned: JSON */
    size_t urls; /* succeeded: JSON */
};

struct lx_entry_rows {
    struct lx_entry_row *list; /* owned */
    size_t count, capacity;
    struct lx_buffer texts; /* of all of them */
};

/* NULL: out of memory. */
struct lx_entry_rows *lx_entry_rows_new(void);
void lx_entry_rows_free(struct lx_entry_rows *rows); /* NULL is fine */

/* Forget them, keep the memory. */
void lx_entry_rows_clear(struct lx_entry_rows *rows);

/* A copy behind the others; task_id, which may be NULL or "", and charged_mc
 * are those of the entry's attempt. False, with none added, when out of memory.
 */
bool lx_entry_rows_add(struct lx_entry_rows *rows, const struct lx_entry *entry,
                       const char *task_id, int64_t charged_mc);

/* The text that begins there; NULL: there is none. Valid until the next call
 * that changes something. */
const char *lx_entry_rows_text(const struct lx_entry_rows *rows, size_t start);

#pragma GCC visibility pop
