/* recent.h: the entries that this client has put in lately, kept in memory: a
 * task is planned, sent and accepted by the same client within seconds, and
 * what it has written a moment ago is not read again. Valid only in a group,
 * and while nobody else has written to the file: by the same sign by which
 * SQLite keeps its own pages. */
#pragma once

#include "sqlite_store.h"

#pragma GCC visibility push(hidden)

/* The group has begun: is what is kept as it is in the file? */
void lx_recent_begin(struct lx_store *store);

/* It is over: committed, or undone. */
void lx_recent_end(struct lx_store *store, bool is_committed);

/* A part of it was undone: nothing is known any more. */
void lx_recent_forget(struct lx_store *store);

/* A statement is going to be run: where it may write what the calls below do
 * not follow, nothing is known any more. */
void lx_recent_watch(struct lx_store *store, int sql, sqlite3_stmt *statement);

/* ---- the calls of store.h that it takes part in ---- */

enum lx_store_status lx_recent_find(struct lx_store *store,
                                    const struct lx_store_query *query,
                                    lx_visit_entry *visit, void *argument);
enum lx_store_status lx_recent_insert(struct lx_store *store,
                                      const struct lx_entry *entry,
                                      int64_t *id);
enum lx_store_status lx_recent_change(struct lx_store *store,
                                      const struct lx_entry *before,
                                      const struct lx_entry *after,
                                      int64_t at_ms, const char *detail);
enum lx_store_status lx_recent_find_attempts(struct lx_store *store,
                                             int64_t entry_id,
                                             lx_visit_attempt *visit,
                                             void *argument);
enum lx_store_status lx_recent_put_attempt(struct lx_store *store,
                                           const struct lx_attempt *attempt,
                                           enum lx_attempt_part what);
enum lx_store_status lx_recent_reserve(struct lx_store *store,
                                       const struct lx_attempt *attempt,
                                       const struct lx_store_budget *budget);

#pragma GCC visibility pop
