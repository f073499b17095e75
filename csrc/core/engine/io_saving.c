/* io_saving.c: see io_saving.h. */
#include "engine/io_saving.h"

#include "base/text.h"
#include "engine/io_fact.h"
#include "engine/io_saved.h"
#include "engine/journal_port.h"
#include "engine/saving.h"
#include "engine/saving_inquiry.h"
#include "journal/entry_files.h"

#include <stdlib.h>
#include <string.h>

/* ---- asking ---- */

static void refuse_for(struct lx_op *op, const struct lx_error *error)
{
    lx_download_refuse(op->download.run, error);
    op->download.has_news = true;
}

static void let_go_on(struct lx_op *op)
{
    lx_download_allow(op->download.run);
    op->download.has_news = true;
}

/* What is saved by hand is, whatever the journal says. */
static void refuse_saving(struct lx_op *op, const struct lx_error *error)
{
    if (op->download.saving->is_by_hand)
        let_go_on(op);
    else
        refuse_for(op, error);
}

static void refuse_for_journal(struct lx_op *op,
                               const struct lx_store_error *reason)
{
    struct lx_error error;

    lx_io_journal_error(&error, reason);
    refuse_saving(op, &error);
}

static void refuse_for_memory(struct lx_op *op)
{
    struct lx_error error;

    lx_error_set(&error, LX_KIND_MEMORY, "out of memory");
    refuse_for(op, &error);
}

static void refuse_taken(struct lx_op *op)
{
    struct lx_error error;

    lx_error_set(&error, LX_KIND_JOURNAL,
                 "another client has taken over the saving of this result: "
                 "call again to get its files");
    error.retryable = true;
    refuse_saving(op, &error);
}

static void add_inquiry(struct lx_io *io, struct lx_op *op,
                        struct lx_saving_inquiry *inquiry)
{
    inquiry->io = io;
    inquiry->entry = op->download.saving->entry;
    inquiry->number = op->download.saving->number;
    inquiry->fence = op->download.saving->fence;
    inquiry->request.base.rank = LX_JOURNAL_INTENT;
    if (lx_io_journal_add(io, op, &inquiry->request))
        return;
    lx_saving_inquiry_free(inquiry); /* it is closing, or has no journal */
    let_go_on(op);
}

/* ---- may it begin? ---- */

static void on_begin_end(struct lx_journal_request *request);

static void ask_begin(struct lx_io *io, struct lx_op *op, bool is_anew)
{
    struct lx_saving_inquiry *inquiry = calloc(1, sizeof *inquiry);
    const char *task_id = lx_download_task(op->download.run);
    const char *part = lx_download_part(op->download.run);
    const char *stem = lx_download_stem(op->download.run);

    if (!inquiry) {
        refuse_for_memory(op);
        return;
    }
    inquiry->task_id = lx_text_duplicate(task_id, strlen(task_id));
    inquiry->part = lx_text_duplicate(part, strlen(part));
    inquiry->stem = lx_text_duplicate(stem, strlen(stem));
    if (!inquiry->task_id || !inquiry->part || !inquiry->stem) {
        lx_saving_inquiry_free(inquiry);
        refuse_for_memory(op);
        return;
    }
    inquiry->is_anew = is_anew;
    inquiry->request.base.run = lx_saving_run_begin;
    inquiry->request.base.on_end = on_begin_end;
    lx_io_fact_hurry(io, op->download.saving->entry);
    add_inquiry(io, op, inquiry);
}

/* What is recorded is on the disk: no byte is asked for. */
static bool accept_file(struct lx_op *op, const struct lx_checked_file *found)
{
    struct lx_downloaded *file = calloc(1, sizeof *file);

    if (!file)
        return false;
    file->path = lx_text_duplicate(found->path, strlen(found->path));
    file->length = found->bytes;
    file->modified_ms = found->modified_ms;
    memcpy(file->sha256, found->sha256, sizeof file->sha256);
    if (found->content_type)
        file->content_type =
            lx_text_duplicate(found->content_type, strlen(found->content_type));
    if (!file->path) {
        lx_downloaded_free(file);
        return false;
    }
    lx_download_accept(op->download.run, file);
    op->download.has_news = true;
    return true;
}

static void on_checked(struct lx_file_check *check)
{
    struct lx_op *op = check->job.owner;
    struct lx_saving *saving = op->download.saving;
    bool is_there = check->count > 0 && lx_file_check_is_fine(check);

    saving->check = NULL;
    if (!is_there || !accept_file(op, check->files))
        ask_begin(saving->io, op, true);
    lx_file_check_free(check);
}

/* An earlier owner has begun the file, and perhaps saved it. */
static void look_at_left(struct lx_io *io, struct lx_op *op,
                         const struct lx_entry_file *left)
{
    bool is_named = left->path && left->sha256 &&
                    lx_download_may_be_at(op->download.run, left->path);
    struct lx_file_check *check =
        lx_file_check_new(is_named ? 1 : 0, op, on_checked);

    if (check && left->part && op->download.saving->is_tracked)
        check->stale_part = lx_text_duplicate(left->part, strlen(left->part));
    if (check && is_named) {
        check->compares_hashes = true;
        check->files[0].path =
            lx_text_duplicate(left->path, strlen(left->path));
        check->files[0].bytes = (uint64_t)left->bytes;
        check->files[0].has_hash = true;
        memcpy(check->files[0].sha256, left->sha256, LX_SHA256_BYTES);
        if (left->content_type)
            check->files[0].content_type = lx_text_duplicate(
                left->content_type, strlen(left->content_type));
    }
    if (!check || (is_named && !check->files[0].path)) {
        lx_file_check_free(check);
        refuse_for_memory(op);
        return;
    }
    op->download.saving->check = check;
    lx_disk_add(io->disk, &check->job);
}

/* What says that there is a result is on its way, or cannot be written. */
static void ask_once_written(struct lx_io *io, struct lx_op *op,
                             const struct lx_fact *fact, bool is_anew)
{
    if (fact->failures == 0)
        ask_begin(io, op, is_anew);
    else
        refuse_for_journal(op, &fact->request.base.error);
}

static void begin_answered(struct lx_io *io, struct lx_op *op,
                           const struct lx_saving_inquiry *inquiry)
{
    const struct lx_fact *before = lx_io_fact_of(io, inquiry->entry);
    struct lx_saving *saving = op->download.saving;

    saving->is_tracked = inquiry->is_tracked;
    saving->attempt = inquiry->attempt;
    saving->fence = inquiry->fence;
    if (inquiry->request.base.error.status != LX_STORE_OK) {
        saving->is_tracked = false;
        refuse_for_journal(op, &inquiry->request.base.error);
    } else if (inquiry->is_early && before) {
        ask_once_written(io, op, before, inquiry->is_anew);
    } else if (inquiry->is_taken && !saving->is_by_hand) {
        saving->is_taken = true;
        op->download.has_news = true;
    } else if (inquiry->left) {
        look_at_left(io, op, inquiry->left);
    } else {
        let_go_on(op);
    }
}

static void on_begin_end(struct lx_journal_request *request)
{
    struct lx_saving_inquiry *inquiry = (struct lx_saving_inquiry *)request;
    struct lx_io *io = inquiry->io;
    struct lx_op *op = inquiry->request.op;

    if (op) {
        op->asked = NULL;
        begin_answered(io, op, inquiry);
    } else if (request->error.status == LX_STORE_OK && inquiry->is_tracked) {
        lx_io_saved_leave(io, inquiry->entry, inquiry->fence);
    }
    lx_saving_inquiry_free(inquiry);
}

/* ---- may it be saved? ---- */

static void on_save_end(struct lx_journal_request *request)
{
    struct lx_saving_inquiry *inquiry = (struct lx_saving_inquiry *)request;
    struct lx_op *op = inquiry->request.op;

    if (op)
        op->asked = NULL;
    if (op && request->error.status == LX_STORE_OK) {
        let_go_on(op);
    } else if (op && request->error.status == LX_STORE_STALE) {
        op->download.saving->is_tracked = false;
        refuse_taken(op);
    } else if (op) {
        refuse_for_journal(op, &request->error);
    }
    lx_saving_inquiry_free(inquiry);
}

static void ask_save(struct lx_io *io, struct lx_op *op)
{
    const struct lx_downloaded *file = lx_download_file(op->download.run);
    struct lx_entry_file row = {.entry_id = op->download.saving->entry,
                                .number = op->download.saving->number,
                                .path = file->path,
                                .part = lx_download_part(op->download.run),
                                .bytes = (int64_t)file->length,
                                .sha256 = file->sha256,
                                .content_type = file->content_type};
    struct lx_saving_inquiry *inquiry = calloc(1, sizeof *inquiry);

    if (!inquiry || !lx_entry_files_put(&inquiry->file, &row)) {
        free(inquiry);
        refuse_for_memory(op);
        return;
    }
    inquiry->request.base.run = lx_saving_run_save;
    inquiry->request.base.on_end = on_save_end;
    add_inquiry(io, op, inquiry);
}

void lx_io_saving_ask(struct lx_io *io, struct lx_op *op)
{
    struct lx_saving *saving = op->download.saving;

    if (op->asked || saving->check)
        return; /* is being asked */
    if (lx_download_question(op->download.run) == LX_DOWNLOAD_MAY_BEGIN)
        ask_begin(io, op, false);
    else if (saving->is_tracked)
        ask_save(io, op);
    else
        let_go_on(op);
}
