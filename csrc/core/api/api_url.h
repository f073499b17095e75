/* api_url.h: the addresses of the service, below the base URL. Pure. */
#pragma once

#include "api/task_id.h"

#include <stddef.h>

#pragma GCC visibility push(hidden)

#define LX_API_CREATE_PATH "/api/v1/jobs/createTask"
#define LX_API_RECORD_PATH "/api/v1/jobs/recordInfo"

/* Pages of the gateway's, which may be missing. */
enum lx_api_page {
    LX_API_PAGE_NONE,    /* none of them: createTask */
    LX_API_PAGE_ACCOUNT, /* what the key was granted and has used */
    LX_API_PAGE_PRICING, /* what models cost */
    LX_API_PAGE_COUNT
};

/* Its path below the base URL; never NULL. */
const char *lx_api_page_path(enum lx_api_page page);

/* Room for the query of recordInfo. */
#define LX_API_QUERY_ROOM (3 * LX_TASK_ID_MAX + 8)

/* Room for any of the paths, "?" and the query. */
#define LX_API_TARGET_ROOM (32 + LX_API_QUERY_ROOM)

/* Write the query of recordInfo for `task_id`, percent-encoded, without "?", to
 * out[0..LX_API_QUERY_ROOM), NUL-terminated. */
void lx_api_query(const char *task_id, char *out);

#pragma GCC visibility pop
