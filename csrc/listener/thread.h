/* thread.h: threads that take no signal: a host's handlers run on the host's
 * thread, and SIGPIPE from a closed socket kills nobody. */
#pragma once

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

/* Block all signals; the former mask goes to `before`. Threads made until
 * lx_signals_restore() inherit the block. */
void lx_signals_block(sigset_t *before);
void lx_signals_restore(const sigset_t *before);

/* Start a thread with all signals blocked; the caller joins it. */
bool lx_thread_start(pthread_t *thread, void *(*body)(void *), void *argument);
