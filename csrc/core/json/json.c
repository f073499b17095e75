/* json.c: checks that a text is JSON. Allocates nothing, reads no locale, does
 * not recurse: the open containers are bits of one word. json_walk.c goes
 * through what was checked here, json_string.c and json_number.c read it. Knows
 * nothing of envelopes. Any thread; runs on every poll. */
#include "json/json.h"

#include "json/json_picker.h"
#include "base/status.h"

#include <string.h>

_Static_assert(LX_JSON_DEPTH_MAX <= 64, "one bit of a uint64_t per level");

/* What a byte means inside a string that has not been checked. */
enum string_byte { PLAIN, QUOTE, ESCAPE, CONTROL, WIDE };

static enum string_byte string_byte(char byte)
{
    unsigned char value = (unsigned char)byte;

    if (value == '"')
        return QUOTE;
    if (value == '\\')
        return ESCAPE;
    if (value >= 0x80)
        return WIDE;
    return value < 0x20 ? CONTROL : PLAIN;
}

static const char *skip_plain(const char *at, const char *end)
{
    while (end - at >= 8) {
        uint64_t word = load_word(at);
        uint64_t marks = (word & EACH_BYTE(0x80)) | mark_below(word, 0x20) |
                         mark_byte(word, '"') | mark_byte(word, '\\');

        if (marks)
            return at + before_mark(marks);
        at += 8;
    }
    while (at < end && string_byte(*at) == PLAIN)
        at++;
    return at;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_hex_digit(char byte)
{
    return is_digit(byte) || (byte >= 'a' && byte <= 'f') ||
           (byte >= 'A' && byte <= 'F');
}

/* Each check_ moves `at` behind what it read, or leaves it on the
 * offending byte and answers false. */
struct reader {
    const char *at;
    const char *end;
    bool has_escape; /* the last string that was checked */
};

static void skip_space(struct reader *reader)
{
    while (reader->at < reader->end && is_space(*reader->at))
        reader->at++;
}

/* `at` stands on the backslash. */
static bool check_escape(struct reader *reader)
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
        break;
    default:
        return false;
    }
    for (int i = 0; i < 4; i++, reader->at++)
        if (reader->at == reader->end || !is_hex_digit(*reader->at))
            return false;
    return true;
}

/* `at` stands on the opening quote. */
static bool check_string(struct reader *reader)
{
    reader->has_escape = false;
    reader->at++;
    for (;;) {
        size_t wide;

        reader->at = skip_plain(reader->at, reader->end);
        if (reader->at == reader->end)
            return false;
        switch (string_byte(*reader->at)) {
        case QUOTE:
            reader->at++;
            return true;
        case ESCAPE:
            reader->has_escape = true;
            if (!check_escape(reader))
                return false;
            break;
        case WIDE:
            wide = lx_text_character(reader->at,
                                     (size_t)(reader->end - reader->at));
            if (wide == 0)
                return false;
            reader->at += wide;
            break;
        default:
            return false;
        }
    }
}

static bool check_digits(struct reader *reader)
{
    const char *start = reader->at;

    while (reader->at < reader->end && is_digit(*reader->at))
        reader->at++;
    return reader->at > start;
}

static bool is_next(const struct reader *reader, char byte)
{
    return reader->at < reader->end && *reader->at == byte;
}

static bool check_number(struct reader *reader)
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

static bool check_literal(struct reader *reader, const char *word)
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
    WANT_KEY,
    WANT_FIRST_KEY, /* or the end of the object */
    WANT_NEXT       /* a comma or the end of the innermost container */
};

struct place {
    enum want want;
    int depth;
    uint64_t objects;
};

static bool open_container(struct reader *reader, struct place *place)
{
    bool is_object = *reader->at == '{';

    if (place->depth == LX_JSON_DEPTH_MAX)
        return false;
    reader->at++;
    place->depth++;
    place->objects = place->objects << 1 | is_object;
    place->want = is_object ? WANT_FIRST_KEY : WANT_FIRST_ELEMENT;
    return true;
}

static bool close_container(struct reader *reader, struct place *place)
{
    reader->at++;
    place->depth--;
    place->objects >>= 1;
    place->want = WANT_NEXT;
    return true;
}

static bool check_value(struct reader *reader, struct place *place,
                        struct picker *picker)
{
    if (is_picking(picker, place->depth))
        pick_start(picker, place->depth, reader->at);
    place->want = WANT_NEXT;
    switch (*reader->at) {
    case '{':
    case '[':
        return open_container(reader, place);
    case '"':
        return check_string(reader);
    case 't':
        return check_literal(reader, "true");
    case 'f':
        return check_literal(reader, "false");
    case 'n':
        return check_literal(reader, "null");
    default:
        return check_number(reader);
    }
}

static bool check_key(struct reader *reader, struct place *place,
                      struct picker *picker)
{
    const char *start = reader->at;

    if (*start != '"' || !check_string(reader))
        return false;
    if (is_picking(picker, place->depth))
        pick_key(picker, place->depth, span(start, reader->at),
                 !reader->has_escape);
    skip_space(reader);
    if (!is_next(reader, ':'))
        return false;
    reader->at++;
    place->want = WANT_VALUE;
    return true;
}

static bool check_next(struct reader *reader, struct place *place)
{
    bool is_object = place->objects & 1;

    if (*reader->at == ',') {
        reader->at++;
        place->want = is_object ? WANT_KEY : WANT_VALUE;
        return true;
    }
    return *reader->at == (is_object ? '}' : ']') &&
           close_container(reader, place);
}

static bool check_step(struct reader *reader, struct place *place,
                       struct picker *picker)
{
    switch (place->want) {
    case WANT_FIRST_ELEMENT:
        if (*reader->at == ']')
            return close_container(reader, place);
        return check_value(reader, place, picker);
    case WANT_VALUE:
        return check_value(reader, place, picker);
    case WANT_FIRST_KEY:
        if (*reader->at == '}')
            return close_container(reader, place);
        return check_key(reader, place, picker);
    case WANT_KEY:
        return check_key(reader, place, picker);
    case WANT_NEXT:
        break;
    }
    return check_next(reader, place);
}

/* One value with all that is in it; `at` stands on its first byte. */
static bool check_document(struct reader *reader, struct picker *picker)
{
    struct place place = {.want = WANT_VALUE};

    do {
        skip_space(reader);
        if (reader->at == reader->end || !check_step(reader, &place, picker))
            return false;
        /* a value has just ended, be it a container */
        if (place.want == WANT_NEXT && is_picking(picker, place.depth))
            pick_end(picker, place.depth, reader->at);
    } while (place.want != WANT_NEXT || place.depth > 0);
    return true;
}

static bool check_text(const char *text, size_t length, struct picker *picker,
                       struct lx_json *root, size_t *error_at)
{
    struct reader reader = {text, text + length, false};
    const char *start;

    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        reader.at += 3;
    skip_space(&reader);
    start = reader.at;
    bool is_good = check_document(&reader, picker);
    if (is_good) {
        *root = span(start, reader.at);
        skip_space(&reader);
        is_good = reader.at == reader.end;
    }
    if (!is_good && error_at)
        *error_at = (size_t)(reader.at - text);
    return is_good;
}

bool lx_json_parse_pick(const char *text, size_t length,
                        const struct lx_json_wanted *wanted,
                        struct lx_json *root, struct lx_json *found,
                        size_t *error_at)
{
    struct picker picker = {.wanted = wanted, .found = found};

    forget(&picker, 0);
    if (length > 0 && check_text(text, length, &picker, root, error_at))
        return true;
    if (length == 0 && error_at)
        *error_at = 0;
    forget(&picker, 0);
    return false;
}

bool lx_json_parse(const char *text, size_t length, struct lx_json *root,
                   size_t *error_at)
{
    return lx_json_parse_pick(text, length, NULL, root, NULL, error_at);
}
