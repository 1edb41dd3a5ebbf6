/* SPDX-License-Identifier: MIT */
#include "forecaster/scoring.h"

#include "base/integer.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/known.h"
#include "evaluate/interval.h"

/* Scores of each step that are kept, and the most rows between two forecasts that are scored. */
enum { WINDOW = LTS_MOST_RESIDUALS, MOST_STRIDE = 24 };

/* Fewer changes than these say little about the scale of a series. */
enum { LEAST_CHANGES = 24 };

static int64_t period_of(const lts_fitted *fitted)
{
    return lts_most(fitted->choice.season_len, 1);
}

/* Some twelve forecasts overlap at a row: more would tell little more. */
lstm_interval_options lts_scoring_options(const lts_fitted *fitted,
                                          const lstm_forecaster_options *options)
{
    static const lstm_interval_options none = LSTM_INTERVAL_OPTIONS_INIT;
    lstm_interval_options o = options->interval == NULL ? none : *options->interval;
    int64_t H = options->horizon;
    o.horizon = H;
    o.n_column = fitted->n_target;
    o.levels = options->levels;
    o.n_level = options->n_level;
    o.window = o.window == 0 ? WINDOW : o.window;
    if (o.stride == 0)
        o.stride = lts_least(lts_most(H / 12, 1), MOST_STRIDE);
    if (o.block_len == 0)
        o.block_len = fitted->choice.block_len;
    if (o.block_len == 0)
        o.block_len = lts_least(period_of(fitted), lts_least(H, MOST_STRIDE));
    if (options->calibrate_once)
        o.rate = LSTM_NO_ADAPTATION;
    return o;
}

int64_t lts_scoring_rows(const lts_fitted *fitted)
{
    return lts_fitted_scale_rows(fitted) + period_of(fitted);
}

int64_t lts_scoring_first(const lts_fitted *fitted, int64_t number, int64_t known, int64_t present,
                          int64_t H)
{
    if (fitted->interval_is_final)
        return LTS_SCORED_NEVER;
    int64_t kept = present - fitted->interval_window * fitted->interval_stride - H;
    int64_t least = number < 0 ? 0 : known;
    if (number < 0 || known < fitted->roster.known_rows[number])
        least = lts_most(least,
                         lts_most(lts_fitted_context(fitted), LEAST_CHANGES) + period_of(fitted));
    return lts_most(1, lts_most(least, kept));
}

/* The scores of the fit, and no forecast. They are not sorted again, as a state would be. */
static lstm_status copy_interval(lts_scoring *s, const lts_fitted *fitted,
                                 const lstm_forecaster_options *options)
{
    const lstm_interval_options o = lts_scoring_options(fitted, options);
    LTS_TRY(lstm_interval_new(&s->interval, &o));
    lts_conformal_copy(&s->interval->scores, &fitted->interval->scores);
    return LSTM_OK;
}

lstm_status lts_scoring_init(lts_scoring *s, const lts_fitted *fitted,
                             const lstm_forecaster_options *options, int64_t number, int64_t first)
{
    *s = (lts_scoring){.H = options->horizon,
                       .K = fitted->n_target,
                       .L = options->n_level,
                       .stride = fitted->interval_stride,
                       .first = first,
                       .fitted = fitted,
                       .number = number,
                       .has_scales = number >= 0};
    s->scales = lts_alloc(s->K, sizeof *s->scales);
    bool is_conformalized = options->interval != NULL && options->interval->is_conformalized;
    int64_t n_bound = is_conformalized ? s->L : 1;
    s->low = lts_alloc(n_bound * s->H * s->K, sizeof *s->low);
    s->high = is_conformalized ? lts_alloc(n_bound * s->H * s->K, sizeof *s->high) : NULL;
    s->row = lts_alloc(s->K, sizeof *s->row);
    if (s->scales == NULL || s->low == NULL || s->row == NULL ||
        (is_conformalized && s->high == NULL))
        return LSTM_E_NOMEM;
    if (number >= 0)
        lts_scoring_scales(fitted, number, NULL, 0, 0, s->scales);
    return copy_interval(s, fitted, options);
}

void lts_scoring_clear(lts_scoring *s)
{
    lstm_interval_free(s->interval);
    lts_free(s->scales);
    lts_free(s->low);
    lts_free(s->high);
    lts_free(s->row);
    *s = (lts_scoring){0};
}

/* Mean absolute change over a season of the last rows; 0 if there is none. */
static double mean_change(const lts_fitted *fitted, const lstm_dataset *d, int64_t series,
                          int64_t column, int64_t n_row)
{
    const lts_dataset_series *m = &d->series[series];
    double sum = 0;
    int64_t n = 0, period = period_of(fitted);
    for (int64_t row = lts_most(period, n_row - lts_fitted_scale_rows(fitted)); row < n_row;
         row++) {
        double change =
            lts_value_observed(d, m, column, row) - lts_value_observed(d, m, column, row - period);
        if (!isnan(change)) {
            sum += fabs(change);
            n++;
        }
    }
    return n == 0 ? 0 : sum / (double)n;
}

void lts_scoring_scales(const lts_fitted *fitted, int64_t number, const lstm_dataset *d,
                        int64_t series, int64_t n_row, double *scales)
{
    const lts_roster *roster = &fitted->roster;
    if (number >= 0) {
        memcpy(scales, roster->scales + number * roster->K, (size_t)roster->K * sizeof *scales);
        return;
    }
    for (int64_t c = lts_next_target(d, 0), k = 0; k < roster->K;
         c = lts_next_target(d, c + 1), k++) {
        double change = mean_change(fitted, d, series, c, n_row);
        scales[k] = change > 0 ? change : roster->mean_scales[k];
    }
}

void lts_scoring_measure(lts_scoring *s, const lstm_dataset *d, int64_t series, int64_t n_row)
{
    if (s->has_scales)
        return;
    lts_scoring_scales(s->fitted, s->number, d, series, n_row, s->scales);
    s->has_scales = d->series[series].first + n_row >= s->first;
}

/* A forecast, or its quantile of a share, in units of the scales. */
static void take_bound(const lts_scoring *s, const lts_scored *f, int64_t share, real *bound)
{
    bool is_spread = s->high != NULL && f->spread != NULL;
    for (int64_t i = 0; i < s->H * s->K; i++) {
        double spread = is_spread ? (double)f->spread[share * f->distance + i] : 0;
        bound[i] = (real)(((double)f->y[i] + spread) / s->scales[i % s->K]);
    }
}

/* Sets low and high. */
static void take_forecast(lts_scoring *s, const lts_scored *f)
{
    int64_t size = s->H * s->K;
    take_bound(s, f, 0, s->low);
    for (int64_t l = 0; l < s->L && s->high != NULL; l++) {
        take_bound(s, f, l, s->low + l * size);
        take_bound(s, f, s->L + l, s->high + l * size);
    }
}

lstm_status lts_scoring_expect(lts_scoring *s, const lts_scored *forecast)
{
    take_forecast(s, forecast);
    return lstm_interval_expect(s->interval, s->low, s->high);
}

lstm_status lts_scoring_observe(lts_scoring *s, const lstm_dataset *d, const real *values)
{
    for (int64_t c = lts_next_target(d, 0), k = 0; k < s->K; c = lts_next_target(d, c + 1), k++)
        s->row[k] = (real)((double)values[c] / s->scales[k]);
    return lstm_interval_observe(s->interval, s->row);
}

static bool transforms(const lstm_view *view, int64_t k)
{
    return view != NULL && view->options.transform != LSTM_TRANSFORM_NONE &&
           view->transformed[view->targets.at[k]] != 0;
}

void lts_cut_at_domain(const lts_fitted *fitted, int64_t n, real *y)
{
    for (int64_t k = 0; k < fitted->n_target; k++) {
        bool is_cut = transforms(fitted->ridge.view, k);
        for (int64_t i = 0; i < fitted->n_network; i++)
            is_cut = is_cut || transforms(fitted->networks[i].view, k);
        for (int64_t i = k; i < n && is_cut; i += fitted->n_target)
            y[i] = y[i] < 0 ? 0 : y[i];
    }
}

lstm_status lts_scoring_bounds(lts_scoring *s, const lts_scored *forecast, real *lower, real *upper)
{
    take_forecast(s, forecast);
    LTS_TRY(lstm_interval_bounds(s->interval, s->low, s->high, lower, upper));
    for (int64_t i = 0; i < s->L * s->H * s->K; i++) {
        lower[i] = (real)((double)lower[i] * s->scales[i % s->K]);
        upper[i] = (real)((double)upper[i] * s->scales[i % s->K]);
    }
    lts_cut_at_domain(s->fitted, s->L * s->H * s->K, lower);
    lts_cut_at_domain(s->fitted, s->L * s->H * s->K, upper);
    return LSTM_OK;
}
