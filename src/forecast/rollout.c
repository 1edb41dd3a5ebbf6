/* SPDX-License-Identifier: MIT */
#include "forecast/rollout.h"

#include "base/memory.h"
#include "base/status.h"

#include <string.h>

lstm_status lts_rollout_init(lts_rollout *rollout, const lstm_model *model,
                             const lstm_series *series, const lts_loop *loop, int64_t B,
                             int64_t n_step)
{
    memset(rollout, 0, sizeof *rollout);
    LTS_TRY(lts_columns_init(&rollout->columns, series, loop->pred));
    int64_t lag = loop->lag;
    rollout->support_len = loop->support_len;
    rollout->lag = lag;
    for (int64_t j = 0; j < rollout->columns.D; j++)
        rollout->covariates = rollout->covariates || rollout->columns.feed[j] < 0;
    const lts_params *params = &model->params;
    lstm_status status = lts_columns_match(&rollout->columns, params->D, 1, params->K);
    if (status >= 0)
        status = lts_state_new(&rollout->state, model, B, loop->weights);
    if (status >= 0 && lag < n_step) {
        int64_t size;
        rollout->recent =
            lts_alloc(lts_multiply(lag, B * params->K, &size) ? size : INT64_MAX, sizeof(real));
        if (rollout->recent == NULL)
            status = LSTM_E_NOMEM;
    }
    if (status < 0)
        lts_rollout_clear(rollout);
    return status;
}

void lts_rollout_clear(lts_rollout *rollout)
{
    lts_columns_clear(&rollout->columns);
    lstm_state_free(rollout->state);
    lts_free(rollout->recent);
    memset(rollout, 0, sizeof *rollout);
}

void lts_rollout_restart(lts_rollout *rollout, int64_t B)
{
    lts_state_restart(rollout->state, B);
}

bool lts_rollout_reads_row(const lts_rollout *rollout, int64_t t)
{
    return rollout->covariates || lts_fed_step(t, rollout->support_len, rollout->lag) < 0;
}

lstm_status lts_rollout_step(lts_rollout *rollout, int64_t t, const real **y)
{
    const lts_columns *columns = &rollout->columns;
    lts_trace *trace = &rollout->state->trace;
    int64_t slot = trace->B * columns->K;
    int64_t fed = lts_fed_step(t, rollout->support_len, rollout->lag);
    if (fed >= 0)
        lts_feed(columns, trace->B, rollout->recent + fed % rollout->lag * slot, columns->K,
                 trace->x);
    LTS_TRY(lts_state_try(rollout->state));
    lts_state_commit(rollout->state);
    if (rollout->recent != NULL)
        memcpy(rollout->recent + t % rollout->lag * slot, trace->y, (size_t)slot * sizeof(real));
    *y = trace->y;
    return LSTM_OK;
}
