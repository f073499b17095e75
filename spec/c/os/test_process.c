/* What the system knows of a process: its number, its forks, its secrets. */
#include "os/process.h"

#include "../check.h"
#include "../child.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int inits, forks;

static void init(void)
{
    inits++;
}

static void count_fork(void)
{
    forks++;
}

static void test_once(void)
{
    check_row = "once";
    lx_process_init_once(init);
    lx_process_init_once(init);
    CHECK_EQ(inits, 1);
}

static void leave_well(void)
{
    _exit(42);
}

/* The hook runs in the child, not in the parent; the exit hook in both. */
static void test_fork_and_exit(void)
{
    int64_t id = lx_process_id();
    int status = 0;

    check_row = "fork";
    CHECK(lx_process_on_fork(count_fork));
    pid_t child = fork();
    if (child == 0) {
        is_child = true;
        if (forks == 1 && lx_process_id() != id &&
            lx_process_on_exit(leave_well))
            exit(1);
        _exit(2);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK_EQ(WEXITSTATUS(status), 42);
    CHECK_EQ(forks, 0);
    CHECK_EQ(lx_process_id(), id);
}

static void test_secret(void)
{
    unsigned char first[64] = {0}, second[64] = {0};

    check_row = "secret";
    CHECK(lx_process_secret(first, sizeof first - 1));
    CHECK(lx_process_secret(second, sizeof second));
    CHECK(memcmp(first, second, sizeof first) != 0);
    CHECK_EQ(first[sizeof first - 1], 0);
    CHECK(lx_process_secret(first, 0));
    CHECK(lx_process_seed() != lx_process_seed());
}

int main(void)
{
    test_once();
    test_fork_and_exit();
    test_secret();
    return check_report("process");
}
