/* port.h: a listening socket. */
#pragma once

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* Listen on the address (IPv4 or IPv6 in numbers; NULL: 127.0.0.1) and *port, 0
 * for any free one, which is then set. The caller closes the descriptor; -1
 * with `error` filled. */
int lx_port_listen(const char *address, int *port, char *error,
                   size_t error_bytes);

#pragma GCC visibility pop
