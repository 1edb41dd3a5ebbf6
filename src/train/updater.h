/* SPDX-License-Identifier: MIT */
#ifndef LTS_TRAIN_UPDATER_H
#define LTS_TRAIN_UPDATER_H

#include "data/iter.h"
#include "network/model.h"
#include "network/unroll.h"
#include "train/optimizer.h"
#include "train/schedule.h"
#include <lstmts/updater.h>

struct lstm_updater {
    lstm_model *model; /**< borrowed */
    lstm_iter *iter;   /**< borrowed */
    int64_t unroll_form, support_len, feedback_lag, n_thread;
    lts_unroll unroll;
    lts_optimizer optimizer;
    uint_fast64_t
        version; /**< of the model that unroll and optimizer know; versions begin with 1 */
    lstm_schedule_options schedule;
    int64_t n_hook;
    lstm_hook *hooks;
    real *gradient;              /**< one block of the table's layout                     */
    uint64_t iteration;          /**< updates applied                                     */
    uint64_t start;              /**< of these, before the optimizer began anew           */
    double rate_factor;          /**< on the learning rate                                */
    lstm_iter_position position; /**< of the iterator before the present batch            */
    bool computed;               /**< there was a backward pass: there is something to read */
    bool pending;                /**< it has not been applied yet                         */
    double loss, gradient_norm, learning_rate;
};

/** LSTM_E_NUMERIC, saying where, if a loss of the present update is not finite. */
lstm_status lts_check_loss(const lstm_updater *updater);

/** The same of the gradient; its norm otherwise. */
lstm_status lts_check_gradient(const lstm_updater *updater, double *norm);

/** The optimizer begins anew, as before the first update, with moments 0. */
void lts_updater_restart(lstm_updater *updater);

#endif
