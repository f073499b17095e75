/* test_partial.c: what the head of an answer means for a download. */
#include "../check.h"
#include "download/partial.h"

static struct lx_reply_head read_head(const char *text)
{
    struct lx_reply_head head;

    memset(&head, 0, sizeof head);
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        length += text[length] == '\n';
        lx_reply_head_line(&head, text, length);
        text += length;
    }
    return head;
}

static void test_head(void)
{
    struct lx_reply_head head = read_head(
        "HTTP/1.1 100 Continue\r\nETag: \"no\"\r\n\r\n"
        "HTTP/1.1 206 Partial Content\r\ncontent-length:  7 \r\n"
        "Content-Range: bytes 3-9/10\r\nContent-Type: image/png\r\n"
        "ETag: \"a b\"\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        "Retry-After: 5\r\nX-Content-Length: 1\r\n\r\nContent-Length: 9\r\n");

    check_row = "a head, and a trailer";
    CHECK(head.is_complete);
    CHECK_EQ(head.status, 206);
    CHECK(head.has_length);
    CHECK_EQ(head.length, 7);
    CHECK(head.has_range);
    CHECK_EQ(head.range_first, 3);
    CHECK_EQ(head.range_total, 10);
    CHECK_TEXT(head.content_type, "image/png");
    CHECK_TEXT(head.etag, "\"a b\"");
    CHECK_TEXT(head.last_modified, "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK_TEXT(head.retry_after, "5");
    CHECK(!head.is_chunked && !head.is_encoded);
    check_row = "HTTP/2, and nothing complete";
    head = read_head("HTTP/2 200 \r\n");
    CHECK_EQ(head.status, 200);
    CHECK(!head.is_complete);
    check_row = "a 1xx is no answer";
    CHECK(!read_head("HTTP/1.1 103 Early Hints\r\n\r\n").is_complete);
}

static void test_bad_fields(void)
{
    static const struct {
        const char *line;
        bool has_length, has_range, is_chunked, is_encoded;
    } rows[] = {
        {"Content-Length: -1", false, false, false, false},
        {"Content-Length: 1x", false, false, false, false},
        {"Content-Length:", false, false, false, false},
        {"Content-Length: 99999999999999999999999", false, false, false, false},
        {"Content-Range: bytes */9", false, false, false, false},
        {"Content-Range: bytes */*", false, false, false, false},
        {"Content-Range: bytes", false, false, false, false},
        {"Content-Range: bytes 1-2/*", false, true, false, false},
        {"Content-Range: bytes 2-1/9", false, false, false, false},
        {"Content-Range: bytes 1-2/2", false, false, false, false},
        {"Content-Range: bytes 1-2", false, false, false, false},
        {"Content-Range: bytes 1-2/9 ,", false, false, false, false},
        {"Content-Range: lines 1-2/9", false, false, false, false},
        {"Content-Range: bytes", false, false, false, false},
        {"Transfer-Encoding: chunked", false, false, true, false},
        {"Content-Encoding: gzip", false, false, false, true},
        {"Content-Encoding: Identity", false, false, false, false},
        {"Content-Encoding: aws-chunked", false, false, false, false},
        {"ETag: W/\"weak\"", false, false, false, false},
        {"ETag: bare", false, false, false, false},
        {"no colon", false, false, false, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_reply_head head = {.status = 200};

        check_row = rows[i].line;
        lx_reply_head_line(&head, rows[i].line, strlen(rows[i].line));
        CHECK_EQ(head.has_length, rows[i].has_length);
        CHECK_EQ(head.has_range, rows[i].has_range);
        CHECK_EQ(head.is_chunked, rows[i].is_chunked);
        CHECK_EQ(head.is_encoded, rows[i].is_encoded);
        CHECK_TEXT(head.etag, "");
    }
    struct lx_reply_head head = {.status = 200};
    char line[400];
    memset(line, 'x', sizeof line);
    memcpy(line, "ETag: \"", 7);
    line[sizeof line - 1] = '"';
    check_row = "a validator too long";
    lx_reply_head_line(&head, line, sizeof line);
    CHECK_TEXT(head.etag, "");
}

#define A  "ETag: \"a\"\r\n"
#define LM "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"

/* Held: 5 bytes of 10, of "a" unless `validator` says otherwise. */
static const struct {
    const char *name;
    const char *validator;
    const char *head;
    enum lx_partial_verdict verdict;
    uint64_t bytes, total;
    const char *after; /* the validator afterwards */
} REST[] = {
    {"the rest", "\"a\"", "HTTP/1.1 206 X\r\nContent-Range: bytes 5-9/10\r\n" A,
     LX_PARTIAL_TAKE, 5, 10, "\"a\""},
    {"the rest, total unsaid", "\"a\"",
     "HTTP/1.1 206 X\r\nContent-Range: bytes 5-9/*\r\n", LX_PARTIAL_TAKE, 5, 10,
     "\"a\""},
    {"by date", "Sun, 06 Nov 1994 08:49:37 GMT",
     "HTTP/1.1 206 X\r\nContent-Range: bytes 5-9/10\r\n" A LM, LX_PARTIAL_TAKE,
     5, 10, "Sun, 06 Nov 1994 08:49:37 GMT"},
    {"wrong start", "\"a\"",
     "HTTP/1.1 206 X\r\nContent-Range: bytes 4-9/10\r\n", LX_PARTIAL_ANEW, 0, 0,
     ""},
    {"wrong total", "\"a\"",
     "HTTP/1.1 206 X\r\nContent-Range: bytes 5-9/11\r\n", LX_PARTIAL_ANEW, 0, 0,
     ""},
    {"another file", "\"a\"",
     "HTTP/1.1 206 X\r\nContent-Range: bytes 5-9/10\r\nETag: \"b\"\r\n",
     LX_PARTIAL_ANEW, 0, 0, ""},
    {"no range said", "\"a\"", "HTTP/1.1 206 X\r\n", LX_PARTIAL_ANEW, 0, 0, ""},
    {"several parts", "\"a\"",
     "HTTP/1.1 206 X\r\nContent-Range: bytes 5-9/10\r\n"
     "Content-Type: multipart/byteranges\r\n",
     LX_PARTIAL_ANEW, 0, 0, ""},
    {"not asked for", "", "HTTP/1.1 206 X\r\nContent-Range: bytes 5-9/10\r\n",
     LX_PARTIAL_ANEW, 0, 0, ""},
    {"all of it, new", "\"a\"",
     "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nETag: \"b\"\r\n",
     LX_PARTIAL_TAKE, 0, 12, "\"b\""},
    {"all of it, chunked", "\"a\"",
     "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nTransfer-Encoding: "
     "chunked\r\n" LM,
     LX_PARTIAL_TAKE, 0, 0, "Sun, 06 Nov 1994 08:49:37 GMT"},
    {"all of it, packed", "\"a\"",
     "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n" A,
     LX_PARTIAL_TAKE, 0, 0, ""},
    {"the rest, packed", "\"a\"",
     "HTTP/1.1 206 X\r\nContent-Encoding: gzip\r\n"
     "Content-Range: bytes 5-9/10\r\n" A,
     LX_PARTIAL_ANEW, 0, 0, ""},
    {"416, and all is here", "\"a\"",
     "HTTP/1.1 416 X\r\nContent-Range: bytes */5\r\n", LX_PARTIAL_ANEW, 0, 0,
     ""},
    {"416, and shorter now", "\"a\"",
     "HTTP/1.1 416 X\r\nContent-Range: bytes */4\r\n", LX_PARTIAL_ANEW, 0, 0,
     ""},
    {"416 and no more", "\"a\"", "HTTP/1.1 416 X\r\n", LX_PARTIAL_ANEW, 0, 0,
     ""},
    {"416, not asked for", "", "HTTP/1.1 416 X\r\n", LX_PARTIAL_REFUSED, 5, 10,
     ""},
};

static void test_rest(void)
{
    for (size_t i = 0; i < sizeof REST / sizeof *REST; i++) {
        struct lx_partial partial = {.bytes = 5, .total = 10};
        struct lx_reply_head head = read_head(REST[i].head);

        check_row = REST[i].name;
        snprintf(partial.validator, sizeof partial.validator, "%s",
                 REST[i].validator);
        CHECK_EQ(lx_partial_begin(&partial), REST[i].validator[0] != '\0');
        CHECK_EQ(lx_partial_judge(&partial, &head), REST[i].verdict);
        CHECK_EQ(partial.bytes, REST[i].bytes);
        CHECK_EQ(partial.total, REST[i].total);
        CHECK_TEXT(partial.validator, REST[i].after);
    }
}

/* Every pair of status and Content-Range, for a request for the rest (5 bytes
 * of 10 are held) and for a plain one: T takes from byte 5, A from byte 0, W
 * has the whole, N asks anew, - refuses. */
static void test_pairs(void)
{
    static const struct {
        const char *range;
        const char *rest;  /* 200, 206, 416 */
        const char *plain; /* the same */
    } rows[] = {
        {NULL, "ANN", "AN-"},
        {"bytes 5-9/10", "NTN", "NN-"},
        {"Bytes 5-9/10", "NTN", "NN-"},
        {"bytes 5-9/*", "NTN", "NN-"},
        {"bytes 5-6/10", "NTN", "NN-"},  /* a piece of the rest */
        {"bytes 4-9/10", "NNN", "NN-"},  /* earlier */
        {"bytes 6-9/10", "NNN", "NN-"},  /* later */
        {"bytes 0-9/10", "ANN", "AA-"},  /* all of it */
        {"bytes 0-4/10", "ANN", "AA-"},  /* its beginning */
        {"bytes 5-9/11", "NNN", "NN-"},  /* of another file */
        {"bytes 0-10/11", "ANN", "AA-"}, /* another file */
        {"bytes 0-9/*", "ANN", "AN-"},
        {"bytes */10", "NNN", "AN-"},
        {"bytes */5", "NNN", "AN-"},
        {"bytes */*", "NNN", "AN-"},
        {"bytes 9-5/10", "NNN", "AN-"}, /* malformed from here on */
        {"bytes 5-9", "NNN", "AN-"},
        {"lines 5-9/10", "NNN", "AN-"},
        {"5-9/10", "NNN", "AN-"},
        {"", "NNN", "AN-"},
    };
    static const int statuses[] = {200, 206, 416};
    static char row[80]; /* check_row keeps it */

    check_row = row;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int s = 0; s < 3; s++)
            for (int is_plain = 0; is_plain < 2; is_plain++) {
                struct lx_partial partial = {.bytes = is_plain ? 0 : 5,
                                             .total = is_plain ? 0 : 10,
                                             .validator = "\"a\""};
                char text[200], line[80] = "", seen = '-';

                snprintf(row, sizeof row, "%d, %s, %s", statuses[s],
                         rows[i].range ? rows[i].range : "absent",
                         is_plain ? "plain" : "the rest");
                if (rows[i].range)
                    snprintf(line, sizeof line, "Content-Range: %s\r\n",
                             rows[i].range);
                snprintf(text, sizeof text, "HTTP/1.1 %d X\r\n%s\r\n",
                         statuses[s], line);
                struct lx_reply_head head = read_head(text);
                (void)lx_partial_begin(&partial);
                enum lx_partial_verdict verdict =
                    lx_partial_judge(&partial, &head);
                if (verdict == LX_PARTIAL_TAKE)
                    seen = partial.bytes > 0 ? 'T' : 'A';
                else if (verdict == LX_PARTIAL_WHOLE)
                    seen = 'W';
                else if (verdict == LX_PARTIAL_ANEW)
                    seen = 'N';
                CHECK_EQ(seen, (is_plain ? rows[i].plain : rows[i].rest)[s]);
                CHECK(seen == 'T' || partial.bytes == 0 || seen == '-');
            }
}

/* A body that is not as long as its range is not to be trusted. */
static void test_lengths(void)
{
    static const struct {
        const char *lines;
        enum lx_partial_verdict verdict;
    } rows[] = {
        {"Content-Length: 5\r\n", LX_PARTIAL_TAKE},
        {"Content-Length: 10\r\n", LX_PARTIAL_ANEW},
        {"Content-Length: 4\r\n", LX_PARTIAL_ANEW},
        {"Content-Length: 10\r\nTransfer-Encoding: chunked\r\n",
         LX_PARTIAL_TAKE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_partial partial = {
            .bytes = 5, .total = 10, .validator = "\"a\""};
        char text[200];

        check_row = rows[i].lines;
        snprintf(text, sizeof text,
                 "HTTP/1.1 206 X\r\nContent-Range: bytes 5-9/10\r\n%s\r\n",
                 rows[i].lines);
        struct lx_reply_head head = read_head(text);
        CHECK(lx_partial_begin(&partial));
        CHECK_EQ(lx_partial_judge(&partial, &head), rows[i].verdict);
    }
    check_row = "a 200 that is only a beginning";
    struct lx_partial partial = {0};
    struct lx_reply_head head =
        read_head("HTTP/1.1 200 X\r\nContent-Length: 5"
                  "\r\nContent-Range: bytes 0-4/10\r\n");
    CHECK_EQ(lx_partial_judge(&partial, &head), LX_PARTIAL_TAKE);
    CHECK_EQ(partial.total, 10);
}

static void test_end_of_unknown_length(void)
{
    struct lx_partial partial = {.bytes = 5, .validator = "\"a\""};
    struct lx_reply_head head =
        read_head("HTTP/1.1 416 X\r\nContent-Range: bytes */5\r\n\r\n");

    check_row = "416 for a file of unknown length";
    CHECK(lx_partial_begin(&partial));
    CHECK_EQ(lx_partial_judge(&partial, &head), LX_PARTIAL_WHOLE);
}

static void test_statuses(void)
{
    static const struct {
        int status;
        enum lx_partial_verdict verdict;
        enum lx_kind kind;
    } rows[] = {
        {301, LX_PARTIAL_REDIRECT, LX_KIND_DOWNLOAD},
        {303, LX_PARTIAL_REDIRECT, LX_KIND_DOWNLOAD},
        {308, LX_PARTIAL_REDIRECT, LX_KIND_DOWNLOAD},
        {300, LX_PARTIAL_REFUSED, LX_KIND_DOWNLOAD},
        {304, LX_PARTIAL_REFUSED, LX_KIND_DOWNLOAD},
        {202, LX_PARTIAL_LATER, LX_KIND_DOWNLOAD},
        {204, LX_PARTIAL_REFUSED, LX_KIND_DOWNLOAD},
        {400, LX_PARTIAL_REFUSED, LX_KIND_EXPIRED},
        {401, LX_PARTIAL_REFUSED, LX_KIND_EXPIRED},
        {403, LX_PARTIAL_REFUSED, LX_KIND_EXPIRED},
        {404, LX_PARTIAL_REFUSED, LX_KIND_EXPIRED},
        {410, LX_PARTIAL_REFUSED, LX_KIND_EXPIRED},
        {451, LX_PARTIAL_REFUSED, LX_KIND_DOWNLOAD},
        {408, LX_PARTIAL_LATER, LX_KIND_SERVER},
        {425, LX_PARTIAL_LATER, LX_KIND_SERVER},
        {429, LX_PARTIAL_LATER, LX_KIND_RATE_LIMITED},
        {500, LX_PARTIAL_LATER, LX_KIND_SERVER},
        {524, LX_PARTIAL_LATER, LX_KIND_SERVER},
        {999, LX_PARTIAL_REFUSED, LX_KIND_DOWNLOAD},
    };

    check_row = "statuses";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_partial partial = {.bytes = 5};
        struct lx_reply_head head = {.status = rows[i].status};

        CHECK_EQ(lx_partial_judge(&partial, &head), rows[i].verdict);
        CHECK_EQ(lx_partial_kind(rows[i].status), rows[i].kind);
        CHECK_EQ(partial.bytes, 5);
    }
}

/* Whatever is refused may be the range, or its condition. */
static void test_refused_rest(void)
{
    static const int anew[] = {204, 300, 304, 405, 412, 417, 451, 999};
    static const int refused[] = {400, 403, 404, 410};

    for (size_t i = 0; i < sizeof anew / sizeof *anew; i++) {
        struct lx_partial partial = {
            .bytes = 5, .total = 10, .validator = "\"a\""};
        struct lx_reply_head head = {.status = anew[i]};

        check_row = "a rest that is refused";
        CHECK(lx_partial_begin(&partial));
        CHECK_EQ(lx_partial_judge(&partial, &head), LX_PARTIAL_ANEW);
        CHECK_EQ(partial.bytes, 0);
        CHECK(!lx_partial_begin(&partial));
        CHECK_EQ(lx_partial_judge(&partial, &head), LX_PARTIAL_REFUSED);
    }
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct lx_partial partial = {
            .bytes = 5, .total = 10, .validator = "\"a\""};
        struct lx_reply_head head = {.status = refused[i]};

        check_row = "a dead URL";
        CHECK(lx_partial_begin(&partial));
        CHECK_EQ(lx_partial_judge(&partial, &head), LX_PARTIAL_REFUSED);
    }
}

static void test_going_on(void)
{
    struct lx_partial partial = {0};

    check_row = "without progress";
    CHECK(lx_partial_may_go_on(&partial, 3));
    CHECK(lx_partial_may_go_on(&partial, 3));
    CHECK(!lx_partial_may_go_on(&partial, 3));
    check_row = "progress begins anew";
    partial.bytes = 5;
    CHECK(lx_partial_may_go_on(&partial, 3));
    CHECK_EQ(partial.failures, 0);
    check_row = "the same bytes once more are none";
    CHECK(lx_partial_may_go_on(&partial, 3));
    partial.bytes = 0;
    CHECK(lx_partial_may_go_on(&partial, 3));
    partial.bytes = 5;
    CHECK(!lx_partial_may_go_on(&partial, 3));
    check_row = "a cap on all";
    partial = (struct lx_partial){0};
    int tries = 0;
    do {
        CHECK(!lx_partial_begin(&partial));
        partial.bytes++;
        tries++;
    } while (lx_partial_may_go_on(&partial, 3) && tries < 1000);
    CHECK_EQ(tries, LX_PARTIAL_TRIES_MAX);
}

int main(void)
{
    test_head();
    test_bad_fields();
    test_rest();
    test_pairs();
    test_lengths();
    test_end_of_unknown_length();
    test_statuses();
    test_refused_rest();
    test_going_on();
    return check_report("partial");
}
