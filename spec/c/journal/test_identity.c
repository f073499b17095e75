/* Which requests are the same and which are not. */
#include "journal/identity.h"

#include <stdlib.h>

#include "../check.h"

static int is_same(const char *a, const char *b)
{
    unsigned char first[LX_IDENTITY_BYTES], second[LX_IDENTITY_BYTES];

    CHECK(lx_identity_of(a, strlen(a), first));
    CHECK(lx_identity_of(b, strlen(b), second));
    return memcmp(first, second, sizeof first) == 0;
}

static void test_same(void)
{
    static const char *const ROWS[][2] = {
        {"{\"a\":1,\"b\":2}", " { \"b\" : 2 ,\n\"a\" : 1 } "},
        {"{\"n\":1}", "{\"n\":1.0}"},
        {"{\"n\":1}", "{\"n\":10e-1}"},
        {"{\"n\":1500}", "{\"n\":1.5E+3}"},
        {"{\"n\":0}", "{\"n\":-0.000}"},
        {"{\"n\":0}", "{\"n\":0e7}"},
        {"{\"n\":0.25}", "{\"n\":0.2500}"},
        {"{\"n\":12345678901234567890123}", "{\"n\":1.2345678901234567890123"
                                            "e22}"},
        {"{\"n\":-3}", "{\"n\":-3.0e00}"},
        {"{\"p\":\"a\\u0062c\\/\"}", "{\"\\u0070\":\"abc/\"}"},
        {"{\"p\":\"\\ud83d\\ude00\"}", "{\"p\":\"\xF0\x9F\x98\x80\"}"},
        {"{\"a\":1,\"a\":2}", "{\"a\":2}"},
        {"{\"a\":9,\"b\":0,\"a\":2}", "{\"a\":2,\"b\":0}"},
        {"{\"input\":{},\"callBackUrl\":\"https://a/1\"}", "{\"input\":{}}"},
        {"{\"i\":{\"x\":[1,{\"c\":3,\"d\":4}]}}",
         "{\"i\":{\"x\":[1.0,{\"d\":4e0,\"c\":3}]}}"},
        {"{}", "{ }"},
        {"{\"p\":\"data:image/png;base64,iVBORw==\"}",
         "{\"p\":\"DATA:;base64,iVBO\\u0052w\"}"},
        {"{\"p\":\"data:image/png;base64,iVBORw==\"}",
         "{\"p\":\"sha256:0f4636c78f65d3639ece5a064b5ae753e3408614a14fb18ab4d75"
         "40d2c248543\"}"},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        check_row = ROWS[i][1];
        CHECK(is_same(ROWS[i][0], ROWS[i][1]));
    }
}

static void test_others(void)
{
    static const char *const ROWS[][2] = {
        {"{\"n\":1}", "{\"n\":10}"},
        {"{\"n\":1}", "{\"n\":\"1\"}"},
        {"{\"n\":1}", "{\"n\":-1}"},
        {"{\"n\":1}", "{\"n\":true}"},
        {"{\"n\":null}", "{}"},
        {"{\"n\":null}", "{\"n\":false}"},
        {"{\"n\":0.1}", "{\"n\":0.10000000000000001}"},
        {"{\"n\":9007199254740993}", "{\"n\":9007199254740992}"},
        {"{\"n\":1e9999999999999999}", "{\"n\":1e9999999999999998}"},
        {"{\"n\":[1,2]}", "{\"n\":[2,1]}"},
        {"{\"n\":[1,2]}", "{\"n\":[12]}"},
        {"{\"n\":[[1],2]}", "{\"n\":[[1,2]]}"},
        {"{\"n\":[]}", "{\"n\":{}}"},
        {"{\"a\":\"bc\"}", "{\"ab\":\"c\"}"},
        {"{\"a\":1,\"a\":2}", "{\"a\":1}"},
        {"{\"input\":{\"callBackUrl\":\"x\"}}", "{\"input\":{}}"},
        {"{\"p\":\"A\"}", "{\"p\":\"a\"}"},
        {"{\"p\":\"a\\u0000b\"}", "{\"p\":\"a\"}"},
        {"{\"p\":\"data:,AAAA\"}", "{\"p\":\"data:;base64,AAAA\"}"},
        {"{\"p\":\"data:;base64,AAAA\"}", "{\"p\":\"data:;base64,AAAB\"}"},
        {"{\"p\":\"data:;base64,a b!\"}", "{\"p\":\"data:;base64,ab!\"}"},
        {"{\"p\":\"data:;base64,AAAA\\u0000\"}",
         "{\"p\":\"data:;base64,AAAA\"}"},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        check_row = ROWS[i][1];
        CHECK(!is_same(ROWS[i][0], ROWS[i][1]));
    }
}

static void test_what_is_none(void)
{
    unsigned char out[LX_IDENTITY_BYTES];

    check_row = "no JSON";
    CHECK(!lx_identity_of("", 0, out));
    CHECK(!lx_identity_of("{", 1, out));
    CHECK(!lx_identity_of("{\"a\":01}", 8, out));
}

/* Each store keeps these: they never change. */
static void test_is_stable(void)
{
    static const char TEXT[] =
        "{\"model\":\"z-image\",\"input\":{\"prompt\":\"a cat\",\"n\":1.5}}";
    unsigned char out[LX_IDENTITY_BYTES];
    char hex[9];

    check_row = "stable";
    CHECK(lx_identity_of(TEXT, strlen(TEXT), out));
    snprintf(hex, sizeof hex, "%02x%02x%02x%02x", out[0], out[1], out[2],
             out[3]);
    CHECK_TEXT(hex, "148249aa");
}

int main(void)
{
    test_same();
    test_others();
    test_what_is_none();
    test_is_stable();
    return check_report("identity");
}
