/* place.h: the file before SQLite opens it, and where it is at home. Two
 * clients are in WAL mode together only where SQLite shares it safely, so only
 * a new file is put into it, before anybody else may open it; a library that
 * cannot takes the file out of it, alone. */
#pragma once

#include "sqlite_store.h"

#pragma GCC visibility push(hidden)

/* A journal that is being made: "<journal>.<digits>.new", hexadecimal ones. */
#define LX_SQLITE_NEW_DIGITS 16
#define LX_SQLITE_NEW_SUFFIX ".new"

/* Whether the linked library loses nothing in WAL mode. */
bool lx_sqlite_wal_is_safe(void);

/* Whether the file is there, made where it was not, and may be opened. */
enum lx_store_status lx_sqlite_check_place(struct lx_store *store);

/* Whether who opens the file would be in WAL mode; false where it cannot be
 * read. */
bool lx_sqlite_is_wal_file(const char *path);

/* Set the place that the journal is at home in when it is new. */
enum lx_store_status lx_sqlite_find_place(struct lx_store *store);

/* In a transaction: a new journal is at home where it is made. */
enum lx_store_status lx_sqlite_set_identity(struct lx_store *store,
                                            bool is_new);

/* Whether the file is where its journal is at home; sets is_copy. */
enum lx_store_status lx_sqlite_check_identity(struct lx_store *store);
enum lx_store_status lx_sqlite_adopt(struct lx_store *store, int64_t now_ms);

/* Whether the file is gone, or is another, while this has it open: what is
 * written would be lost. SQLite looks for itself in other modes than WAL. */
bool lx_sqlite_has_moved(const struct lx_store *store);

#pragma GCC visibility pop
