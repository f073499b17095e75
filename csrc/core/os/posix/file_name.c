/* file_name.c: names of files, and folders; see ../file.h. */
#include "os/file.h"

#ifndef _WIN32

#include "os/posix/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#ifdef __linux__
#include <sys/vfs.h>
#else
#include <sys/mount.h>
#include <sys/param.h>
#endif
#include <unistd.h>

enum lx_file_kind lx_file_kind_at(const char *path)
{
    struct stat status;

    if (lstat(path, &status) != 0)
        return LX_FILE_KIND_NONE;
    if (S_ISREG(status.st_mode))
        return LX_FILE_KIND_REGULAR;
    bool is_link = S_ISLNK(status.st_mode);
    bool is_there = !is_link || stat(path, &status) == 0;
    if (is_there && S_ISDIR(status.st_mode))
        return LX_FILE_KIND_FOLDER;
    return is_link && (!is_there || S_ISREG(status.st_mode))
               ? LX_FILE_KIND_LINK
               : LX_FILE_KIND_OTHER;
}

/* To a name that must be free, for file systems that cannot say so: a hard
 * link fails when the name is taken; where there are no hard links, an empty
 * file claims the name first. */
static enum lx_file_reason claim_and_rename(const char *from, const char *to)
{
    struct lx_file claim;

    if (link(from, to) == 0) {
        unlink(from); /* saved, whether or not the other name goes */
        return LX_FILE_OK;
    }
    if (errno == EEXIST)
        return LX_FILE_EXISTS;
    enum lx_file_reason reason = lx_file_create(&claim, to);
    if (reason != LX_FILE_OK)
        return reason;
    lx_file_close(&claim);
    reason = lx_posix_judge(rename(from, to));
    if (reason != LX_FILE_OK)
        unlink(to);
    return reason;
}

enum lx_file_reason lx_file_rename(const char *from, const char *to,
                                   bool replace)
{
    if (replace)
        return lx_posix_judge(rename(from, to));
#ifdef RENAME_NOREPLACE
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return LX_FILE_OK;
    /* EINVAL: this file system has no such rename; ENOSYS: this kernel. */
    if (errno != EINVAL && errno != ENOSYS)
        return lx_posix_reason(errno);
#elif defined(RENAME_EXCL)
    if (renamex_np(from, to, RENAME_EXCL) == 0)
        return LX_FILE_OK;
    if (errno != ENOTSUP) /* what volumes without it answer: rename(2) */
        return lx_posix_reason(errno);
#endif
    return claim_and_rename(from, to);
}

enum lx_file_reason lx_file_remove(const char *path)
{
    return lx_posix_judge(unlink(path));
}

bool lx_file_is_private(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && status.st_uid == geteuid() &&
           (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

enum lx_file_reason lx_folder_make(const char *path)
{
    return lx_posix_judge(mkdir(path, 0777));
}

enum lx_file_reason lx_folder_check(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return lx_posix_reason(errno);
    if (!S_ISDIR(status.st_mode))
        return LX_FILE_NOT_FOLDER;
    return lx_posix_judge(faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS));
}

#ifdef __linux__
bool lx_folder_is_remote(const char *path)
{
    /* NFS, SMB, CIFS, SMB2, 9P, AFS, Coda, NCP, Ceph, Lustre, GFS2, OCFS2 */
    static const uint32_t REMOTE[] = {
        0x6969,     0x517B, 0xFF534D42, 0xFE534D42, 0x01021997, 0x5346414F,
        0x73757245, 0x564C, 0x00C36400, 0x0BD00BD0, 0x01161970, 0x7461636F};
    struct statfs status;

    if (statfs(path, &status) != 0)
        return false;
    for (size_t i = 0; i < sizeof REMOTE / sizeof *REMOTE; i++)
        if ((uint32_t)status.f_type == REMOTE[i])
            return true;
    return false;
}
#elif defined(MNT_LOCAL)
bool lx_folder_is_remote(const char *path)
{
    struct statfs status;

    return statfs(path, &status) == 0 && !(status.f_flags & MNT_LOCAL);
}
#else
bool lx_folder_is_remote(const char *path)
{
    (void)path;
    return false;
}
#endif

void lx_folder_walk(const char *path, lx_folder_visit *visit, void *argument)
{
    DIR *folder = opendir(*path ? path : ".");
    const struct dirent *entry;

    /* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody else has the folder */
    while (folder && (entry = readdir(folder)))
        if (!visit(argument, entry->d_name))
            break;
    if (folder)
        closedir(folder);
}

void lx_folder_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return;
    (void)lx_posix_sync(fd);
    close(fd);
}

bool lx_path_is_separator(char byte)
{
    return byte == '/';
}

size_t lx_path_root_length(const char *path)
{
    return path[0] == '/' ? 1 : 0;
}

bool lx_path_absolute(const char *path, char *out, size_t capacity)
{
    size_t length = 0, bytes = strlen(path) + 1;

    if (path[0] != '/') {
        if (!getcwd(out, capacity))
            return false;
        length = strlen(out);
        if (out[length - 1] != '/')
            out[length++] = '/'; /* in the place of the NUL */
    }
    if (bytes > capacity - length)
        return false;
    memcpy(out + length, path, bytes);
    return true;
}

size_t lx_folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? (size_t)(slash - path) + 1 : 0;
}

#endif
