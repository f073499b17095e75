/* place.h: where a journal is, as people may read it. Pure; any thread. */
#pragma once

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* A path as it is; of a URL scheme, user, host, port and database: no password,
 * and nothing that an option says. Returns the length of what is in `out`,
 * which is cut to what fits. */
size_t lx_place_show(const char *place, char *out, size_t capacity);

#pragma GCC visibility pop
