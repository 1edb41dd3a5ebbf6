/* SPDX-License-Identifier: MIT */
#ifndef LTS_EVALUATE_INTERVAL_H
#define LTS_EVALUATE_INTERVAL_H

#include "evaluate/conformal.h"

struct lstm_interval {
    int64_t H, K, L;
    int64_t block_len, n_block, stride;
    int64_t n_bound;      /**< arrays [H, K] of a forecast: 1 of points, 2 L of quantiles        */
    lts_conformal scores; /**< of cells column * n_block + block                                 */
    double rate;          /**< of adaptation, of steps one row ahead; 0 = none                   */
    int64_t n_slot;       /**< kept forecasts at most                                            */
    int64_t oldest;       /**< the slot that is used next; those after it, in a ring, are newer  */
    int64_t *ages;        /**< [n_slot] rows observed since the forecast; -1 = none              */
    real *forecasts;      /**< [n_slot, n_bound, H, K], low before high                          */
    int64_t n_quantile;   /**< n_cell * L * n_tail, or 0 without adaptation                      */
    real *quantiles;      /**< [n_slot, n_quantile] that the forecasts' bounds were moved by; NaN
                               where there were too few scores for the level                     */
};

/** Check options and replace those that are 0 by their defaults, but for `levels`. LSTM_E_ARGUMENT,
 *  LSTM_E_LIMIT. */
lstm_status lts_interval_check(lstm_interval_options *options);

/** A level of options that are checked. */
double lts_interval_level(const lstm_interval_options *options, int64_t level);

/** Forget everything. */
void lts_interval_clear(lstm_interval *interval);

#endif
