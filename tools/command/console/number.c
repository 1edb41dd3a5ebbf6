/* SPDX-License-Identifier: MIT */
#include "command/console/number.h"
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { LEAST_DIGITS = 6, MOST_DIGITS = 9 }; /* 9 tell all floats apart */

/* Numbers that printf() shows without an exponent. */
#define LEAST    1e-4
#define GREATEST 1e6

/* `whole` divided by 10^decimals, without zeros at the end. */
static void print_decimal(char *out, uint64_t whole, int decimals)
{
    char digits[24] = "";
    int n = 0, skipped = 0;
    for (; whole > 0 || n <= decimals; whole /= 10)
        digits[n++] = (char)('0' + whole % 10);
    while (skipped < decimals && digits[skipped] == '0')
        skipped++;
    while (n > skipped) {
        if (n == decimals)
            *out++ = '.';
        *out++ = digits[--n];
    }
    *out = '\0';
}

/*
 * A whole number below 2^53 divided by 10^22 or less is rounded once, as strtod() rounds it: so the
 * division tells how a text will be read, at a tenth of the time of printing and reading it.
 */
static void print_plain(char *out, double value)
{
    static const double powers[] = {1,   1e1, 1e2, 1e3,  1e4,  1e5, 1e6,
                                    1e7, 1e8, 1e9, 1e10, 1e11, 1e12};
    /* Digits before the point; less than 0: zeros behind it. */
    int before = value >= 0.1 ? 0 : value >= 0.01 ? -1 : value >= 0.001 ? -2 : -3;
    while (before >= 0 && value >= powers[before])
        before++;
    for (int digits = LEAST_DIGITS; digits <= MOST_DIGITS; digits++) {
        double power = powers[digits - before], whole = floor(value * power + 0.5);
        if (digits < MOST_DIGITS && (lstm_real)(whole / power) != (lstm_real)value)
            continue;
        print_decimal(out, (uint64_t)whole, digits - before);
        return;
    }
}

const char *number_print(char out[32], lstm_real value)
{
    double size = fabs((double)value);
    if (sizeof value == sizeof(float) && size >= LEAST && size < GREATEST) {
        *out = '-';
        print_plain(out + (value < 0), size);
        return out;
    }
    for (int digits = LEAST_DIGITS; digits <= MOST_DIGITS; digits++) {
        snprintf(out, 32, "%.*g", digits, (double)value);
        if ((lstm_real)strtod(out, NULL) == value)
            break;
    }
    return out;
}
