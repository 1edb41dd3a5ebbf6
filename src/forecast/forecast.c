/* SPDX-License-Identifier: MIT */
/*
 * Forecasts of many series. Series of which equally many rows are read are computed together, in
 * blocks that fit in cache together with the packed weights; the threads share the blocks. A
 * series' forecast does not depend on the other series, so it has the same bits in any block. The
 * caller's array is filled at the end, when nothing can fail any more.
 */
#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "base/threads.h"
#include "forecast/device_forecast.h"
#include "forecast/members.h"
#include "forecast/rollout.h"
#include "network/unroll.h"
#include <lstmts/forecast.h>

#include <stdio.h>
#include <string.h>

enum { BLOCK = 96, ERROR_SIZE = 256 };

/* The work of all threads, and the workspace of each. */
typedef struct fleet {
    lts_members members;
    int64_t n_series, n_step;
    real *y;                    /**< [n_series, n_step, K] by the members' numbers */
    real *staging;              /**< y until all are known */
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
    LTS_TRY(lts_check_at_least("n_future", options->n_future, 0));
    LTS_TRY(lts_check_one_of("precision", options->precision, LSTM_PRECISION_MEDIUM + 1,
                             "LSTM_PRECISION_HIGHEST, _HIGH or _MEDIUM"));
    LTS_TRY(lts_check_weights(options->weights));
    return lts_loop_check(0, &options->feedback_lag, options->pred);
}

static lstm_status run_block(const fleet *f, lts_rollout *rollout, int64_t first, int64_t B)
{
    int64_t K = rollout->columns.K, context_len = f->members.list[first].context_len;
    lts_rollout_restart(rollout, B);
    rollout->state->stream_noun = "series";
    rollout->support_len = context_len - 1;
    rollout->state->stream_numbers = f->members.numbers + first;
    for (int64_t t = 0; t < context_len - 1 + f->n_step; t++) {
        const real *y;
        int64_t step = t - (context_len - 1);
        if (lts_rollout_reads_row(rollout, t))
            lts_members_gather(&f->members, first, B, t, &rollout->columns,
                               lts_rollout_input(rollout));
        LTS_TRY(lts_rollout_step(rollout, t, &y));
        for (int64_t b = 0; step >= 0 && b < B; b++)
            memcpy(f->y + (f->members.numbers[first + b] * f->n_step + step) * K, y + b * K,
                   (size_t)K * sizeof *y);
    }
    return LSTM_OK;
}

/* Forecasts `n` members of the same context_len, in blocks of nearly equal size. */
static lstm_status run_blocks(const fleet *f, lts_rollout *rollout, int64_t begin, int64_t n)
{
    int64_t n_block = (n + BLOCK - 1) / BLOCK;
    for (int64_t block = 0; block < n_block; block++) {
        int64_t first = lts_part_begin(n, block, n_block);
        LTS_TRY(
            run_block(f, rollout, begin + first, lts_part_begin(n, block + 1, n_block) - first));
    }
    return LSTM_OK;
}

/* Forecasts a thread's members. */
static void run_part(void *work, int64_t part, int64_t n_part)
{
    const fleet *f = work;
    int64_t begin = lts_part_begin(f->n_series, part, n_part), end;
    int64_t part_end = lts_part_begin(f->n_series, part + 1, n_part);
    lstm_status status = LSTM_OK;
    for (; begin < part_end && status >= 0; begin = end) {
        end = lts_members_run(&f->members, begin, part_end);
        status = run_blocks(f, &f->rollouts[part], begin, end - begin);
        if (status < 0)
            snprintf(f->errors[part], ERROR_SIZE, "%s", lstm_last_error());
    }
    f->status[part] = status;
}

/* Runs all parts. Returns the failure of the first part that failed. */
static lstm_status run_parts(fleet *f, lts_pool *pool)
{
    lts_pool_run(pool, run_part, f);
    for (int64_t part = 0; part < lts_pool_size(pool); part++)
        if (f->status[part] < 0)
            return lts_fail(f->status[part], "%s", f->errors[part]);
    return LSTM_OK;
}

/* Creates a rollout for each thread. */
static lstm_status make_rollouts(fleet *f, const lstm_model *model,
                                 const lstm_forecast_options *options, int64_t n_thread)
{
    lts_loop loop = {options->pred, f->members.longest - 1, options->feedback_lag,
                     options->weights};
    int64_t B = f->n_series < BLOCK ? f->n_series : BLOCK;
    f->rollouts = lts_alloc(n_thread, sizeof *f->rollouts);
    f->status = lts_alloc(n_thread, sizeof *f->status);
    f->errors = lts_alloc(n_thread, ERROR_SIZE);
    if (f->rollouts == NULL || f->status == NULL || f->errors == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < n_thread; i++)
        LTS_TRY(lts_rollout_init(&f->rollouts[i], model, f->members.list[0].series, &loop, B,
                                 f->members.longest - 1 + f->n_step));
    return lts_members_check_loop(&f->members, options);
}

static lstm_status run_fleet(fleet *f, const lstm_model *model,
                             const lstm_forecast_options *options, int64_t n_thread)
{
    lts_pool *pool;
    double n_call = (double)f->members.longest + (double)f->n_step - 1;
    LTS_TRY(lts_pool_new(
        &pool, lts_worth_threads(model->kernels, &model->params, n_call, f->n_series, n_thread)));
    n_thread = lts_pool_size(pool);
    lstm_status status = make_rollouts(f, model, options, n_thread);
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

/* Fills y, all or nothing. The device reads series with several threads. */
static lstm_status forecast_on(const lts_device *device, int64_t index, real *y, fleet *f,
                               const lstm_model *model, const lstm_series *const *series,
                               const lstm_forecast_options *options, int64_t n_thread)
{
    lts_pool *pool;
    if (options->weights != LSTM_WEIGHTS_FLOAT32)
        return lts_fail(LSTM_E_ARGUMENT, "weights is %lld, a GPU takes LSTM_WEIGHTS_FLOAT32 only",
                        (long long)options->weights);
    LTS_TRY(lts_pool_new(&pool, lts_members_threads(series, f->n_series, options, n_thread)));
    lstm_status status = lts_members_init(&f->members, series, f->n_series, options, pool);
    if (status >= 0)
        status = lts_forecast_on_device(device, index, &f->members, model, options, pool, y);
    lts_pool_free(pool);
    return status;
}

/* Fills y [size], all or nothing. */
static lstm_status forecast_into(real *y, int64_t size, fleet *f, const lstm_model *model,
                                 const lstm_series *const *series,
                                 const lstm_forecast_options *options)
{
    const lts_device *device;
    int64_t n_thread, index;
    LTS_TRY(lts_threads_resolve(options->n_threads, &n_thread));
    LTS_TRY(lts_device_find(options->device, &device, &index));
    if (device != NULL)
        return forecast_on(device, index, y, f, model, series, options, n_thread);
    LTS_TRY(lts_members_init(&f->members, series, f->n_series, options, NULL));
    f->y = f->staging = lts_alloc(size, sizeof *f->staging);
    if (f->staging == NULL)
        return LSTM_E_NOMEM;
    LTS_TRY(run_fleet(f, model, options, n_thread));
    memcpy(y, f->staging, (size_t)size * sizeof *y);
    return LSTM_OK;
}

lstm_status lstm_forecast(const lstm_model *model, const lstm_series *const *series,
                          int64_t n_series, const lstm_forecast_options *options, lstm_real *y)
{
    LTS_FLOAT_SCOPE();
    lstm_forecast_options read;
    int64_t size;
    LTS_NOT_NULL(model);
    LTS_NOT_NULL(series);
    LTS_NOT_NULL(options);
    LTS_NOT_NULL(y);
    LTS_READ_OPTIONS(&read, options, lstm_forecast_options);
    LTS_TRY(check_options(&read, n_series));
    if (!lts_multiply(n_series, read.n_step, &size) || !lts_multiply(size, model->params.K, &size))
        return lts_fail(LSTM_E_LIMIT, "%lld series of %lld steps are too many", (long long)n_series,
                        (long long)read.n_step);
    fleet f = {.n_series = n_series, .n_step = read.n_step};
    lstm_status status = forecast_into(y, size, &f, model, series, &read);
    lts_members_clear(&f.members);
    lts_free(f.staging);
    return status;
}
