/* SPDX-License-Identifier: MIT */
/*
 * Forecasts are made in batches, divided among the threads. Then each thread has some of the units, a
 * column with a calibration each, whose intervals see the forecasts of the batch in order. So
 * results do not depend on the number of threads.
 */
#include "evaluate/interval_backtest.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "evaluate/backtest.h"
#include "evaluate/interval.h"
#include "evaluate/origins.h"
#include "method/job_batch.h"
#include "method/observed.h"

/* Intervals of one column with one calibration. */
typedef struct unit {
    int64_t column; /* in the data set                        */
    int64_t next;   /* the next row to be observed            */
    double scale;
    lstm_interval *interval;
    real *forecast;      /* [n_bound, H]                                  */
    real *lower, *upper; /* [L, H]                               */
} unit;

typedef struct run {
    lstm_interval_options interval;
    lstm_backtest_options options;
    lstm_interval_backtest *results;
    lts_job_batch batch;
    double quantiles[2 * LTS_MOST_LEVELS]; /* of a forecast */
    int64_t first;                         /* the first origin of the test part of the series */
    unit *units;                           /* [calibration, K]                                */
} run;

/* The first origin of a series that is used. */
static int64_t first_calibration(const run *r, int64_t series)
{
    int64_t begin = lts_train_end(&r->batch.dataset->members[series]);
    int64_t first = lts_origin_first(&r->options, r->batch.dataset, series);
    begin = begin < 1 ? 1 : begin;
    return first < begin ? first : first - (first - begin) / r->options.stride * r->options.stride;
}

static void observe(const run *r, unit *u, int64_t series, int64_t end)
{
    for (; u->next < end; u->next++) {
        real truth = (real)lts_observed(r->batch.dataset, series, u->next, u->column);
        lstm_interval_observe(u->interval, &truth);
    }
}

/* Compares the intervals of a forecast with the truth; sums [L, H]. */
static void compare(const run *r, const unit *u, int64_t series, int64_t origin,
                    lts_interval_sums *sums)
{
    int64_t H = r->results->H;
    for (int64_t i = 0; i < r->results->L * H; i++) {
        double truth = lts_observed(r->batch.dataset, series, origin + i % H, u->column);
        double below = (double)u->lower[i] - truth, above = truth - (double)u->upper[i];
        double width = (double)u->upper[i] - (double)u->lower[i];
        if (isnan(below) || isnan(width))
            continue;
        sums[i].n++;
        sums[i].covered += below <= 0 && above <= 0;
        sums[i].width += width / u->scale;
        sums[i].distance += (below > 0 ? below : above > 0 ? above : 0) / u->scale;
    }
}

static void do_unit(const run *r, int64_t number)
{
    const lstm_interval_backtest *b = r->results;
    unit *u = &r->units[number];
    int64_t k = number % b->K;
    int64_t n_bound = r->batch.n_array;
    const real *high = n_bound == 1 ? NULL : u->forecast + b->L * b->H;
    bool once = number / b->K == LSTM_CALIBRATION_ONCE;
    for (int64_t i = 0; i < r->batch.n; i++) {
        const lts_job *j = &r->batch.jobs[i];
        const real *forecast = r->batch.forecasts + i * n_bound * b->H * b->K;
        for (int64_t h = 0; h < n_bound * b->H; h++)
            u->forecast[h] = forecast[h * b->K + k];
        observe(r, u, j->series, once && j->origin > r->first ? r->first : j->origin);
        if (j->origin >= r->first) {
            lstm_interval_bounds(u->interval, u->forecast, high, u->lower, u->upper);
            compare(r, u, j->series, j->origin, b->sums + number * b->L * b->H);
        }
        if (j->origin < r->first || !once)
            lstm_interval_expect(u->interval, u->forecast, high);
    }
}

static void do_units(void *work, int64_t part, int64_t n_part)
{
    const run *r = work;
    int64_t n = LTS_CALIBRATIONS * r->results->K;
    for (int64_t i = lts_part_begin(n, part, n_part); i < lts_part_begin(n, part + 1, n_part); i++)
        do_unit(r, i);
}

static lstm_status do_batch(run *r)
{
    LTS_TRY(lts_job_batch_run(&r->batch));
    lts_pool_run(r->batch.pool, do_units, r);
    r->batch.n = 0;
    return LSTM_OK;
}

static lstm_status do_series(run *r, int64_t series)
{
    int64_t n = lts_origin_count(&r->options, r->batch.dataset, series);
    int64_t origin = first_calibration(r, series);
    double mean;
    if (n == 0)
        return LSTM_OK;
    r->first = lts_origin_first(&r->options, r->batch.dataset, series);
    n += (r->first - origin) / r->options.stride;
    for (int64_t i = 0; i < LTS_CALIBRATIONS * r->results->K; i++) {
        unit *u = &r->units[i];
        lts_interval_clear(u->interval);
        u->next = origin;
        u->scale = 1;
        if (r->options.standardized)
            lts_observed_scale(r->batch.dataset, series, u->column, &mean, &u->scale);
    }
    for (int64_t i = 0; i < n; i++, origin += r->options.stride) {
        r->batch.jobs[r->batch.n++] = (lts_job){0, series, origin};
        if (r->batch.n == r->batch.capacity || i == n - 1)
            LTS_TRY(do_batch(r));
    }
    return LSTM_OK;
}

/* The largest number of origins of a validation part. */
static int64_t most_calibrations(const run *r)
{
    int64_t most = 1;
    for (int64_t s = 0; s < lstm_dataset_series(r->batch.dataset); s++) {
        int64_t n = lts_origin_first(&r->options, r->batch.dataset, s) - first_calibration(r, s);
        n /= r->options.stride;
        most = most < n ? n : most;
    }
    return most;
}

static lstm_status new_unit(const run *r, int64_t calibration, int64_t column, unit *u)
{
    lstm_interval_options o = r->interval;
    int64_t L = r->results->L, H = r->results->H;
    u->column = column;
    if (calibration == LSTM_CALIBRATION_ONCE)
        o.window = most_calibrations(r);
    if (calibration != LSTM_CALIBRATION_ADAPTIVE)
        o.rate = LSTM_NO_ADAPTATION;
    LTS_TRY(lstm_interval_new(&u->interval, &o));
    u->forecast = lts_alloc(r->batch.n_array * H, sizeof *u->forecast);
    u->lower = lts_alloc(L * H, sizeof *u->lower);
    u->upper = lts_alloc(L * H, sizeof *u->upper);
    bool complete = u->forecast != NULL && u->lower != NULL && u->upper != NULL;
    return complete ? LSTM_OK : LSTM_E_NOMEM;
}

static lstm_status new_units(run *r)
{
    const lstm_dataset *dataset = r->batch.dataset;
    int64_t K = r->results->K;
    r->units = lts_alloc(LTS_CALIBRATIONS * K, sizeof *r->units);
    if (r->units == NULL)
        return LSTM_E_NOMEM;
    for (int64_t c = 0, k = 0; k < K; c++) {
        if (!lts_role_is_target(dataset->roles[c]))
            continue;
        for (int64_t m = 0; m < LTS_CALIBRATIONS; m++)
            LTS_TRY(new_unit(r, m, c, &r->units[m * K + k]));
        k++;
    }
    return LSTM_OK;
}

static void release(run *r)
{
    for (int64_t i = 0; i < LTS_CALIBRATIONS * r->results->K && r->units != NULL; i++) {
        lstm_interval_free(r->units[i].interval);
        lts_free(r->units[i].forecast);
        lts_free(r->units[i].lower);
        lts_free(r->units[i].upper);
    }
    lts_free(r->units);
    lts_job_batch_free(&r->batch);
}

static lstm_status new_results(const lstm_interval_options *o, int64_t K,
                               lstm_interval_backtest **results)
{
    int64_t L = o->n_level, size = 0;
    if (!lts_multiply(o->horizon, LTS_CALIBRATIONS * L, &size) || !lts_multiply(size, K, &size))
        return lts_fail(LSTM_E_LIMIT, "intervals of %lld steps and %lld columns are too large",
                        (long long)o->horizon, (long long)K);
    lstm_interval_backtest *b = lts_alloc(1, sizeof *b);
    if (b == NULL)
        return LSTM_E_NOMEM;
    b->K = K;
    b->L = L;
    b->H = o->horizon;
    b->levels = lts_alloc(L, sizeof *b->levels);
    b->sums = lts_alloc(size, sizeof *b->sums);
    if (b->levels == NULL || b->sums == NULL) {
        lstm_interval_backtest_free(b);
        return LSTM_E_NOMEM;
    }
    *results = b;
    return LSTM_OK;
}

static lstm_status check(const lstm_interval_options *interval, lstm_backtest_options *o)
{
    if (interval->horizon != 0 || interval->n_column != 0 || interval->stride != 0)
        return lts_fail(LSTM_E_ARGUMENT,
                        "horizon, n_column and stride of lstm_interval_options are %lld, %lld and "
                        "%lld, expected 0",
                        (long long)interval->horizon, (long long)interval->n_column,
                        (long long)interval->stride);
    if (o->refit != 0 && o->refit != LSTM_NO_FIT)
        return lts_fail(LSTM_E_ARGUMENT, "refit is %lld, expected 0 or LSTM_NO_FIT (-1)",
                        (long long)o->refit);
    return lts_backtest_check(o);
}

/* The levels of intervals, and of the quantiles at their bounds. */
static void set_levels(run *r)
{
    int64_t L = r->results->L;
    for (int64_t l = 0; l < L; l++) {
        double level = lts_interval_level(&r->interval, l);
        r->results->levels[l] = level;
        r->quantiles[l] = (1 - level) / 2;
        r->quantiles[L + l] = (1 + level) / 2;
    }
}

static lstm_status run_all(run *r, lts_float_env *host, lstm_method *const *method,
                           const lstm_dataset *dataset)
{
    int64_t n_origin = 0;
    set_levels(r);
    const lts_job_batch_options options = {.methods = method,
                                           .dataset = dataset,
                                           .host = host,
                                           .H = r->options.horizon,
                                           .n_thread = r->options.n_threads,
                                           .levels =
                                               r->interval.is_conformalized ? r->quantiles : NULL,
                                           .n_level = 2 * r->results->L};
    LTS_TRY(lts_job_batch_init(&r->batch, &options));
    LTS_TRY(new_units(r));
    for (int64_t s = 0; s < lstm_dataset_series(dataset); s++)
        n_origin += lts_origin_count(&r->options, dataset, s) > 0;
    if (n_origin == 0)
        return lts_backtest_no_origin(&r->options);
    if (r->options.refit == 0)
        LTS_TRY(lts_job_batch_fit(&r->batch, 0, dataset));
    for (int64_t s = 0; s < lstm_dataset_series(dataset); s++)
        LTS_TRY(do_series(r, s));
    return LSTM_OK;
}

lstm_status lstm_interval_backtest_run(lstm_interval_backtest **backtest, lstm_method *method,
                                       const lstm_dataset *dataset,
                                       const lstm_interval_options *interval,
                                       const lstm_backtest_options *options)
{
    LTS_FLOAT_SCOPE();
    run r = {0};
    LTS_NOT_NULL(backtest);
    LTS_NOT_NULL(method);
    LTS_NOT_NULL(dataset);
    LTS_READ_OPTIONS(&r.interval, interval, lstm_interval_options);
    LTS_READ_OPTIONS(&r.options, options, lstm_backtest_options);
    LTS_TRY(check(&r.interval, &r.options));
    r.interval.struct_size = sizeof r.interval;
    r.interval.horizon = r.options.horizon;
    r.interval.n_column = 1;
    r.interval.stride = r.options.stride;
    LTS_TRY(lts_interval_check(&r.interval));
    LTS_TRY(new_results(&r.interval, lstm_dataset_targets(dataset), &r.results));
    lstm_status status = run_all(&r, &lts_host_floats, &method, dataset);
    release(&r);
    if (status < 0) {
        lstm_interval_backtest_free(r.results);
        return status;
    }
    *backtest = r.results;
    return LSTM_OK;
}
