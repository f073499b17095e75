/* content.h: where the bytes of a download go, a file or memory, and whether
 * they are what was promised: not too many, no page. I/O thread only. Knows
 * nothing of the network. */
#pragma once

#include "base/buffer.h"
#include "download/file_sink.h"
#include "download/media.h"
#include "download/downloaded.h"
#include "download/order.h"
#include "base/status.h"
#include "download/target.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lx_content {
    const struct lx_download_order *spec; /* borrowed */
    struct lx_blocks *blocks;             /* borrowed: what a file gathers in */
    bool is_open;
    bool is_memory_out;       /* why a function failed, if not by *error */
    uint64_t bytes;           /* held */
    struct lx_target target;  /* with spec->target */
    struct lx_file_sink sink; /* the same */
    struct lx_buffer buffer;  /* without */
    char type[128];           /* Content-Type; "": none */
    char first[LX_MEDIA_SNIFF_BYTES];
    size_t first_length;
};

/* Allocates and opens nothing. `spec` and `blocks` must outlive the content. */
void lx_content_init(struct lx_content *content,
                     const struct lx_download_order *spec,
                     struct lx_blocks *blocks);

/* All below: false (NULL) with *error set, kinds `download` and `file`, or
 * with is_memory_out set. */

/* Find out which file it is and whether it may be made; in memory nothing
 * happens. Once open, true. */
bool lx_content_open(struct lx_content *content, struct lx_error *error);

/* Forget all bytes. */
bool lx_content_restart(struct lx_content *content, struct lx_error *error);

/* The content will be of this type and so long in all; 0: unknown. */
bool lx_content_announce(struct lx_content *content, const char *type,
                         uint64_t total, struct lx_error *error);

bool lx_content_add(struct lx_content *content, const char *bytes,
                    size_t length, struct lx_error *error);

/* Whether the file has its .part; in memory, true. */
bool lx_content_is_shown(const struct lx_content *content);

/* Have the .part hold all bytes so far. */
bool lx_content_flush(struct lx_content *content, struct lx_error *error);

/* All bytes are there: check and describe them. The caller owns the result. */
struct lx_downloaded *lx_content_finish(struct lx_content *content,
                                        struct lx_error *error);

/* After that: move the file out. */
void lx_content_give(struct lx_content *content, struct lx_file_sink *sink);

/* Let go: of a file, keep the .part with what was flushed. */
void lx_content_close(struct lx_content *content);

/* Let go and remove the .part, if it was made. */
void lx_content_discard(struct lx_content *content);
