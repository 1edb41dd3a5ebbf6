/* SPDX-License-Identifier: MIT */
/* The origins of a backtest, in order, and the data set as it was at one of them. */
#ifndef LTS_EVALUATE_ORIGINS_H
#define LTS_EVALUATE_ORIGINS_H

#include "data/parts_view.h"
#include <lstmts/backtest.h>

/** First origin of a series. */
int64_t lts_origin_first(const lstm_backtest_options *options, const lstm_dataset *dataset,
                         int64_t series);

/** Number of its origins. `stride` of the options is >= 1. */
int64_t lts_origin_count(const lstm_backtest_options *options, const lstm_dataset *dataset,
                         int64_t series);

/** Let the validation parts end at origin number `index` of each series, or at its last row, and
 *  keep their length. */
void lts_parts_view_move(lts_parts_view *view, const lstm_backtest_options *options,
                         const lstm_dataset *dataset, int64_t index);

#endif
