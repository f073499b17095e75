/* Any bytes as a callback's body: the task it names and its state. What is
 * found must lie in the body, be fit for a URL and a terminal, and be found
 * again when the same data comes inside an envelope. */
#include "api/envelope.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* text[0..length) is UTF-8 without what drives a terminal, and ends there. */
static void check_shown(const char *text, size_t length)
{
    require(text[length] == '\0');
    for (size_t at = 0, step; at < length; at += step) {
        step = lx_text_character(text + at, length - at);
        require(step > 0);
        require((unsigned char)text[at] >= 0x20 && text[at] != 0x7F);
    }
}

static size_t check_id(struct lx_json value)
{
    char id[LX_TASK_ID_MAX + 1];
    size_t length = lx_envelope_task_id(value, id);

    require(length <= LX_TASK_ID_MAX);
    require(length == 0 || value.type == LX_JSON_OBJECT);
    check_shown(id, length);
    return length;
}

static enum lx_state_class check_state(struct lx_json value)
{
    char word[LX_STATE_WORD_MAX];
    struct lx_json member = lx_json_get(value, "state");
    enum lx_state_class state = lx_envelope_state(member, word);
    size_t length = strnlen(word, sizeof word);

    require(length < sizeof word);
    check_shown(word, length);
    if (member.type != LX_JSON_STRING)
        require(length == 0);
    if (length == 0)
        require(state == LX_STATE_UNRECOGNISED);
    return state;
}

static void check_in_envelope(struct lx_json inner)
{
    static const char head[] = "{\"data\":";
    size_t before = sizeof head - 1, length = before + inner.length + 1;
    char *body = malloc(length);
    struct lx_json root, found;
    char id[LX_TASK_ID_MAX + 1], id_found[LX_TASK_ID_MAX + 1];

    memcpy(body, head, before);
    memcpy(body + before, inner.text, inner.length);
    body[length - 1] = '}';
    found = lx_envelope_callback_data(body, length);
    /* One level more can be one too many. */
    if (lx_json_parse(body, length, &root, NULL)) {
        require(found.text == body + before && found.length == inner.length);
        require(lx_envelope_task_id(inner, id) ==
                lx_envelope_task_id(found, id_found));
        require(strcmp(id, id_found) == 0);
        require(check_state(inner) == check_state(found));
    } else {
        require(found.type == LX_JSON_NONE);
    }
    free(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *body = malloc(size ? size : 1);
    struct lx_json root, found;

    if (size > 0)
        memcpy(body, data, size);
    found = lx_envelope_callback_data(body, size);
    if (lx_json_parse(body, size, &root, NULL)) {
        check_state(root);
        if (check_id(root) > 0)
            require(found.type == LX_JSON_OBJECT);
    } else {
        require(found.type == LX_JSON_NONE);
    }
    if (found.type != LX_JSON_NONE) {
        require(found.type == LX_JSON_OBJECT);
        require(found.text >= body && found.text + found.length <= body + size);
        require(check_id(found) > 0);
        check_in_envelope(found);
    }
    free(body);
    return 0;
}
