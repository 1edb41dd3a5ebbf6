/* SPDX-License-Identifier: MIT */
/* Forecasts of a network over a view as rows in the units of the data. */
#ifndef LTS_FORECAST_ROW_FORECAST_H
#define LTS_FORECAST_ROW_FORECAST_H

#include "forecast/view_forecast.h"

/**
 * Forecast H rows from n origins of the view's data set. Places, n and n_segment of `forecast` are
 * not read; samples are numbered on from `first`, by origin and channel.
 * Of slabs (view_forecast.h) after the first y has how far they are from the first.
 *
 * @param series, origin  [n] with rows that a forecast needs: lts_match_future()
 * @param[out] y          [slabs, n, H, K], K target columns
 * @return as lts_view_forecast_run(). On failure y may be changed.
 */
lstm_status lts_row_forecast_run(const lts_view_forecast *forecast, const int64_t *series,
                                 const int64_t *origin, int64_t n, int64_t H, real *y);

/**
 * Collect y [slabs, n, H, K] from the channels of n origins.
 *
 * @param forecast  one that has been run, with n_channel places for each origin
 * @param levels    [n_base], overwritten
 * @param x         its results, overwritten
 * @param distance  values of y from slab to slab
 */
void lts_row_forecast_collect(const lts_view_forecast *forecast, int64_t n, int64_t H,
                              lts_level *levels, real *x, int64_t distance, real *y);

#endif
