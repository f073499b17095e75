/* download_state.h: a download, for download.c, which makes its requests, and
 * download_end.c, which decides what comes after each. I/O thread only. */
#pragma once

#include "download/content.h"
#include "download/download_step.h"
#include "download/downloaded.h"
#include "download/partial.h"
#include "download/save.h"
#include "http/fetch.h"
#include "pace/backoff.h"

#pragma GCC visibility push(hidden)

struct lx_download {
    const struct lx_backoff_policy *retry;
    struct lx_disk *disk;
    struct lx_download_order *order;
    struct lx_fetch *fetch;
    void (*on_change)(void *argument);
    void *argument;

    enum lx_download_step step;
    enum lx_download_question question; /* ASKING */
    bool may_begin;                     /* it was asked */
    int64_t due_ms;                     /* PAUSED: of the next request */
    int64_t last_byte_ms;               /* RUNNING: or of the request's start */
    double random; /* for the wait after the present request */

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

/* A request has ended: DONE, SAVING, or PAUSED until the next one. */
void lx_download_after_request(struct lx_download *download,
                               const struct lx_fetch_end *end);

/* All bytes are there: DONE, or SAVING where they go into a file. */
void lx_download_finish(struct lx_download *download);

/* DONE, and nothing stays; `download->error` says why. */
void lx_download_fail(struct lx_download *download);

/* What lx_save_new takes; the owner is the download. */
void lx_download_on_saved(struct lx_save *save);

#pragma GCC visibility pop
