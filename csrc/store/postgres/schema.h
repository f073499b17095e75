/* schema.h: the tables, as SQL, and how an older journal becomes a newer one.
 */
#pragma once

#include "postgres_store.h"

#pragma GCC visibility push(hidden)

/* Make the tables, or migrate those of an older version, in one transaction.
 * NEWER and NOT_OURS change nothing. */
enum lx_store_status lx_postgres_migrate(struct lx_store *store);

#pragma GCC visibility pop
