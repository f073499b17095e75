/* json.h: a strict RFC 8259 reader over a byte range.
 * Allocates nothing, reads no locale, has no state: any thread. First check a
 * whole text with lx_json_parse, then walk the spans of its values; a span is
 * valid as long as the text it points into. */
#pragma once

#include "json/json_value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

#define LX_JSON_DEPTH_MAX 64 /* arrays and objects inside one another */

/* Check text[0..length): one JSON value, white space around it, nothing else.
 * On success `root` is the value. On failure false, and *error_at (may be NULL)
 * is the offset of the first byte that cannot be part of JSON, of a pair of \u
 * escapes that is none where its second half should begin. Refused are also a
 * byte order mark, invalid UTF-8, raw control characters, a lone \u surrogate
 * and depth beyond LX_JSON_DEPTH_MAX. */
bool lx_json_parse(const char *text, size_t length, struct lx_json *root,
                   size_t *error_at);

/* The same, and tell(owner, member) is called behind each member of the root
 * and of the objects among these, in the order in which they end. What was told
 * counts only when the answer is true. `tell` may not keep `member`. */
struct lx_json_member {
    struct lx_json
        parent; /* the key of the object it is in, NONE in the root */
    struct lx_json key;
    struct lx_json value;
};
typedef void lx_json_tell(void *owner, const struct lx_json_member *member);
bool lx_json_parse_members(const char *text, size_t length,
                           struct lx_json *root, size_t *error_at,
                           lx_json_tell *tell, void *owner);

/* Walk the elements of an array or the members of an object:
 *   struct lx_json_iter it = lx_json_iterate(value);
 *   while (lx_json_next(&it)) use(it.key, it.value);
 * Over any other type the walk is empty. */
struct lx_json_iter {
    struct lx_json key; /* a string for members, NONE for elements */
    struct lx_json value;
    const char *at;  /* private */
    const char *end; /* private */
};
struct lx_json_iter lx_json_iterate(struct lx_json container);
bool lx_json_next(struct lx_json_iter *iter);

/* The member of `object` named `key` (plain ASCII), the last one when it
 * stands there twice; type NONE when absent or when `object` is none. */
struct lx_json lx_json_get(struct lx_json object, const char *key);

/* The same for names[0..count) at once, in one walk: found[i] answers
 * names[i]. */
void lx_json_pick(struct lx_json object, const char *const *names, size_t count,
                  struct lx_json *found);

/* Whether `value`, a string, decodes to `text`. */
bool lx_json_string_is(struct lx_json value, const char *text);

/* Whether `value` is a string whose decoded text is `text`. Most texts differ
 * in the first byte, which is the closing quote of an empty one. */
static inline bool lx_json_string_equals(struct lx_json value, const char *text)
{
    if (value.type != LX_JSON_STRING)
        return false;
    char first = value.text[1];
    return (first == *text || first == '\\' || first == '"') &&
           lx_json_string_is(value, text);
}

/* Decode a string into out[0..capacity) as UTF-8 and NUL-terminate what fits;
 * the decoded length is returned, also when it did not fit (>= capacity).
 * \u0000 is kept (hence the length). Never longer than value.length - 2. 0 for
 * any other type. */
size_t lx_json_string_decode(struct lx_json value, char *out, size_t capacity);

/* A number that is an integer of 64 bits ("15000", also "15000.0" and
 * "15e3"); false for anything else. */
bool lx_json_int64(struct lx_json value, int64_t *out);

/* A number as a double: an integer of 64 bits as the nearest one, any other a
 * few units of the last place away at the most. False
 * for anything else and for a number of 1e300 and beyond. Tiny ones are 0. */
bool lx_json_double(struct lx_json value, double *out);

/* `value` itself, or the number that a string holds and nothing else, spelled
 * in out[0..LX_JSON_NUMBER_MAX), where the result then points; type NONE for
 * anything else and for longer ones. */
#define LX_JSON_NUMBER_MAX 32
struct lx_json lx_json_number_in(struct lx_json value, char *out);

#pragma GCC visibility pop
