/* SPDX-License-Identifier: MIT */
/*
 * The validations of a run: their scores, the number in a row that were not better, and the
 * parameters of the best.
 */
#ifndef LTS_RUN_VALIDATION_H
#define LTS_RUN_VALIDATION_H

#include "forecast/valid.h"
#include "forecast/view_valid.h"
#include <lstmts/trainer.h>

typedef struct lts_validation {
    lstm_trigger trigger;      /**< every 0 = the run does not validate                       */
    const lstm_series *series; /**< borrowed; NULL = the windows are those of `of_view`       */
    lts_valid_plan plan;       /**< of a series                                               */
    lts_view_valid of_view;    /**< its view is NULL if there is a series                     */
    int64_t T, K;              /**< steps, and columns of which rmse has the errors           */
    uint64_t patience;         /**< validations without a better one that end the run; 0 = never */
    double min_delta;          /**< a score is better if it is lower by more than this       */

    double *rmse;        /**< [T, K+1] of the last validation; K is 0 for a view               */
    double last_score;   /**< of the last validation; NaN before the first                      */
    double best_score;   /**< NaN before the first                                              */
    uint64_t not_better; /**< validations in a row that were not better                         */
    real *best;          /**< parameters of the best validation, or of the start: one block. NULL
                              if the run needs none                                             */
    bool has_best;       /**< `best` holds valid parameters                                     */
} lts_validation;

/** LSTM_E_ARGUMENT naming the field. */
lstm_status lts_validation_check(const lstm_trainer_options *options);

/**
 * `options` must be checked. After a failure, clear `validation`.
 *
 * @param loss         of the training; borrowed
 * @param keeps_start  `best` is needed even if the run does not validate
 */
lstm_status lts_validation_init(lts_validation *validation, const lstm_model *model,
                                const lts_loss *loss, const lstm_trainer_options *options,
                                bool keeps_start);
void lts_validation_clear(lts_validation *validation);

bool lts_validation_is_on(const lts_validation *validation);

/** Validate `model`: computes rmse, and *score, the root of the mean over steps of Total^2. */
lstm_status lts_validation_run(lts_validation *validation, const lstm_model *model, double *score);

/** Store the score of the last validation. Returns whether it is better than the best so far. */
bool lts_validation_note(lts_validation *validation, double score);

/** Keep the parameters of `model` as the best. */
void lts_validation_keep(lts_validation *validation, const lstm_model *model);

bool lts_validation_out_of_patience(const lts_validation *validation);

#endif
