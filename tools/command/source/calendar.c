/* SPDX-License-Identifier: MIT */
#include "command/source/calendar.h"
#include "command/console/message.h"
#include "command/options/lists.h"
#include "command/source/days.h"
#include <string.h>

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
        code = days_read(&all, set->holidays);
    else if (code == EXIT_OK && (features & LSTM_CALENDAR_HOLIDAY) != 0)
        code = message_error("--calendar: holiday needs --holidays");
    /* Alone, holidays are a column; beside workdays they may be in that column only. */
    if (set->holidays != NULL && (features & LSTM_CALENDAR_WORKDAY) == 0)
        features |= LSTM_CALENDAR_HOLIDAY;
    int64_t time;
    if (code == EXIT_OK && lstm_dataset_time(data, 0, 0, &time) != LSTM_OK)
        code = message_error("--%s needs times, which the rows of the table do not have",
                             set->calendar != NULL ? "calendar" : "holidays");
    if (code == EXIT_OK && lstm_dataset_add_calendar(data, features, all.times, all.n) < 0)
        code = message_library("--calendar");
    days_free(&all);
    return code;
}
