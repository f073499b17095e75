/* The timer heap against a plain array: order, moving, taking out. */
#include "base/timer_heap.h"

#include "base/random.h"

#include "../check.h"

#define TIMERS 200
#define ROUNDS 60000

static struct lx_random generator = {1};

static size_t below(size_t limit)
{
    return (size_t)(lx_random_unit(&generator) * (double)limit);
}

/* The earliest of those that are in; NULL when none is. */
static struct lx_timer *first_of(struct lx_timer *timers, size_t count)
{
    struct lx_timer *first = NULL;

    for (size_t i = 0; i < count; i++)
        if (timers[i].place != 0 &&
            (!first || timers[i].due_ms < first->due_ms))
            first = &timers[i];
    return first;
}

static void check_heap(const struct lx_timer_heap *heap)
{
    size_t astray = 0;

    for (size_t place = 1; place <= heap->count; place++) {
        astray += heap->timers[place]->place != place;
        astray += heap->timers[place / 2 ? place / 2 : 1]->due_ms >
                  heap->timers[place]->due_ms;
    }
    CHECK_EQ(astray, 0);
}

/* Set, move, take out at random; few distinct times, so that many tie. */
static void test_random(void)
{
    struct lx_timer timers[TIMERS] = {{0, 0}};
    bool is_in[TIMERS] = {false};
    struct lx_timer_heap heap;
    size_t count = 0;

    check_row = "random";
    lx_timer_heap_init(&heap);
    CHECK(lx_timer_heap_reserve(&heap, TIMERS));
    for (int round = 0; round < ROUNDS; round++) {
        size_t i = below(TIMERS);
        struct lx_timer *first, *want;

        if (below(3) > 0) {
            count += !is_in[i];
            lx_timer_set(&heap, &timers[i], (int64_t)below(50) - 25);
            is_in[i] = true;
        } else {
            count -= is_in[i];
            lx_timer_unset(&heap, &timers[i]);
            is_in[i] = false;
        }
        CHECK_EQ(timers[i].place != 0, is_in[i]);
        CHECK_EQ(heap.count, count);
        first = lx_timer_heap_first(&heap);
        want = first_of(timers, TIMERS);
        CHECK_EQ(first ? first->due_ms : INT64_MAX,
                 want ? want->due_ms : INT64_MAX);
        if (round % 100 == 0)
            check_heap(&heap);
    }
    lx_timer_heap_deinit(&heap);
}

/* Taken out one after the other, they come in order; and each exactly once. */
static void test_order(void)
{
    static struct lx_timer timers[5000];
    struct lx_timer_heap heap;
    struct lx_timer *timer;
    int64_t last = INT64_MIN;
    size_t count = 0;

    check_row = "order";
    lx_timer_heap_init(&heap);
    CHECK(!lx_timer_heap_first(&heap));
    for (size_t i = 0; i < 5000; i++) {
        CHECK(lx_timer_heap_reserve(&heap, i + 1));
        CHECK(heap.capacity > i + 1); /* the root is at 1 */
        lx_timer_set(&heap, &timers[i], (int64_t)below(1u << 30));
    }
    while ((timer = lx_timer_heap_first(&heap))) {
        CHECK(timer->due_ms >= last);
        last = timer->due_ms;
        lx_timer_unset(&heap, timer);
        CHECK_EQ(timer->place, 0);
        count++;
    }
    CHECK_EQ(count, 5000);
    lx_timer_heap_deinit(&heap);
    CHECK_EQ(heap.capacity, 0);
    lx_timer_heap_deinit(&heap); /* twice is fine */
}

/* The last entry moves into the hole: it may have to go up or down from there.
 * Ten entries; each of them is taken out of a new heap. */
static void test_unset(void)
{
    static const int64_t dues[10] = {1, 50, 2, 51, 52, 3, 4, 53, 54, 55};

    check_row = "unset";
    for (size_t out = 0; out < 10; out++) {
        struct lx_timer timers[10] = {{0, 0}};
        struct lx_timer_heap heap;

        lx_timer_heap_init(&heap);
        CHECK(lx_timer_heap_reserve(&heap, 10));
        for (size_t i = 0; i < 10; i++)
            lx_timer_set(&heap, &timers[i], dues[i]);
        lx_timer_unset(&heap, &timers[out]);
        lx_timer_unset(&heap, &timers[out]); /* nothing happens */
        CHECK_EQ(heap.count, 9);
        check_heap(&heap);
        lx_timer_set(&heap, &timers[out], 0);
        CHECK(lx_timer_heap_first(&heap) == &timers[out]);
        lx_timer_set(&heap, &timers[out], 99);
        CHECK(lx_timer_heap_first(&heap) != &timers[out]);
        check_heap(&heap);
        lx_timer_heap_deinit(&heap);
    }
}

int main(void)
{
    test_random();
    test_order();
    test_unset();
    return check_report("timer_heap");
}
