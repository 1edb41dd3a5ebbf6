/* SPDX-License-Identifier: MIT */
/* Intervals that learn nothing after the fit, of a series that the fit has not seen. */
#include "forecaster/forecaster.h"
#include "forecaster_fixture.h"

#include <lstmts/stream.h>

enum { H = 4, WEEK = 7, ROWS = 330, TRAIN = 200, VALID = 280, N = 4 };
static const int64_t origins[N] = {VALID, VALID + 1, VALID + 20, ROWS};

static lstm_real value_at(int64_t row)
{
    return (lstm_real)(5 + 2 * wave(row, WEEK) + 0.4 * noise(row));
}

/* Grows, and its changes, too. */
static lstm_real new_value_at(int64_t row)
{
    return (lstm_real)(1 + (double)row / 100) * value_at(row);
}

/* The series of the fit, and n rows of a new one. */
static lstm_dataset *new_data(int64_t n)
{
    lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    lstm_real *rows = new_rows(ROWS);
    for (int64_t t = 0; t < ROWS; t++)
        rows[t] = value_at(t);
    add_rows(dataset, rows, ROWS);
    assert_ok(lstm_dataset_split(dataset, 0, TRAIN, VALID));
    lstm_real *others = new_rows(ROWS);
    for (int64_t t = 0; t < n; t++)
        others[t] = new_value_at(t);
    if (n > 0)
        assert_ok(lstm_dataset_add(dataset, "new", others, n, 0));
    free(others);
    return dataset;
}

static lstm_forecaster *fit_once(void)
{
    lstm_dataset *dataset = new_data(0);
    lstm_forecaster_options options = small_options(H);
    options.use = LSTM_USE_RIDGE, options.season_len = WEEK, options.calibrate_once = 1;
    lstm_forecaster *f = fit_new(&options, dataset);
    lstm_dataset_free(dataset);
    return f;
}

/* Mean absolute change over a week of the rows before an origin from which it has its scale. */
static double latest_change(const lstm_forecaster *f, int64_t origin)
{
    int64_t first = origin - lts_fitted_scale_rows(&f->fitted);
    double sum = 0;
    assert_true(first >= WEEK);
    for (int64_t t = first; t < origin; t++)
        sum += fabs((double)new_value_at(t) - (double)new_value_at(t - WEEK));
    return sum / (double)(origin - first);
}

static void widths_are_those_of_the_latest_scale(void **state)
{
    (void)state;
    lstm_forecaster *f = fit_once();
    lstm_dataset *dataset = new_data(ROWS);
    lstm_real lower[N * H], upper[N * H];
    double first = latest_change(f, origins[0]);
    assert_true(latest_change(f, ROWS) > 1.05 * first); /* the test can tell scales apart */
    assert_ok(lstm_forecaster_intervals(f, dataset, 1, origins, N, NULL, lower, upper));
    for (int64_t i = 0; i < N * H; i++) {
        double width = (double)(upper[i] - lower[i]),
               of_first = (double)(upper[i % H] - lower[i % H]);
        assert_true(of_first > 0);
        assert_true(fabs(width / of_first / (latest_change(f, origins[i / H]) / first) - 1) < 1e-5);
    }
    lstm_forecaster_free(f);
    lstm_dataset_free(dataset);
}

/* Nothing is scored in a unit that would have to stay. */
static void origins_do_not_depend_on_each_other(void **state)
{
    (void)state;
    lstm_forecaster *f = fit_once();
    lstm_dataset *dataset = new_data(ROWS), *begin = new_data(VALID);
    lstm_real lower[N * H], upper[N * H], low[H], high[H];
    lstm_stream *stream = NULL;
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    options.dataset = begin, options.series = 1, options.intervals = 1;
    assert_ok(lstm_stream_new(&stream, f, &options));
    assert_ok(lstm_forecaster_intervals(f, dataset, 1, origins, N, NULL, lower, upper));
    for (int64_t i = 0, t = VALID; i < N; i++) {
        assert_ok(lstm_forecaster_intervals(f, dataset, 1, origins + i, 1, NULL, low, high));
        assert_memory_equal(low, lower + i * H, sizeof low);
        assert_memory_equal(high, upper + i * H, sizeof high);
        for (; t < origins[i]; t++) {
            const lstm_real row = new_value_at(t);
            assert_ok(lstm_stream_push(stream, &row));
        }
        assert_ok(lstm_stream_intervals(stream, NULL, low, high));
        assert_memory_equal(low, lower + i * H, sizeof low);
        assert_memory_equal(high, upper + i * H, sizeof high);
    }
    lstm_stream_free(stream);
    lstm_forecaster_free(f);
    lstm_dataset_free(dataset);
    lstm_dataset_free(begin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths_are_those_of_the_latest_scale),
        cmocka_unit_test(origins_do_not_depend_on_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
