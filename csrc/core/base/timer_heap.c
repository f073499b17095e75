/* timer_heap.c: see timer_heap.h. A binary heap, root at 1. */
#include "base/timer_heap.h"

#include <assert.h>
#include <stdlib.h>

void lx_timer_heap_init(struct lx_timer_heap *heap)
{
    heap->timers = NULL;
    heap->count = heap->capacity = 0;
}

void lx_timer_heap_deinit(struct lx_timer_heap *heap)
{
    free(heap->timers);
    lx_timer_heap_init(heap);
}

bool lx_timer_heap_reserve(struct lx_timer_heap *heap, size_t count)
{
    if (count < heap->capacity)
        return true;
    size_t capacity = heap->capacity ? heap->capacity * 2 : 64;
    while (capacity <= count)
        capacity *= 2;
    struct lx_timer **timers = realloc(heap->timers, capacity * sizeof *timers);
    if (!timers)
        return false;
    heap->timers = timers;
    heap->capacity = capacity;
    return true;
}

static void seat(struct lx_timer_heap *heap, size_t place,
                 struct lx_timer *timer)
{
    heap->timers[place] = timer;
    timer->place = place;
}

static void sift_up(struct lx_timer_heap *heap, struct lx_timer *timer)
{
    size_t place = timer->place;

    for (; place > 1; place /= 2) {
        struct lx_timer *parent = heap->timers[place / 2];
        if (parent->due_ms <= timer->due_ms)
            break;
        seat(heap, place, parent);
    }
    seat(heap, place, timer);
}

static void sift_down(struct lx_timer_heap *heap, struct lx_timer *timer)
{
    size_t place = timer->place;

    for (size_t child; (child = place * 2) <= heap->count; place = child) {
        if (child < heap->count &&
            heap->timers[child + 1]->due_ms < heap->timers[child]->due_ms)
            child++;
        if (heap->timers[child]->due_ms >= timer->due_ms)
            break;
        seat(heap, place, heap->timers[child]);
    }
    seat(heap, place, timer);
}

void lx_timer_set(struct lx_timer_heap *heap, struct lx_timer *timer,
                  int64_t due_ms)
{
    int64_t before = timer->due_ms;

    timer->due_ms = due_ms;
    if (timer->place == 0) {
        assert(heap->count + 1 < heap->capacity);
        seat(heap, ++heap->count, timer);
        sift_up(heap, timer);
    } else if (due_ms < before) {
        sift_up(heap, timer);
    } else {
        sift_down(heap, timer);
    }
}

void lx_timer_unset(struct lx_timer_heap *heap, struct lx_timer *timer)
{
    size_t place = timer->place;

    if (place == 0)
        return;
    struct lx_timer *last = heap->timers[heap->count--];
    timer->place = 0;
    if (last == timer)
        return;
    seat(heap, place, last);
    sift_up(heap, last);
    sift_down(heap, last);
}

struct lx_timer *lx_timer_heap_first(const struct lx_timer_heap *heap)
{
    return heap->count ? heap->timers[1] : NULL;
}
