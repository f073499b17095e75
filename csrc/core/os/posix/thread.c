/* thread.c: see thread.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* SCHED_BATCH; a build without our flags has none */
#endif
#include "os/thread.h"

#ifndef _WIN32

#include "os/clock.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

_Static_assert(sizeof(pthread_mutex_t) <= LX_HANDLE_BYTES, "fits");
_Static_assert(sizeof(pthread_cond_t) <= LX_HANDLE_BYTES, "fits");
_Static_assert(sizeof(pthread_t) <= LX_HANDLE_BYTES, "fits");

static pthread_mutex_t *mutex_of(struct lx_mutex *mutex)
{
    return (pthread_mutex_t *)(void *)mutex->bytes;
}

static pthread_cond_t *condition_of(struct lx_condition *condition)
{
    return (pthread_cond_t *)(void *)condition->bytes;
}

static pthread_t *thread_of(struct lx_thread *thread)
{
    return (pthread_t *)(void *)thread->bytes;
}

void lx_mutex_init(struct lx_mutex *mutex)
{
    pthread_mutex_init(mutex_of(mutex), NULL);
}

void lx_mutex_deinit(struct lx_mutex *mutex)
{
    pthread_mutex_destroy(mutex_of(mutex));
}

void lx_mutex_lock(struct lx_mutex *mutex)
{
    pthread_mutex_lock(mutex_of(mutex));
}

void lx_mutex_unlock(struct lx_mutex *mutex)
{
    pthread_mutex_unlock(mutex_of(mutex));
}

void lx_condition_init(struct lx_condition *condition)
{
#ifdef __APPLE__
    pthread_cond_init(condition_of(condition), NULL);
#else
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition_of(condition), &attributes);
    pthread_condattr_destroy(&attributes);
#endif
}

void lx_condition_deinit(struct lx_condition *condition)
{
    pthread_cond_destroy(condition_of(condition));
}

void lx_condition_wait(struct lx_condition *condition, struct lx_mutex *mutex)
{
    pthread_cond_wait(condition_of(condition), mutex_of(mutex));
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

    pthread_cond_timedwait_relative_np(condition_of(condition), mutex_of(mutex),
                                       &left);
#else
    struct timespec due = timespec_of(due_ms);

    pthread_cond_timedwait(condition_of(condition), mutex_of(mutex), &due);
#endif
}

void lx_condition_signal(struct lx_condition *condition)
{
    pthread_cond_signal(condition_of(condition));
}

struct start {
    void (*run)(void *argument);
    void *argument;
};

/* A thread that wakes up takes the processor from the one that runs there: from
 * a game in the middle of its frame. This class never does, and has the same
 * share of the time. It also ends a class inherited from the host: one of an
 * audio engine would run before everything else. On macOS nothing is inherited:
 * a new thread has QOS_CLASS_DEFAULT, below an application's main thread
 * (pthread/qos.h). The locks that both sides take
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
    int failed = pthread_create(thread_of(thread), NULL, run_thread, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        free(start);
    return !failed;
}

void lx_thread_join(struct lx_thread *thread)
{
    pthread_join(*thread_of(thread), NULL);
}

#endif
