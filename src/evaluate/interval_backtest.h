/* SPDX-License-Identifier: MIT */
#ifndef LTS_EVALUATE_INTERVAL_BACKTEST_H
#define LTS_EVALUATE_INTERVAL_BACKTEST_H

#include "base/real.h"
#include <lstmts/interval_backtest.h>

enum { LTS_CALIBRATIONS = 3 };

/** Sums over origins. */
typedef struct lts_interval_sums {
    int64_t n, covered;
    double width, distance; /**< of the truth from its interval */
} lts_interval_sums;

struct lstm_interval_backtest {
    int64_t n_series, K, L, H;
    double *levels;          /**< [L]                            */
    lts_interval_sums *sums; /**< [series, calibration, K, L, H] */
};

#endif
