/* secret.c: see secret.h. Texts are short (an error's message), keys too: each
 * place of the one is held against each of the other. */
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
    char *out = text;
    char before = ' ';

    if (!text)
        return;
    while (*text) {
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
