/* SPDX-License-Identifier: MIT */
/**
 * @file series.h
 * lstm_series: rows of measurements in chronological order, with a role for each column.
 *
 * Each of the C columns is an input, a target, or (by default) both. A series with D input columns
 * and K target columns fits a model with D inputs and K outputs; both keep the order of the
 * columns. If all columns have the default role, D = K = C: every column is predicted from all
 * columns.
 */
#ifndef LSTMTS_SERIES_H
#define LSTMTS_SERIES_H

#include <lstmts/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A series. Opaque.
 *
 * Thread-safety: any number of threads may read a series. lstm_series_set_role() and
 * lstm_series_free() need exclusive access.
 */
typedef struct lstm_series lstm_series;

/** What a column is used for. */
typedef enum lstm_role {
    LSTM_ROLE_BOTH = 0,   /**< input and target; fed back in a closed loop (default)            */
    LSTM_ROLE_INPUT = 1,  /**< past covariate: an input, not predicted. A step that predicts row
                               r + pred reads it in row r. lstm_forecast() refuses it           */
    LSTM_ROLE_TARGET = 2, /**< predicted, but not an input                                      */
    LSTM_ROLE_KNOWN = 3,  /**< known covariate: an input, not predicted, whose true values are
                               known in advance, such as the hour. A step that predicts row
                               r + pred reads it in row r + pred                                */
} lstm_role;

/**
 * Create a series from an array.
 *
 * @param[out] series  free it with lstm_series_free().
 * @param rows      [n_row, n_column] row-major; copied.
 * @param n_row     >= 1
 * @param n_column  C, >= 1
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL or a count < 1; LSTM_E_LIMIT if the size overflows;
 *         LSTM_E_NUMERIC if a value is not finite (the message contains its row and column, counted
 *         from 0); LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_series_new(lstm_series **series, const lstm_real *rows, int64_t n_row,
                                     int64_t n_column);

/**
 * Create a series from an array of doubles, each of which is rounded to lstm_real.
 *
 * @return as lstm_series_new(); LSTM_E_NUMERIC also if a value is too large for lstm_real.
 * @since 0.1
 */
LSTM_API lstm_status lstm_series_new_double(lstm_series **series, const double *rows, int64_t n_row,
                                            int64_t n_column);

/**
 * Copy rows first .. first + n_row - 1 of `source` with its roles, for example to split a series
 * into a training and a test part.
 *
 * @param[out] series  free it with lstm_series_free().
 * @param first        >= 0
 * @param n_row        >= 1
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL; LSTM_E_SHAPE if n_row < 1 or `source` does not have
 *         all of the rows; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_series_slice(lstm_series **series, const lstm_series *source,
                                       int64_t first, int64_t n_row);

/**
 * Free a series; NULL is allowed. No object that borrows it may be used afterwards.
 *
 * @since 0.1
 */
LSTM_API void lstm_series_free(lstm_series *series);

/**
 * Set the role of a column. Call it before an iterator, a trainer or a forecast uses the series.
 *
 * @param column  0 .. C-1
 * @param role    lstm_role
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_series_set_role(lstm_series *series, int64_t column, int64_t role);

/**
 * Number of rows; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_series_rows(const lstm_series *series);
/**
 * Number of columns, C; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_series_columns(const lstm_series *series);
/**
 * Number of input columns, D; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_series_inputs(const lstm_series *series);
/**
 * Number of target columns, K; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_series_targets(const lstm_series *series);
/**
 * The rows, [n_row, C]. The series owns the array; it is valid until the series is freed.
 *
 * @return the array; NULL for NULL.
 * @since 0.1
 */
LSTM_API const lstm_real *lstm_series_data(const lstm_series *series);

#ifdef __cplusplus
}
#endif

#endif
