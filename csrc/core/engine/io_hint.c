/* io_hint.c: see io_hint.h. The ops of an entry are a list behind the first of
 * them, which is in io->tied. */
#include "engine/io_hint.h"

#include "engine/booking.h"
#include "engine/outbox.h"

#include <stdlib.h>

void lx_io_hint_tie(struct lx_io *io, struct lx_op *op)
{
    struct lx_booking *booking = op->task.booking;

    if (!booking || booking->is_tied || booking->entry == 0 || !io->journal)
        return;
    struct lx_op *first = lx_id_map_get(&io->tied, (uint64_t)booking->entry);
    if (first) {
        booking->next_tied = first->task.booking->next_tied;
        first->task.booking->next_tied = op;
    } else if (!lx_id_map_put(&io->tied, (uint64_t)booking->entry, op)) {
        return;
    }
    booking->is_tied = true;
    if (io->tied.count == 1)
        lx_journal_heed_hints(io->journal, true);
}

/* Take `first` out of the map, and put the next of its list in. */
static void replace_first(struct lx_io *io, uint64_t entry, struct lx_op *next)
{
    lx_id_map_remove(&io->tied, entry);
    if (next) /* into the place that has just become free */
        (void)lx_id_map_put(&io->tied, entry, next);
}

void lx_io_hint_untie(struct lx_io *io, struct lx_op *op)
{
    struct lx_booking *booking = op->task.booking;

    if (!booking || !booking->is_tied)
        return;
    struct lx_op *one = lx_id_map_get(&io->tied, (uint64_t)booking->entry);
    if (one == op) {
        replace_first(io, (uint64_t)booking->entry, booking->next_tied);
    } else {
        while (one->task.booking->next_tied != op)
            one = one->task.booking->next_tied;
        one->task.booking->next_tied = booking->next_tied;
    }
    booking->next_tied = NULL;
    booking->is_tied = booking->is_named = booking->is_over = false;
    if (io->tied.count == 0 && io->journal)
        lx_journal_heed_hints(io->journal, false);
}

/* The timer fires in the next turn. */
static void ask_now(struct lx_io *io, struct lx_op *op)
{
    op->task.machine.due_ms = io->now_ms;
    lx_io_wait(io, op, io->now_ms);
}

void lx_io_hint_catch_up(struct lx_io *io, struct lx_op *op)
{
    struct lx_booking *booking = op->task.booking;
    struct lx_task *task = &op->task.machine;

    if (!booking || task->phase != LX_PHASE_WATCHING)
        return;
    bool is_named = booking->is_named, is_over = booking->is_over;
    struct lx_input nudge = {.type = LX_INPUT_NUDGE,
                             .request = op->task.request};
    struct lx_error error;
    booking->is_named = booking->is_over = false;
    if (is_named)
        is_over = lx_task_step(task, &io->policy, &nudge, io->now_ms, &error) ==
                  LX_ACTION_SEND;
    if (is_over && op->task.request == LX_REQUEST_NONE)
        ask_now(io, op);
}

void lx_io_hint_tell_others(struct lx_io *io, const struct lx_op *op)
{
    const struct lx_booking *booking = op->task.booking;

    if (!booking || !booking->is_tied ||
        (booking->state != LX_ENTRY_SUCCEEDED &&
         booking->state != LX_ENTRY_FAILED))
        return;
    struct lx_op *one = lx_id_map_get(&io->tied, (uint64_t)booking->entry);
    while (one) {
        struct lx_op *next = one->task.booking->next_tied;
        if (one != op) {
            one->task.booking->is_over = true;
            lx_io_hint_catch_up(io, one);
        }
        one = next;
    }
}

bool lx_io_hints(struct lx_io *io)
{
    struct lx_hints hints = lx_journal_take_hints(io->journal);

    for (size_t i = 0; i < hints.count; i++) {
        struct lx_op *op = lx_id_map_get(&io->tied, (uint64_t)hints.entries[i]);
        while (op) {
            struct lx_op *next = op->task.booking->next_tied;
            op->task.booking->is_named = true;
            lx_io_hint_catch_up(io, op);
            op = next;
        }
    }
    free(hints.entries);
    return hints.count > 0;
}
