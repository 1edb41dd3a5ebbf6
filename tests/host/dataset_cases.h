/* SPDX-License-Identifier: MIT */
/* The cases of data sets in test_out_of_memory.c, whose macros they use. */
#ifndef TESTS_DATASET_CASES_H
#define TESTS_DATASET_CASES_H

#include "short_of_memory.h"

TAKE(dataset, spare_data)

static const lstm_real gap_rows[8] = {1, 2, (lstm_real)NAN, 4, 5, 6, 7, 8};
static const double gap_rows_double[4] = {1, 2, 3, (double)NAN};

static const int64_t gap_times[4] = {0, 7200, 10800, 25200};

static const lstm_dataset_options hourly = {.struct_size = sizeof hourly,
                                            .n_column = 2,
                                            .step_unit = LSTM_STEP_SECONDS,
                                            .missing = LSTM_MISSING_FORWARD,
                                            .n_static = 1};

#define DATASET_CASES(X)                                                                           \
    X(DOES, dataset_add, lstm_dataset_add, PLAIN, 2, (w->data, "more", gap_rows, 4, 0))            \
    X(DOES, dataset_add_calendar, lstm_dataset_add_calendar, PLAIN, 5,                             \
      (w->data, LSTM_CALENDAR_HOLIDAY - 1, NULL, 0))                                               \
    X(DOES, dataset_add_double, lstm_dataset_add_double, PLAIN, 2,                                 \
      (w->data, NULL, gap_rows_double, 2, 0))                                                      \
    X(DOES, dataset_add_times, lstm_dataset_add_times, PLAIN, 3,                                   \
      (w->data, NULL, gap_times, gap_rows, 4))                                                     \
    X(DOES, dataset_add_times_double, lstm_dataset_add_times_double, PLAIN, 3,                     \
      (w->data, NULL, gap_times, gap_rows_double, 2))                                              \
    X(DOES, dataset_append, lstm_dataset_append, PLAIN, 2, (w->data, 0, gap_rows, 3))              \
    X(TELLS, dataset_column_name, lstm_dataset_column_name, PLAIN, 0, (w->data, 1))                \
    X(TELLS, dataset_columns, lstm_dataset_columns, PLAIN, 0, (w->data))                           \
    X(TELLS, dataset_data, lstm_dataset_data, PLAIN, 0, (w->data, 0))                              \
    X(TELLS, dataset_find, lstm_dataset_find, PLAIN, 0, (w->data, "first"))                        \
    X(TELLS, dataset_find_column, lstm_dataset_find_column, PLAIN, 0, (w->data, "1"))              \
    X(TELLS, dataset_free, lstm_dataset_free, PLAIN, 0, (take_dataset(w)))                         \
    X(TELLS, dataset_future_rows, lstm_dataset_future_rows, PLAIN, 0, (w->data, 0))                \
    X(TELLS, dataset_inputs, lstm_dataset_inputs, PLAIN, 0, (w->data))                             \
    X(TELLS, dataset_name, lstm_dataset_name, PLAIN, 0, (w->data, 0))                              \
    X(DOES, dataset_new, lstm_dataset_new, PLAIN, 8, (&w->out.dataset, &hourly))                   \
    X(TELLS, dataset_observed, lstm_dataset_observed, PLAIN, 0, (w->data, 0, 0, 0))                \
    X(DOES, dataset_parts, lstm_dataset_parts, PLAIN, 0,                                           \
      (w->data, 0, &w->out.offsets[0], &w->out.offsets[1]))                                        \
    X(TELLS, dataset_role, lstm_dataset_role, PLAIN, 0, (w->data, 0))                              \
    X(TELLS, dataset_rows, lstm_dataset_rows, PLAIN, 0, (w->data, 0))                              \
    X(TELLS, dataset_series, lstm_dataset_series, PLAIN, 0, (w->data))                             \
    X(DOES, dataset_set_future, lstm_dataset_set_future, PLAIN, 1, (w->data, 0, gap_rows, 3))      \
    X(DOES, dataset_set_static, lstm_dataset_set_static, PLAIN, 0, (w->data, 0, gap_rows))         \
    X(DOES, dataset_split, lstm_dataset_split, PLAIN, 0, (w->data, 0, 1, 1))                       \
    X(DOES, dataset_split_fraction, lstm_dataset_split_fraction, PLAIN, 0, (w->data, 0, .5, .1))   \
    X(DOES, dataset_split_time, lstm_dataset_split_time, PLAIN, 0, (w->data, 0, 1, 1))             \
    X(TELLS, dataset_static, lstm_dataset_static, PLAIN, 0, (w->data, 0))                          \
    X(TELLS, dataset_static_name, lstm_dataset_static_name, PLAIN, 0, (w->data, 0))                \
    X(TELLS, dataset_statics, lstm_dataset_statics, PLAIN, 0, (w->data))                           \
    X(TELLS, dataset_targets, lstm_dataset_targets, PLAIN, 0, (w->data))                           \
    X(DOES, dataset_time, lstm_dataset_time, PLAIN, 0, (w->data, 0, 1, &w->out.n))                 \
    X(DOES, dataset_value, lstm_dataset_value, PLAIN, 0, (w->data, 0, 1, 1, w->out.values))        \
    X(TELLS, dataset_width, lstm_dataset_width, PLAIN, 0, (w->data))                               \
    X(DOES, find_step, lstm_find_step, PLAIN, 0, (gap_times, 4, &w->out.n, &w->out.offsets[0]))    \
    X(DOES, utc_time, lstm_utc_time, PLAIN, 0, (&w->out.n, 2024, 2, 29, 0))

#endif
