/* SPDX-License-Identifier: MIT */
/*
 * First all series are calibrated by a method that has not seen their validation parts, then the
 * method is fitted again and all of them are tested. So the intervals of all series are kept.
 *
 * Forecasts of a series are made in batches, divided among the threads. Then each thread has some
 * of its units, a column with a calibration each, whose intervals see the forecasts of the batch in
 * order. So results do not depend on the number of threads.
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

/* Intervals of one column of a series with one calibration. */
typedef struct unit {
    int64_t column; /* in the data set             */
    int64_t next;   /* the next row to be observed */
    double scale;
    lstm_interval *interval;
} unit;

/* What a unit computes at one origin. */
typedef struct bounds {
    real *forecast;      /* [n_bound, H] */
    real *lower, *upper; /* [L, H]       */
} bounds;

typedef struct run {
    lstm_interval_options interval;
    lstm_backtest_options options;
    lstm_interval_backtest *results;
    lts_job_batch batch;
    double quantiles[2 * LTS_MOST_LEVELS]; /* of a forecast */
    int64_t first;                         /* the first origin of the test part of the series */
    int64_t n_unit;                        /* of a series: calibrations * K                   */
    unit *units;                           /* [series, calibration, K]                        */
    bounds *bounds;                        /* [calibration, K]                                */
} run;

/* The first origin of a series that is used. */
static int64_t first_calibration(const run *r, int64_t series)
{
    int64_t begin = lts_train_end(&r->batch.dataset->series[series]);
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
static void compare(const run *r, const unit *u, const bounds *b, int64_t series, int64_t origin,
                    lts_interval_sums *sums)
{
    int64_t H = r->results->H;
    for (int64_t i = 0; i < r->results->L * H; i++) {
        double truth = lts_observed(r->batch.dataset, series, origin + i % H, u->column);
        double below = (double)b->lower[i] - truth, above = truth - (double)b->upper[i];
        double width = (double)b->upper[i] - (double)b->lower[i];
        if (isnan(below) || isnan(width))
            continue;
        sums[i].n++;
        sums[i].covered += below <= 0 && above <= 0;
        sums[i].width += width / u->scale;
        sums[i].distance += (below > 0 ? below : above > 0 ? above : 0) / u->scale;
    }
}

/* A batch has forecasts of one series. */
static void do_unit(const run *r, int64_t number)
{
    const lstm_interval_backtest *b = r->results;
    int64_t series = r->batch.jobs[0].series, k = number % b->K, n_bound = r->batch.n_array;
    int64_t at = series * r->n_unit + number;
    unit *u = &r->units[at];
    const bounds *own = &r->bounds[number];
    const real *high = n_bound == 1 ? NULL : own->forecast + b->L * b->H;
    bool once = number / b->K == LSTM_CALIBRATION_ONCE;
    for (int64_t i = 0; i < r->batch.n; i++) {
        int64_t origin = r->batch.jobs[i].origin;
        const real *forecast = r->batch.forecasts + i * n_bound * b->H * b->K;
        for (int64_t h = 0; h < n_bound * b->H; h++)
            own->forecast[h] = forecast[h * b->K + k];
        observe(r, u, series, once && origin > r->first ? r->first : origin);
        if (origin >= r->first) {
            lstm_interval_bounds(u->interval, own->forecast, high, own->lower, own->upper);
            compare(r, u, own, series, origin, b->sums + at * b->L * b->H);
        }
        if (origin < r->first || !once)
            lstm_interval_expect(u->interval, own->forecast, high);
    }
}

static void do_units(void *work, int64_t part, int64_t n_part)
{
    const run *r = work;
    int64_t n = r->n_unit;
    for (int64_t i = lts_part_begin(n, part, n_part); i < lts_part_begin(n, part + 1, n_part); i++)
        do_unit(r, i);
}

static lstm_status do_batch(run *r)
{
    if (r->batch.n == 0)
        return LSTM_OK;
    LTS_TRY(lts_job_batch_run(&r->batch));
    lts_pool_run(r->batch.pool, do_units, r);
    r->batch.n = 0;
    return LSTM_OK;
}

/* Forecasts a series from n origins, the first of which is `origin`. */
static lstm_status do_origins(run *r, int64_t series, int64_t origin, int64_t n)
{
    r->first = lts_origin_first(&r->options, r->batch.dataset, series);
    for (int64_t i = 0; i < n; i++) {
        r->batch.jobs[r->batch.n++] = (lts_job){0, series, origin + i * r->options.stride};
        if (r->batch.n == r->batch.capacity)
            LTS_TRY(do_batch(r));
    }
    return do_batch(r);
}

/* Number of origins of a series before the test part; 0 if there are none in that. */
static int64_t count_calibrations(const run *r, int64_t series)
{
    int64_t first = lts_origin_first(&r->options, r->batch.dataset, series);
    if (lts_origin_count(&r->options, r->batch.dataset, series) == 0)
        return 0;
    return (first - first_calibration(r, series)) / r->options.stride;
}

static lstm_status calibrate_all(run *r)
{
    for (int64_t s = 0; s < r->results->n_series; s++)
        LTS_TRY(do_origins(r, s, first_calibration(r, s), count_calibrations(r, s)));
    return LSTM_OK;
}

static lstm_status test_all(run *r)
{
    const lstm_dataset *dataset = r->batch.dataset;
    for (int64_t s = 0; s < r->results->n_series; s++)
        LTS_TRY(do_origins(r, s, lts_origin_first(&r->options, dataset, s),
                           lts_origin_count(&r->options, dataset, s)));
    return LSTM_OK;
}

/* The largest number of origins of a validation part. */
static int64_t most_calibrations(const run *r)
{
    int64_t most = 0;
    for (int64_t s = 0; s < r->results->n_series; s++) {
        int64_t n = count_calibrations(r, s);
        most = most < n ? n : most;
    }
    return most;
}

static lstm_status new_unit(const run *r, int64_t calibration, int64_t series, int64_t column,
                            unit *u)
{
    lstm_interval_options o = r->interval;
    double mean;
    int64_t all = count_calibrations(r, series);
    if (calibration == LSTM_CALIBRATION_ONCE)
        o.window = all > 0 ? all : 1;
    if (calibration != LSTM_CALIBRATION_ADAPTIVE)
        o.rate = LSTM_NO_ADAPTATION;
    u->column = column;
    u->next = first_calibration(r, series);
    u->scale = 1;
    if (r->options.standardized)
        lts_observed_scale(r->batch.dataset, series, column, &mean, &u->scale);
    return lstm_interval_new(&u->interval, &o);
}

/* The units of a series; u [calibration, K]. */
static lstm_status new_units(const run *r, int64_t series, unit *u)
{
    const lstm_dataset *d = r->batch.dataset;
    int64_t K = r->results->K;
    for (int64_t c = lts_next_target(d, 0), k = 0; k < K; c = lts_next_target(d, c + 1), k++)
        for (int64_t m = 0; m < LTS_CALIBRATIONS; m++)
            LTS_TRY(new_unit(r, m, series, c, &u[m * K + k]));
    return LSTM_OK;
}

static lstm_status new_bounds(const run *r, bounds *b)
{
    int64_t L = r->results->L, H = r->results->H;
    b->forecast = lts_alloc(r->batch.n_array * H, sizeof *b->forecast);
    b->lower = lts_alloc(L * H, sizeof *b->lower);
    b->upper = lts_alloc(L * H, sizeof *b->upper);
    bool complete = b->forecast != NULL && b->lower != NULL && b->upper != NULL;
    return complete ? LSTM_OK : LSTM_E_NOMEM;
}

/* LSTM_E_SHAPE if no series has an origin. */
static lstm_status allocate(run *r)
{
    int64_t n_series = r->results->n_series, n = 0;
    r->n_unit = LTS_CALIBRATIONS * r->results->K;
    r->units = lts_alloc(n_series * r->n_unit, sizeof *r->units);
    r->bounds = lts_alloc(r->n_unit, sizeof *r->bounds);
    if (r->units == NULL || r->bounds == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < r->n_unit; i++)
        LTS_TRY(new_bounds(r, &r->bounds[i]));
    for (int64_t s = 0; s < n_series; s++) {
        if (lts_origin_count(&r->options, r->batch.dataset, s) == 0)
            continue;
        LTS_TRY(new_units(r, s, r->units + s * r->n_unit));
        n++;
    }
    return n > 0 ? LSTM_OK : lts_backtest_no_origin(&r->options);
}

static void release(run *r)
{
    for (int64_t i = 0; i < r->results->n_series * r->n_unit && r->units != NULL; i++)
        lstm_interval_free(r->units[i].interval);
    for (int64_t i = 0; i < r->n_unit && r->bounds != NULL; i++) {
        lts_free(r->bounds[i].forecast);
        lts_free(r->bounds[i].lower);
        lts_free(r->bounds[i].upper);
    }
    lts_free(r->units);
    lts_free(r->bounds);
    lts_job_batch_free(&r->batch);
}

static lstm_status new_results(const lstm_interval_options *o, const lstm_dataset *dataset,
                               lstm_interval_backtest **results)
{
    int64_t L = o->n_level, K = lstm_dataset_targets(dataset), size = 0;
    int64_t n_series = lstm_dataset_series(dataset);
    if (!lts_multiply(o->horizon, LTS_CALIBRATIONS * L, &size) || !lts_multiply(size, K, &size) ||
        !lts_multiply(size, n_series, &size))
        return lts_fail(LSTM_E_LIMIT,
                        "intervals of %lld series, %lld steps and %lld columns are too large",
                        (long long)n_series, (long long)o->horizon, (long long)K);
    lstm_interval_backtest *b = lts_alloc(1, sizeof *b);
    if (b == NULL)
        return LSTM_E_NOMEM;
    b->n_series = n_series;
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

static lstm_status check_backtest_options(const lstm_interval_options *interval,
                                          lstm_backtest_options *o)
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

/* Fits the method to the rows before the validation parts. */
static lstm_status fit_held_out(const run *r)
{
    lts_parts_view view;
    lstm_status status = lts_parts_view_new(&view, r->batch.dataset);
    if (status >= 0) {
        lts_parts_view_hold_out(&view);
        status = lts_job_batch_fit(&r->batch, 0, &view.dataset);
    }
    lts_parts_view_free(&view);
    return status;
}

static lstm_status run_all(run *r, lts_float_env *host, lstm_method *const *method,
                           const lstm_dataset *dataset)
{
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
    LTS_TRY(allocate(r));
    if (r->options.refit == 0 && most_calibrations(r) > 0)
        LTS_TRY(fit_held_out(r));
    LTS_TRY(calibrate_all(r));
    if (r->options.refit == 0)
        LTS_TRY(lts_job_batch_fit(&r->batch, 0, dataset));
    return test_all(r);
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
    LTS_TRY(check_backtest_options(&r.interval, &r.options));
    r.interval.struct_size = sizeof r.interval;
    r.interval.horizon = r.options.horizon;
    r.interval.n_column = 1;
    r.interval.stride = r.options.stride;
    LTS_TRY(lts_interval_check(&r.interval));
    LTS_TRY(new_results(&r.interval, dataset, &r.results));
    lstm_status status = run_all(&r, &lts_host_floats, &method, dataset);
    release(&r);
    if (status < 0) {
        lstm_interval_backtest_free(r.results);
        return status;
    }
    *backtest = r.results;
    return LSTM_OK;
}
