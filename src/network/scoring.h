/* SPDX-License-Identifier: MIT */
#ifndef LTS_NETWORK_SCORING_H
#define LTS_NETWORK_SCORING_H

#include "network/plan.h"
#include "score/loss.h"

/**
 * Score the calls of an unroll. The loss of the unroll is the sum of the step losses.
 *
 * @param K       targets of a step
 * @param y       [n_call, B, n_out * K] outputs
 * @param target  [T, B, K]
 * @param weight  [T, B, K], or NULL = 1
 * @param[out] step_loss  [T] with LSTM_REDUCTION_STEPS the mean of each step times its weight, with
 *                        LSTM_REDUCTION_MEAN each step's share of the mean
 * @param[out] dy         [n_call, B, n_out * K]; 0 for a call that is not scored
 */
void lts_score_calls(const lts_loss *loss, const lts_plan *plan, int64_t B, int64_t K,
                     const real *y, const real *target, const real *weight, double *step_loss,
                     real *dy);

#endif
