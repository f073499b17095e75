/* file_sink_rig.h: a folder on a real disk to save into. pwrite, fsync, link
 * and renameat2 are defined here, over the C library's, so that they can be
 * told to fail. */
#pragma once

#include "download/file_sink.h"

#include "../check.h"
#include "../parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* errno to fail with; 0: work as ever */
static int fail_write, fail_fsync, fail_link, fail_renameat2;
static long write_room;      /* bytes until fail_write */
static size_t write_longest; /* seen */

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    write_longest = length > write_longest ? length : write_longest;
    if (fail_write != 0 && write_room <= 0) {
        errno = fail_write;
        return -1;
    }
    if (fail_write != 0 && length > (size_t)write_room)
        length = (size_t)write_room;
    write_room -= fail_write != 0 ? (long)length : 0;
    return (ssize_t)syscall(SYS_pwrite64, fd, bytes, length, offset);
}

int fsync(int fd)
{
    struct stat status;

    if (fail_fsync != 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        errno = fail_fsync;
        return -1;
    }
    return (int)syscall(SYS_fsync, fd);
}

int link(const char *from, const char *to)
{
    if (fail_link != 0) {
        errno = fail_link;
        return -1;
    }
    return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat2(int from_fd, const char *from, int to_fd, const char *to,
              unsigned flags)
{
    if (fail_renameat2 != 0) {
        errno = fail_renameat2;
        return -1;
    }
    return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
}

static char folder[200], path[300];

static void begin(const char *row)
{
    check_row = row;
    unlink(path);
    fail_write = fail_fsync = fail_link = fail_renameat2 = 0;
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(name, "wb");

    fputs(text, file);
    fclose(file);
}

/* The content of a file, cut at 99 bytes; NULL when there is none. */
static const char *get(const char *name)
{
    static char text[100];
    FILE *file = fopen(name, "rb");

    if (!file)
        return NULL;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static int parts(void)
{
    return count_parts(folder, NULL);
}

static bool go_on(void *argument)
{
    (void)argument;
    return true;
}

static bool stop_after(void *argument)
{
    return (*(int *)argument)-- > 0;
}

/* As the disk does it. */
static bool commit(struct lx_file_sink *sink, struct lx_error *error)
{
    bool is_saved =
        lx_file_sink_write_out(sink, error) &&
        lx_file_sink_sync(sink, go_on, NULL, error) == LX_SINK_SYNCED &&
        lx_file_sink_place(sink, error);

    if (is_saved)
        lx_file_sink_sync_folder(sink);
    lx_file_sink_discard(sink);
    return is_saved;
}

static bool save(const char *text, bool overwrite, struct lx_error *error)
{
    struct lx_file_sink sink;

    lx_file_sink_init(&sink);
    return lx_file_sink_open(&sink, path, path, overwrite, error) &&
           lx_file_sink_write(&sink, text, strlen(text), error) &&
           commit(&sink, error);
}

static void open_sink(struct lx_file_sink *sink, bool overwrite)
{
    lx_file_sink_init(sink);
    CHECK(lx_file_sink_open(sink, path, path, overwrite, NULL));
}

/* More than the buffer: the part is made. */
static void fill(struct lx_file_sink *sink, size_t bytes)
{
    static char large[4 * LX_FILE_SINK_BUFFER_BYTES];

    memset(large, 'x', sizeof large);
    CHECK(lx_file_sink_write(sink, large, bytes, NULL));
}
