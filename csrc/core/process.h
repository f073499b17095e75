/* process.h: what there is once per process: libcurl's initialisation, and the
 * handler that stops every I/O thread before the process's exit tears down the
 * TLS library under it. Any thread. */
#pragma once

#include "platform.h"

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

/* Have entry->stop called at exit, unless it is left before. `stop` must call
 * lx_process_leave. */
void lx_process_enter(struct lx_process_entry *entry);
void lx_process_leave(struct lx_process_entry *entry);
