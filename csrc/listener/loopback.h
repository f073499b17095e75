/* loopback.h: a listening socket on 127.0.0.1. */
#pragma once

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* Listen on *port, 0 for any free one, which is then set. The caller closes the
 * descriptor; -1 with `error` filled. */
int lx_loopback_listen(int *port, char *error, size_t error_bytes);

#pragma GCC visibility pop
