/* SPDX-License-Identifier: MIT */
/*
 * Days are counted in years that begin on 1 March: then a leap day is the last day of its year, and
 * the length of a year matters only to the years after it. Year y of these years (y >= 0) begins
 *
 *     365 y + floor(y / 4) - floor(y / 100) + floor(y / 400)
 *
 * days after 1 March of year 0: each earlier year has 365 days, and year y - 1 has one more if the
 * civil year y, to which its February belongs, is a leap year. From March on the months have 31, 30,
 * 31, 30, 31 days, again 31, 30, 31, 30, 31, and 31: 153 days in five months. floor((153 m + 2) / 5)
 * is the day on which month m (0 = March) begins: 0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306,
 * 337.
 *
 * 1970-01-01 is 719,468 days after 1 March of year 0: 1 March 1970 is day 365 x 1970 + 492 - 19 + 4
 * = 719,527, and January and February of 1970 have 59 days.
 */
#include "data/civil.h"

#include "base/memory.h"

#include <lstmts/dataset.h>

enum { EPOCH = 719468 };

static int64_t year_begins(int64_t y)
{
    return 365 * y + y / 4 - y / 100 + y / 400;
}

static int64_t month_begins(int64_t m)
{
    return (153 * m + 2) / 5;
}

int64_t lts_days_in_month(int64_t year, int64_t month)
{
    if (month == 2)
        return 28 + (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    return 30 + (month == 1 || month == 3 || month == 5 || month == 7 || month == 8 ||
                 month == 10 || month == 12);
}

int64_t lts_days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month < 3 ? year - 1 : year, m = month < 3 ? month + 9 : month - 3;
    return year_begins(y) + month_begins(m) + day - 1 - EPOCH;
}

/* Rounded down, for b > 0. */
static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int64_t lts_day_of_time(int64_t time)
{
    return floor_divide(time, LTS_DAY_SECONDS);
}

int64_t lts_time_of(const lts_civil *civil)
{
    return lts_days_of(civil->year, civil->month, civil->day) * LTS_DAY_SECONDS + civil->second;
}

lts_civil lts_civil_of(int64_t time)
{
    int64_t day = lts_day_of_time(time), second = time - day * LTS_DAY_SECONDS;
    day += EPOCH;
    /* 400 years have 146,097 days, so this is the year or one beside it. */
    int64_t y = day * 400 / 146097;
    while (year_begins(y) > day)
        y--;
    while (year_begins(y + 1) <= day)
        y++;
    int64_t of_year = day - year_begins(y), m = 0;
    while (m < 11 && month_begins(m + 1) <= of_year)
        m++;
    return (lts_civil){m < 10 ? y : y + 1, m < 10 ? m + 3 : m - 9, of_year - month_begins(m) + 1,
                       second};
}

int64_t lts_weekday_of(int64_t day)
{
    int64_t after_thursday = day + 3; /* 1970-01-01 was a Thursday */
    return after_thursday - 7 * floor_divide(after_thursday, 7);
}

bool lts_time_of_row(int64_t step_unit, int64_t step, int64_t start, int64_t row, int64_t *time)
{
    int64_t steps;
    if (!lts_multiply(row, step, &steps) || steps > LTS_LAST_TIME - LTS_FIRST_TIME)
        return false;
    int64_t at = start + steps;
    if (step_unit == LSTM_STEP_MONTHS) {
        lts_civil civil = lts_civil_of(start);
        int64_t month = civil.year * 12 + civil.month - 1 + steps;
        civil.year = month / 12;
        civil.month = month % 12 + 1;
        if (civil.year > 9999)
            return false;
        int64_t last = lts_days_in_month(civil.year, civil.month);
        civil.day = civil.day < last ? civil.day : last;
        at = lts_time_of(&civil);
    }
    if (at < LTS_FIRST_TIME || at > LTS_LAST_TIME)
        return false;
    *time = at;
    return true;
}

int64_t lts_row_of_time(int64_t step_unit, int64_t step, int64_t start, int64_t time)
{
    int64_t low = 0, high = LTS_LAST_TIME - LTS_FIRST_TIME + 1;
    while (low < high) {
        int64_t row = low + (high - low) / 2, at;
        if (lts_time_of_row(step_unit, step, start, row, &at) && at < time)
            low = row + 1;
        else
            high = row;
    }
    return low;
}
