/* thread.c: see thread.h. */
#include "os/thread.h"

#ifdef _WIN32

#include "os/clock.h"

#include <windows.h>

#include <process.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(SRWLOCK) <= LX_HANDLE_BYTES, "fits");
_Static_assert(sizeof(CONDITION_VARIABLE) <= LX_HANDLE_BYTES, "fits");
_Static_assert(sizeof(HANDLE) <= LX_HANDLE_BYTES, "fits");

static SRWLOCK *lock_of(struct lx_mutex *mutex)
{
    return (SRWLOCK *)(void *)mutex->bytes;
}

static CONDITION_VARIABLE *condition_of(struct lx_condition *condition)
{
    return (CONDITION_VARIABLE *)(void *)condition->bytes;
}

void lx_mutex_init(struct lx_mutex *mutex)
{
    InitializeSRWLock(lock_of(mutex));
}

void lx_mutex_deinit(struct lx_mutex *mutex)
{
    (void)mutex; /* owns nothing */
}

void lx_mutex_lock(struct lx_mutex *mutex)
{
    AcquireSRWLockExclusive(lock_of(mutex));
}

void lx_mutex_unlock(struct lx_mutex *mutex)
{
    ReleaseSRWLockExclusive(lock_of(mutex));
}

void lx_condition_init(struct lx_condition *condition)
{
    InitializeConditionVariable(condition_of(condition));
}

void lx_condition_deinit(struct lx_condition *condition)
{
    (void)condition; /* owns nothing */
}

void lx_condition_wait(struct lx_condition *condition, struct lx_mutex *mutex)
{
    SleepConditionVariableSRW(condition_of(condition), lock_of(mutex), INFINITE,
                              0);
}

void lx_condition_wait_until(struct lx_condition *condition,
                             struct lx_mutex *mutex, int64_t due_ms)
{
    const int64_t longest_ms = 3600000; /* may end for no reason, so: now */
    int64_t left_ms = due_ms - lx_now_ms();

    if (left_ms < 0)
        left_ms = 0;
    if (left_ms > longest_ms)
        left_ms = longest_ms;
    SleepConditionVariableSRW(condition_of(condition), lock_of(mutex),
                              (DWORD)left_ms, 0);
}

void lx_condition_signal(struct lx_condition *condition)
{
    WakeConditionVariable(condition_of(condition));
}

struct start {
    void (*run)(void *argument);
    void *argument;
};

static unsigned __stdcall run_thread(void *argument)
{
    struct start start = *(struct start *)argument;

    free(argument);
    start.run(start.argument);
    return 0;
}

/* No signals to block here: Windows runs handlers on threads of their own. */
bool lx_thread_start(struct lx_thread *thread, void (*run)(void *argument),
                     void *argument)
{
    struct start *start = malloc(sizeof *start);

    if (!start)
        return false;
    start->run = run;
    start->argument = argument;
    uintptr_t handle = _beginthreadex(NULL, 0, run_thread, start, 0, NULL);
    if (!handle) {
        free(start);
        return false;
    }
    memcpy(thread->bytes, &handle, sizeof handle);
    return true;
}

void lx_thread_join(struct lx_thread *thread)
{
    HANDLE handle;

    memcpy(&handle, thread->bytes, sizeof handle);
    WaitForSingleObject(handle, INFINITE);
    CloseHandle(handle);
}

#endif
