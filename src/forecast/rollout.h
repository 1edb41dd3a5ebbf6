/* SPDX-License-Identifier: MIT */
/*
 * A state run over windows of rows, step by step, in the loop of lstmts/window.h: the plan of
 * network/plan.h without its list, since a forecast may be longer than anyone would list.
 */
#ifndef LTS_FORECAST_ROLLOUT_H
#define LTS_FORECAST_ROLLOUT_H

#include "data/columns.h"
#include "data/window.h"
#include "forecast/state.h"

typedef struct lts_rollout {
    lts_columns columns;
    lstm_state *state;
    int64_t support_len, lag;
    bool covariates; /**< some input column is never fed back                     */
    real *recent;    /**< [lag, B, K] the outputs of the last lag steps, at t % lag */
} lts_rollout;

/**
 * Make room for B windows of at most n_step steps, with the columns of `series`. LSTM_E_SHAPE if
 * model and series do not fit; LSTM_E_LIMIT, LSTM_E_NOMEM. On failure there is nothing to clear.
 */
lstm_status lts_rollout_init(lts_rollout *rollout, const lstm_model *model,
                             const lstm_series *series, int64_t support_len, int64_t lag, int64_t B,
                             int64_t n_step);
void lts_rollout_clear(lts_rollout *rollout);

/** Begin at t = 0 with B windows. */
void lts_rollout_restart(lts_rollout *rollout, int64_t B);

/** Whether step t reads the true row offset + t at all. */
bool lts_rollout_reads_row(const lts_rollout *rollout, int64_t t);

/** Where the true rows of the next step go, [B, D], if that step reads them. */
static inline real *lts_rollout_input(const lts_rollout *rollout)
{
    return rollout->state->trace.x;
}

/**
 * Step t; steps come in order from 0. The caller has put the true rows into lts_rollout_input(), if
 * lts_rollout_reads_row() says so.
 * @param[out] y  [B, K] the outputs, valid until the next step
 * @return LSTM_OK; LSTM_E_NUMERIC, LSTM_E_STALE as of lstm_state_step().
 */
lstm_status lts_rollout_step(lts_rollout *rollout, int64_t t, const real **y);

#endif
