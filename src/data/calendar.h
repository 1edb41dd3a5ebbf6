/* SPDX-License-Identifier: MIT */
/* Columns that are functions of a row's time (lstm_calendar in dataset.h). */
#ifndef LTS_DATA_CALENDAR_H
#define LTS_DATA_CALENDAR_H

#include "base/real.h"
#include <lstmts/dataset.h>

/**
 * Maximum number of columns: two for each of hour, weekday, day of year and month, and two more.
 */
enum { LTS_CALENDAR_COLUMNS = 10 };

/** All 0 at first: no columns. */
typedef struct lts_calendar {
    int64_t features;  /**< sum of lstm_calendar                            */
    int64_t n_column;  /**< number of columns                               */
    int64_t *holidays; /**< [n_holiday] days since 1970-01-01, in order     */
    int64_t n_holiday;
} lts_calendar;

/**
 * @param features  sum of lstm_calendar, not 0
 * @param holidays  [n_holiday] times
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NOMEM. On failure there is nothing to clear.
 */
lstm_status lts_calendar_init(lts_calendar *calendar, int64_t features, const int64_t *holidays,
                              int64_t n_holiday);
void lts_calendar_clear(lts_calendar *calendar);

/** The name of a column, such as "hour_sin". */
const char *lts_calendar_name(const lts_calendar *calendar, int64_t column);

/** All columns at a time: out [n_column]. */
void lts_calendar_row(const lts_calendar *calendar, int64_t time, real *out);

#endif
