/* process.c: see process.h. Holds the only mutable statics of the core. */
#include "http/process.h"

#include "http/http.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#define AIO_KEPT 4

static struct {
    pthread_once_t once;
    bool is_usable;
    int64_t id;                 /* of the process whose threads these are */
    atomic_uint generation;     /* see lx_process_generation */
    atomic_ulong aio[AIO_KEPT]; /* 0: none */
    struct lx_mutex lock;       /* guards the rest */
    struct lx_process_entry *first;
    int users; /* between begin and end */
    bool is_over;
    pthread_cond_t is_unused;
} process = {.once = PTHREAD_ONCE_INIT, .is_unused = PTHREAD_COND_INITIALIZER};

/* In the child of a fork: the threads stayed behind, and one of them may have
 * held the lock. Only the forking thread runs here. */
static void begin_child(void)
{
    lx_mutex_init(&process.lock);
    process.first = NULL;
    process.users = 0;
    process.is_over = false;
    process.id = lx_process_id();
    for (int i = 0; i < AIO_KEPT; i++)
        atomic_store(&process.aio[i], 0);
    atomic_fetch_add(&process.generation, 1);
}

unsigned lx_process_generation(void)
{
    return atomic_load_explicit(&process.generation, memory_order_relaxed);
}

unsigned long lx_process_take_aio(void)
{
    unsigned long context = 0;

    for (int i = 0; i < AIO_KEPT && context == 0; i++)
        context = atomic_exchange(&process.aio[i], 0);
    return context;
}

bool lx_process_keep_aio(unsigned long context)
{
    for (int i = 0; i < AIO_KEPT; i++) {
        unsigned long none = 0;
        if (atomic_compare_exchange_strong(&process.aio[i], &none, context))
            return true;
    }
    return false;
}

/* From here on no host's thread begins anything; those that did come to its
 * end first. So nobody else is at the entries, nor at a TLS connection. */
static void stop_all(void)
{
    if (process.id != lx_process_id())
        return; /* a child that the C library does not know of */
    lx_mutex_lock(&process.lock);
    process.is_over = true;
    while (process.users > 0)
        pthread_cond_wait(&process.is_unused, &process.lock.handle);
    lx_mutex_unlock(&process.lock);
    for (struct lx_process_entry *entry = process.first; entry;
         entry = entry->next)
        entry->stop(entry);
}

/* The order matters: curl_global_init makes OpenSSL register its clean-up, and
 * what is registered later runs earlier. */
static void init_once(void)
{
    lx_mutex_init(&process.lock);
    process.id = lx_process_id();
    process.is_usable = lx_http_global_init() && atexit(stop_all) == 0 &&
                        pthread_atfork(NULL, NULL, begin_child) == 0;
}

bool lx_process_init(void)
{
    pthread_once(&process.once, init_once);
    return process.is_usable;
}

bool lx_process_begin(void)
{
    lx_mutex_lock(&process.lock);
    bool goes_on = !process.is_over;
    if (goes_on)
        process.users++;
    lx_mutex_unlock(&process.lock);
    return goes_on;
}

void lx_process_end(void)
{
    lx_mutex_lock(&process.lock);
    if (--process.users == 0)
        pthread_cond_signal(&process.is_unused);
    lx_mutex_unlock(&process.lock);
}

void lx_process_enter(struct lx_process_entry *entry)
{
    lx_mutex_lock(&process.lock);
    entry->previous = NULL;
    entry->next = process.first;
    if (process.first)
        process.first->previous = entry;
    process.first = entry;
    lx_mutex_unlock(&process.lock);
}

void lx_process_leave(struct lx_process_entry *entry)
{
    lx_mutex_lock(&process.lock);
    if (entry->previous)
        entry->previous->next = entry->next;
    else if (process.first == entry)
        process.first = entry->next;
    if (entry->next)
        entry->next->previous = entry->previous;
    entry->next = entry->previous = NULL;
    lx_mutex_unlock(&process.lock);
}
