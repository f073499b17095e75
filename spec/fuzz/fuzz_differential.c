/* Any bytes to our JSON reader and to jansson. What both accept must have the
 * same structure, strings, integers and doubles; what one alone accepts must
 * be one of the differences known:
 *   jansson alone: more than LX_JSON_DEPTH_MAX levels, a NUL byte behind a
 *   number or a word (its reader loses it).
 *   We alone: numbers beyond int64 or double, \u0000 in a key.
 * Of a key that stands twice, both keep the last value.
 * LDFLAGS: -ljansson */
#include "json/json.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_same(struct lx_json value, const json_t *other);

/* Allocated. */
static char *decode(struct lx_json string, size_t *length)
{
    char *text = malloc(string.length);

    *length = lx_json_string_decode(string, text, string.length);
    require(*length < string.length);
    return text;
}

static void check_string(struct lx_json value, const json_t *other)
{
    size_t length;
    char *text = decode(value, &length);

    require(json_is_string(other));
    require(length == json_string_length(other));
    require(memcmp(text, json_string_value(other), length) == 0);
    free(text);
}

static bool is_near(double one, double other)
{
    return fabs(one - other) <= 1e-14 * fabs(other);
}

static void check_number(struct lx_json value, const json_t *other)
{
    double number = 0;
    int64_t integer;

    require(json_is_number(other));
    if (json_is_integer(other)) {
        require(lx_json_int64(value, &integer));
        require(integer == json_integer_value(other));
    }
    /* Tiny numbers are 0 for us, or lose their last places. */
    if (!lx_json_double(value, &number))
        require(fabs(json_number_value(other)) > 9.99e299);
    else if (fabs(json_number_value(other)) > 1e-290)
        require(is_near(number, json_number_value(other)));
}

static void check_array(struct lx_json value, const json_t *other)
{
    struct lx_json_iter iter = lx_json_iterate(value);
    size_t count = 0;

    require(json_is_array(other));
    while (lx_json_next(&iter)) {
        require(count < json_array_size(other));
        check_same(iter.value, json_array_get(other, count++));
    }
    require(count == json_array_size(other));
}

static void check_object(struct lx_json value, const json_t *other)
{
    struct lx_json_iter iter = lx_json_iterate(value);
    size_t count = 0, length;

    require(json_is_object(other));
    while (lx_json_next(&iter)) {
        char *key = decode(iter.key, &length);

        require(strlen(key) == length);
        require(json_object_get(other, key) != NULL);
        if (lx_json_get(value, key).text == iter.value.text) {
            check_same(iter.value, json_object_get(other, key));
            count++;
        }
        free(key);
    }
    require(count == json_object_size(other));
}

static void check_same(struct lx_json value, const json_t *other)
{
    switch (value.type) {
    case LX_JSON_NULL:
        require(json_is_null(other));
        break;
    case LX_JSON_FALSE:
        require(json_is_false(other));
        break;
    case LX_JSON_TRUE:
        require(json_is_true(other));
        break;
    case LX_JSON_NUMBER:
        check_number(value, other);
        break;
    case LX_JSON_STRING:
        check_string(value, other);
        break;
    case LX_JSON_ARRAY:
        check_array(value, other);
        break;
    case LX_JSON_OBJECT:
        check_object(value, other);
        break;
    default:
        abort();
    }
}

/* Whether the text opens more arrays and objects than we follow. */
static bool is_too_deep(const char *text, size_t length)
{
    int depth = 0, deepest = 0;
    bool is_in_string = false;

    for (size_t i = 0; i < length; i++)
        if (text[i] == '"')
            is_in_string = !is_in_string;
        else if (is_in_string)
            i += text[i] == '\\';
        else if (text[i] == '[' || text[i] == '{')
            deepest = ++depth > deepest ? depth : deepest;
        else if (text[i] == ']' || text[i] == '}')
            depth--;
    return deepest > LX_JSON_DEPTH_MAX;
}

/* Whether jansson refused something that we take on purpose. */
static bool is_known_refusal(const json_error_t *error)
{
    return json_error_code(error) == json_error_numeric_overflow ||
           json_error_code(error) == json_error_null_byte_in_key;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size ? size : 1);
    struct lx_json root;
    json_error_t error;
    json_t *other;
    bool is_accepted;

    if (size > 0)
        memcpy(text, data, size);
    is_accepted = lx_json_parse(text, size, &root, NULL);
    other = json_loadb(text, size, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (is_accepted && other)
        check_same(root, other);
    else if (is_accepted)
        require(is_known_refusal(&error));
    else if (other)
        require(is_too_deep(text, size) || memchr(text, '\0', size));
    json_decref(other);
    free(text);
    return 0;
}
