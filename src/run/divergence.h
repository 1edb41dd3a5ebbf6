/* SPDX-License-Identifier: MIT */
/*
 * The policy on divergence. A rollback restores the best parameters, resets the optimizer and
 * lowers the learning rate. With the old moments, the optimizer would repeat the step that
 * diverged.
 */
#ifndef LTS_RUN_DIVERGENCE_H
#define LTS_RUN_DIVERGENCE_H

#include "train/updater.h"
#include <lstmts/trainer.h>

typedef struct lts_divergence {
    int64_t policy;      /**< LSTM_DIVERGENCE_STOP or _RETURN                         */
    double ratio;        /**< a score above ratio * best is a divergence; 0: never    */
    double factor;       /**< on the learning rate, at each rollback                  */
    uint64_t limit;      /**< maximum number of rollbacks                             */
    uint64_t n_rollback; /**< rollbacks so far                                        */
} lts_divergence;

/** LSTM_E_ARGUMENT naming the field. Fills in the defaults. */
lstm_status lts_divergence_check(lstm_trainer_options *options);

/** `options` must be checked. */
void lts_divergence_init(lts_divergence *divergence, const lstm_trainer_options *options);

/** Whether the policy is to roll back, which requires parameters to return to. */
bool lts_divergence_rolls_back(const lts_divergence *divergence);

/** LSTM_E_NUMERIC if the score of the validation after update `iteration` is a divergence. */
lstm_status lts_divergence_check_score(const lts_divergence *divergence, double score, double best,
                                       uint64_t iteration);

/**
 * The factor on the learning rate after one more rollback, given the present `factor`. 0 if no
 * rollback is left, or if `learning_rate` times the new factor would be 0.
 */
double lts_divergence_next_factor(const lts_divergence *divergence, double factor,
                                  double learning_rate);

/**
 * After LSTM_E_NUMERIC, whose message is `why`: roll back to the parameters `best` (one block).
 * LSTM_E_NUMERIC with a message, and nothing changed, if the policy has no more rollbacks.
 */
lstm_status lts_divergence_roll_back(lts_divergence *divergence, lstm_updater *updater,
                                     const real *best, const char *why);

#endif
