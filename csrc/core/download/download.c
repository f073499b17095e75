/* download.c: see download.h. Decides what comes after each request: fetch.c
 * makes it, partial.c knows what its answer means, content.c keeps the bytes,
 * disk.c saves the file. */
#include "download/download.h"

#include "download/content.h"
#include "download/data_url.h"
#include "download/download_words.h"
#include "download/partial.h"
#include "download/save.h"
#include "http/fetch.h"
#include "http/http_header.h"
#include "os/clock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Bytes of a useless body that are read to keep the connection. */
#define USELESS_BYTES_MAX (64 * 1024)

struct lx_download {
    const struct lx_backoff_policy *retry;
    struct lx_disk *disk;
    struct lx_download_order *order;
    struct lx_fetch *fetch;
    void (*on_change)(void *argument);
    void *argument;

    enum lx_download_step step;
    int64_t due_ms;       /* PAUSED: of the next request */
    int64_t last_byte_ms; /* RUNNING: or of the request's start */
    double random;        /* for the wait after the present request */

    struct lx_partial partial;
    struct lx_reply_head head; /* of the present answer */
    enum lx_partial_verdict verdict;
    size_t useless_bytes;

    struct lx_content content;
    bool is_failed; /* in an event of the fetch, for `error` */
    struct lx_error error;
    struct lx_downloaded *file; /* from SAVING on */
    struct lx_save *save;       /* NULL: into memory, or over */
};

/* ---- the end ---- */

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

/* `download->error` says why; what is held is of no use. */
static void fail(struct lx_download *download)
{
    lx_content_discard(&download->content);
    end_with_error(download);
}

static void succeed(struct lx_download *download, struct lx_downloaded *file)
{
    download->file = file;
    download->step = LX_DOWNLOAD_DONE;
}

/* ---- events of the fetch: false ends the request ---- */

static bool on_head(void *argument, const struct lx_reply_head *head)
{
    struct lx_download *download = argument;
    struct lx_partial *partial = &download->partial;
    struct lx_content *content = &download->content;

    download->head = *head;
    download->last_byte_ms = lx_now_ms();
    download->verdict = lx_partial_judge(partial, head);
    if (partial->bytes == 0)
        lx_content_restart(content);
    download->is_failed =
        download->verdict == LX_PARTIAL_TAKE && partial->bytes == 0 &&
        !lx_content_announce(content, head->content_type, partial->total,
                             &download->error);
    return !download->is_failed;
}

static bool take_bytes(struct lx_download *download, const char *bytes,
                       size_t length)
{
    struct lx_partial *partial = &download->partial;

    if (partial->total > 0 && length > partial->total - partial->bytes) {
        lx_error_set(&download->error, LX_KIND_DOWNLOAD,
                     "wrong length: the server sends more than the %" PRIu64
                     " bytes that it announced",
                     partial->total);
        return false;
    }
    if (!lx_content_add(&download->content, bytes, length, &download->error))
        return false;
    partial->bytes += length;
    return true;
}

static bool on_bytes(void *argument, const char *bytes, size_t length)
{
    struct lx_download *download = argument;

    download->last_byte_ms = lx_now_ms();
    if (download->verdict == LX_PARTIAL_TAKE) {
        download->is_failed = !take_bytes(download, bytes, length);
        return !download->is_failed;
    }
    download->useless_bytes += length;
    return download->useless_bytes <= USELESS_BYTES_MAX;
}

/* ---- after a request ---- */

static void finish(struct lx_download *download)
{
    struct lx_save *save = download->save;
    struct lx_downloaded *file =
        lx_content_finish(&download->content, &download->error);

    if (!file) {
        fail(download);
        return;
    }
    download->partial.total = download->partial.bytes;
    succeed(download, file);
    if (!save)
        return;
    download->step = LX_DOWNLOAD_SAVING;
    lx_content_give(&download->content, &save->sink);
    lx_disk_add(download->disk, &save->job);
}

static void on_saved(struct lx_save *save)
{
    struct lx_download *download = save->job.owner;

    download->save = NULL;
    download->step = LX_DOWNLOAD_DONE;
    if (!save->is_saved) {
        lx_downloaded_free(download->file);
        download->file = NULL;
        download->error = save->error;
        fail(download);
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
    fail(download);
}

static void refuse_answer(struct lx_download *download)
{
    lx_download_tell_refusal(&download->error, &download->head);
    fail(download);
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
    fail(download);
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
            finish(download);
        return is_over;
    case LX_PARTIAL_WHOLE:
        finish(download);
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

static void after_request(struct lx_download *download,
                          const struct lx_fetch_end *end)
{
    if (download->is_failed) {
        fail(download);
        return;
    }
    if (download->head.is_complete && conclude(download, end->is_answered))
        return;
    try_again(download, end);
}

static void on_end(void *argument, const struct lx_fetch_end *end)
{
    struct lx_download *download = argument;

    after_request(download, end);
    download->on_change(download->argument);
}

static const struct lx_fetch_events EVENTS = {on_head, on_bytes, on_end};

/* ---- life ---- */

struct lx_download *lx_download_new(struct lx_http *http, struct lx_disk *disk,
                                    const struct lx_backoff_policy *retry,
                                    struct lx_download_order *order,
                                    void (*on_change)(void *argument),
                                    void *argument)
{
    struct lx_fetch_request request = {.url = order->url,
                                       .allow_http = order->allow_http,
                                       .allow_private = order->allow_private};
    struct lx_download *download = calloc(1, sizeof *download);

    if (!download) {
        lx_download_order_free(order);
        return NULL;
    }
    download->retry = retry;
    download->disk = disk;
    download->order = order;
    download->on_change = on_change;
    download->argument = argument;
    download->step = LX_DOWNLOAD_PAUSED;
    lx_content_init(&download->content, order);
    download->fetch = lx_fetch_new(http, &request, &EVENTS, download);
    if (order->target)
        download->save = lx_save_new(on_saved, download);
    if (download->fetch && (!order->target || download->save))
        return download;
    lx_download_free(download);
    return NULL;
}

void lx_download_free(struct lx_download *download)
{
    if (!download)
        return;
    lx_fetch_free(download->fetch);
    if (download->step == LX_DOWNLOAD_SAVING)
        lx_disk_drop(download->disk, &download->save->job);
    else
        lx_save_free(download->save);
    lx_content_discard(&download->content);
    lx_downloaded_free(download->file);
    lx_download_order_free(download->order);
    free(download);
}

/* Its URL holds the content: all of it, at once. */
static void read_data_url(struct lx_download *download)
{
    struct lx_content *content = &download->content;

    if (lx_content_take_data_url(content, &download->error)) {
        download->partial.bytes = content->bytes;
        finish(download);
    } else {
        fail(download);
    }
}

static void start_request(struct lx_download *download, int64_t now_ms)
{
    struct lx_partial *partial = &download->partial;

    bool is_data = lx_data_url_is(download->order->url);

    if ((!is_data && !lx_fetch_check(download->fetch, &download->error)) ||
        !lx_content_open(&download->content, &download->error)) {
        fail(download);
        return;
    }
    if (is_data) {
        read_data_url(download);
        return;
    }
    memset(&download->head, 0, sizeof download->head);
    download->verdict = LX_PARTIAL_TAKE;
    download->useless_bytes = 0;
    download->last_byte_ms = now_ms;
    download->step = LX_DOWNLOAD_RUNNING;
    if (!lx_fetch_start(download->fetch,
                        lx_partial_begin(partial) ? partial->bytes : 0,
                        partial->validator)) {
        lx_error_set(&download->error, LX_KIND_MEMORY, "out of memory");
        fail(download);
    }
}

static void end_stalled(struct lx_download *download)
{
    struct lx_fetch_end end = {.kind = LX_KIND_TIMEOUT,
                               .stage = LX_STAGE_RECEIVE,
                               .words = "the server went silent"};

    lx_fetch_stop(download->fetch);
    after_request(download, &end);
}

void lx_download_resume(struct lx_download *download, int64_t now_ms,
                        double random)
{
    if (download->step == LX_DOWNLOAD_PAUSED && now_ms >= download->due_ms) {
        download->random = random;
        start_request(download, now_ms);
        return;
    }
    if (download->step != LX_DOWNLOAD_RUNNING)
        return;
    if (now_ms - download->last_byte_ms >= download->order->stall_ms)
        end_stalled(download);
}

enum lx_download_step lx_download_poll(struct lx_download *download,
                                       int64_t *due_ms)
{
    if (download->step == LX_DOWNLOAD_PAUSED)
        *due_ms = download->due_ms;
    else if (download->step == LX_DOWNLOAD_RUNNING)
        *due_ms = download->last_byte_ms + download->order->stall_ms;
    return download->step;
}

void lx_download_progress(const struct lx_download *download, uint64_t *bytes,
                          uint64_t *total)
{
    *bytes = download->partial.bytes;
    *total = download->partial.total;
}

void lx_download_take(struct lx_download *download, struct lx_downloaded **file,
                      struct lx_error **error)
{
    *file = download->file;
    *error = NULL;
    download->file = NULL;
    if (*file)
        return;
    *error = malloc(sizeof **error);
    if (*error)
        **error = download->error;
}
