/* SPDX-License-Identifier: MIT */
/* Which methods, levels, series, steps or columns of a result are asked for. */
#ifndef LTS_EVALUATE_SELECTION_H
#define LTS_EVALUATE_SELECTION_H

#include <lstmts/backtest.h>

/** From `first` to end - 1. */
typedef struct lts_range {
    int64_t first, end;
} lts_range;

/** LSTM_E_ARGUMENT unless `item` is 0 .. n - 1. */
lstm_status lts_check_item(const char *name, int64_t item, int64_t n);

/** The range of one item, or of all n if it is LSTM_ALL. LSTM_E_ARGUMENT. */
lstm_status lts_read_range(const char *name, int64_t item, int64_t n, lts_range *items);

#endif
