/* SPDX-License-Identifier: MIT */
/*
 * Ridge regression as a member of a forecaster, on the values z of a view: transformed, scaled and
 * without season (lstmts/view.h).
 */
#ifndef LTS_FORECASTER_RIDGE_PART_H
#define LTS_FORECASTER_RIDGE_PART_H

#include "data/view.h"
#include "evaluate/ridge.h"

typedef struct lts_ridge_part {
    lts_ridge *ridge; /**< NULL = none */
    lstm_view *view;  /**< its data set is that of the fit, which may be gone: see lts_view_on() */
} lts_ridge_part;

/**
 * Fit to all target columns of all series.
 * @param options  of the view; its part says which rows are training windows. The validation part,
 *                 if it lies behind that, chooses the penalty.
 * @return LSTM_E_SHAPE if the context is 0; as lts_ridge_fit(), lstm_view_new(). On failure there is nothing to clear.
 */
lstm_status lts_ridge_part_fit(lts_ridge_part *part, const lstm_dataset *dataset,
                               const lstm_view_options *options, const lts_ridge_options *ridge);
void lts_ridge_part_clear(lts_ridge_part *part);

/** The geometric mean of the penalties of all blocks: that of a later fit to more rows. */
double lts_ridge_part_penalty(const lts_ridge_part *part);

/** Forecast n windows: y [n, H, K]. H may be longer than that of the regression. */
lstm_status lts_ridge_part_predict(const lts_ridge_part *part, const lstm_dataset *dataset,
                                   const int64_t *series, const int64_t *origin, int64_t n,
                                   int64_t H, real *y);

#endif
