/* Header lines of an answer: names in any case, and every form of Retry-After
 * that a server or a proxy may send. */
#include "http/http_header.h"

#include "pace/backoff.h"

#include <stdlib.h>
#include <time.h>

#include "../check.h"

#ifdef _WIN32
#define utc_time _mkgmtime
#else
#define utc_time timegm
#endif

static void test_values(void)
{
    static const struct {
        const char *line, *name, *want;
    } rows[] = {
        {"Retry-After: 7\r\n", "retry-after", "7"},
        {"retry-after: 7\r\n", "retry-after", "7"},
        {"RETRY-AFTER:7", "retry-after", "7"},
        {"rEtRy-aFtEr: \t 7 \t\r\n", "retry-after", "7"},
        {"Retry-After:\r\n", "retry-after", ""},
        {"Retry-After:", "retry-after", ""},
        {"X-Oneapi-Request-Id: a b \r\n", "x-oneapi-request-id", "a b"},
        {"Retry-After : 7\r\n", "retry-after", NULL},
        {"Retry-Afte: 7\r\n", "retry-after", NULL},
        {"Retry-After2: 7\r\n", "retry-after", NULL},
        {" Retry-After: 7\r\n", "retry-after", NULL},
        {"Retry-After", "retry-after", NULL},
        {"R", "retry-after", NULL},
        {"HTTP/1.1 429 Too Many Requests\r\n", "retry-after", NULL},
        {"", "retry-after", NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t length = strlen(rows[i].line), value_length = 999;
        char *line = malloc(length ? length : 1); /* no slack, for ASAN */
        const char *value;

        check_row = rows[i].line;
        memcpy(line, rows[i].line, length);
        value = lx_http_header_value(line, length, rows[i].name, &value_length);
        CHECK_EQ(value != NULL, rows[i].want != NULL);
        if (value && rows[i].want)
            CHECK_BYTES(value, value_length, rows[i].want,
                        strlen(rows[i].want));
        free(line);
    }
}

/* 1 May 2026 06:34:53 UTC: the date of the wire notes is 7 s later. */
#define NOW_S INT64_C(1777617293)

static int64_t retry_after_ms(const char *text, size_t length, int64_t now_s)
{
    char *value = malloc(length ? length : 1);
    int64_t ms;

    memcpy(value, text, length);
    ms = lx_http_retry_after_ms(value, length, now_s);
    free(value);
    return ms;
}

static void test_retry_after(void)
{
    static const struct {
        const char *value;
        int64_t want_ms;
    } rows[] = {
        {"7", 7000},
        {"0", 0},
        {"007", 7000},
        {"3600", LX_RETRY_AFTER_MAX_MS},
        {"3601", -1},
        {"999999999", -1},
        {"9999999999", -1},
        {"99999999999999999999999999", -1},
        {"-1", -1},
        {"+7", -1},
        {"1.5", 2000},
        {"0.2", 1000},
        {"2.0", 2000},
        {"3600.5", -1},
        {"1.", -1},
        {".5", -1},
        {"1.5s", -1},
        {"1.5.5", -1},
        {"7s", -1},
        {"7, 8", -1},
        {"abc", -1},
        {"", -1},
        {"Fri, 01 May 2026 06:35:00 GMT", 7000},
        {"Fri, 01 May 2026 06:34:53 GMT", 0},
        {"Fri, 01 May 2026 06:34:52 GMT", 0},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Fri, 01 May 2026 07:34:53 GMT", LX_RETRY_AFTER_MAX_MS},
        {"Fri, 01 May 2026 07:34:54 GMT", -1},
        {"Fri, 31 Dec 9999 23:59:59 GMT", -1},
        {"Fri, 01 May 2026 06:34:60 GMT", 7000},
        /* Only the form that servers may send is read. */
        {"Friday, 01-May-26 06:35:00 GMT", -1},
        {"Fri May  1 06:35:00 2026", -1},
        {"Fri, 01 May 2026 06:35:00 UTC", -1},
        {"Fri, 01 May 2026 06:35:00 GMT ", -1},
        {"Fri, 01 May 2026 06:35:00 GM", -1},
        {"Fri, 1 May 2026 06:35:00 GMT", -1},
        {"Fri, 00 May 2026 06:35:00 GMT", -1},
        {"Fri, 32 May 2026 06:35:00 GMT", -1},
        {"Fri, 01 Mai 2026 06:35:00 GMT", -1},
        {"Fri, 01 may 2026 06:35:00 GMT", -1},
        {"Fri, 01 May 0026 06:35:00 GMT", -1},
        {"Fri, 01 May 2026 24:35:00 GMT", -1},
        {"Fri, 01 May 2026 06:60:00 GMT", -1},
        {"Fri, 01 May 2026 06:35:61 GMT", -1},
        {"Fri, 01 May 2026 06-35-00 GMT", -1},
        {"Fri; 01 May 2026 06:35:00 GMT", -1},
        {"Fri,", -1},
        {"Fri, ", -1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row = rows[i].value;
        CHECK_EQ(retry_after_ms(rows[i].value, strlen(rows[i].value), NOW_S),
                 rows[i].want_ms);
    }
    /* A prefix of a date is no date, and is not read beyond its end. */
    static const char date[] = "Fri, 01 May 2026 06:35:00 GMT";
    for (size_t length = 0; length < sizeof date - 1; length++)
        CHECK_EQ(retry_after_ms(date, length, NOW_S), -1);
}

/* Against the C library: a day of each month over five centuries. */
static void test_calendar(void)
{
    char date[64];

    check_row = "calendar";
    for (int year = 1970; year < 2470; year++)
        for (int month = 0; month < 12; month++) {
            struct tm tm = {.tm_year = year - 1900,
                            .tm_mon = month,
                            .tm_mday = 1 + (year * 12 + month) % 28,
                            .tm_hour = year % 24};
            int64_t then_s = (int64_t)utc_time(&tm);
            size_t length =
                strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm);

            CHECK_EQ(retry_after_ms(date, length, then_s - 60), 60000);
        }
    CHECK_EQ(retry_after_ms("Thu, 29 Feb 2024 00:00:00 GMT", 29,
                            INT64_C(1709164800) - 1),
             1000);
    CHECK_EQ(retry_after_ms("Tue, 29 Feb 2000 23:59:59 GMT", 29,
                            INT64_C(951868799) - 2),
             2000);
}

static void test_date(void)
{
    static const char date[] = "Fri, 01 May 2026 06:35:00 GMT";

    check_row = "date";
    CHECK_EQ(lx_http_date_s(date, sizeof date - 1), INT64_C(1777617300));
    CHECK_EQ(lx_http_date_s(date, sizeof date - 2), 0);
    CHECK_EQ(lx_http_date_s("", 0), 0);
    CHECK_EQ(lx_http_date_s("1777617300", 10), 0);
}

int main(void)
{
    test_values();
    test_retry_after();
    test_calendar();
    test_date();
    return check_report("http_header");
}
