/* SPDX-License-Identifier: MIT */
#ifndef LTS_SCORE_LOSS_H
#define LTS_SCORE_LOSS_H

#include "score/loss_kind.h"

/**
 * Returns the mean of (y - target)^2 over all n elements, in double, of eight sums of every eighth
 * element, and writes its gradient dy = 2/n (y - target).
 */
double lts_mean_squared_error(int64_t n, const real *y, const real *target, real *dy);

/**
 * The sum of w = column weight * weight over the targets of n windows; `weight` [n, K] or NULL = 1.
 */
double lts_loss_weight(const lts_loss *loss, int64_t n, int64_t K, const real *weight);

/**
 * Returns the sum of w l over the targets of n windows, in double, in order. y [n, n_out * K],
 * target [n, K], weight as above. Where w is 0, y and target are not read, and dy is 0. If dy
 * [n, n_out * K] is not NULL, it becomes scale times the gradient of the sum, at most the largest
 * real.
 */
double lts_loss_sum(const lts_loss *loss, int64_t n, int64_t K, const real *y, const real *target,
                    const real *weight, double scale, real *dy);

/** The sum over T steps of step weight times lts_loss_weight(); weight [T, n, K] or NULL = 1. */
double lts_loss_total(const lts_loss *loss, int64_t T, int64_t n, int64_t K, const real *weight);

/**
 * Returns the part of step t in the loss of a batch, and writes its gradient to dy; the parts of
 * all steps add up to the loss. `total` is lts_loss_total() for LSTM_REDUCTION_MEAN, and not read
 * for LSTM_REDUCTION_STEPS. Nothing scored makes 0. LSTM_LOSS_MSE without any weights is
 * lts_mean_squared_error() for LSTM_REDUCTION_STEPS.
 */
double lts_loss_step(const lts_loss *loss, int64_t t, double total, int64_t n, int64_t K,
                     const real *y, const real *target, const real *weight, real *dy);

/** The location [n, K] of each target. */
void lts_loss_location(const lts_loss *loss, int64_t n, int64_t K, const real *y, real *location);

/** dy += the gradient by y of what has the gradient `dlocation` [n, K] by the location. */
void lts_loss_location_back(const lts_loss *loss, int64_t n, int64_t K, const real *y,
                            const real *dlocation, real *dy);

/** The quantile of target i = b * K + k at a level; the kind must have a distribution. */
real lts_loss_quantile(const lts_loss *loss, int64_t i, int64_t K, const real *y, double level);

#endif
