/* io_saving.h: downloads of an entry's files: the name of a part is in the
 * journal before its first byte, and the fence is looked at before the
 * file gets its name. I/O thread only. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* The op's download is ASKING: find out, and go on. It is looked at again when
 * op->download.has_news is set. */
void lx_io_saving_ask(struct lx_io *io, struct lx_op *op);

#pragma GCC visibility pop
