/* parts.h: the parts of downloads that are in a folder; their names are random.
 */
#pragma once

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* How many there are; *bytes (may be NULL) are those of the last one. */
static inline int count_parts(const char *folder, long long *bytes)
{
    static const char suffix[] = ".part";
    DIR *directory = opendir(folder);
    int count = 0;

    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        size_t length = strlen(entry->d_name);
        char path[600];
        struct stat status;

        if (length < sizeof suffix ||
            strcmp(entry->d_name + length - sizeof suffix + 1, suffix) != 0)
            continue;
        count++;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (bytes && lstat(path, &status) == 0)
            *bytes = (long long)status.st_size;
    }
    if (directory)
        closedir(directory);
    return count;
}
