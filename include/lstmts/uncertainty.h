/* SPDX-License-Identifier: MIT */
/**
 * @file uncertainty.h
 * How sure a forecaster is: intervals, sample paths and quantiles. docs/intervals.md compares them.
 */
#ifndef LSTMTS_UNCERTAINTY_H
#define LSTMTS_UNCERTAINTY_H

#include <lstmts/forecaster.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Forecast a series with intervals (interval.h) from several of its rows, calibrated on the latest
 * forecasts: those of the validation part, by members that had not seen it, and those from the rows
 * since the fit that are known at the origin. From an origin before the end of the validation part
 * they are too narrow. The options interval and calibrate_once say how they are calibrated; levels
 * adapt as in lstm_interval_options. With is_conformalized the forecast is moved by how far the
 * mean quantile of the networks is from their mean, before errors widen or narrow it: so intervals
 * are wide where the networks say so. If no network forecasts, it stays a point.
 *
 * Series share the scores, divided by the scale of each one, its mean absolute change over a season
 * in the training part. A series that the fit has not seen is scored as soon as it has the rows of
 * a context, at least 24, and of a season; its scale is its change in these rows. With
 * calibrate_once it is not scored, and its scale at each origin is the change of the latest rows
 * before it. Bounds of a column that a member transforms (lstm_transform) are cut at 0.
 *
 * @param origins   [n_origin] numbers of known rows, ascending
 * @param[out] y    [n_origin, horizon, K] point forecasts, or NULL
 * @param[out] lower, upper  [n_origin, L, horizon, K]; NaN where no forecast has been scored.
 * @return as lstm_forecaster_predict_from().
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecaster_intervals(const lstm_forecaster *forecaster,
                                               const lstm_dataset *dataset, int64_t series,
                                               const int64_t *origins, int64_t n_origin,
                                               lstm_real *y, lstm_real *lower, lstm_real *upper);

/**
 * Draw sample paths of a series from one of its rows: futures, in units of the data, each of which
 * shows how steps, and mostly columns, depend on each other. A quantile over many paths of the sum,
 * the maximum or any other function of a path is a quantile of its forecast (docs/intervals.md).
 *
 * Where the forecast is that of networks alone and the loss has a distribution (loss.h), a path is
 * a sample of one of the networks, each of which has every n_network-th path. Each output is drawn
 * from its distribution, and is fed back to the following steps. Outputs of one step are drawn
 * independently: the rows of a segment and, in a joint view, the columns depend on each other only
 * through the steps before; columns of independent channels do not.
 *
 * Otherwise a path is the point forecast plus the residuals of an earlier forecast, all its steps
 * and columns together. It is drawn from 200 of those forecasts that calibrate the intervals
 * (lstm_forecaster_intervals()) and all of whose rows are known at the origin: the latest ones of
 * this series if there are 50, otherwise also those of all other series that the fit has kept,
 * evenly over the series, divided by their scales and multiplied by that of this one. If the
 * fit has seen rows of the series after the origin, only forecasts of the same series that ended
 * before it are drawn. Unlike the levels of intervals, residuals do not adapt. Where one is not
 * observed, that of the next forecast that has it is taken. Paths of positive data may be negative,
 * unless a member transforms the column: then they are cut at 0.
 *
 * Time and memory are those of n_path forecasts from the distribution, and of up to 200 forecasts
 * otherwise.
 *
 * @param origin   number of known rows, 1 .. number of rows. Later rows are not read, except in
 *                 known columns.
 * @param horizon  rows, >= 1; with residuals, at most that of the forecaster.
 * @param n_path   P, 1 .. 2^31 - 1
 * @param seed     of the random numbers. The same seed gives the same bits, for any number of
 *                 threads; the first paths are those of a call with fewer.
 * @param[out] paths  [P, horizon, K]; NaN where no residual is known, or the forecast is NaN.
 * @return as lstm_forecaster_predict_from(); LSTM_E_SHAPE also if the horizon is longer than the
 *         residuals; LSTM_E_LIMIT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecaster_paths(const lstm_forecaster *forecaster,
                                           const lstm_dataset *dataset, int64_t series,
                                           int64_t origin, int64_t horizon, int64_t n_path,
                                           uint64_t seed, lstm_real *paths);

/**
 * Quantiles of the forecasts of a series from several of its rows: those of 1,000 sample paths of
 * lstm_forecaster_paths(), with the seed of the options, by the line between the values of the
 * nearest ranks. So every forecaster has them, and they do not cross.
 *
 * @param origins   [n_origin] numbers of known rows, 1 .. number of rows. Later rows are not read,
 *                  except in known columns.
 * @param horizon   as of lstm_forecaster_paths()
 * @param levels    [n_level] shares of the values that are to be below, above 0 and below 1
 * @param[out] y    [n_origin, n_level, horizon, K]; NaN where paths are NaN.
 * @return as lstm_forecaster_paths().
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecaster_quantiles(const lstm_forecaster *forecaster,
                                               const lstm_dataset *dataset, int64_t series,
                                               const int64_t *origins, int64_t n_origin,
                                               int64_t horizon, const double *levels,
                                               int64_t n_level, lstm_real *y);

#ifdef __cplusplus
}
#endif

#endif
