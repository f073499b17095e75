/* rollback.c: see rollback.h. */
#include "rollback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Some fifteen pages. */
#define BUFFER_BYTES 65536

/* What SQLite holds. */
struct handle {
    sqlite3_file base;
    struct lx_rollback *rollback;
};

static struct lx_rollback *rollback_of(sqlite3_file *file)
{
    return ((struct handle *)file)->rollback;
}

/* ---- what waits ---- */

static sqlite3_int64 end_of_buffer(const struct lx_rollback *rollback)
{
    return rollback->at + rollback->length;
}

/* What cannot be written stays, to be read when SQLite rolls back. */
static int flush(struct lx_rollback *rollback)
{
    sqlite3_file *file = rollback->file;

    if (rollback->length == 0)
        return SQLITE_OK;
    int code = file->pMethods->xWrite(file, rollback->bytes, rollback->length,
                                      rollback->at);
    if (code == SQLITE_OK)
        rollback->length = 0;
    return code;
}

static bool is_inside(const struct lx_rollback *rollback, sqlite3_int64 offset,
                      int amount)
{
    return offset >= rollback->at && offset + amount <= end_of_buffer(rollback);
}

static bool is_outside(const struct lx_rollback *rollback, sqlite3_int64 offset,
                       int amount)
{
    return offset >= end_of_buffer(rollback) || offset + amount <= rollback->at;
}

/* ---- the methods of the file ---- */

static int read_bytes(sqlite3_file *handle, void *bytes, int amount,
                      sqlite3_int64 offset)
{
    struct lx_rollback *rollback = rollback_of(handle);
    sqlite3_file *file = rollback->file;
    int code = SQLITE_OK;

    if (rollback->length > 0 && is_inside(rollback, offset, amount)) {
        memcpy(bytes, rollback->bytes + (offset - rollback->at),
               (size_t)amount);
        return SQLITE_OK;
    }
    if (rollback->length > 0 && !is_outside(rollback, offset, amount))
        code = flush(rollback);
    return code == SQLITE_OK
               ? file->pMethods->xRead(file, bytes, amount, offset)
               : code;
}

static int write_bytes(sqlite3_file *handle, const void *bytes, int amount,
                       sqlite3_int64 offset)
{
    struct lx_rollback *rollback = rollback_of(handle);
    sqlite3_file *file = rollback->file;

    if (offset == 0 && amount > 0 && *(const char *)bytes == '\0')
        rollback->length = 0; /* a header of zeroes: the journal is void */
    if (rollback->length > 0 && is_inside(rollback, offset, amount)) {
        memcpy(rollback->bytes + (offset - rollback->at), bytes,
               (size_t)amount);
        return SQLITE_OK;
    }
    if (rollback->length > 0 && (offset != end_of_buffer(rollback) ||
                                 rollback->length + amount > BUFFER_BYTES)) {
        int code = flush(rollback);
        if (code != SQLITE_OK)
            return code;
    }
    if (amount > BUFFER_BYTES)
        return file->pMethods->xWrite(file, bytes, amount, offset);
    if (rollback->length == 0)
        rollback->at = offset;
    memcpy(rollback->bytes + rollback->length, bytes, (size_t)amount);
    rollback->length += amount;
    return SQLITE_OK;
}

static int truncate_to(sqlite3_file *handle, sqlite3_int64 size)
{
    struct lx_rollback *rollback = rollback_of(handle);
    sqlite3_file *file = rollback->file;

    if (size <= rollback->at)
        rollback->length = 0;
    else if (size < end_of_buffer(rollback))
        rollback->length = (int)(size - rollback->at);
    return file->pMethods->xTruncate(file, size);
}

static int sync_all(sqlite3_file *handle, int flags)
{
    struct lx_rollback *rollback = rollback_of(handle);
    sqlite3_file *file = rollback->file;
    int code = flush(rollback);

    return code == SQLITE_OK ? file->pMethods->xSync(file, flags) : code;
}

static int get_size(sqlite3_file *handle, sqlite3_int64 *size)
{
    struct lx_rollback *rollback = rollback_of(handle);
    sqlite3_file *file = rollback->file;
    int code = file->pMethods->xFileSize(file, size);

    if (code == SQLITE_OK && rollback->length > 0 &&
        *size < end_of_buffer(rollback))
        *size = end_of_buffer(rollback);
    return code;
}

static int lock_file(sqlite3_file *handle, int level)
{
    sqlite3_file *file = rollback_of(handle)->file;

    return file->pMethods->xLock(file, level);
}

static int unlock_file(sqlite3_file *handle, int level)
{
    sqlite3_file *file = rollback_of(handle)->file;

    return file->pMethods->xUnlock(file, level);
}

static int check_lock(sqlite3_file *handle, int *is_reserved)
{
    sqlite3_file *file = rollback_of(handle)->file;

    return file->pMethods->xCheckReservedLock(file, is_reserved);
}

static int control_file(sqlite3_file *handle, int operation, void *argument)
{
    sqlite3_file *file = rollback_of(handle)->file;

    return file->pMethods->xFileControl(file, operation, argument);
}

static int get_sector_size(sqlite3_file *handle)
{
    sqlite3_file *file = rollback_of(handle)->file;

    return file->pMethods->xSectorSize(file);
}

static int get_characteristics(sqlite3_file *handle)
{
    sqlite3_file *file = rollback_of(handle)->file;

    return file->pMethods->xDeviceCharacteristics(file);
}

/* ---- opening and closing ---- */

static void close_file(struct lx_rollback *rollback)
{
    if (rollback->is_open)
        rollback->file->pMethods->xClose(rollback->file);
    rollback->is_open = false;
}

/* SQLite rolls back, with another connection, what was not synced. */
static int close_handle(sqlite3_file *handle)
{
    struct lx_rollback *rollback = rollback_of(handle);

    (void)flush(rollback);
    rollback->length = 0;
    rollback->is_used = false;
    if (!rollback->is_lasting)
        close_file(rollback);
    return SQLITE_OK;
}

static const sqlite3_io_methods METHODS = {.iVersion = 1,
                                           .xClose = close_handle,
                                           .xRead = read_bytes,
                                           .xWrite = write_bytes,
                                           .xTruncate = truncate_to,
                                           .xSync = sync_all,
                                           .xFileSize = get_size,
                                           .xLock = lock_file,
                                           .xUnlock = unlock_file,
                                           .xCheckReservedLock = check_lock,
                                           .xFileControl = control_file,
                                           .xSectorSize = get_sector_size,
                                           .xDeviceCharacteristics =
                                               get_characteristics};

/* Whether the file that is open is the one of that name: a connection in
 * another mode removes it after each transaction. SQLite opens it while it
 * holds a lock that nobody may remove it under. */
static bool is_there(const struct lx_rollback *rollback, const char *name)
{
    struct lx_file_identity found;

    return lx_file_identify_at(name, &found) == LX_FILE_OK &&
           found.volume == rollback->identity.volume &&
           found.index == rollback->identity.index;
}

/* To be written, and kept open; but not where it could not be removed then. */
static int open_file_of(struct lx_rollback *rollback, const char *name,
                        int flags)
{
    sqlite3_file *file = rollback->file;
    int out_flags = flags;
    int code =
        rollback->base->xOpen(rollback->base, name, file, flags, &out_flags);

    rollback->is_open = code == SQLITE_OK;
    if (!rollback->is_open)
        return code;
    rollback->out_flags = out_flags;
    rollback->is_lasting =
        !(out_flags & SQLITE_OPEN_READONLY) &&
        !(file->pMethods->xDeviceCharacteristics(file) &
          SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN) &&
        lx_file_identify_at(name, &rollback->identity) == LX_FILE_OK;
    return SQLITE_OK;
}

static int open_handle(sqlite3_vfs *vfs, const char *name, sqlite3_file *handle,
                       int flags, int *out_flags)
{
    struct lx_rollback *rollback = (struct lx_rollback *)vfs;
    bool is_ours = flags & SQLITE_OPEN_MAIN_JOURNAL && !rollback->is_used;
    int code = SQLITE_OK;

    if (is_ours && rollback->is_open && !is_there(rollback, name))
        close_file(rollback);
    if (!is_ours || (!rollback->is_open && !(flags & SQLITE_OPEN_CREATE)))
        return rollback->base->xOpen(rollback->base, name, handle, flags,
                                     out_flags);
    if (!rollback->is_open)
        code = open_file_of(rollback, name, flags);
    handle->pMethods = code == SQLITE_OK ? &METHODS : NULL;
    if (code != SQLITE_OK)
        return code;
    ((struct handle *)handle)->rollback = rollback;
    rollback->is_used = true;
    if (out_flags)
        *out_flags = rollback->out_flags;
    return SQLITE_OK;
}

/* ---- deleting ---- */

static bool is_journal(const char *name)
{
    const char suffix[] = "-journal";
    size_t length = strlen(name);

    return length >= sizeof suffix &&
           strcmp(name + length + 1 - sizeof suffix, suffix) == 0;
}

/* An empty one undoes nothing, like none. */
static int empty_journal(const struct lx_rollback *rollback, const char *name)
{
    sqlite3_file *file = calloc(1, (size_t)rollback->base->szOsFile);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MAIN_JOURNAL;

    if (!file)
        return SQLITE_IOERR_NOMEM;
    int code = rollback->base->xOpen(rollback->base, name, file, flags, &flags);
    if (code == SQLITE_OK) {
        code = file->pMethods->xTruncate(file, 0);
        if (code == SQLITE_OK)
            code = file->pMethods->xSync(file, SQLITE_SYNC_FULL);
        file->pMethods->xClose(file);
    }
    free(file);
    return code;
}

/* On Windows nobody can delete a journal that another connection keeps open,
 * idle as that may be. Whoever opens the database behind a killed process
 * undoes what that one has begun, and deletes the journal: before it could ask
 * for another mode. */
static int delete_file(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    const struct lx_rollback *rollback = (struct lx_rollback *)vfs;
    int code = rollback->base->xDelete(rollback->base, name, sync_folder);

    if (code == SQLITE_OK || code == SQLITE_IOERR_DELETE_NOENT ||
        !is_journal(name) || empty_journal(rollback, name) != SQLITE_OK)
        return code;
    return SQLITE_OK;
}

/* ---- the layer ---- */

/* But for opening and deleting, it is a copy of what is below, and so are its
 * functions. */
int lx_rollback_init(struct lx_rollback *rollback)
{
    sqlite3_vfs *base = sqlite3_vfs_find(NULL);

    if (!base)
        return SQLITE_CANTOPEN;
    rollback->base = base;
    rollback->file = calloc(1, (size_t)base->szOsFile);
    rollback->bytes = malloc(BUFFER_BYTES);
    if (!rollback->file || !rollback->bytes)
        return SQLITE_NOMEM;
    rollback->vfs = *base;
    rollback->vfs.pNext = NULL;
    rollback->vfs.xOpen = open_handle;
    rollback->vfs.xDelete = delete_file;
    if (rollback->vfs.szOsFile < (int)sizeof(struct handle))
        rollback->vfs.szOsFile = (int)sizeof(struct handle);
    snprintf(rollback->name, sizeof rollback->name, "liangxin-%p",
             (void *)rollback);
    rollback->vfs.zName = rollback->name;
    int code = sqlite3_vfs_register(&rollback->vfs, 0);
    if (code != SQLITE_OK)
        *rollback->name = '\0';
    return code;
}

void lx_rollback_deinit(struct lx_rollback *rollback)
{
    close_file(rollback);
    if (*rollback->name)
        sqlite3_vfs_unregister(&rollback->vfs);
    *rollback->name = '\0';
    free(rollback->file);
    free(rollback->bytes);
    rollback->file = NULL;
    rollback->bytes = NULL;
}
