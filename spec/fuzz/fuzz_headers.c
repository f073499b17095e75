/* Any bytes as an answer's header, line by line: single values, Retry-After
 * against the C library's calendar, the head of a download, and what a download
 * makes of such heads, one after the other. */
#include "pace/backoff.h"
#include "http/http_header.h"
#include "download/partial.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"retry-after", "content-range", "etag",
                                    "x"};

static void require(bool holds)
{
    if (!holds)
        abort();
}

static int number_at(const char *text)
{
    return (int)strtol(text, NULL, 10);
}

/* The moment of a date that was accepted: "Fri, 01 May 2026 06:35:00 GMT". */
static int64_t date_of(const char *value)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char text[30], month[4] = "";
    struct tm tm = {0};

    memcpy(text, value, 29);
    text[29] = '\0';
    memcpy(month, text + 8, 3);
    /* The day of the week, the first three bytes, is not looked at. */
    require(strlen(text + 3) == 26 && strstr(months, month) != NULL);
    tm.tm_mday = number_at(text + 5);
    tm.tm_mon = (int)(strstr(months, month) - months) / 3;
    tm.tm_year = number_at(text + 12) - 1900;
    tm.tm_hour = number_at(text + 17);
    tm.tm_min = number_at(text + 20);
    tm.tm_sec = number_at(text + 23);
    return timegm(&tm);
}

static void check_retry_after(const char *value, size_t length)
{
    /* Every date is past by then, so every date that can be read gives 0. */
    int64_t wait_ms = lx_http_retry_after_ms(value, length, INT64_MAX);
    int64_t date_s;

    require(wait_ms >= -1 && wait_ms <= LX_RETRY_AFTER_MAX_MS);
    if (wait_ms < 0 || (value[0] >= '0' && value[0] <= '9')) {
        require(lx_http_retry_after_ms(value, length, 0) == wait_ms);
        require(wait_ms < 0 || wait_ms / 1000 - number_at(value) <=
                                   (memchr(value, '.', length) != NULL));
        return;
    }
    require(wait_ms == 0 && length == 29);
    date_s = date_of(value);
    require(lx_http_retry_after_ms(value, length, date_s - 90) == 90000);
    require(lx_http_retry_after_ms(value, length, date_s - 3601) == -1);
    require(lx_http_retry_after_ms(value, length, date_s + 1) == 0);
}

static void check_value(const char *line, size_t length, const char *name)
{
    size_t name_length = strlen(name), value_length = 0;
    const char *value = lx_http_header_value(line, length, name, &value_length);
    char *alone;

    if (!value)
        return;
    require(strncasecmp(line, name, name_length) == 0);
    require(line[name_length] == ':');
    require(value > line + name_length);
    require(value + value_length <= line + length);
    if (value_length > 0) {
        require(*value != ' ' && *value != '\t');
        require((unsigned char)value[value_length - 1] > ' ');
    }
    /* Ends with a NUL, for strtol's sake; the length does not tell. */
    alone = calloc(1, value_length + 1);
    memcpy(alone, value, value_length);
    check_retry_after(alone, value_length);
    free(alone);
}

static void check_text(const char *text, size_t capacity)
{
    const char *end = memchr(text, '\0', capacity);

    require(end != NULL);
    for (; text < end; text++)
        require((unsigned char)*text >= 0x20 && *text != 0x7F);
}

static void check_head(const struct lx_reply_head *head)
{
    size_t length = strlen(head->etag);

    require(head->status >= 0 && head->status <= 999);
    require(!head->is_complete || head->status >= 200);
    check_text(head->content_type, sizeof head->content_type);
    check_text(head->etag, sizeof head->etag);
    check_text(head->last_modified, sizeof head->last_modified);
    check_text(head->retry_after, sizeof head->retry_after);
    if (length > 0)
        require(length >= 2 && head->etag[0] == '"' &&
                head->etag[length - 1] == '"');
    /* RFC 9110, 14.4: otherwise the range is not to be believed. */
    if (head->has_range && head->range_total > 0)
        require(head->range_first < head->range_total);
}

/* A request whose answer has this head, and a body that breaks off. */
static void check_partial(struct lx_partial *partial,
                          const struct lx_reply_head *head, bool is_asked)
{
    struct lx_partial before = *partial;
    enum lx_partial_verdict verdict = lx_partial_judge(partial, head);
    uint64_t more = head->range_first % 977 + head->length % 1009;

    require(memchr(partial->validator, '\0', sizeof partial->validator));
    require(partial->total == 0 || partial->bytes <= partial->total);
    switch (verdict) {
    case LX_PARTIAL_TAKE:
        require(head->status < 300);
        require(!head->is_encoded ||
                (head->status != 206 && partial->total == 0 &&
                 partial->validator[0] == '\0'));
        if (head->status == 206 && is_asked)
            require(head->range_first == before.bytes &&
                    partial->bytes == before.bytes);
        else if (head->status == 206) /* of a cache of blocks: from the start */
            require(head->range_first == 0 && head->range_total > 0 &&
                    partial->bytes == 0);
        else
            require(partial->bytes == 0);
        if (partial->total > 0 && more > partial->total - partial->bytes)
            more = partial->total - partial->bytes;
        partial->bytes += more;
        break;
    case LX_PARTIAL_WHOLE:
        require(is_asked && head->status == 416);
        require(partial->bytes > 0 && partial->bytes == head->range_total);
        break;
    case LX_PARTIAL_ANEW:
        require(partial->bytes == 0 && partial->validator[0] == '\0');
        break;
    default:
        require(partial->bytes == before.bytes);
        require(lx_partial_kind(head->status) != LX_KIND_NONE);
    }
    lx_partial_may_go_on(partial, 5);
}

/* Whatever stands behind the ends of the texts, and between the members. */
static bool is_same(const struct lx_reply_head *one,
                    const struct lx_reply_head *other)
{
    return one->status == other->status &&
           one->is_complete == other->is_complete &&
           one->has_length == other->has_length &&
           one->has_range == other->has_range &&
           one->is_chunked == other->is_chunked &&
           one->is_encoded == other->is_encoded &&
           one->length == other->length &&
           one->range_first == other->range_first &&
           one->range_total == other->range_total &&
           strcmp(one->content_type, other->content_type) == 0 &&
           strcmp(one->etag, other->etag) == 0 &&
           strcmp(one->last_modified, other->last_modified) == 0 &&
           strcmp(one->retry_after, other->retry_after) == 0;
}

/* The line feed at the end is part of the line, as with libcurl. */
static void read_line(struct lx_reply_head *head, const char *line,
                      size_t length)
{
    struct lx_reply_head before = *head, again = *head;
    char *more = malloc(length + 2);

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_value(line, length, names[i]);
    lx_reply_head_line(head, line, length);
    check_head(head);
    if (before.is_complete && (length < 5 || memcmp(line, "HTTP/", 5) != 0))
        require(is_same(&before, head));
    memcpy(more, line, length);
    more[length] = '\r';
    more[length + 1] = '\n';
    lx_reply_head_line(&again, more, length + 2);
    require(is_same(&again, head));
    free(more);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lx_reply_head head = {0};
    struct lx_partial partial = {0};
    bool was_complete = false;

    for (size_t at = 0, length; at < size; at += length) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        char *line;

        length = end ? (size_t)(end - (data + at)) + 1 : size - at;
        line = malloc(length);
        memcpy(line, data + at, length);
        read_line(&head, line, length);
        free(line);
        if (head.is_complete && !was_complete)
            check_partial(&partial, &head, lx_partial_begin(&partial));
        was_complete = head.is_complete;
    }
    return 0;
}
