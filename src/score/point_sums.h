/* SPDX-License-Identifier: MIT */
#ifndef LTS_SCORE_POINT_SUMS_H
#define LTS_SCORE_POINT_SUMS_H

#include "base/real.h"
#include <lstmts/metrics.h>

/** What all metrics of point forecasts are computed from. Zeroed = nothing counted. */
typedef struct lts_point_sums {
    int64_t n;
    double absolute, squared;      /**< of truth - forecast                              */
    double percentage, symmetric;  /**< summands of MAPE and sMAPE, as fractions         */
    double mean, squared_distance; /**< of the truth, and from its mean, summed          */
} lts_point_sums;

/** Count one pair; a truth that is NaN is not counted. */
void lts_point_sums_add(lts_point_sums *sums, double truth, double forecast);

/** Count what `other` has counted. */
void lts_point_sums_merge(lts_point_sums *sums, const lts_point_sums *other);

/** The metric; `scale` as of lstm_metric(), read by LSTM_METRIC_MASE and _RMSSE. */
double lts_point_metric(const lts_point_sums *sums, int64_t kind, double scale);

#endif
