/* SPDX-License-Identifier: MIT */
/*
 * The forecasters in tests/released, and the data from which they forecast, by formulas without
 * rounding. Parameters of networks are those of released_value(), moments those of
 * released_moment(). What a forecaster has from its fit (ridge, scales, residuals, scores) has no
 * formula: the expected forecasts are those of the release that wrote the file.
 */
#ifndef TESTS_RELEASED_FORECASTER_H
#define TESTS_RELEASED_FORECASTER_H

#include "released.h"

#include <math.h>
#include <stdbool.h>

enum {
    RELEASED_HORIZON = 5,
    RELEASED_PATHS = 2,
    RELEASED_SERIES = 3,
    RELEASED_FIT_ROWS = 160,
    RELEASED_SHORT_ROWS = 15, /* so few that series are drawn as often as the longer one */
    RELEASED_NEW_ROWS = 12,   /* of a continuation */
    RELEASED_MOST_ROWS = RELEASED_FIT_ROWS + 100,
    RELEASED_MOST_COLUMNS = 4,
    RELEASED_MOST_NUMBERS = 1024,
};

/** What a column has in its rows. */
typedef enum released_column {
    RELEASED_LOAD,   /* with gaps */
    RELEASED_HEAT,   /* with a value that no logarithm has */
    RELEASED_WIND,   /* a past covariate */
    RELEASED_TARIFF, /* a known covariate */
    RELEASED_BIKES,  /* counts */
    RELEASED_CARS,   /* counts in units of 4 */
    RELEASED_N_COLUMN,
} released_column;

/** A forecaster in tests/released: its columns, and how many there are of what it forecasts. */
typedef struct released_case {
    const char *file; /**< its name, between prefix and suffix */
    released_column columns[RELEASED_MOST_COLUMNS];
    int64_t n_column, n_target, n_level, n_network;
    int64_t n_second;  /**< rows of the second series of the fit */
    bool is_named;     /**< series have names and a static feature */
    int64_t step_unit; /**< lstm_step_unit */
    int64_t step, missing, season_len, calendar;
} released_case;

enum { RELEASED_QUANTILES, RELEASED_STUDENT, RELEASED_COUNTS, RELEASED_CHOSEN, RELEASED_CASES };

static const released_case released_cases[RELEASED_CASES] = {
    {"forecaster",
     {RELEASED_LOAD, RELEASED_HEAT, RELEASED_WIND, RELEASED_TARIFF},
     .n_column = 4,
     .n_target = 2,
     .n_level = 2,
     .n_network = 2,
     .n_second = RELEASED_FIT_ROWS,
     .is_named = true,
     .step_unit = LSTM_STEP_SECONDS,
     .step = 3600,
     .missing = LSTM_MISSING_MASK,
     .season_len = 8,
     .calendar = LSTM_CALENDAR_HOUR + LSTM_CALENDAR_HOLIDAY},
    {"forecaster_student",
     {RELEASED_LOAD},
     .n_column = 1,
     .n_target = 1,
     .n_level = 1,
     .n_network = 1,
     .n_second = RELEASED_SHORT_ROWS,
     .step_unit = LSTM_STEP_ROWS,
     .missing = LSTM_MISSING_FORWARD},
    {"forecaster_counts",
     {RELEASED_BIKES, RELEASED_CARS},
     .n_column = 2,
     .n_target = 2,
     .n_level = 1,
     .n_network = 2,
     .n_second = RELEASED_FIT_ROWS,
     .step_unit = LSTM_STEP_MONTHS,
     .step = 3,
     .calendar = LSTM_CALENDAR_MONTH},
    {"forecaster_chosen",
     {RELEASED_LOAD},
     .n_column = 1,
     .n_target = 1,
     .n_level = 1,
     .n_network = 1,
     .n_second = RELEASED_FIT_ROWS,
     .step_unit = LSTM_STEP_SECONDS,
     .step = 86400,
     .missing = LSTM_MISSING_LINEAR},
};

/** Element `i` of tensor `tensor` of the moment m (0) or v (1), which is not negative. */
static inline float released_moment(int64_t moment, int64_t tensor, int64_t i)
{
    const float value = released_value(tensor + 1, i);
    return moment == 0 ? value : value * value;
}

/** Multiples of 1/16: a period of 8 rows, and differences without a period. */
static inline float released_cell(int64_t place, int64_t row, released_column column)
{
    const int64_t phase = row % 8, rise = phase < 4 ? phase : 8 - phase;
    const int64_t rest = (row * row * row + 7 * place + 3 * (int64_t)column) % 23;
    switch (column) {
    case RELEASED_LOAD:
        return row % 11 == 3 && row < RELEASED_FIT_ROWS ? NAN : 20 + (float)rise + (float)rest / 16;
    case RELEASED_HEAT:
        return row == 5 ? -1 : (float)(1 + 4 * place) * (9 - (float)rise + (float)rest / 16);
    case RELEASED_WIND:
        return (float)(row * row % 7) / 4;
    case RELEASED_TARIFF:
        return (float)(row % 5);
    case RELEASED_BIKES:
        return (float)(rise + rest % 5);
    default:
        return (float)(rise + rest) / 4;
    }
}

/** Adds a series of n rows; rows after them are known. */
static inline void released_add(lstm_dataset *data, const released_case *c, int64_t place,
                                int64_t n)
{
    static const char *const names[RELEASED_SERIES] = {"north", "south", "west"};
    float rows[RELEASED_MOST_ROWS * RELEASED_MOST_COLUMNS];
    const int64_t series = lstm_dataset_series(data), C = c->n_column;
    bool is_known = false;
    for (int64_t i = 0; i < (n + RELEASED_HORIZON) * C; i++)
        rows[i] = released_cell(place, i / C, c->columns[i % C]);
    for (int64_t i = 0; i < C; i++)
        is_known = is_known || c->columns[i] == RELEASED_TARIFF;
    assert_ok(lstm_dataset_add(data, c->is_named ? names[place] : NULL, rows, n,
                               1700000000 + 3600 * place));
    if (is_known)
        assert_ok(lstm_dataset_set_future(data, series, rows + n * C, RELEASED_HORIZON));
    const float size = (float)(1 + place);
    if (c->is_named)
        assert_ok(lstm_dataset_set_static(data, series, &size));
}

static inline int64_t released_role(released_column column)
{
    return column == RELEASED_WIND     ? LSTM_ROLE_INPUT
           : column == RELEASED_TARIFF ? LSTM_ROLE_KNOWN
                                       : LSTM_ROLE_BOTH;
}

static inline const char *released_name(released_column column)
{
    static const char *const names[] = {"load", "heat", "wind", "tariff", "bikes", "cars"};
    return names[column];
}

static inline lstm_dataset *released_frame(const released_case *c)
{
    static const int64_t holidays[] = {1700000000 + 86400, 1700000000 + 5 * 86400};
    static const char *const statics[] = {"size"};
    int64_t roles[RELEASED_MOST_COLUMNS];
    const char *names[RELEASED_MOST_COLUMNS];
    lstm_dataset *data = NULL;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    for (int64_t i = 0; i < c->n_column; i++) {
        roles[i] = released_role(c->columns[i]);
        names[i] = released_name(c->columns[i]);
    }
    options.n_column = c->n_column;
    options.names = names;
    options.roles = roles;
    options.step_unit = c->step_unit;
    options.step = c->step;
    options.missing = c->missing;
    options.season_len = c->season_len;
    options.n_static = c->is_named;
    options.static_names = c->is_named ? statics : NULL;
    assert_ok(lstm_dataset_new(&data, &options));
    if (c->calendar != 0)
        assert_ok(lstm_dataset_add_calendar(data, c->calendar, holidays,
                                            (c->calendar & LSTM_CALENDAR_HOLIDAY) != 0 ? 2 : 0));
    return data;
}

/** The series of the fit, with some rows after those of the fit. */
static inline lstm_dataset *released_rows(const released_case *c, int64_t n_new)
{
    lstm_dataset *data = released_frame(c);
    released_add(data, c, 0, RELEASED_FIT_ROWS + n_new);
    released_add(data, c, 1, c->n_second + n_new);
    return data;
}

/** Rows after those of the fit, and a series that the fit has not seen: by name, or the third. */
static inline lstm_dataset *released_later(const released_case *c)
{
    lstm_dataset *data = released_frame(c);
    if (c->is_named)
        released_add(data, c, 2, 80);
    released_add(data, c, 0, RELEASED_FIT_ROWS + 24);
    released_add(data, c, 1, c->n_second + 17);
    if (!c->is_named)
        released_add(data, c, 2, 80);
    return data;
}

/**
 * All that is compared, for each series from its last row: points [H, K], lower and upper bounds of
 * intervals [L, H, K] each, paths [RELEASED_PATHS, H, K]. Returns how many numbers there are.
 */
static inline int64_t released_forecast(const lstm_forecaster *f, const released_case *c,
                                        float out[RELEASED_MOST_NUMBERS])
{
    lstm_dataset *data = released_later(c);
    const int64_t size = RELEASED_HORIZON * c->n_target;
    float *next = out;
    for (int64_t s = 0; s < RELEASED_SERIES; s++) {
        const int64_t origin = lstm_dataset_rows(data, s);
        float *lower = next + size, *upper = lower + c->n_level * size;
        float *paths = upper + c->n_level * size;
        assert_ok(lstm_forecaster_predict(f, data, s, next));
        assert_ok(lstm_forecaster_intervals(f, data, s, &origin, 1, NULL, lower, upper));
        assert_ok(
            lstm_forecaster_paths(f, data, s, origin, RELEASED_HORIZON, RELEASED_PATHS, 3, paths));
        next = paths + RELEASED_PATHS * size;
    }
    lstm_dataset_free(data);
    assert_true(next - out <= RELEASED_MOST_NUMBERS);
    return next - out;
}

#endif
