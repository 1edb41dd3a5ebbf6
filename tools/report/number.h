/* SPDX-License-Identifier: MIT */
/* Numbers as text, whatever the locale is. */
#ifndef TOOLS_REPORT_NUMBER_H
#define TOOLS_REPORT_NUMBER_H

#include <stddef.h>

/**
 * Write a number as snprintf() does with a format such as "%.*f", and a decimal point.
 *
 * @param size  large enough for the number in any locale
 */
void report_number_text(char *text, size_t size, const char *format, int digits, double value);

#endif
