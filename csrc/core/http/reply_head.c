/* reply_head.c: see reply_head.h. */
#include "http/reply_head.h"

#include "base/text.h"
#include "http/http_header.h"

#include <string.h>

/* A value longer than the room, or with a control character, is dropped. */
static void copy_value(char *out, size_t capacity, const char *value,
                       size_t length)
{
    out[0] = '\0';
    if (length >= capacity)
        return;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f)
            return;
    memcpy(out, value, length);
    out[length] = '\0';
}

/* Digits at *at: false, *at unmoved, for none and for more than fit. */
static bool read_number(const char *value, size_t length, size_t *at,
                        uint64_t *number)
{
    size_t i = *at;
    uint64_t sum = 0;

    for (; i < length && value[i] >= '0' && value[i] <= '9'; i++) {
        if (sum > (UINT64_MAX - 9) / 10)
            return false;
        sum = sum * 10 + (uint64_t)(value[i] - '0');
    }
    if (i == *at)
        return false;
    *at = i;
    *number = sum;
    return true;
}

static bool read_char(const char *value, size_t length, size_t *at, char c)
{
    if (*at >= length || value[*at] != c)
        return false;
    ++*at;
    return true;
}

static void read_status(struct lx_reply_head *head, const char *line,
                        size_t length)
{
    const char *space = memchr(line, ' ', length);
    size_t at = !space ? length : (size_t)(space - line) + 1;
    uint64_t status = 0;

    memset(head, 0, sizeof *head);
    if (read_number(line, length, &at, &status) && status <= 999)
        head->status = (int)status;
    head->is_open_ended = length > 6 && line[5] == '1';
}

static void on_content_length(struct lx_reply_head *head, const char *value,
                              size_t length)
{
    size_t at = 0;

    head->has_length =
        read_number(value, length, &at, &head->length) && at == length;
}

/* "10-19" */
static bool read_range(struct lx_reply_head *head, const char *value,
                       size_t length, size_t *at)
{
    return read_number(value, length, at, &head->range_first) &&
           read_char(value, length, at, '-') &&
           read_number(value, length, at, &head->range_last) &&
           head->range_first <= head->range_last;
}

/* "bytes 10-19/20", "bytes 10-19" + "/" + "*", or for a 416 "bytes *" + "/20"
 */
static void on_content_range(struct lx_reply_head *head, const char *value,
                             size_t length)
{
    static const char unit[] = "bytes ";
    size_t at = sizeof unit - 1;

    head->names_range = true;
    head->has_range = head->has_no_range = false;
    head->range_first = head->range_last = head->range_total = 0;
    if (!lx_text_starts(value, length, unit))
        return;
    bool has_none = read_char(value, length, &at, '*');
    if (!has_none && !read_range(head, value, length, &at))
        return;
    if (!read_char(value, length, &at, '/'))
        return;
    bool has_total = !read_char(value, length, &at, '*');
    if ((has_total && !read_number(value, length, &at, &head->range_total)) ||
        at != length || (has_none && !has_total))
        return;
    head->has_no_range = has_none;
    head->has_range =
        !has_none && (!has_total || head->range_last < head->range_total);
}

static void on_content_type(struct lx_reply_head *head, const char *value,
                            size_t length)
{
    copy_value(head->content_type, sizeof head->content_type, value, length);
}

/* aws-chunked is how S3 was sent the file, not how it is now. */
static void on_content_encoding(struct lx_reply_head *head, const char *value,
                                size_t length)
{
    head->is_encoded |= length > 0 &&
                        !lx_text_equals(value, length, "identity") &&
                        !lx_text_equals(value, length, "aws-chunked");
}

static void on_transfer_encoding(struct lx_reply_head *head, const char *value,
                                 size_t length)
{
    head->is_chunked = length > 0 && !lx_text_equals(value, length, "identity");
}

static void on_etag(struct lx_reply_head *head, const char *value,
                    size_t length)
{
    head->etag[0] = '\0';
    if (length >= 2 && value[0] == '"' && value[length - 1] == '"')
        copy_value(head->etag, sizeof head->etag, value, length);
}

static void on_last_modified(struct lx_reply_head *head, const char *value,
                             size_t length)
{
    copy_value(head->last_modified, sizeof head->last_modified, value, length);
}

static void on_retry_after(struct lx_reply_head *head, const char *value,
                           size_t length)
{
    copy_value(head->retry_after, sizeof head->retry_after, value, length);
}

static const struct {
    const char *name;
    void (*read)(struct lx_reply_head *head, const char *value, size_t length);
} FIELDS[] = {{"content-length", on_content_length},
              {"content-range", on_content_range},
              {"content-type", on_content_type},
              {"content-encoding", on_content_encoding},
              {"transfer-encoding", on_transfer_encoding},
              {"etag", on_etag},
              {"last-modified", on_last_modified},
              {"retry-after", on_retry_after}};

void lx_reply_head_line(struct lx_reply_head *head, const char *line,
                        size_t length)
{
    while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == '\n'))
        length--;
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        read_status(head, line, length);
        return;
    }
    if (head->is_complete)
        return;
    if (length == 0) {
        head->is_complete = head->status >= 200;
        head->is_open_ended &= !head->has_length && !head->is_chunked;
        return;
    }
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        size_t value_length = 0;
        const char *value =
            lx_http_header_value(line, length, FIELDS[i].name, &value_length);

        if (value)
            FIELDS[i].read(head, value, value_length);
    }
}
