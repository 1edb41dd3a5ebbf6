/* SPDX-License-Identifier: MIT */
#include "table/date.h"

#include <lstmts/dataset.h>
#include <stdio.h>

const char *table_date_text(table_date_fault fault)
{
    switch (fault) {
    case TABLE_DATE_RANGE:
        return "is not a time that exists";
    case TABLE_DATE_FRACTION:
        return "has a fraction of a second, but times are whole seconds; without times (--time '') "
               "rows are taken as they come";
    case TABLE_DATE_OK:
    case TABLE_DATE_NONE:
        break;
    }
    return "is not a time in a form that is known (--time-format names others)";
}

bool table_date_in_years(int64_t time)
{
    return time >= INT64_C(-62135596800) && time <= INT64_C(253402300799);
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    static const char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

table_date_fault table_date_time(const table_date *date, int64_t *time)
{
    /* 24:00 is the midnight that ends the day */
    bool end_of_day = date->second == TABLE_DAY;
    if (lstm_utc_time(time, date->year, date->month, date->day, end_of_day ? 0 : date->second) !=
        LSTM_OK)
        return TABLE_DATE_RANGE;
    if (end_of_day) {
        if (date->year == TABLE_MOST_YEAR && date->month == 12 && date->day == 31)
            return TABLE_DATE_RANGE;
        *time += TABLE_DAY;
    }
    return TABLE_DATE_OK;
}

table_date_fault table_date_of_week(table_date *date, int64_t year, int64_t week, int64_t weekday)
{
    const table_date fourth = {year, 1, 4, 0};
    int64_t time, second = date->second;
    if (weekday < 1 || weekday > 7 || week < 1 || table_date_time(&fourth, &time) != TABLE_DATE_OK)
        return TABLE_DATE_RANGE;
    /* 5 January of year 1 is 5 days after a Monday, and 719,162 days before 1970. */
    int64_t of_week = (time / TABLE_DAY + 719162) % 7;
    int64_t monday = time - of_week * TABLE_DAY + (week - 1) * 7 * TABLE_DAY;
    int64_t thursday = monday + 3 * (int64_t)TABLE_DAY;
    time = monday + (weekday - 1) * TABLE_DAY;
    if (week > 53 || !table_date_in_years(time) || !table_date_in_years(thursday) ||
        table_date_of(thursday).year != year)
        return TABLE_DATE_RANGE;
    *date = table_date_of(time);
    date->second = second;
    return TABLE_DATE_OK;
}

/*
 * Years that begin on 1 March have their leap day at the end, and their months begin on day
 * floor((153 m + 2) / 5), with m = 0 for March: five months have 153 days. Counted from 1 March of
 * year 0, which is 719,468 days before 1970, 400 years have 146,097 days and year y begins on day
 * 365 y + floor(y / 4) - floor(y / 100) + floor(y / 400).
 */
static int64_t year_begins(int64_t y)
{
    return 365 * y + y / 4 - y / 100 + y / 400;
}

table_date table_date_of(int64_t time)
{
    const int64_t year_1 = INT64_C(-62135596800), to_march = 719468;
    int64_t since = time - year_1, day = since / TABLE_DAY + year_1 / TABLE_DAY + to_march;
    int64_t y = day * 400 / 146097; /* or a year beside it */
    y += year_begins(y + 1) <= day;
    y -= year_begins(y) > day;
    int64_t of_year = day - year_begins(y);
    int64_t m = (5 * of_year + 2) / 153;
    int64_t next = m < 10 ? m + 3 : m - 9;
    return (table_date){y + (m >= 10), next, of_year - (153 * m + 2) / 5 + 1, since % TABLE_DAY};
}

bool table_date_add_months(int64_t time, int64_t months, int64_t *later)
{
    table_date date = table_date_of(time);
    const int64_t most = INT64_C(12) * TABLE_MOST_YEAR;
    if (months > most || months < -most)
        return false;
    int64_t all = date.year * 12 + date.month - 1 + months;
    if (all < 12 || all >= most + 12)
        return false;
    date.year = all / 12;
    date.month = all % 12 + 1;
    int64_t last = days_in_month(date.year, date.month);
    date.day = date.day < last ? date.day : last;
    return table_date_time(&date, later) == TABLE_DATE_OK;
}

bool table_date_may_change_clocks(int64_t time)
{
    const int64_t hour = 3600;
    table_date date = table_date_of(time);
    bool in_season = date.month == 3 || date.month == 4 || (date.month >= 9 && date.month <= 11);
    return in_season && date.second < 5 * hour;
}

const char *table_date_print(char out[32], int64_t time)
{
    table_date d = table_date_of(time);
    int n = snprintf(out, 32, "%04d-%02d-%02d", (int)d.year, (int)d.month, (int)d.day);
    if (d.second != 0 && n > 0)
        snprintf(out + n, 32 - (size_t)n, " %02d:%02d:%02d", (int)(d.second / 3600),
                 (int)(d.second / 60 % 60), (int)(d.second % 60));
    return out;
}

int64_t table_date_digits(const char **at, const char *end, int most)
{
    int64_t number = 0;
    const char *begin = *at;
    while (*at < end && *at - begin < most && **at >= '0' && **at <= '9')
        number = number * 10 + (*(*at)++ - '0');
    return *at == begin ? -1 : number;
}

static bool take(const char **at, const char *end, char c)
{
    bool found = *at < end && **at == c;
    *at += found;
    return found;
}

bool table_date_offset(const char **at, const char *end, int64_t *seconds)
{
    *seconds = 0;
    if (take(at, end, 'Z') || take(at, end, 'z'))
        return true;
    if (end - *at >= 3 && (*at)[0] == 'U' && (*at)[1] == 'T' && (*at)[2] == 'C') {
        *at += 3;
        return true;
    }
    bool west = *at < end && **at == '-';
    if (!west && !(*at < end && **at == '+'))
        return false;
    ++*at;
    const char *begin = *at;
    int64_t hours = table_date_digits(at, end, 2), minutes = 0;
    if (*at - begin != 2 || hours > 23)
        return false;
    bool colon = take(at, end, ':');
    begin = *at;
    if (colon || (*at < end && **at >= '0' && **at <= '9')) {
        minutes = table_date_digits(at, end, 2);
        if (*at - begin != 2 || minutes > 59)
            return false;
    }
    *seconds = (west ? -60 : 60) * (60 * hours + minutes);
    return true;
}

table_date_fault table_date_fraction(const char **at, const char *end)
{
    if (*at == end || (**at != '.' && **at != ','))
        return TABLE_DATE_OK;
    const char *begin = ++*at;
    bool zero = true;
    for (; *at < end && **at >= '0' && **at <= '9'; ++*at)
        zero = zero && **at == '0';
    return *at == begin ? TABLE_DATE_NONE : zero ? TABLE_DATE_OK : TABLE_DATE_FRACTION;
}

/* hh:mm[:ss[.f]] or hhmm[ss[.f]], to a second of the day. */
static table_date_fault read_clock(const char **at, const char *end, int64_t *second)
{
    int64_t h = table_date_digits(at, end, 2), m, s = 0;
    bool colons = take(at, end, ':');
    m = table_date_digits(at, end, 2);
    if (h < 0 || m < 0)
        return TABLE_DATE_NONE;
    table_date_fault fault = TABLE_DATE_OK;
    if (colons ? take(at, end, ':') : *at < end && **at >= '0' && **at <= '9') {
        s = table_date_digits(at, end, 2);
        if (s < 0)
            return TABLE_DATE_NONE;
        fault = table_date_fraction(at, end);
    }
    *second = 3600 * h + 60 * m + s;
    if (h > 24 || m > 59 || s > 59 || *second > TABLE_DAY)
        return TABLE_DATE_RANGE;
    return fault;
}

table_date_fault table_date_read_clock(const char *text, size_t size, int64_t *second)
{
    const char *at = text;
    table_date_fault fault = read_clock(&at, text + size, second);
    return at == text + size ? fault : TABLE_DATE_NONE;
}

/* Of a date whose year has been read, what is behind W: 29, 29-3 or 293. *whole: it has a day. */
static table_date_fault read_week(const char **at, const char *end, bool separated,
                                  table_date *date, bool *whole)
{
    const char *begin = *at;
    int64_t week = table_date_digits(at, end, 2), weekday = 1;
    if (*at - begin != 2)
        return TABLE_DATE_NONE;
    *whole = *at < end;
    if (*whole && (separated && !take(at, end, '-')))
        return TABLE_DATE_NONE;
    if (*whole)
        weekday = table_date_digits(at, end, 1);
    return weekday < 0 ? TABLE_DATE_NONE : table_date_of_week(date, date->year, week, weekday);
}

/* The month and day of a date whose year has been read. *whole: it has a day. */
static table_date_fault read_month_and_day(const char **at, const char *end, table_date *date,
                                           bool *whole)
{
    char mark = **at;
    bool separated = mark == '-' || mark == '/' || mark == '.';
    *at += separated;
    if (take(at, end, 'W'))
        return separated && mark != '-' ? TABLE_DATE_NONE
                                        : read_week(at, end, separated, date, whole);
    if (*at < end && (**at == 'Q' || **at == 'q' || **at == 'M')) {
        bool quarter = *(*at)++ != 'M';
        int64_t number = table_date_digits(at, end, 2);
        date->month = quarter ? 3 * number - 2 : number;
        return number >= 1 ? TABLE_DATE_OK : TABLE_DATE_NONE;
    }
    const char *begin = *at;
    date->month = table_date_digits(at, end, 2);
    if (date->month < 0 || (!separated && *at - begin != 2))
        return TABLE_DATE_NONE;
    if (separated && !take(at, end, mark)) /* 2020.5 is a number */
        return mark == '.' ? TABLE_DATE_NONE : TABLE_DATE_OK;
    begin = *at;
    date->day = table_date_digits(at, end, 2);
    *whole = true;
    return date->day < 0 || (!separated && *at - begin != 2) ? TABLE_DATE_NONE : TABLE_DATE_OK;
}

/* The time of day and the offset, behind a date. */
static table_date_fault read_rest(const char **at, const char *end, table_date *date,
                                  table_stamp *stamp, int64_t *offset)
{
    if (!take(at, end, 'T') && !take(at, end, 't')) {
        if (!take(at, end, ' '))
            return TABLE_DATE_NONE;
        while (take(at, end, ' '))
            continue;
    }
    table_date_fault fault = read_clock(at, end, &date->second);
    if (fault == TABLE_DATE_NONE || *at == end)
        return fault;
    while (take(at, end, ' '))
        continue;
    stamp->has_offset = table_date_offset(at, end, offset);
    return stamp->has_offset && *at == end ? fault : TABLE_DATE_NONE;
}

table_date_fault table_date_read(const char *text, size_t size, table_stamp *stamp)
{
    const char *at = text, *end = text + size;
    table_date date = {0, 1, 1, 0};
    int64_t offset = 0;
    bool whole = false;
    stamp->has_offset = false;
    date.year = table_date_digits(&at, end, 4);
    if (at - text != 4)
        return TABLE_DATE_NONE;
    table_date_fault fault = TABLE_DATE_OK;
    if (at < end)
        fault = read_month_and_day(&at, end, &date, &whole);
    if (fault == TABLE_DATE_OK && at < end)
        fault = whole ? read_rest(&at, end, &date, stamp, &offset) : TABLE_DATE_NONE;
    if (fault != TABLE_DATE_OK)
        return fault;
    fault = table_date_time(&date, &stamp->time);
    stamp->time -= fault == TABLE_DATE_OK ? offset : 0;
    return fault;
}
