/* file.c: see ../file.h. */
#include "os/file.h"

#ifndef _WIN32

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#ifdef __linux__
#include <sys/vfs.h>
#else
#include <sys/mount.h>
#include <sys/param.h>
#endif
#include <unistd.h>

static const struct {
    int number;
    enum lx_file_reason reason;
} REASONS[] = {
    {0, LX_FILE_OK},
    {ENOSPC, LX_FILE_DISK_FULL},
    {EDQUOT, LX_FILE_QUOTA},
    {EFBIG, LX_FILE_TOO_LARGE},
    {EACCES, LX_FILE_DENIED},
    {EPERM, LX_FILE_DENIED},
    {EROFS, LX_FILE_READ_ONLY},
    {ENOENT, LX_FILE_MISSING},
    {ENOTDIR, LX_FILE_NOT_FOLDER},
    {EISDIR, LX_FILE_IS_FOLDER},
    {EEXIST, LX_FILE_EXISTS},
    {ELOOP, LX_FILE_IS_LINK},
    {ENXIO, LX_FILE_NOT_REGULAR},
    {ENODEV, LX_FILE_NOT_REGULAR},
    {EBUSY, LX_FILE_BUSY},
    {ETXTBSY, LX_FILE_BUSY},
    {EWOULDBLOCK, LX_FILE_BUSY},
    {ENAMETOOLONG, LX_FILE_NAME_TOO_LONG},
    {EMFILE, LX_FILE_TOO_MANY_FILES},
    {ENFILE, LX_FILE_TOO_MANY_FILES},
    {ENOMEM, LX_FILE_MEMORY},
    {EIO, LX_FILE_FAULT},
};

static enum lx_file_reason reason_of(int number)
{
    for (size_t i = 0; i < sizeof REASONS / sizeof *REASONS; i++)
        if (REASONS[i].number == number)
            return REASONS[i].reason;
    return LX_FILE_OTHER;
}

/* Of what a call returned. */
static enum lx_file_reason judge(int result)
{
    return result >= 0 ? LX_FILE_OK : reason_of(errno);
}

static int fd_of(const struct lx_file *file)
{
    return (int)file->handle;
}

/* ---- open files ---- */

static enum lx_file_reason open_as(struct lx_file *file, const char *path,
                                   int flags, mode_t mode)
{
    int fd;

    do
        fd = open(path, flags | O_CLOEXEC, mode);
    while (fd < 0 && errno == EINTR);
    file->handle = fd;
    return judge(fd);
}

static enum lx_file_reason open_with(struct lx_file *file, const char *path,
                                     int flags)
{
    return open_as(file, path, flags, 0666);
}

enum lx_file_reason lx_file_create(struct lx_file *file, const char *path)
{
    return open_with(file, path, O_RDWR | O_CREAT | O_EXCL);
}

enum lx_file_reason lx_file_create_private(struct lx_file *file,
                                           const char *path)
{
    return open_as(file, path, O_RDWR | O_CREAT | O_EXCL, 0600);
}

enum lx_file_reason lx_file_open(struct lx_file *file, const char *path)
{
    /* NONBLOCK: opening a FIFO must not hang. */
    enum lx_file_reason reason = open_with(file, path, O_RDONLY | O_NONBLOCK);
    struct stat status;

    if (reason != LX_FILE_OK)
        return reason;
    reason = judge(fstat(fd_of(file), &status));
    if (reason == LX_FILE_OK && !S_ISREG(status.st_mode))
        reason =
            S_ISDIR(status.st_mode) ? LX_FILE_IS_FOLDER : LX_FILE_NOT_REGULAR;
    if (reason != LX_FILE_OK)
        lx_file_close(file);
    return reason;
}

void lx_file_close(struct lx_file *file)
{
    if (lx_file_is_open(file))
        close(fd_of(file));
    *file = LX_FILE_CLOSED;
}

enum lx_file_reason lx_file_write(const struct lx_file *file, uint64_t offset,
                                  const void *bytes, size_t length)
{
    const char *at = bytes;

    while (length > 0) {
        ssize_t written = pwrite(fd_of(file), at, length, (off_t)offset);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return written < 0 ? reason_of(errno) : LX_FILE_DISK_FULL;
        at += written;
        offset += (uint64_t)written;
        length -= (size_t)written;
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
        ssize_t got = pread(fd_of(file), at + *length, room - *length,
                            (off_t)(offset + *length));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return reason_of(errno);
        if (got == 0)
            break;
        *length += (size_t)got;
    }
    return LX_FILE_OK;
}

static enum lx_file_reason lock_as(const struct lx_file *file, int operation)
{
    int result;

    do
        result = flock(fd_of(file), operation | LOCK_NB);
    while (result != 0 && errno == EINTR);
    return result != 0 && errno == EWOULDBLOCK ? LX_FILE_BUSY : LX_FILE_OK;
}

enum lx_file_reason lx_file_lock(const struct lx_file *file)
{
    return lock_as(file, LOCK_EX);
}

enum lx_file_reason lx_file_lock_shared(const struct lx_file *file)
{
    return lock_as(file, LOCK_SH);
}

static struct lx_file_identity identity_of(const struct stat *status)
{
#ifdef __APPLE__
    struct timespec changed = status->st_ctimespec;
    struct timespec modified = status->st_mtimespec;
#else
    struct timespec changed = status->st_ctim;
    struct timespec modified = status->st_mtim;
#endif
    return (struct lx_file_identity){
        .volume = (uint64_t)status->st_dev,
        .index = (uint64_t)status->st_ino,
        .length = (uint64_t)status->st_size,
        .changed_ns = (int64_t)changed.tv_sec * 1000000000 + changed.tv_nsec,
        .modified_ms =
            (int64_t)modified.tv_sec * 1000 + modified.tv_nsec / 1000000};
}

enum lx_file_reason lx_file_identify(const struct lx_file *file,
                                     struct lx_file_identity *identity)
{
    struct stat status;
    enum lx_file_reason reason = judge(fstat(fd_of(file), &status));

    if (reason == LX_FILE_OK)
        *identity = identity_of(&status);
    return reason;
}

enum lx_file_reason lx_file_identify_at(const char *path,
                                        struct lx_file_identity *identity)
{
    struct stat status;
    enum lx_file_reason reason = judge(stat(path, &status));

    if (reason == LX_FILE_OK)
        *identity = identity_of(&status);
    return reason;
}

/* What fails here fails in the sync, too. */
void lx_file_begin_sync(const struct lx_file *file, uint64_t offset,
                        uint64_t length)
{
#ifdef SYNC_FILE_RANGE_WRITE
    (void)sync_file_range(fd_of(file), (off_t)offset, (off_t)length,
                          SYNC_FILE_RANGE_WRITE);
#else
    (void)file, (void)offset, (void)length;
#endif
}

/* An error that is told here is not told again by fsync. */
enum lx_file_reason lx_file_sync_range(const struct lx_file *file,
                                       uint64_t offset, uint64_t length)
{
#ifdef SYNC_FILE_RANGE_WRITE
    if (sync_file_range(fd_of(file), (off_t)offset, (off_t)length,
                        SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
                            SYNC_FILE_RANGE_WAIT_AFTER) != 0 &&
        errno != EINVAL && errno != ENOSYS && errno != ESPIPE)
        return reason_of(errno);
#else
    (void)file, (void)offset, (void)length;
#endif
    return LX_FILE_OK;
}

enum lx_file_reason lx_file_sync(const struct lx_file *file)
{
    int result;

    do
        result = fsync(fd_of(file));
    while (result != 0 && errno == EINTR);
    /* What cannot be synced is as safe as it gets. */
    if (result != 0 && (errno == EINVAL || errno == ENOTSUP))
        return LX_FILE_OK;
    return judge(result);
}

/* ---- names ---- */

enum lx_file_kind lx_file_kind_at(const char *path)
{
    struct stat status;

    if (lstat(path, &status) != 0)
        return LX_FILE_KIND_NONE;
    if (S_ISREG(status.st_mode))
        return LX_FILE_KIND_REGULAR;
    bool is_link = S_ISLNK(status.st_mode);
    if ((!is_link || stat(path, &status) == 0) && S_ISDIR(status.st_mode))
        return LX_FILE_KIND_FOLDER;
    return is_link ? LX_FILE_KIND_LINK : LX_FILE_KIND_OTHER;
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
    reason = judge(rename(from, to));
    if (reason != LX_FILE_OK)
        unlink(to);
    return reason;
}

enum lx_file_reason lx_file_rename(const char *from, const char *to,
                                   bool replace)
{
    if (replace)
        return judge(rename(from, to));
#ifdef RENAME_NOREPLACE
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return LX_FILE_OK;
    /* EINVAL: this file system has no such rename; ENOSYS: this kernel. */
    if (errno != EINVAL && errno != ENOSYS)
        return reason_of(errno);
#endif
    return claim_and_rename(from, to);
}

enum lx_file_reason lx_file_remove(const char *path)
{
    return judge(unlink(path));
}

bool lx_file_is_private(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && status.st_uid == geteuid() &&
           (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

enum lx_file_reason lx_folder_make(const char *path)
{
    return judge(mkdir(path, 0777));
}

enum lx_file_reason lx_folder_check(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return reason_of(errno);
    if (!S_ISDIR(status.st_mode))
        return LX_FILE_NOT_FOLDER;
    return judge(faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS));
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

void lx_folder_sync(const char *path)
{
    struct lx_file folder;

    if (open_with(&folder, path, O_RDONLY | O_DIRECTORY) != LX_FILE_OK)
        return;
    (void)fsync(fd_of(&folder));
    lx_file_close(&folder);
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
