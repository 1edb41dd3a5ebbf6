/* SPDX-License-Identifier: MIT */
#include "forecast/valid.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "forecast/rollout.h"

#include <string.h>

/* Windows per block: many enough for efficient products, few enough to stay in cache. */
enum { BLOCK = 256 };

/* Adds the squared errors of windows first .. first + B - 1 to sums [T, K]. */
static lstm_status add_block(lts_rollout *rollout, const lstm_series *series,
                             const lts_window *window, int64_t first, int64_t B, real *target,
                             double *sums)
{
    const lts_columns *columns = &rollout->columns;
    int64_t offsets[BLOCK], K = columns->K;
    for (int64_t b = 0; b < B; b++)
        offsets[b] = first + b;
    lts_rollout_restart(rollout, B);
    for (int64_t t = 0; t < window->T; t++) {
        const real *y;
        if (lts_rollout_reads_row(rollout, t))
            lts_gather(series, columns->input, columns->D, offsets, B, t,
                       lts_rollout_input(rollout));
        LTS_TRY(lts_rollout_step(rollout, t, &y));
        lts_gather(series, columns->target, K, offsets, B, t + window->pred, target);
        for (int64_t i = 0; i < B * K; i++) {
            double error = (double)y[i] - (double)target[i];
            sums[t * K + i % K] += error * error;
        }
    }
    return LSTM_OK;
}

static lstm_status add_all(lts_rollout *rollout, const lstm_series *series,
                           const lts_window *window, int64_t n_window, double *sums)
{
    real *target = lts_alloc(BLOCK * rollout->columns.K, sizeof *target);
    lstm_status status = target == NULL ? LSTM_E_NOMEM : LSTM_OK;
    for (int64_t first = 0; status >= 0 && first < n_window; first += BLOCK) {
        int64_t B = n_window - first < BLOCK ? n_window - first : BLOCK;
        status = add_block(rollout, series, window, first, B, target, sums);
    }
    lts_free(target);
    return status;
}

/* Computes rmse [T, K+1] from the sums [T, K] of squared errors over n_window windows. */
static void compute_rmse(int64_t T, int64_t K, int64_t n_window, const double *sums, double *rmse)
{
    for (int64_t t = 0; t < T; t++) {
        double total = 0;
        for (int64_t k = 0; k < K; k++) {
            double mean = sums[t * K + k] / (double)n_window;
            rmse[t * (K + 1) + k] = sqrt(mean);
            total += mean;
        }
        rmse[t * (K + 1) + K] = sqrt(total / (double)K);
    }
}

lstm_status lts_valid_check(const lstm_model *model, const lstm_series *series,
                            const lstm_valid_options *options, lts_valid_plan *plan)
{
    lstm_valid_options read;
    LTS_READ_OPTIONS(&read, options, lstm_valid_options);
    plan->window = (lts_window){read.window_len, read.pred, read.window_rule};
    plan->support_len = read.support_len;
    LTS_TRY(lts_context_read(read.context_len, read.horizon, &plan->window, &plan->support_len));
    LTS_TRY(lts_window_check(&plan->window, series->n_row, &plan->n_window));
    plan->lag = read.feedback_lag;
    LTS_TRY(lts_loop_check(plan->support_len, &plan->lag, plan->window.pred));
    LTS_TRY(lts_support_check(plan->support_len, plan->window.T));
    plan->K = model->params.K;
    lts_columns columns;
    LTS_TRY(lts_columns_init(&columns, series, plan->window.pred));
    lstm_status status = lts_columns_match(&columns, model->params.D, model->params.K);
    lts_columns_clear(&columns);
    return status;
}

lstm_status lts_valid_run(const lstm_model *model, const lstm_series *series,
                          const lts_valid_plan *plan, double *rmse)
{
    int64_t T = plan->window.T, n_window = plan->n_window;
    lts_rollout rollout;
    lts_loop loop = {plan->window.pred, plan->support_len, plan->lag};
    LTS_TRY(
        lts_rollout_init(&rollout, model, series, &loop, n_window < BLOCK ? n_window : BLOCK, T));
    double *sums = lts_alloc(T * plan->K, sizeof *sums);
    lstm_status status = sums == NULL ? LSTM_E_NOMEM : LSTM_OK;
    if (status >= 0)
        status = add_all(&rollout, series, &plan->window, n_window, sums);
    if (status >= 0)
        compute_rmse(T, plan->K, n_window, sums, rmse);
    lts_free(sums);
    lts_rollout_clear(&rollout);
    return status;
}

lstm_status lstm_valid(const lstm_model *model, const lstm_series *series,
                       const lstm_valid_options *options, double *rmse, int64_t size)
{
    LTS_FLOAT_SCOPE();
    lts_valid_plan plan;
    LTS_NOT_NULL(model);
    LTS_NOT_NULL(series);
    LTS_NOT_NULL(options);
    LTS_NOT_NULL(rmse);
    LTS_TRY(lts_valid_check(model, series, options, &plan));
    int64_t wanted = plan.window.T * (plan.K + 1);
    if (size != wanted)
        return lts_fail(LSTM_E_SHAPE, "rmse has %lld elements, T %lld and K %lld need %lld",
                        (long long)size, (long long)plan.window.T, (long long)plan.K,
                        (long long)wanted);
    return lts_valid_run(model, series, &plan, rmse);
}
