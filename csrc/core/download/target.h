/* target.h: which file a download is saved as. What names it in a folder, task
 * ids and URLs, comes from outside: nothing but letters, digits and a few signs
 * of it survives, and a name that had to be cut or changed carries a hash, so
 * that two ids never share a file. Asks the file system, so not for the host's
 * thread. Errors are of kind `file` or `memory`. */
#pragma once

#include "base/status.h"
#include "download/media.h"
#include "download/order.h"
#include "os/file.h"

#include <stdbool.h>

#pragma GCC visibility push(hidden)

struct lx_target {
    char *path;       /* owned; with takes_media a guess, or NULL */
    char *stem;       /* owned; what the name of a part begins with */
    bool takes_media; /* in a folder: the name ends as the bytes say */
};

/* Find out what order->target means now: a folder when it is one or ends in a
 * slash; else the path of the first file, and where that ends in ".*", its
 * extension is that of the bytes. Makes all folders that are missing.
 * Refused, too, when files may not be made there. `target` is all zeros
 * before, and after false. */
bool lx_target_find(struct lx_target *target,
                    const struct lx_download_order *order,
                    struct lx_error *error);

/* Whether a first file may be saved at `target`, which is absolute, as far as
 * can be told before: EXISTS where it is a file's name that is taken. Makes
 * nothing. */
enum lx_file_reason lx_target_check(const char *target);

/* With takes_media: `path` ends as files of this kind do. */
bool lx_target_take_media(struct lx_target *target, enum lx_media media,
                          struct lx_error *error);

/* What the order's own words promise: the extension of the path that it gives,
 * else that of its first URL; UNKNOWN when neither has one of a picture, clip
 * or sound. Asks nothing of the file system. */
enum lx_media lx_target_promise(const struct lx_download_order *order);

/* All zeros again. */
void lx_target_deinit(struct lx_target *target);

#pragma GCC visibility pop
