/* SPDX-License-Identifier: MIT */
/**
 * @file interval.h
 * lstm_interval: conformal prediction intervals around the forecasts of one series.
 * docs/intervals.md derives them.
 *
 * The width of an interval comes from the errors of earlier forecasts of the same column and steps,
 * as their truth becomes known. It needs no distribution, and any forecast will do:
 *
 *     lstm_interval_bounds()   intervals around a forecast from the present row
 *     lstm_interval_expect()   this forecast is to be scored
 *     lstm_interval_observe()  the next row is known: all forecasts of this row are scored
 *
 * The first intervals are calibrated by the same calls over the validation part. An interval
 * calibrated once is one that observes no row after it.
 *
 * A forecast is a point, or a lower and an upper quantile for each level (conformalized quantiles).
 * Bounds are [L, H, K]: L levels, H steps, K columns. Intervals of a higher level contain those of
 * a lower one.
 */
#ifndef LSTMTS_INTERVAL_H
#define LSTMTS_INTERVAL_H

#include <lstmts/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Scores of the latest forecasts, and forecasts that are not scored yet. Opaque.
 *
 * Thread-safety: any number of threads may read it (lstm_interval_bounds()), while no call changes
 * it. Only lstm_interval_new() allocates memory.
 */
typedef struct lstm_interval lstm_interval;

/** As `rate`: levels are not adapted. */
#define LSTM_NO_ADAPTATION (-1)

/** What intervals are for, and what they learn from. */
typedef struct lstm_interval_options {
    uint64_t struct_size; /**< set by LSTM_INTERVAL_OPTIONS_INIT                                */
    int64_t horizon;      /**< H, steps of a forecast, >= 1; required                           */
    int64_t n_column;     /**< K, >= 1; 0 = 1 */
    const double *levels; /**< [n_level] shares that are to be covered, above 0 and below 1,
                                 ascending; copied; NULL = 0.9                                    */
    int64_t n_level;      /**< L, 1 .. 16; 0 = 1                                                */
    int64_t window; /**< scores that are kept, the latest of each column and step, >= 1; 0 = 1000. A
                         new one takes the place of the oldest */
    int64_t block_len;    /**< this many steps in a row share their scores, 1 .. H; 0 = 1       */
    int64_t stride;       /**< least number of rows between forecasts that are scored, 1 .. 2^24;
                                 0 = 1. Memory is proportional to H^2 K / stride                  */
    int64_t is_two_sided; /**< 0 = both sides of an interval are equally long, by absolute
                                 errors; 1 = each side has its own length, by signed errors, and
                                 misses (1 - level) / 2                                           */
    int64_t is_conformalized; /**< 0 = forecasts are points; 1 = pairs of quantiles               */
    double rate; /**< gamma, above 0, at most 1: after each row, in each column and block of
                      steps, the share of misses is adapted by gamma / (mean number of rows ahead)
                      (wanted - observed share); 0 = 0.05; LSTM_NO_ADAPTATION                    */
} lstm_interval_options;

#define LSTM_INTERVAL_OPTIONS_INIT                                                                 \
    {                                                                                              \
        sizeof(lstm_interval_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0                                \
    }

/**
 * Set options as LSTM_INTERVAL_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_interval_options_init(lstm_interval_options *options, uint64_t size);

/**
 * Create intervals without any score.
 *
 * @param[out] interval  free it with lstm_interval_free().
 * @param options        not kept.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_LIMIT if a cell would have more than
 *         2^24 scores, the stride is larger than 2^24, or the arrays are too large; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_interval_new(lstm_interval **interval,
                                       const lstm_interval_options *options);

/**
 * Free intervals; NULL is allowed.
 *
 * @since 0.1
 */
LSTM_API void lstm_interval_free(lstm_interval *interval);

/**
 * Compute intervals around a forecast from the present row.
 *
 * @param low, high      points: low [H, K] is the forecast, high NULL. Quantiles: [L, H, K] each,
 *                       for each level c those of the shares (1 - c) / 2 and (1 + c) / 2.
 * @param[out] lower, upper  [L, H, K]; NaN where the forecast is NaN or there is no score yet. n
 *                       scores cover n / (n + 1) at most: the largest one is used for higher
 *                       levels.
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_interval_bounds(const lstm_interval *interval, const lstm_real *low,
                                          const lstm_real *high, lstm_real *lower,
                                          lstm_real *upper);

/**
 * Keep a forecast from the present row, to be scored when its rows are known.
 *
 * @param low, high  as of lstm_interval_bounds(); copied. What is not finite is not scored.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_ORDER if fewer than `stride` rows were observed since
 *         the last call.
 * @since 0.1
 */
LSTM_API lstm_status lstm_interval_expect(lstm_interval *interval, const lstm_real *low,
                                          const lstm_real *high);

/**
 * The next row is known. Every kept forecast of it is scored, and the levels are adapted. O(window)
 * per score.
 *
 * @param row  [K]; NaN = missing. What is not finite scores nothing.
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_interval_observe(lstm_interval *interval, const lstm_real *row);

/**
 * Forget the forecasts that are not scored yet, and keep the scores: the next row is one of another
 * series, or follows a gap.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_interval_restart(lstm_interval *interval);

/**
 * Number of scores that the intervals of a step come from.
 *
 * @return the number, 0 .. window times the steps of its block; 0 if there is no such step or
 *         column.
 * @since 0.1
 */
LSTM_API int64_t lstm_interval_scores(const lstm_interval *interval, int64_t step, int64_t column);

/**
 * Length of the array that holds all that intervals have learned. It depends on the options alone.
 *
 * @return the length; 0 for NULL.
 * @since 0.1
 */
LSTM_API int64_t lstm_interval_state_len(const lstm_interval *interval);

/**
 * Read what intervals have learned, to save it.
 *
 * @param[out] state  [lstm_interval_state_len()]; NaN stands for nothing.
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_interval_get_state(const lstm_interval *interval, lstm_real *state);

/**
 * Replace what intervals have learned by what was read from intervals with the same options. They
 * continue with the same bits.
 *
 * @param state  [length]
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_SHAPE if the length is another; LSTM_E_NUMERIC if a
 *         value cannot come from such intervals, whose place the message names. On failure nothing
 *         changes.
 * @since 0.1
 */
LSTM_API lstm_status lstm_interval_set_state(lstm_interval *interval, const lstm_real *state,
                                             int64_t length);

#ifdef __cplusplus
}
#endif

#endif
