/* SPDX-License-Identifier: MIT */
#ifndef LTS_DATA_WINDOW_H
#define LTS_DATA_WINDOW_H

#include "base/real.h"
#include <lstmts/status.h>
#include <lstmts/window.h>

/** Length, prediction distance and rule of a series' windows. */
typedef struct lts_window {
    int64_t T, pred, rule;
} lts_window;

/** The windows of one batch. */
typedef struct lts_batch {
    const int64_t *offsets; /**< [B]                                                      */
    int64_t B;
    uint64_t number;   /**< batches that the iterator drew before: decides random masks      */
    uint64_t seed;     /**< of scheduled sampling                                            */
    double withheld;   /**< share of true rows within the support that a model is not given */
    const real *state; /**< [L, 2, B, H] h and c of each layer before the first call; NULL = 0,
                            and always in "cuda"                                            */
} lts_batch;

/**
 * Check T >= 1, pred >= 1 (0 becomes 1) and the rule, and count the windows of a series of n_row
 * rows. LSTM_E_ARGUMENT naming the field; LSTM_E_SHAPE if the series is too short for one window.
 */
lstm_status lts_window_check(lts_window *window, int64_t n_row, int64_t *n_window);

/** The step t - lag whose output is the input of step t, or -1 if step t reads the true row. */
static inline int64_t lts_fed_step(int64_t t, int64_t support_len, int64_t lag)
{
    return t > support_len && t >= lag ? t - lag : -1;
}

/**
 * If context_len and horizon are given (not both 0), set window->T, which must be 0, and
 * support_len if that is 0. LSTM_E_ARGUMENT naming the field; LSTM_E_LIMIT.
 */
lstm_status lts_context_read(int64_t context_len, int64_t horizon, lts_window *window,
                             int64_t *support_len);

/**
 * LSTM_E_ARGUMENT if support_len, unless it is LSTM_TEACHER_FORCED, exceeds a window of T steps.
 */
lstm_status lts_support_check(int64_t support_len, int64_t T);

/**
 * Check support_len >= 0 and feedback_lag >= 0; a feedback_lag of 0 becomes `pred`. LSTM_E_ARGUMENT
 * naming the field.
 */
lstm_status lts_loop_check(int64_t support_len, int64_t *feedback_lag, int64_t pred);

#endif
