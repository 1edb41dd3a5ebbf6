/* SPDX-License-Identifier: MIT */
/*
 * Jobs, one forecast each, are numbered by method, series and origin, and are done in batches:
 * first all forecasts of a batch, divided among the threads; then their errors, for which each
 * thread has some of the steps and takes the jobs in order. So every sum is added up in the order
 * of the jobs, for any number of threads.
 */
#include "evaluate/backtest.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "evaluate/backtest_quantiles.h"
#include "evaluate/origins.h"
#include "method/job_batch.h"
#include "method/observed.h"

typedef struct run {
    lstm_backtest_options options;
    lstm_backtest *results;
    lts_job_batch batch;
    lts_quantile_run quantiles;
    double *offsets, *scales; /* [n_series, K] errors are divided by the scale */
    int64_t *begins;          /* [n_series] the number of its first origin among all */
} run;

static void add_errors(const run *r, const lts_job *j, const real *y, int64_t first, int64_t end)
{
    const lstm_dataset *d = r->batch.dataset;
    int64_t K = r->results->K;
    lts_point_sums *sums = lts_backtest_sums(r->results, j->method, j->series);
    for (int64_t c = lts_next_target(d, 0), k = 0; k < K; c = lts_next_target(d, c + 1), k++) {
        double offset = r->offsets[j->series * K + k], scale = r->scales[j->series * K + k];
        for (int64_t h = first; h < end; h++) {
            double truth = lts_observed(d, j->series, j->origin + h, c);
            lts_point_sums_add(&sums[h * K + k], (truth - offset) / scale,
                               ((double)y[h * K + k] - offset) / scale);
        }
    }
}

static void score_part(void *work, int64_t part, int64_t n_part)
{
    const run *r = work;
    int64_t H = r->results->H, K = r->results->K;
    int64_t first = lts_part_begin(H, part, n_part), end = lts_part_begin(H, part + 1, n_part);
    for (int64_t i = 0; i < r->batch.n; i++)
        add_errors(r, &r->batch.jobs[i], r->batch.forecasts + i * H * K, first, end);
}

/* The errors of a forecast in one column, summed over its steps. */
static lts_origin_sums sum_origin(const run *r, const lts_job *j, const real *y, int64_t c,
                                  int64_t k)
{
    lts_origin_sums sums = {0, 0};
    int64_t K = r->results->K;
    for (int64_t h = 0; h < r->results->H; h++) {
        double truth = lts_observed(r->batch.dataset, j->series, j->origin + h, c);
        double error = ((double)y[h * K + k] - truth) / r->scales[j->series * K + k];
        if (isnan(truth))
            continue;
        sums.absolute += fabs(error);
        sums.squared += error * error;
    }
    return sums;
}

static void sum_origins(void *work, int64_t part, int64_t n_part)
{
    const run *r = work;
    const lstm_backtest *b = r->results;
    const lstm_dataset *d = r->batch.dataset;
    for (int64_t i = lts_part_begin(r->batch.n, part, n_part);
         i < lts_part_begin(r->batch.n, part + 1, n_part); i++) {
        const lts_job *j = &r->batch.jobs[i];
        int64_t first = lts_origin_first(&r->options, d, j->series);
        int64_t number = r->begins[j->series] + (j->origin - first) / r->options.stride;
        lts_origin_sums *sums = &b->origins[(j->method * b->n_origins + number) * b->K];
        for (int64_t c = lts_next_target(d, 0), k = 0; k < b->K; c = lts_next_target(d, c + 1), k++)
            sums[k] = sum_origin(r, j, r->batch.forecasts + i * b->H * b->K, c, k);
    }
}

static lstm_status do_batch(run *r)
{
    LTS_TRY(lts_job_batch_run(&r->batch));
    lts_pool_run(r->batch.pool, score_part, r);
    lts_pool_run(r->batch.pool, sum_origins, r);
    r->batch.n = 0;
    return LSTM_OK;
}

static lstm_status add_job(run *r, int64_t method, int64_t series, int64_t origin)
{
    lts_job job = {method, series, origin};
    r->batch.jobs[r->batch.n++] = job;
    LTS_TRY(lts_quantile_run_add(&r->quantiles, job));
    return r->batch.n == r->batch.capacity ? do_batch(r) : LSTM_OK;
}

/* All jobs of origins number `begin` to end - 1 of each series. */
static lstm_status do_origins(run *r, int64_t begin, int64_t end)
{
    const lstm_backtest *b = r->results;
    for (int64_t m = 0; m < b->n_method; m++)
        for (int64_t s = 0; s < b->n_series; s++) {
            int64_t first = lts_origin_first(&r->options, r->batch.dataset, s);
            for (int64_t i = begin; i < end && i < b->n_origin[s]; i++)
                LTS_TRY(add_job(r, m, s, first + i * r->options.stride));
        }
    LTS_TRY(lts_quantile_run_end(&r->quantiles));
    return do_batch(r);
}

static lstm_status fit_all(run *r, const lstm_dataset *dataset)
{
    for (int64_t m = 0; m < r->results->n_method; m++)
        LTS_TRY(lts_job_batch_fit(&r->batch, m, dataset));
    return LSTM_OK;
}

static int64_t most_origins(const lstm_backtest *b)
{
    int64_t most = 0;
    for (int64_t s = 0; s < b->n_series; s++)
        most = most < b->n_origin[s] ? b->n_origin[s] : most;
    return most;
}

static lstm_status do_refits(run *r)
{
    lts_parts_view view;
    int64_t n = most_origins(r->results), every = r->options.refit, next;
    lstm_status status = lts_parts_view_new(&view, r->batch.dataset);
    for (int64_t i = 0; i < n && status >= 0; i = next) {
        next = n - i < every ? n : i + every;
        lts_parts_view_move(&view, &r->options, r->batch.dataset, i);
        status = fit_all(r, &view.dataset);
        if (status >= 0)
            status = do_origins(r, i, next);
    }
    lts_parts_view_free(&view);
    return status;
}

static lstm_status do_all(run *r)
{
    if (r->options.refit > 0)
        return do_refits(r);
    if (r->options.refit == 0)
        LTS_TRY(fit_all(r, r->batch.dataset));
    return do_origins(r, 0, INT64_MAX);
}

/* Offset and scale of a column, and the errors of its seasonal naive forecast. */
static void measure_column(run *r, int64_t s, int64_t c, int64_t k)
{
    const lstm_dataset *dataset = r->batch.dataset;
    int64_t end = lts_train_end(&dataset->series[s]), at = s * r->results->K + k;
    int64_t m = r->options.season_len;
    r->scales[at] = 1;
    if (r->options.standardized)
        lts_observed_scale(dataset, s, c, &r->offsets[at], &r->scales[at]);
    for (int64_t t = m; t < end; t++) {
        double before = lts_observed(dataset, s, t - m, c);
        double now = isnan(before) ? before : lts_observed(dataset, s, t, c);
        lts_point_sums_add(&r->results->seasons[at], now / r->scales[at], before / r->scales[at]);
    }
}

static void measure(run *r)
{
    const lstm_dataset *d = r->batch.dataset;
    for (int64_t s = 0; s < r->results->n_series; s++) {
        r->results->n_origin[s] = lts_origin_count(&r->options, d, s);
        for (int64_t c = lts_next_target(d, 0), k = 0; k < r->results->K;
             c = lts_next_target(d, c + 1), k++)
            measure_column(r, s, c, k);
    }
}

static lstm_status check_levels(const lstm_backtest_options *o)
{
    LTS_TRY(lts_check_at_least("n_level", o->n_level, 0));
    if ((o->levels == NULL) != (o->n_level == 0))
        return lts_fail(LSTM_E_ARGUMENT, "n_level is %lld, levels is %s", (long long)o->n_level,
                        o->levels == NULL ? "NULL" : "not NULL");
    for (int64_t l = 0; l < o->n_level; l++)
        if (!(o->levels[l] > 0 && o->levels[l] < 1))
            return lts_fail(LSTM_E_ARGUMENT, "levels[%lld] is %g, expected above 0 and below 1",
                            (long long)l, o->levels[l]);
    return LSTM_OK;
}

lstm_status lts_backtest_check(lstm_backtest_options *o)
{
    LTS_TRY(lts_check_at_least("horizon", o->horizon, 1));
    LTS_TRY(lts_check_at_least("stride", o->stride, 0));
    LTS_TRY(lts_check_at_least("first_origin", o->first_origin, 0));
    LTS_TRY(lts_check_at_least("last_origin", o->last_origin, 0));
    LTS_TRY(lts_check_at_least("refit", o->refit, LSTM_NO_FIT));
    LTS_TRY(lts_check_at_least("season_len", o->season_len, 0));
    LTS_TRY(lts_check_one_of("standardized", o->standardized, 2, "0 or 1"));
    LTS_TRY(check_levels(o));
    o->stride = o->stride == 0 ? 1 : o->stride;
    o->season_len = o->season_len == 0 ? 1 : o->season_len;
    return lts_threads_resolve(o->n_threads, &o->n_threads);
}

/* The arrays of each origin, whose number is known. */
static lstm_status allocate_origins(run *r)
{
    lstm_backtest *b = r->results;
    int64_t size = 0;
    for (int64_t s = 0; s < b->n_series; s++) {
        r->begins[s] = b->n_origins;
        b->n_origins += b->n_origin[s];
    }
    if (!lts_multiply(b->n_origins, b->K, &size) || !lts_multiply(size, b->n_method, &size))
        return lts_fail(LSTM_E_LIMIT, "%lld methods with %lld origins are too many",
                        (long long)b->n_method, (long long)b->n_origins);
    b->stride = r->options.stride;
    b->origins = lts_alloc(size, sizeof *b->origins);
    return b->origins == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

static lstm_status allocate(run *r)
{
    lstm_backtest *b = r->results;
    int64_t n = b->n_series * b->K;
    r->offsets = lts_alloc(n, sizeof *r->offsets);
    r->scales = lts_alloc(n, sizeof *r->scales);
    r->begins = lts_alloc(b->n_series, sizeof *r->begins);
    bool complete = r->offsets != NULL && r->scales != NULL && r->begins != NULL;
    for (int64_t m = 0; m < b->n_method && complete; m++) {
        b->names[m] = lts_strdup(lstm_method_name(r->batch.methods[m]));
        complete = b->names[m] != NULL;
    }
    return complete ? LSTM_OK : LSTM_E_NOMEM;
}

static void release(run *r)
{
    lts_job_batch_free(&r->batch);
    lts_quantile_run_free(&r->quantiles);
    lts_free(r->offsets);
    lts_free(r->scales);
    lts_free(r->begins);
}

lstm_status lts_backtest_no_origin(const lstm_backtest_options *o)
{
    return lts_fail(LSTM_E_SHAPE,
                    "no series has an origin with %lld rows after it, from the end of its "
                    "validation part or first_origin on",
                    (long long)o->horizon);
}

static lstm_status run_all(run *r, lts_job_batch_options *batch)
{
    LTS_TRY(lts_job_batch_init(&r->batch, batch));
    LTS_TRY(allocate(r));
    batch->levels = r->options.levels;
    batch->n_level = r->options.n_level;
    LTS_TRY(lts_quantile_run_init(&r->quantiles, r->results, r->scales, batch));
    measure(r);
    if (most_origins(r->results) == 0)
        return lts_backtest_no_origin(&r->options);
    LTS_TRY(allocate_origins(r));
    return do_all(r);
}

lstm_status lstm_backtest_run(lstm_backtest **backtest, lstm_method *const *methods,
                              int64_t n_method, const lstm_dataset *dataset,
                              const lstm_backtest_options *options)
{
    LTS_FLOAT_SCOPE();
    run r = {0};
    LTS_NOT_NULL(backtest);
    LTS_NOT_NULL(methods);
    LTS_NOT_NULL(dataset);
    LTS_TRY(lts_check_at_least("n_method", n_method, 1));
    for (int64_t m = 0; m < n_method; m++)
        if (methods[m] == NULL)
            return lts_fail(LSTM_E_ARGUMENT, "methods[%lld] is NULL", (long long)m);
    LTS_READ_OPTIONS(&r.options, options, lstm_backtest_options);
    LTS_TRY(lts_backtest_check(&r.options));
    LTS_TRY(lts_backtest_new(&r.results, n_method, lstm_dataset_series(dataset), r.options.horizon,
                             lstm_dataset_targets(dataset)));
    lts_job_batch_options batch = {.methods = methods,
                                   .dataset = dataset,
                                   .host = &lts_host_floats,
                                   .H = r.options.horizon,
                                   .n_thread = r.options.n_threads};
    lstm_status status = run_all(&r, &batch);
    release(&r);
    if (status < 0) {
        lstm_backtest_free(r.results);
        return status;
    }
    *backtest = r.results;
    return LSTM_OK;
}
