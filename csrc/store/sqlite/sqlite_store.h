/* sqlite_store.h: what the files of this store share: the open store, and how
 * they run statements. One thread. */
#pragma once

#include "journal/store.h"
#include "os/file.h"
#include "sql.h"

#if defined(__has_include)
#if !__has_include(<sqlite3.h>)
#error                                                                         \
    "SQLite's header is missing: apt-get install libsqlite3-dev, or set SQLITE_INCDIR"
#endif
#endif
#include <sqlite3.h>

#pragma GCC visibility push(hidden)

#define LX_SQLITE_BUSY_MS 30000 /* how long others may hold the lock */

struct lx_store {
    char *path; /* owned */
    sqlite3 *db;
    sqlite3_stmt *statements[LX_SQL_COUNT]; /* NULL: not used so far */
    int64_t process;                        /* that opened it */
    int64_t owner;
    char *lock_path;     /* owned; of the file below */
    struct lx_file lock; /* locked while this client is alive */
    int64_t data_version;
    int64_t busy_until_ms; /* lx_now_ms(), while it waits for others */
    char place[160];       /* the identity of where it is */
    bool is_copy;
    struct lx_store_error error;
};

/* ---- errors ---- */

/* Set the error and return its status: of what SQLite reported, or of a status
 * with the words of store.h. */
enum lx_store_status lx_sqlite_fail(struct lx_store *store, int code);
enum lx_store_status lx_sqlite_refuse(struct lx_store *store,
                                      enum lx_store_status status);

/* The words, with the path before them. */
void lx_sqlite_words(struct lx_store_error *error, enum lx_store_status status,
                     const char *path, const char *detail);

/* ---- statements ---- */

/* `types` says what the arguments are:
 *   i int64_t   t text or NULL   h 32 bytes or NULL
 * They are borrowed until the statement is reset. */

/* The statement, bound; NULL with the error set when that cannot be. */
sqlite3_stmt *lx_sqlite_bind(struct lx_store *store, enum lx_sql sql,
                             const char *types, ...);

/* Run one without rows. */
enum lx_store_status lx_sqlite_run(struct lx_store *store, enum lx_sql sql,
                                   const char *types, ...);

/* The first column of the first row; *result stays when there is no row. */
enum lx_store_status lx_sqlite_integer(struct lx_store *store, enum lx_sql sql,
                                       int64_t *result, const char *types, ...);

/* Call `row` for each row of a bound statement (NULL: its error is returned)
 * while it returns true, then reset it. */
enum lx_store_status lx_sqlite_walk(struct lx_store *store, sqlite3_stmt *bound,
                                    bool (*row)(void *argument,
                                                sqlite3_stmt *statement),
                                    void *argument);

/* Several statements without rows. */
enum lx_store_status lx_sqlite_script(struct lx_store *store, const char *text);

/* Columns: NULL for NULL, and for what is no hash. */
const char *lx_sqlite_text(sqlite3_stmt *statement, int column);
const unsigned char *lx_sqlite_hash(sqlite3_stmt *statement, int column);

/* ---- the calls of store.h ---- */

enum lx_store_status lx_sqlite_open(const char *place, int64_t now_ms,
                                    struct lx_store **store,
                                    struct lx_store_error *error);
void lx_sqlite_close(struct lx_store *store);
enum lx_store_status lx_sqlite_adopt(struct lx_store *store, int64_t now_ms);

enum lx_store_status lx_sqlite_find(struct lx_store *store,
                                    const struct lx_store_query *query,
                                    lx_visit_entry *visit, void *argument);
enum lx_store_status lx_sqlite_insert(struct lx_store *store,
                                      const struct lx_entry *entry,
                                      int64_t *id);
enum lx_store_status lx_sqlite_change(struct lx_store *store,
                                      const struct lx_entry *before,
                                      const struct lx_entry *after,
                                      int64_t at_ms, const char *detail);
enum lx_store_status lx_sqlite_put_attempt(struct lx_store *store,
                                           const struct lx_attempt *attempt);
enum lx_store_status lx_sqlite_find_attempts(struct lx_store *store,
                                             int64_t entry_id,
                                             lx_visit_attempt *visit,
                                             void *argument);
enum lx_store_status lx_sqlite_put_file(struct lx_store *store,
                                        const struct lx_entry_file *file);
enum lx_store_status lx_sqlite_find_files(struct lx_store *store,
                                          int64_t entry_id,
                                          lx_visit_file *visit, void *argument);

enum lx_store_status lx_sqlite_reserve(struct lx_store *store,
                                       const struct lx_attempt *attempt,
                                       const struct lx_store_budget *budget);
enum lx_store_status lx_sqlite_adjust(struct lx_store *store, int64_t entry_id,
                                      int64_t attempt, int64_t delta_mc);
enum lx_store_status lx_sqlite_used(struct lx_store *store, const char *name,
                                    int64_t period, int64_t *used_mc);
enum lx_store_status lx_sqlite_spend(struct lx_store *store, const char *origin,
                                     enum lx_spend_by by, int64_t since_ms,
                                     lx_visit_spend *visit, void *argument);
enum lx_store_status lx_sqlite_prune(struct lx_store *store, int64_t before_ms,
                                     int64_t limit, int64_t *forgotten);
enum lx_store_status lx_sqlite_export(struct lx_store *store, int64_t after_id,
                                      int64_t limit, lx_visit_line *visit,
                                      void *argument);
enum lx_store_status lx_sqlite_put_hint(struct lx_store *store,
                                        const char *task_id,
                                        const unsigned char *token_hash,
                                        int64_t at_ms);
enum lx_store_status lx_sqlite_find_hint(struct lx_store *store,
                                         const unsigned char *token_hash,
                                         const char *task_id,
                                         lx_visit_line *visit, void *argument);

extern const struct lx_store_api lx_sqlite_api;

#pragma GCC visibility pop
