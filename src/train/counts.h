/* SPDX-License-Identifier: MIT */
/* Whether the targets of a training are counts, as LSTM_LOSS_NEGATIVE_BINOMIAL needs. */
#ifndef LTS_TRAIN_COUNTS_H
#define LTS_TRAIN_COUNTS_H

#include "score/loss.h"
#include "view/source.h"

/**
 * LSTM_E_ARGUMENT naming the option if the loss is of counts and a view changes values;
 * LSTM_E_NUMERIC naming the place if a target is negative.
 */
lstm_status lts_counts_check(const lts_loss *loss, const lts_source *source);

#endif
