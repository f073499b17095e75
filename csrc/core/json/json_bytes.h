/* json_bytes.h: what the files of json/ share about single bytes, escapes and
 * numbers. For them only. */
#pragma once

#include "json/json_value.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#pragma GCC visibility push(hidden)

/* Eight bytes at once, for the strings that answers are made of. The first byte
 * of the text is the lowest of the word. Marks are high bits of bytes, the
 * others mean nothing: the lowest mark is true, those above it may be false (a
 * borrow). */
#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t load_word(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* Marks the bytes below `limit`, and some of those from 0x80 on. */
static inline uint64_t mark_below(uint64_t word, uint64_t limit)
{
    return word - EACH_BYTE(limit);
}

/* The same for the bytes that are `byte`, which is below 0x80. */
static inline uint64_t mark_byte(uint64_t word, uint64_t byte)
{
    return mark_below(word ^ EACH_BYTE(byte), 1);
}

/* How many bytes stand before the first marked one; `marks` is not 0. */
static inline int before_mark(uint64_t marks)
{
    return __builtin_ctzll(marks) / 8;
}

static inline bool is_space(char byte)
{
    return (unsigned char)byte <= ' ' &&
           (byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r');
}

static inline enum lx_json_type type_of(char first)
{
    switch (first) {
    case '{':
        return LX_JSON_OBJECT;
    case '[':
        return LX_JSON_ARRAY;
    case '"':
        return LX_JSON_STRING;
    case 't':
        return LX_JSON_TRUE;
    case 'f':
        return LX_JSON_FALSE;
    case 'n':
        return LX_JSON_NULL;
    default:
        return LX_JSON_NUMBER;
    }
}

static inline struct lx_json span(const char *start, const char *end)
{
    return (struct lx_json){type_of(*start), start, (size_t)(end - start)};
}

/* Where what is plain inside a string ends: no quote, backslash, control
 * character, nor byte of a wide character. */
static inline const char *pass_plain(const char *at, const char *end)
{
    while (end - at >= 8) {
        uint64_t word = load_word(at);
        uint64_t marks = word | mark_below(word, 0x20) | mark_byte(word, '"') |
                         mark_byte(word, '\\');

        marks &= EACH_BYTE(0x80);
        if (marks)
            return at + before_mark(marks);
        at += 8;
    }
    while (at < end && *at != '"' && *at != '\\' &&
           (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80)
        at++;
    return at;
}

/* Of one of the digits 0-9, a-f, A-F. */
static inline unsigned hex_value(char digit)
{
    unsigned value = (unsigned char)digit;

    return value <= '9' ? value - '0' : (value | 0x20) - 'a' + 10;
}

/* UTF-16 units that make a character only in a pair. */
static inline bool is_high_half(unsigned unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static inline bool is_low_half(unsigned unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* Each check moves `at` behind what it read, or leaves it on the offending
 * byte and answers false. */
struct lx_json_reader {
    const char *at;
    const char *end;
};

/* `at` stands on the backslash. */
bool lx_json_check_escape(struct lx_json_reader *reader);
bool lx_json_check_number(struct lx_json_reader *reader);

#pragma GCC visibility pop
