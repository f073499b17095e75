/* json.c: checks that a text is JSON. Allocates nothing, reads no locale, does
 * not recurse: the open containers are bits of one word. json_walk.c goes
 * through what was checked here, json_string.c and json_number.c read it. Knows
 * nothing of envelopes. Any thread; runs on every poll. */
#include "json/json.h"

#include "base/ascii.h"
#include "base/text.h"
#include "json/json_bytes.h"

_Static_assert(LX_JSON_DEPTH_MAX <= 64, "one bit of a uint64_t per level");

static inline void skip_space(struct lx_json_reader *reader)
{
    while (reader->at < reader->end && is_space(*reader->at))
        reader->at++;
}

/* `at` stands behind "\u"; the digits are passed. */
static bool check_unit(struct lx_json_reader *reader, unsigned *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++, reader->at++) {
        if (reader->at == reader->end || !lx_is_hex_digit(*reader->at))
            return false;
        *unit = *unit << 4 | hex_value(*reader->at);
    }
    return true;
}

/* A half of a pair stands for nothing without the other. */
static bool check_unicode(struct lx_json_reader *reader)
{
    struct lx_json_reader low;
    unsigned unit;

    if (!check_unit(reader, &unit) || is_low_half(unit))
        return false;
    if (!is_high_half(unit))
        return true;
    low = *reader;
    if (low.end - low.at < 2 || low.at[0] != '\\' || low.at[1] != 'u')
        return false;
    low.at += 2;
    if (!check_unit(&low, &unit) || !is_low_half(unit))
        return false;
    *reader = low;
    return true;
}

bool lx_json_check_escape(struct lx_json_reader *reader)
{
    reader->at++;
    if (reader->at == reader->end)
        return false;
    switch (*reader->at) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        reader->at++;
        return true;
    case 'u':
        reader->at++;
        return check_unicode(reader);
    default:
        return false;
    }
}

/* `at` stands on the opening quote. */
static bool check_string(struct lx_json_reader *reader)
{
    reader->at++;
    for (;;) {
        size_t wide;

        reader->at = pass_plain(reader->at, reader->end);
        if (reader->at == reader->end)
            return false;
        if (*reader->at == '"') {
            reader->at++;
            return true;
        }
        if (*reader->at == '\\') {
            if (!lx_json_check_escape(reader))
                return false;
            continue;
        }
        /* a wide character, or a control character, which is not allowed */
        wide = (unsigned char)*reader->at < 0x80
                   ? 0
                   : lx_text_character(reader->at,
                                       (size_t)(reader->end - reader->at));
        if (wide == 0)
            return false;
        reader->at += wide;
    }
}

static bool check_digits(struct lx_json_reader *reader)
{
    const char *start = reader->at;

    while (reader->at < reader->end && lx_is_digit(*reader->at))
        reader->at++;
    return reader->at > start;
}

static bool is_next(const struct lx_json_reader *reader, char byte)
{
    return reader->at < reader->end && *reader->at == byte;
}

bool lx_json_check_number(struct lx_json_reader *reader)
{
    if (is_next(reader, '-'))
        reader->at++;
    if (is_next(reader, '0'))
        reader->at++;
    else if (!check_digits(reader))
        return false;
    if (is_next(reader, '.')) {
        reader->at++;
        if (!check_digits(reader))
            return false;
    }
    if (is_next(reader, 'e') || is_next(reader, 'E')) {
        reader->at++;
        if (is_next(reader, '+') || is_next(reader, '-'))
            reader->at++;
        return check_digits(reader);
    }
    return true;
}

static bool check_literal(struct lx_json_reader *reader, const char *word)
{
    for (; *word; word++, reader->at++)
        if (!is_next(reader, *word))
            return false;
    return true;
}

/* Where in the text the reader is: what may come next, and the containers that
 * are open around it, the innermost in bit 0: 1 is an object. */
enum want {
    WANT_VALUE,
    WANT_FIRST_ELEMENT, /* or the end of the array */
    WANT_FIRST_MEMBER,  /* or the end of the object */
    WANT_NEXT           /* a comma or the end of the innermost container */
};

/* Members of the root, and of the objects among these. */
enum { TOLD_DEPTH_MAX = 2 };

struct place {
    enum want want;
    int depth;
    uint64_t objects;
    lx_json_tell *tell; /* may be NULL */
    void *owner;
    struct lx_json_member members[TOLD_DEPTH_MAX + 1]; /* by depth */
    struct lx_json_member *told; /* that of this depth; NULL: not told */
};

/* After a change of the depth: members are told in objects that are in nothing
 * but objects. */
static void find_told(struct place *place)
{
    int depth = place->depth;
    bool is_told = place->tell && depth >= 1 && depth <= TOLD_DEPTH_MAX &&
                   place->objects == (UINT64_C(1) << depth) - 1;

    place->told = is_told ? &place->members[depth] : NULL;
}

/* Behind the last byte of a value. */
static bool end_value(const struct lx_json_reader *reader, struct place *place)
{
    struct lx_json_member *told = place->told;

    place->want = WANT_NEXT;
    if (told) {
        told->value = span(told->value.text, reader->at);
        place->tell(place->owner, told);
    }
    return true;
}

static bool open_container(struct lx_json_reader *reader, struct place *place)
{
    bool is_object = *reader->at == '{';

    if (place->depth == LX_JSON_DEPTH_MAX)
        return false;
    reader->at++;
    place->depth++;
    place->objects = place->objects << 1 | is_object;
    place->want = is_object ? WANT_FIRST_MEMBER : WANT_FIRST_ELEMENT;
    find_told(place);
    if (place->told)
        place->told->parent = place->members[place->depth - 1].key;
    return true;
}

static bool close_container(struct lx_json_reader *reader, struct place *place)
{
    reader->at++;
    place->depth--;
    place->objects >>= 1;
    find_told(place);
    return end_value(reader, place);
}

static bool check_scalar(struct lx_json_reader *reader)
{
    switch (*reader->at) {
    case '"':
        return check_string(reader);
    case 't':
        return check_literal(reader, "true");
    case 'f':
        return check_literal(reader, "false");
    case 'n':
        return check_literal(reader, "null");
    default:
        return lx_json_check_number(reader);
    }
}

static bool check_value(struct lx_json_reader *reader, struct place *place)
{
    if (place->told)
        place->told->value.text = reader->at;
    if (*reader->at == '{' || *reader->at == '[')
        return open_container(reader, place);
    return check_scalar(reader) && end_value(reader, place);
}

static bool check_member(struct lx_json_reader *reader, struct place *place)
{
    const char *start = reader->at;

    if (*reader->at != '"' || !check_string(reader))
        return false;
    if (place->told)
        place->told->key = (struct lx_json){LX_JSON_STRING, start,
                                            (size_t)(reader->at - start)};
    skip_space(reader);
    if (!is_next(reader, ':'))
        return false;
    reader->at++;
    skip_space(reader);
    return reader->at < reader->end && check_value(reader, place);
}

static bool check_next(struct lx_json_reader *reader, struct place *place)
{
    bool is_object = place->objects & 1;

    if (*reader->at != ',')
        return *reader->at == (is_object ? '}' : ']') &&
               close_container(reader, place);
    reader->at++;
    skip_space(reader);
    if (reader->at == reader->end)
        return false;
    return is_object ? check_member(reader, place) : check_value(reader, place);
}

static bool check_step(struct lx_json_reader *reader, struct place *place)
{
    switch (place->want) {
    case WANT_FIRST_ELEMENT:
        if (*reader->at == ']')
            return close_container(reader, place);
        return check_value(reader, place);
    case WANT_VALUE:
        return check_value(reader, place);
    case WANT_FIRST_MEMBER:
        if (*reader->at == '}')
            return close_container(reader, place);
        return check_member(reader, place);
    case WANT_NEXT:
        break;
    }
    return check_next(reader, place);
}

/* One value with all that is in it; `at` stands on its first byte. */
static bool check_document(struct lx_json_reader *reader, struct place *place)
{
    do {
        skip_space(reader);
        if (reader->at == reader->end || !check_step(reader, place))
            return false;
    } while (place->want != WANT_NEXT || place->depth > 0);
    return true;
}

bool lx_json_parse_members(const char *text, size_t length,
                           struct lx_json *root, size_t *error_at,
                           lx_json_tell *tell, void *owner)
{
    struct lx_json_reader reader = {text, length > 0 ? text + length : text};
    struct place place = {.want = WANT_VALUE, .tell = tell, .owner = owner};
    bool is_good;

    if (length > 0)
        skip_space(&reader);
    text = reader.at;
    is_good = check_document(&reader, &place);
    if (is_good) {
        *root = span(text, reader.at);
        skip_space(&reader);
        is_good = reader.at == reader.end;
    }
    if (!is_good && error_at)
        *error_at = length - (size_t)(reader.end - reader.at);
    return is_good;
}

bool lx_json_parse(const char *text, size_t length, struct lx_json *root,
                   size_t *error_at)
{
    return lx_json_parse_members(text, length, root, error_at, NULL, NULL);
}
