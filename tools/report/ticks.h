/* SPDX-License-Identifier: MIT */
/* Where an axis has its marks, and what they are called. */
#ifndef TOOLS_REPORT_TICKS_H
#define TOOLS_REPORT_TICKS_H

#include <stdint.h>

enum { REPORT_MOST_TICKS = 16, REPORT_TICK_TEXT = 32 };

/** Marks of an axis, ascending. */
typedef struct report_ticks {
    int n;
    double at[REPORT_MOST_TICKS];
    char text[REPORT_MOST_TICKS][REPORT_TICK_TEXT]; /**< with a decimal point in any locale */
} report_ticks;

/**
 * Marks at multiples of 1, 2 or 5 times a power of ten within a range. There are `wanted` intervals
 * at most, and wanted / 2.5 marks at least, since no step is more than 2.5 times the one before.
 *
 * @param low, high  finite, low <= high. One value has one mark.
 * @param wanted     1 .. REPORT_MOST_TICKS - 1
 */
void report_ticks_of(double low, double high, int wanted, report_ticks *ticks);

/**
 * Marks at whole seconds, minutes, hours, days, months or years within a range of seconds since
 * 1970. Outside of the years 1 to 9999 as report_ticks_of().
 */
void report_time_ticks(double low, double high, int wanted, report_ticks *ticks);

/** The text of a time: a date, and the time of day if it is not midnight. */
void report_time_text(double time, char text[REPORT_TICK_TEXT]);

#endif
