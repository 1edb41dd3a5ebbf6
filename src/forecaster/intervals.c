/* SPDX-License-Identifier: MIT */
#include "forecaster/intervals.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/integer.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/threads.h"
#include "data/known.h"
#include "forecaster/scoring.h"

static lstm_status new_interval(lts_fitted *fitted, const lstm_forecaster_options *options,
                                const lstm_interval_options *o)
{
    LTS_TRY(lstm_interval_new(&fitted->interval, o));
    fitted->interval_stride = o->stride;
    fitted->interval_window = o->window;
    fitted->interval_is_final = options->calibrate_once != 0;
    return LSTM_OK;
}

lstm_status lts_intervals_new(lts_fitted *fitted, const lstm_forecaster_options *options,
                              int64_t most)
{
    int64_t H = options->horizon, K = fitted->n_target, size, slots;
    const lstm_interval_options o = lts_scoring_options(fitted, options);
    int64_t n_bound = o.is_conformalized ? 2 * o.n_level : 1, n_tail = o.is_two_sided ? 2 : 1;
    int64_t n_set = o.is_conformalized ? o.n_level * n_tail : n_tail;
    if (!lts_multiply(H, K, &size) ||
        !lts_multiply(size, n_bound * ((H - 1) / o.stride + 1), &slots) ||
        !lts_multiply(size, o.window, &size) || !lts_multiply(size, n_set, &size) || slots > most ||
        size > most)
        return lts_fail(LSTM_E_SHAPE, "intervals of %lld steps and %lld columns have more state",
                        (long long)H, (long long)K);
    return new_interval(fitted, options, &o);
}

/* Values of a row: [C], those that were filled as NaN. */
static void read_row(const lstm_dataset *d, int64_t series, int64_t row, real *values)
{
    for (int64_t c = 0; c < d->n_column; c++)
        values[c] = (real)lts_value_observed(d, &d->series[series], c, row);
}

/* Observes rows first .. end - 1; row [C]. */
static lstm_status observe(lts_scoring *s, const lstm_dataset *d, int64_t series, int64_t first,
                           int64_t end, real *row)
{
    for (int64_t t = first; t < end; t++) {
        read_row(d, series, t, row);
        LTS_TRY(lts_scoring_observe(s, d, row));
    }
    return LSTM_OK;
}

/* Windows from which forecasts are scored. */
static int64_t count_scored(const lts_judge *judge, int64_t stride)
{
    int64_t n = 0;
    for (int64_t i = 0; i < judge->n; i = lts_judge_next(judge, i, stride))
        n++;
    return n;
}

/*
 * Windows of several series, of which only as many are scored as scores are kept, evenly, so that
 * no series is forgotten. Of a single one, whose windows are in the order of time, all are: 0.
 */
static int64_t count_spread(const lts_judge *judge, int64_t stride)
{
    bool is_one = judge->series[0] == judge->series[judge->n - 1];
    return is_one ? 0 : count_scored(judge, stride);
}

/* Observes the rest of a validation part; then nothing is expected any more. */
static lstm_status finish_series(lts_scoring *s, const lts_judge *judge, int64_t series,
                                 int64_t known, real *row)
{
    LTS_TRY(observe(s, judge->dataset, series, known,
                    lts_valid_end(&judge->dataset->series[series]), row));
    return lstm_interval_restart(s->interval);
}

/* One series after the other, in units of its scales; row [C]. Of n_spread windows, if it is above
   0, as many are scored as scores are kept. */
static lstm_status calibrate(lts_scoring *s, const lts_roster *roster, const lts_judge *judge,
                             int64_t n_spread, const lts_scored *all, real *row)
{
    int64_t slot = judge->H * judge->K;
    int64_t series = -1, known = 0, number = 0;
    for (int64_t i = 0; i < judge->n; i = lts_judge_next(judge, i, s->stride)) {
        if (!lts_is_spread(number++, n_spread, s->fitted->interval_window))
            continue;
        if (judge->series[i] != series) {
            if (series >= 0)
                LTS_TRY(finish_series(s, judge, series, known, row));
            series = judge->series[i];
            known = judge->origin[i];
            memcpy(s->scales, roster->scales + series * s->K, (size_t)s->K * sizeof *s->scales);
        }
        LTS_TRY(observe(s, judge->dataset, series, known, judge->origin[i], row));
        known = judge->origin[i];
        lts_scored one = {all->y + i * slot, NULL, all->distance};
        if (all->spread != NULL)
            one.spread = all->spread + i * slot;
        LTS_TRY(lts_scoring_expect(s, &one));
    }
    return series < 0 ? LSTM_OK : finish_series(s, judge, series, known, row);
}

/* Keeps the residuals of the forecasts that may be scored. */
static lstm_status keep_residuals(lts_residuals *residuals, const lts_judge *judge, int64_t stride,
                                  const real *y)
{
    int64_t slot = judge->H * judge->K;
    LTS_TRY(lts_residuals_new(residuals, count_scored(judge, stride), judge->H, judge->K));
    for (int64_t i = 0, at = 0; i < judge->n; i = lts_judge_next(judge, i, stride))
        lts_residuals_set(residuals, at++, judge->dataset, judge->series[i], judge->origin[i],
                          y + i * slot);
    return LSTM_OK;
}

/*
 * Errors grow with the step, so few steps share their scores: of those of a season as
 * many as there are rows between two forecasts, so that levels adapt with each row; all of them where
 * fewer than five scores are expected beyond the bounds of the highest level.
 */
static int64_t choose_block(const lstm_forecaster_options *options, const lts_judge *judge,
                            const lstm_interval_options *o)
{
    double level = options->levels[options->n_level - 1];
    int64_t n = count_scored(judge, o->stride) * o->stride; /* scores of a block */
    bool suffice = (double)n * (1 - level) >= 5;
    return suffice ? lts_least(o->stride, o->block_len) : 0;
}

lstm_status lts_intervals_calibrate(lts_fitted *fitted, const lstm_forecaster_options *options,
                                    const lts_judge *judge, const real *y, const real *spread)
{
    const lts_scored all = {y, spread, judge->n * judge->H * judge->K};
    lstm_interval_options o = lts_scoring_options(fitted, options);
    fitted->choice.block_len = choose_block(options, judge, &o);
    o = lts_scoring_options(fitted, options);
    lts_scoring scoring = {0};
    LTS_TRY(lts_roster_take(&fitted->roster, judge));
    LTS_TRY(new_interval(fitted, options, &o));
    if (y == NULL || judge->n == 0)
        return LSTM_OK;
    LTS_TRY(keep_residuals(&fitted->residuals, judge, o.stride, y));
    real *row = lts_alloc(judge->dataset->n_column, sizeof *row);
    lstm_status status = row == NULL ? LSTM_E_NOMEM : LSTM_OK;
    if (status >= 0)
        status = lts_scoring_init(&scoring, fitted, options, 0, 0);
    if (status >= 0)
        status =
            calibrate(&scoring, &fitted->roster, judge, count_spread(judge, o.stride), &all, row);
    if (status >= 0) { /* the calibrated ones are those of the fit */
        lstm_interval *empty = fitted->interval;
        fitted->interval = scoring.interval;
        scoring.interval = empty;
    }
    lts_scoring_clear(&scoring);
    lts_free(row);
    return status;
}

/* One call of lstm_forecaster_intervals(). */
typedef struct call {
    const lstm_forecaster *f;
    const lstm_dataset *dataset;
    int64_t series, n_thread;
    int64_t n_due, n_score, window; /**< of n_due forecasts `window` are scored, evenly; 0 = all */
    lts_scoring scoring;
    real *row; /**< [C]    */
    real *y;   /**< [1 + shares, H, K] */
} call;

static lstm_status forecast_from(call *c, int64_t origin)
{
    const lts_origins one = {1, &c->series, &origin};
    return lts_fitted_predict_shares(&c->f->fitted, &c->f->loss, &c->f->shares, c->n_thread,
                                     c->dataset, &one, c->scoring.H, c->y);
}

static lts_scored scored(const call *c)
{
    int64_t slot = c->scoring.H * c->scoring.K;
    return (lts_scored){c->y, c->y + slot, slot};
}

static lstm_status begin(call *c, int64_t origin)
{
    const lts_fitted *fitted = &c->f->fitted;
    int64_t number = lts_roster_find(&fitted->roster, c->dataset, c->series);
    int64_t known =
        lts_roster_known(&fitted->roster, number, c->dataset, c->dataset->series[c->series].start);
    return lts_scoring_init(
        &c->scoring, fitted, &c->f->options, number,
        lts_scoring_first(fitted, number, known, origin, c->f->options.horizon));
}

/* Whether the forecast from row t is scored: of those that are due, each or its share. */
static bool is_scored(call *c, int64_t t)
{
    return lts_scoring_is_due(&c->scoring, t) && lts_is_spread(c->n_score++, c->n_due, c->window);
}

/* Continues from row `known` to row `origin`. */
static lstm_status advance(call *c, int64_t known, int64_t origin)
{
    for (int64_t t = known; t < origin; t++) {
        if (is_scored(c, t)) {
            lts_scoring_measure(&c->scoring, c->dataset, c->series, t);
            LTS_TRY(forecast_from(c, t));
            const lts_scored forecast = scored(c);
            LTS_TRY(lts_scoring_expect(&c->scoring, &forecast));
        }
        read_row(c->dataset, c->series, t, c->row);
        LTS_TRY(lts_scoring_observe(&c->scoring, c->dataset, c->row));
    }
    return LSTM_OK;
}

/* Where forecasts end that have all known covariates. */
static int64_t last_scored(const call *c, int64_t end)
{
    const lts_dataset_series *m = &c->dataset->series[c->series];
    int64_t last = m->n_row + m->n_future - c->f->options.horizon + 1;
    for (int64_t i = 0; i < c->dataset->n_column; i++)
        if (c->dataset->roles[i] == LSTM_ROLE_KNOWN && last < end)
            return last;
    return end;
}

/* The forecasts of one series that are due: from row `first` to row `last`, exclusive. */
typedef struct due_rows {
    int64_t number, first, last, end; /* of the series in the fit, or -1; end of the rows */
} due_rows;

static due_rows find_due(const call *c)
{
    const lts_fitted *before = &c->f->fitted;
    const lts_dataset_series *m = &c->dataset->series[c->series];
    int64_t number = lts_roster_find(&before->roster, c->dataset, c->series);
    int64_t known = lts_roster_known(&before->roster, number, c->dataset, m->start);
    int64_t end = lts_valid_end(m), last = last_scored(c, end);
    int64_t first = lts_scoring_first(before, number, known, end, c->f->options.horizon);
    return (due_rows){number, first, last > first ? last : first, end};
}

/* A step through n series that visits each once, and neighbours far apart. */
static int64_t series_step(int64_t n)
{
    static const double GOLDEN = 0.6180339887498949;
    for (int64_t step = 1 + (int64_t)(GOLDEN * (double)n); step < n; step++)
        if (lts_common_divisor(n, step) == 1)
            return step;
    return 1;
}

/*
 * Of more forecasts than scores are kept, those of several series are scored in part, evenly over
 * the series, so that none is forgotten. Those of a single one are in the order of time.
 */
static void count_due(call *c)
{
    int64_t n_series = 0, stride = c->f->fitted.interval_stride;
    c->window = c->f->fitted.interval_window;
    for (c->series = 0; c->series < c->dataset->names.n; c->series++) {
        const due_rows rows = find_due(c);
        c->n_due += (rows.last - rows.first + stride - 1) / stride;
        n_series += rows.last > rows.first;
    }
    if (n_series < 2)
        c->n_due = 0;
}

/* Continues the scores in `made` by those of one series, to the end of its validation part. */
static lstm_status continue_series(call *c, lts_fitted *made)
{
    const due_rows rows = find_due(c);
    lstm_status status =
        lts_scoring_init(&c->scoring, made, &c->f->options, rows.number, rows.first);
    if (status >= 0)
        status = advance(c, rows.first, rows.last);
    if (status >= 0)
        status = observe(&c->scoring, c->dataset, c->series, rows.last, rows.end, c->row);
    if (status >= 0) {
        lstm_interval *old = made->interval;
        made->interval = c->scoring.interval;
        c->scoring.interval = old;
    }
    lts_scoring_clear(&c->scoring);
    return status;
}

lstm_status lts_intervals_continue(lts_fitted *made, const lstm_forecaster *f,
                                   const lstm_dataset *dataset, int64_t n_thread)
{
    call c = {.f = f, .dataset = dataset, .n_thread = n_thread};
    lstm_status status = lts_scoring_init(&c.scoring, &f->fitted, &f->options, -1, 1);
    made->interval_stride = f->fitted.interval_stride;
    made->interval_window = f->fitted.interval_window;
    made->interval_is_final = f->fitted.interval_is_final;
    if (status >= 0) {
        made->interval = c.scoring.interval;
        c.scoring.interval = NULL;
    }
    lts_scoring_clear(&c.scoring);
    c.row = lts_alloc(dataset->n_column, sizeof *c.row);
    c.y = lts_alloc((1 + f->shares.n) * f->options.horizon * made->n_target, sizeof *c.y);
    if (status >= 0 && (c.row == NULL || c.y == NULL))
        status = LSTM_E_NOMEM;
    count_due(&c);
    /* Levels adapt to the latest series: series alike may have numbers that follow each other. */
    int64_t n = dataset->names.n, step = series_step(n);
    for (int64_t i = 0; i < n && status >= 0; i++) {
        c.series = i * step % n;
        status = continue_series(&c, made);
    }
    lts_free(c.row);
    lts_free(c.y);
    return status;
}

static lstm_status run_origins(call *c, const int64_t *origins, int64_t n, real *y, real *lower,
                               real *upper)
{
    int64_t slot = c->scoring.H * c->scoring.K, known = c->scoring.first;
    for (int64_t i = 0; i < n; i++) {
        LTS_TRY(advance(c, known, origins[i]));
        known = origins[i] > known ? origins[i] : known;
        lts_scoring_measure(&c->scoring, c->dataset, c->series, origins[i]);
        LTS_TRY(forecast_from(c, origins[i]));
        memcpy(y + i * slot, c->y, (size_t)slot * sizeof *y);
        const lts_scored forecast = scored(c);
        LTS_TRY(lts_scoring_bounds(&c->scoring, &forecast, lower + i * c->scoring.L * slot,
                                   upper + i * c->scoring.L * slot));
    }
    return LSTM_OK;
}

/* Computes into buffers, so that the caller's arrays are filled at the end. */
static lstm_status run_call(call *c, const int64_t *origins, int64_t n, real *y, real *lower,
                            real *upper)
{
    int64_t size, bounds, H = c->f->options.horizon, K = c->f->fitted.n_target;
    if (!lts_multiply(n * K, H, &size) || !lts_multiply(size, c->f->options.n_level, &bounds))
        size = bounds = INT64_MAX / 4;
    real *staging = lts_alloc(size + 2 * bounds, sizeof *staging);
    c->row = lts_alloc(c->dataset->n_column, sizeof *c->row);
    c->y = lts_alloc((1 + c->f->shares.n) * H * K, sizeof *c->y);
    lstm_status status = staging == NULL || c->row == NULL || c->y == NULL ? LSTM_E_NOMEM : LSTM_OK;
    if (status >= 0)
        status = begin(c, origins[0]);
    if (status >= 0)
        status = run_origins(c, origins, n, staging, staging + size, staging + size + bounds);
    if (status >= 0 && y != NULL)
        memcpy(y, staging, (size_t)size * sizeof *y);
    if (status >= 0) {
        memcpy(lower, staging + size, (size_t)bounds * sizeof *lower);
        memcpy(upper, staging + size + bounds, (size_t)bounds * sizeof *upper);
    }
    lts_scoring_clear(&c->scoring);
    lts_free(c->row);
    lts_free(c->y);
    lts_free(staging);
    return status;
}

lstm_status lstm_forecaster_intervals(const lstm_forecaster *forecaster,
                                      const lstm_dataset *dataset, int64_t series,
                                      const int64_t *origins, int64_t n_origin, lstm_real *y,
                                      lstm_real *lower, lstm_real *upper)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(forecaster);
    LTS_NOT_NULL(dataset);
    LTS_NOT_NULL(origins);
    LTS_NOT_NULL(lower);
    LTS_NOT_NULL(upper);
    call c = {.f = forecaster, .dataset = dataset, .series = series};
    LTS_TRY(lts_check_origins(forecaster, dataset, series, origins, n_origin,
                              forecaster->options.horizon));
    for (int64_t i = 1; i < n_origin; i++)
        if (origins[i] <= origins[i - 1])
            return lts_fail(LSTM_E_ARGUMENT, "origins[%lld] is %lld, expected above %lld",
                            (long long)i, (long long)origins[i], (long long)origins[i - 1]);
    LTS_TRY(lts_threads_resolve(forecaster->options.n_threads, &c.n_thread));
    return run_call(&c, origins, n_origin, y, lower, upper);
}
