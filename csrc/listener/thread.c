/* thread.c: see thread.h. */
#include "thread.h"

void lx_signals_block(sigset_t *before)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, before);
}

void lx_signals_restore(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

bool lx_thread_start(pthread_t *thread, void *(*body)(void *), void *argument)
{
    sigset_t before;
    lx_signals_block(&before);
    bool is_started = pthread_create(thread, NULL, body, argument) == 0;
    lx_signals_restore(&before);
    return is_started;
}
