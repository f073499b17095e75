/* identity.c: see identity.h. Each value is hashed with a letter for its type
 * and, where it has no end of its own, its length before it, so that no two
 * values have one form. */
#include "journal/identity.h"

#include "base/ascii.h"
#include "base/sha256.h"
#include "download/data_url.h"
#include "json/json.h"

#include <stdlib.h>
#include <string.h>

/* Exponents with more digits than this are compared as they are spelled. */
#define EXPONENT_DIGITS_MAX 15

#define CONTENT_PREFIX "sha256:"

_Static_assert(LX_IDENTITY_BYTES == LX_SHA256_BYTES, "it is such a hash");
_Static_assert(LX_IDENTITY_CONTENT_ROOM ==
                   sizeof CONTENT_PREFIX + 2 * LX_SHA256_BYTES,
               "prefix, digits, NUL");

static bool hash_value(struct lx_sha256 *hash, struct lx_json value,
                       const char *omitted);

static void hash_integer(struct lx_sha256 *hash, int64_t number)
{
    unsigned char bytes[8];

    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)number >> (8 * i));
    lx_sha256_update(hash, bytes, sizeof bytes);
}

static void hash_text(struct lx_sha256 *hash, char type, const char *text,
                      size_t length)
{
    lx_sha256_update(hash, &type, 1);
    hash_integer(hash, (int64_t)length);
    lx_sha256_update(hash, text, length);
}

/* ---- numbers ---- */

/* digits * 10^exponent, without zeros at either end. */
struct exact {
    char *digits; /* owned */
    size_t count;
    int64_t exponent;
    bool is_negative;
};

/* The exponent behind the `e`; false when it is too long to count with. */
static bool read_power(const char *at, const char *end, int64_t *exponent)
{
    bool is_negative = at < end && *at == '-';

    *exponent = 0;
    if (at < end && !lx_is_digit(*at))
        at++;
    while (at < end && *at == '0')
        at++;
    if (end - at > EXPONENT_DIGITS_MAX)
        return false;
    for (; at < end; at++)
        *exponent = *exponent * 10 + (*at - '0');
    if (is_negative)
        *exponent = -*exponent;
    return true;
}

/* `number.digits` has room for all of the text. */
static bool read_exact(struct exact *number, struct lx_json value)
{
    const char *at = value.text, *end = at + value.length;
    bool has_point = false;
    int64_t places = 0;

    number->is_negative = *at == '-';
    for (at += number->is_negative; at < end; at++) {
        if (*at == 'e' || *at == 'E')
            break;
        if (*at == '.') {
            has_point = true;
            continue;
        }
        places += has_point;
        if (number->count > 0 || *at != '0')
            number->digits[number->count++] = *at;
    }
    if (!read_power(at < end ? at + 1 : end, end, &number->exponent))
        return false;
    number->exponent -= places;
    while (number->count > 0 && number->digits[number->count - 1] == '0') {
        number->count--;
        number->exponent++;
    }
    if (number->count == 0)
        number->exponent = number->is_negative = 0;
    return true;
}

static bool hash_number(struct lx_sha256 *hash, struct lx_json value)
{
    struct exact number = {.digits = malloc(value.length)};

    if (!number.digits)
        return false;
    if (read_exact(&number, value)) {
        hash_text(hash, number.is_negative ? 'm' : 'n', number.digits,
                  number.count);
        hash_integer(hash, number.exponent);
    } else {
        hash_text(hash, 'x', value.text, value.length);
    }
    free(number.digits);
    return true;
}

/* ---- texts and containers ---- */

void lx_identity_name_content(const unsigned char sha256[LX_SHA256_BYTES],
                              char out[LX_IDENTITY_CONTENT_ROOM])
{
    static const char digits[] = "0123456789abcdef";
    size_t at = strlen(CONTENT_PREFIX);

    memcpy(out, CONTENT_PREFIX, at);
    for (size_t i = 0; i < LX_SHA256_BYTES; i++) {
        out[at++] = digits[sha256[i] >> 4];
        out[at++] = digits[sha256[i] & 15];
    }
    out[at] = '\0';
}

/* The decoded string; the caller frees it. NULL when out of memory. */
static char *decode_text(struct lx_json string, size_t *length)
{
    char *text = malloc(string.length);

    if (text)
        *length = lx_json_string_decode(string, text, string.length);
    return text;
}

/* The bytes that a data URL holds in base64; false where `text` is none. */
static bool hash_content(const char *text, unsigned char out[LX_SHA256_BYTES])
{
    struct lx_data_url url;
    struct lx_sha256 hash;
    char piece[4096];
    bool is_valid = true;
    size_t length;

    if (!lx_data_url_is(text) || !lx_data_url_open(&url, text) ||
        !url.is_base64)
        return false;
    lx_sha256_init(&hash);
    while ((length = lx_data_url_read(&url, piece, sizeof piece, &is_valid)))
        lx_sha256_update(&hash, piece, length);
    lx_sha256_final(&hash, out);
    return is_valid;
}

static bool hash_string(struct lx_sha256 *hash, struct lx_json value)
{
    unsigned char content[LX_SHA256_BYTES];
    char name[LX_IDENTITY_CONTENT_ROOM];
    size_t length = 0;
    char *text = decode_text(value, &length);

    if (!text)
        return false;
    if (strlen(text) == length && hash_content(text, content)) {
        lx_identity_name_content(content, name);
        hash_text(hash, 's', name, strlen(name));
    } else {
        hash_text(hash, 's', text, length);
    }
    free(text);
    return true;
}

struct named {
    char *name; /* owned */
    size_t length;
    size_t place; /* in the text */
    struct lx_json value;
};

/* By name, and the last of one name first. */
static int compare_members(const void *left, const void *right)
{
    const struct named *a = left, *b = right;
    size_t shared = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->name, b->name, shared);

    if (order == 0 && a->length != b->length)
        order = a->length < b->length ? -1 : 1;
    if (order == 0)
        order = a->place > b->place ? -1 : 1;
    return order;
}

static bool is_same_name(const struct named *a, const struct named *b)
{
    return a->length == b->length && memcmp(a->name, b->name, a->length) == 0;
}

static size_t count_members(struct lx_json object)
{
    struct lx_json_iter it = lx_json_iterate(object);
    size_t count = 0;

    while (lx_json_next(&it))
        count++;
    return count;
}

/* False when out of memory; *count of them then have names. */
static bool read_members(struct lx_json object, struct named *members,
                         size_t *count)
{
    struct lx_json_iter it = lx_json_iterate(object);

    for (*count = 0; lx_json_next(&it); ++*count) {
        struct named *member = &members[*count];
        member->name = decode_text(it.key, &member->length);
        if (!member->name)
            return false;
        member->place = *count;
        member->value = it.value;
    }
    return true;
}

static bool hash_members(struct lx_sha256 *hash, const struct named *members,
                         size_t count, const char *omitted)
{
    for (size_t i = 0; i < count; i++) {
        const struct named *member = &members[i];
        if (i > 0 && is_same_name(member, member - 1))
            continue;
        if (omitted && member->length == strlen(omitted) &&
            memcmp(member->name, omitted, member->length) == 0)
            continue;
        hash_text(hash, 'k', member->name, member->length);
        if (!hash_value(hash, member->value, NULL))
            return false;
    }
    return true;
}

static bool hash_object(struct lx_sha256 *hash, struct lx_json object,
                        const char *omitted)
{
    size_t count = count_members(object);
    struct named *members = calloc(count + 1, sizeof *members);

    if (!members)
        return false;
    bool went_well = read_members(object, members, &count);
    if (went_well) {
        qsort(members, count, sizeof *members, compare_members);
        lx_sha256_update(hash, "{", 1);
        went_well = hash_members(hash, members, count, omitted);
        lx_sha256_update(hash, "}", 1);
    }
    for (size_t i = 0; i < count; i++)
        free(members[i].name);
    free(members);
    return went_well;
}

static bool hash_array(struct lx_sha256 *hash, struct lx_json array)
{
    struct lx_json_iter it = lx_json_iterate(array);

    lx_sha256_update(hash, "[", 1);
    while (lx_json_next(&it))
        if (!hash_value(hash, it.value, NULL))
            return false;
    lx_sha256_update(hash, "]", 1);
    return true;
}

/* Recursion as deep as lx_json_parse allows. */
static bool hash_value(struct lx_sha256 *hash, struct lx_json value,
                       const char *omitted)
{
    switch (value.type) {
    case LX_JSON_NUMBER:
        return hash_number(hash, value);
    case LX_JSON_STRING:
        return hash_string(hash, value);
    case LX_JSON_ARRAY:
        return hash_array(hash, value);
    case LX_JSON_OBJECT:
        return hash_object(hash, value, omitted);
    default:
        hash_text(hash, 'w', value.text, value.length);
        return true;
    }
}

bool lx_identity_of(const char *text, size_t length,
                    unsigned char out[LX_IDENTITY_BYTES])
{
    struct lx_json root;
    struct lx_sha256 hash;

    if (!lx_json_parse(text, length, &root, NULL))
        return false;
    lx_sha256_init(&hash);
    if (!hash_value(&hash, root, "callBackUrl"))
        return false;
    lx_sha256_final(&hash, out);
    return true;
}
