/* callback.c: see callback.h. The token comes back in `param`, the request as
 * the service echoes it: an object, or the JSON text of one. */
#include "api/callback.h"

#include "base/ascii.h"
#include "base/text.h"
#include "json/mend.h"

#include <stdlib.h>
#include <string.h>

void lx_callback_token(const char *url, size_t length,
                       char token[LX_TOKEN_MAX + 1])
{
    const char *at = lx_text_find(url, length, LX_TOKEN_NAME);
    const char *end = url + length;
    size_t count = 0;

    *token = '\0';
    if (!at)
        return;
    at += sizeof LX_TOKEN_NAME - 1;
    for (; at < end && lx_is_hex_digit(*at) && count < LX_TOKEN_MAX; at++)
        token[count++] = *at;
    token[count] = '\0';
}

/* Heap; NULL when `value` is no string, or out of memory. */
static char *decode(struct lx_json value, size_t *length)
{
    char *text = value.type == LX_JSON_STRING ? malloc(value.length) : NULL;

    if (text)
        *length = lx_json_string_decode(value, text, value.length);
    return text;
}

/* Elsewhere in `param` may stand anything, in a prompt for instance. */
static void read_token(struct lx_json param, char *token)
{
    struct lx_json root = param;
    size_t length = 0, url_length = 0;
    char *text = decode(param, &length), *url;

    if (text && !lx_json_parse(text, length, &root, NULL))
        root = (struct lx_json){0};
    url = decode(lx_json_get(root, "callBackUrl"), &url_length);
    if (url)
        lx_callback_token(url, url_length, token);
    else if (text)
        lx_callback_token(text, length, token);
    free(url);
    free(text);
}

static enum lx_callback_shape read_root(struct lx_json root,
                                        struct lx_callback *callback)
{
    struct lx_json param;

    if (root.type != LX_JSON_OBJECT)
        return LX_CALLBACK_NOT_JSON;
    if (lx_task_id_find(root, false, callback->task_id) == 0)
        return LX_CALLBACK_NO_TASK;
    param = lx_json_get(lx_json_get(root, "data"), "param");
    if (param.type == LX_JSON_NONE)
        param = lx_json_get(root, "param");
    read_token(param, callback->token);
    return LX_CALLBACK_GOOD;
}

enum lx_callback_shape lx_callback_read(const char *body, size_t length,
                                        struct lx_callback *callback)
{
    enum lx_callback_shape shape = LX_CALLBACK_NOT_JSON;
    struct lx_mended mended;
    struct lx_json root;

    *callback = (struct lx_callback){.token = ""};
    if (lx_json_parse(body, length, &root, NULL))
        return read_root(root, callback);
    if (!lx_json_mend(body, length, LX_MEND_WHOLE, &mended))
        return shape;
    if (lx_json_parse(mended.text, mended.length, &root, NULL))
        shape = read_root(root, callback);
    free(mended.text);
    return shape;
}
