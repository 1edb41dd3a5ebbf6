/* SPDX-License-Identifier: MIT */
/*
 * Numbers as metadata strings: exact in both directions and independent of the locale. An integer
 * is decimal. A double is "0x" and the 16 hexadecimal digits of its IEEE 754 bits, since decimal
 * digits cannot express infinity or a NaN (a score before the first validation) with its payload.
 */
#ifndef LTS_FILES_NUMBERS_H
#define LTS_FILES_NUMBERS_H

#include "base/real.h"

enum { LTS_NUMBER_SIZE = 24 };

void lts_print_uint(char text[LTS_NUMBER_SIZE], uint64_t value);
void lts_print_double(char text[LTS_NUMBER_SIZE], double value);

/** Returns false, and leaves *value, unless `text` is what the function above prints. */
bool lts_parse_uint(const char *text, uint64_t *value);
bool lts_parse_double(const char *text, double *value);

#endif
