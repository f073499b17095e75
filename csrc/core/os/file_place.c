/* file_place.c: see file_place.h. */
#include "os/file_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Rename to a name that must be free, for file systems that cannot say so:
 * a hard link fails when the name is taken; where there are no hard links, an
 * empty file claims the name first. */
static int claim_and_rename(const char *part_path, const char *path)
{
    if (link(part_path, path) == 0) {
        unlink(part_path); /* saved, whether or not the other name goes */
        return 0;
    }
    if (errno == EEXIST)
        return EEXIST;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return errno;
    close(fd);
    if (rename(part_path, path) == 0)
        return 0;
    int number = errno;
    unlink(path);
    return number;
}

int lx_file_place(const char *part_path, const char *path, bool overwrite)
{
    if (overwrite)
        return rename(part_path, path) == 0 ? 0 : errno;
#ifdef RENAME_NOREPLACE
    if (renameat2(AT_FDCWD, part_path, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return 0;
    /* EINVAL: this file system has no such rename; ENOSYS: this kernel. */
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
#endif
    return claim_and_rename(part_path, path);
}

/* Bytes of the path up to its last slash, that included; 0: no folder. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

bool lx_file_shares_folder(const char *path, const char *other)
{
    size_t length = folder_length(path);

    return length == folder_length(other) && memcmp(path, other, length) == 0;
}

void lx_file_sync_folder(const char *path)
{
    size_t length = folder_length(path);
    char *folder = malloc(length + 2);

    if (folder == NULL)
        return;
    memcpy(folder, path, length);
    memcpy(folder + length, ".", 2);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(folder);
}
