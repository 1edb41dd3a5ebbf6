/* SPDX-License-Identifier: MIT */
/*
 * The policy on divergence. A rollback takes the best parameters, resets the optimizer, and lowers
 * the rate: with the old moments the step that diverged would be made once more.
 */
#ifndef LTS_RUN_DIVERGENCE_H
#define LTS_RUN_DIVERGENCE_H

#include "train/updater.h"
#include <lstmts/trainer.h>

typedef struct lts_divergence {
    int64_t policy;      /**< LSTM_DIVERGENCE_STOP or _RETURN                         */
    double ratio;        /**< of a score to the best above which it diverges; 0: none */
    double factor;       /**< on the learning rate, at each rollback                  */
    uint64_t limit;      /**< most rollbacks of a run                                 */
    uint64_t n_rollback; /**< rollbacks so far                                        */
} lts_divergence;

/** LSTM_E_ARGUMENT naming the field. Fills in the defaults. */
lstm_status lts_divergence_check(lstm_trainer_options *options);

/** From options that were checked. */
void lts_divergence_init(lts_divergence *divergence, const lstm_trainer_options *options);

/** Whether the run rolls back, and so needs parameters to return to. */
bool lts_divergence_rolls_back(const lts_divergence *divergence);

/** LSTM_E_NUMERIC if the score of the validation after update `iteration` is a divergence. */
lstm_status lts_divergence_check_score(const lts_divergence *divergence, double score, double best,
                                       uint64_t iteration);

/**
 * The factor on the rate after one more rollback, from the one before it; 0 if there is none, by
 * the limit or because `learning_rate` times the factor would be 0.
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
