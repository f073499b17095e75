/* io_loop.c: see io_loop.h. */
#include "engine/io_loop.h"

#include "engine/io_answer.h"
#include "engine/io_download.h"
#include "engine/io_fleet.h"
#include "engine/io_journal.h"
#include "engine/io_plan.h"
#include "engine/io_replan.h"
#include "engine/io_send.h"
#include "engine/io_task.h"
#include "engine/io_upload.h"
#include "engine/journal_ask.h"
#include "engine/outbox.h"
#include "os/clock.h"

/* The longest time that the loop sleeps. */
#define IDLE_WAIT_MS 60000

/* ---- commands ---- */

/* Register the operation of a command; out of memory, report its end. */
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

static void begin_task(struct lx_io *io, struct lx_command *command)
{
    struct lx_op *op = admit(io, LX_OP_TASK, command);

    if (!op)
        return;
    if (!command->body || lx_io_upload_adopt(io, op, command)) {
        lx_io_task_begin(io, op, command);
        return;
    }
    op->final->is_out_of_memory = true;
    lx_io_finish(io, op, NULL);
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
            op->download.order = command->download;
            command->download = NULL;
            lx_io_download_begin(io, op);
        }
        break;
    case LX_COMMAND_ASK:
        op = admit(io, LX_OP_ASK, command);
        if (op) {
            lx_io_ask(io, op, command->question);
            command->question = NULL;
        }
        break;
    case LX_COMMAND_CREATE:
    case LX_COMMAND_WATCH:
    case LX_COMMAND_QUERY:
        begin_task(io, command);
        break;
    case LX_COMMAND_RECORDS:
    case LX_COMMAND_NUDGE:
    case LX_COMMAND_CANCEL:
    case LX_COMMAND_WITHDRAW:
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
    case LX_OP_ASK:
        lx_io_forget(io, op);
        return;
    }
}

static void obey(struct lx_io *io)
{
    struct lx_command *command = lx_queue_take(&io->ports->commands);

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
}

/* ---- time ---- */

static void fire_timers(struct lx_io *io)
{
    struct lx_timer *timer;

    while ((timer = lx_timer_heap_first(&io->timers)) &&
           timer->due_ms <= io->now_ms) {
        struct lx_op *op = (struct lx_op *)timer;
        lx_timer_unset(&io->timers, timer);
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
        case LX_OP_ASK: /* is on no clock */
            break;
        }
    }
}

static void wait_for_something(struct lx_io *io, int64_t limiter_wait_ms)
{
    struct lx_timer *timer = lx_timer_heap_first(&io->timers);
    int64_t wait_ms = IDLE_WAIT_MS;

    if (timer && timer->due_ms - io->now_ms < wait_ms)
        wait_ms = timer->due_ms - io->now_ms;
    if (limiter_wait_ms >= 0 && limiter_wait_ms < wait_ms)
        wait_ms = limiter_wait_ms;
    int64_t journal_wait_ms = lx_io_journal_wait_ms(io);
    if (journal_wait_ms >= 0 && journal_wait_ms < wait_ms)
        wait_ms = journal_wait_ms;
    int64_t fleet_wait_ms = lx_io_fleet_wait_ms(io);
    if (fleet_wait_ms >= 0 && fleet_wait_ms < wait_ms)
        wait_ms = fleet_wait_ms;
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

static void look_at_clock(struct lx_io *io)
{
    io->now_ms = lx_awake_clock_now(&io->clock, lx_now_ms());
}

void lx_io_run(struct lx_io *io)
{
    while (!is_stopping(io)) {
        look_at_clock(io);
        lx_io_journal_turn(io, true);
        obey(io);
        fire_timers(io);
        lx_io_fleet_turn(io);
        lx_io_plan(io);
        int64_t limiter_wait_ms = lx_io_send(io);
        lx_http_perform(io->http);
        look_at_clock(io); /* a pause begins when its answer is here */
        bool is_busy = lx_io_answers(io);
        is_busy = lx_io_replan(io) || is_busy;
        is_busy = lx_io_downloads(io) || is_busy;
        is_busy = lx_io_journal(io) || is_busy;
        lx_io_journal_turn(io, false);
        lx_io_deliver(io);
        if (!is_busy)
            wait_for_something(io, limiter_wait_ms);
    }
    lx_io_downloads_stop(io);
    lx_io_journal_stop(io);
    lx_io_deliver(io);
}
