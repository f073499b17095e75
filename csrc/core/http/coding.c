/* coding.c: see coding.h. RFC 9110, 8.4; RFC 9112, 6.1. */
#include "http/coding.h"

#include "base/text.h"
#include "http/http_header.h"

#include <string.h>

enum token { PLAIN, AWS_CHUNKED, CHUNKED, OTHER };

static enum token classify(const char *text, size_t length)
{
    while (length > 0 && lx_text_is_white(*text))
        text++, length--;
    while (length > 0 && lx_text_is_white(text[length - 1]))
        length--;
    if (length == 0 || lx_text_equals(text, length, "identity"))
        return PLAIN;
    if (lx_text_equals(text, length, "aws-chunked"))
        return AWS_CHUNKED;
    return lx_text_equals(text, length, "chunked") ? CHUNKED : OTHER;
}

/* How many tokens of a list are of each kind. */
static void count_tokens(const char *list, size_t length, int counts[OTHER + 1])
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

static void count_value(const char *line, size_t length, const char *name,
                        int counts[OTHER + 1])
{
    size_t value_length = 0;
    const char *value = lx_http_header_value(line, length, name, &value_length);

    if (value)
        count_tokens(value, value_length, counts);
}

bool lx_coding_line(struct lx_coding *coding, const char *line, size_t length)
{
    int content[OTHER + 1] = {0}, transfer[OTHER + 1] = {0};

    switch (length > 0 ? lx_text_lower(*line) : '\0') {
    case 'h':
        if (lx_text_starts(line, length, "http/"))
            memset(coding, 0, sizeof *coding);
        break;
    case 'c':
        count_value(line, length, "content-encoding", content);
        break;
    case 't':
        count_value(line, length, "transfer-encoding", transfer);
        break;
    default:
        break;
    }
    coding->content += content[CHUNKED] + content[OTHER];
    coding->has_aws |= content[AWS_CHUNKED] > 0;
    coding->transfer += transfer[CHUNKED];
    coding->is_refused |= transfer[AWS_CHUNKED] + transfer[OTHER] > 0 ||
                          coding->content > 1 || coding->transfer > 1;
    return !coding->is_refused;
}
