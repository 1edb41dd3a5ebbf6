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
#include "forecast/members.h"
#include "forecast/rollout.h"
#include "network/device.h"
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
    real *staging;              /**< y until all are known, unless y is the caller's */
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

/* All series have the first one's columns, and rows before the future ones. */
static lstm_status check_series(const lstm_series *const *series, int64_t n_series,
                                int64_t n_future)
{
    for (int64_t i = 0; i < n_series; i++) {
        if (i + LTS_MEMBERS_AHEAD < n_series)
            __builtin_prefetch(series[i + LTS_MEMBERS_AHEAD]);
        if (i + LTS_MEMBERS_AHEAD / 2 < n_series && series[i + LTS_MEMBERS_AHEAD / 2] != NULL)
            __builtin_prefetch(series[i + LTS_MEMBERS_AHEAD / 2]->roles);
        if (series[i] == NULL)
            return lts_fail(LSTM_E_ARGUMENT, "series %lld is NULL", (long long)i);
        int64_t n_column = series[0]->n_column;
        if (series[i]->n_column != n_column ||
            memcmp(series[i]->roles, series[0]->roles, (size_t)n_column * sizeof(int64_t)) != 0)
            return lts_fail(LSTM_E_SHAPE, "series %lld has other columns or roles than series 0",
                            (long long)i);
        if (series[i]->n_row <= n_future)
            return lts_fail(LSTM_E_SHAPE,
                            "n_future is %lld, expected less than the %lld rows of series %lld",
                            (long long)n_future, (long long)series[i]->n_row, (long long)i);
    }
    return LSTM_OK;
}

/* Checks that every input has a value in the predicted rows: it is fed back, or known there. */
static lstm_status check_inputs(const lstm_series *series, const lstm_forecast_options *options)
{
    int64_t past = lts_series_find_role(series, LSTM_ROLE_INPUT);
    int64_t known = lts_series_find_role(series, LSTM_ROLE_KNOWN);
    int64_t n_step = options->n_step, pred = options->pred, n_future = options->n_future;
    if (past >= 0)
        return lts_fail(LSTM_E_SHAPE,
                        "column %lld is LSTM_ROLE_INPUT, whose future values are not known: "
                        "covariates that are known in advance are LSTM_ROLE_KNOWN",
                        (long long)past);
    if (known >= 0 && (n_future < n_step || n_future - n_step < pred - 1))
        return lts_fail(LSTM_E_ARGUMENT,
                        "n_future is %lld, expected at least n_step + pred - 1 = %lld + %lld, "
                        "since column %lld is LSTM_ROLE_KNOWN",
                        (long long)n_future, (long long)n_step, (long long)(pred - 1),
                        (long long)known);
    return LSTM_OK;
}

/* Checks that the loop has all inputs, and that no step needs an output before the first row. */
static lstm_status check_loop(const fleet *f, const lstm_forecast_options *options)
{
    const lts_fleet_member *shortest = &f->members.list[0];
    int64_t lag = options->feedback_lag;
    LTS_TRY(check_inputs(shortest->series, options));
    if (f->n_step > 1 && lts_fed_step(shortest->context_len, shortest->context_len - 1, lag) < 0)
        return lts_fail(LSTM_E_SHAPE,
                        "feedback_lag is %lld, expected at most the %lld rows read of series %lld",
                        (long long)lag, (long long)shortest->context_len,
                        (long long)shortest->number);
    return LSTM_OK;
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
    return check_loop(f, options);
}

/* Fleets of equally many rows that are read, and what they read and write. */
typedef struct runs {
    int64_t n;
    lts_fleet *fleets; /**< [n]                                                          */
    real *x;           /**< of all                                                       */
    real *y;           /**< [n_series, n_step, K] in the order of members; NULL = f->y   */
} runs;

static int64_t count_runs(const fleet *f)
{
    int64_t n = 0;
    for (int64_t first = 0; first < f->n_series; n++)
        first = lts_members_run(&f->members, first, f->n_series);
    return n;
}

/* Rows of x of a run. */
static int64_t rows_of(const lts_fleet *of_all, const fleet *f, int64_t context_len)
{
    return of_all->columns->known ? context_len - 1 + f->n_step : context_len;
}

static lstm_status allocate_runs(runs *r, const lts_fleet *of_all, const fleet *f)
{
    int64_t size = 0, step_size = f->n_step * of_all->columns->K;
    r->n = count_runs(f);
    for (int64_t i = 0; i < f->n_series; i++) {
        int64_t n, n_x = rows_of(of_all, f, f->members.list[i].context_len);
        bool fits = lts_multiply(n_x, of_all->columns->D, &n) && n <= INT64_MAX - size;
        size = fits ? size + n : INT64_MAX;
    }
    r->fleets = lts_alloc(r->n, sizeof *r->fleets);
    r->x = lts_alloc(size, sizeof *r->x);
    if (r->n > 1)
        r->y = lts_alloc(f->n_series * step_size, sizeof *r->y);
    return r->fleets == NULL || r->x == NULL || (r->n > 1 && r->y == NULL) ? LSTM_E_NOMEM : LSTM_OK;
}

/* Each fleet gets x [n_x, n, D] of its members. */
static void gather_runs(runs *r, const lts_fleet *of_all, const fleet *f)
{
    int64_t D = of_all->columns->D, step_size = f->n_step * of_all->columns->K, first = 0;
    real *x = r->x;
    for (int64_t i = 0; i < r->n; i++) {
        lts_fleet *run = &r->fleets[i];
        int64_t end = lts_members_run(&f->members, first, f->n_series), n = end - first;
        *run = *of_all;
        run->n_series = n;
        run->context_len = f->members.list[first].context_len;
        run->n_x = rows_of(of_all, f, run->context_len);
        run->numbers = f->members.numbers + first;
        run->x = x;
        run->y = (r->y == NULL ? f->y : r->y) + first * step_size;
        for (int64_t t = 0; t < run->n_x; t++, x += n * D)
            lts_members_gather(&f->members, first, n, t, of_all->columns, x);
        first = end;
    }
}

/*
 * Forecasts all members on a device. If all read equally many rows, they are in the order of their
 * numbers, and the device writes y itself.
 */
static lstm_status run_members_on(const lts_device *device, const lts_fleet *of_all, const fleet *f)
{
    runs r = {0};
    int64_t step_size = f->n_step * of_all->columns->K;
    lstm_status status = allocate_runs(&r, of_all, f);
    if (status >= 0) {
        gather_runs(&r, of_all, f);
        status = device->forecast(r.fleets, r.n);
    }
    for (int64_t i = 0; status >= 0 && r.y != NULL && i < f->n_series; i++)
        memcpy(f->y + f->members.numbers[i] * step_size, r.y + i * step_size,
               (size_t)step_size * sizeof *r.y);
    lts_free(r.fleets);
    lts_free(r.x);
    lts_free(r.y);
    return status;
}

static lstm_status run_on(const lts_device *device, int64_t index, const fleet *f,
                          const lstm_model *model, const lstm_forecast_options *options)
{
    lts_fleet on = {.params = &model->params,
                    .values = model->values,
                    .precision = options->precision,
                    .index = index,
                    .n_step = f->n_step,
                    .lag = options->feedback_lag};
    lts_columns columns;
    lts_prepared *prepared; /* knows whether the fold is finite */
    LTS_TRY(lts_columns_init(&columns, f->members.list[0].series, options->pred));
    lstm_status status = lts_model_prepare(model, LTS_STORED_FLOAT32, &prepared);
    if (status < 0) {
        lts_columns_clear(&columns);
        return status;
    }
    status = lts_columns_match(&columns, model->params.D, 1, model->params.K);
    if (status >= 0)
        status = check_loop(f, options);
    on.columns = &columns;
    on.folded = prepared->packed.folded;
    if (status >= 0)
        status = run_members_on(device, &on, f);
    lts_prepared_release(prepared);
    lts_columns_clear(&columns);
    return status;
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

/* Fills y [size], all or nothing. */
static lstm_status forecast_into(real *y, int64_t size, fleet *f, const lstm_model *model,
                                 const lstm_series *const *series,
                                 const lstm_forecast_options *options)
{
    const lts_device *device;
    int64_t n_thread, index;
    LTS_TRY(lts_threads_resolve(options->n_threads, &n_thread));
    LTS_TRY(lts_device_find(options->device, &device, &index));
    if (device != NULL && options->weights != LSTM_WEIGHTS_FLOAT32)
        return lts_fail(LSTM_E_ARGUMENT, "weights is %lld, a GPU takes LSTM_WEIGHTS_FLOAT32 only",
                        (long long)options->weights);
    LTS_TRY(lts_members_init(&f->members, series, f->n_series, options->context_len,
                             options->n_future));
    if (f->n_step > INT64_MAX - f->members.longest)
        return lts_fail(LSTM_E_LIMIT, "%lld steps are too many", (long long)f->n_step);
    if (device != NULL) { /* which fills y when all is known to be good */
        f->y = y;
        return run_on(device, index, f, model, options);
    }
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
    LTS_TRY(check_series(series, n_series, read.n_future));
    if (!lts_multiply(n_series, read.n_step, &size) || !lts_multiply(size, model->params.K, &size))
        return lts_fail(LSTM_E_LIMIT, "%lld series of %lld steps are too many", (long long)n_series,
                        (long long)read.n_step);
    fleet f = {.n_series = n_series, .n_step = read.n_step};
    lstm_status status = forecast_into(y, size, &f, model, series, &read);
    lts_members_clear(&f.members);
    lts_free(f.staging);
    return status;
}
