/* sqlite_store.h: what the files of this store share: the open store, and how
 * they run statements. One thread. */
#pragma once

#include "os/file.h"
#include "sql.h"
#include "sql/statement.h"

#if defined(__has_include)
#if !__has_include(<sqlite3.h>)
#error                                                                         \
    "SQLite's header is missing: apt-get install libsqlite3-dev, or set SQLITE_INCDIR"
#endif
#endif
#include <sqlite3.h>

#include "rollback.h"

#pragma GCC visibility push(hidden)

#define LX_SQLITE_BUSY_MS  30000 /* how long others may hold the lock, */
#define LX_SQLITE_STUCK_MS 1000  /* and where they have held it for so long */

struct lx_store {
    char *path; /* owned */
    sqlite3 *db;
    struct lx_rollback rollback;
    bool is_wal;              /* the mode that it is in */
    struct lx_recent *recent; /* owned; see recent.h. NULL: nothing is kept */
    sqlite3_stmt *statements[LX_SQL_COUNT]; /* NULL: not used so far */
    int forks;                              /* see owner.h */
    bool is_touched;                        /* the group has run a statement */
    bool has_part;                          /* that has a savepoint */
    int64_t owner;
    char *lock_path;     /* owned; of the file below */
    struct lx_file lock; /* locked while this client is alive */
    int64_t data_version;
    int64_t last_hint;     /* the newest that new_hints has seen */
    int64_t busy_until_ms; /* lx_now_ms(), while it waits for others */
    bool is_stuck;         /* it has waited in vain; until it has the lock */
    char place[160];       /* the identity of where it is */
    bool is_copy;
    struct lx_store_error error;
};

/* ---- errors ---- */

/* Set the error of what SQLite reported, and return its status. */
enum lx_store_status lx_sqlite_fail(struct lx_store *store, int code);

/* The words, with the path before them. */
void lx_sqlite_words(struct lx_store_error *error, enum lx_store_status status,
                     const char *path, const char *detail);

/* Several statements without rows. */
enum lx_store_status lx_sqlite_script(struct lx_store *store, const char *text);

/* ---- the calls of store.h ---- */

enum lx_store_status lx_sqlite_open(const char *place, int64_t now_ms,
                                    struct lx_store **store,
                                    struct lx_store_error *error);
void lx_sqlite_close(struct lx_store *store);

extern const struct lx_store_api lx_sqlite_api;

#pragma GCC visibility pop
