/* child.h: what a test has to know that forks and lets the child leave by
 * exit(), with the sanitizers watching. */
#pragma once

#include <stdbool.h>

static bool is_child;

/* Asked by LSAN at exit: in a child it cannot stop threads that are the
 * parent's, and what is left open is left on purpose. */
__attribute__((visibility("default"))) int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return is_child;
}

/* TSAN lets no thread start in the child of a process that has threads. */
#if defined(__SANITIZE_THREAD__)
#define MAY_FORK_THREADS 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define MAY_FORK_THREADS 0
#endif
#endif
#ifndef MAY_FORK_THREADS
#define MAY_FORK_THREADS 1
#endif
