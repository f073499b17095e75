/* api_request.h: what is sent to the API. */
#pragma once

#include "api/api_url.h"
#include "http/feed.h"

#include <stdbool.h>
#include <stddef.h>

struct lx_api_request {
    void *owner;           /* comes back with the answer; never NULL */
    const char *task_id;   /* recordInfo for this id; NULL: one of these */
    enum lx_api_page page; /* the gateway's; NONE: createTask */
    const char *body;      /* createTask: borrowed until the answer is taken */
    size_t body_length;
    struct lx_feed *feed;    /* instead of a body, borrowed as long; or NULL */
    size_t answer_max_bytes; /* more is refused */
};
