/* json_walk.c: walks the members and elements of a checked JSON text. One look
 * per byte finds the end of a value, as nothing can be wrong any more; the
 * end of the text is honoured all the same. Any thread; runs on every poll. */
#include "json/json.h"

#include "json/json_bytes.h"

static const char *pass_space(const char *at, const char *end)
{
    while (at < end && is_space(*at))
        at++;
    return at;
}

/* The next quote or backslash. */
static const char *find_mark(const char *at, const char *end)
{
    while (end - at >= 8) {
        uint64_t word = load_word(at);
        uint64_t marks = mark_byte(word, '"') | mark_byte(word, '\\');

        marks &= ~word & EACH_BYTE(0x80);
        if (marks)
            return at + before_mark(marks);
        at += 8;
    }
    while (at < end && *at != '"' && *at != '\\')
        at++;
    return at;
}

/* `at` stands on the opening quote; returns what follows the closing one. */
static const char *pass_string(const char *at, const char *end)
{
    at = find_mark(at + 1, end);
    while (at < end && *at == '\\')
        at = end - at > 2 ? find_mark(at + 2, end) : end;
    return at < end ? at + 1 : end;
}

static const char *pass_container(const char *at, const char *end)
{
    int depth = 0;

    while (at < end) {
        switch (*at) {
        case '"':
            at = pass_string(at, end);
            continue;
        case '{':
        case '[':
            depth++;
            break;
        case '}':
        case ']':
            if (--depth == 0)
                return at + 1;
            break;
        }
        at++;
    }
    return end;
}

static const char *pass_value(const char *at, const char *end)
{
    switch (*at) {
    case '"':
        return pass_string(at, end);
    case '{':
    case '[':
        return pass_container(at, end);
    }
    while (at < end && *at != ',' && *at != '}' && *at != ']' && !is_space(*at))
        at++;
    return at;
}

struct lx_json_iter lx_json_iterate(struct lx_json container)
{
    struct lx_json_iter iter = {.key.type = LX_JSON_NONE};

    if (container.type == LX_JSON_OBJECT || container.type == LX_JSON_ARRAY) {
        iter.at = container.text + 1;
        iter.end = container.text + container.length - 1;
        /* The walk tells members from elements by a key that was there. */
        if (container.type == LX_JSON_OBJECT)
            iter.key.type = LX_JSON_STRING;
    }
    return iter;
}

bool lx_json_next(struct lx_json_iter *iter)
{
    const char *start = pass_space(iter->at, iter->end);
    const char *at;

    if (start < iter->end && *start == ',')
        start = pass_space(start + 1, iter->end);
    if (start >= iter->end) {
        iter->value = (struct lx_json){0};
        return false;
    }
    if (iter->key.type == LX_JSON_STRING) {
        at = pass_string(start, iter->end);
        iter->key = span(start, at);
        at = pass_space(at, iter->end);
        start = pass_space(at + 1, iter->end); /* behind the colon */
    }
    at = pass_value(start, iter->end);
    iter->value = span(start, at);
    iter->at = at;
    return true;
}

void lx_json_pick(struct lx_json object, const char *const *names, size_t count,
                  struct lx_json *found)
{
    struct lx_json_iter iter = lx_json_iterate(object);

    for (size_t i = 0; i < count; i++)
        found[i] = (struct lx_json){0};
    if (object.type != LX_JSON_OBJECT)
        return;
    while (lx_json_next(&iter))
        for (size_t i = 0; i < count; i++)
            if (lx_json_string_equals(iter.key, names[i]))
                found[i] = iter.value;
}

struct lx_json lx_json_get(struct lx_json object, const char *key)
{
    struct lx_json found;

    lx_json_pick(object, &key, 1, &found);
    return found;
}
