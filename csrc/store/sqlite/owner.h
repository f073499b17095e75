/* owner.h: who is alive. Each client that has the journal open holds a lock on
 * a file of its own beside it; a lock that is free means dead, at once and
 * whatever the clock says. */
#pragma once

#include "sqlite_store.h"

#pragma GCC visibility push(hidden)

/* Whether this is the child of a fork, and the store its parent's; without a
 * system call. False from the first: out of memory. */
bool lx_sqlite_watch_forks(struct lx_store *store);
bool lx_sqlite_is_forked(const struct lx_store *store);

/* In a transaction: become an owner, and forget those that are dead. */
enum lx_store_status lx_sqlite_join(struct lx_store *store, int64_t now_ms);

/* Whether a client is alive, by the files beside the journal: without a look
 * into it. For one that has not joined. */
bool lx_sqlite_has_owners(struct lx_store *store);

/* Give the lock up; the row stays for the next one who joins. */
void lx_sqlite_leave(struct lx_store *store);

enum lx_store_status lx_sqlite_is_alive(struct lx_store *store, int64_t owner,
                                        bool *is_alive);

/* See store.h. */
enum lx_store_status lx_sqlite_use_account(struct lx_store *store,
                                           const char *account);
enum lx_store_status lx_sqlite_pause_account(struct lx_store *store,
                                             const char *account,
                                             int64_t now_ms, int64_t pause_ms);
enum lx_store_status lx_sqlite_look_at_account(struct lx_store *store,
                                               const char *account,
                                               int64_t now_ms,
                                               struct lx_store_fleet *fleet);

#pragma GCC visibility pop
