/* platform.h: thread, mutex, condition, clock, randomness and process identity:
 * the one place that names an operating system, but for syncer.c. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct lx_mutex {
    pthread_mutex_t handle;
};

void lx_mutex_init(struct lx_mutex *mutex);
void lx_mutex_deinit(struct lx_mutex *mutex);
void lx_mutex_lock(struct lx_mutex *mutex);
void lx_mutex_unlock(struct lx_mutex *mutex);

/* Sleeping until somebody changes what a mutex guards. */
struct lx_condition {
    pthread_cond_t handle;
};

void lx_condition_init(struct lx_condition *condition);
void lx_condition_deinit(struct lx_condition *condition);

/* With `mutex` locked: unlock, sleep until signalled or for no reason, lock. */
void lx_condition_wait(struct lx_condition *condition, struct lx_mutex *mutex);

/* The same, but not longer than until lx_now_ms() is `due_ms`. */
void lx_condition_wait_until(struct lx_condition *condition,
                             struct lx_mutex *mutex, int64_t due_ms);
void lx_condition_signal(struct lx_condition *condition);

struct lx_thread {
    pthread_t handle;
};

/* Start `run(argument)` on a new thread with every signal blocked, so that the
 * host's handlers run on the host's threads, and, on Linux, in the class that
 * takes no processor from a thread that runs. False when none could be made. */
bool lx_thread_start(struct lx_thread *thread, void (*run)(void *argument),
                     void *argument);

/* Wait for the thread's end; once. */
void lx_thread_join(struct lx_thread *thread);

/* Milliseconds of a clock that never jumps; unrelated to the time of day, and
 * standing still while the machine sleeps where the system offers that. */
int64_t lx_now_ms(void);

/* The same clock in microseconds. */
int64_t lx_now_us(void);

/* A number of this process; another one after a fork. */
int64_t lx_process_id(void);

/* A small generator for jitter, not for secrets. One thread. */
struct lx_random {
    uint64_t state;
};
void lx_random_seed(struct lx_random *random);
double lx_random_unit(struct lx_random *random); /* uniform in [0, 1) */

/* Fill out[0..length) with bytes fit for tokens; false when the system has
 * none to give. */
bool lx_random_secret(void *out, unsigned length);
