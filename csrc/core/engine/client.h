/* client.h: the facade that a binding uses: commands in, events out, one I/O
 * thread behind. Call everything from one thread at a time, the one that owns
 * the client; only the exit handler of global.h comes from elsewhere. After a
 * fork the child may only ask lx_client_is_forked and free. */
#pragma once

#include "engine/config.h"
#include "engine/mailbox.h"
#include "engine/message.h"
#include "engine/stats.h"
#include "os/descriptor.h"

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_client;

/* Takes the content of `config` (it is left empty), also on failure. Starts no
 * thread and opens no socket. NULL when out of memory or descriptors, or when
 * libcurl cannot be used. */
struct lx_client *lx_client_new(struct lx_config *config);

/* Stops, then frees; NULL is fine. */
void lx_client_free(struct lx_client *client);

/* Give `command` away, in every case. The first starts the thread. NONE, or
 * CLOSED after lx_client_stop, FORKED, or MEMORY (or threads) to start it. */
enum lx_kind lx_client_submit(struct lx_client *client,
                              struct lx_command *command);

/* The same for several, linked by `next`: all, or none. */
enum lx_kind lx_client_submit_all(struct lx_client *client,
                                  struct lx_command *first,
                                  struct lx_command *last);

/* All events so far, oldest first, linked by `next`; the caller frees each.
 * NULL when there are none. */
struct lx_event *lx_client_take_events(struct lx_client *client);

/* Give back the chain first..last of events that were taken and are no longer
 * needed: the I/O thread frees them later, which keeps two threads from
 * contending for one malloc arena. Optional: lx_event_free works, too. */
void lx_client_return_events(struct lx_client *client, struct lx_event *first,
                             struct lx_event *last);

/* Whether there may be events; costs a lock, no system call. */
bool lx_client_has_events(struct lx_client *client);

/* A descriptor that is readable while events wait, from the first call on. */
lx_descriptor lx_client_fd(struct lx_client *client);

/* Block until events wait or timeout_ms passed (-1: for ever). False then, and
 * when a signal came. */
bool lx_client_wait(struct lx_client *client, int timeout_ms);

/* Make the descriptor, if it was asked for, readable until the next
 * lx_client_take_events. */
void lx_client_signal(struct lx_client *client);

/* For other threads; borrowed until the client is freed. NULL: out of memory.
 */
struct lx_mailbox *lx_client_mailbox(struct lx_client *client);

void lx_client_stats(struct lx_client *client, struct lx_stats *stats);

/* What has been learned of the models' durations, one each; *count of them, the
 * caller frees. NULL when there is nothing, or no memory. */
struct lx_duration *lx_client_durations(struct lx_client *client,
                                        size_t *count);

/* After lx_client_stop: the same for a next client's config->durations, as
 * NUL-terminated JSON; the caller frees. NULL when there is nothing, or no
 * memory. */
char *lx_client_save_durations(struct lx_client *client);

/* Stop and join the thread, without waiting for answers. Events that it sent
 * can still be taken. Twice is fine. */
void lx_client_stop(struct lx_client *client);

bool lx_client_is_forked(const struct lx_client *client);

#pragma GCC visibility pop
