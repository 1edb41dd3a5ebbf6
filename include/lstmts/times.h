/* SPDX-License-Identifier: MIT */
/**
 * @file times.h
 * Rows that come with times: the step between them, and a series of a data set.
 *
 * Times are in seconds since 1970-01-01 00:00:00, in the years 1 to 9999, as in dataset.h;
 * lstm_utc_time() makes them from dates. Those of a series ascend, without duplicates; rows may be
 * missing. A table becomes a data set in three calls:
 *
 *     lstm_find_step(times, n_row, &options.step_unit, &options.step);
 *     lstm_dataset_new(&dataset, &options);
 *     lstm_dataset_add_times(dataset, NULL, times, rows, n_row);
 *
 * Rows in messages are those of the arrays that are passed.
 */
#ifndef LSTMTS_TIMES_H
#define LSTMTS_TIMES_H

#include <lstmts/dataset.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Find the step of times: the longest step of which each difference is a multiple.
 *
 * The unit is LSTM_STEP_MONTHS if no two times are less than 28 days apart, and all have the same
 * second of the day and the same day of the month, or the last one of a shorter month: the step is
 * 1 for months, 3 for quarters, 12 for years. Else it is LSTM_STEP_SECONDS. A single time that is
 * not on the grid of the others makes the step short: lstm_dataset_add_times() then refuses the
 * gaps. Thread-safe.
 *
 * @param times           [n_row]
 * @param n_row           >= 2
 * @param[out] step_unit  lstm_step_unit
 * @param[out] step       >= 1, in that unit
 * @return LSTM_OK; LSTM_E_ARGUMENT (the message names the row for duplicates and disorder);
 *         LSTM_E_LIMIT if a time lies outside of the years 1 to 9999.
 * @since 0.1
 */
LSTM_API lstm_status lstm_find_step(const int64_t *times, int64_t n_row, int64_t *step_unit,
                                    int64_t *step);

/**
 * Add a series whose rows have times. Row 0 is its start; the others lie on the grid of the step of
 * the data set. Where the grid has no row, the series has one with missing values.
 *
 * With LSTM_STEP_MONTHS, if the start is the last day of its month, the last days of all months are
 * on its grid: 31 May is on that of 30 April. lstm_dataset_time() keeps the start's day, 30 May.
 *
 * If rows are missing, a copy of all rows is made during the call.
 *
 * @param times  [n_row]
 * @param rows   [n_row, C] row-major; NaN = missing; copied.
 * @param n_row  >= 1
 * @return as lstm_dataset_add(); LSTM_E_ARGUMENT also if the data set has LSTM_STEP_ROWS, or for
 *         duplicates, disorder and times off the grid; LSTM_E_NUMERIC also if rows are missing
 *         under LSTM_MISSING_REFUSE; LSTM_E_LIMIT also if more than 10 n_row + 1000 rows are
 *         missing, as when a date or the step is wrong. On failure the data set is unchanged.
 * @since 0.1
 */
LSTM_API lstm_status lstm_dataset_add_times(lstm_dataset *dataset, const char *name,
                                            const int64_t *times, const lstm_real *rows,
                                            int64_t n_row);

/**
 * Add a series whose rows have times from an array of doubles, each of which is rounded to
 * lstm_real.
 *
 * @return as lstm_dataset_add_times(); LSTM_E_NUMERIC also if a value is too large for lstm_real.
 * @since 0.1
 */
LSTM_API lstm_status lstm_dataset_add_times_double(lstm_dataset *dataset, const char *name,
                                                   const int64_t *times, const double *rows,
                                                   int64_t n_row);

#ifdef __cplusplus
}
#endif

#endif
