/* SPDX-License-Identifier: MIT */
/*
 * Civil time of the Gregorian calendar, continued to the years before its introduction, in the years
 * 1 to 9999. A time is in seconds since 1970-01-01 00:00:00; every day has 86,400 of them, as in UTC
 * by POSIX.
 */
#ifndef LTS_DATA_CIVIL_H
#define LTS_DATA_CIVIL_H

#include "base/real.h"

enum { LTS_DAY_SECONDS = 86400 };

/** The first and the last time: 0001-01-01 00:00:00 and 9999-12-31 23:59:59. */
#define LTS_FIRST_TIME INT64_C(-62135596800)
#define LTS_LAST_TIME  INT64_C(253402300799)

typedef struct lts_civil {
    int64_t year;   /**< 1 .. 9999                               */
    int64_t month;  /**< 1 .. 12                                 */
    int64_t day;    /**< 1 .. number of days in the month        */
    int64_t second; /**< seconds since the day began, 0 .. 86399 */
} lts_civil;

int64_t lts_days_in_month(int64_t year, int64_t month);

/** Days from 1970-01-01 to a date. */
int64_t lts_days_of(int64_t year, int64_t month, int64_t day);

/** The day of a time, in days since 1970-01-01: rounded down. */
int64_t lts_day_of_time(int64_t time);

int64_t lts_time_of(const lts_civil *civil);
lts_civil lts_civil_of(int64_t time);

/** 0 = Monday .. 6 = Sunday, of a day since 1970-01-01. */
int64_t lts_weekday_of(int64_t day);

/**
 * The time of a row, `row` >= 0 steps after `start`.
 *
 * @param step_unit  LSTM_STEP_SECONDS or LSTM_STEP_MONTHS. Steps in months keep time and day of the
 *                   month of `start`; where the month is shorter, its last day is taken.
 * @return false, with *time unchanged, if it lies outside of the years 1 to 9999.
 */
bool lts_time_of_row(int64_t step_unit, int64_t step, int64_t start, int64_t row, int64_t *time);

/** The first row, >= 0, that is not before a time. Rows after the year 9999 are not before any. */
int64_t lts_row_of_time(int64_t step_unit, int64_t step, int64_t start, int64_t time);

#endif
