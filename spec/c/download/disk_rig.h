/* disk_rig.h: a folder, and a disk that waits when told to. fsync and the
 * waiting kind of sync_file_range are defined here, over the C library's:
 * while the gate is shut, the thread that syncs a file stands before it. The
 * gate opens when somebody joins a thread, for then he waits for the disk.
 * Include it in a program linked with -Wl,--wrap=lx_thread_join. */
#pragma once

#include "../check.h"
#include "os/thread.h"
#include "os/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t change;
    bool is_shut;
    int standing;  /* threads before the gate */
    int files;     /* synced */
    int folders;   /* synced */
    int begun;     /* files whose write-back was begun by a hint */
    int fail_with; /* errno of the next syncs of files; 0: none */
} disk = {.lock = PTHREAD_MUTEX_INITIALIZER,
          .change = PTHREAD_COND_INITIALIZER};

static char disk_folder[200];

static inline void shut_gate(void)
{
    pthread_mutex_lock(&disk.lock);
    disk.is_shut = true;
    disk.files = disk.folders = disk.begun = 0;
    pthread_mutex_unlock(&disk.lock);
}

static inline void open_gate(void)
{
    pthread_mutex_lock(&disk.lock);
    disk.is_shut = false;
    pthread_cond_broadcast(&disk.change);
    pthread_mutex_unlock(&disk.lock);
}

/* Until a thread stands before the gate. */
static inline void await_standing(void)
{
    pthread_mutex_lock(&disk.lock);
    while (disk.standing == 0)
        pthread_cond_wait(&disk.change, &disk.lock);
    pthread_mutex_unlock(&disk.lock);
}

static inline int disk_count(const int *counter)
{
    pthread_mutex_lock(&disk.lock);
    int count = *counter;
    pthread_mutex_unlock(&disk.lock);
    return count;
}

/* The errno to fail with. */
static inline int pass_gate(void)
{
    pthread_mutex_lock(&disk.lock);
    disk.standing++;
    pthread_cond_broadcast(&disk.change);
    while (disk.is_shut)
        pthread_cond_wait(&disk.change, &disk.lock);
    disk.standing--;
    disk.files++;
    int number = disk.fail_with;
    pthread_mutex_unlock(&disk.lock);
    return number;
}

int fsync(int fd)
{
    struct stat status;

    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        errno = pass_gate();
        if (errno != 0)
            return -1;
    } else {
        pthread_mutex_lock(&disk.lock);
        disk.folders++;
        pthread_mutex_unlock(&disk.lock);
    }
    return (int)syscall(SYS_fsync, fd);
}

int sync_file_range(int fd, off64_t offset, off64_t length, unsigned flags)
{
    (void)fd;
    (void)offset;
    (void)length;
    if (flags & SYNC_FILE_RANGE_WAIT_AFTER) {
        errno = pass_gate();
        return errno != 0 ? -1 : 0;
    }
    pthread_mutex_lock(&disk.lock);
    disk.begun++;
    pthread_mutex_unlock(&disk.lock);
    return 0;
}

void __real_lx_thread_join(struct lx_thread *thread);
void __wrap_lx_thread_join(struct lx_thread *thread);
void __wrap_lx_thread_join(struct lx_thread *thread)
{
    open_gate();
    __real_lx_thread_join(thread);
}

/* ---- files ---- */

static inline void open_disk(void)
{
    const char *base = getenv("TMPDIR");

    snprintf(disk_folder, sizeof disk_folder, "%s/lx-disk-XXXXXX",
             base ? base : P_tmpdir);
    CHECK(mkdtemp(disk_folder) != NULL);
}

static inline void close_disk(void)
{
    CHECK_EQ(rmdir(disk_folder), 0);
}

/* "<folder>/<name><suffix>"; valid until the fourth call from here. */
static inline const char *disk_path(const char *name, const char *suffix)
{
    static char paths[4][300];
    static int next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s%s", disk_folder, name, suffix);
    return path;
}

/* Bytes of the file, -1 when there is none. */
static inline long long file_bytes(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 ? (long long)status.st_size : -1;
}

/* Whether the file is there and whole; removes it. */
static inline bool take_file(const char *name, long long bytes)
{
    bool is_whole = file_bytes(disk_path(name, "")) == bytes;

    unlink(disk_path(name, ""));
    return is_whole;
}
