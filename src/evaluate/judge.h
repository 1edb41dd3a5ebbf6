/* SPDX-License-Identifier: MIT */
/*
 * The validation part as windows that candidates forecast, and the error by which they are
 * compared.
 */
#ifndef LTS_EVALUATE_JUDGE_H
#define LTS_EVALUATE_JUDGE_H

#include "data/dataset.h"

/** The most windows. */
enum { LTS_JUDGE_WINDOWS = 512 };

typedef struct lts_judge {
    const lstm_dataset *dataset; /**< borrowed; its parts are those of the judge                 */
    int64_t H, K;
    int64_t n;                /**< windows                                                       */
    int64_t *series, *origin; /**< [n]                                                           */
    double *scales;           /**< [n_series, K] mean absolute change over a season in the training
                                   part; 0 = the column does not count. All are 1 if every
                                   change is 0: errors are absolute then                         */
} lts_judge;

/**
 * Choose windows of the validation parts, as many as the memory of their forecasts allows.
 * @param season_len  rows, >= 1
 * @return LSTM_OK, also without any window; LSTM_E_NOMEM. On failure there is nothing to clear.
 */
lstm_status lts_judge_init(lts_judge *judge, const lstm_dataset *dataset, int64_t H,
                           int64_t season_len);
void lts_judge_clear(lts_judge *judge);

/** Number of windows that do not overlap, over all series and target columns. */
double lts_judge_independent(const lts_judge *judge);

/** Mean absolute scaled error of forecasts y [n, H, K]; NaN if nothing counts. */
double lts_judge_error(const lts_judge *judge, const real *y);

/** Whether an error is less than another one; one that is known is better than NaN. */
static inline bool lts_is_better(double error, double than)
{
    return error < than || (isnan(than) && !isnan(error));
}

/**
 * The next window that is of another series, or at least `stride` rows later; n if there is none.
 */
static inline int64_t lts_judge_next(const lts_judge *judge, int64_t window, int64_t stride)
{
    int64_t next = window + 1;
    while (next < judge->n && judge->series[next] == judge->series[window] &&
           judge->origin[next] - judge->origin[window] < stride)
        next++;
    return next;
}

/** Allocate forecasts [n, H, K]; free them with lts_free(). NULL if memory is exhausted. */
real *lts_judge_forecasts(const lts_judge *judge);

#endif
