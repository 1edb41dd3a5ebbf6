/* SPDX-License-Identifier: MIT */
/*
 * Numbers as metadata strings: exact both ways, and the same under every locale. A whole number is
 * decimal. A double is "0x" and the 16 hexadecimal digits of its IEEE 754 bits, since decimal
 * digits have nothing for infinity, for a NaN (what a score is before the first validation) or its
 * payload.
 */
#ifndef LTS_FILES_NUMBERS_H
#define LTS_FILES_NUMBERS_H

#include "base/real.h"

enum { LTS_NUMBER_SIZE = 24 };

void lts_print_uint(char text[LTS_NUMBER_SIZE], uint64_t value);
void lts_print_double(char text[LTS_NUMBER_SIZE], double value);

/** False, and *value untouched, unless `text` is what the function above would print. */
bool lts_parse_uint(const char *text, uint64_t *value);
bool lts_parse_double(const char *text, double *value);

#endif
