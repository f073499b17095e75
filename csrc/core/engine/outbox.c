/* outbox.c: see outbox.h. */
#include "engine/outbox.h"

#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

/* The shortest time between two publications of durations. */
#define PUBLISH_EVERY_MS 100

static void mask_error(const char *key, struct lx_error *error)
{
    lx_secret_mask(error->message, key);
    lx_secret_mask(error->api_code, key);
    lx_secret_mask(error->request_id, key);
    lx_secret_mask(error->fail_code, key);
}

/* The body of a failure may quote the key in part, as err:report() shows it; a
 * result is not searched for parts, which might stand in its URLs by chance. */
static void mask_record(const char *key, struct lx_record *record,
                        bool is_failure)
{
    lx_secret_mask(record->model, key);
    lx_secret_mask(record->fail_code, key);
    lx_secret_mask(record->fail_msg, key);
    lx_secret_mask(record->result_text, key);
    lx_secret_mask_whole(record->state, key);
    if (is_failure) {
        record->body_length =
            lx_secret_mask_bytes(record->body, record->body_length, key);
        return;
    }
    lx_secret_mask_whole(record->body, key);
    record->body_length = strlen(record->body);
}

/* A service may quote the key in any text. */
static void mask_key(const char *key, struct lx_event *event)
{
    if (event->error)
        mask_error(key, event->error);
    if (event->record)
        mask_record(key, event->record, event->error != NULL);
    if (event->log)
        lx_secret_mask(event->log->request_id, key);
}

void lx_io_tell(struct lx_io *io, struct lx_event *event)
{
    if (!event)
        return;
    mask_key(io->config->http.api_key, event);
    event->next = NULL;
    if (io->last)
        io->last->next = event;
    else
        io->first = event;
    io->last = event;
}

void lx_io_forget(struct lx_io *io, struct lx_op *op)
{
    lx_timer_unset(&io->timers, &op->timer);
    lx_id_map_remove(&io->ops, op->id);
    lx_op_free(op);
}

void lx_io_finish(struct lx_io *io, struct lx_op *op,
                  const struct lx_error *error)
{
    struct lx_event *final = op->final;

    if (error && error->kind != LX_KIND_NONE && !final->error) {
        final->error = malloc(sizeof *final->error);
        if (final->error)
            *final->error = *error;
        else
            final->is_out_of_memory = true;
    }
    op->final = NULL;
    lx_io_forget(io, op);
    lx_io_tell(io, final);
}

void lx_io_wait(struct lx_io *io, struct lx_op *op, int64_t due_ms)
{
    lx_timer_set(&io->timers, &op->timer, due_ms);
}

/* ---- the end of a turn ---- */

/* The models' durations as they are now; NULL: out of memory. */
static struct lx_duration *summarise(struct lx_schedule *schedule,
                                     size_t *count)
{
    size_t models = lx_schedule_count(schedule);
    struct lx_duration *durations = calloc(models, sizeof *durations);

    *count = 0;
    for (size_t i = 0; durations && i < models; i++) {
        struct lx_duration *duration = &durations[*count];
        const char *name;
        if (!lx_schedule_summary(schedule, i, &name, &duration->count,
                                 &duration->p50_s, &duration->p90_s))
            continue;
        lx_text_copy(duration->model, sizeof duration->model, name,
                     strlen(name));
        ++*count;
    }
    return durations;
}

static void publish_durations(struct lx_io *io)
{
    struct lx_io_ports *ports = io->ports;
    size_t count;

    if (io->learned == io->published ||
        io->now_ms - io->published_ms < PUBLISH_EVERY_MS)
        return;
    io->published = io->learned;
    io->published_ms = io->now_ms;
    struct lx_duration *fresh = summarise(io->policy.schedule, &count);
    if (!fresh)
        return;
    lx_mutex_lock(&ports->lock);
    struct lx_duration *stale = ports->durations;
    ports->durations = fresh;
    ports->duration_count = count;
    lx_mutex_unlock(&ports->lock);
    free(stale);
}

void lx_io_deliver(struct lx_io *io)
{
    struct lx_io_ports *ports = io->ports;

    lx_mutex_lock(&ports->lock);
    ports->stats = io->stats;
    struct lx_event *returned = ports->returned;
    ports->returned = NULL;
    lx_mutex_unlock(&ports->lock);
    lx_event_free_all(returned);
    publish_durations(io);
    if (!io->first)
        return;
    if (lx_queue_push(&ports->events, io->first, io->last, NULL))
        io->first = io->last = NULL;
}
