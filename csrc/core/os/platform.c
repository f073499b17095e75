/* platform.c: see platform.h. POSIX. */
#include "os/platform.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

void lx_mutex_init(struct lx_mutex *mutex)
{
    pthread_mutex_init(&mutex->handle, NULL);
}

void lx_mutex_deinit(struct lx_mutex *mutex)
{
    pthread_mutex_destroy(&mutex->handle);
}

void lx_mutex_lock(struct lx_mutex *mutex)
{
    pthread_mutex_lock(&mutex->handle);
}

void lx_mutex_unlock(struct lx_mutex *mutex)
{
    pthread_mutex_unlock(&mutex->handle);
}

void lx_condition_init(struct lx_condition *condition)
{
#ifdef __APPLE__
    pthread_cond_init(&condition->handle, NULL);
#else
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&condition->handle, &attributes);
    pthread_condattr_destroy(&attributes);
#endif
}

void lx_condition_deinit(struct lx_condition *condition)
{
    pthread_cond_destroy(&condition->handle);
}

void lx_condition_wait(struct lx_condition *condition, struct lx_mutex *mutex)
{
    pthread_cond_wait(&condition->handle, &mutex->handle);
}

static struct timespec timespec_of(int64_t ms)
{
    return (struct timespec){.tv_sec = (time_t)(ms / 1000),
                             .tv_nsec = (long)(ms % 1000) * 1000000};
}

void lx_condition_wait_until(struct lx_condition *condition,
                             struct lx_mutex *mutex, int64_t due_ms)
{
#ifdef __APPLE__ /* which has no conditions on that clock */
    int64_t left_ms = due_ms - lx_now_ms();
    struct timespec left = timespec_of(left_ms > 0 ? left_ms : 0);

    pthread_cond_timedwait_relative_np(&condition->handle, &mutex->handle,
                                       &left);
#else
    struct timespec due = timespec_of(due_ms);

    pthread_cond_timedwait(&condition->handle, &mutex->handle, &due);
#endif
}

void lx_condition_signal(struct lx_condition *condition)
{
    pthread_cond_signal(&condition->handle);
}

struct start {
    void (*run)(void *argument);
    void *argument;
};

/* A thread that wakes up takes the processor from the one that runs there: from
 * a game in the middle of its frame. This class never does, and has the same
 * share of the time. It also ends a class inherited from the host: one of an
 * audio engine would run before everything else. The locks that both sides take
 * are held for one small system call at most. */
static void let_others_go_first(void)
{
#ifdef __linux__
    const struct sched_param none = {0};

    (void)pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
#endif
}

static void *run_thread(void *argument)
{
    struct start start = *(struct start *)argument;

    free(argument);
    let_others_go_first();
    start.run(start.argument);
    return NULL;
}

bool lx_thread_start(struct lx_thread *thread, void (*run)(void *argument),
                     void *argument)
{
    struct start *start = malloc(sizeof *start);
    sigset_t all, before;

    if (!start)
        return false;
    start->run = run;
    start->argument = argument;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&thread->handle, NULL, run_thread, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        free(start);
    return !failed;
}

void lx_thread_join(struct lx_thread *thread)
{
    pthread_join(thread->handle, NULL);
}

int64_t lx_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t lx_now_ms(void)
{
    return lx_now_us() / 1000;
}

int64_t lx_process_id(void)
{
    return (int64_t)getpid();
}

void lx_random_seed(struct lx_random *random)
{
    if (!lx_random_secret(&random->state, sizeof random->state))
        random->state = (uint64_t)lx_now_us() ^
                        ((uint64_t)lx_process_id() << 32) ^
                        (uint64_t)(uintptr_t)random;
}

/* splitmix64: any seed will do, also 0. */
double lx_random_unit(struct lx_random *random)
{
    uint64_t x = random->state += 0x9E3779B97F4A7C15u;

    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    x ^= x >> 31;
    return (double)(x >> 11) / 9007199254740992.0;
}

bool lx_random_secret(void *out, unsigned length)
{
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    unsigned char *at = out;

    if (fd < 0)
        return false;
    while (length > 0) {
        ssize_t count = read(fd, at, length);
        if (count <= 0)
            break;
        at += count;
        length -= (unsigned)count;
    }
    close(fd);
    return length == 0;
}
