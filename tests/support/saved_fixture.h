/* SPDX-License-Identifier: MIT */
/* Small fitted forecasters of every kind, for tests of files, clones and streams. */
#ifndef TESTS_SAVED_FIXTURE_H
#define TESTS_SAVED_FIXTURE_H

#include "assert_status.h"
#include "forecaster/forecaster.h"

#include <lstmts/continuation.h>
#include <lstmts/uncertainty.h>
#include <math.h>

enum { ROWS = 160, SERIES = 2, HORIZON = 5, FUTURE = 12, TARGETS = 2, COLUMNS = 3 };

/* Two targets and a known covariate, hourly. */
static inline void data_row(int64_t series, int64_t row, lstm_real *out)
{
    double t = (double)row;
    out[0] = (lstm_real)(20 + 0.02 * t + 3 * sin(t * 0.7853981633974483 + (double)series) +
                         0.3 * sin(37.7 * t));
    out[1] = (lstm_real)(11 + 2 * cos(t * 0.7853981633974483) + 0.2 * cos(91.3 * t) +
                         (double)(series * 7));
    out[2] = (lstm_real)(row % 5);
}

/* n rows of each series, the last ones of which are future rows. */
static inline lstm_dataset *data_of(int64_t n, int64_t n_future, int64_t missing)
{
    static const int64_t roles[] = {LSTM_ROLE_BOTH, LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    static const char *const names[] = {"load", "heat", "tariff"}, *const statics[] = {"size"};
    lstm_dataset *data = NULL;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = COLUMNS;
    options.names = names;
    options.roles = roles;
    options.step_unit = LSTM_STEP_SECONDS;
    options.step = 3600;
    options.missing = missing;
    options.season_len = 8;
    options.n_static = 1;
    options.static_names = statics;
    assert_ok(lstm_dataset_new(&data, &options));
    static lstm_real rows[4 * ROWS * COLUMNS];
    for (int64_t s = 0; s < SERIES; s++) {
        const lstm_real size = (lstm_real)(1 + s);
        for (int64_t row = 0; row < n + n_future; row++)
            data_row(s, row, rows + row * COLUMNS);
        if (missing != LSTM_MISSING_REFUSE)
            for (int64_t row = 3; row < n; row += 11)
                rows[row * COLUMNS + row % 2] = (lstm_real)NAN;
        assert_ok(lstm_dataset_add(data, NULL, rows, n, 1700000000 + 3600 * s));
        if (n_future > 0)
            assert_ok(lstm_dataset_set_future(data, s, rows + n * COLUMNS, n_future));
        assert_ok(lstm_dataset_set_static(data, s, &size));
    }
    const int64_t holiday = 1700000000;
    assert_ok(
        lstm_dataset_add_calendar(data, LSTM_CALENDAR_HOUR | LSTM_CALENDAR_HOLIDAY, &holiday, 1));
    return data;
}

/* What the forecasters of this table have in common. */
static inline lstm_forecaster_options options_of(int64_t use)
{
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = HORIZON;
    options.season_len = 8;
    options.use = use;
    options.n_network = 2;
    options.n_hidden = 3;
    options.n_update = 3;
    options.batch_size = 4;
    options.seed = UINT64_C(1) << 63 | 5;
    return options;
}

/* A view with everything that has values of its own in a file. */
static inline lstm_view_options rich_view(void)
{
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    view.segment_len = 4;
    view.context_len = 3;
    view.horizon = 2;
    view.channels = LSTM_CHANNELS_INDEPENDENT;
    view.column_input = 1;
    view.transform = LSTM_TRANSFORM_BOXCOX;
    view.lambda = 0.5;
    view.scaling = LSTM_SCALING_STANDARD;
    view.scale_series = 1;
    view.base = LSTM_BASE_MEAN;
    view.base_len = 8;
    view.spread_floor = 0.1;
    view.season = LSTM_SEASON_HARMONICS;
    view.season_len = 8;
    view.n_harmonic = 2;
    view.missing_input = 1;
    view.skip_transform = 1;
    return view;
}

static inline lstm_forecaster *fitted_by(const lstm_forecaster_options *options, int64_t missing)
{
    lstm_forecaster *f = NULL;
    lstm_dataset *data = data_of(ROWS, FUTURE, missing);
    assert_ok(lstm_forecaster_new(&f, options));
    assert_ok(lstm_forecaster_fit(f, data));
    lstm_dataset_free(data);
    return f;
}

/* With the simple view, of a joint network and a season table of phases. */
static inline lstm_forecaster *fitted(int64_t use)
{
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    lstm_forecaster_options options = options_of(use);
    view.context_len = 8;
    view.horizon = 3;
    view.scaling = LSTM_SCALING_STANDARD;
    view.season = LSTM_SEASON_PHASES;
    view.season_len = 8;
    view.base = LSTM_BASE_LAST;
    options.view = &view;
    return fitted_by(&options, LSTM_MISSING_REFUSE);
}

static inline lstm_forecaster *rich(int64_t use)
{
    static const double levels[] = {0.1, 0.5, 0.9}, weights[] = {1, 2, 1, 1};
    const lstm_view_options view = rich_view();
    lstm_forecaster_options options = options_of(use);
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    loss.kind = LSTM_LOSS_QUANTILE;
    loss.reduction = LSTM_REDUCTION_MEAN;
    loss.n_level = 3;
    loss.levels = levels;
    loss.n_column_weight = 4;
    loss.column_weights = weights;
    lstm_ridge_options ridge = LSTM_RIDGE_OPTIONS_INIT;
    ridge.context_len = 9;
    ridge.base_len = 3;
    ridge.n_block = 2;
    ridge.penalty = 0.02;
    options.view = &view;
    options.loss = &loss;
    options.average_decay = 0.75;
    options.ridge = &ridge;
    return fitted_by(&options, LSTM_MISSING_MASK);
}

static inline lstm_forecaster *clone_of(const lstm_forecaster *forecaster)
{
    lstm_forecaster *clone = NULL;
    assert_ok(lstm_forecaster_clone(&clone, forecaster));
    return clone;
}

/* Continues by updates of the fit's rate / 10. */
static inline lstm_status continue_by(lstm_forecaster *f, const lstm_dataset *data,
                                      int64_t n_update)
{
    lstm_continue_options options = LSTM_CONTINUE_OPTIONS_INIT;
    options.n_update = n_update;
    return lstm_forecaster_continue(f, data, &options);
}

/* With a baseline beside the other members. */
static inline lstm_forecaster *joined(lstm_forecaster *f, int64_t baseline)
{
    f->fitted.choice.baseline = baseline;
    f->fitted.choice.joined = 1;
    return f;
}

/* Forecasts of all series: y [SERIES, HORIZON, TARGETS]. */
static inline void forecast_all(const lstm_forecaster *f, const lstm_dataset *data, lstm_real *y)
{
    for (int64_t s = 0; s < SERIES; s++)
        assert_ok(lstm_forecaster_predict(f, data, s, y + s * HORIZON * TARGETS));
}

static inline void assert_same(const lstm_forecaster *a, const lstm_forecaster *b,
                               const lstm_dataset *data)
{
    char one[1 << 14], other[1 << 14];
    lstm_real x[SERIES * HORIZON * TARGETS], y[SERIES * HORIZON * TARGETS];
    int64_t n, m;
    forecast_all(a, data, x);
    forecast_all(b, data, y);
    assert_memory_equal(x, y, sizeof x);
    const int64_t origin = ROWS;
    lstm_real lower[2][2 * HORIZON * TARGETS], upper[2][2 * HORIZON * TARGETS];
    assert_ok(lstm_forecaster_intervals(a, data, 1, &origin, 1, x, lower[0], upper[0]));
    assert_ok(lstm_forecaster_intervals(b, data, 1, &origin, 1, y, lower[1], upper[1]));
    assert_memory_equal(lower[0], lower[1], HORIZON * TARGETS * sizeof *x);
    assert_memory_equal(upper[0], upper[1], HORIZON * TARGETS * sizeof *x);
    assert_ok(lstm_forecaster_paths(a, data, 1, origin, HORIZON, 1, 3, x));
    assert_ok(lstm_forecaster_paths(b, data, 1, origin, HORIZON, 1, 3, y));
    assert_memory_equal(x, y, HORIZON * TARGETS * sizeof *x);
    assert_ok(lstm_forecaster_describe(a, one, sizeof one, &n));
    assert_ok(lstm_forecaster_describe(b, other, sizeof other, &m));
    assert_int_equal(n, m);
    assert_string_equal(one, other);
}

#endif
