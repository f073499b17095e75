/* api_url.h: the addresses of the service, below the base URL. Pure. */
#pragma once

#include "api/task_id.h"

#include <stddef.h>

#pragma GCC visibility push(hidden)

#define LX_API_CREATE_PATH "/api/v1/jobs/createTask"
#define LX_API_RECORD_PATH "/api/v1/jobs/recordInfo"
/* The gateway's: what the key was granted and has used. May be missing. */
#define LX_API_ACCOUNT_PATH "/api/usage/token/"

/* Room for the query of recordInfo. */
#define LX_API_QUERY_ROOM (3 * LX_TASK_ID_MAX + 8)

/* Write the query of recordInfo for `task_id`, percent-encoded, without "?", to
 * out[0..LX_API_QUERY_ROOM), NUL-terminated. */
void lx_api_query(const char *task_id, char *out);

#pragma GCC visibility pop
