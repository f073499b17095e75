/* test_syncer.c: files are synced together where the system can do it, and one
 * after the other where it refuses. syscall and fsync are defined here, over
 * the C library's, to count and to refuse. */
#include "../check.h"
#include "http/global.h"
#include "download/syncer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__

#include <dlfcn.h>
#include <linux/aio_abi.h>

enum { COUNT = 4 };

static int setups, submits, single_syncs; /* seen */
static int refuse_setup, refuse_submit;   /* errno; 0: as ever */
static int refuse_wait;                   /* the same, once */
static int fail_first;                    /* errno of the first to be told */
static int submit_most;                   /* of one call; 0: all */

long syscall(long number, ...)
{
    long (*real)(long, ...), a[4];
    va_list arguments;

    va_start(arguments, number);
    for (int i = 0; i < 4; i++)
        a[i] = va_arg(arguments, long);
    long fifth = va_arg(arguments, long);
    va_end(arguments);
    *(void **)&real = dlsym(RTLD_NEXT, "syscall");
    setups += number == SYS_io_setup;
    submits += number == SYS_io_submit;
    errno = number == SYS_io_setup       ? refuse_setup
            : number == SYS_io_submit    ? refuse_submit
            : number == SYS_io_getevents ? refuse_wait
                                         : 0;
    if (number == SYS_io_getevents)
        refuse_wait = 0;
    if (errno != 0)
        return -1;
    if (number == SYS_io_submit && submit_most > 0 && a[1] > submit_most)
        a[1] = submit_most;
    long result = real(number, a[0], a[1], a[2], a[3], fifth);
    if (number == SYS_io_getevents && result > 0 && fail_first != 0)
        ((struct io_event *)a[3])->res = -fail_first;
    return result;
}

int fsync(int fd)
{
    single_syncs++;
    return fcntl(fd, F_GETFD) < 0 ? -1 : fdatasync(fd);
}

static struct lx_syncer_file files[COUNT];

static void begin(const char *row)
{
    check_row = row;
    setups = submits = single_syncs = 0;
    refuse_setup = refuse_submit = refuse_wait = submit_most = 0;
    for (int i = 0; i < COUNT; i++)
        files[i].number = -1;
}

static void check_synced(int count)
{
    for (int i = 0; i < COUNT; i++)
        CHECK_EQ(files[i].number, i < count ? 0 : -1);
}

static void test_together(void)
{
    struct lx_syncer syncer;

    begin("together");
    lx_syncer_init(&syncer);
    lx_syncer_sync(&syncer, files, COUNT);
    check_synced(COUNT);
    CHECK_EQ(single_syncs, 0);
    begin("and again");
    lx_syncer_sync(&syncer, files, COUNT);
    check_synced(COUNT);
    CHECK_EQ(setups, 0);
    CHECK_EQ(submits, 1);
    begin("one needs no company");
    lx_syncer_sync(&syncer, files, 1);
    check_synced(1);
    CHECK_EQ(submits, 0);
    begin("none");
    lx_syncer_sync(&syncer, files, 0);
    check_synced(0);

    begin("a fault is told of the file that has it");
    int fd = files[1].fd;
    files[1].fd = open("/dev/null", O_WRONLY);
    lx_syncer_sync(&syncer, files, COUNT);
    CHECK_EQ(files[0].number, 0);
    CHECK_EQ(files[1].number, EINVAL);
    CHECK_EQ(files[2].number, 0);
    close(files[1].fd);
    begin("a file that is none");
    lx_syncer_sync(&syncer, files, COUNT);
    CHECK_EQ(files[0].number, 0);
    CHECK_EQ(files[1].number, EBADF);
    CHECK_EQ(files[3].number, 0);
    files[1].fd = fd;
    lx_syncer_deinit(&syncer);

    begin("the next syncer has the context of the one before");
    lx_syncer_sync(&syncer, files, COUNT);
    check_synced(COUNT);
    CHECK_EQ(setups, 0);
    CHECK_EQ(single_syncs, 0);
    lx_syncer_deinit(&syncer);
}

static void test_refused(void)
{
    struct lx_syncer syncer;

    lx_syncer_init(&syncer);
    begin("some are taken");
    submit_most = 1;
    lx_syncer_sync(&syncer, files, COUNT);
    check_synced(COUNT);
    CHECK_EQ(single_syncs, COUNT - 1);
    begin("a signal comes in between");
    refuse_wait = EINTR;
    lx_syncer_sync(&syncer, files, COUNT);
    check_synced(COUNT);
    CHECK_EQ(single_syncs, 0);
    begin("the disk has a fault");
    fail_first = EIO;
    lx_syncer_sync(&syncer, files, COUNT);
    fail_first = 0;
    int faults = 0;
    for (int i = 0; i < COUNT; i++)
        faults += files[i].number == EIO;
    CHECK_EQ(faults, 1);
    begin("their ends are not told: they count as failed");
    refuse_wait = ENOSYS;
    lx_syncer_sync(&syncer, files, COUNT);
    for (int i = 0; i < COUNT; i++)
        CHECK_EQ(files[i].number, EIO);
    lx_syncer_deinit(&syncer);

    begin("none is taken");
    lx_syncer_sync(&syncer, files, COUNT);
    CHECK_EQ(single_syncs, 0);
    refuse_submit = EAGAIN;
    lx_syncer_sync(&syncer, files, COUNT);
    check_synced(COUNT);
    CHECK_EQ(submits, 2);
    CHECK_EQ(single_syncs, COUNT);
    begin("it is not asked again");
    lx_syncer_sync(&syncer, files, COUNT);
    check_synced(COUNT);
    CHECK_EQ(submits + setups, 0);
    CHECK_EQ(single_syncs, COUNT);
    lx_syncer_deinit(&syncer);
    begin("there is no context");
    refuse_setup = EAGAIN;
    lx_syncer_sync(&syncer, files, COUNT);
    check_synced(COUNT);
    CHECK_EQ(setups, 1);
    CHECK_EQ(single_syncs, COUNT);
    lx_syncer_deinit(&syncer);
}

/* With a spare context of the parent. */
static void test_fork(void)
{
    int status = -1;

    begin("after a fork");
    pid_t child = fork();
    if (child == 0) {
        struct lx_syncer syncer;
        lx_syncer_init(&syncer);
        lx_syncer_sync(&syncer, files, COUNT);
        check_synced(COUNT);
        CHECK_EQ(setups, 1);
        CHECK_EQ(single_syncs, 0);
        lx_syncer_deinit(&syncer);
        _exit(check_report("syncer, child"));
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
}

int main(void)
{
    char path[] = P_tmpdir "/lx-syncer-XXXXXX";

    for (int i = 0; i < COUNT; i++) {
        memcpy(path + strlen(path) - 6, "XXXXXX", 6);
        files[i].fd = mkstemp(path);
        CHECK_EQ(write(files[i].fd, "x", 1), 1);
        unlink(path);
    }
    CHECK(lx_global_init());
    test_together();
    test_fork();
    test_refused();
    check_row = "the end";
    for (int i = 0; i < COUNT; i++)
        close(files[i].fd);
    return check_report("syncer");
}

#else

int main(void)
{
    return 0;
}

#endif
