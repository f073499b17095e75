/* task_id.c: see task_id.h. */
#include "api/task_id.h"

#include "base/ascii.h"
#include "base/text.h"

#include <string.h>

enum { BARE_CHARACTERS_MIN = 8, INNER_BYTES_MAX = 2048 };

struct search {
    char *out; /* the first one */
    size_t length;
    bool is_vain; /* two that differ, or one that nobody can use */
};

static bool is_usable(const char *id, size_t length)
{
    bool is_blank = true;

    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)id[i] < 0x20 || id[i] == 0x7F)
            return false;
        is_blank &= id[i] == ' ';
    }
    return !is_blank && !lx_text_find(id, length, "\xEF\xBF\xBD");
}

/* As lx_json_string_decode, and the digits of a number. */
static size_t spell(struct lx_json value, char *out)
{
    if (value.type != LX_JSON_NUMBER)
        return lx_json_string_decode(value, out, LX_TASK_ID_MAX + 1);
    for (size_t i = 0; i < value.length; i++)
        if (!lx_is_digit(value.text[i]))
            return 0;
    if (value.text[0] == '0')
        return 0;
    if (value.length <= LX_TASK_ID_MAX)
        memcpy(out, value.text, value.length);
    return value.length;
}

static void consider(struct search *search, struct lx_json value)
{
    char id[LX_TASK_ID_MAX + 1];
    size_t length = spell(value, id);

    if (length == 0)
        return;
    if (length > LX_TASK_ID_MAX || !is_usable(id, length) ||
        (search->length > 0 &&
         (length != search->length || memcmp(id, search->out, length) != 0))) {
        search->is_vain = true;
        return;
    }
    memcpy(search->out, id, length);
    search->length = length;
}

/* All members, as one that stands twice may differ. */
static void consider_members(struct search *search, struct lx_json object)
{
    struct lx_json_iter iter = lx_json_iterate(object);

    if (object.type != LX_JSON_OBJECT)
        return;
    while (lx_json_next(&iter))
        if (lx_json_string_equals(iter.key, "taskId") ||
            lx_json_string_equals(iter.key, "task_id"))
            consider(search, iter.value);
}

/* The data itself, or the JSON text of it. */
static void consider_data(struct search *search, struct lx_json data)
{
    char text[INNER_BYTES_MAX];
    size_t length = lx_json_string_decode(data, text, sizeof text);
    struct lx_json inner;

    consider_members(search, data);
    if (length > 0 && length < sizeof text &&
        lx_json_parse(text, length, &inner, NULL))
        consider_members(search, inner);
}

/* Whether a string by itself looks like an id. */
static bool is_bare_id(struct lx_json value)
{
    char id[LX_TASK_ID_MAX + 1];
    size_t length = lx_json_string_decode(value, id, sizeof id);
    size_t characters = 0;
    bool has_digit = false;

    if (length > LX_TASK_ID_MAX || *id == '{' || *id == '[' || *id == '"')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (lx_text_is_white(id[i]))
            return false;
        characters += ((unsigned char)id[i] & 0xC0) != 0x80;
        has_digit |= lx_is_digit(id[i]);
    }
    return characters >= BARE_CHARACTERS_MIN && has_digit;
}

size_t lx_task_id_find(struct lx_json root, bool takes_bare, char *out)
{
    struct search search = {.out = out};
    struct lx_json_iter iter = lx_json_iterate(root);
    struct lx_json data = {0};

    consider_members(&search, root);
    while (root.type == LX_JSON_OBJECT && lx_json_next(&iter))
        if (lx_json_string_equals(iter.key, "data")) {
            data = iter.value;
            consider_data(&search, data);
        }
    if (takes_bare && search.length == 0 && !search.is_vain && is_bare_id(data))
        consider(&search, data);
    if (search.is_vain)
        search.length = 0;
    out[search.length] = '\0';
    return search.length;
}

/* Where a service repeats what it was sent, a parameter may be called taskId.
 */
static bool is_echo(struct lx_json key)
{
    static const char *const names[] = {"param", "params", "input", "request"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (lx_json_string_equals(key, names[i]))
            return true;
    return false;
}

/* No deeper than LX_JSON_DEPTH_MAX. */
static void consider_below(struct search *search, struct lx_json value)
{
    struct lx_json_iter iter = lx_json_iterate(value);

    consider_members(search, value);
    while (lx_json_next(&iter))
        if (!is_echo(iter.key))
            consider_below(search, iter.value);
}

size_t lx_task_id_search(struct lx_json root, char *out)
{
    struct search search = {.out = out};

    consider_below(&search, root);
    if (search.is_vain)
        search.length = 0;
    out[search.length] = '\0';
    return search.length;
}

static bool is_between(char byte)
{
    return lx_text_is_white(byte) || byte == '"' || byte == '\'' ||
           byte == ':' || byte == '=';
}

/* Whether what stands behind a name is `id` and nothing more. */
static bool is_same(const char *at, size_t length, const char *id)
{
    size_t id_length = strlen(id);

    while (length > 0 && is_between(*at)) {
        at++;
        length--;
    }
    return length > id_length && memcmp(at, id, id_length) == 0 &&
           strchr("\"', \r\n\t}]", at[id_length]);
}

bool lx_task_id_differs(const char *text, size_t length, const char *id)
{
    static const char *const names[] = {"taskid", "task_id", "\"data\":\""};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t name = strlen(names[i]), left = length;
        const char *at = text;

        while (left > 0 && (at = lx_text_find(at, left, names[i]))) {
            at += name;
            left = (size_t)(text + length - at);
            if (!is_same(at, left, id))
                return true;
        }
    }
    return false;
}

/* ---- in what is no JSON ---- */

/* Behind the name, its quote and the colon; NULL: it is not a name. */
static const char *pass_colon(const char *at, const char *end)
{
    if (at == end || (*at != '"' && *at != '\''))
        return NULL;
    at++;
    while (at < end && lx_text_is_white(*at))
        at++;
    return at < end && *at == ':' ? at + 1 : NULL;
}

static bool is_plain(char byte)
{
    return byte > ' ' && byte < 0x7F && byte != '\\';
}

/* Whether a value that ends at `at` is whole. */
static bool ends_value(const char *at, const char *end)
{
    while (at < end && lx_text_is_white(*at))
        at++;
    return at == end || strchr(",}]", *at);
}

/* The bytes of the finished string or number at `at`, 0 when it is neither, or
 * holds what would have to be read first. */
static size_t value_length(const char *at, const char *end)
{
    const char *start = at;
    char quote = at < end && (*at == '"' || *at == '\'') ? *at : '\0';

    if (quote)
        at++;
    while (at < end && *at != quote &&
           (quote ? is_plain(*at) : lx_is_digit(*at)))
        at++;
    if (at == end || at == start || (quote && *at != quote))
        return 0;
    at += quote != '\0';
    return ends_value(at, end) ? (size_t)(at - start) : 0;
}

/* What stands behind a name that ends at `at`. */
static void consider_text(struct search *search, const char *at,
                          const char *end)
{
    struct lx_json value = {.type = LX_JSON_NUMBER};
    const char *text = pass_colon(at, end);

    if (!text)
        return;
    while (text < end && lx_text_is_white(*text))
        text++;
    value.text = text;
    value.length = value_length(text, end);
    if (value.length > 0 && !lx_is_digit(*text))
        value.type = LX_JSON_STRING;
    if (value.length == 0)
        search->is_vain = true;
    else
        consider(search, value);
}

size_t lx_task_id_scan(const char *text, size_t length, char *out)
{
    static const char *const names[] = {"taskid", "task_id"};
    struct search search = {.out = out};
    const char *end = text + length;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *at = text;

        while (at < end &&
               (at = lx_text_find(at, (size_t)(end - at), names[i]))) {
            bool is_quoted = at > text && (at[-1] == '"' || at[-1] == '\'') &&
                             !(at - text > 1 && at[-2] == '\\');

            at += strlen(names[i]);
            if (is_quoted)
                consider_text(&search, at, end);
        }
    }
    if (search.is_vain)
        search.length = 0;
    out[search.length] = '\0';
    return search.length;
}
