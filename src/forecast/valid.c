/* SPDX-License-Identifier: MIT */
/*
 * Windows are run in blocks, whose sizes depend on the number of windows only. The sums of a block
 * are added to the total in the order of the blocks, so the bits do not depend on which thread ran
 * it.
 */
#include "forecast/valid.h"
#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "base/threads.h"
#include "forecast/rollout.h"
#include "network/unroll.h"

#include <stdio.h>
#include <string.h>

/*
 * Windows per block: many enough for efficient products, few enough to stay in cache and to be
 * shared among threads. ROUND blocks are computed between two additions.
 */
enum { SMALLEST_BLOCK = 32, BLOCK = 256, ROUND = 16, ERROR_SIZE = 512 };

/* What one thread works with. */
typedef struct worker {
    lts_rollout rollout;
    real *target; /* [BLOCK, K] */
    lstm_status status;
    char error[ERROR_SIZE];
} worker;

typedef struct validator {
    const lstm_series *series;
    const lts_valid_plan *plan;
    int64_t block;       /* windows of a block                             */
    int64_t first_block; /* of the round                                   */
    int64_t n_block;     /* of the round                                   */
    double *sums;        /* [ROUND, T, K] squared errors of each block     */
    int64_t n_worker;
    worker *workers; /* [n_worker]                                     */
} validator;

/* Offset of the i-th window that is used: floor(i n_window / n_used) strides. */
static int64_t offset_of(const lts_valid_plan *plan, int64_t i)
{
    int64_t n = plan->n_window, n_used = plan->n_used;
    return (n / n_used * i + n % n_used * i / n_used) * plan->stride;
}

/* Sums the squared errors of windows first .. first + B - 1 to sums [T, K]. */
static lstm_status sum_block(const validator *v, worker *w, int64_t first, int64_t B, double *sums)
{
    const lts_columns *columns = &w->rollout.columns;
    const lts_window *window = &v->plan->window;
    int64_t offsets[BLOCK], K = columns->K;
    for (int64_t b = 0; b < B; b++)
        offsets[b] = offset_of(v->plan, first + b);
    memset(sums, 0, (size_t)(window->T * K) * sizeof *sums);
    lts_rollout_restart(&w->rollout, B);
    for (int64_t t = 0; t < window->T; t++) {
        const real *y;
        if (lts_rollout_reads_row(&w->rollout, t))
            lts_gather(v->series, columns->input, columns->D, offsets, B, t,
                       lts_rollout_input(&w->rollout));
        LTS_TRY(lts_rollout_step(&w->rollout, t, &y));
        lts_gather(v->series, columns->target, K, offsets, B, t + window->pred, w->target);
        for (int64_t i = 0; i < B * K; i++) {
            double error = (double)y[i] - (double)w->target[i];
            sums[t * K + i % K] += error * error;
        }
    }
    return LSTM_OK;
}

/* Runs a thread's blocks of the round. */
static void run_part(void *work, int64_t part, int64_t n_part)
{
    const validator *v = work;
    worker *w = &v->workers[part];
    int64_t end = lts_part_begin(v->n_block, part + 1, n_part);
    int64_t size = v->plan->window.T * v->plan->K;
    w->status = LSTM_OK;
    for (int64_t i = lts_part_begin(v->n_block, part, n_part); i < end && w->status >= 0; i++) {
        int64_t first = (v->first_block + i) * v->block, left = v->plan->n_used - first;
        w->status = sum_block(v, w, first, left < v->block ? left : v->block, v->sums + i * size);
        if (w->status < 0)
            snprintf(w->error, sizeof w->error, "%s", lstm_last_error());
    }
}

/* Adds the squared errors of all windows to sums [T, K]. */
static lstm_status add_all(validator *v, lts_pool *pool, double *sums)
{
    int64_t n_block = (v->plan->n_used + v->block - 1) / v->block;
    int64_t size = v->plan->window.T * v->plan->K;
    for (v->first_block = 0; v->first_block < n_block; v->first_block += ROUND) {
        v->n_block = n_block - v->first_block < ROUND ? n_block - v->first_block : ROUND;
        lts_pool_run(pool, run_part, v);
        for (int64_t i = 0; i < v->n_worker; i++)
            if (v->workers[i].status < 0)
                return lts_fail(v->workers[i].status, "%s", v->workers[i].error);
        for (int64_t i = 0; i < v->n_block * size; i++)
            sums[i % size] += v->sums[i];
    }
    return LSTM_OK;
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

/* Which windows are used, and by how many threads. */
static lstm_status read_choice(const lstm_valid_options *options, lts_valid_plan *plan)
{
    plan->stride = options->stride == 0 ? 1 : options->stride;
    plan->max_windows = options->max_windows;
    LTS_TRY(lts_check_at_least("stride", plan->stride, 1));
    LTS_TRY(lts_check_at_least("max_windows", plan->max_windows, 0));
    LTS_TRY(lts_threads_resolve(options->n_threads, &plan->n_thread));
    plan->n_window = (plan->n_window - 1) / plan->stride + 1;
    plan->n_used = plan->n_window;
    if (plan->max_windows > 0 && plan->max_windows < plan->n_used)
        plan->n_used = plan->max_windows;
    return LSTM_OK;
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
    LTS_TRY(read_choice(&read, plan));
    plan->lag = read.feedback_lag;
    LTS_TRY(lts_loop_check(plan->support_len, &plan->lag, plan->window.pred));
    LTS_TRY(lts_support_check(plan->support_len, plan->window.T));
    plan->K = model->params.K;
    lts_columns columns;
    LTS_TRY(lts_columns_init(&columns, series, plan->window.pred));
    lstm_status status = lts_columns_match(&columns, model->params.D, 1, model->params.K);
    lts_columns_clear(&columns);
    return status;
}

static lstm_status make_workers(validator *v, const lstm_model *model, int64_t n_worker)
{
    const lts_valid_plan *plan = v->plan;
    const lts_loop loop = {plan->window.pred, plan->support_len, plan->lag};
    int64_t size, B = plan->n_used < v->block ? plan->n_used : v->block;
    v->sums = lts_alloc(lts_multiply(ROUND * plan->K, plan->window.T, &size) ? size : INT64_MAX,
                        sizeof *v->sums);
    v->workers = lts_alloc(n_worker, sizeof *v->workers);
    if (v->sums == NULL || v->workers == NULL)
        return LSTM_E_NOMEM;
    for (; v->n_worker < n_worker; v->n_worker++) {
        worker *w = &v->workers[v->n_worker];
        LTS_TRY(lts_rollout_init(&w->rollout, model, v->series, &loop, B, plan->window.T));
        w->target = lts_alloc(B * plan->K, sizeof *w->target);
        if (w->target == NULL) {
            lts_rollout_clear(&w->rollout);
            return LSTM_E_NOMEM;
        }
    }
    return LSTM_OK;
}

static void clear_workers(validator *v)
{
    for (int64_t i = 0; i < v->n_worker; i++) {
        lts_rollout_clear(&v->workers[i].rollout);
        lts_free(v->workers[i].target);
    }
    lts_free(v->workers);
    lts_free(v->sums);
}

static lstm_status run_validator(validator *v, const lstm_model *model, lts_pool *pool,
                                 double *rmse)
{
    const lts_valid_plan *plan = v->plan;
    int64_t T = plan->window.T;
    LTS_TRY(make_workers(v, model, lts_pool_size(pool)));
    double *sums = lts_alloc(T * plan->K, sizeof *sums);
    lstm_status status = sums == NULL ? LSTM_E_NOMEM : add_all(v, pool, sums);
    if (status >= 0)
        compute_rmse(T, plan->K, plan->n_used, sums, rmse);
    lts_free(sums);
    return status;
}

lstm_status lts_valid_run(const lstm_model *model, const lstm_series *series,
                          const lts_valid_plan *plan, double *rmse)
{
    int64_t even = (plan->n_used + ROUND - 1) / ROUND;
    validator v = {.series = series,
                   .plan = plan,
                   .block = even < SMALLEST_BLOCK ? SMALLEST_BLOCK
                            : even > BLOCK        ? BLOCK
                                                  : even};
    lts_pool *pool;
    LTS_TRY(lts_pool_new(
        &pool, lts_worth_threads(model->kernels, &model->params, (double)plan->window.T,
                                 plan->n_used, plan->n_thread < ROUND ? plan->n_thread : ROUND)));
    lstm_status status = run_validator(&v, model, pool, rmse);
    clear_workers(&v);
    lts_pool_free(pool);
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
