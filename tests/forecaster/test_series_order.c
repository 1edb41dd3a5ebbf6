/* SPDX-License-Identifier: MIT */
/*
 * What a forecaster knows of many series does not depend on their order: half of them are noisy in
 * the rows that are learned last, the first half or the second one.
 */
#include "paths_fixture.h"

#include <lstmts/continuation.h>
#include <stdbool.h>

enum { N = 40, HALF = N / 2, AHEAD = ROWS + H, SLOT = H * K };
static const double LOUD = 4;

/* White noise, from row `from` on LOUD times as strong in one half of the series. */
static lstm_dataset *new_halves(bool is_first_noisy, int64_t from, int64_t n_row, int64_t n_known)
{
    lstm_dataset *data = new_dataset(K, NULL, LSTM_MISSING_MASK);
    for (int64_t s = 0; s < N; s++) {
        lstm_real *rows = new_rows(n_row * K);
        const bool is_noisy = (s < HALF) == is_first_noisy;
        for (int64_t i = 0; i < n_row * K; i++)
            rows[i] = (lstm_real)(noise(1000 * s + i) * (is_noisy && i >= from * K ? LOUD : 1));
        add_rows(data, rows, n_row);
        assert_ok(lstm_dataset_split(data, s, TRAIN, n_known));
    }
    return data;
}

/* A fit to quiet rows alone, continued with those up to row ROWS. */
static lstm_forecaster *new_continued(bool is_first_noisy)
{
    lstm_dataset *before = new_halves(is_first_noisy, VALID, VALID, VALID);
    lstm_dataset *after = new_halves(is_first_noisy, VALID, ROWS, ROWS);
    lstm_forecaster *f = new_baseline(before);
    assert_ok(lstm_forecaster_continue(f, after, NULL));
    lstm_dataset_free(before);
    lstm_dataset_free(after);
    return f;
}

/* Share of the next H rows of a half of the series within their intervals. */
static double coverage_of(const lstm_forecaster *f, const lstm_dataset *data, int64_t first)
{
    const int64_t origin = ROWS;
    int64_t inside = 0;
    for (int64_t s = first; s < first + HALF; s++) {
        lstm_real lower[SLOT], upper[SLOT];
        const lstm_real *rows = lstm_dataset_data(data, s) + origin * K;
        assert_ok(lstm_forecaster_intervals(f, data, s, &origin, 1, NULL, lower, upper));
        for (int64_t i = 0; i < SLOT; i++)
            inside += rows[i] >= lower[i] && rows[i] <= upper[i];
    }
    return (double)inside / (HALF * SLOT);
}

/*
 * Intervals of 90 %: of the quiet half all rows are within, of the noisy one 80 %, with a standard
 * error of .05 (some 60 forecasts do not overlap).
 */
static void intervals_cover_each_half(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        const bool is_first_noisy = order == 0;
        lstm_forecaster *f = new_continued(is_first_noisy);
        lstm_dataset *data = new_halves(is_first_noisy, VALID, AHEAD, AHEAD);
        double noisy = coverage_of(f, data, is_first_noisy ? 0 : HALF);
        double quiet = coverage_of(f, data, is_first_noisy ? HALF : 0);
        if (!(fabs(noisy - 0.8) < 0.15 && quiet > 0.95))
            fail_msg("order %d: %g of the noisy half, %g of the quiet one", order, noisy, quiet);
        lstm_forecaster_free(f);
        lstm_dataset_free(data);
    }
}

/*
 * The standard deviation of sample paths of a new series. The residual of naive is the difference
 * of two values, each with a variance of 1/3, or LOUD^2/3 in noisy rows: half of them of each kind
 * have a standard deviation of sqrt((1 + LOUD^2)/3) = 2.38. Of few forecasts some are its own, and
 * quiet; the standard error is 5 %.
 */
static void assert_spread(const lstm_forecaster *f, lstm_dataset *data)
{
    const int64_t n_row = 40;
    lstm_real *rows = new_rows(n_row * K);
    double sum = 0, squares = 0, n = MOST_PATHS * SLOT;
    for (int64_t i = 0; i < n_row * K; i++)
        rows[i] = (lstm_real)noise(7777 + i);
    add_rows(data, rows, n_row);
    lstm_real *paths = draw(f, data, N, n_row, H, MOST_PATHS, 5);
    for (int64_t i = 0; i < MOST_PATHS * SLOT; i++) {
        sum += (double)paths[i];
        squares += (double)paths[i] * (double)paths[i];
    }
    free(paths);
    const double spread = sqrt(squares / n - sum / n * (sum / n));
    if (!(fabs(spread - 2.3) < 0.35))
        fail_msg("a standard deviation of %g", spread);
}

static void paths_spread_alike_after_a_continuation(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        lstm_forecaster *f = new_continued(order == 0);
        lstm_dataset *data = new_halves(order == 0, VALID, ROWS, ROWS);
        assert_spread(f, data);
        lstm_forecaster_free(f);
        lstm_dataset_free(data);
    }
}

static void paths_spread_alike_after_a_fit(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        lstm_dataset *data = new_halves(order == 0, TRAIN, VALID, VALID);
        lstm_forecaster *f = new_baseline(data);
        assert_spread(f, data);
        lstm_forecaster_free(f);
        lstm_dataset_free(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_cover_each_half),
        cmocka_unit_test(paths_spread_alike_after_a_continuation),
        cmocka_unit_test(paths_spread_alike_after_a_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
