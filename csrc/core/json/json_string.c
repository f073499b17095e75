/* json_string.c: what the strings of a checked JSON text say: escapes undone,
 * as UTF-8. Allocates nothing. Any thread. */
#include "json/json.h"

#include "json/json_bytes.h"

#include <string.h>

/* The content of a string comes in pieces: runs of bytes as they stand, and
 * single escapes undone. */
struct piece {
    const char *bytes;
    size_t length;
    char undone[4];
};

static size_t encode(unsigned code, char *out)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

static unsigned unit_at(const char *digits)
{
    unsigned unit = 0;

    for (int i = 0; i < 4; i++)
        unit = unit << 4 | hex_value(digits[i]);
    return unit;
}

/* `at` stands behind "\u"; returns what follows the digits used. A checked text
 * holds whole pairs only. */
static const char *undo_unicode(const char *at, struct piece *piece)
{
    unsigned code = unit_at(at);

    at += 4;
    if (is_high_half(code)) {
        code = 0x10000 + ((code - 0xD800) << 10) + (unit_at(at + 2) - 0xDC00);
        at += 6;
    }
    piece->length = encode(code, piece->undone);
    return at;
}

/* `at` stands on the backslash. */
static const char *undo_escape(const char *at, struct piece *piece)
{
    static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    char name = at[1];

    piece->bytes = piece->undone;
    if (name == 'u')
        return undo_unicode(at + 2, piece);
    piece->undone[0] = bytes[strchr(names, name) - names];
    piece->length = 1;
    return at + 2;
}

static bool next_piece(const char **at, const char *end, struct piece *piece)
{
    const char *escape;

    if (*at == end)
        return false;
    if (**at == '\\') {
        *at = undo_escape(*at, piece);
        return true;
    }
    escape = memchr(*at, '\\', (size_t)(end - *at));
    piece->bytes = *at;
    *at = escape ? escape : end;
    piece->length = (size_t)(*at - piece->bytes);
    return true;
}

bool lx_json_string_is(struct lx_json value, const char *text)
{
    const char *at = value.text + 1;
    const char *end = value.text + value.length - 1;
    struct piece piece;

    while (at < end && *at == *text && *at != '\\') /* most are no match */
        at++, text++;
    if (at < end && *at != '\\')
        return false;
    while (next_piece(&at, end, &piece)) {
        /* strncmp stops at the end of `text`; a \u0000 in the string must not
         * look like that end. */
        if (strncmp(piece.bytes, text, piece.length) != 0 ||
            memchr(piece.bytes, '\0', piece.length))
            return false;
        text += piece.length;
    }
    return *text == '\0';
}

/* How much of a piece may stay when only `room` bytes are left: never part of
 * a character. */
static size_t whole_characters(const char *bytes, size_t room)
{
    while (room > 0 && ((unsigned char)bytes[room] & 0xC0) == 0x80)
        room--;
    return room;
}

size_t lx_json_string_decode(struct lx_json value, char *out, size_t capacity)
{
    size_t length = 0, written = 0;
    const char *at, *end;
    struct piece piece;

    if (value.type == LX_JSON_STRING) {
        at = value.text + 1;
        end = value.text + value.length - 1;
        while (next_piece(&at, end, &piece)) {
            if (written == length && capacity > 0) {
                size_t room = capacity - 1 - written;
                size_t part = piece.length <= room
                                  ? piece.length
                                  : whole_characters(piece.bytes, room);

                memcpy(out + written, piece.bytes, part);
                written += part;
            }
            length += piece.length;
        }
    }
    if (capacity > 0)
        out[written] = '\0';
    return length;
}
