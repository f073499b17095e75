/* data_url.c: see data_url.h. */
#include "download/data_url.h"

#include "base/text.h"

#include <string.h>

static const char SCHEME[] = "data:";
static const char BASE64[] = ";base64";

bool lx_data_url_is(const char *url)
{
    return lx_text_starts(url, strlen(url), SCHEME);
}

bool lx_data_url_open(struct lx_data_url *data, const char *url)
{
    const char *comma = strchr(url, ',');

    *data = (struct lx_data_url){.type = ""};
    if (!lx_data_url_is(url) || !comma)
        return false;
    const char *type = url + sizeof SCHEME - 1;
    size_t length = (size_t)(comma - type), mark = sizeof BASE64 - 1;
    if (length >= mark && lx_text_starts(comma - mark, mark, BASE64)) {
        data->is_base64 = true;
        length -= mark;
    }
    if (length < sizeof data->type)
        lx_text_copy(data->type, sizeof data->type, type, length);
    data->at = comma + 1;
    return true;
}

/* -1: none. */
static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The next character, percent-encoding undone; -1 at the end. */
static int next_character(struct lx_data_url *data)
{
    const char *at = data->at;

    if (*at == '\0')
        return -1;
    int high = *at == '%' ? hex_digit(at[1]) : -1;
    int low = high >= 0 ? hex_digit(at[2]) : -1;
    data->at += low >= 0 ? 3 : 1;
    return low >= 0 ? high * 16 + low : (unsigned char)*at;
}

/* -1: not of the alphabet. */
static int base64_digit(int c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

/* The next byte; -1 at the end, -2 for what is no base64. */
static int next_of_base64(struct lx_data_url *data)
{
    for (;;) {
        int c = next_character(data);
        int digit = base64_digit(c);

        if (c == -1) /* a lone digit is half a byte */
            return data->count == 6 ? -2 : -1;
        if (lx_text_is_white((char)c))
            continue;
        if (c == '=') {
            data->is_padded = true;
            continue;
        }
        if (digit < 0 || data->is_padded)
            return -2;
        data->bits = (data->bits << 6 | (unsigned)digit) & 0xFFFF;
        data->count += 6;
        if (data->count < 8)
            continue;
        data->count -= 8;
        return (int)(data->bits >> data->count & 0xFF);
    }
}

size_t lx_data_url_read(struct lx_data_url *data, char *out, size_t room,
                        bool *is_valid)
{
    size_t length = 0;

    while (length < room) {
        int byte =
            data->is_base64 ? next_of_base64(data) : next_character(data);
        if (byte < 0) {
            *is_valid = *is_valid && byte == -1;
            break;
        }
        out[length++] = (char)byte;
    }
    return length;
}
