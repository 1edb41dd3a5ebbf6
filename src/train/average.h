/* SPDX-License-Identifier: MIT */
#ifndef LTS_TRAIN_AVERAGE_H
#define LTS_TRAIN_AVERAGE_H

#include "network/params.h"

/** The mean of the parameters after updates 1 .. t, in which each counts d times the next one. */
typedef struct lts_average {
    double decay; /**< d, 0 <= d < 1; 0 = no average            */
    real *values; /**< a block of the table; NULL without decay */
} lts_average;

/** LSTM_E_ARGUMENT naming the option; LSTM_E_NOMEM. On failure there is nothing to clear. */
lstm_status lts_average_init(lts_average *average, const lts_params *params, double decay);
void lts_average_clear(lts_average *average);

/** The weight of the parameters after update t, from 1, in the average: 1 for the first. */
double lts_average_weight(const lts_average *average, uint64_t t);

/** Add the parameters after update t, from 1. The first one replaces what was there. */
void lts_average_add(lts_average *average, const lts_params *params, uint64_t t,
                     const real *values);

#endif
