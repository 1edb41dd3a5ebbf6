/* SPDX-License-Identifier: MIT */
/*
 * Jobs, one forecast each, are numbered by method, series and origin, and are done in batches: first
 * all forecasts of a batch, divided among the threads; then their errors, for which each thread has
 * some of the steps and takes the jobs in order. So every sum is added up in the order of the jobs,
 * for any number of threads.
 */
#include "evaluate/backtest.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "base/threads.h"
#include "evaluate/method.h"
#include "evaluate/origins.h"

#include <stdio.h>

enum { JOBS_OF_A_THREAD = 16, MESSAGE = 512 };

typedef struct job {
    int64_t method, series, origin;
} job;

/* The first failure of a thread in a batch; messages belong to threads. */
typedef struct failure {
    int64_t job; /* its number in the batch; -1 = none */
    lstm_status status;
    char message[MESSAGE];
} failure;

typedef struct run {
    lstm_backtest_options options;
    lstm_backtest *results;
    lstm_method *const *methods;
    const lstm_dataset *dataset;
    lts_float_env *host;
    lts_pool *pool;
    double *offsets, *scales; /* [n_series, K] errors are divided by the scale */
    int64_t n_batch, n_job;   /* capacity of a batch, and its jobs             */
    job *jobs;                /* [n_batch]                                     */
    real *forecasts;          /* [n_batch, H, K]                               */
    failure *failures;        /* [threads]                                     */
} run;

/* Whether the value was observed, in a row that the series has. */
static bool is_observed(const lstm_dataset *dataset, const lts_member *member, int64_t row,
                        int64_t column)
{
    int64_t position = row * dataset->n_column + column;
    return !isnan(member->values[position]) && !lts_is_filled(member, position);
}

/* An observed value, or NaN. */
static double truth_at(const lstm_dataset *dataset, int64_t series, int64_t row, int64_t column)
{
    const lts_member *member = &dataset->members[series];
    if (!is_observed(dataset, member, row, column))
        return (double)NAN;
    return (double)member->values[row * dataset->n_column + column];
}

/* LSTM_E_NUMERIC if a forecast that will be compared is not finite. */
static lstm_status check_forecast(const run *r, const job *j, const real *y)
{
    int64_t k = 0, K = r->results->K;
    for (int64_t c = 0; k < K; c++) {
        if (!lts_role_is_target(r->dataset->roles[c]))
            continue;
        for (int64_t h = 0; h < r->results->H; h++)
            if (!isfinite(y[h * K + k]) &&
                !isnan(truth_at(r->dataset, j->series, j->origin + h, c)))
                return lts_fail(LSTM_E_NUMERIC, "the forecast of column %lld, step %lld is %g",
                                (long long)c, (long long)h, (double)y[h * K + k]);
        k++;
    }
    return LSTM_OK;
}

static void predict_part(void *work, int64_t part, int64_t n_part)
{
    run *r = work;
    failure *f = &r->failures[part];
    int64_t H = r->results->H, K = r->results->K;
    lts_float_env host = *r->host; /* a callback's thread has its own copy */
    f->job = -1;
    for (int64_t i = lts_part_begin(r->n_job, part, n_part);
         i < lts_part_begin(r->n_job, part + 1, n_part); i++) {
        const job *j = &r->jobs[i];
        real *y = r->forecasts + i * H * K;
        lstm_status status = lts_method_predict(r->methods[j->method], &host, r->dataset, j->series,
                                                j->origin, H, y);
        if (status >= 0)
            status = check_forecast(r, j, y);
        if (status < 0) {
            f->job = i;
            f->status = status;
            snprintf(f->message, sizeof f->message, "%s", lstm_last_error());
            return;
        }
    }
}

static void add_errors(const run *r, const job *j, const real *y, int64_t first, int64_t end)
{
    int64_t K = r->results->K, k = 0;
    lts_point_sums *sums = lts_backtest_sums(r->results, j->method, j->series);
    for (int64_t c = 0; k < K; c++) {
        if (!lts_role_is_target(r->dataset->roles[c]))
            continue;
        double offset = r->offsets[j->series * K + k], scale = r->scales[j->series * K + k];
        for (int64_t h = first; h < end; h++) {
            double truth = truth_at(r->dataset, j->series, j->origin + h, c);
            lts_point_sums_add(&sums[h * K + k], (truth - offset) / scale,
                               ((double)y[h * K + k] - offset) / scale);
        }
        k++;
    }
}

static void score_part(void *work, int64_t part, int64_t n_part)
{
    const run *r = work;
    int64_t H = r->results->H, K = r->results->K;
    int64_t first = lts_part_begin(H, part, n_part), end = lts_part_begin(H, part + 1, n_part);
    for (int64_t i = 0; i < r->n_job; i++)
        add_errors(r, &r->jobs[i], r->forecasts + i * H * K, first, end);
}

static lstm_status report_failure(const run *r, const failure *f)
{
    const job *j = &r->jobs[f->job];
    return lts_fail(f->status, "method \"%s\", series %lld, origin %lld: %s",
                    lstm_method_name(r->methods[j->method]), (long long)j->series,
                    (long long)j->origin, f->message);
}

static lstm_status do_batch(run *r)
{
    if (r->n_job == 0)
        return LSTM_OK;
    lts_pool_run(r->pool, predict_part, r);
    for (int64_t part = 0; part < lts_pool_size(r->pool); part++)
        if (r->failures[part].job >= 0) /* jobs of a part are before those of the next */
            return report_failure(r, &r->failures[part]);
    lts_pool_run(r->pool, score_part, r);
    r->n_job = 0;
    return LSTM_OK;
}

static lstm_status add_job(run *r, int64_t method, int64_t series, int64_t origin)
{
    r->jobs[r->n_job++] = (job){method, series, origin};
    return r->n_job == r->n_batch ? do_batch(r) : LSTM_OK;
}

/* All jobs of origins number `begin` to end - 1 of each series. */
static lstm_status do_origins(run *r, int64_t begin, int64_t end)
{
    const lstm_backtest *b = r->results;
    for (int64_t m = 0; m < b->n_method; m++)
        for (int64_t s = 0; s < b->n_series; s++) {
            int64_t first = lts_origin_first(&r->options, r->dataset, s);
            for (int64_t i = begin; i < end && i < b->n_origin[s]; i++)
                LTS_TRY(add_job(r, m, s, first + i * r->options.stride));
        }
    return do_batch(r);
}

static lstm_status fit_all(run *r, const lstm_dataset *dataset)
{
    for (int64_t m = 0; m < r->results->n_method; m++) {
        lstm_status status = lts_method_fit(r->methods[m], r->host, dataset);
        if (status < 0) {
            char message[MESSAGE];
            snprintf(message, sizeof message, "%s", lstm_last_error());
            return lts_fail(status, "method \"%s\": %s", lstm_method_name(r->methods[m]), message);
        }
    }
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
    lts_origin_view view;
    int64_t n = most_origins(r->results), every = r->options.refit, next;
    lstm_status status = lts_origin_view_new(&view, r->dataset);
    for (int64_t i = 0; i < n && status >= 0; i = next) {
        next = n - i < every ? n : i + every;
        lts_origin_view_move(&view, &r->options, r->dataset, i);
        status = fit_all(r, &view.dataset);
        if (status >= 0)
            status = do_origins(r, i, next);
    }
    lts_origin_view_free(&view);
    return status;
}

static lstm_status do_all(run *r)
{
    if (r->options.refit > 0)
        return do_refits(r);
    if (r->options.refit == 0)
        LTS_TRY(fit_all(r, r->dataset));
    return do_origins(r, 0, INT64_MAX);
}

/* Mean and deviation of the observed values of the training part; 0 and 1 in the data's units. */
static void measure_column(run *r, int64_t s, int64_t c, int64_t k)
{
    int64_t end = lts_train_end(&r->dataset->members[s]), at = s * r->results->K + k;
    int64_t m = r->options.season_len;
    lts_point_sums sums = {0};
    r->scales[at] = 1;
    for (int64_t t = 0; t < end && r->options.standardized; t++)
        lts_point_sums_add(&sums, truth_at(r->dataset, s, t, c), 0);
    if (sums.squared_distance > 0) {
        r->offsets[at] = sums.mean;
        r->scales[at] = sqrt(sums.squared_distance / (double)sums.n);
    }
    for (int64_t t = m; t < end; t++) {
        double before = truth_at(r->dataset, s, t - m, c);
        double now = isnan(before) ? before : truth_at(r->dataset, s, t, c);
        lts_point_sums_add(&r->results->seasons[at], now / r->scales[at], before / r->scales[at]);
    }
}

static void measure(run *r)
{
    for (int64_t s = 0; s < r->results->n_series; s++) {
        r->results->n_origin[s] = lts_origin_count(&r->options, r->dataset, s);
        for (int64_t c = 0, k = 0; k < r->results->K; c++)
            if (lts_role_is_target(r->dataset->roles[c]))
                measure_column(r, s, c, k++);
    }
}

static lstm_status check(lstm_backtest_options *o)
{
    LTS_TRY(lts_check_at_least("horizon", o->horizon, 1));
    LTS_TRY(lts_check_at_least("stride", o->stride, 0));
    LTS_TRY(lts_check_at_least("first_origin", o->first_origin, 0));
    LTS_TRY(lts_check_at_least("last_origin", o->last_origin, 0));
    LTS_TRY(lts_check_at_least("refit", o->refit, LSTM_NO_FIT));
    LTS_TRY(lts_check_at_least("season_len", o->season_len, 0));
    LTS_TRY(lts_check_one_of("standardized", o->standardized, 2, "0 or 1"));
    o->stride = o->stride == 0 ? 1 : o->stride;
    o->season_len = o->season_len == 0 ? 1 : o->season_len;
    return lts_threads_resolve(o->n_threads, &o->n_threads);
}

static lstm_status allocate(run *r)
{
    lstm_backtest *b = r->results;
    int64_t n = b->n_series * b->K;
    LTS_TRY(lts_pool_new(&r->pool, r->options.n_threads));
    r->n_batch = JOBS_OF_A_THREAD * lts_pool_size(r->pool);
    r->offsets = lts_alloc(n, sizeof *r->offsets);
    r->scales = lts_alloc(n, sizeof *r->scales);
    r->jobs = lts_alloc(r->n_batch, sizeof *r->jobs);
    r->failures = lts_alloc(lts_pool_size(r->pool), sizeof *r->failures);
    /* [H, K] is less than results->sums, which was allocated */
    r->forecasts = lts_alloc(b->H * b->K, (size_t)r->n_batch * sizeof *r->forecasts);
    bool complete = r->offsets != NULL && r->scales != NULL && r->jobs != NULL &&
                    r->failures != NULL && r->forecasts != NULL;
    for (int64_t m = 0; m < b->n_method && complete; m++) {
        b->names[m] = lts_strdup(lstm_method_name(r->methods[m]));
        complete = b->names[m] != NULL;
    }
    return complete ? LSTM_OK : LSTM_E_NOMEM;
}

static void release(run *r)
{
    lts_pool_free(r->pool);
    lts_free(r->offsets);
    lts_free(r->scales);
    lts_free(r->jobs);
    lts_free(r->failures);
    lts_free(r->forecasts);
}

static lstm_status run_all(run *r)
{
    LTS_TRY(allocate(r));
    measure(r);
    if (most_origins(r->results) == 0)
        return lts_fail(LSTM_E_SHAPE,
                        "no series has an origin with %lld rows after it, from the end of its "
                        "validation part or first_origin on",
                        (long long)r->options.horizon);
    return do_all(r);
}

lstm_status lstm_backtest_run(lstm_backtest **backtest, lstm_method *const *methods,
                              int64_t n_method, const lstm_dataset *dataset,
                              const lstm_backtest_options *options)
{
    LTS_FLOAT_SCOPE();
    run r = {.methods = methods, .dataset = dataset, .host = &lts_host_floats};
    LTS_NOT_NULL(backtest);
    LTS_NOT_NULL(methods);
    LTS_NOT_NULL(dataset);
    LTS_TRY(lts_check_at_least("n_method", n_method, 1));
    for (int64_t m = 0; m < n_method; m++)
        if (methods[m] == NULL)
            return lts_fail(LSTM_E_ARGUMENT, "methods[%lld] is NULL", (long long)m);
    LTS_READ_OPTIONS(&r.options, options, lstm_backtest_options);
    LTS_TRY(check(&r.options));
    LTS_TRY(lts_backtest_new(&r.results, n_method, lstm_dataset_series(dataset), r.options.horizon,
                             lstm_dataset_targets(dataset)));
    lstm_status status = run_all(&r);
    release(&r);
    if (status < 0) {
        lstm_backtest_free(r.results);
        return status;
    }
    *backtest = r.results;
    return LSTM_OK;
}
