/* SPDX-License-Identifier: MIT */
/* A fleet of daily series with names, of levels that are far apart, and forecasters of it. */
#ifndef TESTS_SERIES_FIXTURE_H
#define TESTS_SERIES_FIXTURE_H

#include "forecaster_fixture.h"

enum { H = 4, WEEK = 7, ROWS = 240, KNOWN = 200, SERIES = 3, DAY = 86400, START = 1700006400 };
static const char *const names[SERIES + 1] = {"Oslo", "7", "Lima", "Quito"};
static const double sizes[SERIES + 1] = {1, 1000, 20, 5};

static inline lstm_real value_at(int64_t s, int64_t row)
{
    return (lstm_real)(sizes[s] * (3 + wave(row + 3 * s, WEEK) + 0.3 * noise(row + 500 * s)));
}

static inline lstm_dataset *new_fleet(int64_t unit)
{
    return new_timed(1, NULL, unit, unit == LSTM_STEP_ROWS ? 1 : DAY);
}

/* Rows first .. end - 1 of a series; of which the fit sees those before KNOWN. */
static inline void add_part(lstm_dataset *dataset, const char *name, int64_t s, int64_t first,
                            int64_t end)
{
    lstm_real *rows = new_rows(end - first);
    for (int64_t t = first; t < end; t++)
        rows[t - first] = value_at(s, t);
    assert_ok(lstm_dataset_add(dataset, name, rows, end - first, START + DAY * first));
    free(rows);
    if (first == 0 && end > KNOWN)
        assert_ok(lstm_dataset_split(dataset, lstm_dataset_series(dataset) - 1, 160, KNOWN));
}

/* All series, with their names or without. */
static inline lstm_dataset *whole_fleet(int64_t unit, int is_named)
{
    lstm_dataset *dataset = new_fleet(unit);
    for (int64_t s = 0; s < SERIES; s++)
        add_part(dataset, is_named ? names[s] : NULL, s, 0, ROWS);
    return dataset;
}

/* Each series has scales of its own. */
static inline lstm_view_options fleet_view(void)
{
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    view.segment_len = WEEK, view.context_len = 2, view.horizon = 2;
    view.scaling = LSTM_SCALING_STANDARD, view.scale_series = 1;
    return view;
}

static inline lstm_forecaster *fit_fleet(const lstm_dataset *dataset, int64_t use)
{
    lstm_view_options view = fleet_view();
    lstm_forecaster_options options = small_options(H);
    options.use = use, options.view = &view, options.season_len = WEEK;
    return fit_new(&options, dataset);
}

/* Point forecasts and bounds from one origin. */
typedef struct answer {
    lstm_real y[H], lower[H], upper[H];
} answer;

static inline answer ask(const lstm_forecaster *f, const lstm_dataset *dataset, int64_t series,
                         int64_t origin)
{
    answer a;
    assert_ok(lstm_forecaster_intervals(f, dataset, series, &origin, 1, a.y, a.lower, a.upper));
    return a;
}

#endif
