/* io_upload.h: creates with local pictures in them: looked at by the disk
 * before they wait for their turn, and fed to the exchange that sends them. I/O
 * thread only. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* Takes the body of a create that is to begin. False: out of memory. */
bool lx_io_upload_adopt(struct lx_io *io, struct lx_op *op,
                        struct lx_command *command);

/* When a create broke off because of a picture, make its outcome say so, unless
 * the service has named a task. */
void lx_io_upload_judge(const struct lx_op *op, struct lx_outcome *outcome);

#pragma GCC visibility pop
