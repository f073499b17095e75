/* json_picker.h: how json.c notes wanted members while it checks a text. For
 * that file only, and inline, as it runs with every member of every answer. */
#pragma once

#include "json/json_bytes.h"

/* Members of the root, and of one of these. */
#define PICK_DEPTH_MAX 2

/* member[n]: where the value goes that is being read in the n-th container from
 * outside, NULL when nobody wants it; start[n]: where it began. */
struct picker {
    const struct lx_json_wanted *wanted; /* NULL: nothing is */
    struct lx_json *found;
    struct lx_json *member[PICK_DEPTH_MAX];
    const char *start[PICK_DEPTH_MAX];
};

static inline bool is_picking(const struct picker *picker, int depth)
{
    return picker->wanted && depth >= 1 && depth <= PICK_DEPTH_MAX;
}

static inline void forget(struct picker *picker, size_t first)
{
    for (size_t i = first; picker->wanted && i < picker->wanted->count; i++)
        picker->found[i] = (struct lx_json){0};
}

/* Behind the key of a member in the container at `depth`. The last of two that
 * are named alike counts, with all that is in it. A plain key holds no escape.
 */
static inline void pick_key(struct picker *picker, int depth,
                            struct lx_json key, bool is_plain)
{
    const struct lx_json_wanted *wanted = picker->wanted;
    struct lx_json *inner = &picker->found[wanted->inner_of];
    size_t at = depth == 1 ? 0 : wanted->root_count;
    size_t end = depth == 1 ? wanted->root_count : wanted->count;

    picker->member[depth - 1] = NULL;
    if (depth > 1 && picker->member[0] != inner)
        return;
    while (at < end && !is_key(key, is_plain, wanted->names[at]))
        at++;
    if (at == end)
        return;
    picker->member[depth - 1] = &picker->found[at];
    if (picker->member[0] == inner && depth == 1)
        forget(picker, wanted->root_count);
}

/* At the first byte of a value in the container at `depth`. What is in it has
 * no name yet. */
static inline void pick_start(struct picker *picker, int depth, const char *at)
{
    picker->start[depth - 1] = at;
    if (depth < PICK_DEPTH_MAX)
        picker->member[depth] = NULL;
}

/* Behind its last byte. */
static inline void pick_end(struct picker *picker, int depth, const char *at)
{
    if (picker->member[depth - 1])
        *picker->member[depth - 1] = span(picker->start[depth - 1], at);
}
