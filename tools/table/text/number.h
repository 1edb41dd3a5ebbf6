/* SPDX-License-Identifier: MIT */
/* Cells as numbers: decimal text to the nearest double, and markers of missing values. */
#ifndef TOOLS_TABLE_TEXT_NUMBER_H
#define TOOLS_TABLE_TEXT_NUMBER_H

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>

enum { TABLE_MOST_DIGITS = 1000 }; /* characters of a number */

/** Why a text is no number. */
typedef enum table_number_fault {
    TABLE_NUMBER_OK = 0,
    TABLE_NUMBER_NONE,  /**< it is not a decimal number, or has over TABLE_MOST_DIGITS characters */
    TABLE_NUMBER_RANGE, /**< it is larger than any double                                        */
} table_number_fault;

/**
 * Read a number: an optional sign, digits with at most one decimal mark and at least one digit, and
 * an optional exponent. Nothing else may be there: no blanks, no names of numbers, no hexadecimal
 * digits, no separators of thousands. The result is rounded to nearest, ties to even; what is too
 * small for a double becomes a subnormal number or 0.
 *
 * @param decimal      '.' or ','
 * @param c_locale     of newlocale(LC_ALL_MASK, "C", 0)
 * @param[out] value   set if the result is TABLE_NUMBER_OK
 */
table_number_fault table_number(const char *text, size_t size, char decimal, locale_t c_locale,
                                double *value);

/** Whether a text is a number, whatever its size. */
bool table_is_number(const char *text, size_t size, char decimal);

/**
 * Whether a cell is a marker of a missing value, in any case of letters: nothing at all, na, n/a,
 * #n/a, nan, null, none, nil, missing, -, --, ?, ., \N, or `more`.
 *
 * @param more  NULL = none; compared as it is
 */
bool table_is_missing(const char *text, size_t size, const char *more);

#endif
