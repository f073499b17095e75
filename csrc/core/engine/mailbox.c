/* mailbox.c: see mailbox.h. */
#include "engine/mailbox.h"

#include "engine/message.h"
#include "os/thread.h"

#include <stdlib.h>
#include <string.h>

struct lx_mailbox {
    struct lx_mutex lock;
    int holders;             /* guarded by lock */
    struct lx_queue *events; /* guarded by lock; NULL: closed */
};

struct lx_mailbox *lx_mailbox_new(struct lx_queue *events)
{
    struct lx_mailbox *mailbox = calloc(1, sizeof *mailbox);

    if (!mailbox)
        return NULL;
    lx_mutex_init(&mailbox->lock);
    mailbox->holders = 1;
    mailbox->events = events;
    return mailbox;
}

void lx_mailbox_hold(struct lx_mailbox *mailbox)
{
    lx_mutex_lock(&mailbox->lock);
    mailbox->holders++;
    lx_mutex_unlock(&mailbox->lock);
}

void lx_mailbox_release(struct lx_mailbox *mailbox)
{
    lx_mutex_lock(&mailbox->lock);
    bool is_last = --mailbox->holders == 0;
    lx_mutex_unlock(&mailbox->lock);
    if (!is_last)
        return;
    lx_mutex_deinit(&mailbox->lock);
    free(mailbox);
}

static struct lx_event *new_posted(uint64_t id, const char *text, size_t length)
{
    struct lx_event *event = lx_event_new(LX_EVENT_POSTED, id);
    char *copy = event ? malloc(length + 1) : NULL;

    if (!copy) {
        lx_event_free(event);
        return NULL;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    event->text = copy;
    event->text_length = length;
    return event;
}

bool lx_mailbox_post(struct lx_mailbox *mailbox, uint64_t id, const char *text,
                     size_t length)
{
    struct lx_event *event =
        length <= LX_POSTED_MAX ? new_posted(id, text, length) : NULL;
    bool is_told;

    if (!event)
        return false;
    lx_mutex_lock(&mailbox->lock);
    is_told =
        mailbox->events && lx_queue_push(mailbox->events, event, event, NULL);
    lx_mutex_unlock(&mailbox->lock);
    if (!is_told)
        lx_event_free(event);
    return is_told;
}

void lx_mailbox_close(struct lx_mailbox *mailbox)
{
    lx_mutex_lock(&mailbox->lock);
    mailbox->events = NULL;
    lx_mutex_unlock(&mailbox->lock);
}
