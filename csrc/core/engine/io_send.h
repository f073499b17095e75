/* io_send.h: whose turn it is to send, and the sending. I/O thread only. */
#pragma once

#include "engine/io.h"

#pragma GCC visibility push(hidden)

/* Send what may be sent. Milliseconds until more may be, -1 when only an answer
 * or a command can bring more. */
int64_t lx_io_send(struct lx_io *io);

#pragma GCC visibility pop
