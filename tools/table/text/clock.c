/* SPDX-License-Identifier: MIT */
#include "table/text/clock.h"

/* A whole number with an optional fraction of zeros, as of a column that was double once. */
static bool whole_number(const char *text, size_t size, int64_t *number)
{
    const char *at = text, *end = text + size;
    bool negative = at < end && *at == '-';
    at += negative;
    *number = table_date_digits(&at, end, 18);
    if (at < end && *at >= '0' && *at <= '9' && *number < INT64_MAX / 10)
        *number = *number * 10 + (*at++ - '0');
    if (*number < 0 || (at < end && *at == ',') || table_date_fraction(&at, end) != TABLE_DATE_OK ||
        at != end)
        return false;
    if (negative)
        *number = -*number;
    return true;
}

bool table_clock_is_unix(const char *text, size_t size, int64_t *scale)
{
    int64_t number;
    /* 10^8 s is in 1973 and 10^11 s in 5138, which is 10^11 ms in 1973 again, and so on */
    if (!whole_number(text, size, &number) || number < 100000000)
        return false;
    *scale = number < INT64_C(100000000000)         ? 1
             : number < INT64_C(100000000000000)    ? 1000
             : number < INT64_C(100000000000000000) ? 1000000
                                                    : 1000000000;
    return true;
}

static const char *read_unix(const table_clock *clock, const char *text, size_t size, int64_t *time)
{
    int64_t number;
    if (!whole_number(text, size, &number))
        return "is not a whole number of seconds since 1970";
    if (number % clock->scale != 0)
        return table_date_text(TABLE_DATE_FRACTION);
    *time = number / clock->scale;
    return NULL;
}

/* Times in UTC and local times are not compared. */
static const char *note_offset(table_clock *clock, bool has_offset)
{
    int offset = has_offset ? 2 : 1;
    if (clock->offset == 0)
        clock->offset = offset;
    if (clock->offset == offset)
        return NULL;
    return has_offset ? "has an offset from UTC, which the times before it do not have"
                      : "has no offset from UTC, which the times before it have";
}

const char *table_clock_read(table_clock *clock, const char *text, size_t size, int64_t *time)
{
    const char *fault = NULL;
    table_stamp stamp = {0, true};
    if (clock->kind == TABLE_CLOCK_UNIX) {
        fault = read_unix(clock, text, size, &stamp.time);
    } else {
        table_date_fault date = clock->kind == TABLE_CLOCK_FORMAT
                                    ? table_date_read_format(text, size, clock->format, &stamp)
                                    : table_date_read(text, size, &stamp);
        if (date != TABLE_DATE_OK)
            fault = clock->kind == TABLE_CLOCK_FORMAT && date == TABLE_DATE_NONE
                        ? "does not have the form of the time format"
                        : table_date_text(date);
    }
    if (fault == NULL)
        fault = note_offset(clock, stamp.has_offset);
    if (fault == NULL && !table_date_in_years(stamp.time))
        fault = "is outside of the years 1 to 9999";
    if (fault == NULL)
        *time = stamp.time;
    return fault;
}

const char *table_clock_name(const table_clock *clock)
{
    switch (clock->kind) {
    case TABLE_CLOCK_DATE:
        return "dates with the year first (ISO 8601)";
    case TABLE_CLOCK_UNIX:
        return clock->scale == 1         ? "Unix seconds"
               : clock->scale == 1000    ? "Unix milliseconds"
               : clock->scale == 1000000 ? "Unix microseconds"
                                         : "Unix nanoseconds";
    case TABLE_CLOCK_FORMAT:
        return clock->format;
    case TABLE_CLOCK_PARTS:
        return "columns of years and their parts";
    case TABLE_CLOCK_NONE:
        break;
    }
    return NULL;
}
