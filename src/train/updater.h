/* SPDX-License-Identifier: MIT */
#ifndef LTS_TRAIN_UPDATER_H
#define LTS_TRAIN_UPDATER_H

#include "network/device.h"
#include "network/model.h"
#include "score/caller_loss.h"
#include "score/loss_options.h"
#include "train/average.h"
#include "train/carry.h"
#include "train/curriculum.h"
#include "train/optimizer.h"
#include "train/sampling.h"
#include "train/schedule.h"
#include "view/iter.h"
#include <lstmts/updater.h>

/** The results of one update that lstm_updater_info() and lstm_updater_step_losses() return. */
typedef struct lts_report {
    bool valid; /**< there was such an update */
    double loss, gradient_norm, learning_rate;
    int64_t n_step;    /**< steps that were run */
    double *step_loss; /**< [T] loss of each step, 0 if it was not run */
} lts_report;

struct lstm_updater {
    lstm_model *model; /**< borrowed */
    lstm_iter *iter;   /**< borrowed */
    int64_t unroll_form, support_len, feedback_lag;
    double dropout;
    uint64_t seed; /**< of dropout and sampling */
    lstm_sampling_options sampling;
    lts_loss loss;
    lts_caller_loss caller_loss; /**< of `loss` */
    lts_curriculum curriculum;
    int64_t T;          /**< steps of a window */
    lts_plan plan;      /**< of the present batch */
    lts_engine *engine; /**< the network on its device */
    bool folded;        /**< whether the engine folds the input layer */
    lts_optimizer optimizer;
    lts_average average;
    lts_carry carry;
    uint_fast64_t version; /**< model version of engine and optimizer, from 1; 0 = none */
    lstm_schedule_options schedule;
    int64_t n_hook;
    lstm_hook *hooks;
    int64_t n_accumulate;        /**< batches per update                                  */
    real *gradient;              /**< one block of the table's layout                     */
    double *batch_loss;          /**< [T] loss of each step of the present batch          */
    uint64_t iteration;          /**< updates applied                                     */
    uint64_t start;              /**< updates before the optimizer was reset              */
    double rate_factor;          /**< factor on the learning rate                         */
    lstm_iter_position position; /**< of the iterator before the present update           */
    int64_t B;                   /**< windows of the present batch                        */
    bool moments_ahead;          /**< the engine's moments are newer than the host's      */
    bool unrolled;               /**< outputs, state and gradient are those of a batch    */
    bool pending;                /**< the gradient is not applied yet                     */
    lts_report report;           /**< of the last gradient that was computed              */
    lts_report applied;          /**< of the last update that was applied                 */
    real *output, *target;       /**< [B, K] buffers for error messages                   */
};

/**
 * Copy parameters and moments from the device if the engine's are newer. Must be called before the
 * host's blocks are read.
 */
lstm_status lts_updater_settle(const lstm_updater *updater);

/** Must be called before the host's blocks are overwritten: the engine's copies become invalid. */
void lts_updater_overwrite(lstm_updater *updater);

/** Read the blocks LTS_READ_* from the engine, under the model's lock. */
lstm_status lts_updater_read(const lstm_updater *updater, unsigned what);

/** LSTM_E_NUMERIC, naming window and step, if a loss of the present update is not finite. */
lstm_status lts_check_loss(const lstm_updater *updater);

/** LSTM_E_NUMERIC, naming the element, if the gradient is not finite; `norm` is its norm. */
lstm_status lts_check_gradient(const lstm_updater *updater, double norm);

/** No results of updates are valid any more. */
void lts_updater_forget_results(lstm_updater *updater);

/**
 * Before the first update: continue with the moments [n_moment, total] of an optimizer that has
 * made `age` updates.
 */
void lts_updater_take_moments(lstm_updater *updater, const real *moments, uint64_t age);

/** Updates that the moments have seen. */
static inline uint64_t lts_updater_age(const lstm_updater *updater)
{
    return updater->iteration - updater->start + updater->optimizer.age;
}

/** Reset the optimizer to its state before the first update, with moments 0. */
void lts_updater_restart(lstm_updater *updater);

#endif
