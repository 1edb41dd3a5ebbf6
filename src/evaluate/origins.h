/* SPDX-License-Identifier: MIT */
/* The origins of a backtest, in order, and the data set as it was at one of them. */
#ifndef LTS_EVALUATE_ORIGINS_H
#define LTS_EVALUATE_ORIGINS_H

#include "data/dataset.h"
#include <lstmts/backtest.h>

/** First origin of a series. */
int64_t lts_origin_first(const lstm_backtest_options *options, const lstm_dataset *dataset,
                         int64_t series);

/** Number of its origins. `stride` of the options is >= 1. */
int64_t lts_origin_count(const lstm_backtest_options *options, const lstm_dataset *dataset,
                         int64_t series);

/** A view of a data set that shares everything but the ends of the parts. */
typedef struct lts_origin_view {
    lstm_dataset dataset;
    lts_member *members;
} lts_origin_view;

/** LSTM_E_NOMEM; free it in any case. */
lstm_status lts_origin_view_new(lts_origin_view *view, const lstm_dataset *dataset);
void lts_origin_view_free(lts_origin_view *view);

/** Let the validation parts be empty: what is fitted to the view has not seen their rows. */
void lts_origin_view_hold_out(lts_origin_view *view);

/** Let the validation parts end at origin number `index` of each series, or at its last row, and keep
 *  their length. */
void lts_origin_view_move(lts_origin_view *view, const lstm_backtest_options *options,
                          const lstm_dataset *dataset, int64_t index);

#endif
