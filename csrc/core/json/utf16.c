/* utf16.c: see utf16.h. */
#include "json/utf16.h"

#include <stdint.h>
#include <stdlib.h>

enum { BYTE_ORDER_MARK = 0xFEFF, REPLACEMENT = 0xFFFD };

struct units {
    const unsigned char *at;
    size_t left; /* units of two bytes */
    int high;    /* which of the two is the higher one */
};

static bool is_ascii(unsigned char high, unsigned char low)
{
    return high == 0 && low > 0 && low < 0x80;
}

/* Which byte of two is the higher one, -1 when it is no UTF-16. */
static int find_high(const unsigned char *at, size_t length)
{
    if (length < 4)
        return -1;
    if (at[0] == 0xFE && at[1] == 0xFF)
        return 0;
    if (at[0] == 0xFF && at[1] == 0xFE)
        return 1;
    if (is_ascii(at[0], at[1]) && is_ascii(at[2], at[3]))
        return 0;
    return is_ascii(at[1], at[0]) && is_ascii(at[3], at[2]) ? 1 : -1;
}

bool lx_utf16_is(const char *text, size_t length)
{
    return find_high((const unsigned char *)text, length) >= 0;
}

static uint32_t peek(const struct units *units)
{
    return (uint32_t)units->at[units->high] << 8 | units->at[1 - units->high];
}

static uint32_t take(struct units *units)
{
    uint32_t unit = peek(units);

    units->at += 2;
    units->left--;
    return unit;
}

/* The next character, a pair of surrogates together. */
static uint32_t next_code(struct units *units)
{
    uint32_t first = take(units), second;

    if (first < 0xD800 || first > 0xDFFF)
        return first;
    second = units->left > 0 ? peek(units) : 0;
    if (first > 0xDBFF || second < 0xDC00 || second > 0xDFFF)
        return REPLACEMENT;
    take(units);
    return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
}

static char *put_code(char *out, uint32_t code)
{
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *out++ = (char)(0xE0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    } else {
        *out++ = (char)(0xF0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 0x3F));
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    }
    return out;
}

char *lx_utf16_read(const char *text, size_t length, size_t *out_length)
{
    struct units units = {.at = (const unsigned char *)text,
                          .left = length / 2,
                          .high =
                              find_high((const unsigned char *)text, length)};
    char *out = malloc(units.left * 3 + 1), *at = out;

    if (!out)
        return NULL;
    if (peek(&units) == BYTE_ORDER_MARK)
        take(&units);
    while (units.left > 0)
        at = put_code(at, next_code(&units));
    *out_length = (size_t)(at - out);
    return out;
}
