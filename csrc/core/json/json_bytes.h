/* json_bytes.h: what checking (json.c) and walking (json_walk.c) share about
 * single bytes and keys. For these two files only. */
#pragma once

#include "json/json.h"

#include <string.h>

/* Eight bytes at once, for the strings that answers are made of. The first byte
 * of the text is the lowest of the word. Marks are high bits of bytes: the
 * lowest mark is true, those above it may be false (a borrow). */
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

/* Marks the bytes below `limit`, which is at most 0x80. */
static inline uint64_t mark_below(uint64_t word, uint64_t limit)
{
    return (word - EACH_BYTE(limit)) & ~word & EACH_BYTE(0x80);
}

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
    return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
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

/* A plain key holds no escape, as most; and most differ in the first byte. */
static inline bool is_key(struct lx_json key, bool is_plain, const char *name)
{
    size_t length = key.length - 2;

    if (!is_plain)
        return lx_json_string_equals(key, name);
    if (length > 0 && key.text[1] != name[0])
        return false;
    return strncmp(key.text + 1, name, length) == 0 && name[length] == '\0';
}
