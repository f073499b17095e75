/* file.c: see file.h. Paths become UTF-16 with the prefix that lifts the limit
 * of 260 characters and takes names such as CON for names. */
#include "os/file.h"

#ifdef _WIN32

#include <windows.h>

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

static enum lx_file_reason reason_of(DWORD number)
{
    for (size_t i = 0; i < sizeof REASONS / sizeof REASONS[0]; i++)
        if (REASONS[i].number == number)
            return REASONS[i].reason;
    return LX_FILE_OTHER;
}

static enum lx_file_reason outcome(BOOL succeeded)
{
    return succeeded ? LX_FILE_OK : reason_of(GetLastError());
}

/* ---- paths ---- */

/* `path` in UTF-16; the caller frees it. NULL when out of memory, or when it is
 * in no encoding, with the last error set. */
static WCHAR *widen(const char *path)
{
    UINT encoding = CP_UTF8;
    DWORD flags = MB_ERR_INVALID_CHARS;
    int units = MultiByteToWideChar(encoding, flags, path, -1, NULL, 0);

    if (units == 0) {
        encoding = CP_ACP;
        flags = 0;
        units = MultiByteToWideChar(encoding, flags, path, -1, NULL, 0);
    }
    WCHAR *wide = units > 0 ? malloc((size_t)units * sizeof *wide) : NULL;
    if (wide)
        MultiByteToWideChar(encoding, flags, path, -1, wide, units);
    else if (units > 0)
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return wide;
}

/* The part of an absolute path that the prefix replaces: the first two
 * separators of a network's path. */
static const WCHAR *prefix_for(const WCHAR *path, size_t *replaced)
{
    *replaced = 0;
    if (path[0] == L'\\' && path[1] == L'\\') {
        if (path[2] == L'?' || path[2] == L'.')
            return L"";
        *replaced = 2;
        return L"\\\\?\\UNC\\";
    }
    return L"\\\\?\\";
}

/* The absolute path with its prefix; the caller frees it. NULL as for widen. */
static WCHAR *absolute_path(const char *path)
{
    WCHAR *given = widen(path);
    DWORD units = given ? GetFullPathNameW(given, 0, NULL, NULL) : 0;
    WCHAR *full = units ? malloc(units * sizeof *full) : NULL;
    WCHAR *result = NULL;
    size_t replaced;

    if (full && GetFullPathNameW(given, units, full, NULL) < units) {
        const WCHAR *prefix = prefix_for(full, &replaced);
        size_t prefix_units = wcslen(prefix);
        size_t full_units = wcslen(full + replaced) + 1;
        result = malloc((prefix_units + full_units) * sizeof *result);
        if (result) {
            memcpy(result, prefix, prefix_units * sizeof *result);
            memcpy(result + prefix_units, full + replaced,
                   full_units * sizeof *result);
        }
    }
    if (given && !result)
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    free(full);
    free(given);
    return result;
}

bool lx_path_is_separator(char byte)
{
    return byte == '/' || byte == '\\';
}

bool lx_path_absolute(const char *path, char *out, size_t capacity)
{
    WCHAR *given = widen(path);
    DWORD units = given ? GetFullPathNameW(given, 0, NULL, NULL) : 0;
    WCHAR *full = units ? malloc(units * sizeof *full) : NULL;
    bool is_whole = full && GetFullPathNameW(given, units, full, NULL) < units;

    is_whole = is_whole && WideCharToMultiByte(CP_UTF8, 0, full, -1, out,
                                               (int)capacity, NULL, NULL) > 0;
    free(full);
    free(given);
    return is_whole;
}

/* Behind the next separator after path[at], or the end. */
static size_t skip_part(const char *path, size_t at)
{
    while (path[at] && !lx_path_is_separator(path[at]))
        at++;
    return at + (path[at] ? 1 : 0);
}

size_t lx_path_root_length(const char *path)
{
    size_t length = 0;

    if (lx_path_is_separator(path[0]) && lx_path_is_separator(path[1]))
        return skip_part(path, skip_part(path, 2));
    if (path[0] && path[1] == ':')
        length = 2;
    return length + (lx_path_is_separator(path[length]) ? 1 : 0);
}

size_t lx_folder_length(const char *path)
{
    size_t length = strlen(path);

    while (length > 0 && !lx_path_is_separator(path[length - 1]) &&
           !(length == 2 && path[1] == ':'))
        length--;
    return length;
}

/* ---- open files ---- */

static HANDLE handle_of(const struct lx_file *file)
{
    return (HANDLE)file->handle;
}

static enum lx_file_reason open_path(struct lx_file *file, const char *path,
                                     DWORD access, DWORD disposition)
{
    WCHAR *wide = absolute_path(path);
    HANDLE handle = INVALID_HANDLE_VALUE;

    *file = LX_FILE_CLOSED;
    if (wide)
        handle = CreateFileW(wide, access, SHARE_ALL, NULL, disposition,
                             FILE_ATTRIBUTE_NORMAL, NULL);
    DWORD number = GetLastError();
    free(wide);
    if (handle == INVALID_HANDLE_VALUE)
        return reason_of(number);
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
            return reason_of(GetLastError());
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
            return number == ERROR_HANDLE_EOF ? LX_FILE_OK : reason_of(number);
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
    return outcome(succeeded);
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
        return reason_of(GetLastError());
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
    return outcome(FlushFileBuffers(handle_of(file)));
}

/* ---- names ---- */

static enum lx_file_kind kind_of(const WIN32_FIND_DATAW *found)
{
    bool is_link = (found->dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) &&
                   found->dwReserved0 == IO_REPARSE_TAG_SYMLINK;

    if (found->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
        return LX_FILE_KIND_FOLDER;
    if (is_link)
        return LX_FILE_KIND_LINK;
    return found->dwFileAttributes & FILE_ATTRIBUTE_DEVICE
               ? LX_FILE_KIND_OTHER
               : LX_FILE_KIND_REGULAR;
}

/* A root, such as C:\, is in no folder to be found in. */
static enum lx_file_kind kind_of_root(const WCHAR *wide)
{
    DWORD attributes = GetFileAttributesW(wide);

    return attributes != INVALID_FILE_ATTRIBUTES &&
                   (attributes & FILE_ATTRIBUTE_DIRECTORY)
               ? LX_FILE_KIND_FOLDER
               : LX_FILE_KIND_NONE;
}

enum lx_file_kind lx_file_kind_at(const char *path)
{
    WCHAR *wide = absolute_path(path);
    enum lx_file_kind kind = LX_FILE_KIND_NONE;
    WIN32_FIND_DATAW found;

    if (!wide)
        return kind;
    size_t units = wcslen(wide);
    bool is_pattern = wcspbrk(wide + 4, L"*?") != NULL;
    if (units > 0 && wide[units - 1] == L'\\')
        kind = kind_of_root(wide);
    else if (!is_pattern) {
        HANDLE search = FindFirstFileW(wide, &found);
        if (search != INVALID_HANDLE_VALUE) {
            FindClose(search);
            kind = kind_of(&found);
        } else
            kind = kind_of_root(wide);
    }
    free(wide);
    return kind;
}

enum lx_file_reason lx_file_rename(const char *from, const char *to,
                                   bool replace)
{
    WCHAR *wide_from = absolute_path(from);
    WCHAR *wide_to = wide_from ? absolute_path(to) : NULL;
    DWORD flags = MOVEFILE_WRITE_THROUGH;
    enum lx_file_reason reason;

    if (replace)
        flags |= MOVEFILE_REPLACE_EXISTING;
    reason = outcome(wide_to && MoveFileExW(wide_from, wide_to, flags));
    free(wide_from);
    free(wide_to);
    return reason;
}

enum lx_file_reason lx_file_remove(const char *path)
{
    WCHAR *wide = absolute_path(path);
    enum lx_file_reason reason = outcome(wide && DeleteFileW(wide));

    free(wide);
    return reason;
}

/* What lies in a user's folder has the permissions of that. */
bool lx_file_is_private(const char *path)
{
    return lx_file_kind_at(path) != LX_FILE_KIND_NONE;
}

enum lx_file_reason lx_folder_make(const char *path)
{
    WCHAR *wide = absolute_path(path);
    enum lx_file_reason reason = outcome(wide && CreateDirectoryW(wide, NULL));

    free(wide);
    return reason;
}

enum lx_file_reason lx_folder_check(const char *path)
{
    switch (lx_file_kind_at(path[0] ? path : ".")) {
    case LX_FILE_KIND_FOLDER:
        return LX_FILE_OK; /* permissions are known when a file is made */
    case LX_FILE_KIND_NONE:
        return LX_FILE_MISSING;
    default:
        return LX_FILE_NOT_FOLDER;
    }
}

bool lx_folder_is_remote(const char *path)
{
    WCHAR *wide = absolute_path(path);
    WCHAR root[MAX_PATH + 1];
    bool is_remote = false;

    if (wide && GetVolumePathNameW(wide, root, MAX_PATH + 1))
        is_remote = GetDriveTypeW(root) == DRIVE_REMOTE;
    free(wide);
    return is_remote;
}

void lx_folder_sync(const char *path)
{
    (void)path; /* the file system's journal has the names */
}

#endif
