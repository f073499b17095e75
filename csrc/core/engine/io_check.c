/* io_check.c: see io_check.h. */
#include "engine/io_check.h"

#include "base/text.h"
#include "engine/book.h"
#include "engine/io_fact.h"
#include "engine/io_task.h"
#include "engine/journal_port.h"

#include <string.h>

static void on_unsave_end(struct lx_io *io, struct lx_op *op,
                          struct lx_fact *fact)
{
    const struct lx_store_error *reason = &fact->request.base.error;
    struct lx_error error;

    if (!op)
        return;
    if (reason->status == LX_STORE_OK || reason->status == LX_STORE_STALE) {
        lx_io_book_forget(io, op);
        lx_io_task_request(io, op, LX_REQUEST_UNPLANNED);
        return;
    }
    lx_io_journal_error(&error, reason);
    lx_io_task_conclude(io, op, &error);
}

static void unsave_entry(struct lx_io *io, struct lx_op *op)
{
    struct lx_booking *booking = op->task.booking;
    struct lx_fact *fact =
        lx_book_fact(booking, LX_ENTRY_EVENT_UNSAVE, booking->fence);

    if (!fact) {
        lx_io_task_fail(io, op);
        return;
    }
    lx_entry_files_deinit(&booking->files);
    lx_io_task_request(io, op, LX_REQUEST_PLANNING);
    fact->is_decision = true;
    fact->on_end = on_unsave_end;
    lx_io_fact_submit(io, op, fact);
}

static void on_files_checked(struct lx_file_check *check)
{
    struct lx_op *op = check->job.owner;
    struct lx_booking *booking = op->task.booking;
    bool is_fine = check->count > 0 && lx_file_check_is_fine(check);

    booking->check = NULL;
    lx_file_check_free(check);
    if (is_fine)
        booking->on_there(booking->io, op);
    else
        unsave_entry(booking->io, op);
}

/* NULL: out of memory. */
static struct lx_file_check *new_check(struct lx_op *op)
{
    const struct lx_booking *booking = op->task.booking;
    const struct lx_entry_files *files = &booking->files;
    struct lx_file_check *check =
        lx_file_check_new(files->count, op, on_files_checked);

    if (!check)
        return NULL;
    check->compares_hashes = booking->wish->verify;
    for (size_t i = 0; i < files->count; i++) {
        const struct lx_entry_file *file = &files->list[i];
        struct lx_checked_file *wanted = &check->files[i];
        const char *path = file->path ? file->path : "";
        wanted->path = lx_text_duplicate(path, strlen(path));
        wanted->bytes = (uint64_t)file->bytes;
        wanted->modified_ms = file->mtime_ms;
        wanted->has_hash = file->sha256 != NULL;
        if (file->sha256)
            memcpy(wanted->sha256, file->sha256, sizeof wanted->sha256);
        if (wanted->path)
            continue;
        lx_file_check_free(check);
        return NULL;
    }
    return check;
}

void lx_io_check(struct lx_io *io, struct lx_op *op,
                 struct lx_entry_files *files,
                 void (*on_there)(struct lx_io *io, struct lx_op *op))
{
    struct lx_booking *booking = op->task.booking;

    lx_entry_files_deinit(&booking->files);
    booking->files = *files;
    *files = (struct lx_entry_files){0, NULL};
    booking->io = io;
    booking->on_there = on_there;
    booking->check = new_check(op);
    if (!booking->check) {
        lx_io_task_fail(io, op);
        return;
    }
    lx_io_task_request(io, op, LX_REQUEST_CHECKING);
    lx_disk_add(io->disk, &booking->check->job);
}

/* ---- the target ---- */

static void on_target_checked(struct lx_file_check *check)
{
    struct lx_op *op = check->job.owner;
    struct lx_booking *booking = op->task.booking;

    booking->check = NULL;
    booking->target_reason = check->target_reason;
    lx_file_check_free(check);
    lx_io_task_request(booking->io, op, LX_REQUEST_UNPLANNED);
}

bool lx_io_check_target(struct lx_io *io, struct lx_op *op)
{
    struct lx_booking *booking = op->task.booking;
    const struct lx_wish *wish = booking->wish;

    /* What a worker has claimed it may save later, when there is room. */
    if (booking->has_checked_target || !wish->target || wish->claimed)
        return false;
    booking->has_checked_target = true;
    booking->io = io;
    booking->check = lx_file_check_new(0, op, on_target_checked);
    if (booking->check)
        booking->check->target =
            lx_text_duplicate(wish->target, strlen(wish->target));
    if (!booking->check || !booking->check->target) {
        lx_file_check_free(booking->check);
        booking->check = NULL;
        lx_io_task_fail(io, op);
        return true;
    }
    lx_io_task_request(io, op, LX_REQUEST_CHECKING);
    lx_disk_add(io->disk, &booking->check->job);
    return true;
}
