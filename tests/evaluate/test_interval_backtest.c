/* SPDX-License-Identifier: MIT */
/* Backtests of intervals against plain loops over origins, whose bounds go through
 * lstm_metric_interval(). */
#include "assert_close.h"
#include "dataset_fixture.h"
#include "failing_allocator.h"

#include <lstmts/baseline.h>
#include <lstmts/interval_backtest.h>
#include <string.h>

enum { C = 3, K = 2, ROWS = 90, TRAIN = 20, VALID = 45, H = 4, L = 2, WINDOW = 8 };

static const int64_t roles[C] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN, LSTM_ROLE_TARGET};
static const int64_t targets[K] = {0, 2};
static const double levels[L] = {0.6, 0.8};

static lstm_dataset *new_data(void)
{
    lstm_dataset *dataset = new_dataset(C, roles, LSTM_MISSING_LINEAR);
    for (int64_t s = 0; s < 2; s++) {
        lstm_real rows[ROWS * C];
        for (int64_t i = 0; i < ROWS * C; i++) {
            double t = (double)(i / C + 5 * s), c = (double)(i % C);
            rows[i] = (lstm_real)((1 + c + 0.03 * t) * sin(1.1 * t + c) + cos(2.7 * t));
        }
        rows[50 * C] = rows[61 * C] = (lstm_real)NAN;
        assert_ok(lstm_dataset_add(dataset, NULL, rows, ROWS - 20 * s, 0));
        assert_ok(lstm_dataset_split(dataset, s, TRAIN + s, VALID));
    }
    return dataset;
}

static lstm_method *new_naive(void)
{
    lstm_method *method = NULL;
    assert_ok(lstm_baseline_new(&method, NULL));
    return method;
}

/* The last value, and quantiles around it that widen with the step. */
static lstm_status last_quantiles(void *user, const lstm_dataset *dataset, int64_t series,
                                  int64_t origin, int64_t horizon, const double *quantiles,
                                  int64_t n_quantile, lstm_real *y)
{
    const lstm_real *last = lstm_dataset_data(dataset, series) + (origin - 1) * C;
    (void)user;
    for (int64_t i = 0; i < n_quantile * horizon * K; i++) {
        double width = 2 + 0.5 * (double)(i / K % horizon), q = quantiles[i / K / horizon];
        y[i] = (lstm_real)((double)last[targets[i % K]] + width * (q - 0.5));
    }
    return LSTM_OK;
}

static lstm_status last_value(void *user, const lstm_dataset *dataset, int64_t series,
                              int64_t origin, int64_t horizon, lstm_real *y)
{
    static const double middle = 0.5;
    return last_quantiles(user, dataset, series, origin, horizon, &middle, 1, y);
}

static lstm_method *new_quantile_method(void)
{
    lstm_method *method = NULL;
    lstm_method_options options = LSTM_METHOD_OPTIONS_INIT;
    options.name = "quantiles", options.predict = last_value, options.quantiles = last_quantiles;
    assert_ok(lstm_method_new(&method, &options));
    return method;
}

static lstm_interval_options interval_options(void)
{
    lstm_interval_options options = LSTM_INTERVAL_OPTIONS_INIT;
    options.levels = levels, options.n_level = L, options.window = WINDOW, options.rate = 0.2;
    options.block_len = 2;
    return options;
}

static lstm_backtest_options backtest_options(int64_t stride, int64_t n_threads)
{
    lstm_backtest_options options = LSTM_BACKTEST_OPTIONS_INIT;
    options.horizon = H, options.stride = stride, options.n_threads = n_threads;
    return options;
}

static lstm_interval_backtest *new_backtest(lstm_method *method, const lstm_dataset *dataset,
                                            int64_t stride, int64_t n_threads)
{
    lstm_interval_backtest *backtest = NULL;
    lstm_interval_options interval = interval_options();
    lstm_backtest_options options = backtest_options(stride, n_threads);
    assert_ok(lstm_interval_backtest_run(&backtest, method, dataset, &interval, &options));
    return backtest;
}

/* Bounds and truth of all origins of both series, by level, step and column. */
typedef struct bounds {
    int64_t n[L][H][K];
    lstm_real lower[L][H][K][200], upper[L][H][K][200], truth[L][H][K][200];
} bounds;

static lstm_real truth_at(const lstm_dataset *dataset, int64_t s, int64_t row, int64_t k)
{
    return lstm_dataset_observed(dataset, s, row, targets[k]) == 0
               ? (lstm_real)NAN
               : lstm_dataset_data(dataset, s)[row * C + targets[k]];
}

static void forecast(const lstm_dataset *dataset, const lstm_method *method, int64_t s, int64_t t,
                     int64_t conformalized, lstm_real *y)
{
    static const double quantiles[2 * L] = {0.2, 0.1, 0.8, 0.9}; /* of the levels 0.6 and 0.8 */
    if (conformalized)
        assert_ok(lstm_method_quantiles(method, dataset, s, t, H, quantiles, 2 * L, y));
    else
        assert_ok(lstm_method_predict(method, dataset, s, t, H, y));
}

static void collect(bounds *b, const lstm_dataset *dataset, const lstm_method *method, int64_t s,
                    int64_t calibration, int64_t stride, int64_t conformalized)
{
    lstm_interval *interval = NULL;
    lstm_interval_options options = interval_options();
    lstm_real y[2 * L * H * K], *high = conformalized ? y + L * H * K : NULL;
    lstm_real lower[L * H * K], upper[L * H * K], row[K];
    int64_t begin = (VALID - TRAIN - s) % stride + TRAIN + s, end = lstm_dataset_rows(dataset, s);
    options.horizon = H, options.n_column = K, options.stride = stride;
    options.is_conformalized = conformalized;
    if (calibration == LSTM_CALIBRATION_ONCE)
        options.window = 1000;
    if (calibration != LSTM_CALIBRATION_ADAPTIVE)
        options.rate = LSTM_NO_ADAPTATION;
    assert_ok(lstm_interval_new(&interval, &options));
    for (int64_t t = begin; t + H <= end; t++) {
        if ((t - begin) % stride == 0) {
            forecast(dataset, method, s, t, conformalized, y);
            assert_ok(lstm_interval_bounds(interval, y, high, lower, upper));
            for (int64_t i = 0; i < L * H * K && t >= VALID; i++) {
                int64_t l = i / (H * K), h = i / K % H, k = i % K, n = b->n[l][h][k]++;
                b->lower[l][h][k][n] = lower[i];
                b->upper[l][h][k][n] = upper[i];
                b->truth[l][h][k][n] = truth_at(dataset, s, t + h, k);
            }
            if (t < VALID || calibration != LSTM_CALIBRATION_ONCE)
                assert_ok(lstm_interval_expect(interval, y, high));
        }
        for (int64_t k = 0; k < K; k++)
            row[k] = truth_at(dataset, s, t, k);
        if (t < VALID || calibration != LSTM_CALIBRATION_ONCE)
            assert_ok(lstm_interval_observe(interval, row));
    }
    lstm_interval_free(interval);
}

static double value_in(const lstm_interval_backtest *backtest, int64_t kind, int64_t calibration,
                       int64_t level, int64_t series, int64_t step, int64_t column,
                       int64_t *counted)
{
    double value = -1;
    assert_ok(lstm_interval_backtest_value(backtest, kind, calibration, level, series, step, column,
                                           &value, counted));
    return value;
}

static double value_of(const lstm_interval_backtest *backtest, int64_t kind, int64_t calibration,
                       int64_t level, int64_t step, int64_t column, int64_t *counted)
{
    return value_in(backtest, kind, calibration, level, LSTM_ALL, step, column, counted);
}

/* The mean over steps and columns of values with equal counts is that of all together. */
static void assert_metrics(const lstm_interval_backtest *backtest, const bounds *b,
                           int64_t calibration, int64_t series)
{
    for (int64_t kind = 0; kind <= LSTM_INTERVAL_SCORE; kind++)
        for (int64_t l = 0; l < L; l++) {
            double all = 0;
            int64_t n_all = 0, counted, n;
            for (int64_t h = 0; h < H; h++)
                for (int64_t k = 0; k < K; k++) {
                    double want;
                    assert_ok(lstm_metric_interval(kind, levels[l], b->n[l][h][k], 1,
                                                   b->truth[l][h][k], b->lower[l][h][k],
                                                   b->upper[l][h][k], &want, &n));
                    double got = value_in(backtest, kind, calibration, l, series, h, k, &counted);
                    assert_int_equal(counted, n);
                    assert_close("intervals", "value", h, got, want, 1e-6 * (1 + want));
                    all += want * (double)n;
                    n_all += n;
                }
            double got =
                value_in(backtest, kind, calibration, l, series, LSTM_ALL, LSTM_ALL, &counted);
            assert_int_equal(counted, n_all);
            assert_close("intervals", "all", l, got, all / (double)n_all, 1e-6 * (1 + got));
        }
}

static void compare_with_loops(int64_t stride, int64_t conformalized)
{
    static bounds b;
    lstm_dataset *dataset = new_data();
    lstm_method *method = conformalized ? new_quantile_method() : new_naive();
    lstm_interval_backtest *backtest = NULL;
    lstm_interval_options interval = interval_options();
    lstm_backtest_options options = backtest_options(stride, 2);
    interval.is_conformalized = conformalized;
    assert_ok(lstm_interval_backtest_run(&backtest, method, dataset, &interval, &options));
    for (int64_t i = 0; i < 9; i++) {
        int64_t calibration = i / 3, series = i % 3 - 1; /* LSTM_ALL, 0, 1 */
        memset(&b, 0, sizeof b);
        for (int64_t s = 0; s < 2; s++)
            if (series == LSTM_ALL || s == series)
                collect(&b, dataset, method, s, calibration, stride, conformalized);
        assert_metrics(backtest, &b, calibration, series);
    }
    lstm_interval_backtest_free(backtest);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

static void results_are_those_of_plain_loops(void **fixture)
{
    (void)fixture;
    for (int64_t stride = 1; stride <= 3; stride++)
        for (int64_t conformalized = 0; conformalized < 2; conformalized++)
            compare_with_loops(stride, conformalized);
}

static void standardized_widths_are_divided_by_the_deviation(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data();
    lstm_method *method = new_naive();
    lstm_interval_options interval = interval_options();
    lstm_backtest_options options = backtest_options(1, 1);
    lstm_interval_backtest *plain = NULL, *standardized = NULL;
    options.last_origin = ROWS - H;
    options.first_origin = ROWS - 20 - H + 1; /* only the first series has one */
    assert_ok(lstm_interval_backtest_run(&plain, method, dataset, &interval, &options));
    options.standardized = 1;
    assert_ok(lstm_interval_backtest_run(&standardized, method, dataset, &interval, &options));
    for (int64_t k = 0; k < K; k++) {
        const lstm_real *x = lstm_dataset_data(dataset, 0) + targets[k];
        double mean = 0, variance = 0;
        for (int64_t t = 0; t < TRAIN; t++)
            mean += (double)x[t * C] / TRAIN;
        for (int64_t t = 0; t < TRAIN; t++)
            variance += pow((double)x[t * C] - mean, 2) / TRAIN;
        for (int64_t kind = LSTM_INTERVAL_WIDTH; kind <= LSTM_INTERVAL_SCORE; kind++) {
            double want = value_of(plain, kind, 1, 0, 2, k, NULL) / sqrt(variance);
            assert_close("standardized", "value", k, value_of(standardized, kind, 1, 0, 2, k, NULL),
                         want, 1e-9 * want);
        }
    }
    lstm_interval_backtest_free(plain);
    lstm_interval_backtest_free(standardized);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

static void threads_do_not_change_a_bit(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data();
    lstm_method *method = new_naive();
    lstm_interval_backtest *one = new_backtest(method, dataset, 1, 1);
    for (int64_t n_threads = 2; n_threads <= 7; n_threads++) {
        lstm_interval_backtest *more = new_backtest(method, dataset, 1, n_threads);
        for (int64_t i = 0; i < 3 * 3 * L * H; i++)
            assert_true(value_of(one, i % 3, i / 3 % 3, i / 9 % L, i / 9 / L, LSTM_ALL, NULL) ==
                        value_of(more, i % 3, i / 3 % 3, i / 9 % L, i / 9 / L, LSTM_ALL, NULL));
        lstm_interval_backtest_free(more);
    }
    lstm_interval_backtest_free(one);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

/* Errors of the last value of 0 1 2 .. are 1 everywhere: intervals are 2 wide and cover. */
static void a_table_has_a_line_per_level_and_calibration(void **fixture)
{
    (void)fixture;
    static const char table[] = "calibrated  level  coverage       width       score\n"
                                "once          0.6    1.0000           2           2\n"
                                "rolling       0.6    1.0000           2           2\n"
                                "adaptive      0.6    1.0000           2           2\n";
    const lstm_real rows[] = {0, 1, 2, 3, 4, 5, 6, 7};
    lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    lstm_method *method = new_naive();
    lstm_interval_backtest *backtest = NULL;
    lstm_interval_options interval = interval_options();
    lstm_backtest_options options = backtest_options(1, 1);
    char text[400];
    int64_t length = -1;
    assert_ok(lstm_dataset_add(dataset, NULL, rows, 8, 0));
    assert_ok(lstm_dataset_split(dataset, LSTM_ALL_SERIES, 2, 5));
    interval.n_level = interval.block_len = options.horizon = 1;
    assert_ok(lstm_interval_backtest_run(&backtest, method, dataset, &interval, &options));
    assert_ok(lstm_interval_backtest_table(backtest, text, sizeof text, &length));
    assert_string_equal(text, table);
    assert_int_equal(length, sizeof table - 1);
    assert_ok(lstm_interval_backtest_table(backtest, text, 11, NULL));
    assert_string_equal(text, "calibrated");
    lstm_interval_backtest_free(backtest);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

typedef struct call {
    lstm_method *method;
    lstm_dataset *dataset;
} call;

static lstm_status attempt(void *context)
{
    const call *c = context;
    lstm_interval_backtest *backtest;
    lstm_interval_options interval = interval_options();
    lstm_backtest_options options = backtest_options(30, 2);
    lstm_status status =
        lstm_interval_backtest_run(&backtest, c->method, c->dataset, &interval, &options);
    if (status == LSTM_OK)
        lstm_interval_backtest_free(backtest);
    return status;
}

static void nothing_is_lost_without_memory(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    call c = {new_naive(), new_data()};
    failing_allocator_sweep(&memory, attempt, &c);
    lstm_method_free(c.method);
    lstm_dataset_free(c.dataset);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_those_of_plain_loops),
        cmocka_unit_test(standardized_widths_are_divided_by_the_deviation),
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(a_table_has_a_line_per_level_and_calibration),
        cmocka_unit_test(nothing_is_lost_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
