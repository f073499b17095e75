/* timer_heap.h: what is due next, in O(log n). Intrusive: the entries are
 * members of what waits. One thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_timer {
    int64_t due_ms;
    size_t place; /* in the heap, counted from 1; 0: not in it */
};

struct lx_timer_heap {
    struct lx_timer **timers; /* owned array of borrowed entries */
    size_t count;
    size_t capacity;
};

void lx_timer_heap_init(struct lx_timer_heap *heap);
void lx_timer_heap_deinit(struct lx_timer_heap *heap);

/* Room for `count` timers, so that setting them cannot fail. False when out of
 * memory. */
bool lx_timer_heap_reserve(struct lx_timer_heap *heap, size_t count);

/* Put in or move. Room has been reserved (asserted). */
void lx_timer_set(struct lx_timer_heap *heap, struct lx_timer *timer,
                  int64_t due_ms);

/* Take out; nothing happens when it is not in. */
void lx_timer_unset(struct lx_timer_heap *heap, struct lx_timer *timer);

/* The earliest, NULL when empty. */
struct lx_timer *lx_timer_heap_first(const struct lx_timer_heap *heap);

#pragma GCC visibility pop
