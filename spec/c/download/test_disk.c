/* test_disk.c: files saved by the disk's thread, on a disk that waits when told
 * to: what is saved together, what a failure leaves, and what dropping and
 * stopping leave.
 * LDFLAGS: -Wl,--wrap=lx_thread_join,--wrap=lx_thread_start */
#include "download/save.h"
#include "../parts.h"
#include "disk_rig.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>

#define LARGE_BYTES (20 << 20) /* more than is synced at a time */
#define SMALL_BYTES 100000     /* less than is written at a time */

static atomic_int threads_left; /* that may be started */

bool __real_lx_thread_start(struct lx_thread *thread,
                            void (*run)(void *argument), void *argument);
bool __wrap_lx_thread_start(struct lx_thread *thread,
                            void (*run)(void *argument), void *argument);
bool __wrap_lx_thread_start(struct lx_thread *thread,
                            void (*run)(void *argument), void *argument)
{
    return atomic_fetch_sub(&threads_left, 1) > 0 &&
           __real_lx_thread_start(thread, run, argument);
}

/* ---- one use of a disk ---- */

static struct {
    struct lx_disk *disk;
    atomic_int wakes;
    int ended, saved; /* as on_saved was told */
    struct lx_error error;
} rig;

static void wake(void *argument)
{
    atomic_fetch_add((atomic_int *)argument, 1); /* on the other thread */
}

static void on_saved(struct lx_save *save)
{
    CHECK(save->job.owner == &rig);
    rig.ended++;
    rig.saved += save->is_saved;
    if (!save->is_saved)
        rig.error = save->error;
    lx_save_free(save);
}

static void open_rig(const char *row)
{
    check_row = row;
    rig.disk = lx_disk_new(wake, &rig.wakes);
    CHECK(rig.disk);
    atomic_store(&rig.wakes, 0);
    rig.ended = rig.saved = 0;
    atomic_store(&threads_left, 1);
}

/* A file of `bytes` bytes. */
static struct lx_save *new_save(const char *name, size_t bytes)
{
    static const char content[1 << 20] = "content";
    struct lx_save *save = lx_save_new(on_saved, &rig);

    CHECK(lx_file_sink_open(&save->sink, disk_path(name, ""),
                            disk_path(name, ""), false, NULL));
    for (size_t left = bytes, step; left > 0; left -= step) {
        step = left < sizeof content ? left : sizeof content;
        CHECK(lx_file_sink_write(&save->sink, content, step, NULL));
    }
    return save;
}

static struct lx_save *add(const char *name)
{
    struct lx_save *save = new_save(name, 10);

    lx_disk_add(rig.disk, &save->job);
    return save;
}

static void await_ended(int count)
{
    while (rig.ended < count) {
        lx_disk_deliver(rig.disk);
        sched_yield();
    }
}

/* ---- tests ---- */

/* The first is on its way when the others come: these are saved together. */
static void test_together(void)
{
    static const char *const names[] = {"one", "two", "a/three", "a/four"};
    enum { COUNT = sizeof names / sizeof *names };

    open_rig("what waits is saved together");
    CHECK_EQ(mkdir(disk_path("a", ""), 0777), 0);
    shut_gate();
    CHECK_EQ(atomic_load(&threads_left), 1); /* not before it is needed */
    add(names[0]);
    await_standing();
    for (int i = 1; i < COUNT; i++)
        add(names[i]);
    CHECK_EQ(atomic_load(&threads_left), 0);
    CHECK(!lx_disk_deliver(rig.disk));
    CHECK_EQ(file_bytes(disk_path("one", "")), -1); /* not before the sync */
    CHECK_EQ(count_parts(disk_folder, NULL), 1);
    open_gate();
    await_ended(COUNT);
    CHECK_EQ(rig.saved, COUNT);
    CHECK_EQ(disk_count(&disk.files), COUNT);
    CHECK_EQ(disk_count(&disk.folders), 3); /* "." alone, then "." and "a" */
    for (int i = 0; i < COUNT; i++)
        CHECK(take_file(names[i], 10));
    CHECK_EQ(rmdir(disk_path("a", "")), 0);
    lx_disk_free(rig.disk);
    CHECK_EQ(atomic_load(&rig.wakes), 2);
}

static void test_failures(void)
{
    open_rig("the name is taken meanwhile");
    struct lx_save *save = new_save("taken", 10);
    FILE *rival = fopen(disk_path("taken", ""), "wb");
    fclose(rival);
    lx_disk_add(rig.disk, &save->job);
    await_ended(1);
    CHECK_EQ(rig.saved, 0);
    CHECK_EQ(rig.error.kind, LX_KIND_FILE);
    CHECK(!rig.error.retryable);
    CHECK(take_file("taken", 0));
    CHECK_EQ(count_parts(disk_folder, NULL), 0);

    for (int is_large = 0; is_large < 2; is_large++) {
        check_row = is_large ? "a fault of the disk in the midst" : "a fault";
        disk.fail_with = EIO;
        lx_disk_add(rig.disk, &new_save("f", is_large ? LARGE_BYTES : 10)->job);
        await_ended(2 + is_large);
        CHECK_EQ(rig.saved, 0);
        CHECK_CONTAINS(rig.error.message, "fault");
        CHECK_EQ(file_bytes(disk_path("f", "")), -1);
        CHECK_EQ(count_parts(disk_folder, NULL), 0);
        disk.fail_with = 0;
    }
    lx_disk_free(rig.disk);
}

/* Files that this process writes may be so long. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    CHECK_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_late_refusal(void)
{
    open_rig("the disk refuses when a small file is written");
    signal(SIGXFSZ, SIG_IGN);
    shut_gate();
    add("first");
    await_standing();
    lx_disk_add(rig.disk, &new_save("f", SMALL_BYTES)->job);
    add("last");
    CHECK_EQ(count_parts(disk_folder, NULL), 1); /* small ones wait in memory */
    limit_files(SMALL_BYTES - 1);
    open_gate();
    await_ended(3);
    limit_files(RLIM_INFINITY);
    CHECK_EQ(rig.saved, 2);
    CHECK_CONTAINS(rig.error.message, "would be larger");
    CHECK_EQ(file_bytes(disk_path("f", "")), -1);
    CHECK_EQ(count_parts(disk_folder, NULL), 0);
    CHECK(take_file("first", 10) && take_file("last", 10));
    lx_disk_free(rig.disk);
}

static void test_drop(void)
{
    open_rig("drop");
    shut_gate();
    struct lx_save *busy = add("busy");
    await_standing();
    add("first");
    struct lx_save *second = add("second");
    struct lx_save *last = add("last");
    lx_disk_drop(rig.disk, &second->job);
    lx_disk_drop(rig.disk, &last->job);
    lx_disk_drop(rig.disk, &busy->job);
    add("after");
    open_gate();
    await_ended(2);
    CHECK_EQ(rig.saved, 2); /* the first and that after */
    take_file("busy", 10);
    CHECK_EQ(file_bytes(disk_path("second", "")), -1);
    CHECK_EQ(file_bytes(disk_path("last", "")), -1);
    CHECK(take_file("first", 10) && take_file("after", 10));

    check_row = "drop what has ended";
    int wakes = atomic_load(&rig.wakes);
    struct lx_save *ended = add("ended");
    while (atomic_load(&rig.wakes) == wakes)
        sched_yield();
    lx_disk_drop(rig.disk, &ended->job);
    CHECK(!lx_disk_deliver(rig.disk));
    CHECK_EQ(rig.ended, 2);
    CHECK(take_file("ended", 10));

    check_row = "drop a large file at work";
    shut_gate();
    struct lx_save *large = new_save("large", LARGE_BYTES);
    lx_disk_add(rig.disk, &large->job);
    await_standing();
    lx_disk_drop(rig.disk, &large->job);
    open_gate();
    lx_disk_free(rig.disk);
    CHECK_EQ(file_bytes(disk_path("large", "")), -1);
    CHECK_EQ(count_parts(disk_folder, NULL), 0);
}

/* The gate opens when the stop waits for the thread. */
static void test_stop(void)
{
    open_rig("stop");
    shut_gate();
    add("f0");
    await_standing();
    struct lx_save *waiting[] = {add("f1"), add("f2")};
    lx_disk_stop(rig.disk);
    CHECK(lx_disk_deliver(rig.disk));
    CHECK_EQ(rig.saved, 1);
    lx_disk_stop(rig.disk);
    lx_disk_drop(rig.disk, &waiting[0]->job);
    lx_disk_drop(rig.disk, &waiting[1]->job);
    lx_disk_free(rig.disk);
    CHECK_EQ(file_bytes(disk_path("f1", "")), -1);
    CHECK_EQ(file_bytes(disk_path("f2", "")), -1);
    CHECK(take_file("f0", 10));

    open_rig("stop in the midst of a large file");
    shut_gate();
    struct lx_save *large = new_save("f0", LARGE_BYTES);
    lx_disk_add(rig.disk, &large->job);
    await_standing();
    lx_disk_stop(rig.disk);
    CHECK(!lx_disk_deliver(rig.disk));
    lx_disk_drop(rig.disk, &large->job);
    lx_disk_free(rig.disk);
    CHECK_EQ(file_bytes(disk_path("f0", "")), -1);
    CHECK_EQ(count_parts(disk_folder, NULL), 0);

    open_rig("stop without a thread");
    lx_disk_stop(rig.disk);
    lx_disk_free(rig.disk);
    lx_disk_free(NULL);
    lx_save_free(NULL);
}

static void test_no_thread(void)
{
    open_rig("no thread to be had");
    atomic_store(&threads_left, 0);
    add("f");
    CHECK_EQ(atomic_load(&rig.wakes), 1);
    CHECK(lx_disk_deliver(rig.disk));
    CHECK_EQ(rig.saved, 1);
    CHECK(take_file("f", 10));
    lx_disk_free(rig.disk);
}

int main(void)
{
    open_disk();
    test_together();
    test_failures();
    test_late_refusal();
    test_drop();
    test_stop();
    test_no_thread();
    close_disk();
    return check_report("disk");
}
