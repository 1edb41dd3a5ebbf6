/* SPDX-License-Identifier: MIT */
#include "command/source/calendar.h"
#include "command/console/message.h"
#include "command/options/lists.h"
#include "table/date.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Days, as the times at which they begin. */
typedef struct days {
    int64_t *times; /* [n] */
    int64_t n, capacity;
} days;

static bool add_day(days *all, int64_t time)
{
    if (all->n == all->capacity) {
        int64_t capacity = 2 * all->capacity + 64;
        int64_t *times = realloc(all->times, (size_t)capacity * sizeof *times);
        if (times == NULL)
            return false;
        all->times = times;
        all->capacity = capacity;
    }
    all->times[all->n++] = time;
    return true;
}

/* The first cell of a line that is a whole date. */
static bool find_date(const char *line, table_stamp *stamp)
{
    for (const char *cell = line; *cell != '\0';) {
        cell += strspn(cell, ",;\t \"");
        size_t size = strcspn(cell, ",;\t\"\r\n");
        while (size > 0 && cell[size - 1] == ' ')
            size--;
        /* 2024-07 is a month, which has days that are not meant. */
        if (size >= sizeof "2024.7.5" - 1 && table_date_read(cell, size, stamp) == TABLE_DATE_OK)
            return true;
        cell += strcspn(cell, ",;\t\"\r\n");
        cell += strspn(cell, "\r\n");
    }
    return false;
}

/* A line without a date is the header, a comment or empty; elsewhere it is an error. */
static int read_line(days *all, const char *path, const char *line, int64_t number)
{
    table_stamp stamp;
    if (find_date(line, &stamp))
        return add_day(all, stamp.time) ? EXIT_OK : message_error("out of memory");
    if (number == 1 || *line == '#' || line[strspn(line, " \t\r\n")] == '\0')
        return EXIT_OK;
    return message_error("%s: line %lld: '%.*s' has no date, expected one as 2024-12-25", path,
                         (long long)number,
                         (int)strcspn(line, "\r\n") > 40 ? 40 : (int)strcspn(line, "\r\n"), line);
}

static int read_file(days *all, const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t capacity = 0;
    int code = EXIT_OK;
    if (file == NULL)
        return message_error("%s: %s", path, strerror(errno));
    for (int64_t number = 1; code == EXIT_OK && getline(&line, &capacity, file) >= 0; number++)
        code = read_line(all, path, line, number);
    if (code == EXIT_OK && ferror(file))
        code = message_error("%s: %s", path, strerror(errno));
    if (code == EXIT_OK && all->n == 0)
        code = message_error("%s: there is no date", path);
    free(line);
    fclose(file);
    return code;
}

static int read_features(int64_t *features, const char *names)
{
    static const char *const all[] = {"hour", "weekday", "yearday", "month", "workday", "holiday"};
    enum { N = sizeof all / sizeof *all };
    list wanted;
    int code = list_read(&wanted, names);
    for (int64_t i = 0; i < wanted.n && code == EXIT_OK; i++) {
        int f = 0;
        while (f < N && strcmp(all[f], wanted.items[i]) != 0)
            f++;
        if (f == N)
            code = message_error("--calendar: '%s' is not hour, weekday, yearday, month, workday "
                                 "or holiday",
                                 wanted.items[i]);
        else
            *features |= INT64_C(1) << f;
    }
    list_free(&wanted);
    return code;
}

int calendar_add(lstm_dataset *data, const settings *set)
{
    days all = {0};
    int64_t features = 0;
    if (set->calendar == NULL && set->holidays == NULL)
        return EXIT_OK;
    int code = read_features(&features, set->calendar);
    if (code == EXIT_OK && set->holidays != NULL)
        code = read_file(&all, set->holidays);
    else if (code == EXIT_OK && (features & LSTM_CALENDAR_HOLIDAY) != 0)
        code = message_error("--calendar: holiday needs --holidays");
    /* Alone, holidays are a column; beside workdays they may be in that column only. */
    if (set->holidays != NULL && (features & LSTM_CALENDAR_WORKDAY) == 0)
        features |= LSTM_CALENDAR_HOLIDAY;
    if (code == EXIT_OK && lstm_dataset_add_calendar(data, features, all.times, all.n) < 0)
        code = message_library("--calendar");
    free(all.times);
    return code;
}
