/* file_error.h: what a download says when the disk refuses it. Any thread. */
#pragma once

#include "base/status.h"
#include "os/file.h"

#include <stdbool.h>

#pragma GCC visibility push(hidden)

/* Kind `file`, or `memory`, and retryable: `path` cannot be saved for this
 * reason. Returns false. `error` may be NULL. */
bool lx_file_refuse(struct lx_error *error, const char *path,
                    enum lx_file_reason reason);

/* Kind `file`: `path` is taken by a file that may not be replaced. Returns
 * false. */
bool lx_file_refuse_name(struct lx_error *error, const char *path);

#pragma GCC visibility pop
