/* file_place.h: give a finished file its name, and have the name survive a
 * power cut. Any thread. Knows nothing of what is in the file. */
#pragma once

#include <stdbool.h>

/* Rename atomically; without `overwrite` the name must be free. 0 or the
 * errno, EEXIST when the name is taken. */
int lx_file_place(const char *part_path, const char *path, bool overwrite);

/* Whether two files lie in the same folder, as far as their paths tell. */
bool lx_file_shares_folder(const char *path, const char *other);

/* Write the names in the folder of `path` through to the disk. A folder that
 * cannot be opened or synced (some network file systems) is no reason to fail
 * a saved file: nothing is told then. */
void lx_file_sync_folder(const char *path);
