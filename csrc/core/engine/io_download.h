/* io_download.h: the queue of downloads: how many run, their pauses and stalls
 * on the common clock, events of their progress and ends. I/O thread only. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* A download that was asked for: it waits for its turn. */
void lx_io_download_begin(struct lx_io *io, struct lx_op *op);

/* Its time has come: the op may be gone after. */
void lx_io_download_time(struct lx_io *io, struct lx_op *op);

/* Give it up: no event, the op is gone. */
void lx_io_download_cancel(struct lx_io *io, struct lx_op *op);

/* Once a turn: take what the disk has done, report progress and ends, start
 * those that fit. True: the disk had done something, so more may be sent at
 * once. */
bool lx_io_downloads(struct lx_io *io);

/* After the last turn: finish what is on its way to the disk, a few MiB at
 * most, and report it. */
void lx_io_downloads_stop(struct lx_io *io);

#pragma GCC visibility pop
