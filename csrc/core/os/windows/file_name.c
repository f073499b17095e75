/* file_name.c: names of files, and folders; see ../file.h. */
#include "os/file.h"

#ifdef _WIN32

#include "os/windows/file.h"

#include <stdlib.h>
#include <string.h>

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
    WCHAR *wide = lx_windows_path(path);
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
    WCHAR *wide_from = lx_windows_path(from);
    WCHAR *wide_to = wide_from ? lx_windows_path(to) : NULL;
    DWORD flags = MOVEFILE_WRITE_THROUGH;
    enum lx_file_reason reason;

    if (replace)
        flags |= MOVEFILE_REPLACE_EXISTING;
    reason =
        lx_windows_outcome(wide_to && MoveFileExW(wide_from, wide_to, flags));
    free(wide_from);
    free(wide_to);
    return reason;
}

enum lx_file_reason lx_file_remove(const char *path)
{
    WCHAR *wide = lx_windows_path(path);
    enum lx_file_reason reason = lx_windows_outcome(wide && DeleteFileW(wide));

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
    WCHAR *wide = lx_windows_path(path);
    enum lx_file_reason reason =
        lx_windows_outcome(wide && CreateDirectoryW(wide, NULL));

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
    WCHAR *wide = lx_windows_path(path);
    WCHAR root[MAX_PATH + 1];
    bool is_remote = false;

    if (wide && GetVolumePathNameW(wide, root, MAX_PATH + 1))
        is_remote = GetDriveTypeW(root) == DRIVE_REMOTE;
    free(wide);
    return is_remote;
}

/* The path for FindFirstFileW, or NULL; the caller frees it. */
static WCHAR *pattern_of(const char *path)
{
    WCHAR *wide = lx_windows_path(*path ? path : ".");
    size_t units = wide ? wcslen(wide) : 0;
    WCHAR *pattern = wide ? malloc((units + 3) * sizeof *pattern) : NULL;

    if (pattern) {
        wcscpy(pattern, wide);
        wcscpy(pattern + units,
               units > 0 && wide[units - 1] == L'\\' ? L"*" : L"\\*");
    }
    free(wide);
    return pattern;
}

void lx_folder_walk(const char *path, lx_folder_visit *visit, void *argument)
{
    WCHAR *pattern = pattern_of(path);
    WIN32_FIND_DATAW found;
    char name[4 * MAX_PATH];
    HANDLE search =
        pattern ? FindFirstFileW(pattern, &found) : INVALID_HANDLE_VALUE;

    free(pattern);
    if (search == INVALID_HANDLE_VALUE)
        return;
    do
        if (WideCharToMultiByte(CP_UTF8, 0, found.cFileName, -1, name,
                                sizeof name, NULL, NULL) > 0 &&
            !visit(argument, name))
            break;
    while (FindNextFileW(search, &found));
    FindClose(search);
}

void lx_folder_sync(const char *path)
{
    (void)path; /* the file system's journal has the names */
}

#endif
