/* result.c: see result.h. */
#include "api/result.h"

#include "base/text.h"
#include "json/mend.h"

#include <stdlib.h>
#include <string.h>

/* Where URLs stand: the service's own name, then those seen elsewhere, the
 * first that holds any counts. All but the first must look like URLs. */
static const char *const url_names[] = {
    "resultUrls", "result_urls", "resultUrl", "result_url", "urls",
    "url",        "videoUrl",    "video_url", "imageUrl",   "image_url",
    "images",     "videos",      "output",    "outputs",
};

enum {
    URL_NAME_COUNT = sizeof url_names / sizeof *url_names,
    OWN_NAME_COUNT = 1,
    RESULT_NAME_COUNT = 4 /* those that say "result": also beside resultJson */
};

/* The first names of an object that is one element of a list. */
static const char *const element_names[] = {"url", "resultUrl", "videoUrl",
                                            "imageUrl"};

enum { ELEMENT_NAME_COUNT = sizeof element_names / sizeof *element_names };

/* But for tabs and line breaks, which browsers leave out of URLs. */
static bool is_control_escape(const char *name)
{
    if (*name != 'u')
        return strchr("bf", *name) != NULL;
    if (name[1] != '0' || name[2] != '0')
        return false;
    if (name[3] == '0')
        return !strchr("9aAdD", name[4]);
    return name[3] == '1' ||
           (name[3] == '7' && (name[4] == 'f' || name[4] == 'F'));
}

static bool has_control(struct lx_json string)
{
    const char *end = string.text + string.length - 1;

    for (const char *at = string.text + 1; at < end; at++) {
        if (*at == 0x7F)
            return true;
        if (*at == '\\' && is_control_escape(++at))
            return true;
    }
    return false;
}

/* No URL holds other control characters, least of all a NUL. `is_free`: it
 * stands where other texts might. */
static bool is_url(struct lx_json value, bool is_free)
{
    static const char *const schemes[] = {"http://", "https://", "data:"};
    char text[32], *start = text;

    if (value.type != LX_JSON_STRING || value.length <= 2 || has_control(value))
        return false;
    lx_json_string_decode(value, text, sizeof text);
    while (lx_text_is_white(*start))
        start++;
    for (size_t i = 0; is_free && i < sizeof schemes / sizeof *schemes; i++)
        if (lx_text_starts(start, strlen(start), schemes[i]))
            return true;
    return !is_free && *start;
}

/* ---- JSON inside strings ---- */

static bool holds_json(struct lx_json value)
{
    char start[16], first;

    if (value.type != LX_JSON_STRING)
        return false;
    lx_json_string_decode(value, start, sizeof start);
    first = lx_text_first(start, strlen(start));
    return first == '{' || first == '[' || first == '"';
}

/* The value that stands in text[0..length); NONE when it is no JSON. */
static struct lx_json read_text(struct lx_result *result, const char *text,
                                size_t length)
{
    struct lx_json root = {0};
    struct lx_mended mended;

    if (lx_json_parse(text, length, &root, NULL))
        return root;
    root = (struct lx_json){0};
    if (!lx_json_mend(text, length, LX_MEND_WHOLE, &mended))
        return root;
    result->texts[result->text_count++] = mended.text;
    result->is_mended = true;
    lx_json_parse(mended.text, mended.length, &root, NULL);
    return root;
}

/* *root is what the string `value` holds, NONE when that is no JSON. False when
 * out of memory. */
static bool open_string(struct lx_result *result, struct lx_json value,
                        struct lx_json *root)
{
    char *text = malloc(value.length);
    size_t length;

    *root = (struct lx_json){0};
    if (!text)
        return false;
    length = lx_json_string_decode(value, text, value.length);
    result->texts[result->text_count++] = text;
    result->depth++;
    if (result->depth == 1) {
        result->text = text;
        result->text_length = length;
    }
    *root = read_text(result, text, length);
    return true;
}

/* Go into strings as long as they hold JSON. False when out of memory. */
static bool unwrap(struct lx_result *result, struct lx_json *value)
{
    struct lx_json root;

    while (holds_json(*value) && result->depth < LX_RESULT_DEPTH_MAX) {
        if (!open_string(result, *value, &root))
            return false;
        if (root.type == LX_JSON_NONE)
            return true;
        *value = root;
    }
    return true;
}

/* ---- URLs ---- */

static void add_url(struct lx_result *result, struct lx_json value,
                    bool is_free)
{
    if (result->url_count < LX_RESULT_URLS_MAX && is_url(value, is_free))
        result->urls[result->url_count++] = value;
}

/* A text, or an object with one. */
static void add_element(struct lx_result *result, struct lx_json value,
                        bool is_free)
{
    struct lx_json found[ELEMENT_NAME_COUNT];
    size_t count = result->url_count;

    lx_json_pick(value, element_names, ELEMENT_NAME_COUNT, found);
    add_url(result, value, is_free);
    for (int i = 0; i < ELEMENT_NAME_COUNT && result->url_count == count; i++)
        add_url(result, found[i], is_free);
}

static bool collect(struct lx_result *result, struct lx_json value,
                    bool is_free)
{
    struct lx_json_iter iter;

    if (!unwrap(result, &value))
        return false;
    if (value.type != LX_JSON_ARRAY) {
        add_element(result, value, is_free);
        return true;
    }
    iter = lx_json_iterate(value);
    while (lx_json_next(&iter))
        add_element(result, iter.value, is_free);
    return true;
}

static bool collect_named(struct lx_result *result, struct lx_json object,
                          size_t count)
{
    for (size_t i = 0; i < count && result->url_count == 0; i++)
        if (!collect(result, lx_json_get(object, url_names[i]),
                     i >= OWN_NAME_COUNT))
            return false;
    return true;
}

static bool read_value(struct lx_result *result, struct lx_json value)
{
    struct lx_json root = value, object;

    if (value.type == LX_JSON_STRING) {
        if (!open_string(result, value, &root))
            return false;
        add_url(result, value, true);
        result->is_malformed = root.type == LX_JSON_NONE &&
                               result->text_length > 0 &&
                               result->url_count == 0;
    } else if (value.type != LX_JSON_NULL && value.type != LX_JSON_NONE) {
        result->text = value.text;
        result->text_length = value.length;
    }
    if (!unwrap(result, &root))
        return false;
    if (root.type != LX_JSON_OBJECT)
        return collect(result, root, true);
    object = lx_json_get(root, "resultObject");
    result->has_object =
        object.type != LX_JSON_NONE && object.type != LX_JSON_NULL;
    return collect_named(result, root, URL_NAME_COUNT);
}

bool lx_result_read(struct lx_json value, struct lx_json data,
                    struct lx_result *result)
{
    if (!read_value(result, value))
        return false;
    if (result->url_count == 0 &&
        !collect_named(result, data, RESULT_NAME_COUNT))
        return false;
    if (result->text_length == 0)
        result->text = NULL;
    return true;
}

void lx_result_deinit(struct lx_result *result)
{
    while (result->text_count > 0)
        free(result->texts[--result->text_count]);
}
