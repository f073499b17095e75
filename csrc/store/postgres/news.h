/* news.h: whether others have committed. Each commit leaves a row in `news`,
 * and owes a NOTIFY: on a connection of its own, outside of transactions, which
 * would wait for one another, and at most 20 a second by all clients together,
 * but for those that get callbacks.
 * A pooler loses notifications silently, so they count only once one of our own
 * has come back; they make polling rarer, and never replace it. */
#pragma once

#include "postgres_store.h"

#pragma GCC visibility push(hidden)

/* Tell the others, soon. */
void lx_postgres_tell(struct lx_store *store);

enum lx_store_status lx_postgres_has_changed(struct lx_store *store,
                                             bool *changed);

/* See store.h; a hint is told to the others at once. */
enum lx_store_status lx_postgres_put_hint(struct lx_store *store,
                                          int64_t entry_id, const char *task_id,
                                          const unsigned char *token_hash,
                                          int64_t at_ms);

/* See store.h; without an older snapshot to compare with there are none. */
enum lx_store_status lx_postgres_new_hints(struct lx_store *store,
                                           lx_visit_number *visit,
                                           void *argument);

/* Send what is owed, and read what came; never blocks, but to open the
 * connection. Returns in how many milliseconds to call again. */
int64_t lx_postgres_tick_news(struct lx_store *store);

void lx_postgres_close_news(struct lx_store *store);

#pragma GCC visibility pop
