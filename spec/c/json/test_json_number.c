/* The numbers of JSON as integers and doubles. */
#include "json/json.h"

#include <float.h>
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

static uint64_t bits_of(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* How many doubles lie between two of the same sign. */
static uint64_t distance(double a, double b)
{
    uint64_t x = bits_of(a), y = bits_of(b);

    return x > y ? x - y : y - x;
}

static void test_doubles(void)
{
    /* Where `is_exact` the nearest double is asked for, else a neighbour. */
    static const struct {
        const char *text;
        bool is_exact;
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
        {"1.7976931348623157e308", false},
        {"2.2250738585072014e-308", false},
        {"2.2250738585072011e-308", false},
        {"4.9406564584124654e-324", false},
        {"3e-324", false},
        {"2e-324", false},
        {"1e-400", true},
        {"123e-500000", true},
        {"0.0000000000000000000000000000000000000000000000001e49", true},
        {"10000000000000000000000000000000000000000e-40", true},
    };
    double got;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        got = 99;
        CHECK(lx_json_double(number(rows[i].text), &got));
        CHECK(distance(got, strtod(rows[i].text, NULL)) <=
              (rows[i].is_exact ? 0u : 1u));
    }
    got = 7;
    CHECK(!lx_json_double(number("1e309"), &got));
    CHECK(!lx_json_double(number("-1.8e308"), &got));
    CHECK(!lx_json_double(number("1.7976931348623159e308"), &got));
    CHECK(!lx_json_double(number("1e99999999999999999999"), &got));
    CHECK(!lx_json_double(number("\"1\""), &got));
    CHECK(!lx_json_double((struct lx_json){0}, &got));
    CHECK(got == 7);
}

/* strtod in the C locale is right to the last bit: the reference. */
static void test_random_doubles(void)
{
    uint64_t state = 88172645463325252u, wrong = 0, exact_wrong = 0;
    char text[64];

    for (int i = 0; i < 200000; i++) {
        uint64_t mantissa;
        int exponent;
        double got, want;
        bool fits;

        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        mantissa = state >> (state & 31);
        exponent = (int)((state >> 20) % 660) - 340;
        if (i & 1) {
            mantissa >>= 11;
            exponent %= 23;
        }
        snprintf(text, sizeof text, "%s%llue%d", i & 2 ? "-" : "",
                 (unsigned long long)mantissa, exponent);
        want = strtod(text, NULL);
        fits = lx_json_double(
            (struct lx_json){LX_JSON_NUMBER, text, strlen(text)}, &got);
        if (fits != (fabs(want) <= DBL_MAX))
            wrong++;
        else if (fits && distance(got, want) > 1)
            wrong++;
        else if (fits && i & 1 && bits_of(got) != bits_of(want))
            exact_wrong++;
    }
    check_row = "random";
    CHECK_EQ(wrong, 0);
    CHECK_EQ(exact_wrong, 0);
}

int main(void)
{
    test_integers();
    test_doubles();
    test_random_doubles();
    return check_report("json_number");
}
