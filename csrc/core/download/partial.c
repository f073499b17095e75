/* partial.c: see partial.h. RFC 9110, 13.1.5 (If-Range), 14 (ranges). */
#include "download/partial.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* The first row that holds the status counts. 200, 203, 206 and 416 need more
 * than a table. */
static const struct {
    int first, last;
    enum lx_partial_verdict verdict;
    enum lx_kind kind;
} STATUSES[] = {
    {301, 303, LX_PARTIAL_REDIRECT, LX_KIND_DOWNLOAD},
    {307, 308, LX_PARTIAL_REDIRECT, LX_KIND_DOWNLOAD},
    {400, 401, LX_PARTIAL_REFUSED, LX_KIND_EXPIRED}, /* an old signature */
    {403, 404, LX_PARTIAL_REFUSED, LX_KIND_EXPIRED},
    {410, 410, LX_PARTIAL_REFUSED, LX_KIND_EXPIRED},
    {408, 408, LX_PARTIAL_LATER, LX_KIND_SERVER},
    {425, 425, LX_PARTIAL_LATER, LX_KIND_SERVER},
    {429, 429, LX_PARTIAL_LATER, LX_KIND_RATE_LIMITED},
    {500, 599, LX_PARTIAL_LATER, LX_KIND_SERVER},
    {202, 202, LX_PARTIAL_LATER, LX_KIND_DOWNLOAD}, /* not made yet */
    {0, 999, LX_PARTIAL_REFUSED, LX_KIND_DOWNLOAD},
};

bool lx_partial_begin(struct lx_partial *partial)
{
    partial->tries++;
    partial->is_range = partial->bytes > 0 && partial->validator[0] != '\0';
    return partial->is_range;
}

/* The validator of `head` that fits If-Range; "" when it has none. */
static const char *validator_of(const struct lx_reply_head *head)
{
    return head->etag[0] != '\0' ? head->etag : head->last_modified;
}

static enum lx_partial_verdict drop(struct lx_partial *partial)
{
    partial->bytes = 0;
    partial->total = 0;
    partial->validator[0] = '\0';
    return LX_PARTIAL_ANEW;
}

/* The content from its first byte on, as long as it is said to be. */
static enum lx_partial_verdict take_from_start(struct lx_partial *partial,
                                               const struct lx_reply_head *head)
{
    bool has_length =
        head->has_length && !head->is_chunked && !head->is_encoded;

    partial->bytes = 0;
    partial->total = has_length ? head->length : 0;
    if (head->has_range && head->range_total > 0 && !head->is_encoded)
        partial->total = head->range_total;
    snprintf(partial->validator, sizeof partial->validator, "%s",
             head->is_encoded ? "" : validator_of(head));
    return LX_PARTIAL_TAKE;
}

/* 200 with the rest alone is not the file. A Content-Range that cannot be read
 * means nothing in an answer to a plain request. */
static enum lx_partial_verdict judge_whole(struct lx_partial *partial,
                                           const struct lx_reply_head *head)
{
    bool is_odd = head->names_range && !head->has_range && partial->is_range;

    if (is_odd || (head->has_range && head->range_first > 0))
        return drop(partial);
    return take_from_start(partial, head);
}

/* Some servers ignore If-Range: a rest of another file must not be appended. */
static bool is_of_same_file(const struct lx_partial *partial,
                            const struct lx_reply_head *head)
{
    bool is_etag = partial->validator[0] == '"';
    const char *now = is_etag ? head->etag : head->last_modified;

    if (now[0] != '\0' && strcmp(now, partial->validator) != 0)
        return false;
    return partial->total == 0 || head->range_total == 0 ||
           partial->total == head->range_total;
}

/* Whether the body is as long as its range. */
static bool fits_range(const struct lx_reply_head *head)
{
    return !head->has_length || head->is_chunked ||
           head->length == head->range_last - head->range_first + 1;
}

static enum lx_partial_verdict judge_rest(struct lx_partial *partial,
                                          const struct lx_reply_head *head)
{
    if (!head->has_range || head->is_encoded || !fits_range(head) ||
        lx_text_starts(head->content_type, strlen(head->content_type),
                       "multipart/"))
        return drop(partial);
    if (!partial->is_range && head->range_first == 0 && head->range_total > 0)
        return take_from_start(partial, head); /* a cache of blocks */
    if (!partial->is_range || head->range_first != partial->bytes ||
        !is_of_same_file(partial, head))
        return drop(partial);
    if (partial->total == 0)
        partial->total = head->range_total;
    return LX_PARTIAL_TAKE;
}

/* 416: there is nothing behind what is held, or what is held is wrong. */
static enum lx_partial_verdict judge_end(struct lx_partial *partial,
                                         const struct lx_reply_head *head)
{
    if (!partial->is_range)
        return LX_PARTIAL_REFUSED;
    if (head->has_no_range && head->range_total == partial->bytes &&
        is_of_same_file(partial, head))
        return LX_PARTIAL_WHOLE;
    return drop(partial);
}

enum lx_partial_verdict lx_partial_judge(struct lx_partial *partial,
                                         const struct lx_reply_head *head)
{
    int status = head->status;
    size_t i = 0;

    if (status == 200 || status == 203)
        return judge_whole(partial, head);
    if (status == 206)
        return judge_rest(partial, head);
    if (status == 416)
        return judge_end(partial, head);
    while (status < STATUSES[i].first || status > STATUSES[i].last)
        i++;
    if (partial->is_range && STATUSES[i].verdict == LX_PARTIAL_REFUSED &&
        STATUSES[i].kind == LX_KIND_DOWNLOAD)
        return drop(partial); /* it may be the range or its condition */
    return STATUSES[i].verdict;
}

bool lx_partial_may_go_on(struct lx_partial *partial, int attempts)
{
    if (partial->bytes > partial->best) {
        partial->best = partial->bytes;
        partial->failures = 0;
    } else {
        partial->failures++;
    }
    return partial->failures < attempts &&
           partial->tries < LX_PARTIAL_TRIES_MAX;
}

enum lx_kind lx_partial_kind(int status)
{
    size_t i = 0;

    while (status < STATUSES[i].first || status > STATUSES[i].last)
        i++;
    return STATUSES[i].kind;
}
