/* file_sink.c: see file_sink.h. */
#include "file_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* TLS and HTTP/2 hand over 16 KiB at a time; the disk gets more at once. */
#define BUFFER_BYTES (256 * 1024)

/* The disk is told to begin after so many bytes: the fsync at the end, for
 * which the whole I/O thread waits, then finds little left to do. */
#define WRITE_BACK_BYTES (8 * 1024 * 1024)

/* Times that a .part is opened again because it was renamed away meanwhile. */
#define OPEN_TRIES 8

static const struct {
    int number;
    const char *words;
} REASONS[] = {
    {ENOSPC, "the disk is full: make room and save again"},
    {EDQUOT, "the disk quota is used up: make room and save again"},
    {EFBIG, "the file would be larger than the file system or a limit of this "
            "process (ulimit -f) allows"},
    {EACCES, "no permission to write there: choose another folder or change "
             "its permissions"},
    {EPERM, "no permission to write there: choose another folder or change "
            "its permissions"},
    {EROFS, "the file system is read-only: choose another folder"},
    {ENOENT, "the folder does not exist: create it first"},
    {ENOTDIR, "a part of the path is a file, not a folder"},
    {EISDIR, "this is a folder: give the name of a file in it"},
    {EEXIST, "the file exists: choose another name or ask for overwriting "
             "(overwrite = true)"},
    {ELOOP, "a symbolic link stands where a file is to be written: remove it"},
    {ENXIO, "something that is no file stands there: remove it"},
    {EWOULDBLOCK, "another download is writing to this file: wait for its end "
                  "or choose another name"},
    {ENAMETOOLONG, "the name is too long: choose a shorter one"},
    {EMFILE, "this process has too many open files (ulimit -n)"},
    {ENFILE, "the system has too many open files"},
    {ENOMEM, "memory is out"},
    {EIO, "the disk reports a fault"},
};

static bool refuse(struct lx_error *error, const char *path, int number)
{
    const char *words = NULL;

    for (size_t i = 0; i < sizeof(REASONS) / sizeof(REASONS[0]); i++)
        if (REASONS[i].number == number)
            words = REASONS[i].words;
    /* strerror is not safe with threads everywhere: the number will do. */
    if (words != NULL)
        lx_error_set(error, LX_KIND_FILE, "cannot save %.200s: %s", path,
                     words);
    else
        lx_error_set(error, LX_KIND_FILE,
                     "cannot save %.200s: the system says errno %d", path,
                     number);
    if (error != NULL)
        error->retryable = number != EEXIST;
    return false;
}

void lx_file_sink_init(struct lx_file_sink *sink)
{
    memset(sink, 0, sizeof(*sink));
    sink->fd = -1;
}

static void release(struct lx_file_sink *sink)
{
    if (sink->fd >= 0)
        close(sink->fd);
    free(sink->buffer);
    lx_file_sink_init(sink);
}

/* ---- opening ---- */

static int check_final_name(const char *path, bool overwrite)
{
    struct stat status;

    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return EISDIR;
    /* lstat: a link that leads nowhere takes the name, too. */
    if (!overwrite && lstat(path, &status) == 0)
        return EEXIST;
    return 0;
}

/* Whether `fd` is still what `part_path` names: between open and lock another
 * download may have renamed its finished .part away. */
static bool is_named(int fd, const char *part_path)
{
    struct stat by_fd, by_name;

    return fstat(fd, &by_fd) == 0 && lstat(part_path, &by_name) == 0 &&
           by_fd.st_dev == by_name.st_dev && by_fd.st_ino == by_name.st_ino;
}

/* The errno when `fd` is no file of its own that only we write. */
static int claim_part(int fd)
{
    struct stat status;

    if (fstat(fd, &status) != 0)
        return errno;
    if (!S_ISREG(status.st_mode))
        return ENXIO;
    /* A file system without locks is fine: then nothing is locked. */
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return EWOULDBLOCK;
    return 0;
}

/* A descriptor of the locked .part, or the negative errno. */
static int open_part(const char *part_path)
{
    for (int i = 0; i < OPEN_TRIES; i++) {
        /* NONBLOCK: opening a FIFO must not hang. */
        int fd = open(part_path,
                      O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
                      0666);

        if (fd < 0 && errno == EINTR)
            continue;
        if (fd < 0)
            return -errno;
        int number = claim_part(fd);
        if (number == 0 && is_named(fd, part_path))
            return fd;
        close(fd);
        if (number != 0)
            return -number;
    }
    return -EWOULDBLOCK;
}

bool lx_file_sink_open(struct lx_file_sink *sink, const char *path,
                       const char *part_path, bool overwrite,
                       struct lx_error *error)
{
    int number = check_final_name(path, overwrite);

    if (number != 0)
        return refuse(error, path, number);
    lx_file_sink_init(sink);
    sink->buffer = malloc(BUFFER_BYTES);
    if (sink->buffer == NULL)
        return refuse(error, path, ENOMEM);
    sink->path = path;
    sink->part_path = part_path;
    sink->overwrite = overwrite;
    sink->fd = open_part(part_path);
    if (sink->fd < 0) {
        number = -sink->fd;
        sink->fd = -1;
        release(sink);
        return refuse(error, part_path, number);
    }
    if (lx_file_sink_restart(sink, error))
        return true;
    lx_file_sink_discard(sink);
    return false;
}

/* ---- writing ---- */

/* 0 or the errno. */
static int write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return written < 0 ? errno : ENOSPC;
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}

static int flush_buffer(struct lx_file_sink *sink)
{
    int number = write_all(sink->fd, sink->buffer, sink->buffered);

    sink->buffered = 0;
    return number;
}

/* Only a hint: what fails here fails in fsync, too. */
static void begin_write_back(struct lx_file_sink *sink)
{
    if (sink->length - sink->handed_over < WRITE_BACK_BYTES)
        return;
#ifdef SYNC_FILE_RANGE_WRITE
    (void)sync_file_range(sink->fd, (off_t)sink->handed_over,
                          (off_t)(sink->length - sink->handed_over),
                          SYNC_FILE_RANGE_WRITE);
#endif
    sink->handed_over = sink->length;
}

bool lx_file_sink_write(struct lx_file_sink *sink, const void *bytes,
                        size_t length, struct lx_error *error)
{
    int number = 0;

    if (sink->fd < 0)
        return false;
    if (sink->buffered + length > BUFFER_BYTES)
        number = flush_buffer(sink);
    if (number == 0 && length >= BUFFER_BYTES) {
        number = write_all(sink->fd, bytes, length);
    } else if (number == 0 && length > 0) {
        memcpy(sink->buffer + sink->buffered, bytes, length);
        sink->buffered += length;
    }
    if (number != 0)
        return refuse(error, sink->path, number);
    sink->length += length;
    begin_write_back(sink);
    return true;
}

bool lx_file_sink_restart(struct lx_file_sink *sink, struct lx_error *error)
{
    if (sink->fd < 0)
        return false;
    sink->buffered = 0;
    sink->length = sink->handed_over = 0;
    if (ftruncate(sink->fd, 0) == 0 && lseek(sink->fd, 0, SEEK_SET) == 0)
        return true;
    return refuse(error, sink->path, errno);
}

/* ---- the end ---- */

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

static int rename_part(const struct lx_file_sink *sink)
{
    if (sink->overwrite)
        return rename(sink->part_path, sink->path) == 0 ? 0 : errno;
#ifdef RENAME_NOREPLACE
    if (renameat2(AT_FDCWD, sink->part_path, AT_FDCWD, sink->path,
                  RENAME_NOREPLACE) == 0)
        return 0;
    /* EINVAL: this file system has no such rename; ENOSYS: this kernel. */
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
#endif
    return claim_and_rename(sink->part_path, sink->path);
}

/* So that the new name survives a power cut. A folder that cannot be opened or
 * synced (some network file systems) is no reason to fail a saved file. */
static void sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 1 : (size_t)(slash - path) + 1;
    char *folder = malloc(length + 1);

    if (folder == NULL)
        return;
    memcpy(folder, slash == NULL ? "." : path, length);
    folder[length] = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(folder);
}

/* 0 or the errno. EINVAL: what cannot be synced is as safe as it gets. */
static int sync_file(int fd)
{
    while (fsync(fd) != 0) {
        if (errno == EINVAL || errno == ENOTSUP)
            return 0;
        if (errno != EINTR)
            return errno;
    }
    return 0;
}

bool lx_file_sink_commit(struct lx_file_sink *sink, struct lx_error *error)
{
    if (sink->fd < 0)
        return false;
    int number = flush_buffer(sink);
    if (number == 0)
        number = sync_file(sink->fd);
    if (number == 0)
        number = rename_part(sink);
    if (number != 0)
        return refuse(error, sink->path, number);
    sync_folder(sink->path);
    release(sink);
    return true;
}

void lx_file_sink_close(struct lx_file_sink *sink)
{
    if (sink->fd < 0)
        return;
    if (sink->length == 0) {
        lx_file_sink_discard(sink);
        return;
    }
    /* What is lost when the disk refuses now is fetched again anyway. */
    (void)flush_buffer(sink);
    release(sink);
}

void lx_file_sink_discard(struct lx_file_sink *sink)
{
    if (sink->fd < 0)
        return;
    /* Before the lock goes: after it the name may be another download's. */
    unlink(sink->part_path);
    release(sink);
}
