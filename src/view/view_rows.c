/* SPDX-License-Identifier: MIT */
#include "view/view.h"

#include "data/known.h"

/* Rows before the origin are those of a series that ends there, in training as in a forecast. */
static real value_of(const lstm_view *view, const lts_place *place, int64_t column, int64_t row)
{
    return lts_value_known(view->dataset, &view->dataset->series[place->series], column, row,
                           row < place->origin ? place->origin : place->limit);
}

static double scaled(const lstm_view *view, const lts_place *place, int64_t column, int64_t row)
{
    const lstm_dataset *d = view->dataset;
    if (row < 0 || row >= place->limit)
        return (double)NAN;
    double value = (double)value_of(view, place, column, row);
    const lts_transform transform = lts_view_transform(view, column);
    if (isnan(value) || !lts_transform_takes(&transform, value))
        return (double)NAN;
    return lts_scale_apply(lts_scaler_get(&view->scaler, place->series, column),
                           lts_transform_apply(&transform, value)) -
           lts_season_value(&view->season, d, place->series, column, row);
}

double lts_view_z(const lstm_view *view, const lts_place *place, int64_t column, int64_t row)
{
    double z = scaled(view, place, column, row);
    if (view->options.difference > 0)
        z -= scaled(view, place, column, row - view->options.difference);
    return z;
}

/*
 * x of n rows of a stored column, `stride` elements apart; NaN where it is missing. A plain view
 * reads a series without filled values without a branch per value: NaN stays NaN.
 */
static void read_rows(const lstm_view *view, const lts_place *place, int64_t column,
                      const lts_level *level, int64_t row, int64_t n, int64_t stride, real *x)
{
    int64_t C = view->dataset->n_column, known = place->limit - row, i = 0;
    const lts_dataset_series *m = &view->dataset->series[place->series];
    const real *values = m->values + column;
    bool plain = view->plain && m->filled == NULL;
    const lts_scale scale = *lts_scaler_get(&view->scaler, place->series, column);
    known = known < n ? known : n;
    for (; i < n && row + i < 0; i++)
        x[i * stride] = (real)NAN;
    for (; plain && i < known; i++)
        x[i * stride] = (real)lts_scale_apply(&scale, (double)values[(row + i) * C]) - level->base;
    for (; i < known; i++)
        x[i * stride] = (real)lts_view_z(view, place, column, row + i) - level->base;
    for (; i < n; i++)
        x[i * stride] = (real)NAN;
    for (i = 0; level->spread != 1 && i < n; i++)
        x[i * stride] /= level->spread;
}

/* The first of n rows before the origin that a series has. */
static int64_t first_of(const lts_place *place, int64_t n)
{
    return place->origin > n ? place->origin - n : 0;
}

/* The mean of the last `n` rows before the origin, or of those of them that are known. */
static double mean_of_context(const lstm_view *view, const lts_place *place, int64_t column,
                              int64_t n, int64_t *n_known)
{
    double sum = 0;
    *n_known = 0;
    for (int64_t row = first_of(place, n); row < place->origin; row++) {
        double z = lts_view_z(view, place, column, row);
        if (!isnan(z)) {
            sum += z;
            ++*n_known;
        }
    }
    return *n_known == 0 ? 0 : sum / (double)*n_known;
}

static double last_of_context(const lstm_view *view, const lts_place *place, int64_t column,
                              int64_t n)
{
    for (int64_t row = place->origin - 1; row >= first_of(place, n); row--) {
        double z = lts_view_z(view, place, column, row);
        if (!isnan(z))
            return z;
    }
    return 0;
}

static double spread_of_context(const lstm_view *view, const lts_place *place, int64_t column,
                                int64_t n)
{
    int64_t n_known;
    double mean = mean_of_context(view, place, column, n, &n_known), squares = 0;
    for (int64_t row = first_of(place, n); row < place->origin; row++) {
        double z = lts_view_z(view, place, column, row);
        squares += isnan(z) ? 0 : (z - mean) * (z - mean);
    }
    double spread = n_known == 0 ? 0 : sqrt(squares / (double)n_known);
    return spread > view->options.spread_floor ? spread : view->options.spread_floor;
}

static double base_of(const lstm_view *view, const lts_place *place, int64_t column, int64_t n)
{
    int64_t n_known = 0;
    switch (view->options.base) {
    case LSTM_BASE_LAST:
        return last_of_context(view, place, column, n);
    case LSTM_BASE_MEAN: {
        double mean = mean_of_context(view, place, column, view->options.base_len, &n_known);
        return n_known > 0 ? mean : mean_of_context(view, place, column, n, &n_known);
    }
    default:
        return 0;
    }
}

void lts_view_levels(const lstm_view *view, const lts_place *place, lts_level *levels)
{
    int64_t n = view->options.context_len * view->options.segment_len;
    for (int64_t j = 0; j < view->n_base; j++) {
        int64_t column = lts_view_target(view, place, j);
        levels[j].base = (real)base_of(view, place, column, n);
        levels[j].spread =
            view->options.spread_floor > 0 ? (real)spread_of_context(view, place, column, n) : 1;
    }
}

/* The level of a target column. */
static const lts_level *level_of(const lstm_view *view, const lts_level *levels, int64_t column)
{
    int64_t j = 0;
    while (!view->independent && view->targets.at[j] != column)
        j++;
    return &levels[j];
}

/*
 * x of the w rows from `row` on of the columns that are fed back, then which of them are missing.
 */
static real *put_fed(const lstm_view *view, const lts_place *place, const lts_level *levels,
                     int64_t row, real *x)
{
    int64_t w = view->options.segment_len, n = view->independent ? 1 : view->fed.n;
    for (int64_t j = 0; j < n; j++) {
        int64_t column = view->fed.at[view->independent ? place->channel : j];
        read_rows(view, place, column, level_of(view, levels, column), row, w, n, x + j);
    }
    if (!view->options.missing_input)
        return x + w * n;
    for (int64_t i = 0; i < w * n; i++)
        x[w * n + i] = isnan(x[i]) || row + i / n >= place->origin;
    return x + 2 * w * n;
}

/* The row whose value stands for that of `row` >= n_row, where a column has n_row rows. */
static int64_t continued_by(const lstm_dataset *d, int64_t row, int64_t n_row)
{
    if (d->missing != LSTM_MISSING_SEASONAL)
        return n_row - 1;
    int64_t n_season = (row - n_row) / d->season_len + 1;
    return n_season * d->season_len <= row ? row - n_season * d->season_len : n_row - 1;
}

/*
 * A window may reach beyond the rows of a known covariate: in training
 * beyond the part, in a forecast to the end of the last segment. A covariate is missing only before
 * its first value.
 */
real lts_view_covariate(const lstm_view *view, const lts_place *place, int64_t column, int64_t row)
{
    const lstm_dataset *d = view->dataset;
    const lts_dataset_series *m = &d->series[place->series];
    real value = 0;
    if (row < 0)
        return 0;
    if (column >= d->n_column)
        return lstm_dataset_value(d, place->series, row, column, &value) >= 0 ? value : 0;
    if (d->roles[column] != LSTM_ROLE_KNOWN) {
        value = value_of(view, place, column, row);
    } else {
        int64_t n_row = m->n_row + m->n_future;
        row = row < n_row ? row : continued_by(d, row, n_row);
        value = m->values[row * d->n_column + column];
    }
    const lts_transform transform = lts_view_transform(view, column);
    if (isnan(value) || !lts_transform_takes(&transform, (double)value))
        return 0;
    return (real)lts_scale_apply(lts_scaler_get(&view->scaler, place->series, column),
                                 lts_transform_apply(&transform, (double)value));
}

/* The calendar's columns are the last ones, and are computed together. */
void lts_view_known(const lstm_view *view, int64_t series, int64_t row, real *u)
{
    const lstm_dataset *d = view->dataset;
    const lts_place place = {.series = series};
    int64_t n = view->known.n, n_stored = n - d->calendar.n_column, time = 0;
    memset(u, 0, (size_t)n * sizeof *u);
    if (row < 0)
        return;
    for (int64_t i = 0; i < n_stored; i++)
        u[i] = lts_view_covariate(view, &place, view->known.at[i], row);
    if (n_stored < n && lstm_dataset_time(d, series, row, &time) >= 0)
        lts_calendar_row(&d->calendar, time, u + n_stored);
}

static real *put_covariates(const lstm_view *view, const lts_place *place,
                            const lts_column_list *list, int64_t row, int64_t last, real *x)
{
    for (int64_t i = 0; i < view->options.segment_len; i++)
        for (int64_t j = 0; j < list->n; j++)
            *x++ = lts_view_covariate(view, place, list->at[j], row + i < last ? row + i : last);
    return x;
}

void lts_view_inputs(const lstm_view *view, const lts_place *place, const lts_level *levels,
                     int64_t step, real *x)
{
    const lstm_dataset *d = view->dataset;
    int64_t row = lts_view_row(view, place, step), w = view->options.segment_len;
    const real *statics = lstm_dataset_static(d, place->series);
    x = put_fed(view, place, levels, row, x);
    x = put_covariates(view, place, &view->past, row, place->origin - 1, x);
    x = put_covariates(view, place, &view->known, row + w, INT64_MAX, x);
    for (int64_t i = 0; i < d->statics.n; i++)
        *x++ = statics == NULL ? 0
                               : (real)lts_scale_apply(&view->static_scales[i], (double)statics[i]);
    for (int64_t c = 0; view->options.column_input && c < view->n_channel; c++)
        *x++ = c == place->channel ? 1 : 0;
}

/* Whether a prediction is compared with a value that is not missing: it was observed, and so was
 * the value from which it differs. */
static bool is_scored(const lstm_view *view, const lts_place *place, int64_t column, int64_t row)
{
    const lstm_dataset *d = view->dataset;
    const lts_dataset_series *m = &d->series[place->series];
    int64_t lag = view->options.difference;
    if (view->options.skip_context && row < place->origin)
        return false;
    return !lts_is_filled(m, row * d->n_column + column) &&
           !(lag > 0 && lts_is_filled(m, (row - lag) * d->n_column + column));
}

void lts_view_targets(const lstm_view *view, const lts_place *place, const lts_level *levels,
                      int64_t step, real *target, real *weight)
{
    int64_t w = view->options.segment_len, n = view->n_base;
    int64_t row = lts_view_row(view, place, step) + w;
    bool all = !view->options.skip_context &&
               view->dataset->series[place->series].filled == NULL; /* all that is not missing */
    real *x = target != NULL ? target : weight;                     /* is overwritten at last */
    for (int64_t j = 0; x != NULL && j < n; j++) {
        int64_t column = lts_view_target(view, place, j);
        read_rows(view, place, column, &levels[j], row, w, n, x + j);
        for (int64_t i = 0; i < w; i++) {
            real value = x[i * n + j];
            bool scored = !isnan(value) && (all || is_scored(view, place, column, row + i));
            if (target != NULL)
                target[i * n + j] = scored ? value : 0;
            if (weight != NULL)
                weight[i * n + j] = scored ? 1 : 0;
        }
    }
}

real lts_view_value(const lstm_view *view, int64_t series, int64_t column, int64_t row, double z)
{
    double season = lts_season_value(&view->season, view->dataset, series, column, row);
    double value = lts_scale_invert(lts_scaler_get(&view->scaler, series, column), z + season);
    const lts_transform transform = lts_view_transform(view, column);
    return (real)lts_transform_invert(&transform, value);
}

/*
 * z of the row `lag` rows before row origin + i: predicted, or known. If that is missing, the last
 * known one of the rows 2 lag, 3 lag, .. before; or 0.
 */
static double z_before(const lstm_view *view, const lts_place *place, int64_t column, int64_t i,
                       const real *z, int64_t n_base)
{
    int64_t lag = view->options.difference;
    if (i >= lag)
        return (double)z[(i - lag) * n_base];
    for (int64_t row = place->origin + i - lag; row >= 0; row -= lag) {
        double known = scaled(view, place, column, row);
        if (!isnan(known))
            return known;
    }
    return 0;
}

void lts_view_restore(const lstm_view *view, const lts_place *place, const lts_level *levels,
                      int64_t n, real *values)
{
    int64_t n_base = view->n_base;
    for (int64_t j = 0; j < n_base; j++) {
        int64_t column = lts_view_target(view, place, j);
        for (int64_t i = 0; i < n; i++) {
            real *at = &values[i * n_base + j];
            *at = *at * levels[j].spread + levels[j].base;
            if (view->options.difference > 0)
                *at += (real)z_before(view, place, column, i, values + j, n_base);
        }
        for (int64_t i = 0; i < n; i++)
            values[i * n_base + j] = lts_view_value(view, place->series, column, place->origin + i,
                                                    (double)values[i * n_base + j]);
    }
}
