/* io_download.c: see io_download.h. */
#include "engine/io_download.h"

#include "engine/io_saved.h"
#include "engine/io_saving.h"
#include "engine/outbox.h"
#include "engine/saving.h"
#include "os/clock.h"

/* The shortest time between two events of progress but the last. */
#define PROGRESS_MS 100
/* How often is asked whether another client has saved the same. */
#define HOLD_MS 200

/* From inside lx_http_perform or lx_disk_deliver: look at the op in this
 * turn of the loop. */
static void on_change(void *argument)
{
    struct lx_op *op = argument;

    op->download.has_news = true;
}

static void put_into(struct lx_op_list *list, struct lx_op *op)
{
    if (op->download.list)
        lx_op_list_remove(op->download.list, op);
    op->download.list = list;
    if (list)
        lx_op_list_append(list, op);
}

void lx_io_download_begin(struct lx_io *io, struct lx_op *op)
{
    const struct lx_download_order *order = op->download.order;

    if (order->entry && io->journal) {
        op->download.saving = lx_saving_new(io, order);
        if (!op->download.saving) {
            op->final->is_out_of_memory = true;
            lx_io_finish(io, op, NULL);
            return;
        }
    }
    if (!op->download.saving)
        op->download.order->entry = 0;
    put_into(&io->downloads, op);
}

static bool wants_to_know(const struct lx_op *op)
{
    uint64_t bytes, total;

    lx_download_progress(op->download.run, &bytes, &total);
    return op->download.wants_progress && bytes != op->download.told_bytes;
}

static void tell_bytes(struct lx_io *io, struct lx_op *op)
{
    uint64_t bytes, total;

    lx_download_progress(op->download.run, &bytes, &total);
    struct lx_event *event = lx_event_new(LX_EVENT_PROGRESS, op->id);
    if (!event)
        return;
    event->bytes = op->download.told_bytes = bytes;
    event->total = total;
    op->download.told_ms = io->now_ms;
    lx_io_tell(io, event);
}

static void tell_progress(struct lx_io *io, struct lx_op *op)
{
    if (io->now_ms - op->download.told_ms < PROGRESS_MS || !wants_to_know(op))
        return;
    tell_bytes(io, op);
}

static void end_download(struct lx_io *io, struct lx_op *op)
{
    struct lx_error *error = NULL;

    lx_download_take(op->download.run, &op->final->file, &error);
    op->final->error = error;
    op->final->is_out_of_memory = !op->final->file && !error;
    if (op->final->file && !op->final->file->location) {
        if (wants_to_know(op)) /* of the last of them */
            tell_bytes(io, op);
        io->stats.downloads++;
        io->stats.download_bytes += op->final->file->length;
    }
    put_into(NULL, op);
    lx_io_saved(io, op);
    lx_io_finish(io, op, NULL);
}

/* The next one may have its turn. */
static void make_room(struct lx_io *io, struct lx_op *op)
{
    lx_timer_unset(&io->timers, &op->timer);
    put_into(&io->downloads_saving, op);
}

/* Who waits for another client keeps no turn. */
static void ask_or_hold(struct lx_io *io, struct lx_op *op)
{
    struct lx_saving *saving = op->download.saving;

    if (!saving->is_taken) {
        lx_timer_unset(&io->timers, &op->timer);
        lx_io_saving_ask(io, op);
        return;
    }
    saving->is_taken = false; /* ask again, then */
    put_into(&io->downloads_held, op);
    lx_io_wait(io, op, io->now_ms + HOLD_MS);
}

static void look_at(struct lx_io *io, struct lx_op *op)
{
    int64_t due_ms = 0;

    op->download.has_news = false;
    switch (lx_download_poll(op->download.run, &due_ms)) {
    case LX_DOWNLOAD_DONE:
        end_download(io, op);
        return;
    case LX_DOWNLOAD_SAVING:
        make_room(io, op);
        return;
    case LX_DOWNLOAD_ASKING:
        ask_or_hold(io, op);
        return;
    case LX_DOWNLOAD_RUNNING:
    case LX_DOWNLOAD_PAUSED:
        if (op->download.list != &io->downloads_running)
            put_into(&io->downloads_running, op);
        /* downloads live by the real clock: a stall is one, asleep or not */
        lx_io_wait(io, op, lx_awake_clock_now(&io->clock, due_ms));
        return;
    }
}

void lx_io_download_time(struct lx_io *io, struct lx_op *op)
{
    lx_download_resume(op->download.run, lx_now_ms(),
                       lx_random_unit(&io->random));
    look_at(io, op);
}

void lx_io_download_cancel(struct lx_io *io, struct lx_op *op)
{
    put_into(NULL, op);
    lx_io_saved(io, op);
    lx_io_forget(io, op);
}

static void start_download(struct lx_io *io, struct lx_op *op)
{
    struct lx_download_order *order = op->download.order;

    put_into(NULL, op);
    op->download.order = NULL;
    op->download.wants_progress = order->want_progress;
    op->download.run = lx_download_new(io->http, io->disk, &io->config->retry,
                                       order, on_change, op);
    if (!op->download.run) {
        op->final->is_out_of_memory = true;
        lx_io_finish(io, op, NULL);
        return;
    }
    put_into(&io->downloads_running, op);
    lx_download_resume(op->download.run, lx_now_ms(),
                       lx_random_unit(&io->random));
    look_at(io, op);
}

static bool look_at_saved(struct lx_io *io)
{
    if (!lx_disk_deliver(io->disk))
        return false;
    for (struct lx_op *op = io->downloads_saving.first, *next; op; op = next) {
        next = op->next;
        if (op->download.has_news)
            look_at(io, op);
    }
    return true;
}

void lx_io_downloads_stop(struct lx_io *io)
{
    lx_disk_stop(io->disk);
    look_at_saved(io);
}

static bool has_room(const struct lx_io *io)
{
    return io->downloads_running.count <
               (uint64_t)io->config->http.max_downloads &&
           io->downloads_saving.count < LX_DISK_JOBS_MAX;
}

bool lx_io_downloads(struct lx_io *io)
{
    bool is_busy = look_at_saved(io);

    for (struct lx_op *op = io->downloads_running.first, *next; op; op = next) {
        next = op->next;
        tell_progress(io, op);
        if (op->download.has_news)
            look_at(io, op);
    }
    for (struct lx_op *op = io->downloads_held.first, *next; op; op = next) {
        next = op->next;
        if (op->download.has_news)
            look_at(io, op);
    }
    for (struct lx_op *op = io->downloads.first, *next; op && has_room(io);
         op = next) {
        next = op->next;
        if (!lx_io_saved_has_twin(io, op))
            start_download(io, op);
    }
    return is_busy;
}
