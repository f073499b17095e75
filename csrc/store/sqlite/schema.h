/* schema.h: the tables, as SQL, and how an older journal becomes a newer one.
 */
#pragma once

#include "sqlite_store.h"

#pragma GCC visibility push(hidden)

/* In the header of the file: this is a journal of liangxin, "LXJ1". */
#define LX_SQLITE_APPLICATION_ID 0x4C584A31

/* NEWER for what only a newer version understands. Reads only. */
enum lx_store_status lx_sqlite_check_version(struct lx_store *store);

/* In a transaction: make the tables, or migrate those of an older version. */
enum lx_store_status lx_sqlite_migrate(struct lx_store *store);

#pragma GCC visibility pop
