/* test_mailbox.c: posts of several threads while the events are taken, and
 * while the mailbox is closed: none is lost or told twice, none leaks. */
#include "engine/mailbox.h"

#include "engine/message.h"
#include "os/thread.h"

#include <stdlib.h>

#include "../check.h"

#define THREADS 4
#define POSTS   2000

struct poster {
    struct lx_thread thread;
    struct lx_mailbox *mailbox; /* held */
    uint64_t id;
    int taken; /* posts that were */
};

static void run_poster(void *argument)
{
    struct poster *poster = argument;

    for (int i = 0; i < POSTS; i++)
        poster->taken +=
            lx_mailbox_post(poster->mailbox, poster->id, "a\nb", 3);
    lx_mailbox_release(poster->mailbox);
}

/* How many events there are; each is looked at and freed. */
static int take(struct lx_queue *queue)
{
    struct lx_event *first = lx_queue_take(queue);
    int count = 0;

    for (struct lx_event *event = first; event; event = event->next) {
        count++;
        CHECK_EQ(event->type, LX_EVENT_POSTED);
        CHECK(event->id >= 1 && event->id <= THREADS);
        CHECK_BYTES(event->text, event->text_length, "a\nb", 3);
    }
    lx_event_free_all(first);
    return count;
}

static void test_threads(void)
{
    struct poster posters[THREADS];
    struct lx_queue queue;
    struct lx_mailbox *mailbox;
    int told = 0, taken = 0;

    check_row = "four threads, closed in the middle";
    lx_queue_init(&queue, NULL);
    mailbox = lx_mailbox_new(&queue);
    if (!mailbox)
        abort();
    for (int i = 0; i < THREADS; i++) {
        posters[i] = (struct poster){.mailbox = mailbox, .id = (uint64_t)i + 1};
        lx_mailbox_hold(mailbox);
        if (!lx_thread_start(&posters[i].thread, run_poster, &posters[i]))
            abort();
    }
    while (told < POSTS)
        told += take(&queue);
    lx_mailbox_close(mailbox);
    lx_mailbox_release(mailbox); /* the threads may be the last */
    for (int i = 0; i < THREADS; i++) {
        lx_thread_join(&posters[i].thread);
        taken += posters[i].taken;
    }
    told += take(&queue);
    CHECK_EQ(told, taken);
    lx_queue_deinit(&queue);
}

static void test_limits(void)
{
    static char text[LX_POSTED_MAX + 1];
    struct lx_queue queue;
    struct lx_mailbox *mailbox;

    check_row = "limits";
    lx_queue_init(&queue, NULL);
    mailbox = lx_mailbox_new(&queue);
    if (!mailbox)
        abort();
    CHECK(!lx_mailbox_post(mailbox, 1, text, sizeof text));
    CHECK(lx_queue_is_empty(&queue));
    CHECK(lx_mailbox_post(mailbox, 1, text, LX_POSTED_MAX));
    lx_event_free_all(lx_queue_take(&queue));
    lx_mailbox_close(mailbox);
    CHECK(!lx_mailbox_post(mailbox, 1, "", 0));
    lx_mailbox_release(mailbox);
    lx_queue_deinit(&queue);
}

int main(void)
{
    test_threads();
    test_limits();
    return check_report("mailbox");
}
