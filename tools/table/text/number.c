/* SPDX-License-Identifier: MIT */
/*
 * Numbers have the form w x 10^e with an integer w. There are three ways, of which the first two
 * are for w of 19 digits at most:
 *
 * - w <= 2^53 and |e| <= 22: w and 10^|e| are doubles, so that one division or product is the
 *   rounded result.
 * - |e| <= 27: 5^|e| < 2^63. For e < 0 shift w and 5^|e| left until their highest bits are bit 63;
 *   then their quotient lies between 1/2 and 2, and q = floor(2^63 w / 5^|e|) has 63 or 64 bits.
 *   These are 10 more than a double has, so q with its lowest bit set if there was a remainder
 *   rounds as the exact quotient does. For e > 0 the product w 5^e < 2^127 is exact; its highest 64
 *   bits, of which the lowest is set if a bit below is, round as the product does. The powers of 2
 *   are exact.
 * - strtod_l() in the C locale, for all others.
 *
 * The second way takes numbers of 16 to 19 digits, as doubles are printed to be read again, for
 * which strtod() takes five times as long.
 */
#define _GNU_SOURCE /* strtod_l(); NOLINT(bugprone-reserved-identifier,cert-dcl*) */
#include "table/text/number.h"

#include "table/names.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The parts of a number. */
typedef struct decimal_text {
    const char *mark; /* the decimal mark; NULL = none                              */
    uint64_t w;       /* the first 19 significant digits                            */
    int64_t n_digit;  /* significant digits                                         */
    int64_t exponent; /* of w, if n_digit <= 19                                     */
    bool negative;
} decimal_text;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *read_digits(decimal_text *number, const char *at, const char *end)
{
    for (; at < end && is_digit(*at); at++) {
        if (number->n_digit < 19)
            number->w = number->w * 10 + (uint64_t)(*at - '0');
        number->n_digit += number->n_digit > 0 || *at != '0';
    }
    return at;
}

/* [eE][+-]digits. An exponent of over 6 digits is as good as 10^6: no text is so long. */
static const char *read_exponent(decimal_text *number, const char *at, const char *end)
{
    const char *begin = at++;
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end || !is_digit(*at))
        return begin;
    int64_t exponent = 0;
    for (; at < end && is_digit(*at); at++)
        if (exponent < 1000000)
            exponent = exponent * 10 + (*at - '0');
    number->exponent += negative ? -exponent : exponent;
    return at;
}

static bool read_parts(decimal_text *number, const char *text, size_t size, char decimal)
{
    const char *at = text, *end = text + size;
    *number = (decimal_text){0};
    if (size == 0 || size > TABLE_MOST_DIGITS)
        return false;
    if (*at == '-' || *at == '+')
        number->negative = *at++ == '-';
    const char *whole = at;
    at = read_digits(number, at, end);
    int64_t n = at - whole;
    if (at < end && *at == decimal) {
        number->mark = at;
        const char *fraction = ++at;
        at = read_digits(number, at, end);
        number->exponent = fraction - at;
        n += at - fraction;
    }
    if (n == 0)
        return false;
    if (at < end && (*at == 'e' || *at == 'E'))
        at = read_exponent(number, at, end);
    return at == end;
}

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide;

static const uint64_t powers_of_5[28] = {
    UINT64_C(1),
    UINT64_C(5),
    UINT64_C(25),
    UINT64_C(125),
    UINT64_C(625),
    UINT64_C(3125),
    UINT64_C(15625),
    UINT64_C(78125),
    UINT64_C(390625),
    UINT64_C(1953125),
    UINT64_C(9765625),
    UINT64_C(48828125),
    UINT64_C(244140625),
    UINT64_C(1220703125),
    UINT64_C(6103515625),
    UINT64_C(30517578125),
    UINT64_C(152587890625),
    UINT64_C(762939453125),
    UINT64_C(3814697265625),
    UINT64_C(19073486328125),
    UINT64_C(95367431640625),
    UINT64_C(476837158203125),
    UINT64_C(2384185791015625),
    UINT64_C(11920928955078125),
    UINT64_C(59604644775390625),
    UINT64_C(298023223876953125),
    UINT64_C(1490116119384765625),
    UINT64_C(7450580596923828125),
};

static bool by_integers(uint64_t w, int64_t exponent, double *value)
{
    if (exponent < -27 || exponent > 27)
        return false;
    if (exponent < 0) {
        uint64_t power = powers_of_5[-exponent];
        int shift_w = __builtin_clzll(w), shift_power = __builtin_clzll(power);
        wide numerator = (wide)(w << shift_w) << 63;
        power <<= shift_power;
        uint64_t q = (uint64_t)(numerator / power);
        bool rest = (uint64_t)numerator != q * power; /* its low 64 bits are enough */
        *value = ldexp((double)(q | rest), shift_power - shift_w - 63 + (int)exponent);
    } else {
        wide product = (wide)w * powers_of_5[exponent];
        uint64_t high = (uint64_t)(product >> 64);
        int shift = high == 0 ? 0 : 64 - __builtin_clzll(high);
        bool rest = (product & (((wide)1 << shift) - 1)) != 0;
        *value = ldexp((double)((uint64_t)(product >> shift) | rest), shift + (int)exponent);
    }
    return true;
}
#else
static bool by_integers(uint64_t w, int64_t exponent, double *value)
{
    (void)w, (void)exponent, (void)value;
    return false;
}
#endif

static bool by_one_operation(uint64_t w, int64_t exponent, double *value)
{
    static const double powers_of_10[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                          1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                          1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    /* elsewhere the operation would be rounded twice */
    if (FLT_EVAL_METHOD != 0 || w > UINT64_C(1) << 53 || exponent < -22 || exponent > 22)
        return false;
    *value =
        exponent < 0 ? (double)w / powers_of_10[-exponent] : (double)w * powers_of_10[exponent];
    return true;
}

static double by_strtod(const decimal_text *number, const char *text, size_t size,
                        locale_t c_locale)
{
    char copy[TABLE_MOST_DIGITS + 1];
    memcpy(copy, text, size);
    copy[size] = '\0';
    if (number->mark != NULL)
        copy[number->mark - text] = '.';
    return strtod_l(copy, NULL, c_locale);
}

table_number_fault table_number(const char *text, size_t size, char decimal, locale_t c_locale,
                                double *value)
{
    decimal_text number;
    if (!read_parts(&number, text, size, decimal))
        return TABLE_NUMBER_NONE;
    double found = 0;
    if (number.w == 0 ||
        (number.n_digit <= 19 && (by_one_operation(number.w, number.exponent, &found) ||
                                  by_integers(number.w, number.exponent, &found)))) {
        *value = number.negative ? -found : found;
        return TABLE_NUMBER_OK;
    }
    found = by_strtod(&number, text, size, c_locale);
    if (isinf(found))
        return TABLE_NUMBER_RANGE;
    *value = found;
    return TABLE_NUMBER_OK;
}

bool table_is_number(const char *text, size_t size, char decimal)
{
    decimal_text number;
    return read_parts(&number, text, size, decimal);
}

bool table_is_missing(const char *text, size_t size, const char *more)
{
    static const char *const words[] = {"",    "na",      "nan", "null", "none", "n/a", "#n/a",
                                        "nil", "missing", "-",   "--",   "?",    ".",   "\\n"};
    if (size <= 7)
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (table_is_word(text, size, words[i]))
                return true;
    return more != NULL && strlen(more) == size && memcmp(text, more, size) == 0;
}
