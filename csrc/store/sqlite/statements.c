/* statements.c: run statements and say what went wrong; see sqlite_store.h. */
#include "owner.h"
#include "recent.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- errors ---- */

#define WORDS(suffix, words) words,
static const char *const STATUS_WORDS[] = {LX_STORE_STATUS_MAP(WORDS)};
#undef WORDS

void lx_sqlite_words(struct lx_store_error *error, enum lx_store_status status,
                     const char *path, const char *detail)
{
    error->status = status;
    snprintf(error->text, sizeof error->text, "%s: %s%s%s%s", path,
             STATUS_WORDS[status], detail ? " (SQLite: " : "",
             detail ? detail : "", detail ? ")" : "");
}

/* A write that failed for another reason than the disk: SQLite takes only one
 * of the system's words for that as "full". */
static bool is_full(const struct lx_store *store, int code)
{
    return (code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE) &&
           sqlite3_system_errno(store->db) != EIO;
}

static enum lx_store_status status_of(const struct lx_store *store, int code)
{
    switch (code & 0xFF) {
    case SQLITE_OK:
        return LX_STORE_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return LX_STORE_BUSY;
    case SQLITE_FULL:
        return LX_STORE_FULL;
    case SQLITE_READONLY:
        return LX_STORE_READ_ONLY;
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
        return LX_STORE_DENIED;
    case SQLITE_NOMEM:
        return LX_STORE_MEMORY;
    case SQLITE_CORRUPT:
        return LX_STORE_CORRUPT;
    case SQLITE_NOTADB:
        return LX_STORE_NOT_OURS;
    case SQLITE_IOERR:
        if (code == SQLITE_IOERR_NOMEM)
            return LX_STORE_MEMORY;
        return is_full(store, code) ? LX_STORE_FULL : LX_STORE_FAULT;
    case SQLITE_CONSTRAINT:
        return code == SQLITE_CONSTRAINT_UNIQUE ||
                       code == SQLITE_CONSTRAINT_PRIMARYKEY
                   ? LX_STORE_EXISTS
                   : LX_STORE_OTHER;
    default:
        return LX_STORE_OTHER;
    }
}

enum lx_store_status lx_sqlite_fail(struct lx_store *store, int code)
{
    enum lx_store_status status = status_of(store, code);

    lx_sqlite_words(&store->error, status, store->path,
                    sqlite3_errmsg(store->db));
    return status;
}

enum lx_store_status lx_sql_refuse(struct lx_store *store,
                                   enum lx_store_status status)
{
    lx_sqlite_words(&store->error, status, store->path, NULL);
    return status;
}

/* ---- statements ---- */

#define TEXT(suffix, text) [LX_SQL_##suffix] = (text),
static const char *const SQL_TEXTS[] = {LX_SQL_SHARED_MAP(TEXT)
                                            LX_SQL_OWN_MAP(TEXT)};
#undef TEXT

/* Prepared, where every call binds all that it takes; NULL with the error set.
 */
static sqlite3_stmt *prepare(struct lx_store *store, int sql)
{
    store->is_touched = true;
    if (lx_sqlite_is_forked(store)) {
        lx_sql_refuse(store, LX_STORE_FORKED);
        return NULL;
    }
    sqlite3_stmt *statement = store->statements[sql];
    if (statement)
        return statement;
    int code = sqlite3_prepare_v3(store->db, SQL_TEXTS[sql], -1,
                                  SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (code != SQLITE_OK) {
        lx_sqlite_fail(store, code);
        return NULL;
    }
    store->statements[sql] = statement;
    return statement;
}

static int bind_one(sqlite3_stmt *statement, int index, char type,
                    va_list *arguments)
{
    if (type == 'i' || type == 'm') {
        int64_t number = va_arg(*arguments, int64_t);
        return type == 'm' && number == LX_MONEY_UNKNOWN
                   ? sqlite3_bind_null(statement, index)
                   : sqlite3_bind_int64(statement, index, number);
    }
    if (type == 't')
        return sqlite3_bind_text(statement, index,
                                 va_arg(*arguments, const char *), -1,
                                 SQLITE_STATIC);
    return sqlite3_bind_blob(statement, index,
                             va_arg(*arguments, const unsigned char *),
                             LX_IDENTITY_BYTES, SQLITE_STATIC);
}

static sqlite3_stmt *bind_list(struct lx_store *store, int sql,
                               const char *types, va_list *arguments)
{
    sqlite3_stmt *statement = prepare(store, sql);

    if (statement)
        lx_recent_watch(store, sql, statement);
    for (int i = 0; statement && types[i]; i++) {
        int code = bind_one(statement, i + 1, types[i], arguments);
        if (code != SQLITE_OK) {
            lx_sqlite_fail(store, code);
            statement = NULL;
        }
    }
    return statement;
}

static enum lx_store_status walk(struct lx_store *store, lx_row_visit *visit,
                                 void *argument, sqlite3_stmt *bound)
{
    enum lx_store_status status = LX_STORE_OK;
    int code;

    if (!bound)
        return store->error.status;
    do
        code = sqlite3_step(bound);
    while (code == SQLITE_ROW &&
           (!visit || visit(argument, (const struct lx_row *)bound)));
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        status = lx_sqlite_fail(store, sqlite3_extended_errcode(store->db));
    sqlite3_reset(bound);
    return status;
}

enum lx_store_status lx_sql_walk(struct lx_store *store, lx_row_visit *visit,
                                 void *argument, int sql, const char *types,
                                 ...)
{
    va_list arguments;

    va_start(arguments, types);
    sqlite3_stmt *bound = bind_list(store, sql, types, &arguments);
    va_end(arguments);
    return walk(store, visit, argument, bound);
}

enum lx_store_status lx_sql_run(struct lx_store *store, int sql,
                                const char *types, ...)
{
    va_list arguments;

    va_start(arguments, types);
    sqlite3_stmt *bound = bind_list(store, sql, types, &arguments);
    va_end(arguments);
    return walk(store, NULL, NULL, bound);
}

int64_t lx_sql_changes(const struct lx_store *store)
{
    return sqlite3_changes(store->db);
}

static bool take_integer(void *argument, const struct lx_row *row)
{
    *(int64_t *)argument = lx_row_integer(row, 0);
    return false;
}

enum lx_store_status lx_sql_integer(struct lx_store *store, int64_t *result,
                                    int sql, const char *types, ...)
{
    va_list arguments;

    va_start(arguments, types);
    sqlite3_stmt *bound = bind_list(store, sql, types, &arguments);
    va_end(arguments);
    return walk(store, take_integer, result, bound);
}

enum lx_store_status lx_sql_insert_row(struct lx_store *store, int64_t *id,
                                       int sql, const char *types, ...)
{
    va_list arguments;

    va_start(arguments, types);
    sqlite3_stmt *bound = bind_list(store, sql, types, &arguments);
    va_end(arguments);
    enum lx_store_status status = walk(store, NULL, NULL, bound);
    if (status == LX_STORE_OK)
        *id = sqlite3_last_insert_rowid(store->db);
    return status;
}

enum lx_store_status lx_sqlite_script(struct lx_store *store, const char *text)
{
    int code = sqlite3_exec(store->db, text, NULL, NULL, NULL);

    return code == SQLITE_OK
               ? LX_STORE_OK
               : lx_sqlite_fail(store, sqlite3_extended_errcode(store->db));
}

/* ---- rows ---- */

static sqlite3_stmt *statement_of(const struct lx_row *row)
{
    return (sqlite3_stmt *)row;
}

int64_t lx_row_integer(const struct lx_row *row, int column)
{
    return sqlite3_column_int64(statement_of(row), column);
}

int64_t lx_row_money(const struct lx_row *row, int column)
{
    return sqlite3_column_type(statement_of(row), column) == SQLITE_NULL
               ? LX_MONEY_UNKNOWN
               : lx_row_integer(row, column);
}

const char *lx_row_text(const struct lx_row *row, int column)
{
    return (const char *)sqlite3_column_text(statement_of(row), column);
}

const unsigned char *lx_row_hash(const struct lx_row *row, int column)
{
    sqlite3_stmt *statement = statement_of(row);

    return sqlite3_column_bytes(statement, column) == LX_IDENTITY_BYTES
               ? sqlite3_column_blob(statement, column)
               : NULL;
}
