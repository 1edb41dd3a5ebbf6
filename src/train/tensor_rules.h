/* SPDX-License-Identifier: MIT */
#ifndef LTS_TRAIN_TENSOR_RULES_H
#define LTS_TRAIN_TENSOR_RULES_H

#include "network/params.h"
#include "network/step.h"
#include <lstmts/optimizer.h>

/** A rule, checked. */
typedef struct lts_tensor_rule {
    const lts_tensor *tensor; /**< borrowed from the table            */
    double rate_factor;       /**< 0 = frozen                         */
    double weight_decay;      /**< with the optimizer's as default    */
} lts_tensor_rule;

/** The rules of an updater, in the order of the table. */
typedef struct lts_tensor_rules {
    int64_t n;
    lts_tensor_rule *rules; /**< [n]                         */
    lts_step_part *parts;   /**< [n] of the step being made  */
    int64_t n_frozen;
    const lts_tensor **frozen; /**< [n_frozen] the tensors that do not change */
} lts_tensor_rules;

/**
 * Check rules; `optimizer` has its defaults. LSTM_E_ARGUMENT naming the rule, LSTM_E_NAME,
 * LSTM_E_NOMEM. On failure there is nothing to clear.
 */
lstm_status lts_tensor_rules_init(lts_tensor_rules *rules, const lts_params *params,
                                  const lstm_optimizer_options *optimizer,
                                  const lstm_tensor_rule *options, int64_t n);
void lts_tensor_rules_clear(lts_tensor_rules *rules);

#endif
