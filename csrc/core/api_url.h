/* api_url.h: the addresses of the service's two calls. Pure. */
#pragma once

#include "envelope.h"

#include <stddef.h>

/* Room that lx_api_url needs after the base URL. */
#define LX_API_URL_ROOM (3 * LX_TASK_ID_MAX + 64)

/* Write the path of recordInfo for `task_id`, percent-encoded, or of createTask
 * when it is NULL, to out[0..LX_API_URL_ROOM), NUL-terminated. */
void lx_api_url(const char *task_id, char *out);
