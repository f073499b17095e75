/* coding.c: see coding.h. RFC 9110, 8.4; RFC 9112, 6.1. */
#include "http/coding.h"

#include "base/text.h"
#include "http/http_header.h"

#include <string.h>

enum token { PLAIN, CHUNKED, PACKED, STRAY, TOKEN_COUNT };

/* The codings of content that there are; libcurl may know fewer. */
static const char *const packings[] = {
    "gzip", "x-gzip", "deflate", "compress", "x-compress", "br", "zstd"};

static enum token classify(const char *text, size_t length)
{
    while (length > 0 && lx_text_is_white(*text))
        text++, length--;
    while (length > 0 && lx_text_is_white(text[length - 1]))
        length--;
    if (length == 0 || lx_text_equals(text, length, "identity"))
        return PLAIN;
    if (lx_text_equals(text, length, "chunked"))
        return CHUNKED;
    for (size_t i = 0; i < sizeof packings / sizeof *packings; i++)
        if (lx_text_equals(text, length, packings[i]))
            return PACKED;
    return STRAY;
}

/* How many tokens of a list are of each kind. */
static void count_tokens(const char *list, size_t length,
                         int counts[TOKEN_COUNT])
{
    while (length > 0) {
        const char *comma = memchr(list, ',', length);
        size_t token = comma ? (size_t)(comma - list) : length;

        counts[classify(list, token)]++;
        token += comma != NULL;
        list += token;
        length -= token;
    }
}

/* The value of the line, if its name is `name`. */
static void count_value(const char *line, size_t length, const char *name,
                        int counts[TOKEN_COUNT])
{
    size_t value_length = 0;
    const char *value = lx_http_header_value(line, length, name, &value_length);

    if (value)
        count_tokens(value, value_length, counts);
}

static void take_content(struct lx_coding *coding, const char *line,
                         size_t length)
{
    int counts[TOKEN_COUNT] = {0};

    count_value(line, length, "content-encoding", counts);
    coding->content += counts[CHUNKED] + counts[PACKED];
    coding->has_stray |= counts[STRAY] > 0;
    coding->is_refused |= coding->content > 1;
}

static void take_transfer(struct lx_coding *coding, const char *line,
                          size_t length)
{
    int counts[TOKEN_COUNT] = {0};

    count_value(line, length, "transfer-encoding", counts);
    coding->transfer += counts[CHUNKED];
    coding->is_refused |=
        counts[PACKED] + counts[STRAY] > 0 || coding->transfer > 1;
}

bool lx_coding_line(struct lx_coding *coding, const char *line, size_t length)
{
    switch (length > 0 ? lx_text_lower(*line) : '\0') {
    case 'h':
        if (lx_text_starts(line, length, "http/"))
            memset(coding, 0, sizeof *coding);
        break;
    case 'c':
        take_content(coding, line, length);
        break;
    case 't':
        take_transfer(coding, line, length);
        break;
    default:
        break;
    }
    return !coding->is_refused;
}
