/* json_number.c: the numbers of a checked JSON text as integers and doubles.
 * No strtod: that reads the locale's decimal point. Any thread. */
#include "json/json.h"

/* digits * 10^exponent. */
struct decimal {
    uint64_t digits;  /* the first 19 significant ones: they always fit */
    int64_t exponent; /* of ten */
    bool is_negative;
    bool is_cut; /* digits other than 0 were left out */
};

enum { DIGITS_MAX = 19 };

/* Beyond any exponent that length of text could bring back into range, and
 * far from overflowing when that length is added. */
#define EXPONENT_MAX INT64_C(1000000000000000)

static const char *read_digits(const char *at, const char *end,
                               struct decimal *decimal, int *count,
                               int64_t exponent_step)
{
    for (; at < end && *at >= '0' && *at <= '9'; at++) {
        unsigned digit = (unsigned)(*at - '0');

        if (*count == DIGITS_MAX) {
            decimal->is_cut |= digit != 0;
            decimal->exponent += 1 + exponent_step;
            continue;
        }
        decimal->digits = decimal->digits * 10 + digit;
        decimal->exponent += exponent_step;
        if (decimal->digits != 0) /* leading zeros are not significant */
            ++*count;
    }
    return at;
}

static int64_t read_exponent(const char *at, const char *end)
{
    bool is_negative = *at == '-';
    int64_t value = 0;

    if (*at == '-' || *at == '+')
        at++;
    for (; at < end; at++)
        if (value < EXPONENT_MAX)
            value = value * 10 + (*at - '0');
    return is_negative ? -value : value;
}

static struct decimal read_decimal(struct lx_json value)
{
    const char *at = value.text, *end = value.text + value.length;
    struct decimal decimal = {.is_negative = *at == '-'};
    int count = 0;

    if (decimal.is_negative)
        at++;
    at = read_digits(at, end, &decimal, &count, 0);
    if (at < end && *at == '.')
        at = read_digits(at + 1, end, &decimal, &count, -1);
    if (at < end)
        decimal.exponent += read_exponent(at + 1, end);
    return decimal;
}

bool lx_json_int64(struct lx_json value, int64_t *out)
{
    struct decimal decimal;
    uint64_t limit;

    if (value.type != LX_JSON_NUMBER)
        return false;
    decimal = read_decimal(value);
    /* What was cut is beyond 19 digits (too large) or a fraction. */
    if (decimal.is_cut)
        return false;
    limit = (uint64_t)INT64_MAX + decimal.is_negative;
    while (decimal.digits != 0 && decimal.exponent < 0) {
        if (decimal.digits % 10 != 0)
            return false;
        decimal.digits /= 10;
        decimal.exponent++;
    }
    while (decimal.digits != 0 && decimal.exponent > 0) {
        if (decimal.digits > limit / 10)
            return false;
        decimal.digits *= 10;
        decimal.exponent--;
    }
    if (decimal.digits > limit)
        return false;
    /* -digits without overflow at INT64_MIN. */
    *out = decimal.is_negative && decimal.digits != 0
               ? -(int64_t)(decimal.digits - 1) - 1
               : (int64_t)decimal.digits;
    return true;
}

/* Exact in a double, as `exponent` is at most 22. */
static double power_of_ten(int exponent)
{
    double power = 1;

    while (exponent-- > 0)
        power *= 10;
    return power;
}

bool lx_json_double(struct lx_json value, double *out)
{
    enum { STEP_DIGITS = 22, EXPONENT_LIMIT = 300 };
    static const double step = 1e22; /* the largest power that is exact */
    struct decimal decimal;
    int64_t integer;
    double result;

    if (value.type != LX_JSON_NUMBER)
        return false;
    if (lx_json_int64(value, &integer)) {
        *out = (double)integer;
        return true;
    }
    decimal = read_decimal(value);
    if (decimal.digits == 0 || decimal.exponent < -2 * EXPONENT_LIMIT) {
        *out = 0;
        return true;
    }
    if (decimal.exponent > EXPONENT_LIMIT)
        return false;
    result = (double)decimal.digits;
    for (; decimal.exponent >= STEP_DIGITS; decimal.exponent -= STEP_DIGITS)
        result *= step;
    for (; decimal.exponent <= -STEP_DIGITS; decimal.exponent += STEP_DIGITS)
        result /= step;
    if (decimal.exponent < 0)
        result /= power_of_ten((int)-decimal.exponent);
    else
        result *= power_of_ten((int)decimal.exponent);
    if (result >= 1e300)
        return false;
    *out = decimal.is_negative ? -result : result;
    return true;
}

struct lx_json lx_json_number_in(struct lx_json value, char *out)
{
    struct lx_json number = {0};
    size_t length;

    if (value.type == LX_JSON_NUMBER)
        return value;
    length = lx_json_string_decode(value, out, LX_JSON_NUMBER_MAX);
    if (length >= LX_JSON_NUMBER_MAX ||
        !lx_json_parse(out, length, &number, NULL) ||
        number.type != LX_JSON_NUMBER)
        return (struct lx_json){0};
    return number;
}
