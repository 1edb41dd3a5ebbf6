/* SPDX-License-Identifier: MIT */
/*
 * The baselines of baselines.h for a column whose values come one by one: the same bits, without
 * its history.
 */
#ifndef LTS_METHOD_RUNNING_H
#define LTS_METHOD_RUNNING_H

#include "base/real.h"
#include <lstmts/status.h>

/** A value and its row; none if row is -1. */
typedef struct lts_running_value {
    double value;
    int64_t row;
} lts_running_value;

typedef struct lts_running {
    int64_t m, n; /**< rows of a season, and rows that were taken                       */
    lts_running_value first, last; /**< observed                                        */
    double sum; /**< of x_t - x_(t-m) where both are observed                         */
    int64_t count;
    double *recent;            /**< [m] value of the last m rows, row t at t % m        */
    lts_running_value *phases; /**< [m] the last observed value of each                 */
} lts_running;

/** @param m  >= 1; 1 for kinds without season. LSTM_E_NOMEM: clear it. */
lstm_status lts_running_init(lts_running *running, int64_t m);
void lts_running_clear(lts_running *running);

/** Let `to`, of the same m, have taken what `from` has taken. */
void lts_running_copy(lts_running *to, const lts_running *from);

/** Take the next row's value; NaN = missing. */
void lts_running_take(lts_running *running, double x);

/**
 * Forecast the next rows, y [H]; all NaN if no value was observed.
 * @param kind  LSTM_BASELINE_NAIVE, _SEASONAL_NAIVE, _DRIFT or _SEASONAL_DRIFT
 */
void lts_running_forecast(const lts_running *running, int64_t kind, int64_t H, double *y);

#endif
