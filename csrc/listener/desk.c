/* desk.c: a list under a lock, in the order in which patience ends. Who takes a
 * work out of the list calls its `done`. */
#include "desk.h"
#include "mailbox_lua.h"
#include "os/clock.h"
#include "os/thread.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lx_desk {
    struct lx_mailbox_box box; /* held */
    struct lx_thread thread;
    struct lx_mutex lock;
    struct lx_condition changed;
    bool is_started, is_stopping; /* guarded by lock */
    bool is_joined;               /* owner's thread only */
    int count;                    /* guarded by lock, as the rest */
    uint64_t last_ticket;
    struct lx_work *first, **last;
};

/* With the lock held: the work of `ticket` (0: the first), out of the list. */
static struct lx_work *take_out(struct lx_desk *desk, uint64_t ticket)
{
    struct lx_work **link = &desk->first;

    while (*link && ticket && (*link)->ticket != ticket)
        link = &(*link)->next;
    struct lx_work *work = *link;
    if (!work)
        return NULL;
    *link = work->next;
    if (!work->next)
        desk->last = link;
    desk->count--;
    return work;
}

/* The next one whose patience has ended, NULL when it is time to go. */
static struct lx_work *await_impatient(struct lx_desk *desk)
{
    struct lx_work *work = NULL;

    lx_mutex_lock(&desk->lock);
    while (!work && (desk->first || !desk->is_stopping)) {
        if (!desk->first)
            lx_condition_wait(&desk->changed, &desk->lock);
        else if (desk->is_stopping || desk->first->due_ms <= lx_now_ms())
            work = take_out(desk, 0);
        else
            lx_condition_wait_until(&desk->changed, &desk->lock,
                                    desk->first->due_ms);
    }
    lx_mutex_unlock(&desk->lock);
    return work;
}

static void send_away(void *argument)
{
    struct lx_work *work;

    while ((work = await_impatient(argument)))
        work->done(work);
}

struct lx_desk *lx_desk_new(const struct lx_mailbox_box *mailbox)
{
    struct lx_desk *desk = calloc(1, sizeof *desk);

    if (!desk)
        return NULL;
    desk->box = *mailbox;
    desk->box.hold(desk->box.mailbox);
    desk->last = &desk->first;
    lx_mutex_init(&desk->lock);
    lx_condition_init(&desk->changed);
    return desk;
}

/* The work's ticket, 0 where it cannot wait. */
static uint64_t enlist(struct lx_desk *desk, struct lx_work *work)
{
    uint64_t ticket = 0;

    lx_mutex_lock(&desk->lock);
    if (!desk->is_started && !desk->is_stopping)
        desk->is_started = lx_thread_start(&desk->thread, send_away, desk);
    if (desk->is_started && !desk->is_stopping && desk->count < LX_DESK_MAX) {
        ticket = ++desk->last_ticket;
        work->ticket = ticket;
        work->due_ms = lx_now_ms() + LX_DESK_PATIENCE_MS;
        work->next = NULL;
        *desk->last = work;
        desk->last = &work->next;
        desk->count++;
    }
    lx_mutex_unlock(&desk->lock);
    lx_condition_signal(&desk->changed);
    return ticket;
}

static bool post(struct lx_desk *desk, uint64_t ticket, const char *text,
                 size_t length)
{
    const struct lx_mailbox_box *box = &desk->box;
    char head[24];
    size_t head_bytes =
        (size_t)snprintf(head, sizeof head, "%" PRIu64 "\n", ticket);
    char *whole = malloc(head_bytes + length);

    if (!whole)
        return false;
    memcpy(whole, head, head_bytes);
    memcpy(whole + head_bytes, text, length);
    bool is_posted =
        box->post(box->mailbox, box->id, whole, head_bytes + length);
    free(whole);
    return is_posted;
}

static struct lx_work *withdraw(struct lx_desk *desk, uint64_t ticket)
{
    lx_mutex_lock(&desk->lock);
    struct lx_work *work = take_out(desk, ticket);
    lx_mutex_unlock(&desk->lock);
    return work;
}

/* The text is copied: once it is enlisted the work may be done at any time. */
bool lx_desk_push(struct lx_desk *desk, struct lx_work *work)
{
    size_t length = work->text_bytes;
    char *text = malloc(length + 1);

    if (!text)
        return false;
    memcpy(text, work->text, length);
    uint64_t ticket = enlist(desk, work);
    bool is_taken =
        ticket && (post(desk, ticket, text, length) || !withdraw(desk, ticket));
    free(text);
    return is_taken;
}

bool lx_desk_settle(struct lx_desk *desk, uint64_t ticket, const char *text,
                    size_t length)
{
    struct lx_work *work = ticket ? withdraw(desk, ticket) : NULL;

    if (!work)
        return false;
    work->bytes = malloc(length + 1);
    if (work->bytes) {
        memcpy(work->bytes, text, length);
        work->length = length;
    }
    work->done(work);
    return true;
}

void lx_desk_stop(struct lx_desk *desk)
{
    if (desk->is_joined)
        return;
    lx_mutex_lock(&desk->lock);
    desk->is_stopping = true;
    bool is_started = desk->is_started;
    lx_mutex_unlock(&desk->lock);
    lx_condition_signal(&desk->changed);
    if (is_started)
        lx_thread_join(&desk->thread);
    desk->is_joined = true;
}

void lx_desk_free(struct lx_desk *desk)
{
    if (!desk)
        return;
    lx_desk_stop(desk);
    desk->box.release(desk->box.mailbox);
    lx_condition_deinit(&desk->changed);
    lx_mutex_deinit(&desk->lock);
    free(desk);
}
