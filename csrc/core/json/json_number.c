/* json_number.c: the numbers of a checked JSON text as integers and doubles.
 * No strtod: that reads the locale's decimal point. Integer arithmetic, so that
 * every machine gives the same bits. Any thread. */
#include "json/json.h"

#include <string.h>

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

/* bits * 2^exponent with the highest bit of `bits` set. */
struct binary {
    uint64_t bits;
    int exponent;
};

/* 10^(2^i) and 10^-(2^i), rounded to 64 bits. */
static const struct binary powers_up[] = {
    {UINT64_C(0xA000000000000000), -60}, /* 1e1 */
    {UINT64_C(0xC800000000000000), -57}, /* 1e2 */
    {UINT64_C(0x9C40000000000000), -50}, /* 1e4 */
    {UINT64_C(0xBEBC200000000000), -37}, /* 1e8 */
    {UINT64_C(0x8E1BC9BF04000000), -10}, /* 1e16 */
    {UINT64_C(0x9DC5ADA82B70B59E), 43},  /* 1e32 */
    {UINT64_C(0xC2781F49FFCFA6D5), 149}, /* 1e64 */
    {UINT64_C(0x93BA47C980E98CE0), 362}, /* 1e128 */
    {UINT64_C(0xAA7EEBFB9DF9DE8E), 787}, /* 1e256 */
};
static const struct binary powers_down[] = {
    {UINT64_C(0xCCCCCCCCCCCCCCCD), -67},  /* 1e-1 */
    {UINT64_C(0xA3D70A3D70A3D70A), -70},  /* 1e-2 */
    {UINT64_C(0xD1B71758E219652C), -77},  /* 1e-4 */
    {UINT64_C(0xABCC77118461CEFD), -90},  /* 1e-8 */
    {UINT64_C(0xE69594BEC44DE15B), -117}, /* 1e-16 */
    {UINT64_C(0xCFB11EAD453994BA), -170}, /* 1e-32 */
    {UINT64_C(0xA87FEA27A539E9A5), -276}, /* 1e-64 */
    {UINT64_C(0xDDD0467C64BCE4A1), -489}, /* 1e-128 */
    {UINT64_C(0xC0314325637A193A), -914}, /* 1e-256 */
};

static uint64_t multiply_high(uint64_t a, uint64_t b)
{
    uint64_t a_low = a & UINT32_MAX, a_high = a >> 32;
    uint64_t b_low = b & UINT32_MAX, b_high = b >> 32;
    uint64_t middle = a_high * b_low + (a_low * b_low >> 32);
    uint64_t other = a_low * b_high + (middle & UINT32_MAX);

    return a_high * b_high + (middle >> 32) + (other >> 32);
}

static struct binary normalize(struct binary number)
{
    while (!(number.bits >> 63)) {
        number.bits <<= 1;
        number.exponent--;
    }
    return number;
}

/* Each of the at most nine products is off by less than two units of 64 bits:
 * together under 0.02 of a double's last place before it is rounded. */
static struct binary scale(uint64_t digits, int64_t exponent)
{
    const struct binary *powers = exponent < 0 ? powers_down : powers_up;
    uint64_t rest = (uint64_t)(exponent < 0 ? -exponent : exponent);
    struct binary number = normalize((struct binary){digits, 0});

    for (int i = 0; rest != 0; i++, rest >>= 1) {
        if (!(rest & 1))
            continue;
        number.bits = multiply_high(number.bits, powers[i].bits);
        number.exponent += powers[i].exponent + 64;
        number = normalize(number);
    }
    return number;
}

/* Half to even. */
static uint64_t round_off(uint64_t bits, int count)
{
    uint64_t half, rest;

    if (count > 64)
        return 0;
    half = UINT64_C(1) << (count - 1);
    if (count == 64)
        return bits > half;
    rest = bits & (half * 2 - 1);
    bits >>= count;
    return bits + (rest > half || (rest == half && (bits & 1)));
}

/* IEEE 754 by hand. False beyond the largest double. */
static bool pack(struct binary number, double *out)
{
    int biased = number.exponent + 63 + 1023;
    uint64_t bits;

    if (biased >= 2047)
        return false;
    if (biased >= 1) {
        /* The hidden bit is added to the exponent, and so is a carry. */
        bits = round_off(number.bits, 11);
        bits += (uint64_t)(biased - 1) << 52;
    } else {
        bits = round_off(number.bits, 12 - biased);
    }
    if (bits >> 52 == 2047)
        return false;
    memcpy(out, &bits, sizeof bits);
    return true;
}

/* Exact in a double. */
static const double exact_powers[] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

bool lx_json_double(struct lx_json value, double *out)
{
    struct decimal decimal;
    double result;

    if (value.type != LX_JSON_NUMBER)
        return false;
    decimal = read_decimal(value);
    if (decimal.digits == 0 || decimal.exponent < -400) {
        result = 0;
    } else if (decimal.exponent > 400) {
        return false;
    } else if (!decimal.is_cut && decimal.digits <= UINT64_C(1) << 53 &&
               decimal.exponent >= -22 && decimal.exponent <= 22) {
        /* One operation on two exact numbers rounds once. */
        if (decimal.exponent < 0)
            result = (double)decimal.digits / exact_powers[-decimal.exponent];
        else
            result = (double)decimal.digits * exact_powers[decimal.exponent];
    } else if (!pack(scale(decimal.digits, decimal.exponent), &result)) {
        return false;
    }
    *out = decimal.is_negative ? -result : result;
    return true;
}
