/* SPDX-License-Identifier: MIT */
/* Residuals of whole forecasts, truth - forecast, from which sample paths are drawn. */
#ifndef LTS_MEMBERS_RESIDUALS_H
#define LTS_MEMBERS_RESIDUALS_H

#include "data/dataset.h"

/** Forecasts that are drawn from; also the scores of each step of the intervals. */
enum { LTS_MOST_RESIDUALS = 200 };

typedef struct lts_residuals {
    int64_t n, H, K;        /**< forecasts, steps, target columns                            */
    real *values;           /**< [n, H, K], the oldest forecast first; NaN = not observed    */
    int64_t *series, *ends; /**< [n] series, and the row after the last one of the forecast  */
} lts_residuals;

/** Whether number i of n is one of `most` >= 0 that are spread evenly over them. */
static inline bool lts_is_spread(int64_t i, int64_t n, int64_t most)
{
    if (n <= most)
        return true;
    return (i + 1) * most / n > i * most / n; // NOLINT(clang-analyzer-core.DivideZero)
}

/** Allocate n of them. LSTM_E_NOMEM; then there is nothing to clear. */
lstm_status lts_residuals_new(lts_residuals *residuals, int64_t n, int64_t H, int64_t K);
/**
 * Append others. Of more than `most` the oldest ones of each series are left out, in proportion to
 * what it has, so that no series is forgotten before the others. LSTM_E_NOMEM; then nothing
 * changes.
 */
lstm_status lts_residuals_append(lts_residuals *residuals, const lts_residuals *more, int64_t most);
void lts_residuals_clear(lts_residuals *residuals);

/**
 * Set number i: that of the forecast y [H, K] from row `origin`; rows origin .. origin + H - 1 are
 * there.
 */
void lts_residuals_set(lts_residuals *residuals, int64_t i, const lstm_dataset *dataset,
                       int64_t series, int64_t origin, const real *y);

#endif
