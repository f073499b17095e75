/* Any bytes as a callback's body: the task it names and the token. What is
 * found must be fit for a URL and a terminal, and be found again when the same
 * data comes inside an envelope. */
#include "api/callback.h"
#include "base/text.h"
#include "json/mend.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* UTF-8 without what drives a terminal. */
static void check_shown(const char *text)
{
    size_t length = strlen(text);

    for (size_t at = 0, step; at < length; at += step) {
        step = lx_text_character(text + at, length - at);
        require(step > 0);
        require((unsigned char)text[at] >= 0x20 && text[at] != 0x7F);
    }
}

static void check_token(const char *token)
{
    require(strspn(token, "0123456789abcdefABCDEF") == strlen(token));
    require(strlen(token) <= LX_TOKEN_MAX);
}

/* One that is flat, as the data of an envelope. */
static void check_in_envelope(struct lx_json flat,
                              const struct lx_callback *callback)
{
    static const char head[] = "{\"data\":";
    size_t before = sizeof head - 1, length = before + flat.length + 1;
    char *body = malloc(length);
    struct lx_callback found;
    struct lx_json root;

    memcpy(body, head, before);
    memcpy(body + before, flat.text, flat.length);
    body[length - 1] = '}';
    /* One level more can be one too many. */
    if (lx_json_parse(body, length, &root, NULL)) {
        require(lx_callback_read(body, length, &found) == LX_CALLBACK_GOOD);
        require(strcmp(found.task_id, callback->task_id) == 0);
        require(strcmp(found.token, callback->token) == 0);
    }
    free(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *body = malloc(size ? size : 1);
    struct lx_callback callback;
    enum lx_callback_shape shape;
    struct lx_mended mended;
    struct lx_json root;
    bool is_json, is_mendable;

    if (size > 0)
        memcpy(body, data, size);
    shape = lx_callback_read(body, size, &callback);
    is_json = lx_json_parse(body, size, &root, NULL);
    is_mendable = lx_json_mend(body, size, LX_MEND_WHOLE, &mended);
    free(mended.text);
    require(is_json || is_mendable || shape == LX_CALLBACK_NOT_JSON);
    require((shape == LX_CALLBACK_GOOD) == (*callback.task_id != '\0'));
    check_shown(callback.task_id);
    check_token(callback.token);
    if (is_json && shape == LX_CALLBACK_GOOD &&
        lx_json_get(root, "data").type == LX_JSON_NONE)
        check_in_envelope(root, &callback);
    free(body);
    return 0;
}
