/* statements.c: run statements and say what went wrong; see sqlite_store.h. */
#include "sqlite_store.h"

#include "os/process.h"

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
    return code == SQLITE_IOERR_WRITE && sqlite3_system_errno(store->db) != EIO;
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
        return LX_STORE_EXISTS;
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

enum lx_store_status lx_sqlite_refuse(struct lx_store *store,
                                      enum lx_store_status status)
{
    lx_sqlite_words(&store->error, status, store->path, NULL);
    return status;
}

/* ---- statements ---- */

#define TEXT(suffix, text) text,
static const char *const SQL_TEXTS[] = {LX_SQL_MAP(TEXT)};
#undef TEXT

/* Prepared and without bindings of before; NULL with the error set. */
static sqlite3_stmt *prepare(struct lx_store *store, enum lx_sql sql)
{
    if (lx_process_id() != store->process) {
        lx_sqlite_refuse(store, LX_STORE_FORKED);
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
    if (type == 'i')
        return sqlite3_bind_int64(statement, index,
                                  va_arg(*arguments, int64_t));
    if (type == 't')
        return sqlite3_bind_text(statement, index,
                                 va_arg(*arguments, const char *), -1,
                                 SQLITE_STATIC);
    return sqlite3_bind_blob(statement, index,
                             va_arg(*arguments, const unsigned char *),
                             LX_IDENTITY_BYTES, SQLITE_STATIC);
}

static sqlite3_stmt *bind_list(struct lx_store *store, enum lx_sql sql,
                               const char *types, va_list *arguments)
{
    sqlite3_stmt *statement = prepare(store, sql);

    for (int i = 0; statement && types[i]; i++) {
        int code = bind_one(statement, i + 1, types[i], arguments);
        if (code != SQLITE_OK) {
            lx_sqlite_fail(store, code);
            statement = NULL;
        }
    }
    return statement;
}

sqlite3_stmt *lx_sqlite_bind(struct lx_store *store, enum lx_sql sql,
                             const char *types, ...)
{
    va_list arguments;

    va_start(arguments, types);
    sqlite3_stmt *statement = bind_list(store, sql, types, &arguments);
    va_end(arguments);
    return statement;
}

enum lx_store_status lx_sqlite_walk(struct lx_store *store, sqlite3_stmt *bound,
                                    bool (*row)(void *argument,
                                                sqlite3_stmt *statement),
                                    void *argument)
{
    enum lx_store_status status = LX_STORE_OK;
    int code;

    if (!bound)
        return store->error.status;
    do
        code = sqlite3_step(bound);
    while (code == SQLITE_ROW && (!row || row(argument, bound)));
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        status = lx_sqlite_fail(store, sqlite3_extended_errcode(store->db));
    sqlite3_reset(bound);
    return status;
}

enum lx_store_status lx_sqlite_run(struct lx_store *store, enum lx_sql sql,
                                   const char *types, ...)
{
    va_list arguments;

    va_start(arguments, types);
    sqlite3_stmt *statement = bind_list(store, sql, types, &arguments);
    va_end(arguments);
    return lx_sqlite_walk(store, statement, NULL, NULL);
}

static bool take_integer(void *argument, sqlite3_stmt *statement)
{
    *(int64_t *)argument = sqlite3_column_int64(statement, 0);
    return false;
}

enum lx_store_status lx_sqlite_integer(struct lx_store *store, enum lx_sql sql,
                                       int64_t *result, const char *types, ...)
{
    va_list arguments;

    va_start(arguments, types);
    sqlite3_stmt *statement = bind_list(store, sql, types, &arguments);
    va_end(arguments);
    return lx_sqlite_walk(store, statement, take_integer, result);
}

enum lx_store_status lx_sqlite_script(struct lx_store *store, const char *text)
{
    int code = sqlite3_exec(store->db, text, NULL, NULL, NULL);

    return code == SQLITE_OK
               ? LX_STORE_OK
               : lx_sqlite_fail(store, sqlite3_extended_errcode(store->db));
}

const char *lx_sqlite_text(sqlite3_stmt *statement, int column)
{
    return (const char *)sqlite3_column_text(statement, column);
}

const unsigned char *lx_sqlite_hash(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_bytes(statement, column) == LX_IDENTITY_BYTES
               ? sqlite3_column_blob(statement, column)
               : NULL;
}
