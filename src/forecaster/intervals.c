/* SPDX-License-Identifier: MIT */
#include "forecaster/intervals.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/threads.h"

/* Scores of each step that are kept, and the most rows between two forecasts that are scored. */
enum { WINDOW = LTS_MOST_RESIDUALS, MOST_STRIDE = 24 };

static int64_t least_of(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Some twelve forecasts overlap at a row: more would tell little more. */
static lstm_interval_options
options_of(const lts_choice *choice, const lstm_forecaster_options *options, int64_t H, int64_t K)
{
    lstm_interval_options o = LSTM_INTERVAL_OPTIONS_INIT;
    int64_t period = choice->season_len > 0 ? choice->season_len : 1;
    o.horizon = H;
    o.n_column = K;
    o.levels = options->levels;
    o.n_level = options->n_level;
    o.window = WINDOW;
    o.stride = least_of(H / 12 < 1 ? 1 : H / 12, MOST_STRIDE);
    o.block_len = least_of(period, least_of(H, MOST_STRIDE));
    return o;
}

/* The target columns of a row: row [K]. */
static void read_row(const lstm_dataset *d, int64_t series, int64_t row, real *values)
{
    const lts_member *m = &d->members[series];
    for (int64_t c = 0, k = 0; c < d->n_column; c++)
        if (lts_role_is_target(d->roles[c])) {
            int64_t at = row * d->n_column + c;
            values[k++] = lts_is_filled(m, at) ? (real)NAN : m->values[at];
        }
}

/* Observes rows first .. end - 1. */
static lstm_status observe(lstm_interval *interval, const lstm_dataset *d, int64_t series,
                           int64_t first, int64_t end, real *row)
{
    for (int64_t t = first; t < end; t++) {
        read_row(d, series, t, row);
        LTS_TRY(lstm_interval_observe(interval, row));
    }
    return LSTM_OK;
}

/* Calibrates on one series: windows first .. end - 1 of the judge. */
static lstm_status calibrate_series(lstm_interval *interval, const lts_judge *judge, int64_t first,
                                    int64_t end, int64_t stride, const real *y, real *row)
{
    int64_t series = judge->series[first], slot = judge->H * judge->K;
    const lts_member *m = &judge->dataset->members[series];
    LTS_TRY(lstm_interval_restart(interval));
    int64_t known = judge->origin[first];
    for (int64_t i = first; i < end; i = lts_judge_next(judge, i, stride)) {
        LTS_TRY(observe(interval, judge->dataset, series, known, judge->origin[i], row));
        LTS_TRY(lstm_interval_expect(interval, y + i * slot, NULL));
        known = judge->origin[i];
    }
    return observe(interval, judge->dataset, series, known, lts_valid_end(m), row);
}

/* Keeps the residuals of the forecasts that are scored. */
static lstm_status keep_residuals(lts_residuals *residuals, const lts_judge *judge, int64_t stride,
                                  const real *y)
{
    int64_t n = 0, slot = judge->H * judge->K;
    for (int64_t i = 0; i < judge->n; i = lts_judge_next(judge, i, stride))
        n++;
    LTS_TRY(lts_residuals_new(residuals, n, judge->H, judge->K));
    for (int64_t i = 0, at = 0; i < judge->n; i = lts_judge_next(judge, i, stride))
        lts_residuals_set(residuals, at++, judge->dataset, judge->series[i], judge->origin[i],
                          y + i * slot);
    return LSTM_OK;
}

lstm_status lts_intervals_new(lts_fitted *fitted, const lstm_forecaster_options *options,
                              int64_t most)
{
    int64_t H = options->horizon, K = fitted->n_target, size, slots;
    const lstm_interval_options o = options_of(&fitted->choice, options, H, K);
    if (!lts_multiply(H, K, &size) || !lts_multiply(size, (H - 1) / o.stride + 1, &slots) ||
        !lts_multiply(size, WINDOW, &size) || slots > most || size > most)
        return lts_fail(LSTM_E_SHAPE, "intervals of %lld steps and %lld columns have more state",
                        (long long)H, (long long)K);
    LTS_TRY(lstm_interval_new(&fitted->interval, &o));
    fitted->interval_stride = o.stride;
    return LSTM_OK;
}

lstm_status lts_intervals_calibrate(lts_fitted *fitted, const lstm_forecaster_options *options,
                                    const lts_judge *judge, const real *y)
{
    const lstm_interval_options o = options_of(&fitted->choice, options, judge->H, judge->K);
    int64_t n_series = judge->dataset->names.n;
    LTS_TRY(lstm_interval_new(&fitted->interval, &o));
    fitted->interval_stride = o.stride;
    fitted->known_rows = lts_alloc(n_series, sizeof *fitted->known_rows);
    real *row = lts_alloc(judge->K, sizeof *row);
    lstm_status status = fitted->known_rows == NULL || row == NULL ? LSTM_E_NOMEM : LSTM_OK;
    for (int64_t s = 0; s < n_series && status >= 0; s++)
        fitted->known_rows[s] = lts_valid_end(&judge->dataset->members[s]);
    for (int64_t first = 0, end; y != NULL && first < judge->n && status >= 0; first = end) {
        for (end = first; end < judge->n && judge->series[end] == judge->series[first]; end++)
            continue;
        status = calibrate_series(fitted->interval, judge, first, end, o.stride, y, row);
    }
    if (y != NULL && status >= 0)
        status = keep_residuals(&fitted->residuals, judge, o.stride, y);
    lts_free(row);
    return status;
}

/* One call of lstm_forecaster_intervals(). */
typedef struct call {
    const lstm_forecaster *f;
    const lstm_dataset *dataset;
    int64_t series, H, K, L, n_thread;
    lstm_interval *interval; /**< a copy of the forecaster's */
    real *row;               /**< [K]    */
    real *y;                 /**< [H, K] */
} call;

static lstm_status copy_interval(call *c)
{
    const lts_fitted *fitted = &c->f->fitted;
    const lstm_interval_options o = options_of(&fitted->choice, &c->f->options, c->H, c->K);
    int64_t length = lstm_interval_state_len(fitted->interval);
    LTS_TRY(lstm_interval_new(&c->interval, &o));
    real *state = lts_alloc(length, sizeof *state);
    if (state == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = lstm_interval_get_state(fitted->interval, state);
    if (status >= 0)
        status = lstm_interval_set_state(c->interval, state, length);
    if (status >= 0)
        status = lstm_interval_restart(c->interval);
    lts_free(state);
    return status;
}

static lstm_status forecast_from(call *c, int64_t origin)
{
    const lts_origins one = {1, &c->series, &origin};
    return lts_fitted_predict(&c->f->fitted, &c->f->loss, c->n_thread, c->dataset, &one, c->H,
                              c->y);
}

/* Forecasts of earlier rows would be by members that have seen these rows, or forgotten. */
int64_t lts_intervals_first(const lts_fitted *fitted, int64_t series, int64_t origin, int64_t H)
{
    int64_t known = series < fitted->n_series ? fitted->known_rows[series] : 1;
    int64_t kept = origin - WINDOW * fitted->interval_stride - H;
    int64_t first = known > kept ? known : kept;
    return first < 1 ? 1 : first;
}

/* Goes on from row `known` to row `origin`, where forecasts are scored every `stride` rows. */
static lstm_status advance(call *c, int64_t known, int64_t origin, int64_t first)
{
    int64_t stride = c->f->fitted.interval_stride;
    for (int64_t t = known; t < origin; t++) {
        if ((t - first) % stride == 0) {
            LTS_TRY(forecast_from(c, t));
            LTS_TRY(lstm_interval_expect(c->interval, c->y, NULL));
        }
        read_row(c->dataset, c->series, t, c->row);
        LTS_TRY(lstm_interval_observe(c->interval, c->row));
    }
    return LSTM_OK;
}

static lstm_status run_origins(call *c, const int64_t *origins, int64_t n, real *y, real *lower,
                               real *upper)
{
    int64_t slot = c->H * c->K;
    int64_t first = lts_intervals_first(&c->f->fitted, c->series, origins[0], c->H), known = first;
    for (int64_t i = 0; i < n; i++) {
        LTS_TRY(advance(c, known, origins[i], first));
        known = origins[i] > known ? origins[i] : known;
        LTS_TRY(forecast_from(c, origins[i]));
        memcpy(y + i * slot, c->y, (size_t)slot * sizeof *y);
        LTS_TRY(lstm_interval_bounds(c->interval, c->y, NULL, lower + i * c->L * slot,
                                     upper + i * c->L * slot));
    }
    return LSTM_OK;
}

/* Computes into buffers, so that the caller's arrays are filled at the end. */
static lstm_status run_call(call *c, const int64_t *origins, int64_t n, real *y, real *lower,
                            real *upper)
{
    int64_t size, bounds;
    if (!lts_multiply(n * c->K, c->H, &size) || !lts_multiply(size, c->L, &bounds))
        size = bounds = INT64_MAX / 4;
    real *staging = lts_alloc(size + 2 * bounds, sizeof *staging);
    c->row = lts_alloc(c->K, sizeof *c->row);
    c->y = lts_alloc(c->H * c->K, sizeof *c->y);
    lstm_status status = staging == NULL || c->row == NULL || c->y == NULL ? LSTM_E_NOMEM : LSTM_OK;
    if (status >= 0)
        status = copy_interval(c);
    if (status >= 0)
        status = run_origins(c, origins, n, staging, staging + size, staging + size + bounds);
    if (status >= 0 && y != NULL)
        memcpy(y, staging, (size_t)size * sizeof *y);
    if (status >= 0) {
        memcpy(lower, staging + size, (size_t)bounds * sizeof *lower);
        memcpy(upper, staging + size + bounds, (size_t)bounds * sizeof *upper);
    }
    lstm_interval_free(c->interval);
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
    c.H = forecaster->options.horizon;
    LTS_TRY(lts_check_origins(forecaster, dataset, series, origins, n_origin, c.H));
    for (int64_t i = 1; i < n_origin; i++)
        if (origins[i] <= origins[i - 1])
            return lts_fail(LSTM_E_ARGUMENT, "origins[%lld] is %lld, expected above %lld",
                            (long long)i, (long long)origins[i], (long long)origins[i - 1]);
    c.K = forecaster->fitted.n_target;
    c.L = forecaster->options.n_level;
    LTS_TRY(lts_threads_resolve(forecaster->options.n_threads, &c.n_thread));
    return run_call(&c, origins, n_origin, y, lower, upper);
}
