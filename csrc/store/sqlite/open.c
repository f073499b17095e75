/* open.c: the life of a store; see journal/store.h. */
#include "owner.h"
#include "place.h"
#include "schema.h"

#include "os/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the connection ---- */

/* SQLite's own handler sleeps longer and longer, so that who waits longest
 * looks least often and starves beside busy writers. After a wait in vain those
 * that follow are short, or all that has queued up, a close at its end, would
 * wait for as long again, one after the other. */
static int wait_for_lock(void *argument, int tries)
{
    struct lx_store *store = argument;
    int64_t now_ms = lx_now_ms();

    if (tries == 0)
        store->busy_until_ms =
            now_ms + (store->is_stuck ? LX_SQLITE_STUCK_MS : LX_SQLITE_BUSY_MS);
    if (now_ms >= store->busy_until_ms) {
        store->is_stuck = true;
        return 0;
    }
    sqlite3_sleep(1 + (int)(lx_now_us() % 3));
    return 1;
}

static enum lx_store_status open_file(struct lx_store *store)
{
    int code = lx_rollback_init(&store->rollback);

    if (code == SQLITE_OK)
        code = sqlite3_open_v2(store->path, &store->db,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                               store->rollback.name);
    if (!store->db)
        return lx_sql_refuse(store, LX_STORE_MEMORY);
    if (code != SQLITE_OK)
        return lx_sqlite_fail(store, code);
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_handler(store->db, wait_for_lock, store);
    if (sqlite3_db_readonly(store->db, "main") == 1)
        return lx_sql_refuse(store, LX_STORE_READ_ONLY);
    return lx_sqlite_script(store, "PRAGMA synchronous = FULL;"
                                   "PRAGMA fullfsync = 1;"
                                   /* what a part may have to undo */
                                   "PRAGMA temp_store = MEMORY;"
                                   "PRAGMA journal_size_limit = 1048576;"
                                   "PRAGMA trusted_schema = 0;");
}

/* ---- its mode ---- */

static bool take_mode(void *argument, const struct lx_row *row)
{
    const char *mode = lx_row_text(row, 0);

    *(bool *)argument = mode && strcmp(mode, "wal") == 0;
    return false;
}

static enum lx_store_status refuse_wal(struct lx_store *store)
{
    lx_sql_refuse(store, LX_STORE_BUSY);
    snprintf(store->error.text, sizeof store->error.text,
             "%s: another process uses it in WAL mode, which SQLite %s cannot "
             "share safely: end that one, or use SQLite 3.51.3 or later here",
             store->path, sqlite3_libversion());
    return LX_STORE_BUSY;
}

/* WAL where the file is in it, else a rollback journal; one whose header is
 * overwritten at the end of a transaction, which is as safe as to truncate it,
 * and leaves the file its length: a sync then writes no metadata. */
static enum lx_store_status choose_mode(struct lx_store *store)
{
    bool is_safe = lx_sqlite_wal_is_safe();
    enum lx_store_status status = LX_STORE_OK;

    if (is_safe)
        status = lx_sql_walk(store, take_mode, &store->is_wal, LX_SQL_MODE, "");
    if (status == LX_STORE_OK && !store->is_wal)
        status = lx_sql_walk(store, take_mode, &store->is_wal,
                             LX_SQL_SET_PERSIST, "");
    return status == LX_STORE_OK && store->is_wal && !is_safe
               ? refuse_wal(store)
               : status;
}

static enum lx_store_status enter(struct lx_store *store)
{
    enum lx_store_status status = lx_sqlite_check_version(store);

    return status == LX_STORE_OK ? choose_mode(store) : status;
}

/* Take the file out of WAL mode, while nobody else has it open. */
static enum lx_store_status leave_wal(struct lx_store *store)
{
    sqlite3_busy_handler(store->db, NULL, NULL);
    enum lx_store_status status =
        lx_sqlite_script(store, "PRAGMA locking_mode = EXCLUSIVE");
    if (status == LX_STORE_OK)
        status = enter(store);
    if (status == LX_STORE_OK) /* the lock goes at the end of a statement */
        status = lx_sqlite_script(store, "PRAGMA locking_mode = NORMAL;"
                                         "SELECT count(*) FROM sqlite_master");
    sqlite3_busy_handler(store->db, wait_for_lock, store);
    return status;
}

static void disconnect(struct lx_store *store)
{
    for (int i = 0; i < LX_SQL_COUNT; i++) {
        sqlite3_finalize(store->statements[i]);
        store->statements[i] = NULL;
    }
    sqlite3_close(store->db);
    store->db = NULL;
    lx_rollback_deinit(&store->rollback);
}

/* Let go of a file in WAL mode that others have open. One that opens it, as
 * this does, is done in a moment; false for a client, which stays. */
static bool give_way(struct lx_store *store, int64_t until_ms)
{
    bool is_used = lx_sqlite_has_owners(store);

    disconnect(store);
    if (!lx_sqlite_is_wal_file(store->path))
        return true;
    if (is_used || lx_now_ms() >= until_ms) {
        refuse_wal(store);
        return false;
    }
    sqlite3_sleep(1 + (int)(lx_now_us() % 20));
    return true;
}

static enum lx_store_status connect_to(struct lx_store *store)
{
    int64_t until_ms = lx_now_ms() + LX_SQLITE_BUSY_MS;
    enum lx_store_status status;
    bool must_leave;

    do {
        must_leave =
            !lx_sqlite_wal_is_safe() && lx_sqlite_is_wal_file(store->path);
        status = open_file(store);
        if (status == LX_STORE_OK)
            status = must_leave ? leave_wal(store) : enter(store);
    } while (must_leave && status == LX_STORE_BUSY &&
             give_way(store, until_ms));
    return status;
}

/* ---- life ---- */

static enum lx_store_status set_up(struct lx_store *store, int64_t now_ms)
{
    int64_t has_meta = 0;
    enum lx_store_status status = lx_sql_run(store, LX_SQL_BEGIN, "");

    if (status == LX_STORE_OK)
        status = lx_sql_integer(store, &has_meta, LX_SQL_HAS_META, "");
    if (status == LX_STORE_OK)
        status = lx_sqlite_migrate(store);
    if (status == LX_STORE_OK)
        status = lx_sqlite_set_identity(store, !has_meta);
    if (status == LX_STORE_OK)
        status = lx_sqlite_join(store, now_ms);
    if (status == LX_STORE_OK)
        status = lx_sql_integer(store, &store->last_hint, LX_SQL_LAST_HINT, "");
    if (status == LX_STORE_OK)
        status = lx_sql_run(store, LX_SQL_COMMIT, "");
    if (status != LX_STORE_OK && !sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    if (status == LX_STORE_OK)
        status = lx_sql_integer(store, &store->data_version,
                                LX_SQL_DATA_VERSION, "");
    return status;
}

static enum lx_store_status open_all(struct lx_store *store, int64_t now_ms)
{
    enum lx_store_status status = lx_sqlite_check_place(store);

    if (status == LX_STORE_OK)
        status = connect_to(store);
    if (status == LX_STORE_OK)
        status = lx_sqlite_find_place(store);
    if (status == LX_STORE_OK)
        status = set_up(store, now_ms);
    /* Then a file that is copied without its -wal is known for a copy. */
    if (status == LX_STORE_OK)
        (void)sqlite3_wal_checkpoint_v2(store->db, NULL,
                                        SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return status;
}

enum lx_store_status lx_sqlite_open(const char *place, int64_t now_ms,
                                    struct lx_store **store,
                                    struct lx_store_error *error)
{
    struct lx_store *made = calloc(1, sizeof *made);
    size_t bytes = strlen(place) + 1;

    *store = NULL;
    if (made) {
        made->lock = LX_FILE_CLOSED;
        made->path = malloc(bytes);
    }
    if (!made || !made->path || !lx_sqlite_watch_forks(made)) {
        free(made ? made->path : NULL);
        free(made);
        lx_sqlite_words(error, LX_STORE_MEMORY, place, NULL);
        return LX_STORE_MEMORY;
    }
    memcpy(made->path, place, bytes);
    enum lx_store_status status = open_all(made, now_ms);
    if (status != LX_STORE_OK) {
        *error = made->error;
        lx_sqlite_close(made);
        return status;
    }
    *store = made;
    return LX_STORE_OK;
}

void lx_sqlite_close(struct lx_store *store)
{
    if (!store || lx_sqlite_is_forked(store))
        return;
    disconnect(store);
    lx_sqlite_leave(store);
    free(store->recent);
    free(store->path);
    free(store);
}
