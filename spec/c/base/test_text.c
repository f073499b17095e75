/* Texts made safe to show, and searched. */
#include "base/text.h"

#include <stdlib.h>

#include "../check.h"

static void test_character(void)
{
    static const struct {
        const char *text;
        size_t length, want;
    } rows[] = {
        {"", 0, 0},
        {"\0", 1, 1},
        {"a", 1, 1},
        {"\x7F", 1, 1},
        {"\x80", 1, 0},
        {"\xBF", 1, 0},
        {"\xC0\x80", 2, 0}, /* overlong NUL */
        {"\xC1\xBF", 2, 0},
        {"\xC2\x80", 2, 2},
        {"\xC2", 1, 0},
        {"\xC2\x28", 2, 0},
        {"\xDF\xBF", 2, 2},
        {"\xE0\x9F\xBF", 3, 0}, /* overlong */
        {"\xE0\xA0\x80", 3, 3},
        {"\xE4\xBD\xA0", 3, 3},
        {"\xE4\xBD\xA0", 2, 0},
        {"\xE4\xBD\x28", 3, 0},
        {"\xED\x9F\xBF", 3, 3},
        {"\xED\xA0\x80", 3, 0}, /* surrogate */
        {"\xEF\xBF\xBF", 3, 3},
        {"\xF0\x8F\xBF\xBF", 4, 0}, /* overlong */
        {"\xF0\x90\x80\x80", 4, 4},
        {"\xF3\xA0\x80\x80", 4, 4},
        {"\xF4\x8F\xBF\xBF", 4, 4},
        {"\xF4\x90\x80\x80", 4, 0}, /* beyond U+10FFFF */
        {"\xF5\x80\x80\x80", 4, 0},
        {"\xFF", 1, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_EQ(lx_text_character(rows[i].text, rows[i].length), rows[i].want);
}

static void test_copy(void)
{
    static const struct {
        const char *text;
        size_t capacity;
        const char *want;
    } rows[] = {
        {"", 8, ""},
        {"abc", 4, "abc"},
        {"abc", 3, "ab"},
        {"abc", 1, ""},
        {"a\r\nb\tc", 16, "a  b c"},
        {"a\x7F", 16, "a "},
        {"\xC2\x9B[31m", 16, " [31m"}, /* C1: a terminal's CSI */
        {"\xC2\xA0", 16, "\xC2\xA0"},
        {"你好", 7, "你好"},
        {"你好", 6, "你"},
        {"你好", 4, "你"},
        {"你好", 3, ""},
        {"\xE4\xBD", 16, "??"},
        {"a\xFF"
         "b",
         16, "a?b"},
    };
    char out[16], same[] = "x\nyz";

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        memset(out, 'X', sizeof out);
        CHECK_EQ(lx_text_copy(out, rows[i].capacity, rows[i].text,
                              strlen(rows[i].text)),
                 strlen(rows[i].want));
        CHECK_TEXT(out, rows[i].want);
    }
    out[0] = 'X';
    CHECK_EQ(lx_text_copy(out, 0, "abc", 3), 0);
    CHECK_EQ(out[0], 'X');
    lx_text_copy(out, sizeof out, "a\0b", 3);
    CHECK_TEXT(out, "a b");
    lx_text_copy(same, sizeof same, same, 4);
    CHECK_TEXT(same, "x yz");
}

static void test_search(void)
{
    static const char text[] = "No Credit, no QUOTA";
    size_t length = sizeof text - 1;

    CHECK(lx_text_starts(text, length, "no credit"));
    CHECK(lx_text_starts(text, length, ""));
    CHECK(!lx_text_starts(text, 2, "no "));
    CHECK(lx_text_find(text, length, "quota") == text + 14);
    CHECK(lx_text_find(text, length - 1, "quota") == NULL);
    CHECK(lx_text_find(text, length, "额度") == NULL);
    CHECK(lx_text_find("", 0, "a") == NULL);
    CHECK(lx_text_find(NULL, 0, "a") == NULL);
}

static void test_first(void)
{
    CHECK_EQ(lx_text_first(" \r\n{", 4), '{');
    CHECK_EQ(lx_text_first("\xEF\xBB\xBF <", 5), '<');
    CHECK_EQ(lx_text_first(" \t", 2), '\0');
    CHECK_EQ(lx_text_first(NULL, 0), '\0');
    CHECK_EQ(lx_text_first("\xEF\xBB\xBF", 2), '\xEF');
    CHECK(lx_text_is_white('\v') && !lx_text_is_white('\0'));
}

static void test_duplicate(void)
{
    char *text = lx_text_duplicate("a\0b and more", 3);

    CHECK_BYTES(text, 4, "a\0b", 4);
    free(text);
    text = lx_text_duplicate("", 0);
    CHECK_TEXT(text, "");
    free(text);
}

int main(void)
{
    test_character();
    test_copy();
    test_search();
    test_first();
    test_duplicate();
    return check_report("text");
}
