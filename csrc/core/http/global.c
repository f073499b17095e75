/* global.c: see global.h. Holds the only mutable statics of the core. */
#include "http/global.h"

#include "os/process.h"
#include "os/thread.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stddef.h>

static struct {
    bool is_usable;
    int64_t id;             /* of the process whose threads these are */
    atomic_uint generation; /* see lx_global_generation */
    struct lx_mutex lock;   /* guards the rest */
    struct lx_global_entry *first;
    int users; /* between begin and end */
    bool is_over;
    struct lx_condition is_unused;
} global;

/* In the child of a fork: the threads stayed behind, and one of them may have
 * held the lock. Only the forking thread runs here. */
static void begin_child(void)
{
    lx_mutex_init(&global.lock);
    lx_condition_init(&global.is_unused);
    global.first = NULL;
    global.users = 0;
    global.is_over = false;
    global.id = lx_process_id();
    atomic_fetch_add(&global.generation, 1);
}

const char *lx_global_libraries(void)
{
    return curl_version();
}

unsigned lx_global_generation(void)
{
    return atomic_load_explicit(&global.generation, memory_order_relaxed);
}

/* From here on lx_global_begin refuses, and those inside have come to their
 * end: no other thread uses the entries or a TLS connection. */
static void stop_all(void)
{
    if (global.id != lx_process_id())
        return; /* a child that the C library does not know of */
    lx_mutex_lock(&global.lock);
    global.is_over = true;
    while (global.users > 0)
        lx_condition_wait(&global.is_unused, &global.lock);
    lx_mutex_unlock(&global.lock);
    for (struct lx_global_entry *entry = global.first; entry;
         entry = entry->next)
        entry->stop(entry);
}

/* The order matters: curl_global_init makes OpenSSL register its clean-up, and
 * what is registered later runs earlier. */
static void init_once(void)
{
    lx_mutex_init(&global.lock);
    lx_condition_init(&global.is_unused);
    global.id = lx_process_id();
    lx_process_pin(&global); /* for its threads, and stop_all */
    global.is_usable = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK &&
                       lx_process_on_exit(stop_all) &&
                       lx_process_on_fork(begin_child);
}

bool lx_global_init(void)
{
    lx_process_init_once(init_once);
    return global.is_usable;
}

bool lx_global_begin(void)
{
    lx_mutex_lock(&global.lock);
    bool goes_on = !global.is_over;
    if (goes_on)
        global.users++;
    lx_mutex_unlock(&global.lock);
    return goes_on;
}

void lx_global_end(void)
{
    lx_mutex_lock(&global.lock);
    if (--global.users == 0)
        lx_condition_signal(&global.is_unused);
    lx_mutex_unlock(&global.lock);
}

void lx_global_enter(struct lx_global_entry *entry)
{
    lx_mutex_lock(&global.lock);
    entry->previous = NULL;
    entry->next = global.first;
    if (global.first)
        global.first->previous = entry;
    global.first = entry;
    lx_mutex_unlock(&global.lock);
}

void lx_global_leave(struct lx_global_entry *entry)
{
    lx_mutex_lock(&global.lock);
    if (entry->previous)
        entry->previous->next = entry->next;
    else if (global.first == entry)
        global.first = entry->next;
    if (entry->next)
        entry->next->previous = entry->previous;
    entry->next = entry->previous = NULL;
    lx_mutex_unlock(&global.lock);
}
