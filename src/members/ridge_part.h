/* SPDX-License-Identifier: MIT */
/*
 * Ridge regression as a member of a forecaster, on the values z of a view: transformed, scaled and
 * without season (lstmts/view.h).
 */
#ifndef LTS_MEMBERS_RIDGE_PART_H
#define LTS_MEMBERS_RIDGE_PART_H

#include "members/own_scales.h"
#include "method/ridge.h"

typedef struct lts_ridge_part {
    lts_ridge *ridge; /**< NULL = none */
    lstm_view *view;  /**< in a fitted forecaster its data set is the frame: see lts_view_on() */
} lts_ridge_part;

/**
 * Fit to all target columns of all series, or of a part of very many series.
 * @param options  of the view; its part says which rows are training windows. The validation part,
 *                 if it lies behind that, chooses the penalty.
 * @return LSTM_E_SHAPE if the context is 0; as lts_ridge_fit(), lstm_view_new(). On failure there
 *         is nothing to clear.
 */
lstm_status lts_ridge_part_fit(lts_ridge_part *part, const lstm_dataset *dataset,
                               const lstm_view_options *options, const lts_ridge_options *ridge);
/**
 * Fit it again, with the options of `from`.
 * @param map  the series of the data set in the fit; those that are not there keep their scales
 * @return as lts_ridge_part_fit()
 */
lstm_status lts_ridge_part_continue(lts_ridge_part *part, const lts_ridge_part *from,
                                    const lstm_dataset *dataset, const lstm_view_options *options,
                                    const lts_series_map *map);
void lts_ridge_part_clear(lts_ridge_part *part);

/** The geometric mean of the penalties of all blocks: that of a later fit to more rows. */
double lts_ridge_part_penalty(const lts_ridge_part *part);

/** Forecast n windows: y [n, H, K]. H may be longer than that of the regression. */
lstm_status lts_ridge_part_predict(const lts_ridge_part *part, const lstm_dataset *dataset,
                                   const int64_t *series, const int64_t *origin, int64_t n,
                                   int64_t H, real *y);

/** Buffers of the windows that a forecast computes together; ridge_part.c has their number. */
typedef struct lts_ridge_buffers {
    double *rows; /**< [windows, L + H] contexts and forecasts        */
    double *x;    /**< [windows, L]                                   */
    double *z;    /**< [windows, ridge_H] forecasts of one regression */
} lts_ridge_buffers;

/** What a regression needs to forecast one series without allocating. */
typedef struct lts_ridge_work {
    const lts_ridge_part *part;
    lstm_view view;
    const lts_own_scales *own;
    int64_t number; /**< of the series in the fit; -1 = new */
    lts_ridge_buffers buffers;
} lts_ridge_work;

/** As lts_network_work_init(). LSTM_E_NOMEM. Clear it in each case. */
lstm_status lts_ridge_work_init(lts_ridge_work *work, const lts_ridge_part *part,
                                const lstm_dataset *live, const lts_own_scales *own, int64_t number,
                                int64_t H);
void lts_ridge_work_clear(lts_ridge_work *work);

/** Forecast from row `origin`: y [H, K], the bits of lts_ridge_part_predict(). */
void lts_ridge_work_run(lts_ridge_work *work, int64_t origin, int64_t H, real *y);

#endif
