/* SPDX-License-Identifier: MIT */
/* Times as text to seconds since 1970-01-01 00:00:00, in the years 1 to 9999. */
#ifndef TOOLS_TABLE_DATE_H
#define TOOLS_TABLE_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TABLE_DAY = 86400, TABLE_MOST_YEAR = 9999 };

/** Why a text is no time. */
typedef enum table_date_fault {
    TABLE_DATE_OK = 0,
    TABLE_DATE_NONE,     /**< it does not have the form of a time                               */
    TABLE_DATE_RANGE,    /**< there is no such day or time of day: 30 February, 25:00           */
    TABLE_DATE_FRACTION, /**< it has a fraction of a second other than 0                        */
} table_date_fault;

/** A time in its parts. */
typedef struct table_date {
    int64_t year, month, day, second; /**< second of the day                                    */
} table_date;

/** A time that was read. */
typedef struct table_stamp {
    int64_t time;
    bool has_offset; /**< it names its offset from UTC, which is taken off                      */
} table_stamp;

/** The words for a fault, such as "is not a date". */
const char *table_date_text(table_date_fault fault);

/**
 * Read a time whose year comes first:
 *
 *     2020  2020-Q3  2020Q3  2020-07  2020M07  2020-07-15  2020/7/5  2020.07.15  20200715
 *     2020-W29  2020W29  2020-W29-3  2020W293
 *
 * and after a whole date, behind a T or blanks,
 *
 *     14:30  14:30:00  14:30:00.000  143000  24:00  and then  Z  UTC  +02:00  +0200  +02
 */
table_date_fault table_date_read(const char *text, size_t size, table_stamp *stamp);

/** Read a time of day, from 14:30 on as above, in seconds. */
table_date_fault table_date_read_clock(const char *text, size_t size, int64_t *second);

/**
 * Read a time in a form of strftime(): %Y %y (1969 to 2068) %m %b %B (English, at least 3 letters)
 * %d %j %G %V %u (ISO 8601 year, week and weekday; without %u the Monday) %a %A (English names of
 * weekdays, which are not compared) %H %I %p %M %S (with a fraction of zeros) %f (a fraction of a
 * second, of zeros) %z %s (Unix seconds) %F %T %R %D %e %h %%. A blank stands for any number of
 * blanks; other characters for themselves. Numbers may have fewer digits.
 */
table_date_fault table_date_read_format(const char *text, size_t size, const char *format,
                                        table_stamp *stamp);

/** What is wrong with a format: NULL if each conversion is known and it has a year or %s, and weeks
    and their years go together. */
const char *table_date_format_fault(const char *format);

/** The time of a date; TABLE_DATE_RANGE if there is no such date. */
table_date_fault table_date_time(const table_date *date, int64_t *time);

/**
 * The date of a day of an ISO 8601 week: weeks begin on Monday, and week 1 has 4 January.
 *
 * @param weekday    1 = Monday .. 7
 * @param[out] date  its second is kept
 * @return TABLE_DATE_RANGE if there is no such day
 */
table_date_fault table_date_of_week(table_date *date, int64_t year, int64_t week, int64_t weekday);

/** Whether a time lies in the years 1 to 9999. */
bool table_date_in_years(int64_t time);

/** The date of a time in the years 1 to 9999. */
table_date table_date_of(int64_t time);

/**
 * The time some months after another: its day of the month, or the last one of a shorter month.
 *
 * @return false if it lies outside of the years 1 to 9999.
 */
bool table_date_add_months(int64_t time, int64_t months, int64_t *later);

/** Whether clocks may be changed near a local time: before 5:00 in March, April, September, October
    or November. */
bool table_date_may_change_clocks(int64_t time);

/** "2020-07-15 14:30:00", without the time of day if that is 0. @return out */
const char *table_date_print(char out[32], int64_t time);

/**
 * At most `most` digits, at least one. Moves *at behind them.
 *
 * @return the number; -1 if there is none.
 */
int64_t table_date_digits(const char **at, const char *end, int most);

/** Z, UTC, +02:00, +0200, +02: its seconds. Moves *at behind it. @return false if there is none. */
bool table_date_offset(const char **at, const char *end, int64_t *seconds);

/** A '.' or ',' with digits behind it, if it is there. Moves *at behind it. */
table_date_fault table_date_fraction(const char **at, const char *end);

#endif
