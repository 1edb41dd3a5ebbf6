/* SPDX-License-Identifier: MIT */
/*
 * Inputs, targets and weights of the windows of a view, value by value in double, written from view.h.
 * It reads the data set through its public functions and knows nothing of the library's view. Without
 * seasons.
 */
#ifndef TESTS_VIEW_REFERENCE_H
#define TESTS_VIEW_REFERENCE_H

#include "dataset_fixture.h"

#include <lstmts/view.h>
#include <stdlib.h>

enum { REFERENCE_MAX = 512 };

/** A view by its definition: all options are set, none is 0 for a default. */
typedef struct reference_view {
    const lstm_dataset *data;
    lstm_view_options o;
    int64_t missing; /**< policy of the data set; a season has 3 rows */
} reference_view;

static inline bool is_target(const reference_view *v, int64_t column)
{
    int64_t role = lstm_dataset_role(v->data, column);
    return role == LSTM_ROLE_BOTH || role == LSTM_ROLE_TARGET;
}

/** The n-th column with a predicate. */
static inline int64_t target_column(const reference_view *v, int64_t n)
{
    for (int64_t c = 0; c < lstm_dataset_columns(v->data); c++)
        if (is_target(v, c) && n-- == 0)
            return c;
    fail_msg("no such target");
    return -1;
}

static inline int64_t part_end_of(const reference_view *v, int64_t series)
{
    int64_t train_end, valid_end;
    assert_ok(lstm_dataset_parts(v->data, series, &train_end, &valid_end));
    return v->o.part == LSTM_PART_TRAIN         ? train_end
           : v->o.part == LSTM_PART_TRAIN_VALID ? valid_end
                                                : lstm_dataset_rows(v->data, series);
}

/** The value of a row of a stored column in a data set of the first `known` rows of the series. */
static inline double value_as_known(const reference_view *v, int64_t series, int64_t column,
                                    int64_t row, int64_t known)
{
    lstm_real rows[REFERENCE_MAX], value;
    bool masked = v->missing == LSTM_MISSING_MASK && !is_target(v, column);
    assert_true(known <= REFERENCE_MAX);
    for (int64_t i = 0; i < known; i++) {
        assert_ok(lstm_dataset_value(v->data, series, i, column, &value));
        rows[i] = lstm_dataset_observed(v->data, series, i, column) ? value : (lstm_real)NAN;
    }
    lstm_dataset *cut = new_dataset(1, NULL, masked ? LSTM_MISSING_FORWARD : v->missing);
    bool has_value = lstm_dataset_add(cut, NULL, rows, known, 0) == LSTM_OK;
    value = has_value ? lstm_dataset_data(cut, 0)[row] : (lstm_real)NAN;
    lstm_dataset_free(cut);
    return (double)value;
}

/** The same, where rows before the origin are those of a series that ends there. */
static inline double value_in_window(const reference_view *v, int64_t series, int64_t limit,
                                     int64_t origin, int64_t column, int64_t row)
{
    lstm_real value;
    assert_ok(lstm_dataset_value(v->data, series, row, column, &value));
    if (isnan(value) || lstm_dataset_observed(v->data, series, row, column))
        return (double)value;
    return value_as_known(v, series, column, row, row < origin ? origin : limit);
}

/** f of a value; NaN outside of its domain. */
static inline double transformed(const reference_view *v, int64_t column, double value)
{
    if (!is_target(v, column))
        return value;
    switch (v->o.transform) {
    case LSTM_TRANSFORM_LOG:
        return value > 0 ? log(value) : (double)NAN;
    case LSTM_TRANSFORM_SQRT:
        return value >= 0 ? sqrt(value) : (double)NAN;
    case LSTM_TRANSFORM_BOXCOX:
        if (!(value > 0))
            return (double)NAN;
        return v->o.lambda == 0 ? log(value) : (pow(value, v->o.lambda) - 1) / v->o.lambda;
    default:
        return value;
    }
}

static inline int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/** By linear interpolation of the ordered values. */
static inline double quantile_of(const double *ordered, int64_t n, double level)
{
    double at = level * (double)(n - 1);
    int64_t i = (int64_t)floor(at);
    return i + 1 < n ? ordered[i] + (at - (double)i) * (ordered[i + 1] - ordered[i]) : ordered[i];
}

/** All observed values of a column in the part, ordered; of one series only with scale_series. */
static inline int64_t values_of_part(const reference_view *v, int64_t series, int64_t column,
                                     double *values)
{
    int64_t n = 0;
    for (int64_t s = 0; s < lstm_dataset_series(v->data); s++)
        for (int64_t row = 0; row < part_end_of(v, s); row++) {
            lstm_real value;
            assert_ok(lstm_dataset_value(v->data, s, row, column, &value));
            double f = transformed(v, column, (double)value);
            if ((v->o.scale_series == 0 || s == series) && !isnan(f) &&
                lstm_dataset_observed(v->data, s, row, column))
                values[n++] = f;
            assert_true(n < REFERENCE_MAX);
        }
    qsort(values, (size_t)n, sizeof *values, ascending);
    return n;
}

/** Shift and unit of n ascending values. */
static inline void scale_of(const reference_view *v, const double *values, int64_t n, double *shift,
                            double *unit)
{
    double mean = 0, square = 0;
    *shift = 0;
    *unit = 1;
    if (v->o.scaling == LSTM_SCALING_NONE || n == 0)
        return;
    for (int64_t i = 0; i < n; i++)
        mean += values[i] / (double)n;
    for (int64_t i = 0; i < n; i++)
        square += (values[i] - mean) * (values[i] - mean) / (double)n;
    *shift = v->o.scaling == LSTM_SCALING_STANDARD ? mean
             : v->o.scaling == LSTM_SCALING_MINMAX ? values[0]
                                                   : quantile_of(values, n, .5);
    if (values[n - 1] == values[0])
        return;
    double range = quantile_of(values, n, .75) - quantile_of(values, n, .25);
    *unit = v->o.scaling == LSTM_SCALING_MINMAX                 ? values[n - 1] - values[0]
            : v->o.scaling == LSTM_SCALING_ROBUST && range != 0 ? range
                                                                : sqrt(square);
}

static inline void reference_scale(const reference_view *v, int64_t series, int64_t column,
                                   double *shift, double *unit)
{
    double values[REFERENCE_MAX];
    scale_of(v, values, values_of_part(v, series, column, values), shift, unit);
}

/** A static feature, scaled over all series that have one; 0 if this one has none. */
static inline double reference_static(const reference_view *v, int64_t series, int64_t feature)
{
    double values[REFERENCE_MAX], shift, unit;
    const lstm_real *own = lstm_dataset_static(v->data, series);
    int64_t n = 0;
    for (int64_t s = 0; s < lstm_dataset_series(v->data); s++)
        if (lstm_dataset_static(v->data, s) != NULL)
            values[n++] = (double)lstm_dataset_static(v->data, s)[feature];
    qsort(values, (size_t)n, sizeof *values, ascending);
    scale_of(v, values, n, &shift, &unit);
    return own == NULL ? 0 : ((double)own[feature] - shift) / unit;
}

/** (f(v) - shift) / unit, or NaN. `limit` rows are known. */
static inline double reference_scaled(const reference_view *v, int64_t series, int64_t limit,
                                      int64_t origin, int64_t column, int64_t row)
{
    double shift, unit;
    if (row < 0 || row >= limit)
        return (double)NAN;
    double value = value_in_window(v, series, limit, origin, column, row);
    reference_scale(v, series, column, &shift, &unit);
    return (transformed(v, column, value) - shift) / unit;
}

static inline double reference_z(const reference_view *v, int64_t series, int64_t limit,
                                 int64_t origin, int64_t column, int64_t row)
{
    double z = reference_scaled(v, series, limit, origin, column, row);
    return v->o.difference == 0
               ? z
               : z - reference_scaled(v, series, limit, origin, column, row - v->o.difference);
}

/** Base and spread of a column in the window with an origin. */
static inline void reference_level(const reference_view *v, int64_t series, int64_t limit,
                                   int64_t origin, int64_t column, double *base, double *spread)
{
    int64_t context = v->o.context_len * v->o.segment_len, n = 0, n_last = 0;
    double known[REFERENCE_MAX], sum = 0, last = 0, sum_last = 0, squares = 0;
    for (int64_t row = origin - context; row < origin; row++) {
        double z = reference_z(v, series, limit, origin, column, row);
        if (isnan(z))
            continue;
        known[n++] = last = z;
        sum += z;
        if (row >= origin - v->o.base_len) {
            sum_last += z;
            n_last++;
        }
    }
    double mean = n > 0 ? sum / (double)n : 0;
    for (int64_t i = 0; i < n; i++)
        squares += (known[i] - mean) * (known[i] - mean) / (double)n;
    *base = v->o.base == LSTM_BASE_LAST   ? last
            : v->o.base == LSTM_BASE_MEAN ? (n_last > 0 ? sum_last / (double)n_last : mean)
                                          : 0;
    *spread = v->o.spread_floor > 0 ? fmax(sqrt(squares), v->o.spread_floor) : 1;
}

/** A past covariate, known to row `last`, or one known in advance, which is continued after its
 *  rows. 0 before the first value. */
static inline double reference_covariate(const reference_view *v, int64_t series, int64_t column,
                                         int64_t row, int64_t last)
{
    lstm_real value;
    double shift = 0, unit = 1;
    int64_t end = lstm_dataset_rows(v->data, series);
    if (row < 0)
        return 0;
    bool known = lstm_dataset_role(v->data, column) == LSTM_ROLE_KNOWN;
    end += known ? lstm_dataset_future_rows(v->data, series) : 0;
    if (column < lstm_dataset_width(v->data)) {
        int64_t season = v->missing == LSTM_MISSING_SEASONAL ? 3 : 0, given = row;
        reference_scale(v, series, column, &shift, &unit);
        while (season > 0 && given >= end)
            given -= season;
        row = row < end ? row : given >= 0 && season > 0 ? given : end - 1;
    }
    assert_ok(lstm_dataset_value(v->data, series, row, column, &value));
    assert_true(!isnan(value));
    double x = known ? (double)value : value_in_window(v, series, last + 1, last + 1, column, row);
    return isnan(x) ? 0 : (x - shift) / unit;
}

static inline bool is_fed_in(const reference_view *v, int64_t column, int64_t channel)
{
    return lstm_dataset_role(v->data, column) == LSTM_ROLE_BOTH &&
           (v->o.channels == LSTM_CHANNELS_JOINT || column == target_column(v, channel));
}

static inline double *reference_covariates(const reference_view *v, int64_t series, int64_t role,
                                           int64_t row, int64_t last, double *x)
{
    for (int64_t i = row; i < row + v->o.segment_len; i++)
        for (int64_t c = 0; c < lstm_dataset_columns(v->data); c++)
            if (lstm_dataset_role(v->data, c) == role)
                *x++ = reference_covariate(v, series, c, i < last ? i : last, last);
    return x;
}

/** Inputs of a step; missing values that are fed back are NaN. Returns D. */
static inline int64_t reference_inputs(const reference_view *v, const lstm_view_window *window,
                                       int64_t limit, int64_t step, double *x)
{
    double base, spread, *at = x;
    int64_t w = v->o.segment_len, origin = window->origin;
    int64_t row = origin - v->o.context_len * w + step * w;
    for (int64_t i = row; i < row + w; i++)
        for (int64_t c = 0; c < lstm_dataset_columns(v->data); c++)
            if (is_fed_in(v, c, window->channel)) {
                reference_level(v, window->series, limit, origin, c, &base, &spread);
                *at++ = (reference_z(v, window->series, limit, origin, c, i) - base) / spread;
            }
    int64_t n = at - x;
    for (int64_t i = 0; v->o.missing_input && i < n; i++)
        *at++ = isnan(x[i]) || row + i / (n / w) >= origin ? 1 : 0;
    at = reference_covariates(v, window->series, LSTM_ROLE_INPUT, row, origin - 1, at);
    at = reference_covariates(v, window->series, LSTM_ROLE_KNOWN, row + w, INT64_MAX, at);
    for (int64_t i = 0; i < lstm_dataset_statics(v->data); i++)
        *at++ = reference_static(v, window->series, i);
    for (int64_t c = 0; v->o.column_input && c < lstm_dataset_targets(v->data); c++)
        *at++ = c == window->channel ? 1 : 0;
    return at - x;
}

/** Targets and weights of a step. Returns K. */
static inline int64_t reference_targets(const reference_view *v, const lstm_view_window *window,
                                        int64_t limit, int64_t step, double *target, double *weight)
{
    double base, spread;
    int64_t w = v->o.segment_len, s = window->series, n = 0, lag = v->o.difference;
    int64_t row = window->origin + (step - v->o.context_len + 1) * w;
    for (int64_t i = row; i < row + w; i++)
        for (int64_t c = 0; c < lstm_dataset_columns(v->data); c++) {
            if (!is_target(v, c) || (v->o.channels == LSTM_CHANNELS_INDEPENDENT &&
                                     c != target_column(v, window->channel)))
                continue;
            double z = reference_z(v, s, limit, window->origin, c, i);
            reference_level(v, s, limit, window->origin, c, &base, &spread);
            weight[n] = !isnan(z) && lstm_dataset_observed(v->data, s, i, c) &&
                        (lag == 0 || lstm_dataset_observed(v->data, s, i - lag, c)) &&
                        (i >= window->origin || !v->o.skip_context);
            target[n] = weight[n] != 0 ? (z - base) / spread : 0;
            n++;
        }
    return n;
}

/** The windows of a series: their number, and the first origin. */
static inline int64_t reference_windows(const reference_view *v, int64_t series, int64_t *origin)
{
    int64_t w = v->o.segment_len, full = v->o.context_len * w + v->o.difference;
    int64_t last = part_end_of(v, series) - w; /* the last origin */
    *origin = last < full ? last : full;
    if (last < full)
        return last >= 1 + v->o.difference && !v->o.skip_short;
    return last - full + 1;
}

#endif
