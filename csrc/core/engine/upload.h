/* upload.h: a body with pictures in it (body.h) on its way out: has the disk
 * look at its files, then feeds it to the exchange that sends it, encoded on
 * the way, while the disk reads ahead. Holds two blocks of one file at most.
 * I/O thread only. */
#pragma once

#include "api/body.h"
#include "base/status.h"
#include "download/disk.h"
#include "http/feed.h"

#include <stdbool.h>

#pragma GCC visibility push(hidden)

struct lx_upload;

/* The check has ended, or a feed that had to wait can go on. From inside
 * lx_disk_deliver, or from lx_upload_check where the disk has nothing to do.
 * The upload may be freed from here. */
typedef void lx_upload_listener(void *context, void *owner);

/* Takes the body, also when it fails: NULL, out of memory. */
struct lx_upload *lx_upload_new(struct lx_body *body, struct lx_disk *disk,
                                lx_upload_listener *on_news, void *context,
                                void *owner);

/* No feed of it is in use. NULL is fine. */
void lx_upload_free(struct lx_upload *upload);

/* Look at all pictures, anew each time; on_news is called at the end. */
void lx_upload_check(struct lx_upload *upload);

/* After a good check: the feed, at its first byte. NULL: out of memory. */
struct lx_feed *lx_upload_begin(struct lx_upload *upload);

/* Neither checked nor sent any more; after a check that this stops there is no
 * other one. */
void lx_upload_stop(struct lx_upload *upload);

/* What was wrong with a picture, in the last check or feed; NULL: nothing. */
const struct lx_error *lx_upload_error(const struct lx_upload *upload);

/* As it is known so far; borrowed. */
const struct lx_body *lx_upload_body(const struct lx_upload *upload);

/* Give the body away; the upload can only be freed then. */
struct lx_body *lx_upload_take_body(struct lx_upload *upload);

#pragma GCC visibility pop
