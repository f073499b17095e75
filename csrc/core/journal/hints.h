/* hints.h: a list of entries whose tasks callbacks have named. Data; one thread
 * at a time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_hints {
    int64_t *entries; /* owned; NULL: none */
    size_t count, capacity;
};

/* lx_visit_number of a list; out of memory the entry is forgotten, whose task
 * is then asked about later. Returns true. */
bool lx_hints_add(void *hints, int64_t entry);

/* Append those of `more`, which is freed. */
void lx_hints_join(struct lx_hints *hints, struct lx_hints *more);

#pragma GCC visibility pop
