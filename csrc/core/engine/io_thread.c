/* io_thread.c: the loop of the I/O thread: commands in, timers, sends, answers,
 * events out. See io.h. */
#include "engine/io.h"

#include "base/buffer.h"
#include "base/secret.h"
#include "os/clock.h"
#include "os/process.h"

#include <stdlib.h>
#include <string.h>

/* Without anything to do the loop still looks around so often. */
#define IDLE_WAIT_MS 60000
/* What was learned is shown at most so often. */
#define PUBLISH_EVERY_MS 100

static void wake(void *argument)
{
    lx_io_wakeup(argument);
}

struct lx_io *lx_io_new(const struct lx_config *config,
                        struct lx_io_ports *ports)
{
    struct lx_io *io = calloc(1, sizeof *io);

    if (!io)
        return NULL;
    io->config = config;
    io->ports = ports;
    io->rules.retry = config->retry;
    lx_timer_heap_init(&io->timers);
    lx_id_map_init(&io->ops);
    io->random.state = lx_process_seed();
    io->now_ms = lx_awake_clock_now(&io->clock, lx_now_ms());
    lx_limiter_init(&io->limiter, config->max_requests_per_second,
                    2 * config->retry.base_ms, io->now_ms);
    io->rules.schedule = lx_schedule_new(&config->cadence);
    io->http = lx_http_new(config);
    io->committer = lx_committer_new(wake, io);
    if (!io->http || !io->committer || !io->rules.schedule) {
        lx_io_free(io);
        return NULL;
    }
    if (config->durations) /* what cannot be read is as good as nothing */
        lx_schedule_load(io->rules.schedule, config->durations,
                         strlen(config->durations));
    return io;
}

void lx_io_free(struct lx_io *io)
{
    if (!io)
        return;
    for (size_t i = 0; i < io->ops.capacity; i++)
        lx_op_free(io->ops.entries[i].value);
    lx_event_free_all(io->first);
    lx_committer_free(io->committer); /* it may still wake the http */
    lx_http_free(io->http);
    lx_schedule_free(io->rules.schedule);
    lx_timer_heap_deinit(&io->timers);
    lx_id_map_deinit(&io->ops);
    free(io);
}

char *lx_io_save_durations(const struct lx_io *io)
{
    struct lx_buffer text;

    lx_buffer_init(&text, LX_SCHEDULE_TEXT_MAX);
    if (lx_schedule_save(io->rules.schedule, &text) &&
        lx_buffer_append(&text, "", 1))
        return lx_buffer_release(&text, NULL);
    lx_buffer_deinit(&text);
    return NULL;
}

void lx_io_wakeup(struct lx_io *io)
{
    lx_http_wakeup(io->http);
}

/* ---- events ---- */

static void mask_error(const char *key, struct lx_error *error)
{
    lx_secret_mask(error->message, key);
    lx_secret_mask(error->api_code, key);
    lx_secret_mask(error->request_id, key);
    lx_secret_mask(error->fail_code, key);
}

/* The record of a failure, which err:report() shows. */
static void mask_record(const char *key, struct lx_record *record)
{
    lx_secret_mask(record->fail_code, key);
    lx_secret_mask(record->fail_msg, key);
    lx_secret_mask(record->result_text, key);
    lx_secret_mask(record->body, key);
    record->body_length = strlen(record->body);
}

/* What a service says when something fails may quote the key. */
static void mask_key(const char *key, struct lx_event *event)
{
    if (event->error)
        mask_error(key, event->error);
    if (event->error && event->record)
        mask_record(key, event->record);
    if (event->log)
        lx_secret_mask(event->log->request_id, key);
}

void lx_io_tell(struct lx_io *io, struct lx_event *event)
{
    if (!event)
        return;
    mask_key(io->config->api_key, event);
    event->next = NULL;
    if (io->last)
        io->last->next = event;
    else
        io->first = event;
    io->last = event;
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
    lx_timer_unset(&io->timers, &op->timer);
    lx_id_map_remove(&io->ops, op->id);
    lx_op_free(op);
    lx_io_tell(io, final);
}

/* The models' durations as they are now; NULL when memory is out. */
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
    struct lx_duration *fresh = summarise(io->rules.schedule, &count);
    if (!fresh)
        return;
    lx_mutex_lock(&ports->lock);
    struct lx_duration *stale = ports->durations;
    ports->durations = fresh;
    ports->duration_count = count;
    lx_mutex_unlock(&ports->lock);
    free(stale);
}

static void deliver(struct lx_io *io)
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

/* ---- commands ---- */

void lx_io_wait(struct lx_io *io, struct lx_op *op, int64_t due_ms)
{
    lx_timer_set(&io->timers, &op->timer, due_ms);
}

/* Make the operation of a command known; without memory for that its end is
 * told at once. */
static struct lx_op *admit(struct lx_io *io, enum lx_op_type type,
                           struct lx_command *command)
{
    struct lx_op *op = lx_op_new(type, command->id);
    struct lx_event *final = command->final;

    command->final = NULL;
    if (op && lx_timer_heap_reserve(&io->timers, io->ops.count + 1) &&
        lx_id_map_put(&io->ops, op->id, op)) {
        op->final = final;
        return op;
    }
    lx_op_free(op);
    final->is_out_of_memory = true;
    lx_io_tell(io, final);
    return NULL;
}

static void begin(struct lx_io *io, struct lx_command *command)
{
    struct lx_op *op;

    switch (command->type) {
    case LX_COMMAND_TIMER:
        op = admit(io, LX_OP_TIMER, command);
        if (op)
            lx_io_wait(io, op, io->now_ms + command->delay_ms);
        break;
    case LX_COMMAND_DOWNLOAD:
        op = admit(io, LX_OP_DOWNLOAD, command);
        if (op) {
            op->download.spec = command->download;
            command->download = NULL;
            lx_io_download_begin(io, op);
        }
        break;
    case LX_COMMAND_CREATE:
    case LX_COMMAND_WATCH:
    case LX_COMMAND_QUERY:
        op = admit(io, LX_OP_TASK, command);
        if (op)
            lx_io_task_begin(io, op, command);
        break;
    case LX_COMMAND_RECORDS:
    case LX_COMMAND_NUDGE:
    case LX_COMMAND_CANCEL:
        break; /* of something that has ended meanwhile */
    }
}

static void cancel(struct lx_io *io, struct lx_op *op)
{
    switch (op->type) {
    case LX_OP_TASK:
        lx_io_task_cancel(io, op);
        return;
    case LX_OP_DOWNLOAD:
        lx_io_download_cancel(io, op);
        return;
    case LX_OP_TIMER:
        lx_timer_unset(&io->timers, &op->timer);
        lx_id_map_remove(&io->ops, op->id);
        lx_op_free(op);
        return;
    }
}

static bool obey(struct lx_io *io)
{
    struct lx_command *command = lx_queue_take(&io->ports->commands);
    bool any = command != NULL;

    while (command) {
        struct lx_command *next = command->next;
        struct lx_op *op = lx_id_map_get(&io->ops, command->id);
        if (!op)
            begin(io, command);
        else if (command->type == LX_COMMAND_CANCEL)
            cancel(io, op);
        else if (op->type == LX_OP_TASK)
            lx_io_task_command(io, op, command);
        lx_command_free(command);
        command = next;
    }
    return any;
}

/* ---- time ---- */

static bool fire_timers(struct lx_io *io)
{
    struct lx_timer *timer;
    bool any = false;

    while ((timer = lx_timer_heap_first(&io->timers)) &&
           timer->due_ms <= io->now_ms) {
        struct lx_op *op = (struct lx_op *)timer;
        lx_timer_unset(&io->timers, timer);
        any = true;
        switch (op->type) {
        case LX_OP_TASK:
            lx_io_task_time(io, op);
            break;
        case LX_OP_DOWNLOAD:
            lx_io_download_time(io, op);
            break;
        case LX_OP_TIMER:
            lx_io_finish(io, op, NULL);
            break;
        }
    }
    return any;
}

static void wait_for_something(struct lx_io *io, int64_t limiter_wait_ms)
{
    struct lx_timer *timer = lx_timer_heap_first(&io->timers);
    int64_t wait_ms = IDLE_WAIT_MS;

    if (timer && timer->due_ms - io->now_ms < wait_ms)
        wait_ms = timer->due_ms - io->now_ms;
    if (limiter_wait_ms >= 0 && limiter_wait_ms < wait_ms)
        wait_ms = limiter_wait_ms;
    int64_t until_ms = lx_now_ms() + (wait_ms > 0 ? wait_ms : 0);
    lx_http_wait(io->http, wait_ms > 0 ? wait_ms : 0);
    lx_awake_clock_waited(&io->clock, until_ms, lx_now_ms());
}

static bool is_stopping(struct lx_io *io)
{
    lx_mutex_lock(&io->ports->lock);
    bool stopping = io->ports->is_stopping;
    lx_mutex_unlock(&io->ports->lock);
    return stopping;
}

void lx_io_run(struct lx_io *io)
{
    while (!is_stopping(io)) {
        bool sent;
        io->now_ms = lx_awake_clock_now(&io->clock, lx_now_ms());
        obey(io);
        fire_timers(io);
        int64_t limiter_wait_ms = lx_io_send(io, &sent);
        lx_http_perform(io->http);
        bool is_busy = lx_io_answers(io);
        is_busy = lx_io_replan(io) || is_busy;
        lx_io_downloads(io);
        deliver(io);
        if (!is_busy)
            wait_for_something(io, limiter_wait_ms);
    }
    lx_io_downloads_stop(io);
    deliver(io);
}
