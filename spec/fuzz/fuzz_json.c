/* Any bytes to the JSON reader. What is accepted must walk within its bounds,
 * each value must be accepted alone as the same value, texts come out as UTF-8,
 * and the two readings of a number must agree. */
#include "json/json.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_string(struct lx_json value)
{
    size_t capacity = value.length - 1;
    char *out = malloc(capacity);
    size_t length = lx_json_string_decode(value, out, capacity);

    require(length <= value.length - 2);
    require(length == lx_json_string_decode(value, NULL, 0));
    require(out[length] == '\0');
    for (size_t at = 0, step; at < length; at += step) {
        step = lx_text_character(out + at, length - at);
        require(step > 0);
    }
    require(lx_json_string_equals(value, out) == (strlen(out) == length));
    free(out);
}

static void check_number(struct lx_json value)
{
    int64_t integer;
    double number, other;

    if (!lx_json_int64(value, &integer))
        return;
    require(lx_json_double(value, &number));
    other = (double)integer;
    /* The same, or neighbours: a difference of one in the last place. */
    require(number - other <= 2048 && other - number <= 2048);
    if (integer > -(INT64_C(1) << 53) && integer < INT64_C(1) << 53)
        require(number == other);
}

static void check_value(struct lx_json value)
{
    struct lx_json_iter iter = lx_json_iterate(value);
    struct lx_json alone;

    require(lx_json_parse(value.text, value.length, &alone, NULL));
    require(alone.type == value.type && alone.text == value.text &&
            alone.length == value.length);
    if (value.type == LX_JSON_STRING)
        check_string(value);
    check_number(value);
    while (lx_json_next(&iter)) {
        require(iter.value.text > value.text);
        require(iter.value.text + iter.value.length <
                value.text + value.length);
        if (value.type == LX_JSON_OBJECT)
            check_string(iter.key);
        check_value(iter.value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size ? size : 1);
    size_t error_at = size + 1, again_at;
    struct lx_json root;

    if (size > 0)
        memcpy(text, data, size);
    if (lx_json_parse(text, size, &root, &error_at)) {
        require(root.text >= text && root.text + root.length <= text + size);
        check_value(root);
    } else {
        require(error_at <= size);
        /* What stands before the error could have gone on. */
        if (!lx_json_parse(text, error_at, &root, &again_at))
            require(again_at == error_at);
    }
    free(text);
    return 0;
}
