/* storm_posix.h: processes of POSIX for storm_rig.h. */
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct worker {
    pid_t pid;
    FILE *lines; /* its output */
};

static inline bool find_program(char *out, size_t capacity)
{
    ssize_t length = readlink("/proc/self/exe", out, capacity - 1);

    out[length > 0 ? length : 0] = '\0';
    return length > 0;
}

/* Run "program work place argument". */
static inline void start(struct worker *worker, const char *program,
                         const char *place, const char *argument)
{
    int ends[2];

    CHECK_EQ(pipe(ends), 0);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fflush(stdout);
    worker->pid = fork();
    if (worker->pid == 0) {
        dup2(ends[1], 1);
        close(ends[1]);
        execl(program, program, "work", place, argument, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    worker->lines = fdopen(ends[0], "r");
}

static inline void end_by_force(struct worker *worker)
{
    kill(worker->pid, SIGKILL);
    CHECK_EQ(waitpid(worker->pid, NULL, 0), worker->pid);
}

/* What it ended with. */
static inline int wait_for_end(struct worker *worker)
{
    int status = -1;

    CHECK_EQ(waitpid(worker->pid, &status, 0), worker->pid);
    return status;
}

static inline void sleep_us(long us)
{
    struct timespec time = {us / 1000000, us % 1000000 * 1000};

    nanosleep(&time, NULL);
}
