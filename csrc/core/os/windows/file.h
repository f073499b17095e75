/* file.h: what the files of Windows have in common: paths, and reasons. Paths
 * become UTF-16 with the prefix that lifts the limit of 260 characters and
 * takes names such as CON for names. Any thread. */
#pragma once

#ifdef _WIN32

#include "os/file.h"

#include <windows.h>

#pragma GCC visibility push(hidden)

/* The absolute path with its prefix; the caller frees it. NULL when out of
 * memory, or when `path` is in no encoding, with the last error set. */
WCHAR *lx_windows_path(const char *path);

/* Of an error's number, and of what a call returned. */
enum lx_file_reason lx_windows_reason(DWORD number);
enum lx_file_reason lx_windows_outcome(BOOL succeeded);

#pragma GCC visibility pop

#endif
