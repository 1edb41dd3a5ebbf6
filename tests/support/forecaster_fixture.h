/* SPDX-License-Identifier: MIT */
/* Small tables, and forecasters that are fitted to them in a moment. */
#ifndef TESTS_FORECASTER_FIXTURE_H
#define TESTS_FORECASTER_FIXTURE_H

#include "dataset_fixture.h"

#include <lstmts/uncertainty.h>
#include <stdlib.h>

/** A number in -1 .. 1 that depends on i alone (SplitMix64). */
static inline double noise(int64_t i)
{
    uint64_t x = (uint64_t)i * 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
    x ^= x >> 31;
    return (double)(x >> 11) * 0x1p-52 - 1;
}

/** A sine of a period of m rows. */
static inline double wave(int64_t row, int64_t m)
{
    return sin(2 * 3.14159265358979324 * (double)row / (double)m);
}

/** An empty data set of n columns whose rows have times. */
static inline lstm_dataset *new_timed(int64_t n, const int64_t *roles, int64_t unit, int64_t step)
{
    lstm_dataset *dataset = NULL;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = n, options.roles = roles;
    options.step_unit = unit, options.step = step;
    options.missing = LSTM_MISSING_MASK;
    assert_ok(lstm_dataset_new(&dataset, &options));
    return dataset;
}

/** Adds a series and frees its rows. */
static inline void add_rows(lstm_dataset *dataset, lstm_real *rows, int64_t n_row)
{
    assert_ok(lstm_dataset_add(dataset, NULL, rows, n_row, 0));
    free(rows);
}

static inline lstm_real *new_rows(int64_t n)
{
    lstm_real *rows = calloc((size_t)n, sizeof *rows);
    assert_non_null(rows);
    return rows;
}

/** Series of waves of 6 rows with some noise, around 2. */
static inline lstm_dataset *new_waves(int64_t n_row, int64_t n_column, int64_t n_series)
{
    lstm_dataset *dataset = new_dataset(n_column, NULL, LSTM_MISSING_MASK);
    for (int64_t s = 0; s < n_series; s++) {
        lstm_real *rows = new_rows(n_row * n_column);
        for (int64_t i = 0; i < n_row * n_column; i++)
            rows[i] = (lstm_real)(wave(i / n_column, 6) + 0.3 * noise(i + s) + 2);
        add_rows(dataset, rows, n_row);
    }
    return dataset;
}

/** One network of a few units and updates. */
static inline lstm_forecaster_options small_options(int64_t horizon)
{
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = horizon;
    options.n_network = 1, options.n_hidden = 4, options.n_update = 3, options.batch_size = 4;
    return options;
}

static inline lstm_forecaster *new_forecaster(const lstm_forecaster_options *options)
{
    lstm_forecaster *forecaster = NULL;
    assert_ok(lstm_forecaster_new(&forecaster, options));
    return forecaster;
}

static inline lstm_forecaster *fit_new(const lstm_forecaster_options *options,
                                       const lstm_dataset *dataset)
{
    lstm_forecaster *forecaster = new_forecaster(options);
    assert_ok(lstm_forecaster_fit(forecaster, dataset));
    return forecaster;
}

/** Asserts that the description has a text, such as a key with its value. */
static inline void assert_described(const lstm_forecaster *forecaster, const char *part)
{
    char text[1 << 14];
    int64_t length;
    assert_ok(lstm_forecaster_describe(forecaster, text, sizeof text, &length));
    assert_true(length < (int64_t)sizeof text);
    if (strstr(text, part) == NULL)
        fail_msg("no %s in %s", part, text);
}

#endif
