/* target.h: which file a download is saved as. What names it in a folder, task
 * ids and URLs, comes from outside: nothing but letters, digits and a few signs
 * of it survives. Asks the file system, so not for the host's thread. Errors
 * are of kind `file`. */
#pragma once

#include "base/status.h"
#include "download/order.h"

#include <stdbool.h>

struct lx_target {
    char *path;      /* owned; NULL: wait for lx_target_take_type */
    char *part_path; /* owned; what is written meanwhile */
    bool takes_type; /* the name ends as the content type says */
};

/* Find out what spec->target means now: a folder when it is one or ends in a
 * slash, and then it is made if only it is missing; else the path of the first
 * file. Refused, too, when its folder does not exist or files may not be made
 * in it. `target` is all zeros before, and after false. */
bool lx_target_find(struct lx_target *target,
                    const struct lx_download_order *spec,
                    struct lx_error *error);

/* With takes_type: `path` ends as this content type says; "": unknown. */
bool lx_target_take_type(struct lx_target *target, const char *content_type,
                         struct lx_error *error);

/* All zeros again. */
void lx_target_deinit(struct lx_target *target);
