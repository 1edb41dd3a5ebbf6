/* SPDX-License-Identifier: MIT */
/* Not strptime(): its names depend on the locale, and it has no offsets, weeks or fractions. */
#include "table/date.h"

#include <string.h>

/* What the conversions of a format have found. */
typedef struct found_date {
    table_date date;
    int64_t hour, minute, second, offset, unix_time;
    int64_t day_of_year;              /* 0 = not given                                */
    int64_t week_year, week, weekday; /* of ISO 8601; week 0 = not given              */
    bool afternoon, has_unix, has_offset;
    bool has_fraction;      /* behind %S */
    bool has_half;          /* %p was there: hours are 12, 1, ... 11 */
    table_date_fault fault; /* of a fraction */
} found_date;

static bool read_number(const char **at, const char *end, int most, int64_t *number)
{
    while (*at < end && **at == ' ')
        ++*at;
    *number = table_date_digits(at, end, most);
    return *number >= 0;
}

static char lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c + ('a' - 'A'));
    return c;
}

/* The number of letters in which a word begins as the text does. */
static size_t common(const char *at, const char *end, const char *word)
{
    size_t n = 0;
    while (word[n] != '\0' && at + n < end && lower(at[n]) == word[n])
        n++;
    return n;
}

static bool read_month_name(const char **at, const char *end, int64_t *month)
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    for (int i = 0; i < 12; i++) {
        size_t n = common(*at, end, names[i]);
        if (n >= 3) {
            *month = i + 1;
            *at += names[i][n] == '\0' ? n : 3;
            return true;
        }
    }
    return false;
}

/* It is not compared with the date. */
static bool read_weekday_name(const char **at, const char *end)
{
    static const char *const names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
    for (int i = 0; i < 7; i++) {
        size_t n = common(*at, end, names[i]);
        if (n >= 3) {
            *at += names[i][n] == '\0' ? n : 3;
            return true;
        }
    }
    return false;
}

/* Digits of a fraction of a second. */
static bool read_fraction(const char **at, const char *end, found_date *found)
{
    const char *begin = *at;
    for (; *at < end && **at >= '0' && **at <= '9'; ++*at)
        if (**at != '0')
            found->fault = TABLE_DATE_FRACTION;
    return *at > begin;
}

/* A fraction behind seconds, which may be there. */
static bool read_second_fraction(const char **at, const char *end, found_date *found)
{
    const char *begin = *at;
    found->fault = table_date_fraction(at, end);
    found->has_fraction = *at > begin;
    return found->fault != TABLE_DATE_NONE;
}

static bool read_half(const char **at, const char *end, found_date *found)
{
    found->afternoon = common(*at, end, "pm") == 2;
    found->has_half = true;
    if (!found->afternoon && common(*at, end, "am") != 2)
        return false;
    *at += 2;
    return true;
}

static bool read_unix(const char **at, const char *end, found_date *found)
{
    found->has_unix = true;
    bool negative = *at < end && **at == '-';
    *at += negative;
    if (!read_number(at, end, 12, &found->unix_time))
        return false;
    if (negative)
        found->unix_time = -found->unix_time;
    return true;
}

static bool read_short_year(const char **at, const char *end, int64_t *year)
{
    if (!read_number(at, end, 2, year))
        return false;
    *year += *year < 69 ? 2000 : 1900;
    return true;
}

static bool read_clock_part(const char **at, const char *end, char conversion, found_date *found)
{
    switch (conversion) {
    case 'H':
    case 'I':
        return read_number(at, end, 2, &found->hour);
    case 'p':
        return read_half(at, end, found);
    case 'M':
        return read_number(at, end, 2, &found->minute);
    case 'S':
        return read_number(at, end, 2, &found->second) && read_second_fraction(at, end, found);
    case 'f':
        return read_fraction(at, end, found);
    case 'z':
        found->has_offset = true;
        return table_date_offset(at, end, &found->offset);
    default: /* %s */
        return read_unix(at, end, found);
    }
}

static bool read_conversion(const char **at, const char *end, char conversion, found_date *found)
{
    switch (conversion) {
    case 'Y':
        return read_number(at, end, 4, &found->date.year);
    case 'y':
        return read_short_year(at, end, &found->date.year);
    case 'm':
        return read_number(at, end, 2, &found->date.month);
    case 'b':
    case 'B':
    case 'h':
        return read_month_name(at, end, &found->date.month);
    case 'd':
    case 'e':
        return read_number(at, end, 2, &found->date.day);
    case 'j':
        return read_number(at, end, 3, &found->day_of_year) && found->day_of_year > 0;
    case 'G':
        return read_number(at, end, 4, &found->week_year);
    case 'V':
        return read_number(at, end, 2, &found->week) && found->week > 0;
    case 'u':
        return read_number(at, end, 1, &found->weekday);
    case 'a':
    case 'A':
        return read_weekday_name(at, end);
    case '%':
        return *at < end && *(*at)++ == '%';
    default:
        return read_clock_part(at, end, conversion, found);
    }
}

/* What a conversion is short for; NULL if it stands for itself. */
static const char *long_form(char conversion)
{
    return conversion == 'F'   ? "%Y-%m-%d"
           : conversion == 'T' ? "%H:%M:%S"
           : conversion == 'R' ? "%H:%M"
           : conversion == 'D' ? "%m/%d/%y"
                               : NULL;
}

static bool read_format(const char **at, const char *end, const char *format, found_date *found)
{
    for (; *format != '\0'; format++) {
        if (*format == '%') {
            const char *more = long_form(*++format);
            if (more != NULL ? !read_format(at, end, more, found)
                             : !read_conversion(at, end, *format, found))
                return false;
        } else if (found->has_fraction && strchr(".,", *format) != NULL &&
                   strncmp(format + 1, "%f", 2) == 0) {
            format += 2; /* %S has read it */
        } else if (*format == ' ') {
            while (*at < end && **at == ' ')
                ++*at;
        } else if (*at == end || *(*at)++ != *format) {
            return false;
        }
    }
    return true;
}

static table_date_fault finish(found_date *found, table_stamp *stamp)
{
    if (found->has_half) {
        if (found->hour < 1 || found->hour > 12)
            return TABLE_DATE_RANGE;
        found->hour = found->hour % 12 + (found->afternoon ? 12 : 0);
    }
    if (found->hour > 24 || found->minute > 59 || found->second > 59)
        return TABLE_DATE_RANGE;
    found->date.second = 3600 * found->hour + 60 * found->minute + found->second;
    if (found->date.second > TABLE_DAY)
        return TABLE_DATE_RANGE;
    table_date_fault fault = TABLE_DATE_OK;
    if (found->week > 0)
        fault = table_date_of_week(&found->date, found->week_year, found->week, found->weekday);
    if (fault == TABLE_DATE_OK)
        fault = table_date_time(&found->date, &stamp->time);
    if (fault != TABLE_DATE_OK)
        return fault;
    if (found->day_of_year > 0)
        stamp->time += (found->day_of_year - 1) * TABLE_DAY;
    if (found->day_of_year > 0 && table_date_of(stamp->time).year != found->date.year)
        return TABLE_DATE_RANGE;
    stamp->time -= found->offset;
    return found->fault;
}

table_date_fault table_date_read_format(const char *text, size_t size, const char *format,
                                        table_stamp *stamp)
{
    const char *at = text, *end = text + size;
    found_date found = {.date = {0, 1, 1, 0}, .weekday = 1};
    if (!read_format(&at, end, format, &found) || at != end)
        return TABLE_DATE_NONE;
    stamp->has_offset = found.has_offset || found.has_unix;
    if (!found.has_unix)
        return finish(&found, stamp);
    stamp->time = found.unix_time;
    return TABLE_DATE_OK;
}

const char *table_date_format_fault(const char *format)
{
    bool has_year = false, has_week = false, has_week_year = false;
    for (; *format != '\0'; format++) {
        if (*format != '%')
            continue;
        format++;
        if (*format == '\0')
            return "the time format ends in %; %% stands for %";
        if (strchr("YymbBhdejGVuaAHIpMSfzsFTRD%", *format) == NULL)
            return "the time format has a conversion that is not known; these are: %Y %y %m %b %B "
                   "%d %e %j %G %V %u %a %A %H %I %p %M %S %f %z %s %F %T %R %D";
        has_year = has_year || strchr("YysFD", *format) != NULL;
        has_week = has_week || *format == 'V';
        has_week_year = has_week_year || *format == 'G';
    }
    if (has_week != has_week_year)
        return "the time format has one of %G and %V, the year and the week of ISO 8601, without "
               "the other";
    return has_year || has_week ? NULL
                                : "the time format has no year: %Y, %y, %G with %V, %F, %D or %s";
}
