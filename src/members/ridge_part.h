/* SPDX-License-Identifier: MIT */
/*
 * Ridge regression as a member of a forecaster, on the values z of a view: transformed, scaled and
 * without season (lstmts/view.h), after the effects of known covariates, which are scaled as for
 * networks, and transformed as targets if skip_transform is set.
 */
#ifndef LTS_MEMBERS_RIDGE_PART_H
#define LTS_MEMBERS_RIDGE_PART_H

#include "members/own_scales.h"
#include "method/effects.h"
#include "store/tensors.h"

typedef struct lts_ridge_part {
    lts_ridge *ridge; /**< NULL = none */
    lstm_view *view;  /**< in a fitted forecaster its data set is the frame: see lts_view_on() */
    lts_effects effects;
} lts_ridge_part;

/**
 * Fit to all target columns of all series, or of a part of very many series.
 * @param options  of the view; its part says which rows are training windows. The validation part,
 *                 if it lies behind that, chooses the penalty.
 * @param like     effects whose penalties are taken; NULL = by the validation part, too
 * @param like     effects whose penalties are taken; NULL = by the validation part, too
 * @return LSTM_E_SHAPE if the context is 0; as lts_ridge_fit(), lstm_view_new(). On failure there
 *         is nothing to clear.
 */
lstm_status lts_ridge_part_fit(lts_ridge_part *part, const lstm_dataset *dataset,
                               const lstm_view_options *options, const lts_ridge_options *ridge,
                               const lts_effects *like);
/**
 * Fit it again, with the options and penalties of `from`.
 * @param map  the series of the data set in the fit; those that are not there keep their scales
 * @return as lts_ridge_part_fit()
 */
lstm_status lts_ridge_part_continue(lts_ridge_part *part, const lts_ridge_part *from,
                                    const lstm_dataset *dataset, const lstm_view_options *options,
                                    const lts_series_map *map);
/**
 * Read the effects of a file, if it has them, into a part that has a view.
 * @return LSTM_OK; LSTM_E_NAME; LSTM_E_DTYPE; LSTM_E_SHAPE; LSTM_E_NUMERIC; LSTM_E_NOMEM.
 */
lstm_status lts_ridge_part_take_effects(lts_ridge_part *part, lts_tensors *tensors);
void lts_ridge_part_clear(lts_ridge_part *part);

/** The geometric mean of the penalties of all blocks: that of a later fit to more rows. */
double lts_ridge_part_penalty(const lts_ridge_part *part);

/** Forecast n windows: y [n, H, K]. H may be longer than that of the regression. */
lstm_status lts_ridge_part_predict(const lts_ridge_part *part, const lstm_dataset *dataset,
                                   const int64_t *series, const int64_t *origin, int64_t n,
                                   int64_t H, real *y);

/** Buffers of the windows that a forecast computes together; ridge_part.c has their number. */
typedef struct lts_ridge_buffers {
    double *rows;          /**< [windows, L + H] contexts and forecasts        */
    double *x;             /**< [windows, L]                                   */
    double *z;             /**< [windows, ridge_H] forecasts of one regression */
    double *effects;       /**< [windows, L + H] of covariates, as the rows; NULL = none          */
    real *known;           /**< [L + H, covariates] of the rows of a window                       */
    int64_t series, first; /**< of `known`: its series, -1 = none, and its first row              */
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
