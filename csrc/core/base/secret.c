/* secret.c: see secret.h. Keys are short: each place of a text is held against
 * each of the key. */
#include "base/secret.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { PIECE_MIN = 6, COVERED_PIECE_MIN = 3 };

static const char cover[] = "***";

/* The longest beginning of `text` that stands somewhere in `key`. */
static size_t longest_piece(const char *text, const char *key)
{
    size_t best = 0;

    for (; *key; key++) {
        size_t length = 0;
        while (key[length] && key[length] == text[length])
            length++;
        if (length > best)
            best = length;
    }
    return best;
}

/* An asterisk, or the first or last byte of an ellipsis in UTF-8. */
static bool is_cover(char byte)
{
    return byte == '*' || byte == '\xE2' || byte == '\xA6';
}

void lx_secret_mask(char *text, const char *key)
{
    if (text)
        lx_secret_mask_bytes(text, strlen(text), key);
}

size_t lx_secret_mask_bytes(char *text, size_t text_length, const char *key)
{
    char *start = text, *out = text, *end = text + text_length;
    char before = ' ';

    while (text < end) {
        size_t length = longest_piece(text, key);
        bool is_covered = is_cover(before) || is_cover(text[length]);

        if (length >= (is_covered ? COVERED_PIECE_MIN : PIECE_MIN)) {
            before = text[length - 1];
            text += length;
            memcpy(out, cover, sizeof cover - 1);
            out += sizeof cover - 1;
        } else {
            before = *text;
            *out++ = *text++;
        }
    }
    *out = '\0';
    return (size_t)(out - start);
}

void lx_secret_mask_whole(char *text, const char *key)
{
    size_t length = strlen(key), rest;

    if (!text || length < sizeof cover - 1)
        return;
    while ((text = strstr(text, key))) {
        rest = strlen(text + length) + 1;
        memcpy(text, cover, sizeof cover - 1);
        text += sizeof cover - 1;
        memmove(text, text + length - (sizeof cover - 1), rest);
    }
}
