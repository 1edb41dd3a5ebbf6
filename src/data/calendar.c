/* SPDX-License-Identifier: MIT */
#include "data/calendar.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/civil.h"

#include <stdlib.h>

enum { ALL_FEATURES = 2 * LSTM_CALENDAR_HOLIDAY - 1 };

static const struct {
    int64_t feature;
    const char *name;
} columns[LTS_CALENDAR_COLUMNS] = {
    {LSTM_CALENDAR_HOUR, "hour_sin"},       {LSTM_CALENDAR_HOUR, "hour_cos"},
    {LSTM_CALENDAR_WEEKDAY, "weekday_sin"}, {LSTM_CALENDAR_WEEKDAY, "weekday_cos"},
    {LSTM_CALENDAR_YEARDAY, "yearday_sin"}, {LSTM_CALENDAR_YEARDAY, "yearday_cos"},
    {LSTM_CALENDAR_MONTH, "month_sin"},     {LSTM_CALENDAR_MONTH, "month_cos"},
    {LSTM_CALENDAR_WORKDAY, "workday"},     {LSTM_CALENDAR_HOLIDAY, "holiday"},
};

static int compare_days(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static lstm_status check_calendar(int64_t features, const int64_t *holidays, int64_t n_holiday)
{
    if (features < 1 || features > ALL_FEATURES)
        return lts_fail(LSTM_E_ARGUMENT, "features is %lld, expected a sum of LSTM_CALENDAR_*",
                        (long long)features);
    LTS_TRY(lts_check_at_least("n_holiday", n_holiday, 0));
    if ((features & LSTM_CALENDAR_HOLIDAY) != 0 && n_holiday == 0)
        return lts_fail(LSTM_E_ARGUMENT, "LSTM_CALENDAR_HOLIDAY needs holidays, n_holiday is 0");
    if (n_holiday > 0)
        LTS_NOT_NULL(holidays);
    for (int64_t i = 0; i < n_holiday; i++)
        if (holidays[i] < LTS_FIRST_TIME || holidays[i] > LTS_LAST_TIME)
            return lts_fail(LSTM_E_ARGUMENT, "holiday %lld is %lld, outside of the years 1 to 9999",
                            (long long)i, (long long)holidays[i]);
    return LSTM_OK;
}

lstm_status lts_calendar_init(lts_calendar *calendar, int64_t features, const int64_t *holidays,
                              int64_t n_holiday)
{
    LTS_TRY(check_calendar(features, holidays, n_holiday));
    int64_t *days = lts_alloc(n_holiday, sizeof *days);
    if (days == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < n_holiday; i++)
        days[i] = lts_day_of_time(holidays[i]);
    qsort(days, (size_t)n_holiday, sizeof *days, compare_days);
    *calendar = (lts_calendar){features, 0, days, n_holiday};
    for (int64_t i = 0; i < LTS_CALENDAR_COLUMNS; i++)
        calendar->n_column += (features & columns[i].feature) != 0;
    return LSTM_OK;
}

void lts_calendar_clear(lts_calendar *calendar)
{
    lts_free(calendar->holidays);
    memset(calendar, 0, sizeof *calendar);
}

const char *lts_calendar_name(const lts_calendar *calendar, int64_t column)
{
    int64_t i = 0;
    for (;; i++)
        if ((calendar->features & columns[i].feature) != 0 && column-- == 0)
            return columns[i].name;
}

static bool is_holiday(const lts_calendar *calendar, int64_t day)
{
    int64_t low = 0, high = calendar->n_holiday;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (calendar->holidays[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low < calendar->n_holiday && calendar->holidays[low] == day;
}

static real *put_circle(real *out, double part)
{
    const double full = 6.283185307179586476925286766559;
    *out++ = (real)sin(full * part);
    *out++ = (real)cos(full * part);
    return out;
}

void lts_calendar_row(const lts_calendar *calendar, int64_t time, real *out)
{
    lts_civil civil = lts_civil_of(time);
    int64_t day = lts_day_of_time(time), weekday = lts_weekday_of(day);
    if ((calendar->features & LSTM_CALENDAR_HOUR) != 0)
        out = put_circle(out, (double)civil.second / LTS_DAY_SECONDS);
    if ((calendar->features & LSTM_CALENDAR_WEEKDAY) != 0)
        out = put_circle(out, (double)weekday / 7);
    if ((calendar->features & LSTM_CALENDAR_YEARDAY) != 0) {
        int64_t first = lts_days_of(civil.year, 1, 1);
        int64_t length = 337 + lts_days_in_month(civil.year, 2);
        out = put_circle(out, (double)(day - first) / (double)length);
    }
    if ((calendar->features & LSTM_CALENDAR_MONTH) != 0)
        out = put_circle(out, (double)(civil.month - 1) / 12);
    if ((calendar->features & LSTM_CALENDAR_WORKDAY) != 0)
        *out++ = (real)(weekday < 5 && !is_holiday(calendar, day));
    if ((calendar->features & LSTM_CALENDAR_HOLIDAY) != 0)
        *out++ = (real)is_holiday(calendar, day);
}
