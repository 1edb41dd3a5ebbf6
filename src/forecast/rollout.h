/* SPDX-License-Identifier: MIT */
/*
 * A state run over windows, step by step, in the loop of lstmts/window.h. It does the same as a
 * plan of network/plan.h, but stores no list of calls: a forecast may be very long.
 */
#ifndef LTS_FORECAST_ROLLOUT_H
#define LTS_FORECAST_ROLLOUT_H

#include "data/columns.h"
#include "data/window.h"
#include "forecast/state.h"

/** pred, s and g of lstmts/window.h; lstm_weights. */
typedef struct lts_loop {
    int64_t pred, support_len, lag, weights;
} lts_loop;

typedef struct lts_rollout {
    lts_columns columns;
    lstm_state *state;
    int64_t support_len, lag;
    bool covariates; /**< some input column is never fed back                           */
    real *recent;    /**< [lag, B, K] outputs of the last `lag` steps, step t at t % lag */
} lts_rollout;

/**
 * Allocate for B windows of at most n_step steps, with the columns of `series`. LSTM_E_SHAPE if the
 * model does not fit the series, or as of lts_columns_init(); LSTM_E_LIMIT, LSTM_E_NOMEM. On
 * failure there is nothing to clear.
 */
lstm_status lts_rollout_init(lts_rollout *rollout, const lstm_model *model,
                             const lstm_series *series, const lts_loop *loop, int64_t B,
                             int64_t n_step);
void lts_rollout_clear(lts_rollout *rollout);

/** Restart at t = 0 with B windows. */
void lts_rollout_restart(lts_rollout *rollout, int64_t B);

/** Whether step t reads any column of the true row offset + t. */
bool lts_rollout_reads_row(const lts_rollout *rollout, int64_t t);

/** The buffer [B, D] for the true rows of the next step. */
static inline real *lts_rollout_input(const lts_rollout *rollout)
{
    return rollout->state->trace.x;
}

/**
 * Run step t; steps must be run in order from 0. If lts_rollout_reads_row(), the caller first
 * writes the true rows to lts_rollout_input().
 * @param[out] y  [B, K] the outputs, valid until the next step
 * @return LSTM_OK; LSTM_E_NUMERIC, LSTM_E_STALE as of lstm_state_step().
 */
lstm_status lts_rollout_step(lts_rollout *rollout, int64_t t, const real **y);

#endif
