/* SPDX-License-Identifier: MIT */
/* Random walks and forecasters of them, for tests of sample paths. */
#ifndef TESTS_PATHS_FIXTURE_H
#define TESTS_PATHS_FIXTURE_H

#include "forecaster_fixture.h"

#include <lstmts/view.h>

enum { ROWS = 120, TRAIN = 60, VALID = 90, H = 4, K = 2, MOST_PATHS = 6000 };

/** Two columns of a random walk; of those of series s every hole-th value is missing; 0 = none. */
static inline void add_walk(lstm_dataset *data, int64_t s, int64_t hole)
{
    lstm_real *rows = new_rows(ROWS * K);
    double walk[K] = {0};
    for (int64_t i = 0; i < ROWS * K; i++) {
        walk[i % K] += noise(1000 * s + i);
        rows[i] = (lstm_real)(100 * (double)(s + 1) + walk[i % K]);
        if (hole > 0 && i % hole == hole - 1)
            rows[i] = (lstm_real)NAN;
    }
    add_rows(data, rows, ROWS);
    assert_ok(lstm_dataset_split(data, s, TRAIN, VALID));
}

static inline lstm_dataset *new_walks(int64_t hole)
{
    lstm_dataset *data = new_dataset(K, NULL, LSTM_MISSING_MASK);
    for (int64_t s = 0; s < 2; s++)
        add_walk(data, s, hole);
    return data;
}

/** A baseline forecasts the same before and after the fit: its residuals can be computed. */
static inline lstm_forecaster *new_baseline(const lstm_dataset *data)
{
    lstm_forecaster_options options = small_options(H);
    options.use = LSTM_USE_BASELINE;
    options.season_len = LSTM_NO_SEASON;
    return fit_new(&options, data);
}

/** Networks of two units on rows as they are, which predict a distribution. */
static inline lstm_forecaster_options of_networks(int64_t use, const lstm_view_options *view,
                                                  const lstm_loss_options *loss)
{
    lstm_forecaster_options options = small_options(H);
    options.use = use, options.view = view, options.loss = loss;
    options.season_len = LSTM_NO_SEASON;
    options.n_network = 2;
    return options;
}

static inline lstm_loss_options loss_of(int64_t kind)
{
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    loss.kind = kind;
    loss.reduction = LSTM_REDUCTION_MEAN;
    return loss;
}

/** The caller frees them. */
static inline lstm_real *draw(const lstm_forecaster *f, const lstm_dataset *data, int64_t series,
                              int64_t origin, int64_t horizon, int64_t n, uint64_t seed)
{
    lstm_real *paths = new_rows(n * horizon * lstm_dataset_targets(data));
    assert_ok(lstm_forecaster_paths(f, data, series, origin, horizon, n, seed, paths));
    return paths;
}

#endif
