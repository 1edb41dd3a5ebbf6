/* SPDX-License-Identifier: MIT */
#ifndef LTS_SCORE_LOSS_OPTIONS_H
#define LTS_SCORE_LOSS_OPTIONS_H

#include "score/loss_kind.h"

/**
 * Read options (NULL = all defaults). The loss borrows their arrays. LSTM_E_ARGUMENT naming the
 * field, LSTM_E_OPTIONS.
 */
lstm_status lts_loss_read(lts_loss *loss, const lstm_loss_options *options);

/** Copy the borrowed arrays. LSTM_E_NOMEM; then there is nothing to clear. */
lstm_status lts_loss_keep(lts_loss *loss);
void lts_loss_clear(lts_loss *loss);

/**
 * The options of a loss, whose arrays they borrow. Numbers of its kind are their defaults or set.
 */
lstm_loss_options lts_loss_options_of(const lts_loss *loss);

/** LSTM_E_SHAPE unless units and column weights are none or K, and step weights none or T. */
lstm_status lts_loss_match(const lts_loss *loss, int64_t K, int64_t T);

#endif
