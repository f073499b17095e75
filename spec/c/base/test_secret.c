/* The key out of what services say: whole, its ends, and nothing else. */
#include "base/secret.h"

#include "../check.h"

#define KEY "qk-Zx81mWpQ0rT5vBn2"

static void test_texts(void)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", ""},
        {"no such model", "no such model"},
        {KEY, "***"},
        {"key " KEY " is unknown", "key *** is unknown"},
        {"'" KEY "','" KEY "'", "'***','***'"},
        {"Bearer " KEY KEY, "Bearer ******"},
        {"it begins with qk-Zx8 and ends with vBn2", /* six are a piece */
         "it begins with *** and ends with vBn2"},
        {"qk-Z***vBn2", "*********"},
        {"qk-Z****", "*******"},
        {"qk-\xE2\x80\xA6"
         "Bn2",
         "***\xE2\x80\xA6***"},
        {"Bn *** qk", "Bn *** qk"}, /* too little to be told from words */
        {"T5vBn", "T5vBn"},
        {"T5vBn2", "***"},
        {"\xE4\xBD\xA0" KEY "\xE4\xBD\xA0", "\xE4\xBD\xA0***\xE4\xBD\xA0"},
    };
    char text[128];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row = rows[i].text;
        strcpy(text, rows[i].text);
        lx_secret_mask(text, KEY);
        CHECK_TEXT(text, rows[i].want);
    }
}

static void test_bytes(void)
{
    static const char body[] = "\xFF\0" KEY "\0 end";
    char text[64];

    check_row = "a NUL ends nothing";
    memcpy(text, body, sizeof body);
    CHECK_EQ(lx_secret_mask_bytes(text, sizeof body - 1, KEY),
             sizeof "\xFF\0***\0 end" - 1);
    CHECK(memcmp(text, "\xFF\0***\0 end", sizeof "\xFF\0***\0 end") == 0);
}

static void test_whole(void)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", ""},
        {KEY, "***"},
        {"{\"model\":\"" KEY "\",\"x\":\"" KEY KEY "\"}",
         "{\"model\":\"***\",\"x\":\"******\"}"},
    };
    char text[256], part[] = KEY;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row = rows[i].text;
        strcpy(text, rows[i].text);
        lx_secret_mask_whole(text, KEY);
        CHECK_TEXT(text, rows[i].want);
    }
    check_row = "a part stays";
    part[sizeof part - 2] = '\0';
    strcpy(text, part);
    lx_secret_mask_whole(text, KEY);
    CHECK_TEXT(text, part);
    lx_secret_mask_whole(NULL, KEY);
    lx_secret_mask_whole(text, "");
}

static void test_odd_arguments(void)
{
    char text[] = "a key of one letter masks nothing";

    check_row = "odd";
    lx_secret_mask(NULL, KEY);
    lx_secret_mask(text, "a");
    lx_secret_mask(text, "");
    CHECK_TEXT(text, "a key of one letter masks nothing");
}

int main(void)
{
    test_texts();
    test_bytes();
    test_whole();
    test_odd_arguments();
    return check_report("secret");
}
