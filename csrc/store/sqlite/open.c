/* open.c: the life of a store; see journal/store.h. What is refused is left as
 * it is: the header is read before SQLite may recover or migrate anything. */
#include "owner.h"
#include "schema.h"

#include "os/clock.h"
#include "os/process.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_BYTES          100
#define HEADER_APPLICATION_ID 68 /* where it is, big-endian */

static const char MAGIC[16] = "SQLite format 3";

/* ---- what is there ---- */

/* Fill `header` with the first bytes of the file; *length: how many there are.
 * Through SQLite's own file layer, which knows that closing a descriptor gives
 * up the locks of other connections in this process. */
static int read_header(const char *path, char *header, int *length)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    sqlite3_file *file = calloc(1, (size_t)vfs->szOsFile);
    size_t room = (size_t)vfs->mxPathname + 1;
    char *full = calloc(1, room + 4); /* SQLite reads on behind the NUL */
    int code = file && full ? SQLITE_OK : SQLITE_NOMEM;
    sqlite3_int64 bytes = 0;

    if (code == SQLITE_OK)
        code = vfs->xFullPathname(vfs, path, (int)room, full);
    code &= 0xFF;
    if (code == SQLITE_OK)
        code = vfs->xOpen(vfs, full, file,
                          SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB, NULL);
    if (code == SQLITE_OK)
        code = file->pMethods->xFileSize(file, &bytes);
    *length = bytes < HEADER_BYTES ? (int)bytes : HEADER_BYTES;
    if (code == SQLITE_OK && *length > 0)
        code = file->pMethods->xRead(file, header, *length, 0);
    if (file && file->pMethods)
        file->pMethods->xClose(file);
    free(full);
    free(file);
    return code;
}

static bool is_ours(const char *header, int length)
{
    const unsigned char *id =
        (const unsigned char *)header + HEADER_APPLICATION_ID;
    static const char NOTHING[HEADER_BYTES];

    if (length == 0)
        return true; /* somebody has just made it */
    if (length < HEADER_BYTES)
        return false;
    if (memcmp(header, NOTHING, HEADER_BYTES) == 0)
        return true; /* a crash while it was made: SQLite undoes that */
    return memcmp(header, MAGIC, sizeof MAGIC) == 0 &&
           ((uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 |
            (uint32_t)id[2] << 8 | id[3]) == LX_SQLITE_APPLICATION_ID;
}

/* An empty file that only its owner may read. It is closed before it has the
 * name by which this process may lock it. */
static enum lx_file_reason make_file(const struct lx_store *store)
{
    size_t capacity = strlen(store->path) + 32;
    char *name = malloc(capacity);
    struct lx_file file;

    if (!name)
        return LX_FILE_MEMORY;
    snprintf(name, capacity, "%s.%016" PRIx64 ".new", store->path,
             lx_process_seed());
    enum lx_file_reason reason = lx_file_create_private(&file, name);
    if (reason == LX_FILE_OK) {
        lx_file_close(&file);
        reason = lx_file_rename(name, store->path, false);
        if (reason != LX_FILE_OK)
            (void)lx_file_remove(name);
    }
    free(name);
    return reason == LX_FILE_EXISTS ? LX_FILE_OK : reason;
}

static enum lx_store_status refuse_for(struct lx_store *store,
                                       enum lx_file_reason reason)
{
    switch (reason) {
    case LX_FILE_OK:
        return LX_STORE_OK;
    case LX_FILE_MISSING:
    case LX_FILE_NOT_FOLDER:
        return lx_sql_refuse(store, LX_STORE_MISSING);
    case LX_FILE_DISK_FULL:
    case LX_FILE_QUOTA:
        return lx_sql_refuse(store, LX_STORE_FULL);
    case LX_FILE_READ_ONLY:
        return lx_sql_refuse(store, LX_STORE_READ_ONLY);
    case LX_FILE_MEMORY:
        return lx_sql_refuse(store, LX_STORE_MEMORY);
    default:
        return lx_sql_refuse(store, LX_STORE_DENIED);
    }
}

/* Whether the file may be opened at all; made where it is not there. */
static enum lx_store_status check_place(struct lx_store *store)
{
    char header[HEADER_BYTES];
    int length = 0;
    size_t folder_length = lx_folder_length(store->path);
    char *folder = malloc(folder_length + 2);

    if (!folder)
        return lx_sql_refuse(store, LX_STORE_MEMORY);
    memcpy(folder, store->path, folder_length);
    strcpy(folder + folder_length, folder_length ? "" : ".");
    enum lx_file_reason reason = lx_folder_check(folder);
    bool is_remote = lx_folder_is_remote(folder);
    free(folder);
    if (reason == LX_FILE_OK && is_remote)
        return lx_sql_refuse(store, LX_STORE_NETWORK);
    enum lx_file_kind kind = lx_file_kind_at(store->path);
    if (reason == LX_FILE_OK && kind == LX_FILE_KIND_NONE)
        reason = make_file(store);
    else if (reason == LX_FILE_OK && kind != LX_FILE_KIND_REGULAR &&
             kind != LX_FILE_KIND_LINK)
        return lx_sql_refuse(store, LX_STORE_NOT_OURS);
    if (reason != LX_FILE_OK)
        return refuse_for(store, reason);
    if (read_header(store->path, header, &length) != SQLITE_OK)
        return lx_sql_refuse(store, LX_STORE_DENIED);
    return is_ours(header, length) ? LX_STORE_OK
                                   : lx_sql_refuse(store, LX_STORE_NOT_OURS);
}

/* ---- the connection ---- */

/* Versions without the fix can lose committed transactions in WAL mode when two
 * processes checkpoint at once. */
static bool wal_is_safe(int version)
{
    return version >= 3051003 || (version >= 3050007 && version < 3051000) ||
           (version >= 3044006 && version < 3045000);
}

static bool take_mode(void *argument, const struct lx_row *row)
{
    const char *mode = lx_row_text(row, 0);

    *(bool *)argument = mode && strcmp(mode, "wal") == 0;
    return false;
}

/* WAL where it is safe and all agree, else a rollback journal; one whose header
 * is overwritten at the end of a transaction, which is as safe as to truncate
 * it, and leaves the file its length: a sync then writes no metadata. */
static enum lx_store_status choose_mode(struct lx_store *store)
{
    bool is_safe = wal_is_safe(sqlite3_libversion_number()), is_wal = false;
    enum lx_store_status status = LX_STORE_OK;

    if (is_safe)
        status = lx_sql_walk(store, take_mode, &is_wal, LX_SQL_SET_WAL, "");
    if (status == LX_STORE_OK && !is_wal)
        status = lx_sql_walk(store, take_mode, &is_wal, LX_SQL_SET_PERSIST, "");
    if (status == LX_STORE_OK && is_wal && !is_safe) {
        lx_sql_refuse(store, LX_STORE_BUSY);
        snprintf(store->error.text, sizeof store->error.text,
                 "%s: another process uses it in WAL mode, which SQLite %s "
                 "cannot share safely",
                 store->path, sqlite3_libversion());
        return LX_STORE_BUSY;
    }
    return status;
}

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

/* ---- the identity of the place ---- */

static enum lx_store_status find_place(struct lx_store *store)
{
    char machine[100];
    struct lx_file_identity identity;
    enum lx_file_reason reason = lx_file_identify_at(store->path, &identity);

    lx_machine_id(machine, sizeof machine);
    if (reason == LX_FILE_OK)
        snprintf(store->place, sizeof store->place, "%s/%" PRIu64, machine,
                 identity.index);
    return refuse_for(store, reason);
}

static bool compare_place(void *argument, const struct lx_row *row)
{
    struct lx_store *store = argument;
    const char *place = lx_row_text(row, 0);

    store->is_copy = !place || strcmp(place, store->place) != 0;
    return false;
}

enum lx_store_status lx_sqlite_check_identity(struct lx_store *store)
{
    return lx_sql_walk(store, compare_place, store, LX_SQL_META, "t", "place");
}

/* A new journal is at home where it is made. */
static enum lx_store_status set_identity(struct lx_store *store, bool is_new)
{
    return is_new
               ? lx_sql_run(store, LX_SQL_SET_META, "tt", "place", store->place)
               : lx_sqlite_check_identity(store);
}

enum lx_store_status lx_sqlite_adopt(struct lx_store *store, int64_t now_ms)
{
    enum lx_store_status status =
        lx_sql_run(store, LX_SQL_SET_META, "tt", "place", store->place);

    if (status == LX_STORE_OK)
        status = lx_sql_run(store, LX_SQL_SET_META, "ti", "adopted_ms", now_ms);
    if (status == LX_STORE_OK)
        store->is_copy = false;
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
        status = set_identity(store, !has_meta);
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
    enum lx_store_status status = check_place(store);

    if (status == LX_STORE_OK)
        status = open_file(store);
    if (status == LX_STORE_OK)
        status = lx_sqlite_check_version(store);
    if (status == LX_STORE_OK)
        status = choose_mode(store);
    if (status == LX_STORE_OK)
        status = find_place(store);
    if (status == LX_STORE_OK)
        status = set_up(store, now_ms);
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
    for (int i = 0; i < LX_SQL_COUNT; i++)
        sqlite3_finalize(store->statements[i]);
    sqlite3_close(store->db);
    lx_rollback_deinit(&store->rollback);
    lx_sqlite_leave(store);
    free(store->path);
    free(store);
}
