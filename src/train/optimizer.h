/* SPDX-License-Identifier: MIT */
#ifndef LTS_TRAIN_OPTIMIZER_H
#define LTS_TRAIN_OPTIMIZER_H

#include "network/device.h"
#include "train/tensor_rules.h"
#include <lstmts/optimizer.h>

/** An optimizer and its moments, each a block of the parameter table's layout. */
typedef struct lts_optimizer {
    const lts_training_kernels *kernels;
    lstm_optimizer_options options; /**< with the defaults filled in */
    int64_t n_moment;
    const char *names[LTS_MAX_MOMENTS]; /**< names for lstm_updater_moment() */
    real *moments[LTS_MAX_MOMENTS];
    uint64_t age; /**< updates that the moments had seen when the updater began */
    lts_tensor_rules rules;
    lts_bounds bounds; /**< bounds after the last step */
} lts_optimizer;

/** Read options (NULL = Adam); LSTM_E_ARGUMENT naming the field. On failure nothing is to clear. */
lstm_status lts_optimizer_init(lts_optimizer *optimizer, const lts_params *params,
                               const lts_kernels *kernels, const lstm_optimizer_options *options);
void lts_optimizer_clear(lts_optimizer *optimizer);

/**
 * Compute the step of update number t, from 1, with learning rate `rate`; `norm` is that of the
 * gradient. Changes no parameter or moment. LSTM_E_NUMERIC if one of them would not stay finite;
 * LSTM_E_DEVICE. On success the caller must apply `step` on the engine; it has the optimizer's
 * parts.
 */
lstm_status lts_step_begin(lts_step *step, lts_optimizer *optimizer, lts_engine *engine,
                           const lts_params *params, uint64_t t, double rate, const real *gradient,
                           double norm, const real *values);

/** Must be called if anything else changed values or moments since the last step. */
void lts_optimizer_forget(lts_optimizer *optimizer);

/** Check hooks. LSTM_E_ARGUMENT naming the hook's index. */
lstm_status lts_hooks_check(const lstm_hook *hooks, int64_t n_hook);

#endif
