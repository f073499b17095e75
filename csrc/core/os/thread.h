/* thread.h: threads, mutexes and conditions. The handles of the operating
 * system lie in `bytes`; the implementation asserts that they fit. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

#define LX_HANDLE_BYTES 64

/* Not recursive. Guards what one thread at a time may touch. */
struct lx_mutex {
    _Alignas(16) unsigned char bytes[LX_HANDLE_BYTES];
};

void lx_mutex_init(struct lx_mutex *mutex);

/* Nobody may hold it. */
void lx_mutex_deinit(struct lx_mutex *mutex);
void lx_mutex_lock(struct lx_mutex *mutex);
void lx_mutex_unlock(struct lx_mutex *mutex);

/* Sleeping until somebody changes what a mutex guards. */
struct lx_condition {
    _Alignas(16) unsigned char bytes[LX_HANDLE_BYTES];
};

void lx_condition_init(struct lx_condition *condition);
void lx_condition_deinit(struct lx_condition *condition);

/* With `mutex` locked: unlock, sleep until signalled or for no reason, lock. */
void lx_condition_wait(struct lx_condition *condition, struct lx_mutex *mutex);

/* The same, but at most until lx_now_ms() (clock.h) is `due_ms`. */
void lx_condition_wait_until(struct lx_condition *condition,
                             struct lx_mutex *mutex, int64_t due_ms);

/* Wake one sleeper; any thread, with the mutex locked or not. */
void lx_condition_signal(struct lx_condition *condition);

struct lx_thread {
    _Alignas(16) unsigned char bytes[LX_HANDLE_BYTES];
};

/* Start `run(argument)` on a new thread with every signal blocked, so that the
 * host's handlers run on the host's threads, and, on Linux, in the class that
 * takes no processor from a running thread. False when the system has no
 * thread to give; `thread` is then not to be joined. */
bool lx_thread_start(struct lx_thread *thread, void (*run)(void *argument),
                     void *argument);

/* Wait for the thread's end; once. */
void lx_thread_join(struct lx_thread *thread);

#pragma GCC visibility pop
