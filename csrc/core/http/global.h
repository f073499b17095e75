/* global.h: what exists once per process: libcurl's initialisation, and the
 * handler that stops every I/O thread before the process's exit tears down the
 * TLS library under it. Any thread. */
#pragma once

#include <stdbool.h>

#pragma GCC visibility push(hidden)

/* Something that has to stop at exit; embedded in it. */
struct lx_global_entry {
    struct lx_global_entry *next, *previous;
    void (*stop)(struct lx_global_entry *entry);
};

/* Call before anything else, any number of times: curl_global_init. False:
 * libcurl is unusable. */
bool lx_global_init(void);

/* The versions of libcurl and of what it is built on, in its own words; static,
 * libcurl's. */
const char *lx_global_libraries(void);

/* How many forks lie between the first process and this one: a cheap way to see
 * that one is in a child. No system call. */
unsigned lx_global_generation(void);

/* Around what a host's thread does with I/O threads and their connections, so
 * that the exit of the process, from another thread, comes before or after it,
 * not in the middle. False: the process is exiting, leave everything as it is.
 * Short, never nested. */
bool lx_global_begin(void);
void lx_global_end(void);

/* Between begin and end: have entry->stop called at exit, unless it is left
 * before. Only stop is called then: `entry` stays as it is. */
void lx_global_enter(struct lx_global_entry *entry);
void lx_global_leave(struct lx_global_entry *entry);

#pragma GCC visibility pop
