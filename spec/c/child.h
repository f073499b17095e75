/* child.h: what a test has to know that forks and lets the child leave by
 * exit(), with the sanitizers watching. */
#pragma once

#include "tsan.h"

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
#define MAY_FORK_THREADS (!UNDER_TSAN)
