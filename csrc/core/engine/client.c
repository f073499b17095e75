/* client.c: see client.h. */
#include "engine/client.h"

#include "engine/io.h"
#include "engine/io_loop.h"
#include "http/global.h"
#include "os/wake.h"

#include <stdlib.h>
#include <string.h>

struct lx_client {
    struct lx_global_entry entry; /* first: the exit handler knows it */
    struct lx_config config;      /* immutable */
    unsigned generation;          /* of its process; immutable */
    struct lx_wake wake;
    bool is_fd_known; /* to the host */
    struct lx_io_ports ports;
    struct lx_mailbox *mailbox; /* NULL before somebody wants it */
    struct lx_io *io;           /* NULL before the first command */
    struct lx_thread thread;
    bool is_stopped; /* guarded by ports.lock */
};

static void run_io(void *argument)
{
    struct lx_client *client = argument;

    lx_io_run(client->io);
}

static void stop_thread(struct lx_client *client)
{
    lx_mutex_lock(&client->ports.lock);
    bool is_mine = !client->is_stopped;
    client->is_stopped = true;
    client->ports.is_stopping = true;
    lx_mutex_unlock(&client->ports.lock);
    if (!is_mine || !client->io)
        return;
    lx_io_wakeup(client->io);
    lx_thread_join(&client->thread);
}

/* Between lx_global_begin and end. */
static void stop(struct lx_client *client)
{
    bool runs = client->io && !client->is_stopped;

    lx_queue_close(&client->ports.commands);
    stop_thread(client);
    if (runs)
        lx_global_leave(&client->entry);
}

static void stop_at_exit(struct lx_global_entry *entry)
{
    stop_thread((struct lx_client *)entry);
}

struct lx_client *lx_client_new(struct lx_config *config)
{
    struct lx_client *client = calloc(1, sizeof *client);

    if (!client || !lx_global_init() || !lx_wake_init(&client->wake)) {
        lx_config_deinit(config);
        free(client);
        return NULL;
    }
    client->config = *config;
    memset(config, 0, sizeof *config);
    client->entry.stop = stop_at_exit;
    client->generation = lx_global_generation();
    lx_mutex_init(&client->ports.lock);
    lx_queue_init(&client->ports.commands, NULL);
    lx_queue_init(&client->ports.events, &client->wake);
    return client;
}

void lx_client_free(struct lx_client *client)
{
    if (!client)
        return;
    if (lx_client_is_forked(client)) {
        /* the thread is not in this process and may have held the locks; ending
         * its TLS connections here would cut those of the parent */
        lx_wake_deinit(&client->wake);
        return;
    }
    bool goes_on = lx_global_begin();
    if (goes_on)
        stop(client);
    else if (client->io)
        return; /* the exit handler may be at work on it */
    if (client->mailbox) {
        lx_mailbox_close(client->mailbox);
        lx_mailbox_release(client->mailbox);
    }
    lx_command_free_all(lx_queue_take(&client->ports.commands));
    lx_event_free_all(lx_queue_take(&client->ports.events));
    lx_event_free_all(client->ports.returned);
    lx_io_free(client->io);
    lx_queue_deinit(&client->ports.commands);
    lx_queue_deinit(&client->ports.events);
    lx_mutex_deinit(&client->ports.lock);
    lx_wake_deinit(&client->wake);
    lx_config_deinit(&client->config);
    free(client->ports.durations);
    free(client);
    if (goes_on)
        lx_global_end();
}

/* ---- the thread ---- */

static enum lx_kind start_thread(struct lx_client *client)
{
    if (client->is_stopped) /* nobody would join the thread */
        return LX_KIND_CLOSED;
    client->io = lx_io_new(&client->config, &client->ports);
    if (!client->io)
        return LX_KIND_MEMORY;
    if (lx_thread_start(&client->thread, run_io, client)) {
        lx_global_enter(&client->entry);
        return LX_KIND_NONE;
    }
    lx_io_free(client->io);
    client->io = NULL;
    return LX_KIND_MEMORY;
}

static enum lx_kind start(struct lx_client *client)
{
    if (!lx_global_begin())
        return LX_KIND_CLOSED;
    enum lx_kind kind = start_thread(client);
    lx_global_end();
    return kind;
}

enum lx_kind lx_client_submit(struct lx_client *client,
                              struct lx_command *command)
{
    return lx_client_submit_all(client, command, command);
}

enum lx_kind lx_client_submit_all(struct lx_client *client,
                                  struct lx_command *first,
                                  struct lx_command *last)
{
    enum lx_kind kind = LX_KIND_NONE;
    bool was_empty = false;

    if (lx_client_is_forked(client))
        kind = LX_KIND_FORKED;
    else if (!client->io)
        kind = start(client);
    if (kind == LX_KIND_NONE &&
        !lx_queue_push(&client->ports.commands, first, last, &was_empty))
        kind = LX_KIND_CLOSED;
    if (kind != LX_KIND_NONE) {
        lx_command_free_all(first);
        return kind;
    }
    if (was_empty) /* else the thread was woken already */
        lx_io_wakeup(client->io);
    return LX_KIND_NONE;
}

void lx_client_stop(struct lx_client *client)
{
    if (lx_client_is_forked(client) || !lx_global_begin())
        return;
    stop(client);
    lx_global_end();
}

bool lx_client_is_forked(const struct lx_client *client)
{
    return client->generation != lx_global_generation();
}

/* ---- events ---- */

struct lx_event *lx_client_take_events(struct lx_client *client)
{
    return lx_queue_take(&client->ports.events);
}

void lx_client_return_events(struct lx_client *client, struct lx_event *first,
                             struct lx_event *last)
{
    lx_mutex_lock(&client->ports.lock);
    last->next = client->ports.returned;
    client->ports.returned = first;
    lx_mutex_unlock(&client->ports.lock);
}

bool lx_client_has_events(struct lx_client *client)
{
    return !lx_queue_is_empty(&client->ports.events);
}

lx_descriptor lx_client_fd(struct lx_client *client)
{
    if (!client->is_fd_known)
        lx_queue_watch(&client->ports.events);
    client->is_fd_known = true;
    return client->wake.read_fd;
}

bool lx_client_wait(struct lx_client *client, int timeout_ms)
{
    lx_queue_watch(&client->ports.events);
    bool is_ready = lx_wake_wait(&client->wake, timeout_ms);
    lx_queue_unwatch(&client->ports.events);
    return is_ready;
}

void lx_client_signal(struct lx_client *client)
{
    lx_queue_signal(&client->ports.events);
}

struct lx_mailbox *lx_client_mailbox(struct lx_client *client)
{
    if (!client->mailbox)
        client->mailbox = lx_mailbox_new(&client->ports.events);
    return client->mailbox;
}

void lx_client_stats(struct lx_client *client, struct lx_stats *stats)
{
    lx_mutex_lock(&client->ports.lock);
    *stats = client->ports.stats;
    lx_mutex_unlock(&client->ports.lock);
}

struct lx_duration *lx_client_durations(struct lx_client *client, size_t *count)
{
    struct lx_io_ports *ports = &client->ports;
    struct lx_duration *copy = NULL;

    lx_mutex_lock(&ports->lock);
    *count = ports->duration_count;
    if (*count > 0)
        copy = malloc(*count * sizeof *copy);
    if (copy)
        memcpy(copy, ports->durations, *count * sizeof *copy);
    lx_mutex_unlock(&ports->lock);
    return copy;
}

char *lx_client_save_durations(struct lx_client *client)
{
    if (!client->is_stopped || !client->io || lx_client_is_forked(client))
        return NULL;
    return lx_io_save_durations(client->io);
}
