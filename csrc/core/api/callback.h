/* callback.h: the body that the service sends to a callBackUrl: which task it
 * is about. Pure but for memory during the call; any thread. */
#pragma once

#include "api/task_id.h"

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* What stands in a callBackUrl, before the token of a request. */
#define LX_TOKEN_NAME "liangxin_token="
#define LX_TOKEN_MAX  64

enum lx_callback_shape {
    LX_CALLBACK_GOOD,
    LX_CALLBACK_NOT_JSON, /* no object, not even when mended */
    LX_CALLBACK_NO_TASK   /* none that can be told, see lx_task_id_find */
};

struct lx_callback {
    char task_id[LX_TASK_ID_MAX + 1];
    char token[LX_TOKEN_MAX + 1]; /* hexadecimal; "" when there is none */
};

/* The token in a callBackUrl or what holds one, "" when there is none. */
void lx_callback_token(const char *url, size_t length,
                       char token[LX_TOKEN_MAX + 1]);

/* Read body[0..length): an envelope, its data alone, or flat. `callback` is set
 * when it is GOOD. */
enum lx_callback_shape lx_callback_read(const char *body, size_t length,
                                        struct lx_callback *callback);

#pragma GCC visibility pop
