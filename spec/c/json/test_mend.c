/* The mender: what it makes of what is nearly JSON, and what it refuses. */
#include "json/mend.h"

#include <stdlib.h>

#include "../check.h"

struct row {
    const char *text;
    const char *whole; /* with LX_MEND_WHOLE; NULL: refused */
    const char *start; /* with LX_MEND_START; NULL: as the other */
    bool is_cut;
};

static void check_mended(const struct row *row, enum lx_mend_extent extent)
{
    const char *want =
        extent == LX_MEND_START && row->start ? row->start : row->whole;
    struct lx_mended mended;
    struct lx_json root;
    bool is_mended =
        lx_json_mend(row->text, strlen(row->text), extent, &mended);

    check_row = row->text;
    CHECK_EQ(is_mended, want != NULL);
    if (!is_mended || !want) {
        CHECK(mended.text == NULL);
        return;
    }
    CHECK_BYTES(mended.text, mended.length, want, strlen(want));
    CHECK_EQ(mended.is_cut, row->is_cut);
    CHECK(mended.used <= strlen(row->text));
    CHECK(lx_json_parse(mended.text, mended.length, &root, NULL));
    free(mended.text);
}

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check_mended(&rows[i], LX_MEND_WHOLE);
        check_mended(&rows[i], LX_MEND_START);
    }
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof rows / sizeof *rows)

static void test_strict_stays(void)
{
    static const struct row rows[] = {
        {"{}", "{}", NULL, false},
        {" [ ] \r\n", " [ ] \r\n", NULL, false},
        {"{ \"a\" : [ 1 , 2.5e-3 ,null ] , \"b\":true }\t",
         "{ \"a\" : [ 1 , 2.5e-3 ,null ] , \"b\":true }\t", NULL, false},
        {"[\"\\u0000\\ud83d\\uDE00\\/ \x7F \xE4\xBD\xA0\"]",
         "[\"\\u0000\\ud83d\\uDE00\\/ \x7F \xE4\xBD\xA0\"]", NULL, false},
        {"\"text\"", "\"text\"", NULL, false},
        {"-12.5", "-12.5", NULL, false},
        {" false ", " false ", NULL, false},
    };

    CHECK_ROWS(rows);
}

static void test_outside_of_strings(void)
{
    static const struct row rows[] = {
        {"\xEF\xBB\xBF{}", "{}", NULL, false},
        {"\xEF\xBB\xBF\r\n{\"a\":1}", "\r\n{\"a\":1}", NULL, false},
        {"[NaN,Infinity,-Infinity,-NaN]", "[null,null,null,null]", NULL, false},
        {"{\"a\":NaN }", "{\"a\":null }", NULL, false},
        /* commas */
        {"[1,]", "[1]", NULL, false},
        {"[1 , , ,2,,]", "[1 ,  2]", NULL, false},
        {"[,]", "[]", NULL, false},
        {"{,\"a\":1,,\"b\":2, }", "{\"a\":1,\"b\":2}", NULL, false},
        /* comments */
        {"// a\n{/* b */\"a\"/**/:// c\n1/* , */}", "\n{\"a\":\n1}", NULL,
         false},
        {"[1/*]*/]", "[1]", NULL, false},
        {"{} /* never closed", "{} ", NULL, false},
        {"[1/2]", NULL, "[]", true},
        /* what follows */
        {"{\"a\":1}x", "{\"a\":1}", NULL, false},
        {"{\"a\":1}\r\n{\"a\":2}", "{\"a\":1}\r\n", NULL, false},
        {"[1]]", "[1]", NULL, false},
        {"{}\x80\x01", "{}", NULL, false},
    };

    CHECK_ROWS(rows);
}

static void test_strings(void)
{
    static const struct row rows[] = {
        {"[\"a\nb\tc\x01\x1F\"]", "[\"a\\u000ab\\u0009c\\u0001\\u001f\"]", NULL,
         false},
        {"{\"a\nb\":1}", "{\"a\\u000ab\":1}", NULL, false},
        {"[\"\xB3\xC9\xB9\xA6\"]", "[\"\xEF\xBF\xBD\xC9\xB9\xEF\xBF\xBD\"]",
         NULL, false},
        {"[\"\xFF\xE4\xBD\xA0\xE4\"]",
         "[\"\xEF\xBF\xBD\xE4\xBD\xA0\xEF\xBF\xBD\"]", NULL, false},
        /* the second byte of a character in GBK is a backslash */
        {"{\"m\":\"\x95\x5C\",\"i\":1}", "{\"m\":\"\xEF\xBF\xBD\",\"i\":1}",
         NULL, false},
        {"{\"m\":\"\x95\x5C\"\r\n }", "{\"m\":\"\xEF\xBF\xBD\"\r\n }", NULL,
         false},
        {"[\"\x95\\\xB3\x20\"]", "[\"\xEF\xBF\xBD\\\\\xEF\xBF\xBD \"]", NULL,
         false},
        /* whole characters before an escaped quote, as in JSON in a string */
        {"[\"{\\\"m\\\":\\\"\xB3\xC9\\\",\\\"u\\\":1}\"]",
         "[\"{\\\"m\\\":\\\"\xEF\xBF\xBD\xEF\xBF\xBD\\\",\\\"u\\\":1}\"]", NULL,
         false},
        {"{\"m\":\"\xB3\xFA\x95\x5C\",\"i\":1}",
         "{\"m\":\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\",\"i\":1}", NULL,
         false},
        {"[\"{\\\"m\\\":\\\"caf\xE9\\\",\\\"u\\\":1}\"]",
         "[\"{\\\"m\\\":\\\"caf\xEF\xBF\xBD\\\",\\\"u\\\":1}\"]", NULL, false},
        /* Latin-1 before an escaped quote */
        {"[\"caf\xE9\\\" x\"]", "[\"caf\xEF\xBF\xBD\\\" x\"]", NULL, false},
        {"[\"\\ud83d\",\"\\ude00\\n\",\"\\ud83d\\ud83d\\ude00\"]",
         "[\"\\ufffd\",\"\\ufffd\\n\",\"\\ufffd\\ud83d\\ude00\"]", NULL, false},
        {"[\"\\ud83d\\u0041\"]", "[\"\\ufffd\\u0041\"]", NULL, false},
        {"[\"C:\\dir\\u12\"]", "[\"C:\\\\dir\\\\u12\"]", NULL, false},
        {"\"a\nb\"", "\"a\\u000ab\"", NULL, false},
    };

    CHECK_ROWS(rows);
}

/* Cut off or broken: never part of a value. */
static void test_ends(void)
{
    static const struct row rows[] = {
        {"{\"a\":{\"b\":\"c\"}", "{\"a\":{\"b\":\"c\"}}", NULL, true},
        {"{\"a\":[{\"b\":true", "{\"a\":[{\"b\":true}]}", NULL, true},
        {"[[1]\n", "[[1]]", NULL, true},
        {"[1,2", NULL, "[1]", true},
        {"[1,2,", NULL, "[1,2]", true},
        {"[", NULL, "[]", true},
        {"{\"a\"", NULL, "{}", true},
        {"{\"a\":", NULL, "{}", true},
        {"{\"a\":1 ", "{\"a\":1 }", NULL, true},
        {"{\"a\":\"b", NULL, "{}", true},
        {"{\"a\":1,\"b\":\"c", NULL, "{\"a\":1}", true},
        {"{\"a\":1,\"b\":{\"c\":\"d", NULL, "{\"a\":1,\"b\":{}}", true},
        {"{\"a\":tru", NULL, "{}", true},
        {"{\"a\":-", NULL, "{}", true},
        {"{\"a\":1}", "{\"a\":1}", NULL, false},
        /* broken */
        {"{\"a\":1 \"b\":2}", NULL, "{}", true},
        {"{\"a\":\"b\"c\"}", NULL, "{}", true},
        {"{\"a\":{\"b\":1}<html>", NULL, "{\"a\":{\"b\":1}}", true},
        {"{\"a\":12x}", NULL, "{}", true},
        {"{\"a\":01}", NULL, "{}", true},
        {"[1}", NULL, "[1]", true},
        {"{'a':1}", NULL, "{}", true},
        {"[truefalse]", NULL, "[]", true},
    };

    CHECK_ROWS(rows);
}

static void test_refused(void)
{
    static const struct row rows[] = {
        {"", NULL, NULL, false},
        {"  ", NULL, NULL, false},
        {"\xEF\xBB\xBF", NULL, NULL, false},
        {"upstream timeout", NULL, NULL, false},
        {"<html>", NULL, NULL, false},
        {"12 monkeys", NULL, NULL, false},
        {"\"text\" more", NULL, NULL, false},
        {"true,", NULL, NULL, false},
        {"\"never closed", NULL, NULL, false},
        {"/* {} */", NULL, NULL, false},
        {"]", NULL, NULL, false},
    };
    struct lx_mended mended;

    CHECK_ROWS(rows);
    CHECK(!lx_json_mend(NULL, 0, LX_MEND_START, &mended));
}

static void test_depth(void)
{
    char text[2 * LX_JSON_DEPTH_MAX];
    struct lx_mended mended;

    check_row = "depth";
    memset(text, '[', sizeof text);
    text[LX_JSON_DEPTH_MAX] = ']';
    CHECK(lx_json_mend(text, LX_JSON_DEPTH_MAX + 1, LX_MEND_WHOLE, &mended));
    CHECK_EQ(mended.length, 2 * LX_JSON_DEPTH_MAX);
    free(mended.text);
    text[LX_JSON_DEPTH_MAX] = '[';
    CHECK(!lx_json_mend(text, sizeof text, LX_MEND_WHOLE, &mended));
    CHECK(lx_json_mend(text, sizeof text, LX_MEND_START, &mended));
    CHECK_EQ(mended.length, 2 * LX_JSON_DEPTH_MAX);
    CHECK(mended.is_cut);
    free(mended.text);
}

/* The worst growth there is, and every byte of it used. */
static void test_growth(void)
{
    enum { LENGTH = 100000 };
    char *text = malloc(LENGTH);
    struct lx_mended mended;

    check_row = "growth";
    memset(text, '\x01', LENGTH);
    text[0] = text[LENGTH - 1] = '"';
    CHECK(lx_json_mend(text, LENGTH, LX_MEND_WHOLE, &mended));
    CHECK_EQ(mended.length, 6 * (LENGTH - 2) + 2);
    CHECK_EQ(mended.used, LENGTH);
    free(mended.text);
    free(text);
}

/* In UTF-16 with the higher byte first; behind a byte order mark or not. */
static size_t widen(const char *text, bool is_marked, char *out)
{
    size_t length = 0;

    if (is_marked) {
        out[length++] = '\xFE';
        out[length++] = '\xFF';
    }
    for (; *text; text++) {
        out[length++] = '\0';
        out[length++] = *text;
    }
    return length;
}

static void swap_bytes(char *text, size_t length)
{
    for (size_t i = 0; i + 1 < length; i += 2) {
        char byte = text[i];
        text[i] = text[i + 1];
        text[i + 1] = byte;
    }
}

static void check_utf16(const char *text, size_t length, const char *want)
{
    struct lx_mended mended;

    CHECK(lx_json_mend(text, length, LX_MEND_WHOLE, &mended));
    CHECK_BYTES(mended.text, mended.length, want, strlen(want));
    CHECK_EQ(mended.used, length);
    free(mended.text);
}

static void test_utf16(void)
{
    static const char text[] = "{\"a\":[NaN,\"b\"],}";
    static const char want[] = "{\"a\":[null,\"b\"]}";
    static const char broad[] =
        "[\0\"\0\x60\x4F\x3D\xD8\x00\xDE\x00\xD8\xE9\0\"\0]\0";
    char wide[64];
    size_t length;

    for (int is_marked = 0; is_marked < 2; is_marked++) {
        length = widen(text, is_marked, wide);
        check_utf16(wide, length, want);
        swap_bytes(wide, length);
        check_utf16(wide, length, want);
    }
    check_utf16(broad, sizeof broad - 1,
                "[\"\xE4\xBD\xA0\xF0\x9F\x98\x80\xEF\xBF\xBD\xC3\xA9\"]");
}

/* Nobody reads what follows there, so it is not left out. */
static void test_utf16_refused(void)
{
    struct lx_mended mended;
    char wide[64];
    size_t length = widen("{\"a\":1}{\"a\":2}", true, wide);

    CHECK(!lx_json_mend(wide, length, LX_MEND_WHOLE, &mended));
    CHECK(mended.text == NULL);
    length = widen("{\"a\":\"b", true, wide);
    CHECK(!lx_json_mend(wide, length, LX_MEND_WHOLE, &mended));
    CHECK(lx_json_mend(wide, length - 1, LX_MEND_START, &mended));
    CHECK_BYTES(mended.text, mended.length, "{}", 2);
    free(mended.text);
}

int main(void)
{
    test_strict_stays();
    test_outside_of_strings();
    test_strings();
    test_ends();
    test_refused();
    test_depth();
    test_growth();
    test_utf16();
    test_utf16_refused();
    return check_report("mend");
}
