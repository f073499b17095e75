/* path.c: see file.h, and the paths of ../file.h. */
#include "os/file.h"

#ifdef _WIN32

#include "os/windows/file.h"

#include <stdlib.h>
#include <string.h>

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

WCHAR *lx_windows_path(const char *path)
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

#endif
