/* download_end.c: what comes after a request: the content is whole and saved,
 * the rest of it is asked for later, or the download fails. */
#include "download/download_state.h"

#include "download/download_words.h"
#include "http/http_header.h"
#include "os/clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What every error of a download has in common: the service has done its work
 * and was paid. */
static void end_with_error(struct lx_download *download)
{
    struct lx_error *error = &download->error;

    error->charged = LX_CHARGED_YES;
    error->attempts = download->partial.tries;
    error->http_status = download->head.status;
    error->retry_after_ms = -1;
    if (error->kind != LX_KIND_FILE)
        error->retryable = true;
    download->step = LX_DOWNLOAD_DONE;
}

void lx_download_fail(struct lx_download *download)
{
    lx_content_discard(&download->content);
    end_with_error(download);
}

static void succeed(struct lx_download *download, struct lx_downloaded *file)
{
    download->file = file;
    download->step = LX_DOWNLOAD_DONE;
}

void lx_download_finish(struct lx_download *download)
{
    struct lx_save *save = download->save;
    struct lx_downloaded *file =
        lx_content_finish(&download->content, &download->error);

    if (!file) {
        lx_download_fail(download);
        return;
    }
    download->partial.total = download->partial.bytes;
    succeed(download, file);
    if (!save)
        return;
    lx_content_give(&download->content, &save->sink);
    if (download->order->entry) {
        save->is_of_entry = true;
        memcpy(save->sha256, file->sha256, sizeof save->sha256);
        download->question = LX_DOWNLOAD_MAY_SAVE;
        download->step = LX_DOWNLOAD_ASKING;
        return;
    }
    download->step = LX_DOWNLOAD_SAVING;
    lx_disk_add(download->disk, &save->job);
}

void lx_download_on_saved(struct lx_save *save)
{
    struct lx_download *download = save->job.owner;

    download->save = NULL;
    download->step = LX_DOWNLOAD_DONE;
    if (!save->is_saved) {
        lx_downloaded_free(download->file);
        download->file = NULL;
        download->error = save->error;
        lx_download_fail(download);
    } else {
        download->file->modified_ms = save->modified_ms;
    }
    lx_save_free(save);
    download->on_change(download->argument);
}

static void report_redirect(struct lx_download *download)
{
    struct lx_downloaded *file = calloc(1, sizeof *file);

    if (file)
        file->location = lx_fetch_location(download->fetch);
    if (file && file->location) {
        lx_content_discard(&download->content);
        succeed(download, file);
        return;
    }
    lx_downloaded_free(file);
    lx_error_set(&download->error, LX_KIND_DOWNLOAD,
                 "the server answered %d without saying where to",
                 download->head.status);
    lx_download_fail(download);
}

static void refuse_answer(struct lx_download *download)
{
    lx_download_tell_refusal(&download->error, &download->head);
    lx_download_fail(download);
}

/* What the server asks for; -1: nothing. */
static int64_t asked_wait_ms(const struct lx_download *download)
{
    const char *later = download->head.retry_after;

    return download->verdict != LX_PARTIAL_LATER
               ? -1
               : lx_http_retry_after_ms(later, strlen(later),
                                        (int64_t)time(NULL));
}

/* After the last cut. */
static void give_up(struct lx_download *download,
                    const struct lx_fetch_end *end)
{
    lx_download_tell_cut(&download->error, &download->partial, &download->head,
                         download->verdict, end);
    lx_download_fail(download);
    if (!end->is_answered)
        download->error.stage = end->stage;
    download->error.retry_after_ms = asked_wait_ms(download);
}

static void try_again(struct lx_download *download,
                      const struct lx_fetch_end *end)
{
    const struct lx_backoff_policy *policy = download->retry;
    struct lx_partial *partial = &download->partial;

    if (!lx_partial_may_go_on(partial, policy->attempts) || end->is_final) {
        give_up(download, end);
        return;
    }
    download->step = LX_DOWNLOAD_PAUSED;
    download->due_ms =
        lx_now_ms() + lx_backoff_fault_ms(
                          policy, partial->failures > 0 ? partial->failures : 1,
                          download->random, asked_wait_ms(download));
}

/* Whether all came. A body that the end of the connection ends, and nothing
 * else, may have been cut. */
static bool is_whole(const struct lx_download *download, bool is_answered)
{
    const struct lx_partial *partial = &download->partial;

    if (partial->total > 0)
        return partial->bytes == partial->total;
    return is_answered && !(download->head.is_open_ended &&
                            lx_content_is_cut(&download->content));
}

/* For a final verdict: true when the download has ended. */
static bool conclude(struct lx_download *download, bool is_answered)
{
    bool is_over;

    switch (download->verdict) {
    case LX_PARTIAL_TAKE:
        is_over = is_whole(download, is_answered);
        if (is_over)
            lx_download_finish(download);
        return is_over;
    case LX_PARTIAL_WHOLE:
        lx_download_finish(download);
        return true;
    case LX_PARTIAL_REDIRECT:
        report_redirect(download);
        return true;
    case LX_PARTIAL_REFUSED:
        refuse_answer(download);
        return true;
    case LX_PARTIAL_ANEW:
    case LX_PARTIAL_LATER:
        break;
    }
    return false;
}

void lx_download_after_request(struct lx_download *download,
                               const struct lx_fetch_end *end)
{
    if (download->is_failed) {
        lx_download_fail(download);
        return;
    }
    if (download->head.is_complete && conclude(download, end->is_answered))
        return;
    try_again(download, end);
}
