/* text.c: see text.h. Any thread; no state. */
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* The second byte of a multi-byte character has a narrower range after some
 * lead bytes: that is what shuts out overlong forms and surrogates. */
struct lead {
    unsigned char first, last, length, second_min, second_max;
};

static const struct lead leads[] = {
    {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF},
    {0xE1, 0xEC, 3, 0x80, 0xBF}, {0xED, 0xED, 3, 0x80, 0x9F},
    {0xEE, 0xEF, 3, 0x80, 0xBF}, {0xF0, 0xF0, 4, 0x90, 0xBF},
    {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F},
};

static bool is_tail(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

size_t lx_text_character(const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *)text;

    if (length == 0)
        return 0;
    if (at[0] < 0x80)
        return 1;
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
        const struct lead *lead = &leads[i];

        if (at[0] < lead->first || at[0] > lead->last)
            continue;
        if (length < lead->length || at[1] < lead->second_min ||
            at[1] > lead->second_max)
            return 0;
        for (size_t tail = 2; tail < lead->length; tail++)
            if (!is_tail(at[tail]))
                return 0;
        return lead->length;
    }
    return 0;
}

/* C0, DEL and C1: the last holds the one-byte form of the escape sequences
 * with which a text could drive a terminal. */
static bool is_control(const char *at, size_t character)
{
    unsigned char first = (unsigned char)at[0];

    if (character == 1)
        return first < 0x20 || first == 0x7F;
    return character == 2 && first == 0xC2 && (unsigned char)at[1] < 0xA0;
}

size_t lx_text_copy(char *out, size_t capacity, const char *text, size_t length)
{
    size_t written = 0;

    if (capacity == 0)
        return 0;
    for (size_t at = 0; at < length;) {
        size_t character = lx_text_character(text + at, length - at);
        size_t taken = character ? character : 1;
        bool is_kept = character && !is_control(text + at, character);

        if (written + (is_kept ? character : 1) >= capacity)
            break;
        if (!is_kept)
            out[written++] = character ? ' ' : '?';
        for (size_t i = 0; is_kept && i < character; i++)
            out[written++] = text[at + i];
        at += taken;
    }
    out[written] = '\0';
    return written;
}

/* By hand, because tolower() reads the host's locale: in a Turkish one "FAIL"
 * would not be "fail". */
char lx_text_lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte;
}

bool lx_text_starts(const char *text, size_t length, const char *part)
{
    for (; *part; part++, text++, length--)
        if (length == 0 || lx_text_lower(*text) != *part)
            return false;
    return true;
}

const char *lx_text_find(const char *text, size_t length, const char *part)
{
    for (; length > 0; text++, length--)
        if (lx_text_starts(text, length, part))
            return text;
    return NULL;
}

bool lx_text_equals(const char *text, size_t length, const char *part)
{
    return strlen(part) == length && lx_text_starts(text, length, part);
}

bool lx_text_is_white(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

char lx_text_first(const char *text, size_t length)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    size_t at = lx_text_starts(text, length, byte_order_mark)
                    ? sizeof byte_order_mark - 1
                    : 0;

    while (at < length && lx_text_is_white(text[at]))
        at++;
    return at < length ? text[at] : '\0';
}

char *lx_text_duplicate(const char *text, size_t length)
{
    char *copy = malloc(length + 1);

    if (!copy)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}
