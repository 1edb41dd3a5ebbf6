/* SPDX-License-Identifier: MIT */
#ifndef LTS_TRAIN_UPDATER_H
#define LTS_TRAIN_UPDATER_H

#include "network/model.h"
#include "network/unroll.h"
#include "train/iter.h"
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
    lstm_iter_position position; /**< of the iterator before the present batch            */
    bool computed;               /**< there was a backward pass: there is something to read */
    bool pending;                /**< it has not been applied yet                         */
    double loss, gradient_norm, learning_rate;
};

#endif
