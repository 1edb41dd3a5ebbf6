/* SPDX-License-Identifier: MIT */
#include "report/number.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

/* The decimal point of a locale may be another one, of several bytes. */
void report_number_text(char *text, size_t size, const char *format, int digits, double value)
{
    snprintf(text, size, format, digits, value);
    const char *point = localeconv()->decimal_point;
    char *at = strcmp(point, ".") == 0 || *point == '\0' ? NULL : strstr(text, point);
    if (at == NULL)
        return;
    const char *rest = at + strlen(point);
    *at = '.';
    memmove(at + 1, rest, strlen(rest) + 1);
}
