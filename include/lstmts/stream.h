/* SPDX-License-Identifier: MIT */
/**
 * @file stream.h
 * lstm_stream: a forecaster on a live series. Rows come in one by one, in the units of the data,
 * and a forecast can be asked for at any moment. No call but lstm_stream_new() allocates.
 *
 *     lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
 *     options.dataset = dataset, options.series = series;      what is known so far; or nothing
 *     lstm_stream_new(&stream, forecaster, &options);
 *     while (next(row)) {
 *         lstm_stream_push(stream, row);
 *         lstm_stream_forecast(stream, forecast);
 *     }
 *
 * lstm_stream_intervals() adds intervals, which follow the errors of the stream's own forecasts.
 *
 * A forecast has the bits of lstm_forecaster_predict() for a data set with the same rows. The
 * stream keeps those of the last rows that forecasts read, and what baselines need of the others.
 * So its memory does not grow. (Filled values are the same unless a gap is longer than
 * lstm_stream_context().)
 */
#ifndef LSTMTS_STREAM_H
#define LSTMTS_STREAM_H

#include <lstmts/forecaster.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A stream. Opaque. It shares what the forecaster has fitted and borrows nothing: the forecaster
 * may be fitted again or freed, and the stream forecasts as before.
 *
 * Thread-safety: one thread at a time. Different streams are independent.
 */
typedef struct lstm_stream lstm_stream;

/** In place of the number of a series: the fit has not seen it. */
#define LSTM_NEW_SERIES (-1)

/** Options of a stream. */
typedef struct lstm_stream_options {
    uint64_t struct_size; /**< set by LSTM_STREAM_OPTIONS_INIT                                  */
    const lstm_dataset *dataset; /**< with the columns of the fit; the stream begins with the rows
                                      of a series, its future rows and static features. NULL = it
                                      begins with no rows                                         */
    int64_t series;  /**< of `dataset`, recognized as by lstm_forecaster_predict(). If `dataset` is
                          NULL, its number in the fit, or LSTM_NEW_SERIES                        */
    int64_t start;   /**< time of the first row, in seconds since 1970, if `dataset` is NULL and
                          rows have times                                                         */
    int64_t horizon; /**< rows of a forecast, >= 1; 0 = the forecaster's                          */
    const lstm_real *static_values; /**< [n_static] static features, if `dataset` is NULL; copied.
                                         NULL = not known: networks see 0                         */
    int64_t n_future; /**< most future rows of known covariates; 0 = horizon                      */
    int64_t intervals; /**< 1 = for lstm_stream_intervals(), whose horizon is the forecaster's: the
                            stream scores its forecasts as rows come                              */
} lstm_stream_options;

#define LSTM_STREAM_OPTIONS_INIT                                                                   \
    {                                                                                              \
        sizeof(lstm_stream_options), 0, 0, 0, 0, 0, 0, 0                                           \
    }

/**
 * Set options as LSTM_STREAM_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_stream_options_init(lstm_stream_options *options, uint64_t size);

/**
 * Create a stream. Its messages name the series as the data set does, or without one as that of
 * the fit, or "new".
 *
 * @param[out] stream  free it with lstm_stream_free().
 * @param forecaster   fitted; not borrowed.
 * @param options      not kept; NULL = all defaults.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_ORDER before a fit; LSTM_E_SHAPE if the
 *         data set does not fit the forecaster, or the fit had no series of that number;
 *         LSTM_E_LIMIT; LSTM_E_NUMERIC as of lstm_stream_push(); LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_stream_new(lstm_stream **stream, const lstm_forecaster *forecaster,
                                     const lstm_stream_options *options);

/**
 * Free a stream; NULL is allowed.
 *
 * @since 0.1
 */
LSTM_API void lstm_stream_free(lstm_stream *stream);

/**
 * Append the next row. The first future row, if there is one, is this row.
 *
 * @param row  [C] all stored columns, in the units of the data; NaN = missing, unless the data set
 *             of the fit refuses missing values.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NUMERIC for an infinity or a missing value, naming row
 *         and column; LSTM_E_LIMIT if its time is beyond the year 9999. On failure the stream is
 *         unchanged.
 * @since 0.1
 */
LSTM_API lstm_status lstm_stream_push(lstm_stream *stream, const lstm_real *row);

/**
 * Set the rows that follow the last one, of which only columns with LSTM_ROLE_KNOWN are read. They
 * replace earlier future rows. A missing value is refused or filled as in any row.
 *
 * @param rows   [n_row, C]; NULL is allowed if n_row is 0.
 * @param n_row  0 .. n_future
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NUMERIC. On failure the stream is unchanged.
 * @since 0.1
 */
LSTM_API lstm_status lstm_stream_set_future(lstm_stream *stream, const lstm_real *rows,
                                            int64_t n_row);

/**
 * Forecast the rows after the last one.
 *
 * @param[out] y  [horizon, K], K target columns in their order.
 * @return LSTM_OK; LSTM_E_ORDER before the first row; LSTM_E_SHAPE if future rows of known
 *         covariates are missing; LSTM_E_LIMIT if a calendar column is needed after the year 9999;
 *         LSTM_E_NUMERIC, also if a missing value cannot be filled since its column has no value.
 *         On failure y is unchanged.
 * @since 0.1
 */
LSTM_API lstm_status lstm_stream_forecast(lstm_stream *stream, lstm_real *y);

/**
 * Forecast the rows after the last one, with intervals (interval.h). They are calibrated as by
 * lstm_forecaster_intervals(): on the validation part, and on the stream's own forecasts whose rows
 * came since the fit. lstm_stream_push() computes these once in a fixed number of rows, unless
 * future rows are missing: of known covariates, `horizon` rows must be set before each push, and
 * in the data set before lstm_stream_new() for the first one. Then a stream that began with n rows
 * of a data set without gaps has the bits of lstm_forecaster_intervals() from the origins n,
 * n + 1, ...
 *
 * @param[out] y  [horizon, K] point forecasts, or NULL
 * @param[out] lower, upper  [L, horizon, K] of the forecaster's L levels; NaN where no forecast has
 *                been scored.
 * @return as lstm_stream_forecast(); LSTM_E_ORDER also without the option `intervals`. On failure
 *         the outputs are unchanged.
 * @since 0.1
 */
LSTM_API lstm_status lstm_stream_intervals(lstm_stream *stream, lstm_real *y, lstm_real *lower,
                                           lstm_real *upper);

/**
 * Number of rows that came, with those of the data set; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_stream_rows(const lstm_stream *stream);

/**
 * Number of rows that a forecast reads; with fewer of them it is less exact. 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_stream_context(const lstm_stream *stream);

/**
 * Rows of a forecast; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_stream_horizon(const lstm_stream *stream);

#ifdef __cplusplus
}
#endif

#endif
