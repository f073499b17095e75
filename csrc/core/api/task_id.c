/* task_id.c: see task_id.h. */
#include "api/task_id.h"

#include "base/ascii.h"
#include "base/text.h"

#include <string.h>

enum { BARE_CHARACTERS_MIN = 8 };

struct search {
    char *out; /* the first one */
    size_t length;
    bool is_vain; /* two that differ, or one that nobody can use */
};

static bool is_usable(const char *id, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)id[i] < 0x20 || id[i] == 0x7F)
            return false;
    return !lx_text_find(id, length, "\xEF\xBF\xBD");
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

/* All members, as one that stands twice may differ. Returns `data`. */
static struct lx_json consider_members(struct search *search,
                                       struct lx_json object)
{
    struct lx_json_iter iter = lx_json_iterate(object);
    struct lx_json data = {0};

    if (object.type != LX_JSON_OBJECT)
        return data;
    while (lx_json_next(&iter))
        if (lx_json_string_equals(iter.key, "taskId") ||
            lx_json_string_equals(iter.key, "task_id"))
            consider(search, iter.value);
        else if (lx_json_string_equals(iter.key, "data"))
            data = iter.value;
    return data;
}

/* Whether a string by itself looks like an id. */
static bool is_bare_id(struct lx_json value)
{
    char id[LX_TASK_ID_MAX + 1];
    size_t length = lx_json_string_decode(value, id, sizeof id);
    size_t characters = 0;
    bool has_digit = false;

    if (length > LX_TASK_ID_MAX)
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
    struct lx_json data = consider_members(&search, root);

    consider_members(&search, data);
    if (takes_bare && search.length == 0 && !search.is_vain && is_bare_id(data))
        consider(&search, data);
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
