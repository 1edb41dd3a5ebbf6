/* SPDX-License-Identifier: MIT */
#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "forecast/rollout.h"
#include <lstmts/forecast.h>

#include <string.h>

static lstm_status check_pred_options(lstm_pred_options *options, int64_t n_row)
{
    if (options->pred == 0)
        options->pred = 1;
    LTS_TRY(lts_check_at_least("n_step", options->n_step, 1));
    LTS_TRY(lts_check_at_least("pred", options->pred, 1));
    LTS_TRY(lts_loop_check(options->support_len, &options->feedback_lag, options->pred));
    if (options->support_len == LSTM_TEACHER_FORCED)
        options->support_len = options->n_step - 1;
    if (options->support_len >= n_row)
        return lts_fail(LSTM_E_SHAPE, "support_len %lld needs %lld rows, the series has %lld rows",
                        (long long)options->support_len, (long long)options->support_len + 1,
                        (long long)n_row);
    return LSTM_OK;
}

/* If the first step after the last row is fed, so is every later one. */
static lstm_status check_prediction_rows(const lts_rollout *rollout, int64_t n_row, int64_t n_step,
                                         int64_t pred)
{
    if (rollout->columns.known && n_step > n_row - pred)
        return lts_fail(LSTM_E_SHAPE,
                        "step %lld reads row %lld of its known covariates, the series has %lld "
                        "rows",
                        (long long)(n_row - pred), (long long)n_row, (long long)n_row);
    if (n_step > n_row && lts_rollout_reads_row(rollout, n_row))
        return lts_fail(LSTM_E_SHAPE, "step %lld reads row %lld%s, the series has %lld rows",
                        (long long)n_row, (long long)n_row,
                        rollout->covariates ? " of its covariates" : "", (long long)n_row);
    return LSTM_OK;
}

static lstm_status run_prediction(lts_rollout *rollout, const lstm_series *series, int64_t n_step,
                                  real *outputs)
{
    const lts_columns *columns = &rollout->columns;
    int64_t K = columns->K, offset = 0;
    for (int64_t t = 0; t < n_step; t++) {
        const real *y;
        if (lts_rollout_reads_row(rollout, t))
            lts_gather(series, columns->input, columns->D, &offset, 1, t,
                       lts_rollout_input(rollout));
        lstm_status status = lts_rollout_step(rollout, t, &y);
        if (status == LSTM_E_NUMERIC)
            return lts_fail(status, "the forecast of step %lld is not finite", (long long)t);
        LTS_TRY(status);
        memcpy(outputs + t * K, y, (size_t)K * sizeof(real));
    }
    return LSTM_OK;
}

static void copy_truth(const lts_columns *columns, const lstm_series *series, int64_t n_step,
                       int64_t pred, real *truth)
{
    int64_t K = columns->K, offset = 0;
    for (int64_t t = 0; t < n_step; t++) {
        if (pred < series->n_row && t < series->n_row - pred) {
            lts_gather(series, columns->target, K, &offset, 1, t + pred, truth + t * K);
            continue;
        }
        for (int64_t k = 0; k < K; k++)
            truth[t * K + k] = (real)NAN;
    }
}

lstm_status lstm_pred(const lstm_model *model, const lstm_series *series,
                      const lstm_pred_options *options, lstm_real *y, lstm_real *truth)
{
    LTS_FLOAT_SCOPE();
    lstm_pred_options read;
    LTS_NOT_NULL(model);
    LTS_NOT_NULL(series);
    LTS_NOT_NULL(options);
    LTS_NOT_NULL(y);
    LTS_READ_OPTIONS(&read, options, lstm_pred_options);
    LTS_TRY(check_pred_options(&read, lstm_series_rows(series)));
    int64_t n_step = read.n_step, size;
    if (!lts_multiply(n_step, model->params.K, &size))
        return lts_fail(LSTM_E_LIMIT, "n_step %lld is too large", (long long)n_step);
    lts_rollout rollout;
    lts_loop loop = {read.pred, read.support_len, read.feedback_lag, LSTM_WEIGHTS_FLOAT32};
    LTS_TRY(lts_rollout_init(&rollout, model, series, &loop, 1, n_step));
    lstm_status status = check_prediction_rows(&rollout, series->n_row, n_step, read.pred);
    real *outputs = status < 0 ? NULL : lts_alloc(size, sizeof *outputs);
    if (status >= 0)
        status = outputs == NULL ? LSTM_E_NOMEM : run_prediction(&rollout, series, n_step, outputs);
    if (status >= 0) {
        memcpy(y, outputs, (size_t)size * sizeof *y);
        if (truth != NULL)
            copy_truth(&rollout.columns, series, n_step, read.pred, truth);
    }
    lts_free(outputs);
    lts_rollout_clear(&rollout);
    return status;
}
