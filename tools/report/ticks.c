/* SPDX-License-Identifier: MIT */
#include "report/ticks.h"

#include "report/number.h"
#include "table/date.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

/* The smallest of 1, 2, 5, 10 times a power of ten that is at least `least`. */
static double nice(double least)
{
    double power = pow(10, floor(log10(least)));
    static const double steps[] = {1, 2, 5, 10};
    for (int i = 0; i < 3; i++)
        if (steps[i] * power >= least * (1 - 1e-9))
            return steps[i] * power;
    return 10 * power;
}

static void number_text(double value, double step, char *text)
{
    int digits = (int)ceil(-log10(step) - 1e-9);
    digits = digits < 0 ? 0 : digits;
    bool is_plain = fabs(value) < 1e6 && digits <= 6;
    report_number_text(text, REPORT_TICK_TEXT, is_plain ? "%.*f" : "%.*g", is_plain ? digits : 4,
                       value);
}

void report_ticks_of(double low, double high, int wanted, report_ticks *ticks)
{
    ticks->n = 0;
    double range = high - low, step = range > 0 ? nice(range / wanted) : 0;
    double largest = fmax(fabs(low), fabs(high));
    if (!(step > largest * 1e-12) || !isfinite(step)) { /* one value, as far as digits can tell */
        ticks->at[ticks->n] = low;
        number_text(low, largest > 0 ? pow(10, floor(log10(largest)) - 3) : 1, ticks->text[0]);
        ticks->n = 1;
        return;
    }
    for (double k = ceil(low / step - 1e-9); ticks->n < REPORT_MOST_TICKS;
         k++) { // NOLINT(cert-flp30-c)
        double at = k * step;
        if (at > high + 1e-9 * step)
            break;
        ticks->at[ticks->n] = k == 0 ? 0 : at; /* no -0 */
        number_text(ticks->at[ticks->n], step, ticks->text[ticks->n]);
        ticks->n++;
    }
}

/* Steps of a time axis; months are counted, as they are of different lengths. */
static const struct time_step {
    double seconds;
    int months;
} time_steps[] = {
    {1, 0},           {2, 0},         {5, 0},          {10, 0},        {30, 0},
    {60, 0},          {120, 0},       {300, 0},        {600, 0},       {1800, 0},
    {3600, 0},        {7200, 0},      {10800, 0},      {21600, 0},     {43200, 0},
    {86400, 0},       {172800, 0},    {345600, 0},     {604800, 0},    {1209600, 0},
    {2629800, 1},     {5259600, 2},   {7889400, 3},    {15778800, 6},  {31557600, 12},
    {63115200, 24},   {157788e3, 60}, {315576e3, 120}, {63115e4, 240}, {157788e4, 600},
    {315576e4, 1200},
};

static const struct time_step *time_step_of(double range, int wanted)
{
    const int n = sizeof time_steps / sizeof *time_steps;
    int i = 0;
    while (i + 1 < n && range / time_steps[i].seconds > wanted)
        i++;
    return &time_steps[i];
}

static const char *const month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static void time_tick_text(const table_date *date, const struct time_step *step, char *text)
{
    const int hour = (int)(date->second / 3600), minute = (int)(date->second / 60 % 60);
    const char *month = month_names[date->month - 1];
    if (step->months >= 12)
        snprintf(text, REPORT_TICK_TEXT, "%lld", (long long)date->year);
    else if (step->months > 0)
        snprintf(text, REPORT_TICK_TEXT, "%s %lld", month, (long long)date->year);
    else if (date->second == 0)
        snprintf(text, REPORT_TICK_TEXT, "%lld %s", (long long)date->day, month);
    else if (step->seconds >= 60)
        snprintf(text, REPORT_TICK_TEXT, "%02d:%02d", hour, minute);
    else
        snprintf(text, REPORT_TICK_TEXT, "%02d:%02d:%02d", hour, minute, (int)(date->second % 60));
}

static void add_time(report_ticks *ticks, int64_t time, const struct time_step *step)
{
    table_date date = table_date_of(time);
    ticks->at[ticks->n] = (double)time;
    time_tick_text(&date, step, ticks->text[ticks->n]);
    ticks->n++;
}

/* Months are numbered from January of the year 0, so that every step divides that of a century. */
static void month_ticks(int64_t low, int64_t high, const struct time_step *step,
                        report_ticks *ticks)
{
    table_date first = table_date_of(low);
    int64_t month = (first.year * 12 + first.month - 1) / step->months * step->months;
    for (; ticks->n < REPORT_MOST_TICKS; month += step->months) {
        int64_t time = 0;
        table_date date = {.year = month / 12, .month = month % 12 + 1, .day = 1};
        if (date.year > TABLE_MOST_YEAR)
            break;
        if (date.year < 1 || table_date_time(&date, &time) != TABLE_DATE_OK || time < low)
            continue;
        if (time > high)
            break;
        add_time(ticks, time, step);
    }
}

void report_time_ticks(double low, double high, int wanted, report_ticks *ticks)
{
    if (!(fabs(low) < 1e15) || !(fabs(high) < 1e15) || !table_date_in_years((int64_t)floor(low)) ||
        !table_date_in_years((int64_t)floor(high))) {
        report_ticks_of(low, high, wanted, ticks);
        return;
    }
    ticks->n = 0;
    const int64_t from = (int64_t)ceil(low), to = (int64_t)floor(high);
    const struct time_step *step = time_step_of(high - low, wanted);
    if (step->months > 0) {
        month_ticks(from, to, step, ticks);
        return;
    }
    /* Weeks begin on Mondays; 1970-01-05 was one. */
    const int64_t seconds = (int64_t)step->seconds, offset = (int64_t)4 * TABLE_DAY;
    int64_t behind = (from - offset) % seconds;
    int64_t at = from - (behind < 0 ? behind + seconds : behind);
    for (; at <= to && ticks->n < REPORT_MOST_TICKS; at += seconds)
        if (at >= from)
            add_time(ticks, at, step);
}

void report_time_text(double time, char text[REPORT_TICK_TEXT])
{
    if (!(fabs(time) < 1e15) || !table_date_in_years((int64_t)floor(time))) {
        number_text(time, 1, text);
        return;
    }
    table_date date = table_date_of((int64_t)floor(time));
    int n = snprintf(text, REPORT_TICK_TEXT, "%04lld-%02lld-%02lld", (long long)date.year,
                     (long long)date.month, (long long)date.day);
    if (date.second != 0 && n > 0 && n < REPORT_TICK_TEXT)
        snprintf(text + n, (size_t)(REPORT_TICK_TEXT - n), " %02d:%02d", (int)(date.second / 3600),
                 (int)(date.second / 60 % 60));
}
