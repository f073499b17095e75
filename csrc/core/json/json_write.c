/* json_write.c: see json_write.h. */
#include "json/json_write.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A byte that cannot stand for itself. */
static bool write_escape(struct lx_buffer *buffer, unsigned char byte)
{
    char escape[8];

    if (byte == '"' || byte == '\\')
        snprintf(escape, sizeof escape, "\\%c", byte);
    else
        snprintf(escape, sizeof escape, "\\u%04x", byte);
    return lx_buffer_append_text(buffer, escape);
}

/* Bytes from text[0..length) that stand for themselves. */
static size_t plain_length(const char *text, size_t length)
{
    size_t plain = 0;

    while (plain < length) {
        unsigned char byte = (unsigned char)text[plain];
        size_t bytes = lx_text_character(text + plain, length - plain);
        if (bytes == 0 || byte < ' ' || byte == '"' || byte == '\\')
            break;
        plain += bytes;
    }
    return plain;
}

bool lx_json_write_text(struct lx_buffer *buffer, const char *text,
                        size_t length)
{
    if (!lx_buffer_append(buffer, "\"", 1))
        return false;
    while (length > 0) {
        size_t plain = plain_length(text, length);
        if (plain > 0 && !lx_buffer_append(buffer, text, plain))
            return false;
        text += plain;
        length -= plain;
        if (length == 0)
            break;
        unsigned char byte = (unsigned char)*text;
        if (!(byte < 0x80 ? write_escape(buffer, byte)
                          : lx_buffer_append(buffer, "?", 1)))
            return false;
        text++;
        length--;
    }
    return lx_buffer_append(buffer, "\"", 1);
}

bool lx_json_write_word(struct lx_buffer *buffer, const char *text)
{
    return text ? lx_json_write_text(buffer, text, strlen(text))
                : lx_buffer_append_text(buffer, "null");
}

bool lx_json_write_int64(struct lx_buffer *buffer, int64_t number)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%" PRId64, number);
    return lx_buffer_append_text(buffer, digits);
}

bool lx_json_write_thousandths(struct lx_buffer *buffer, int64_t number)
{
    char digits[32];
    uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    snprintf(digits, sizeof digits, "%s%" PRIu64 ".%03d", number < 0 ? "-" : "",
             size / 1000, (int)(size % 1000));
    return lx_buffer_append_text(buffer, digits);
}
