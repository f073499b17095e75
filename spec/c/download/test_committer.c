/* test_committer.c: files put in place by the committer's thread, on a disk
 * that waits when told to: what shares a sync, what a failure leaves, and what
 * dropping and stopping leave.
 * LDFLAGS: -Wl,--wrap=lx_thread_join,--wrap=lx_thread_start
 * LDFLAGS: -Wl,--wrap=lx_syncer_sync,--wrap=lx_now_ms
 */
#include "download/committer.h"
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

/* 0: time passes. */
static atomic_llong stopped_ms;

int64_t __real_lx_now_ms(void);
int64_t __wrap_lx_now_ms(void);
int64_t __wrap_lx_now_ms(void)
{
    long long ms = atomic_load(&stopped_ms);

    return ms != 0 ? ms : __real_lx_now_ms();
}

/* ---- one use of a committer ---- */

static struct {
    struct lx_committer *committer;
    atomic_int wakes;
    int ended, saved; /* as on_end was told */
    struct lx_error error;
} rig;

static void wake(void *argument)
{
    atomic_fetch_add((atomic_int *)argument, 1); /* on the other thread */
}

static void on_end(struct lx_commit *commit)
{
    CHECK(commit->is_ended);
    CHECK(commit->owner == &rig);
    rig.ended++;
    rig.saved += commit->is_saved;
    if (!commit->is_saved)
        rig.error = commit->error;
    lx_commit_free(commit);
}

static void open_rig(const char *row)
{
    check_row = row;
    rig.committer = lx_committer_new(wake, &rig.wakes);
    CHECK(rig.committer != NULL);
    atomic_store(&rig.wakes, 0);
    rig.ended = rig.saved = 0;
    atomic_store(&threads_left, 1);
}

/* A file of so many bytes. */
static struct lx_commit *new_commit(const char *name, size_t bytes)
{
    static const char content[1 << 20] = "content";
    struct lx_commit *commit = lx_commit_new(on_end, &rig);

    CHECK(lx_file_sink_open(&commit->sink, lx_committer_blocks(rig.committer),
                            disk_path(name, ""), disk_path(name, ".part"),
                            false, NULL));
    for (size_t left = bytes, step; left > 0; left -= step) {
        step = left < sizeof(content) ? left : sizeof(content);
        CHECK(lx_file_sink_write(&commit->sink, content, step, NULL));
    }
    return commit;
}

static struct lx_commit *add(const char *name)
{
    struct lx_commit *commit = new_commit(name, 10);

    lx_committer_add(rig.committer, commit);
    return commit;
}

static void await_ended(int count)
{
    while (rig.ended < count) {
        lx_committer_deliver(rig.committer);
        sched_yield();
    }
}

/* Neither the file nor a .part. */
static bool is_absent(const char *name)
{
    return file_bytes(disk_path(name, "")) < 0 &&
           file_bytes(disk_path(name, ".part")) < 0;
}

/* ---- tests ---- */

/* The first file is on its way when the others come: these share a batch. */
static void test_batch(void)
{
    static const char *const names[] = {"one", "a/two", "three", "a/four",
                                        "five"};
    enum { COUNT = sizeof(names) / sizeof(names[0]) };

    open_rig("batch");
    CHECK_EQ(mkdir(disk_path("a", ""), 0777), 0);
    shut_gate();
    CHECK_EQ(atomic_load(&threads_left), 1); /* not before it is needed */
    for (int i = 0; i < COUNT; i++) {
        add(names[i]);
        if (i == 0)
            await_standing();
    }
    CHECK_EQ(atomic_load(&threads_left), 0);
    CHECK(!lx_committer_deliver(rig.committer));
    CHECK_EQ(disk_count(&disk.begun), 1);
    open_gate();
    await_ended(COUNT);
    CHECK_EQ(rig.saved, COUNT);
    CHECK_EQ(disk_count(&disk.files), COUNT);
    CHECK_EQ(disk_count(&disk.begun), COUNT);
    CHECK_EQ(disk_count(&disk.second_begun), COUNT); /* before any is awaited */
    CHECK_EQ(disk_count(&disk.folders), 3); /* "." alone, then "." and "a" */
    for (int i = 0; i < COUNT; i++) {
        CHECK_EQ(file_bytes(disk_path(names[i], "")), 10);
        CHECK(remove_one_of_two(names[i], 10));
    }
    CHECK_EQ(rmdir(disk_path("a", "")), 0);
    lx_committer_free(rig.committer);
    CHECK_EQ(atomic_load(&rig.wakes), 2);
}

/* Time stands still, in the future: what comes alone would wait for an hour. */
static void test_gathering(void)
{
    static const char *const names[] = {"f0", "f1", "f2", "f3",
                                        "f4", "f5", "f6", "f7"};

    open_rig("so many go together");
    atomic_store(&stopped_ms, __real_lx_now_ms() + 3600000);
    shut_gate();
    for (int i = 0; i < 8; i++) {
        add(names[i]);
        for (int turn = 0; turn < 100; turn++) /* the thread could begin */
            sched_yield();
    }
    await_standing();
    open_gate();
    await_ended(8);
    CHECK_EQ(disk_count(&disk.folders), 1);
    for (int i = 0; i < 8; i++)
        CHECK(remove_one_of_two(names[i], 10));

    check_row = "no more will come";
    shut_gate();
    add("f0");
    add("f1");
    lx_committer_hurry(rig.committer);
    await_standing();
    open_gate();
    await_ended(10);
    CHECK_EQ(disk_count(&disk.folders), 1);
    CHECK(remove_one_of_two("f0", 10) && remove_one_of_two("f1", 10));

    check_row = "no longer than a moment";
    lx_committer_hurry(rig.committer); /* of none */
    atomic_store(&stopped_ms, 0);
    add("f0");
    await_ended(11);
    CHECK(remove_one_of_two("f0", 10));

    check_row = "stop in the midst of it";
    atomic_store(&stopped_ms, __real_lx_now_ms() + 3600000);
    struct lx_commit *commit = add("f0");
    lx_committer_stop(rig.committer);
    CHECK(!lx_committer_deliver(rig.committer));
    lx_committer_drop(rig.committer, commit);
    CHECK(is_absent("f0"));
    lx_committer_free(rig.committer);
    atomic_store(&stopped_ms, 0);
}

/* More than one batch's worth waits. */
static void test_many(void)
{
    enum { COUNT = LX_COMMIT_BATCH_MAX + 9 };
    char name[16];

    open_rig("many");
    shut_gate();
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof(name), "f%d", i);
        add(name);
        if (i == 0)
            await_standing();
    }
    open_gate();
    await_ended(COUNT);
    CHECK_EQ(rig.saved, COUNT);
    CHECK_EQ(disk_count(&disk.folders), 3); /* 1, then the most, then a rest */
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof(name), "f%d", i);
        CHECK(file_bytes(disk_path(name, "")) == 10);
        CHECK(remove_one_of_two(name, 10));
    }
    lx_committer_free(rig.committer);
}

static void test_failures(void)
{
    open_rig("the name is taken meanwhile");
    struct lx_commit *commit = new_commit("taken", 10);
    FILE *rival = fopen(disk_path("taken", ""), "wb");
    fclose(rival);
    lx_committer_add(rig.committer, commit);
    await_ended(1);
    CHECK_EQ(rig.saved, 0);
    CHECK_EQ(rig.error.kind, LX_KIND_FILE);
    CHECK(!rig.error.retryable);
    CHECK_EQ(file_bytes(disk_path("taken", "")), 0);
    CHECK_EQ(file_bytes(disk_path("taken", ".part")), -1);
    unlink(disk_path("taken", ""));

    for (int is_large = 0; is_large < 2; is_large++) {
        check_row = is_large ? "a fault of the disk in the midst" : "a fault";
        disk.fail_with = EIO;
        lx_committer_add(rig.committer,
                         new_commit("f", is_large ? LARGE_BYTES : 10));
        await_ended(2 + is_large);
        CHECK_EQ(rig.saved, 0);
        CHECK_CONTAINS(rig.error.message, "fault");
        CHECK_EQ(file_bytes(disk_path("f", "")), -1);
        CHECK_EQ(file_bytes(disk_path("f", ".part")), -1);
        disk.fail_with = 0;
    }
    lx_committer_free(rig.committer);
}

/* Files that this process writes may be so long. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    CHECK_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_memory(void)
{
    enum { HELD = LX_COMMIT_HELD_MAX / SMALL_BYTES };
    char name[16];

    open_rig("small files wait in memory, but not too many");
    signal(SIGXFSZ, SIG_IGN);
    shut_gate();
    add("first");
    await_standing();
    for (int i = 0; i < HELD + 2; i++) {
        snprintf(name, sizeof(name), "f%d", i);
        lx_committer_add(rig.committer, new_commit(name, SMALL_BYTES));
        CHECK_EQ(file_bytes(disk_path(name, ".part")),
                 i < HELD ? -1 : SMALL_BYTES);
    }
    limit_files(SMALL_BYTES - 1);
    lx_committer_add(rig.committer, new_commit("f", SMALL_BYTES));
    limit_files(RLIM_INFINITY);
    CHECK_EQ(file_bytes(disk_path("f", ".part")), -1);
    open_gate();
    await_ended(1 + HELD + 2 + 1);
    CHECK_EQ(rig.saved, 1 + HELD + 2);
    CHECK_EQ(rig.error.kind, LX_KIND_FILE);
    CHECK_CONTAINS(rig.error.message, "would be larger");
    CHECK_EQ(file_bytes(disk_path("f", "")), -1);
    CHECK(remove_one_of_two("first", 10));
    for (int i = 0; i < HELD + 2; i++) {
        snprintf(name, sizeof(name), "f%d", i);
        CHECK_EQ(file_bytes(disk_path(name, "")), SMALL_BYTES);
        CHECK(remove_one_of_two(name, SMALL_BYTES));
    }
    lx_committer_free(rig.committer);

    open_rig("the disk refuses when a file is written late");
    shut_gate();
    add("first");
    await_standing();
    lx_committer_add(rig.committer, new_commit("f", SMALL_BYTES));
    add("last");
    limit_files(SMALL_BYTES - 1);
    open_gate();
    await_ended(3);
    limit_files(RLIM_INFINITY);
    CHECK_EQ(rig.saved, 2);
    CHECK_CONTAINS(rig.error.message, "would be larger");
    CHECK_EQ(file_bytes(disk_path("f", "")), -1);
    CHECK_EQ(file_bytes(disk_path("f", ".part")), -1);
    CHECK(remove_one_of_two("first", 10) && remove_one_of_two("last", 10));
    lx_committer_free(rig.committer);
}

static void test_drop(void)
{
    open_rig("drop");
    shut_gate();
    struct lx_commit *busy = add("busy");
    await_standing();
    add("first");
    struct lx_commit *second = add("second");
    struct lx_commit *last = add("last");
    lx_committer_drop(rig.committer, second);
    lx_committer_drop(rig.committer, last);
    lx_committer_drop(rig.committer, busy);
    add("after");
    open_gate();
    await_ended(2);
    CHECK_EQ(rig.saved, 2); /* the first and that after */
    CHECK(remove_one_of_two("busy", 10));
    CHECK(is_absent("second") && is_absent("last"));
    CHECK(remove_one_of_two("first", 10) && remove_one_of_two("after", 10));

    check_row = "drop what has ended";
    int wakes = atomic_load(&rig.wakes);
    struct lx_commit *ended = add("ended");
    while (atomic_load(&rig.wakes) == wakes)
        sched_yield();
    lx_committer_drop(rig.committer, ended);
    CHECK(!lx_committer_deliver(rig.committer));
    CHECK_EQ(rig.ended, 2);
    CHECK_EQ(file_bytes(disk_path("ended", "")), 10);
    CHECK(remove_one_of_two("ended", 10));

    check_row = "drop a large file at work";
    shut_gate();
    struct lx_commit *large = new_commit("large", LARGE_BYTES);
    lx_committer_add(rig.committer, large);
    await_standing();
    lx_committer_drop(rig.committer, large);
    open_gate();
    lx_committer_free(rig.committer);
    CHECK_EQ(file_bytes(disk_path("large", ".part")), LARGE_BYTES);
    CHECK(remove_one_of_two("large", LARGE_BYTES));
}

/* The gate opens when the stop waits for the thread. */
static void test_stop(void)
{
    open_rig("stop");
    shut_gate();
    struct lx_commit *commits[3] = {add("f0"), NULL, NULL};
    await_standing();
    commits[1] = add("f1");
    commits[2] = add("f2");
    lx_committer_stop(rig.committer);
    CHECK(lx_committer_deliver(rig.committer));
    CHECK_EQ(rig.saved, 1);
    CHECK_EQ(file_bytes(disk_path("f0", "")), 10);
    CHECK_EQ(disk_count(&disk.folders), 1);
    lx_committer_stop(rig.committer);
    lx_committer_drop(rig.committer, commits[1]);
    lx_committer_drop(rig.committer, commits[2]);
    lx_committer_free(rig.committer);
    CHECK(is_absent("f1") && is_absent("f2"));
    CHECK(remove_one_of_two("f0", 10));

    open_rig("stop in a batch");
    shut_gate();
    add("f0");
    await_standing();
    add("f1");
    commits[2] = new_commit("f2", LARGE_BYTES);
    lx_committer_add(rig.committer, commits[2]);
    let_one_pass();
    lx_committer_stop(rig.committer);
    CHECK(lx_committer_deliver(rig.committer));
    CHECK_EQ(rig.saved, 2);
    lx_committer_drop(rig.committer, commits[2]);
    lx_committer_free(rig.committer);
    CHECK_EQ(file_bytes(disk_path("f2", ".part")), LARGE_BYTES);
    CHECK(remove_one_of_two("f0", 10) && remove_one_of_two("f1", 10) &&
          remove_one_of_two("f2", LARGE_BYTES));

    open_rig("stop in the midst of a large file");
    shut_gate();
    commits[0] = new_commit("f0", LARGE_BYTES);
    lx_committer_add(rig.committer, commits[0]);
    await_standing();
    lx_committer_stop(rig.committer);
    CHECK(!lx_committer_deliver(rig.committer));
    lx_committer_drop(rig.committer, commits[0]);
    lx_committer_free(rig.committer);
    CHECK_EQ(file_bytes(disk_path("f0", ".part")), LARGE_BYTES);
    CHECK(remove_one_of_two("f0", LARGE_BYTES));

    open_rig("stop without a thread");
    lx_committer_stop(rig.committer);
    lx_committer_free(rig.committer);
    lx_committer_free(NULL);
    lx_commit_free(NULL);
}

static void test_no_thread(void)
{
    open_rig("no thread to be had");
    atomic_store(&threads_left, 0);
    add("f");
    CHECK_EQ(atomic_load(&rig.wakes), 1);
    CHECK(lx_committer_deliver(rig.committer));
    CHECK_EQ(rig.saved, 1);
    CHECK_EQ(file_bytes(disk_path("f", "")), 10);
    CHECK(remove_one_of_two("f", 10));
    lx_committer_free(rig.committer);
}

int main(void)
{
    open_disk();
    test_batch();
    test_gathering();
    test_many();
    test_failures();
    test_memory();
    test_drop();
    test_stop();
    test_no_thread();
    close_disk();
    return check_report("committer");
}
