/* place.c: see place.h. What is refused is left as it is: the header is read
 * before SQLite may recover or migrate anything. */
#include "place.h"
#include "schema.h"

#include "os/process.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_BYTES          100
#define HEADER_APPLICATION_ID 68 /* where it is, big-endian */
#define HEADER_READ_VERSION   19 /* 2: WAL */
#define WAL_VERSION           2
#define PAGE_BYTES            4096

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

bool lx_sqlite_is_wal_file(const char *path)
{
    char header[HEADER_BYTES];
    int length = 0;

    return read_header(path, header, &length) == SQLITE_OK &&
           length == HEADER_BYTES && header[HEADER_READ_VERSION] == WAL_VERSION;
}

/* ---- a new file ---- */

/* Versions without the fix can lose committed transactions in WAL mode when two
 * processes checkpoint at once. */
bool lx_sqlite_wal_is_safe(void)
{
    int version = sqlite3_libversion_number();

    return version >= 3051003 || (version >= 3050007 && version < 3051000) ||
           (version >= 3044006 && version < 3045000);
}

/* The only page of an empty journal in WAL mode, as SQLite's file format says.
 * SQLite itself would put an empty file into that mode in several steps, of
 * which the first gives it a header that is not ours. */
static void fill_page(unsigned char page[PAGE_BYTES])
{
    static const unsigned char FIELDS[][2] = {
        {16, PAGE_BYTES >> 8},
        {18, WAL_VERSION},
        {HEADER_READ_VERSION, WAL_VERSION},
        {21, 64}, /* these three are always so */
        {22, 32},
        {23, 32},
        {27, 1},                /* change counter */
        {31, 1},                /* pages */
        {95, 1},                /* the counter for which their number holds */
        {HEADER_BYTES, 0x0D},   /* a leaf of the table of tables, */
        {105, PAGE_BYTES >> 8}, /* with nothing before the end of the page */
    };

    memset(page, 0, PAGE_BYTES);
    memcpy(page, MAGIC, sizeof MAGIC);
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++)
        page[FIELDS[i][0]] = FIELDS[i][1];
    for (int i = 0; i < 4; i++)
        page[HEADER_APPLICATION_ID + i] =
            (unsigned char)(LX_SQLITE_APPLICATION_ID >> (24 - 8 * i));
}

/* It is on the disk before it has its name: a power cut leaves it whole, or
 * none.
 */
static enum lx_file_reason write_page(const struct lx_file *file)
{
    unsigned char page[PAGE_BYTES];

    fill_page(page);
    enum lx_file_reason reason = lx_file_write(file, 0, page, sizeof page);
    return reason == LX_FILE_OK ? lx_file_sync(file) : reason;
}

/* A file that only its owner may read: in WAL mode, or empty where that is not
 * safe. It is closed before it has the name by which this process may lock it.
 */
static enum lx_file_reason make_file(const struct lx_store *store)
{
    size_t capacity = strlen(store->path) + sizeof "." LX_SQLITE_NEW_SUFFIX +
                      LX_SQLITE_NEW_DIGITS;
    char *name = malloc(capacity);
    struct lx_file file;

    if (!name)
        return LX_FILE_MEMORY;
    snprintf(name, capacity, "%s.%0*" PRIx64 LX_SQLITE_NEW_SUFFIX, store->path,
             LX_SQLITE_NEW_DIGITS, lx_process_seed());
    enum lx_file_reason reason = lx_file_create_private(&file, name);
    if (reason == LX_FILE_OK) {
        if (lx_sqlite_wal_is_safe())
            reason = write_page(&file);
        lx_file_close(&file);
        if (reason == LX_FILE_OK)
            reason = lx_file_rename(name, store->path, false);
        if (reason != LX_FILE_OK)
            (void)lx_file_remove(name);
    }
    free(name);
    /* Another was quicker, and may have cleaned up. */
    return lx_file_kind_at(store->path) == LX_FILE_KIND_NONE ? reason
                                                             : LX_FILE_OK;
}

/* ---- whether it may be opened ---- */

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

enum lx_store_status lx_sqlite_check_place(struct lx_store *store)
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

/* ---- the identity of the place ---- */

enum lx_store_status lx_sqlite_find_place(struct lx_store *store)
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

enum lx_store_status lx_sqlite_set_identity(struct lx_store *store, bool is_new)
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

bool lx_sqlite_has_moved(const struct lx_store *store)
{
    int has_moved = 0;

    return store->is_wal &&
           sqlite3_file_control(store->db, NULL, SQLITE_FCNTL_HAS_MOVED,
                                &has_moved) == SQLITE_OK &&
           has_moved;
}
