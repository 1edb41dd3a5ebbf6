/* SPDX-License-Identifier: MIT */
#ifndef LTS_TRAIN_UPDATER_H
#define LTS_TRAIN_UPDATER_H

#include "data/iter.h"
#include "network/device.h"
#include "network/model.h"
#include "train/optimizer.h"
#include "train/schedule.h"
#include <lstmts/updater.h>

struct lstm_updater {
    lstm_model *model; /**< borrowed */
    lstm_iter *iter;   /**< borrowed */
    int64_t unroll_form, support_len, feedback_lag;
    lts_plan plan;
    lts_engine *engine; /**< the network on its device                           */
    lts_optimizer optimizer;
    uint_fast64_t version; /**< of the model that engine and optimizer know, from 1 */
    lstm_schedule_options schedule;
    int64_t n_hook;
    lstm_hook *hooks;
    real *gradient;              /**< one block of the table's layout                     */
    uint64_t iteration;          /**< updates applied                                     */
    uint64_t start;              /**< of these, before the optimizer began anew           */
    double rate_factor;          /**< on the learning rate                                */
    lstm_iter_position position; /**< of the iterator before the present batch            */
    int64_t B;                   /**< windows of the present batch                        */
    bool moments_ahead;          /**< the engine's moments are newer than the host's      */
    bool computed;               /**< there was a backward pass: there is something to read */
    bool pending;                /**< it has not been applied yet                         */
    double loss, gradient_norm, learning_rate;
    double *step_loss;     /**< [T] mean squared error of each step                 */
    real *output, *target; /**< [B, K] for messages                                 */
};

/**
 * Bring the blocks of model and moments up to date, where the engine has copies of them. To be
 * called before they are read.
 */
lstm_status lts_updater_settle(const lstm_updater *updater);

/** To be called before the host's blocks are overwritten: nothing is read back over them then. */
void lts_updater_overwrite(lstm_updater *updater);

/** LTS_READ_* of the engine; no other thread reads from it meanwhile. */
lstm_status lts_updater_read(const lstm_updater *updater, unsigned what);

/** LSTM_E_NUMERIC, saying where, if a loss of the present update is not finite. */
lstm_status lts_check_loss(const lstm_updater *updater);

/** The same of the gradient, whose norm it is. */
lstm_status lts_check_gradient(const lstm_updater *updater, double norm);

/** The optimizer begins anew, as before the first update, with moments 0. The model has changed. */
void lts_updater_restart(lstm_updater *updater);

#endif
