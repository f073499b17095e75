/* mailbox.h: a way into a client's events for other threads of the process,
 * such as a listener's. It may outlive the client. Any thread, but for close.
 */
#pragma once

#include "engine/queue.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* Longer texts are refused. */
#define LX_POSTED_MAX 65536

struct lx_mailbox;

/* Held once. `events` is borrowed until close. NULL: out of memory. */
struct lx_mailbox *lx_mailbox_new(struct lx_queue *events);

/* Counted; the last release frees it. */
void lx_mailbox_hold(struct lx_mailbox *mailbox);
void lx_mailbox_release(struct lx_mailbox *mailbox);

/* Tell the host an LX_EVENT_POSTED of `id` with a copy of the text. False, and
 * nothing is told, when it is closed, the text is too long or there is no
 * memory. */
bool lx_mailbox_post(struct lx_mailbox *mailbox, uint64_t id, const char *text,
                     size_t length);

/* No post reaches the events any more. */
void lx_mailbox_close(struct lx_mailbox *mailbox);

#pragma GCC visibility pop
