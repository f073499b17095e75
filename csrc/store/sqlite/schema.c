/* schema.c: see schema.h. */
#include "schema.h"

#include <stdio.h>

/* Times are Unix milliseconds, money is thousandths of a credit (mc). */
static const char VERSION_1[] =
    "CREATE TABLE entry(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " origin TEXT NOT NULL, key TEXT, batch TEXT, model TEXT NOT NULL,"
    " identity BLOB, body TEXT, priority INTEGER NOT NULL,"
    " state TEXT NOT NULL, attempt INTEGER NOT NULL, owner INTEGER NOT NULL,"
    " fence INTEGER NOT NULL, due_ms INTEGER NOT NULL, urls TEXT, target TEXT,"
    " error TEXT, created_ms INTEGER NOT NULL, accepted_ms INTEGER NOT NULL,"
    " ended_ms INTEGER NOT NULL, saved_ms INTEGER NOT NULL,"
    " UNIQUE(origin, key));"
    "CREATE INDEX entry_reusable ON entry(origin, identity)"
    " WHERE " LX_PART_REUSABLE ";"
    "CREATE TABLE attempt(entry_id INTEGER NOT NULL, n INTEGER NOT NULL,"
    " origin TEXT NOT NULL, token_hash BLOB, task_id TEXT,"
    " reserved_mc INTEGER NOT NULL, charged_mc INTEGER,"
    " sent_ms INTEGER NOT NULL, outcome TEXT,"
    " PRIMARY KEY(entry_id, n)) WITHOUT ROWID;"
    "CREATE UNIQUE INDEX attempt_token ON attempt(token_hash)"
    " WHERE token_hash IS NOT NULL;"
    "CREATE UNIQUE INDEX attempt_task ON attempt(origin, task_id)"
    " WHERE task_id IS NOT NULL;"
    "CREATE TABLE file(entry_id INTEGER NOT NULL, n INTEGER NOT NULL,"
    " path TEXT NOT NULL, part TEXT, bytes INTEGER NOT NULL,"
    " mtime_ms INTEGER NOT NULL, sha256 BLOB, content_type TEXT,"
    " PRIMARY KEY(entry_id, n)) WITHOUT ROWID;"
    "CREATE TABLE event(entry_id INTEGER NOT NULL, n INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL, from_state TEXT NOT NULL, to_state TEXT NOT NULL,"
    " detail TEXT, PRIMARY KEY(entry_id, n)) WITHOUT ROWID;"
    "CREATE TABLE budget_use(name TEXT NOT NULL, period INTEGER NOT NULL,"
    " used_mc INTEGER NOT NULL, PRIMARY KEY(name, period)) WITHOUT ROWID;"
    /* the budgets that an attempt counts under */
    "CREATE TABLE reservation(entry_id INTEGER NOT NULL, n INTEGER NOT NULL,"
    " name TEXT NOT NULL, period INTEGER NOT NULL,"
    " PRIMARY KEY(entry_id, n, name)) WITHOUT ROWID;"
    "CREATE TABLE hint(task_id TEXT NOT NULL, token_hash BLOB,"
    " at_ms INTEGER NOT NULL);"
    "CREATE INDEX hint_task ON hint(task_id);"
    "CREATE INDEX hint_token ON hint(token_hash);"
    "CREATE TABLE owner(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " host TEXT NOT NULL, pid INTEGER NOT NULL, lock TEXT NOT NULL,"
    " started_ms INTEGER NOT NULL);"
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;";

static const char VERSION_2[] =
    "CREATE INDEX entry_queued ON entry(owner, priority DESC, id)"
    " WHERE " LX_PART_QUEUED ";";

static const char VERSION_3[] = "CREATE INDEX hint_at ON hint(at_ms);";

static const char VERSION_4[] =
    "CREATE INDEX entry_unknown ON entry(origin, id) WHERE state = 'unknown';";

static const char VERSION_5[] =
    "CREATE INDEX entry_stray ON entry(owner, id) WHERE " LX_PART_STRAY ";";

/* Numbers of hints only grow, so that the last one that was seen says which are
 * new. */
static const char VERSION_6[] =
    "CREATE TABLE hint_6(n INTEGER PRIMARY KEY AUTOINCREMENT,"
    " entry_id INTEGER NOT NULL, task_id TEXT NOT NULL, token_hash BLOB,"
    " at_ms INTEGER NOT NULL);"
    "INSERT INTO hint_6(entry_id, task_id, token_hash, at_ms)"
    " SELECT 0, task_id, token_hash, at_ms FROM hint ORDER BY at_ms;"
    "DROP TABLE hint; ALTER TABLE hint_6 RENAME TO hint;"
    "CREATE INDEX hint_task ON hint(task_id);"
    "CREATE INDEX hint_token ON hint(token_hash);"
    "CREATE INDEX hint_at ON hint(at_ms);";

static const char VERSION_7[] =
    "DROP INDEX IF EXISTS entry_unfinished;"
    "CREATE INDEX entry_unfinished ON entry(id) WHERE " LX_PART_UNFINISHED ";";

/* A pause that has not begun is of a clock that was set. */
static const char VERSION_8[] =
    "ALTER TABLE owner ADD COLUMN account TEXT;"
    "CREATE TABLE pause(account TEXT PRIMARY KEY, owner INTEGER NOT NULL,"
    " until_ms INTEGER NOT NULL, pause_ms INTEGER NOT NULL) WITHOUT ROWID;";

/* Element i makes version i + 1 of version i. */
static const char *const MIGRATIONS[] = {VERSION_1, VERSION_2, VERSION_3,
                                         VERSION_4, VERSION_5, VERSION_6,
                                         VERSION_7, VERSION_8};

#define SCHEMA_VERSION ((int)(sizeof MIGRATIONS / sizeof *MIGRATIONS))

static enum lx_store_status read_version(struct lx_store *store, int *version)
{
    int64_t has_meta = 0, found = 0;
    enum lx_store_status status =
        lx_sql_integer(store, &has_meta, LX_SQL_HAS_META, "");

    if (status == LX_STORE_OK && has_meta)
        status =
            lx_sql_integer(store, &found, LX_SQL_META, "t", "schema_version");
    *version = (int)found;
    return status;
}

enum lx_store_status lx_sqlite_check_version(struct lx_store *store)
{
    int version = 0;
    enum lx_store_status status = read_version(store, &version);

    if (status == LX_STORE_OK && version > SCHEMA_VERSION)
        return lx_sql_refuse(store, LX_STORE_NEWER);
    return status;
}

/* The version is read again: another process may have migrated meanwhile. */
enum lx_store_status lx_sqlite_migrate(struct lx_store *store)
{
    char text[100];
    int version = 0;
    enum lx_store_status status = read_version(store, &version);

    if (status == LX_STORE_OK && version > SCHEMA_VERSION)
        return lx_sql_refuse(store, LX_STORE_NEWER);
    if (status != LX_STORE_OK || version == SCHEMA_VERSION)
        return status;
    for (; version < SCHEMA_VERSION && status == LX_STORE_OK; version++)
        status = lx_sqlite_script(store, MIGRATIONS[version]);
    snprintf(text, sizeof text, "PRAGMA application_id = %d",
             LX_SQLITE_APPLICATION_ID);
    if (status == LX_STORE_OK)
        status = lx_sqlite_script(store, text);
    if (status == LX_STORE_OK)
        status = lx_sql_run(store, LX_SQL_SET_META, "ti", "schema_version",
                            (int64_t)SCHEMA_VERSION);
    return status;
}
