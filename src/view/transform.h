/* SPDX-License-Identifier: MIT */
/*
 * Functions that make the spread of positive data independent of its level. All are increasing, so
 * a quantile of the data becomes the same quantile of the transformed data, and back.
 */
#ifndef LTS_VIEW_TRANSFORM_H
#define LTS_VIEW_TRANSFORM_H

#include "base/real.h"
#include <lstmts/view.h>

typedef struct lts_transform {
    int64_t kind;  /**< lstm_transform             */
    double lambda; /**< -1 .. 2, for Box-Cox; else 0   */
} lts_transform;

/** LSTM_E_ARGUMENT, naming the field, unless kind and lambda are in their ranges. */
lstm_status lts_transform_check(const lts_transform *transform);

/** Whether a value, which may be NaN, is in the domain. */
bool lts_transform_takes(const lts_transform *transform, double x);

/** The function of a value in the domain; NaN of NaN. */
double lts_transform_apply(const lts_transform *transform, double x);

/**
 * The inverse of any number. An output beyond the range of the function gives the nearest value of
 * the data: 0, or the largest lstm_real.
 */
double lts_transform_invert(const lts_transform *transform, double y);

#endif
