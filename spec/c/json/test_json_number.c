/* The numbers of JSON as integers and doubles. */
#include "json/json.h"

#include <math.h>
#include <stdlib.h>

#include "../check.h"

static struct lx_json number(const char *text)
{
    struct lx_json value = {0};

    check_row = text;
    CHECK(lx_json_parse(text, strlen(text), &value, NULL));
    return value;
}

static void test_integers(void)
{
    static const struct {
        const char *text;
        bool is_integer;
        int64_t want;
    } rows[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"0.000", true, 0},
        {"0e999999999999999999999", true, 0},
        {"15000", true, 15000},
        {"15000.0", true, 15000},
        {"15e3", true, 15000},
        {"1.5E4", true, 15000},
        {"150000e-1", true, 15000},
        {"-1777600015000", true, -INT64_C(1777600015000)},
        {"9223372036854775807", true, INT64_MAX},
        {"9223372036854775808", false, 0},
        {"-9223372036854775808", true, INT64_MIN},
        {"-9223372036854775809", false, 0},
        {"9223372036854775807.0000000000000000000000", true, INT64_MAX},
        {"9223372036854775807.0000000000000000000001", false, 0},
        {"92233720368547758070e-1", true, INT64_MAX},
        {"1e18", true, INT64_C(1000000000000000000)},
        {"1e19", false, 0},
        {"10000000000000000000", false, 0},
        {"99999999999999999999999999", false, 0},
        {"1000000000000000000000000e-24", true, 1},
        {"0.00000000000000000000000000001e29", true, 1},
        {"1.5", false, 0},
        {"1e-1", false, 0},
        {"1e-99999999999999999999", false, 0},
        {"1e99999999999999999999", false, 0},
        {"\"1\"", false, 0},
        {"null", false, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t got = 0;

        CHECK_EQ(lx_json_int64(number(rows[i].text), &got), rows[i].is_integer);
        CHECK_EQ(got, rows[i].want);
    }
}

/* The C library's strtod, in the C locale, is right to the last bit. */
static void test_doubles(void)
{
    static const struct {
        const char *text;
        bool is_exact; /* else a few units of the last place away */
    } rows[] = {
        {"0", true},
        {"-0", true},
        {"812.5", true},
        {"0.1", true},
        {"-1e22", true},
        {"9007199254740992e22", true},
        {"9007199254740993", true}, /* half way: to even */
        {"9007199254740995", true},
        {"9007199254740993e-22", false},
        {"1e23", false},
        {"123456789012345678901234567890", false},
        {"0.3333333333333333333333333333333333", false},
        {"9.99e299", false},
        {"1e-400", true},
        {"123e-500000", true},
        {"0.0000000000000000000000000000000000000000000000001e49", true},
        {"10000000000000000000000000000000000000000e-40", true},
    };
    double got;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double want = strtod(rows[i].text, NULL);

        got = 99;
        check_row = rows[i].text;
        CHECK(lx_json_double(number(rows[i].text), &got));
        CHECK(rows[i].is_exact ? got == want
                               : fabs(got - want) <= 1e-14 * fabs(want));
    }
    got = 7;
    CHECK(!lx_json_double(number("1e300"), &got));
    CHECK(!lx_json_double(number("-1.8e308"), &got));
    CHECK(!lx_json_double(number("1e309"), &got));
    CHECK(!lx_json_double(number("1e99999999999999999999"), &got));
    CHECK(!lx_json_double(number("\"1\""), &got));
    CHECK(!lx_json_double((struct lx_json){0}, &got));
    CHECK(got == 7);
}

static void test_random_doubles(void)
{
    uint64_t state = 88172645463325252u, wrong = 0;
    char text[64];

    for (int i = 0; i < 200000; i++) {
        uint64_t mantissa;
        int exponent;
        double got = 0, want;
        bool fits;

        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        mantissa = state >> (state & 31);
        exponent = (int)((state >> 20) % 560) - 280;
        snprintf(text, sizeof text, "%s%llue%d", i & 2 ? "-" : "",
                 (unsigned long long)mantissa, exponent);
        want = strtod(text, NULL);
        fits = lx_json_double(
            (struct lx_json){LX_JSON_NUMBER, text, strlen(text)}, &got);
        wrong += fits ? fabs(got - want) > 1e-14 * fabs(want)
                      : fabs(want) < 9.99e299;
    }
    check_row = "random";
    CHECK_EQ(wrong, 0);
}

static void test_number_in(void)
{
    static const struct {
        const char *text, *want; /* NULL: none */
    } rows[] = {
        {"12", "12"},
        {"\"12\"", "12"},
        {"\" -1.5e3 \"", "-1.5e3"},
        {"\"\\u0031\"", "1"},
        {"\"\"", NULL},
        {"\"12 x\"", NULL},
        {"\"0x10\"", NULL},
        {"\"true\"", NULL},
        {"null", NULL},
        {"[1]", NULL},
        {"\"1234567890123456789012345678901\"",
         "1234567890123456789012345678901"},
        {"\"12345678901234567890123456789012\"", NULL},
    };
    char out[LX_JSON_NUMBER_MAX];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_json value, got;

        check_row = rows[i].text;
        CHECK(lx_json_parse(rows[i].text, strlen(rows[i].text), &value, NULL));
        got = lx_json_number_in(value, out);
        CHECK_EQ(got.type, rows[i].want ? LX_JSON_NUMBER : LX_JSON_NONE);
        if (rows[i].want)
            CHECK_BYTES(got.text, got.length, rows[i].want,
                        strlen(rows[i].want));
    }
}

int main(void)
{
    test_integers();
    test_doubles();
    test_random_doubles();
    test_number_in();
    return check_report("json_number");
}
