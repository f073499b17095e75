/* process.h: what the system knows about this process, and its secrets. Any
 * thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* A number of this process; another one after a fork. */
int64_t lx_process_id(void);

/* Run `init` once per process, whatever number of threads ask; they return
 * after its end. There is one `init` in the program. */
void lx_process_init_once(void (*init)(void));

/* Have `run` called in each child of a fork, by the thread that forked. False
 * when out of memory; true without effect where nothing forks. */
bool lx_process_on_fork(void (*run)(void));

/* Have `run` called at exit(), before what was registered earlier. False when
 * out of memory. */
bool lx_process_on_exit(void (*run)(void));

/* Keep the shared object that holds `address` in memory until the process ends,
 * whoever closes it: its threads and exit handlers run in there. No effect
 * where the program itself holds it. */
void lx_process_pin(const void *address);

/* Fill out[0..length) with bytes fit for tokens; false when the system has
 * none to give. */
bool lx_process_secret(void *out, size_t length);

/* What tells this machine from others, over reboots, as text; cut to what fits,
 * "" where the system has nothing of that kind. */
void lx_machine_id(char *out, size_t capacity);

/* A number that differs between any two calls, for generators of jitter: a
 * secret one, or made of clock and process where there is none. */
uint64_t lx_process_seed(void);

#pragma GCC visibility pop
