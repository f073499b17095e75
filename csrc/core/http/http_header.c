/* http_header.c: see http_header.h. */
#include "http/http_header.h"

#include "base/text.h"
#include "pace/backoff.h"

#include <stdbool.h>
#include <string.h>

#define SECONDS_DIGITS_MAX 9

const char *lx_http_header_value(const char *line, size_t length,
                                 const char *name, size_t *value_length)
{
    size_t name_length = strlen(name);

    if (length <= name_length || line[name_length] != ':' ||
        !lx_text_starts(line, length, name))
        return NULL;
    const char *value = line + name_length + 1;
    const char *end = line + length;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    while (end > value && (unsigned char)end[-1] <= ' ')
        end--;
    *value_length = (size_t)(end - value);
    return value;
}

/* Exactly `count` digits at *at as a number, -1 when there are none. */
static int take_digits(const char **at, const char *end, int count)
{
    int number = 0;

    for (; count > 0; count--, (*at)++) {
        if (*at == end || **at < '0' || **at > '9')
            return -1;
        number = number * 10 + (**at - '0');
    }
    return number;
}

static bool take_text(const char **at, const char *end, const char *text)
{
    size_t length = strlen(text);

    if ((size_t)(end - *at) < length || memcmp(*at, text, length) != 0)
        return false;
    *at += length;
    return true;
}

static int take_month(const char **at, const char *end)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (int month = 0; month < 12 && end - *at >= 3; month++) {
        if (memcmp(*at, names + 3 * month, 3) != 0)
            continue;
        *at += 3;
        return month;
    }
    return -1;
}

/* Unix seconds of a day and time (UTC); the calendar's own arithmetic, since
 * timegm is not portable and mktime knows a time zone. */
static int64_t unix_seconds(int year, int month, int day, int64_t second_of_day)
{
    int64_t y = month < 2 ? year - 1 : year;
    int64_t era = y / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * ((month + 10) % 12) + 2) / 5 + day - 1;
    int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (era * 146097 + day_of_era - 719468) * 86400 + second_of_day;
}

/* "Fri, 01 May 2026 06:35:00 GMT", the one form that servers may send. */
static bool parse_date(const char *value, size_t length, int64_t *unix_s)
{
    const char *at = value, *end = value + length;
    int day, month, year, hour, minute, second;

    if (length < 5)
        return false;
    at += 3; /* the day of the week says nothing new */
    if (!take_text(&at, end, ", ") || (day = take_digits(&at, end, 2)) < 1 ||
        day > 31 || !take_text(&at, end, " ") ||
        (month = take_month(&at, end)) < 0 || !take_text(&at, end, " ") ||
        (year = take_digits(&at, end, 4)) < 1970 || !take_text(&at, end, " ") ||
        (hour = take_digits(&at, end, 2)) < 0 || hour > 23 ||
        !take_text(&at, end, ":") || (minute = take_digits(&at, end, 2)) < 0 ||
        minute > 59 || !take_text(&at, end, ":") ||
        (second = take_digits(&at, end, 2)) < 0 || second > 60 ||
        !take_text(&at, end, " GMT") || at != end)
        return false;
    *unix_s = unix_seconds(year, month, day,
                           (int64_t)hour * 3600 + minute * 60 + second);
    return true;
}

/* "7", or "1.5", which some services send: 2. -1 for anything else. */
static int64_t parse_seconds(const char *value, size_t length)
{
    const char *dot = memchr(value, '.', length);
    size_t whole = dot ? (size_t)(dot - value) : length;
    const char *at = value;

    if (whole == 0 || whole > SECONDS_DIGITS_MAX)
        return -1;
    int64_t seconds = take_digits(&at, value + whole, (int)whole);
    if (seconds < 0 || !dot)
        return seconds;
    bool is_more = false;
    for (at = dot + 1; at < value + length; at++) {
        if (*at < '0' || *at > '9')
            return -1;
        is_more |= *at != '0';
    }
    return dot + 1 < value + length ? seconds + is_more : -1;
}

int64_t lx_http_retry_after_ms(const char *value, size_t length, int64_t now_s)
{
    const int64_t most_s = LX_RETRY_AFTER_MAX_MS / 1000;
    int64_t wait_s;

    if (length == 0)
        return -1;
    if (value[0] >= '0' && value[0] <= '9')
        wait_s = parse_seconds(value, length);
    else if (parse_date(value, length, &wait_s))
        wait_s = wait_s < now_s ? 0 : wait_s - now_s;
    else
        return -1;
    return wait_s < 0 || wait_s > most_s ? -1 : wait_s * 1000;
}

int64_t lx_http_date_s(const char *value, size_t length)
{
    int64_t unix_s;

    return parse_date(value, length, &unix_s) ? unix_s : 0;
}
