/* SPDX-License-Identifier: MIT */
/* The form of the times of a table, and how a cell in it is read. */
#ifndef TOOLS_TABLE_TEXT_CLOCK_H
#define TOOLS_TABLE_TEXT_CLOCK_H

#include "table/date.h"

/** Forms of times. */
typedef enum table_clock_kind {
    TABLE_CLOCK_NONE = 0,
    TABLE_CLOCK_DATE,   /**< table_date_read()                                               */
    TABLE_CLOCK_UNIX,   /**< seconds since 1970, or thousandths, ... by their magnitude      */
    TABLE_CLOCK_FORMAT, /**< of table_clock.format                                           */
    TABLE_CLOCK_PARTS,  /**< columns of numbers: year, month, ...                            */
} table_clock_kind;

typedef struct table_clock {
    table_clock_kind kind;
    int64_t scale;      /**< of Unix times: 1, 10^3, 10^6 or 10^9 a second                   */
    const char *format; /**< borrowed                                                        */
    int offset; /**< of the times so far: 0 = none was read, 1 = none has an offset, 2 = all have */
} table_clock;

/**
 * Read a cell.
 *
 * @param[out] time  seconds in the years 1 to 9999
 * @return NULL, or what is wrong with the cell, such as "is not a time that exists".
 */
const char *table_clock_read(table_clock *clock, const char *text, size_t size, int64_t *time);

/** Whether a text is a whole number that can be a Unix time, from 1973 on. Sets the scale. */
bool table_clock_is_unix(const char *text, size_t size, int64_t *scale);

/** Its name for people, such as "ISO 8601". */
const char *table_clock_name(const table_clock *clock);

#endif
