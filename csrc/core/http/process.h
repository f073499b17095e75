/* process.h: what there is once per process: libcurl's initialisation, the
 * handler that stops every I/O thread before the process's exit tears down the
 * TLS library under it, and what is dear to make anew. Any thread. */
#pragma once

#include "os/platform.h"

#include <stdbool.h>

/* Something that has to stop at exit; embedded in it. */
struct lx_process_entry {
    struct lx_process_entry *next, *previous;
    void (*stop)(struct lx_process_entry *entry);
};

/* Before anything else, as often as you like. False: libcurl is unusable. */
bool lx_process_init(void);

/* How many forks lie between the first process and this one: a cheap way to see
 * that one is in a child. No system call. */
unsigned lx_process_generation(void);

/* A context of the kernel's AIO that nobody uses; 0: none. To destroy one takes
 * 30 ms (a grace period of the kernel): some are kept for the next who needs
 * one. False: there are enough. Forgotten in the child of a fork. */
unsigned long lx_process_take_aio(void);
bool lx_process_keep_aio(unsigned long context);

/* Around what a host's thread does with I/O threads and their connections, so
 * that the exit of the process, from another thread, comes before or after it,
 * not in the middle. False: the process is exiting, leave everything as it is.
 * Short, never nested. */
bool lx_process_begin(void);
void lx_process_end(void);

/* Between begin and end: have entry->stop called at exit, unless it is left
 * before. Only stop is called then: `entry` stays as it is. */
void lx_process_enter(struct lx_process_entry *entry);
void lx_process_leave(struct lx_process_entry *entry);
