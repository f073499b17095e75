/* A thread of ours: deaf to signals, and never in the host's way, whatever the
 * host's own class is. */
#include "os/thread.h"

#include "../check.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>

struct facts {
    bool is_deaf;
    int policy;
    int priority;
};

static void look(void *argument)
{
    struct facts *facts = argument;
    struct sched_param param;
    sigset_t blocked;

    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    facts->is_deaf = sigismember(&blocked, SIGINT) == 1 &&
                     sigismember(&blocked, SIGTERM) == 1 &&
                     sigismember(&blocked, SIGPIPE) == 1;
    pthread_getschedparam(pthread_self(), &facts->policy, &param);
    facts->priority = param.sched_priority;
}

static struct facts facts_of_a_thread(void)
{
    struct facts facts = {0};
    struct lx_thread thread;

    CHECK(lx_thread_start(&thread, look, &facts));
    lx_thread_join(&thread);
    return facts;
}

static void test_thread(void)
{
    sigset_t before, after;

    pthread_sigmask(SIG_SETMASK, NULL, &before);
    struct facts facts = facts_of_a_thread();
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    CHECK(facts.is_deaf);
    CHECK_EQ(sigismember(&after, SIGINT), sigismember(&before, SIGINT));
#ifdef __linux__
    CHECK_EQ(facts.policy, SCHED_BATCH);
    CHECK_EQ(facts.priority, 0);
#endif
}

/* Threads inherit: one of an audio engine would run before everything else. */
static void test_thread_of_a_real_time_host(void)
{
#ifdef __linux__
    const struct sched_param high = {.sched_priority = 10}, none = {0};

    if (pthread_setschedparam(pthread_self(), SCHED_FIFO, &high) != 0)
        return; /* not allowed to this user */
    struct facts facts = facts_of_a_thread();
    CHECK_EQ(pthread_setschedparam(pthread_self(), SCHED_OTHER, &none), 0);
    CHECK_EQ(facts.policy, SCHED_BATCH);
    CHECK_EQ(facts.priority, 0);
#endif
}

int main(void)
{
    test_thread();
    test_thread_of_a_real_time_host();
    return check_report("thread");
}
