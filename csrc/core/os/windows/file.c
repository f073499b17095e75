/* file.c: open files; see ../file.h. */
#include "os/file.h"

#ifdef _WIN32

#include "os/windows/file.h"

#include <stdlib.h>
#include <string.h>

/* Others may read, and this process renames a file that it holds open. */
#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

#ifndef ERROR_DISK_QUOTA_EXCEEDED
#define ERROR_DISK_QUOTA_EXCEEDED 1295L
#endif

#define READ_BYTES_MAX (1u << 30)

static const struct {
    DWORD number;
    enum lx_file_reason reason;
} REASONS[] = {
    {ERROR_DISK_FULL, LX_FILE_DISK_FULL},
    {ERROR_HANDLE_DISK_FULL, LX_FILE_DISK_FULL},
    {ERROR_DISK_QUOTA_EXCEEDED, LX_FILE_QUOTA},
    {ERROR_FILE_TOO_LARGE, LX_FILE_TOO_LARGE},
    {ERROR_ACCESS_DENIED, LX_FILE_DENIED},
    {ERROR_PRIVILEGE_NOT_HELD, LX_FILE_DENIED},
    {ERROR_WRITE_PROTECT, LX_FILE_READ_ONLY},
    {ERROR_FILE_NOT_FOUND, LX_FILE_MISSING},
    {ERROR_PATH_NOT_FOUND, LX_FILE_MISSING},
    {ERROR_INVALID_DRIVE, LX_FILE_MISSING},
    {ERROR_BAD_NETPATH, LX_FILE_MISSING},
    {ERROR_DIRECTORY, LX_FILE_NOT_FOLDER},
    {ERROR_FILE_EXISTS, LX_FILE_EXISTS},
    {ERROR_ALREADY_EXISTS, LX_FILE_EXISTS},
    {ERROR_SHARING_VIOLATION, LX_FILE_BUSY},
    {ERROR_LOCK_VIOLATION, LX_FILE_BUSY},
    {ERROR_FILENAME_EXCED_RANGE, LX_FILE_NAME_TOO_LONG},
    {ERROR_BUFFER_OVERFLOW, LX_FILE_NAME_TOO_LONG},
    {ERROR_TOO_MANY_OPEN_FILES, LX_FILE_TOO_MANY_FILES},
    {ERROR_NOT_ENOUGH_MEMORY, LX_FILE_MEMORY},
    {ERROR_OUTOFMEMORY, LX_FILE_MEMORY},
    {ERROR_CRC, LX_FILE_FAULT},
    {ERROR_SEEK, LX_FILE_FAULT},
    {ERROR_WRITE_FAULT, LX_FILE_FAULT},
    {ERROR_READ_FAULT, LX_FILE_FAULT},
    {ERROR_IO_DEVICE, LX_FILE_FAULT},
};

enum lx_file_reason lx_windows_reason(DWORD number)
{
    for (size_t i = 0; i < sizeof REASONS / sizeof *REASONS; i++)
        if (REASONS[i].number == number)
            return REASONS[i].reason;
    return LX_FILE_OTHER;
}

enum lx_file_reason lx_windows_outcome(BOOL succeeded)
{
    return succeeded ? LX_FILE_OK : lx_windows_reason(GetLastError());
}

static HANDLE handle_of(const struct lx_file *file)
{
    return (HANDLE)file->handle;
}

static enum lx_file_reason open_path(struct lx_file *file, const char *path,
                                     DWORD access, DWORD disposition)
{
    WCHAR *wide = lx_windows_path(path);
    HANDLE handle = INVALID_HANDLE_VALUE;

    *file = LX_FILE_CLOSED;
    if (wide)
        handle = CreateFileW(wide, access, SHARE_ALL, NULL, disposition,
                             FILE_ATTRIBUTE_NORMAL, NULL);
    DWORD number = GetLastError();
    free(wide);
    if (handle == INVALID_HANDLE_VALUE)
        return lx_windows_reason(number);
    if (GetFileType(handle) != FILE_TYPE_DISK) { /* NUL, a pipe */
        CloseHandle(handle);
        return LX_FILE_NOT_REGULAR;
    }
    file->handle = (intptr_t)handle;
    return LX_FILE_OK;
}

enum lx_file_reason lx_file_create(struct lx_file *file, const char *path)
{
    enum lx_file_reason reason =
        open_path(file, path, GENERIC_READ | GENERIC_WRITE, CREATE_NEW);

    /* a folder of that name is reported as a file without permission */
    if (reason == LX_FILE_DENIED && lx_file_kind_at(path) != LX_FILE_KIND_NONE)
        reason = LX_FILE_EXISTS;
    return reason;
}

/* Files are as private as the folder that they are in. */
enum lx_file_reason lx_file_create_private(struct lx_file *file,
                                           const char *path)
{
    return lx_file_create(file, path);
}

enum lx_file_reason lx_file_open(struct lx_file *file, const char *path)
{
    *file = LX_FILE_CLOSED;
    if (lx_file_kind_at(path) == LX_FILE_KIND_FOLDER)
        return LX_FILE_IS_FOLDER;
    return open_path(file, path, GENERIC_READ, OPEN_EXISTING);
}

void lx_file_close(struct lx_file *file)
{
    if (lx_file_is_open(file))
        CloseHandle(handle_of(file));
    *file = LX_FILE_CLOSED;
}

static OVERLAPPED place_of(uint64_t offset)
{
    OVERLAPPED place;

    memset(&place, 0, sizeof place);
    place.Offset = (DWORD)offset;
    place.OffsetHigh = (DWORD)(offset >> 32);
    return place;
}

enum lx_file_reason lx_file_write(const struct lx_file *file, uint64_t offset,
                                  const void *bytes, size_t length)
{
    const char *at = bytes;

    while (length > 0) {
        OVERLAPPED place = place_of(offset);
        DWORD most = length < READ_BYTES_MAX ? (DWORD)length : READ_BYTES_MAX;
        DWORD written;
        if (!WriteFile(handle_of(file), at, most, &written, &place))
            return lx_windows_reason(GetLastError());
        at += written;
        offset += written;
        length -= written;
    }
    return LX_FILE_OK;
}

enum lx_file_reason lx_file_read(const struct lx_file *file, uint64_t offset,
                                 void *bytes, size_t *length)
{
    size_t room = *length;
    char *at = bytes;

    *length = 0;
    while (*length < room) {
        OVERLAPPED place = place_of(offset + *length);
        size_t left = room - *length;
        DWORD most = left < READ_BYTES_MAX ? (DWORD)left : READ_BYTES_MAX;
        DWORD count = 0;
        if (!ReadFile(handle_of(file), at + *length, most, &count, &place)) {
            DWORD number = GetLastError();
            return number == ERROR_HANDLE_EOF ? LX_FILE_OK
                                              : lx_windows_reason(number);
        }
        if (count == 0)
            return LX_FILE_OK;
        *length += count;
    }
    return LX_FILE_OK;
}

/* Locks of Windows keep others from the bytes themselves, so one far behind
 * the end stands for the file. */
static enum lx_file_reason lock_as(const struct lx_file *file, DWORD flags)
{
    OVERLAPPED place = place_of(UINT64_MAX - 1);
    BOOL succeeded = LockFileEx(
        handle_of(file), flags | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &place);

    if (!succeeded && GetLastError() == ERROR_INVALID_FUNCTION)
        return LX_FILE_OK; /* no locks on this file system */
    return lx_windows_outcome(succeeded);
}

enum lx_file_reason lx_file_lock(const struct lx_file *file)
{
    return lock_as(file, LOCKFILE_EXCLUSIVE_LOCK);
}

enum lx_file_reason lx_file_lock_shared(const struct lx_file *file)
{
    return lock_as(file, 0);
}

enum lx_file_reason lx_file_identify(const struct lx_file *file,
                                     struct lx_file_identity *identity)
{
    BY_HANDLE_FILE_INFORMATION found;

    if (!GetFileInformationByHandle(handle_of(file), &found))
        return lx_windows_reason(GetLastError());
    identity->volume = found.dwVolumeSerialNumber;
    identity->index =
        (uint64_t)found.nFileIndexHigh << 32 | found.nFileIndexLow;
    identity->length = (uint64_t)found.nFileSizeHigh << 32 | found.nFileSizeLow;
    uint64_t changed = (uint64_t)found.ftLastWriteTime.dwHighDateTime << 32 |
                       found.ftLastWriteTime.dwLowDateTime;
    identity->changed_ns = (int64_t)(changed * 100);
    identity->modified_ms = (int64_t)(changed / 10000);
    return LX_FILE_OK;
}

enum lx_file_reason lx_file_identify_at(const char *path,
                                        struct lx_file_identity *identity)
{
    struct lx_file file;
    enum lx_file_reason reason = lx_file_open(&file, path);

    if (reason == LX_FILE_OK)
        reason = lx_file_identify(&file, identity);
    lx_file_close(&file);
    return reason;
}

void lx_file_begin_sync(const struct lx_file *file, uint64_t offset,
                        uint64_t length)
{
    (void)file; /* the system has no such hint */
    (void)offset;
    (void)length;
}

enum lx_file_reason lx_file_sync_range(const struct lx_file *file,
                                       uint64_t offset, uint64_t length)
{
    (void)file; /* the system cannot tell */
    (void)offset;
    (void)length;
    return LX_FILE_OK;
}

enum lx_file_reason lx_file_sync(const struct lx_file *file)
{
    return lx_windows_outcome(FlushFileBuffers(handle_of(file)));
}

#endif
