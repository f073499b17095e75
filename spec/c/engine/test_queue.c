/* The queue between two threads: order, ownership, and a wake that is readable
 * exactly while something waits. Runs under TSAN too. */
#include "engine/queue.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "../check.h"

struct item {
    struct item *next;
    int from;
    int number;
};

static struct item *new_item(int from, int number)
{
    struct item *item = calloc(1, sizeof *item);

    if (!item)
        abort();
    item->from = from;
    item->number = number;
    return item;
}

static bool push(struct lx_queue *queue, int number, bool *was_empty)
{
    struct item *item = new_item(0, number);
    bool is_taken = lx_queue_push(queue, item, item, was_empty);

    if (!is_taken)
        free(item); /* still ours: ASAN would tell of a leak or a double free */
    return is_taken;
}

/* Free a chain; its numbers as text. */
static const char *read_chain(struct item *item, char *out, size_t capacity)
{
    size_t length = 0;

    out[0] = '\0';
    while (item) {
        struct item *next = item->next;

        length += (size_t)snprintf(out + length, capacity - length, "%d ",
                                   item->number);
        free(item);
        item = next;
    }
    return out;
}

static bool is_readable(const struct lx_wake *wake)
{
    struct pollfd entry = {.fd = (int)wake->read_fd, .events = POLLIN};

    return poll(&entry, 1, 0) == 1;
}

static void test_order(void)
{
    struct lx_queue queue;
    struct item *first = new_item(0, 3), *last = new_item(0, 4);
    bool was_empty = false;
    char text[100];

    check_row = "order";
    lx_queue_init(&queue, NULL);
    CHECK(lx_queue_is_empty(&queue));
    CHECK(!lx_queue_take(&queue));
    CHECK(push(&queue, 1, &was_empty));
    CHECK(was_empty);
    CHECK(push(&queue, 2, &was_empty));
    CHECK(!was_empty);
    first->next = last;
    CHECK(lx_queue_push(&queue, first, last, NULL));
    CHECK(push(&queue, 5, NULL));
    CHECK(!lx_queue_is_empty(&queue));
    CHECK_TEXT(read_chain(lx_queue_take(&queue), text, sizeof text),
               "1 2 3 4 5 ");
    CHECK(lx_queue_is_empty(&queue));
    CHECK(push(&queue, 6, &was_empty));
    CHECK(was_empty); /* taken: the next reader has to be woken again */
    CHECK_TEXT(read_chain(lx_queue_take(&queue), text, sizeof text), "6 ");
    lx_queue_signal(&queue); /* without a wake there is nobody to tell */
    CHECK(lx_queue_is_empty(&queue));
    lx_queue_deinit(&queue);
}

static void test_close(void)
{
    struct lx_queue queue;
    bool was_empty = true;
    char text[100];

    check_row = "close";
    lx_queue_init(&queue, NULL);
    CHECK(push(&queue, 1, NULL));
    lx_queue_close(&queue);
    CHECK(!push(&queue, 2, &was_empty));
    lx_queue_close(&queue);
    CHECK(!push(&queue, 3, NULL));
    /* What came before can still be taken. */
    CHECK_TEXT(read_chain(lx_queue_take(&queue), text, sizeof text), "1 ");
    lx_queue_deinit(&queue);
}

/* One letter a step: w watch, u unwatch, p push, t take, s signal, c close;
 * after each the wake is readable (+) or not (-). */
static void test_wake(void)
{
    static const struct {
        const char *steps, *want;
    } rows[] = {
        {"wpptt", "-++--"},
        {"wst", "-+-"},
        {"wpsst", "-+++-"},
        {"wspt", "-++-"},
        {"wpspttp", "-+++--+"},
        {"wsst", "-++-"},
        {"wpct", "-++-"},
        {"wcpst", "---+-"},
        {"wt", "--"},
        /* not watched yet, or not any more */
        {"ppwtp", "--+-+"},
        {"swpt", "--+-"},
        {"ptwp", "---+"},
        {"wupt", "----"},
        {"wputp", "-++--"},
        {"wwup", "---+"},
        {"wpuw", "-+++"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char got[16] = "", text[100];
        struct lx_queue queue;
        struct lx_wake wake;

        check_row = rows[i].steps;
        CHECK(lx_wake_init(&wake));
        lx_queue_init(&queue, &wake);
        for (size_t at = 0; rows[i].steps[at]; at++) {
            switch (rows[i].steps[at]) {
            case 'p':
                push(&queue, 1, NULL);
                break;
            case 't':
                read_chain(lx_queue_take(&queue), text, sizeof text);
                break;
            case 's':
                lx_queue_signal(&queue);
                break;
            case 'w':
                lx_queue_watch(&queue);
                break;
            case 'u':
                lx_queue_unwatch(&queue);
                break;
            default:
                lx_queue_close(&queue);
            }
            got[at] = is_readable(&wake) ? '+' : '-';
            CHECK(got[at] == '-' || !lx_queue_is_empty(&queue));
        }
        CHECK_TEXT(got, rows[i].want);
        read_chain(lx_queue_take(&queue), text, sizeof text);
        lx_queue_deinit(&queue);
        lx_wake_deinit(&wake);
    }
}

static void on_signal(int number)
{
    (void)number;
}

static void test_wait(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    struct lx_wake wake;

    check_row = "wait";
    CHECK(lx_wake_init(&wake));
    CHECK(!lx_wake_wait(&wake, 0));
    lx_wake_signal(&wake);
    CHECK(lx_wake_wait(&wake, -1));
    lx_wake_clear(&wake);
    CHECK(!lx_wake_wait(&wake, 1));
    lx_wake_clear(&wake); /* nothing to clear: does not block */
    for (int i = 0; i < 100000; i++)
        lx_wake_signal(&wake); /* a full pipe does not block either */
    lx_wake_clear(&wake);
    CHECK(!lx_wake_wait(&wake, 0));
    /* A signal ends the wait: the host must be able to handle it. */
    CHECK_EQ(sigaction(SIGALRM, &action, NULL), 0);
    ualarm(20000, 20000);
    CHECK(!lx_wake_wait(&wake, -1));
    ualarm(0, 0);
    lx_wake_deinit(&wake);
    lx_wake_deinit(&wake);
    CHECK_EQ(wake.read_fd, -1);
}

/* ---- threads ---- */

#define WRITERS 3
#define ITEMS   20000

struct writer {
    struct lx_queue *queue;
    pthread_t thread;
    int number;
    int refused;
};

static void *write_items(void *argument)
{
    struct writer *writer = argument;

    for (int i = 0; i < ITEMS; i++) {
        struct item *item = new_item(writer->number, i);

        if (lx_queue_push(writer->queue, item, item, NULL))
            continue;
        writer->refused++;
        free(item);
    }
    return NULL;
}

/* Free the chain; false when a writer's numbers are out of order. */
static bool take_in_order(struct item *item, int *next_of, int *count)
{
    bool is_ordered = true;

    while (item) {
        struct item *next = item->next;

        is_ordered = is_ordered && item->number == next_of[item->from];
        next_of[item->from] = item->number + 1;
        ++*count;
        free(item);
        item = next;
    }
    return is_ordered;
}

/* A reader that sleeps on the wake gets everything: no wake-up is lost. With
 * `close_at`, the queue is closed on the way, and what was refused stayed the
 * writers'. */
static void test_threads(int close_at)
{
    struct writer writers[WRITERS];
    int next_of[WRITERS] = {0}, count = 0, refused = 0;
    struct lx_queue queue;
    struct lx_wake wake;

    check_row = "threads";
    CHECK(lx_wake_init(&wake));
    lx_queue_init(&queue, &wake);
    lx_queue_watch(&queue);
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.queue = &queue, .number = i};
        CHECK_EQ(
            pthread_create(&writers[i].thread, NULL, write_items, &writers[i]),
            0);
    }
    while (count < close_at) {
        bool is_woken = lx_wake_wait(&wake, 10000);

        CHECK(is_woken);
        if (!is_woken)
            break;
        CHECK(take_in_order(lx_queue_take(&queue), next_of, &count));
    }
    lx_queue_close(&queue);
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(writers[i].thread, NULL);
        refused += writers[i].refused;
    }
    CHECK(take_in_order(lx_queue_take(&queue), next_of, &count));
    CHECK_EQ(count + refused, WRITERS * ITEMS);
    CHECK(!is_readable(&wake));
    if (close_at == WRITERS * ITEMS)
        CHECK_EQ(refused, 0);
    lx_queue_deinit(&queue);
    lx_wake_deinit(&wake);
}

int main(void)
{
    test_order();
    test_close();
    test_wake();
    test_wait();
    test_threads(WRITERS * ITEMS);
    test_threads(ITEMS / 2);
    return check_report("queue");
}
