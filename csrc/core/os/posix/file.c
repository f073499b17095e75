/* file.c: open files; see ../file.h. */
#include "os/file.h"

#ifndef _WIN32

#include "os/posix/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
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

enum lx_file_reason lx_posix_reason(int number)
{
    for (size_t i = 0; i < sizeof REASONS / sizeof *REASONS; i++)
        if (REASONS[i].number == number)
            return REASONS[i].reason;
    return LX_FILE_OTHER;
}

enum lx_file_reason lx_posix_judge(int result)
{
    return result >= 0 ? LX_FILE_OK : lx_posix_reason(errno);
}

static int fd_of(const struct lx_file *file)
{
    return (int)file->handle;
}

static enum lx_file_reason open_as(struct lx_file *file, const char *path,
                                   int flags, mode_t mode)
{
    int fd;

    do
        fd = open(path, flags | O_CLOEXEC, mode);
    while (fd < 0 && errno == EINTR);
    file->handle = fd;
    return lx_posix_judge(fd);
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
    reason = lx_posix_judge(fstat(fd_of(file), &status));
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
            return written < 0 ? lx_posix_reason(errno) : LX_FILE_DISK_FULL;
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
            return lx_posix_reason(errno);
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
    enum lx_file_reason reason = lx_posix_judge(fstat(fd_of(file), &status));

    if (reason == LX_FILE_OK)
        *identity = identity_of(&status);
    return reason;
}

enum lx_file_reason lx_file_identify_at(const char *path,
                                        struct lx_file_identity *identity)
{
    struct stat status;
    enum lx_file_reason reason = lx_posix_judge(stat(path, &status));

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
        return lx_posix_reason(errno);
#else
    (void)file, (void)offset, (void)length;
#endif
    return LX_FILE_OK;
}

/* fsync(2) of macOS moves the bytes to the drive, which may keep them in its
 * memory; F_FULLFSYNC has it write them, on file systems that know it. */
int lx_posix_sync(int fd)
{
    int result;

#ifdef F_FULLFSYNC
    if (fcntl(fd, F_FULLFSYNC) == 0)
        return 0;
#endif
    do
        result = fsync(fd);
    while (result != 0 && errno == EINTR);
    return result;
}

enum lx_file_reason lx_file_sync(const struct lx_file *file)
{
    int result = lx_posix_sync(fd_of(file));

    /* What cannot be synced is as safe as it gets. */
    if (result != 0 && (errno == EINVAL || errno == ENOTSUP))
        return LX_FILE_OK;
    return lx_posix_judge(result);
}

#endif
