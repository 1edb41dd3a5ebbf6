/* SPDX-License-Identifier: MIT */
/*
 * Forecasts of many series. They are computed in blocks that fit in cache together with the packed
 * weights; the threads share the blocks. A series' forecast does not depend on the other series, so
 * it has the same bits in any block.
 */
#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "base/threads.h"
#include "forecast/rollout.h"
#include "network/device.h"
#include "network/unroll.h"
#include <lstmts/forecast.h>

#include <stdio.h>
#include <string.h>

enum { BLOCK = 96, ERROR_SIZE = 256 };

/* The work of all threads, and the workspace of each. */
typedef struct fleet {
    const lstm_series *const *series;
    int64_t n_series, n_step, context_len;
    real *y;
    lts_rollout *rollouts;      /**< [n_thread] */
    lstm_status *status;        /**< [n_thread] */
    char (*errors)[ERROR_SIZE]; /**< [n_thread] copies of the threads' messages */
} fleet;

static lstm_status check_options(lstm_forecast_options *options, int64_t n_series)
{
    if (options->pred == 0)
        options->pred = 1;
    LTS_TRY(lts_check_at_least("n_series", n_series, 1));
    LTS_TRY(lts_check_at_least("n_step", options->n_step, 1));
    LTS_TRY(lts_check_at_least("context_len", options->context_len, 0));
    LTS_TRY(lts_check_at_least("pred", options->pred, 1));
    LTS_TRY(lts_check_one_of("precision", options->precision, LSTM_PRECISION_MEDIUM + 1,
                             "LSTM_PRECISION_HIGHEST, _HIGH or _MEDIUM"));
    return lts_loop_check(0, &options->feedback_lag, options->pred);
}

/* All series have the first one's columns, and context_len rows. */
static lstm_status check_series(const lstm_series *const *series, int64_t n_series,
                                int64_t *context_len)
{
    int64_t shortest = INT64_MAX, n_column = 0;
    for (int64_t i = 0; i < n_series; i++) {
        if (series[i] == NULL)
            return lts_fail(LSTM_E_ARGUMENT, "series %lld is NULL", (long long)i);
        n_column = series[0]->n_column;
        if (series[i]->n_column != n_column ||
            memcmp(series[i]->roles, series[0]->roles, (size_t)n_column * sizeof(int64_t)) != 0)
            return lts_fail(LSTM_E_SHAPE, "series %lld has other columns or roles than series 0",
                            (long long)i);
        if (series[i]->n_row < *context_len)
            return lts_fail(LSTM_E_SHAPE, "series %lld has %lld rows, context_len is %lld",
                            (long long)i, (long long)series[i]->n_row, (long long)*context_len);
        shortest = series[i]->n_row < shortest ? series[i]->n_row : shortest;
    }
    if (*context_len == 0)
        *context_len = shortest;
    return LSTM_OK;
}

/* Checks that every input is fed back, and that no step needs an output before the first row. */
static lstm_status check_loop(const fleet *f, const lts_columns *columns, int64_t lag)
{
    for (int64_t j = 0; j < columns->D; j++)
        if (columns->feed[j] < 0)
            return lts_fail(LSTM_E_SHAPE,
                            "the series have covariates, whose future values are not known");
    if (f->n_step > 1 && lts_fed_step(f->context_len, f->context_len - 1, lag) < 0)
        return lts_fail(LSTM_E_SHAPE, "feedback_lag is %lld, expected at most context_len, %lld",
                        (long long)lag, (long long)f->context_len);
    return LSTM_OK;
}

static lstm_status run_block(const fleet *f, lts_rollout *rollout, int64_t first, int64_t B)
{
    const lts_columns *columns = &rollout->columns;
    int64_t D = columns->D, K = columns->K;
    real *x = lts_rollout_input(rollout);
    lts_rollout_restart(rollout, B);
    rollout->state->stream_noun = "series";
    rollout->state->first_stream = first;
    for (int64_t t = 0; t < f->context_len - 1 + f->n_step; t++) {
        const real *y;
        int64_t step = t - (f->context_len - 1);
        for (int64_t b = 0; step <= 0 && b < B; b++) {
            int64_t row = f->series[first + b]->n_row - f->context_len + t;
            lts_gather(f->series[first + b], columns->input, D, &row, 1, 0, x + b * D);
        }
        LTS_TRY(lts_rollout_step(rollout, t, &y));
        for (int64_t b = 0; step >= 0 && b < B; b++)
            memcpy(f->y + ((first + b) * f->n_step + step) * K, y + b * K, (size_t)K * sizeof *y);
    }
    return LSTM_OK;
}

/* Forecasts a thread's series, in blocks of nearly equal size. */
static void run_part(void *work, int64_t part, int64_t n_part)
{
    const fleet *f = work;
    int64_t begin = lts_part_begin(f->n_series, part, n_part);
    int64_t n = lts_part_begin(f->n_series, part + 1, n_part) - begin;
    int64_t n_block = (n + BLOCK - 1) / BLOCK;
    lstm_status status = LSTM_OK;
    for (int64_t block = 0; block < n_block && status >= 0; block++) {
        int64_t first = begin + lts_part_begin(n, block, n_block);
        int64_t B = begin + lts_part_begin(n, block + 1, n_block) - first;
        status = run_block(f, &f->rollouts[part], first, B);
        if (status < 0)
            snprintf(f->errors[part], ERROR_SIZE, "%s", lstm_last_error());
    }
    f->status[part] = status;
}

/* Runs all parts. Returns the failure of the first series that failed. */
static lstm_status run_parts(fleet *f, lts_pool *pool)
{
    lts_pool_run(pool, run_part, f);
    for (int64_t part = 0; part < lts_pool_size(pool); part++)
        if (f->status[part] < 0)
            return lts_fail(f->status[part], "%s", f->errors[part]);
    return LSTM_OK;
}

/* Creates a rollout for each thread. */
static lstm_status make_rollouts(fleet *f, const lstm_model *model, int64_t lag, int64_t n_thread)
{
    int64_t B = f->n_series < BLOCK ? f->n_series : BLOCK;
    f->rollouts = lts_alloc(n_thread, sizeof *f->rollouts);
    f->status = lts_alloc(n_thread, sizeof *f->status);
    f->errors = lts_alloc(n_thread, ERROR_SIZE);
    if (f->rollouts == NULL || f->status == NULL || f->errors == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < n_thread; i++)
        LTS_TRY(lts_rollout_init(&f->rollouts[i], model, f->series[0], f->context_len - 1, lag, B,
                                 f->context_len - 1 + f->n_step));
    return check_loop(f, &f->rollouts[0].columns, lag);
}

/* The rows that are read, [context_len, n_series, D]: all a device needs of the series. */
static lstm_status gather_known(const fleet *f, const lts_columns *columns, real **x)
{
    int64_t D = columns->D, size;
    if (!lts_multiply(f->context_len, f->n_series, &size) || !lts_multiply(size, D, &size))
        size = INT64_MAX;
    *x = lts_alloc(size, sizeof **x);
    if (*x == NULL)
        return LSTM_E_NOMEM;
    for (int64_t t = 0; t < f->context_len; t++)
        for (int64_t i = 0; i < f->n_series; i++) {
            int64_t row = f->series[i]->n_row - f->context_len + t;
            lts_gather(f->series[i], columns->input, D, &row, 1, 0, *x + (t * f->n_series + i) * D);
        }
    return LSTM_OK;
}

static lstm_status run_on(const lts_device *device, lts_fleet *on, const fleet *f,
                          const lstm_model *model)
{
    lts_columns columns;
    real *x = NULL;
    LTS_TRY(lts_model_settle(model));
    LTS_TRY(lts_columns_init(&columns, f->series[0]));
    lstm_status status = lts_columns_match(&columns, model->params.D, model->params.K);
    if (status >= 0)
        status = check_loop(f, &columns, on->lag);
    if (status >= 0)
        status = gather_known(f, &columns, &x);
    if (status >= 0) {
        on->params = &model->params;
        on->values = model->values;
        on->columns = &columns;
        on->folded = model->folded;
        on->n_series = f->n_series;
        on->n_step = f->n_step;
        on->context_len = f->context_len;
        on->x = x;
        on->y = f->y;
        status = device->forecast(on);
    }
    lts_free(x);
    lts_columns_clear(&columns);
    return status;
}

static lstm_status run_fleet(fleet *f, const lstm_model *model, int64_t lag, int64_t n_thread)
{
    lts_pool *pool;
    double n_call = (double)f->context_len + (double)f->n_step - 1;
    LTS_TRY(lts_pool_new(
        &pool, lts_worth_threads(model->kernels, &model->params, n_call, f->n_series, n_thread)));
    n_thread = lts_pool_size(pool);
    lstm_status status = make_rollouts(f, model, lag, n_thread);
    if (status >= 0)
        status = run_parts(f, pool);
    for (int64_t i = 0; f->rollouts != NULL && i < n_thread; i++)
        lts_rollout_clear(&f->rollouts[i]);
    lts_free(f->rollouts);
    lts_free(f->status);
    lts_free(f->errors);
    lts_pool_free(pool);
    return status;
}

lstm_status lstm_forecast(const lstm_model *model, const lstm_series *const *series,
                          int64_t n_series, const lstm_forecast_options *options, lstm_real *y)
{
    LTS_FLOAT_SCOPE();
    lstm_forecast_options read;
    const lts_device *device;
    int64_t n_thread, size;
    LTS_NOT_NULL(model);
    LTS_NOT_NULL(series);
    LTS_NOT_NULL(options);
    LTS_NOT_NULL(y);
    LTS_READ_OPTIONS(&read, options, lstm_forecast_options);
    LTS_TRY(check_options(&read, n_series));
    LTS_TRY(check_series(series, n_series, &read.context_len));
    LTS_TRY(lts_threads_resolve(read.n_threads, &n_thread));
    if (read.n_step > INT64_MAX - read.context_len || !lts_multiply(n_series, read.n_step, &size) ||
        !lts_multiply(size, model->params.K, &size))
        return lts_fail(LSTM_E_LIMIT, "%lld series of %lld steps are too many", (long long)n_series,
                        (long long)read.n_step);
    fleet f = {.series = series,
               .n_series = n_series,
               .n_step = read.n_step,
               .context_len = read.context_len,
               .y = y};
    lts_fleet on = {.precision = read.precision, .lag = read.feedback_lag};
    LTS_TRY(lts_device_find(read.device, &device, &on.index));
    return device == &lts_cpu ? run_fleet(&f, model, read.feedback_lag, n_thread)
                              : run_on(device, &on, &f, model);
}
