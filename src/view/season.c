/* SPDX-License-Identifier: MIT */
#include "view/season.h"

#include "base/memory.h"
#include "base/status.h"
#include "data/civil.h"
#include "data/known.h"
#include "view/profile.h"

/* Entries of a table of harmonics. With at most 16 of them and linear interpolation its error is
 * below (2 pi 16 / 4096)^2 / 8 = 8e-5 of an amplitude. */
enum { SMOOTH = 4096 };

/* The fraction of its year that has passed at a time. */
static double year_fraction(int64_t time)
{
    lts_civil civil = lts_civil_of(time);
    int64_t first = lts_days_of(civil.year, 1, 1);
    int64_t n_day = lts_days_of(civil.year, 12, 31) + 1 - first;
    return ((double)(lts_day_of_time(time) - first) + (double)civil.second / LTS_DAY_SECONDS) /
           (double)n_day;
}

/*
 * Position of a row in the units of the period. Rows of all series count from the same time, so
 * that series with different starts share a season.
 */
static double position_of(const lts_season *season, const lstm_dataset *d,
                          const lts_dataset_series *m, int64_t row)
{
    int64_t time = 0;
    if (d->step_unit == LSTM_STEP_ROWS)
        return (double)(m->first + row);
    if (season->kind == LSTM_SEASON_YEAR)
        return lts_time_of_row(d->step_unit, d->step, m->start, m->first + row, &time)
                   ? year_fraction(time)
                   : 0;
    if (d->step_unit == LSTM_STEP_SECONDS)
        return floor((double)m->start / (double)d->step) + (double)(m->first + row);
    lts_civil civil = lts_civil_of(m->start);
    return floor((double)(civil.year * 12 + civil.month - 1) / (double)d->step) +
           (double)(m->first + row);
}

static int64_t rows_of(const lts_dataset_series *m, int64_t rows)
{
    return rows == LSTM_PART_TRAIN         ? lts_train_end(m)
           : rows == LSTM_PART_TRAIN_VALID ? lts_valid_end(m)
                                           : m->n_row;
}

/* Gives the fit all observed values of a column. */
static void take_column(lts_profile_fit *fit, const lts_season *season, const lstm_dataset *d,
                        int64_t rows, const lts_transform *transform, const lts_scaler *scaler,
                        int64_t column)
{
    for (int64_t s = 0; s < d->names.n; s++) {
        const lts_dataset_series *m = &d->series[s];
        const lts_scale *scale = lts_scaler_get(scaler, s, column);
        for (int64_t row = 0; row < rows_of(m, rows); row++) {
            double value = lts_value_observed(d, m, column, row);
            if (!isnan(value))
                lts_profile_take(fit, position_of(season, d, m, row), (double)row,
                                 lts_scale_apply(scale, lts_transform_apply(transform, value)));
        }
    }
}

static lstm_status fit_column(lts_season *season, const lstm_view_options *options,
                              const lstm_dataset *d, int64_t rows, const lts_transform *transform,
                              const lts_scaler *scaler, int64_t column)
{
    lts_profile_fit fit;
    lts_profile profile;
    bool phases = season->kind == LSTM_SEASON_PHASES;
    LTS_TRY(lts_profile_begin(&fit, season->period, phases ? season->n_phase : 0,
                              phases ? 0 : options->n_harmonic));
    take_column(&fit, season, d, rows, transform, scaler, column);
    if (fit.n == 0) /* a column without any value has no season */
        return lts_profile_end(&fit, NULL);
    lstm_status status = lts_profile_end(&fit, &profile);
    if (status == LSTM_E_SHAPE)
        return lts_fail(LSTM_E_SHAPE, "column %lld (%.100s) has too few values for its season",
                        (long long)column, lts_names_get(&d->columns, column));
    if (status < 0)
        return status;
    real *values = season->values + column * (season->n_phase + 1);
    for (int64_t i = 0; i <= season->n_phase; i++)
        values[i] =
            (real)lts_profile_value(&profile, (double)i * season->period / (double)season->n_phase);
    lts_profile_clear(&profile);
    return LSTM_OK;
}

int64_t lts_season_phases(const lstm_view_options *options)
{
    if (options->season == LSTM_SEASON_NONE)
        return 0;
    return options->season == LSTM_SEASON_PHASES ? options->season_len : SMOOTH;
}

lstm_status lts_season_new(lts_season *season, const lstm_view_options *options, int64_t n_column)
{
    int64_t n_phase = lts_season_phases(options), size;
    *season = (lts_season){.kind = options->season};
    if (n_phase == 0)
        return LSTM_OK;
    if (n_phase == INT64_MAX || !lts_multiply(n_column, n_phase + 1, &size))
        size = INT64_MAX;
    season->values = lts_alloc(size, sizeof(real));
    if (season->values == NULL)
        return LSTM_E_NOMEM;
    season->n_phase = n_phase;
    season->period = season->kind == LSTM_SEASON_YEAR ? 1 : (double)options->season_len;
    return LSTM_OK;
}

lstm_status lts_season_fit(lts_season *season, const lstm_view_options *options,
                           const lstm_dataset *dataset, int64_t rows,
                           const lts_transform *transforms, const lts_scaler *scaler)
{
    lstm_status status = lts_season_new(season, options, dataset->n_column);
    if (season->n_phase == 0)
        return status;
    for (int64_t c = 0; status >= 0 && c < dataset->n_column; c++)
        if (lts_role_is_target(dataset->roles[c]))
            status = fit_column(season, options, dataset, rows, &transforms[c], scaler, c);
    if (status < 0)
        lts_season_clear(season);
    return status;
}

void lts_season_clear(lts_season *season)
{
    lts_free(season->values);
    season->values = NULL;
}

double lts_season_value(const lts_season *season, const lstm_dataset *dataset, int64_t series,
                        int64_t column, int64_t row)
{
    if (season->values == NULL)
        return 0;
    double position = position_of(season, dataset, &dataset->series[series], row) / season->period;
    double phase = (position - floor(position)) * (double)season->n_phase;
    const real *values = season->values + column * (season->n_phase + 1);
    if (season->kind == LSTM_SEASON_PHASES)
        return (double)values[(int64_t)(phase + 0.5) % season->n_phase];
    int64_t i = (int64_t)phase;
    i = i < season->n_phase ? i : season->n_phase - 1;
    return (double)values[i] + (phase - (double)i) * ((double)values[i + 1] - (double)values[i]);
}
