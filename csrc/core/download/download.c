/* download.c: see download.h. Makes the requests: fetch.c carries them out,
 * partial.c knows what an answer means, content.c keeps the bytes, and
 * download_end.c decides what comes after. */
#include "download/download.h"

#include "download/data_url.h"
#include "download/download_state.h"
#include "os/clock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of a useless body that are read to keep the connection. */
#define USELESS_BYTES_MAX (64 * 1024)

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

static void on_end(void *argument, const struct lx_fetch_end *end)
{
    struct lx_download *download = argument;

    lx_download_after_request(download, end);
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
        download->save = lx_save_new(lx_download_on_saved, download);
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
        lx_download_finish(download);
    } else {
        lx_download_fail(download);
    }
}

static void start_request(struct lx_download *download, int64_t now_ms)
{
    struct lx_partial *partial = &download->partial;

    bool is_data = lx_data_url_is(download->order->url);

    if ((!is_data && !lx_fetch_check(download->fetch, &download->error)) ||
        !lx_content_open(&download->content, &download->error)) {
        lx_download_fail(download);
        return;
    }
    if (download->order->entry && !download->may_begin) {
        download->question = LX_DOWNLOAD_MAY_BEGIN;
        download->step = LX_DOWNLOAD_ASKING;
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
        lx_download_fail(download);
    }
}

static void end_stalled(struct lx_download *download)
{
    struct lx_fetch_end end = {.kind = LX_KIND_TIMEOUT,
                               .stage = LX_STAGE_RECEIVE,
                               .words = "the server went silent"};

    lx_fetch_stop(download->fetch);
    lx_download_after_request(download, &end);
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

/* ---- of an entry ---- */

enum lx_download_question
lx_download_question(const struct lx_download *download)
{
    return download->question;
}

const char *lx_download_task(const struct lx_download *download)
{
    return download->order->task_id;
}

const char *lx_download_part(const struct lx_download *download)
{
    return download->question == LX_DOWNLOAD_MAY_SAVE
               ? download->save->sink.part_name
               : download->content.sink.part_name;
}

const char *lx_download_stem(const struct lx_download *download)
{
    return download->content.sink.stem;
}

bool lx_download_may_be_at(const struct lx_download *download, const char *path)
{
    const struct lx_target *target = &download->content.target;
    size_t length = strlen(target->stem);

    if (!target->takes_media)
        return strcmp(path, target->path) == 0;
    return strncmp(path, target->stem, length) == 0 && path[length] == '.';
}

const struct lx_downloaded *lx_download_file(const struct lx_download *download)
{
    return download->file;
}

void lx_download_allow(struct lx_download *download)
{
    if (download->question == LX_DOWNLOAD_MAY_BEGIN) {
        download->may_begin = true;
        download->step = LX_DOWNLOAD_PAUSED;
        download->due_ms = 0;
        if (!lx_content_may_begin(&download->content, &download->error))
            lx_download_fail(download);
        return;
    }
    download->step = LX_DOWNLOAD_SAVING;
    lx_disk_add(download->disk, &download->save->job);
}

void lx_download_refuse(struct lx_download *download,
                        const struct lx_error *error)
{
    lx_downloaded_free(download->file);
    download->file = NULL;
    download->error = *error;
    lx_download_fail(download);
}

void lx_download_accept(struct lx_download *download,
                        struct lx_downloaded *file)
{
    lx_content_discard(&download->content);
    download->file = file;
    download->step = LX_DOWNLOAD_DONE;
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
