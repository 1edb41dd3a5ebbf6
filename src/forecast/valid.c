/* SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "forecast/rollout.h"
#include <lstmts/forecast.h>

#include <string.h>

/* Windows that run side by side: enough to fill the products, few enough to stay in cache. */
enum { BLOCK = 256 };

/* Adds the squared errors of windows first .. first + B - 1 to sums [T, K]. */
static lstm_status add_block(lts_rollout *rollout, const lts_window *window, int64_t first,
                             int64_t B, real *target, double *sums)
{
    int64_t offsets[BLOCK], K = rollout->columns.K;
    for (int64_t b = 0; b < B; b++)
        offsets[b] = first + b;
    lts_rollout_restart(rollout, B);
    for (int64_t t = 0; t < window->T; t++) {
        const real *y;
        LTS_TRY(lts_rollout_step(rollout, t, offsets, &y));
        lts_gather(rollout->series, rollout->columns.target, K, offsets, B, t + window->pred,
                   target);
        for (int64_t i = 0; i < B * K; i++) {
            double error = (double)(y[i] - target[i]);
            sums[t * K + i % K] += error * error;
        }
    }
    return LSTM_OK;
}

static lstm_status add_all(lts_rollout *rollout, const lts_window *window, int64_t n_window,
                           double *sums)
{
    real *target = lts_alloc(BLOCK * rollout->columns.K, sizeof *target);
    lstm_status status = target == NULL ? LSTM_E_NOMEM : LSTM_OK;
    for (int64_t first = 0; status >= 0 && first < n_window; first += BLOCK) {
        int64_t B = n_window - first < BLOCK ? n_window - first : BLOCK;
        status = add_block(rollout, window, first, B, target, sums);
    }
    lts_free(target);
    return status;
}

/* sums [T, K] of squared errors over n_window windows -> rmse [T, K+1] */
static void finish(int64_t T, int64_t K, int64_t n_window, const double *sums, double *rmse)
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

lstm_status lstm_valid(const lstm_model *model, const lstm_series *series,
                       const lstm_valid_options *options, double *rmse, int64_t size)
{
    lstm_valid_options read;
    LTS_NOT_NULL(model);
    LTS_NOT_NULL(series);
    LTS_NOT_NULL(options);
    LTS_NOT_NULL(rmse);
    LTS_READ_OPTIONS(&read, options, lstm_valid_options);
    lts_window window = {read.window_len, read.pred, read.window_rule};
    int64_t n_window, T = window.T, K = model->params.K;
    LTS_TRY(lts_window_check(&window, lstm_series_rows(series), &n_window));
    LTS_TRY(lts_loop_check(read.support_len, &read.feedback_lag, window.pred));
    if (size != T * (K + 1))
        return lts_fail(LSTM_E_SHAPE, "rmse has %lld elements, T %lld and K %lld need %lld",
                        (long long)size, (long long)T, (long long)K, (long long)(T * (K + 1)));
    lts_rollout rollout;
    LTS_TRY(lts_rollout_init(&rollout, model, series, read.support_len, read.feedback_lag,
                             n_window < BLOCK ? n_window : BLOCK, T));
    double *sums = lts_alloc(T * K, sizeof *sums);
    lstm_status status = sums == NULL ? LSTM_E_NOMEM : LSTM_OK;
    if (status >= 0)
        status = add_all(&rollout, &window, n_window, sums);
    if (status >= 0)
        finish(T, K, n_window, sums, rmse);
    lts_free(sums);
    lts_rollout_clear(&rollout);
    return status;
}
