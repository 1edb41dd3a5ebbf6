/* SPDX-License-Identifier: MIT */
/**
 * @file series.h
 * lstm_series: rows of measurements in the order of time, and what each column is for.
 *
 * A series of C columns feeds a model of D inputs and K outputs. Each column has a role: it is an
 * input, a target, or (by default) both. D is the number of input columns, K the number of target
 * columns, each kept in column order. With all columns in the default role D = K = C, the article's
 * setting: every column is predicted from all columns.
 */
#ifndef LSTMTS_SERIES_H
#define LSTMTS_SERIES_H

#include <lstmts/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Opaque. Immutable while an iterator, valid or pred reads it; then any number of threads may. */
typedef struct lstm_series lstm_series;

/** What a column is for. */
enum {
    LSTM_ROLE_BOTH = 0,   /**< input and target: fed back in a closed loop (default)        */
    LSTM_ROLE_INPUT = 1,  /**< covariate: an input whose true value is known at every step  */
    LSTM_ROLE_TARGET = 2, /**< predicted and graded, never an input                         */
};

/**
 * Make a series from an array.
 *
 * Thread-safety: any thread.
 *
 * @param[out] series  the new series; free it with lstm_series_free().
 * @param rows   [n_row, n_column] row-major; copied.
 * @param n_row     >= 1
 * @param n_column  >= 1
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL or a count < 1; LSTM_E_LIMIT if the size overflows;
 *         LSTM_E_NUMERIC if a value is not finite (the sentence names row and column, from 0);
 *         LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_series_new(lstm_series **series, const lstm_real *rows, int64_t n_row,
                                     int64_t n_column);

/**
 * As lstm_series_new(), from doubles; each is rounded to the library's element type. A double too
 * large for it is LSTM_E_NUMERIC.
 *
 * Thread-safety: any thread.
 *
 * @since 0.1
 */
LSTM_API lstm_status lstm_series_new_double(lstm_series **series, const double *rows, int64_t n_row,
                                            int64_t n_column);

/**
 * Copy rows first .. first + n_row - 1 of `source` with its roles, as for a split into training and
 * test part.
 *
 * Thread-safety: any thread.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL; LSTM_E_SHAPE if the rows are not all in the source or
 *         n_row < 1; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_series_slice(lstm_series **series, const lstm_series *source,
                                       int64_t first, int64_t n_row);

/**
 * Free a series; NULL is fine. Nothing may use it any more.
 *
 * Thread-safety: by the last who uses it.
 *
 * @since 0.1
 */
LSTM_API void lstm_series_free(lstm_series *series);

/**
 * Say what a column is for. Do so before anything else is made from the series.
 *
 * Thread-safety: not while another thread uses the series.
 *
 * @param column  0 .. C-1
 * @param role    LSTM_ROLE_BOTH, LSTM_ROLE_INPUT or LSTM_ROLE_TARGET
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_series_set_role(lstm_series *series, int64_t column, int64_t role);

/**
 * Number of rows; 0 for NULL.
 *
 * Thread-safety: any thread, while nobody changes the series.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_series_rows(const lstm_series *series);
/**
 * Number of columns C; 0 for NULL.
 *
 * Thread-safety: any thread, while nobody changes the series.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_series_columns(const lstm_series *series);
/**
 * Number of input columns D; 0 for NULL.
 *
 * Thread-safety: any thread, while nobody changes the series.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_series_inputs(const lstm_series *series);
/**
 * Number of target columns K; 0 for NULL.
 *
 * Thread-safety: any thread, while nobody changes the series.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_series_targets(const lstm_series *series);
/**
 * The rows [n_row, C], owned by the series and valid as long as it is; NULL for NULL.
 *
 * Thread-safety: any thread, while nobody changes the series.
 *
 * @since 0.1
 */
LSTM_API const lstm_real *lstm_series_data(const lstm_series *series);

#ifdef __cplusplus
}
#endif

#endif
