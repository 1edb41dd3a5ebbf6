/* SPDX-License-Identifier: MIT */
/*
 * The forecaster in tests/released, and the data from which it forecasts, by formulas without
 * rounding. The parameters of its networks are those of released_value(). What it has from its fit
 * (ridge, scales, residuals, scores) has no formula: the expected forecasts are those of the
 * release that wrote the file.
 */
#ifndef TESTS_RELEASED_FORECASTER_H
#define TESTS_RELEASED_FORECASTER_H

#include "released.h"

#include <math.h>

enum {
    RELEASED_HORIZON = 5,
    RELEASED_TARGETS = 2,
    RELEASED_COLUMNS = 3,
    RELEASED_LEVELS = 2,
    RELEASED_PATHS = 2,
    RELEASED_SERIES = 3,
    RELEASED_NETWORKS = 2,
    RELEASED_FIT_ROWS = 160
};

/** All that is compared, for each series from its last row. */
typedef struct released_forecasts {
    float points[RELEASED_SERIES][RELEASED_HORIZON][RELEASED_TARGETS];
    float lower[RELEASED_SERIES][RELEASED_LEVELS][RELEASED_HORIZON][RELEASED_TARGETS];
    float upper[RELEASED_SERIES][RELEASED_LEVELS][RELEASED_HORIZON][RELEASED_TARGETS];
    float paths[RELEASED_SERIES][RELEASED_PATHS][RELEASED_HORIZON][RELEASED_TARGETS];
} released_forecasts;

enum { RELEASED_NUMBERS = sizeof(released_forecasts) / sizeof(float) };

/** Multiples of 1/16: a period of 8 rows, and differences without a period. */
static inline float released_cell(int64_t place, int64_t row, int64_t column)
{
    const int64_t phase = row % 8, rise = phase < 4 ? phase : 8 - phase;
    if (column == 2)
        return (float)(row % 5);
    if (column == 0 && row % 11 == 3 && row < RELEASED_FIT_ROWS)
        return NAN;
    const float rest = (float)((row * row * row + 7 * place + 3 * column) % 23) / 16;
    return column == 0 ? 20 + (float)rise + rest
                       : (float)(1 + 4 * place) * (9 - (float)rise + rest);
}

static inline void released_add(lstm_dataset *data, const char *name, int64_t place, int64_t n)
{
    static float rows[(RELEASED_FIT_ROWS + 100) * RELEASED_COLUMNS];
    const float size = (float)(1 + place);
    const int64_t series = lstm_dataset_series(data);
    for (int64_t i = 0; i < (n + RELEASED_HORIZON) * RELEASED_COLUMNS; i++)
        rows[i] = released_cell(place, i / RELEASED_COLUMNS, i % RELEASED_COLUMNS);
    assert_ok(lstm_dataset_add(data, name, rows, n, 1700000000 + 3600 * place));
    assert_ok(lstm_dataset_set_future(data, series, rows + n * RELEASED_COLUMNS, RELEASED_HORIZON));
    assert_ok(lstm_dataset_set_static(data, series, &size));
}

static inline lstm_dataset *released_frame(void)
{
    static const int64_t roles[] = {LSTM_ROLE_BOTH, LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    static const char *const names[] = {"load", "heat", "tariff"}, *const statics[] = {"size"};
    lstm_dataset *data = NULL;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = RELEASED_COLUMNS;
    options.names = names;
    options.roles = roles;
    options.step_unit = LSTM_STEP_SECONDS;
    options.step = 3600;
    options.missing = LSTM_MISSING_MASK;
    options.season_len = 8;
    options.n_static = 1;
    options.static_names = statics;
    assert_ok(lstm_dataset_new(&data, &options));
    assert_ok(lstm_dataset_add_calendar(data, LSTM_CALENDAR_HOUR, NULL, 0));
    return data;
}

/** Rows after those of the fit, and a series that the fit has not seen. */
static inline lstm_dataset *released_later(void)
{
    lstm_dataset *data = released_frame();
    released_add(data, "west", 2, 80);
    released_add(data, "north", 0, RELEASED_FIT_ROWS + 24);
    released_add(data, "south", 1, RELEASED_FIT_ROWS + 7);
    return data;
}

static inline void released_forecast(const lstm_forecaster *f, released_forecasts *out)
{
    lstm_dataset *data = released_later();
    for (int64_t s = 0; s < RELEASED_SERIES; s++) {
        const int64_t origin = lstm_dataset_rows(data, s);
        assert_ok(lstm_forecaster_predict(f, data, s, out->points[s][0]));
        assert_ok(lstm_forecaster_intervals(f, data, s, &origin, 1, NULL, out->lower[s][0][0],
                                            out->upper[s][0][0]));
        assert_ok(lstm_forecaster_paths(f, data, s, origin, RELEASED_HORIZON, RELEASED_PATHS, 3,
                                        out->paths[s][0][0]));
    }
    lstm_dataset_free(data);
}

#endif
