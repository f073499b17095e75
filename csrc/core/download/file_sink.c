/* file_sink.c: see file_sink.h. */
#include "download/file_sink.h"

#include "os/file_place.h"
#include "download/file_words.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Times that a .part is opened again because it was renamed away meanwhile. */
#define OPEN_TRIES 8

static bool refuse(struct lx_error *error, const char *path, int number)
{
    char words[LX_FILE_WORDS_MAX];

    if (number == EEXIST) {
        lx_error_set(error, LX_KIND_FILE,
                     "%.200s exists already; give overwrite = true to replace "
                     "it",
                     path);
        return false;
    }
    lx_file_words(number, words);
    lx_error_set(error, LX_KIND_FILE, "cannot save %.200s: %s", path, words);
    if (error != NULL)
        error->retryable = true;
    return false;
}

static bool is_open(const struct lx_file_sink *sink)
{
    return sink->part_path != NULL;
}

/* For messages: the final name, as far as it is known. */
static const char *shown_path(const struct lx_file_sink *sink)
{
    return sink->path != NULL ? sink->path : sink->part_path;
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
    lx_blocks_give(sink->blocks, sink->buffer);
    free(sink->path);
    free(sink->part_path);
    lx_file_sink_init(sink);
}

/* ---- opening ---- */

static int check_final_name(const char *path, bool overwrite)
{
    struct stat status;

    /* lstat: a link that leads nowhere takes the name, too. */
    if (lstat(path, &status) != 0)
        return 0;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return EISDIR;
    return overwrite ? 0 : EEXIST;
}

static int check_part_name(const char *part_path)
{
    struct stat status;

    if (lstat(part_path, &status) != 0)
        return errno == ENOENT ? 0 : errno;
    if (S_ISLNK(status.st_mode))
        return ELOOP;
    if (S_ISDIR(status.st_mode))
        return EISDIR;
    return S_ISREG(status.st_mode) ? 0 : ENXIO;
}

/* Whether the file is still what `part_path` names: between open and lock
 * another download may have renamed its finished .part away. */
static bool is_named(const struct stat *file, const char *part_path)
{
    struct stat by_name;

    return lstat(part_path, &by_name) == 0 && file->st_dev == by_name.st_dev &&
           file->st_ino == by_name.st_ino;
}

/* The errno when `fd` is no file of its own that only we write; *file says
 * which one it is. */
static int claim_part(int fd, struct stat *file)
{
    if (fstat(fd, file) != 0)
        return errno;
    if (!S_ISREG(file->st_mode))
        return ENXIO;
    /* A file system without locks is fine: then nothing is locked. */
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return EWOULDBLOCK;
    return 0;
}

/* 0 or the errno: open the .part and lock it. */
static int open_part(struct lx_file_sink *sink)
{
    struct stat file;

    for (int i = 0; i < OPEN_TRIES; i++) {
        /* NONBLOCK: opening a FIFO must not hang. */
        int fd = open(sink->part_path,
                      O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
                      0666);

        if (fd < 0 && errno == EINTR)
            continue;
        if (fd < 0)
            return errno;
        int number = claim_part(fd, &file);
        if (number == 0 && is_named(&file, sink->part_path)) {
            sink->fd = fd;
            return 0;
        }
        close(fd);
        if (number != 0)
            return number;
    }
    return EWOULDBLOCK;
}

/* 0 or the errno. Truncating costs a turn of the journal, and most are empty.
 */
static int empty_part(struct lx_file_sink *sink)
{
    if (lseek(sink->fd, 0, SEEK_END) == 0 ||
        (ftruncate(sink->fd, 0) == 0 && lseek(sink->fd, 0, SEEK_SET) == 0))
        return 0;
    return errno;
}

/* 0 or the errno: an empty, locked .part, where there is none yet. */
static int make_part(struct lx_file_sink *sink)
{
    int number = open_part(sink);

    return number != 0 ? number : empty_part(sink);
}

/* NULL when memory is out. */
static char *copy_path(const char *path)
{
    size_t bytes = strlen(path) + 1;
    char *copy = malloc(bytes);

    return copy != NULL ? memcpy(copy, path, bytes) : NULL;
}

bool lx_file_sink_open(struct lx_file_sink *sink, struct lx_blocks *blocks,
                       const char *path, const char *part_path, bool overwrite,
                       struct lx_error *error)
{
    int number = path != NULL ? check_final_name(path, overwrite) : 0;

    if (number != 0)
        return refuse(error, path, number);
    number = check_part_name(part_path);
    if (number != 0)
        return refuse(error, part_path, number);
    lx_file_sink_init(sink);
    sink->blocks = blocks;
    sink->overwrite = overwrite;
    sink->buffer = lx_blocks_take(blocks);
    sink->part_path = copy_path(part_path);
    sink->path = path != NULL ? copy_path(path) : NULL;
    if (sink->buffer == NULL || sink->part_path == NULL ||
        (path != NULL && sink->path == NULL)) {
        release(sink);
        return refuse(error, part_path, ENOMEM);
    }
    return true;
}

bool lx_file_sink_name(struct lx_file_sink *sink, const char *path,
                       struct lx_error *error)
{
    int number = check_final_name(path, sink->overwrite);
    char *copy = number == 0 ? copy_path(path) : NULL;

    if (copy == NULL)
        return refuse(error, path, number != 0 ? number : ENOMEM);
    free(sink->path);
    sink->path = copy;
    return true;
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

/* The first of them make the .part. */
static bool put(struct lx_file_sink *sink, const char *bytes, size_t length,
                struct lx_error *error)
{
    int number = sink->fd < 0 ? make_part(sink) : 0;

    if (number != 0)
        return refuse(error, sink->part_path, number);
    number = write_all(sink->fd, bytes, length);
    return number == 0 || refuse(error, shown_path(sink), number);
}

static bool flush_buffer(struct lx_file_sink *sink, struct lx_error *error)
{
    size_t length = sink->buffered;

    sink->buffered = 0;
    return put(sink, sink->buffer, length, error);
}

/* Only a hint: what fails here fails in fsync, too. */
void lx_file_sink_begin_sync(struct lx_file_sink *sink)
{
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
    if (sink->buffer == NULL)
        return false;
    if (sink->buffered + length > LX_BLOCK_BYTES && !flush_buffer(sink, error))
        return false;
    if (length >= LX_BLOCK_BYTES) {
        if (!put(sink, bytes, length, error))
            return false;
    } else if (length > 0) {
        memcpy(sink->buffer + sink->buffered, bytes, length);
        sink->buffered += length;
    }
    sink->length += length;
    if (sink->length - sink->handed_over >= LX_FILE_SINK_STEP_BYTES)
        lx_file_sink_begin_sync(sink);
    return true;
}

bool lx_file_sink_flush(struct lx_file_sink *sink, struct lx_error *error)
{
    return sink->buffered == 0 || flush_buffer(sink, error);
}

bool lx_file_sink_restart(struct lx_file_sink *sink, struct lx_error *error)
{
    if (!is_open(sink))
        return false;
    sink->buffered = 0;
    sink->length = sink->handed_over = sink->synced = 0;
    int number = sink->fd >= 0 ? empty_part(sink) : 0;
    return number == 0 || refuse(error, shown_path(sink), number);
}

/* ---- the end ---- */

bool lx_file_sink_seal(struct lx_file_sink *sink, struct lx_error *error)
{
    if (!is_open(sink) || !flush_buffer(sink, error))
        return false;
    lx_blocks_give(sink->blocks, sink->buffer);
    sink->buffer = NULL;
    return true;
}

uint64_t lx_file_sink_unsynced(const struct lx_file_sink *sink)
{
    return sink->length - sink->synced;
}

bool lx_file_sink_sync_step(struct lx_file_sink *sink, struct lx_error *error)
{
    if (sink->fd < 0)
        return false;
#ifdef SYNC_FILE_RANGE_WRITE
    /* an error told here is not told again by fsync */
    if (sync_file_range(sink->fd, (off_t)sink->synced, LX_FILE_SINK_STEP_BYTES,
                        SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
                            SYNC_FILE_RANGE_WAIT_AFTER) != 0 &&
        errno != EINVAL && errno != ENOSYS)
        return refuse(error, shown_path(sink), errno);
#endif
    sink->synced += LX_FILE_SINK_STEP_BYTES;
    return true;
}

/* EINVAL: what cannot be synced is as safe as it gets. */
bool lx_file_sink_synced(struct lx_file_sink *sink, int number,
                         struct lx_error *error)
{
    if (number != 0 && number != EINVAL && number != ENOTSUP)
        return refuse(error, shown_path(sink), number);
    sink->synced = sink->length;
    return true;
}

bool lx_file_sink_place(struct lx_file_sink *sink, struct lx_error *error)
{
    if (sink->fd < 0 || sink->path == NULL)
        return false;
    int number = lx_file_place(sink->part_path, sink->path, sink->overwrite);
    return number == 0 || refuse(error, shown_path(sink), number);
}

void lx_file_sink_close(struct lx_file_sink *sink)
{
    if (!is_open(sink))
        return;
    if (sink->length == sink->buffered)
        lx_file_sink_discard(sink);
    else
        release(sink);
}

void lx_file_sink_discard(struct lx_file_sink *sink)
{
    if (!is_open(sink))
        return;
    /* Before the lock goes: after it the name may be another download's. */
    if (sink->fd >= 0)
        unlink(sink->part_path);
    release(sink);
}
