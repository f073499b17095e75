/* hints.c: see hints.h. */
#include "journal/hints.h"

#include <stdlib.h>

bool lx_hints_add(void *argument, int64_t entry)
{
    struct lx_hints *hints = argument;

    if (hints->count == hints->capacity) {
        size_t capacity = hints->capacity ? 2 * hints->capacity : 16;
        int64_t *entries = realloc(hints->entries, capacity * sizeof *entries);
        if (!entries)
            return true;
        hints->entries = entries;
        hints->capacity = capacity;
    }
    hints->entries[hints->count++] = entry;
    return true;
}

void lx_hints_join(struct lx_hints *hints, struct lx_hints *more)
{
    for (size_t i = 0; i < more->count; i++)
        lx_hints_add(hints, more->entries[i]);
    free(more->entries);
    *more = (struct lx_hints){0};
}
