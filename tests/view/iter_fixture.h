/* SPDX-License-Identifier: MIT */
/*
 * A series with known cells, and iterators over it.
 */
#ifndef TESTS_ITER_FIXTURE_H
#define TESTS_ITER_FIXTURE_H

#include "assert_status.h"
#include "failing_allocator.h"

#include <limits.h>
#include <lstmts/iter.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

enum { COLUMNS = 3, MAX_ROWS = 200, MAX_B = 64 };

static inline lstm_real cell(int64_t row, int64_t column)
{
    return (lstm_real)(10 * row + column);
}

static inline lstm_series *new_series(int64_t n_row)
{
    lstm_real rows[MAX_ROWS * COLUMNS];
    lstm_series *series = NULL;
    for (int64_t i = 0; i < n_row * COLUMNS; i++)
        rows[i] = cell(i / COLUMNS, i % COLUMNS);
    assert_ok(lstm_series_new(&series, rows, n_row, COLUMNS));
    return series;
}

static inline lstm_iter_options options_of(int64_t T, int64_t B, int64_t order, int64_t rule)
{
    lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
    options.window_len = T;
    options.batch_size = B;
    options.order = order;
    options.window_rule = rule;
    options.seed = 42;
    return options;
}

static inline lstm_iter *new_iter(const lstm_series *series, lstm_iter_options options)
{
    lstm_iter *iter = NULL;
    assert_ok(lstm_iter_new(&iter, series, &options));
    return iter;
}

/* Draws a batch. Returns its number of windows, 0 at the end. */
static inline int64_t next(lstm_iter *iter, int64_t offsets[MAX_B])
{
    int64_t n = -5;
    lstm_status status = lstm_iter_next(iter, &n);
    if (status == LSTM_END) {
        assert_int_equal(n, -5);
        return 0;
    }
    assert_ok(status);
    assert_ok(lstm_iter_offsets(iter, offsets, n));
    return n;
}

#endif
