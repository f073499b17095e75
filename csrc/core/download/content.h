/* content.h: where the bytes of a download go, a file or memory, and whether
 * they are what was promised. I/O thread only. Knows nothing of the network. */
#pragma once

#include "base/buffer.h"
#include "base/sha256.h"
#include "base/status.h"
#include "download/downloaded.h"
#include "download/file_sink.h"
#include "download/media.h"
#include "download/order.h"
#include "download/svg_guard.h"
#include "download/target.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_content {
    const struct lx_download_order *order; /* borrowed */
    bool is_open;
    uint64_t bytes;           /* held */
    uint64_t total;           /* announced; 0: unknown */
    struct lx_target target;  /* with order->target */
    struct lx_file_sink sink; /* the same */
    struct lx_buffer buffer;  /* without */
    char type[128];           /* Content-Type; "": none */
    enum lx_media media;      /* once recognised */
    bool is_recognised;       /* enough first bytes came, and they are fine */
    char first[LX_MEDIA_SNIFF_BYTES];
    size_t first_length;
    char last[LX_MEDIA_END_BYTES]; /* of those held, the last ones */
    size_t last_length;
    struct lx_svg_guard guard;
    struct lx_sha256 hash; /* of the bytes, where they are an entry's */
};

/* Allocates and opens nothing. `order` must outlive the content. */
void lx_content_init(struct lx_content *content,
                     const struct lx_download_order *order);

/* All below: false (NULL) with *error set, kinds `download`, `file` and
 * `memory`. */

/* Find out which file it is and whether it may be made; in memory nothing
 * happens. Once open, true. */
bool lx_content_open(struct lx_content *content, struct lx_error *error);

/* With an entry: the name is to be a new one from now on, or the same file's;
 * without it is to be new from the opening on. */
bool lx_content_may_begin(struct lx_content *content, struct lx_error *error);

/* Forget all bytes. */
void lx_content_restart(struct lx_content *content);

/* The content will be of this type and of `total` bytes; 0: unknown. */
bool lx_content_announce(struct lx_content *content, const char *type,
                         uint64_t total, struct lx_error *error);

bool lx_content_add(struct lx_content *content, const char *bytes,
                    size_t length, struct lx_error *error);

/* The order's URL is a `data:` URL: announce and add what it holds. */
bool lx_content_take_data_url(struct lx_content *content,
                              struct lx_error *error);

/* Whether the end is missing, by what the bytes themselves say. */
bool lx_content_is_cut(const struct lx_content *content);

/* All bytes are there: check and describe them. The caller owns the result. */
struct lx_downloaded *lx_content_finish(struct lx_content *content,
                                        struct lx_error *error);

/* After that: move the file out. */
void lx_content_give(struct lx_content *content, struct lx_file_sink *sink);

/* Release everything; nothing stays on the disk. */
void lx_content_discard(struct lx_content *content);

#pragma GCC visibility pop
