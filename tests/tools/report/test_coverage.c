/* SPDX-License-Identifier: MIT */
/* Counts of values inside intervals, against the intervals of the library and its backtest. */
#include "assert_status.h"
#include "failing.h"
#include "report/coverage.h"

#include <lstmts/lstmts.h>
#include <math.h>

enum { SERIES = 3, K = 2, AHEAD = 6, LEVELS = 2, STRIDE = 4, MISSING = 230, MOST = 16 };
static const int64_t lengths[SERIES] = {240, 90, 24}; /* the last one has no test part */

typedef struct fixture {
    lstm_dataset *dataset;
    lstm_forecaster *forecaster;
} fixture;

static void add_series(fixture *f, int64_t series)
{
    double rows[240][3];
    for (int64_t i = 0; i < lengths[series]; i++) {
        double t = (double)i, noise = series == 1 && i > 70 ? 3 : 0.2;
        rows[i][0] = 10 + sin(0.5236 * t) + noise * sin(t * t);
        rows[i][1] = (double)(i % 5); /* no target */
        rows[i][2] = i == MISSING ? (double)NAN : 5 - 2 * cos(0.5236 * t) + noise * sin(1 + t * t);
    }
    static const char *const names[] = {"long", "short", "shortest"};
    assert_ok(lstm_dataset_add_double(f->dataset, names[series], rows[0], lengths[series], 0));
    assert_ok(lstm_dataset_split(f->dataset, series, lengths[series] * 6 / 10,
                                 series == 2 ? 20 : lengths[series] * 8 / 10));
}

static void new_fixture(fixture *f)
{
    static const int64_t roles[] = {LSTM_ROLE_BOTH, LSTM_ROLE_INPUT, LSTM_ROLE_BOTH};
    static const double levels[LEVELS] = {0.5, 0.9};
    lstm_dataset_options data = LSTM_DATASET_OPTIONS_INIT;
    data.n_column = 3, data.roles = roles, data.missing = LSTM_MISSING_LINEAR;
    assert_ok(lstm_dataset_new(&f->dataset, &data));
    for (int64_t s = 0; s < SERIES; s++)
        add_series(f, s);
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = AHEAD, options.use = LSTM_USE_BASELINE, options.season_len = 12;
    options.levels = levels, options.n_level = LEVELS;
    assert_ok(lstm_forecaster_new(&f->forecaster, &options));
    assert_ok(lstm_forecaster_fit(f->forecaster, f->dataset));
}

static void free_fixture(fixture *f)
{
    lstm_forecaster_free(f->forecaster);
    lstm_dataset_free(f->dataset);
}

/* Of level l and target k of a series, from n origins at once, at step h. */
static void count_plainly(const fixture *f, int64_t series, int64_t l, int64_t h, int64_t k,
                          int64_t *inside, int64_t *counted)
{
    int64_t origins[MOST], n = 0;
    float lower[MOST][LEVELS][AHEAD][K], upper[MOST][LEVELS][AHEAD][K];
    const float *rows = lstm_dataset_data(f->dataset, series);
    for (int64_t o = lengths[series] * 8 / 10; o + AHEAD <= lengths[series]; o += STRIDE)
        origins[n++] = o;
    assert_ok(lstm_forecaster_intervals(f->forecaster, f->dataset, series, origins, n, NULL,
                                        lower[0][0][0], upper[0][0][0]));
    for (int64_t i = 0; i < n; i++) {
        float y = rows[(origins[i] + h) * 3 + 2 * k];
        if (series == 0 && k == 1 && origins[i] + h == MISSING)
            continue;
        *inside += lower[i][l][h][k] <= y && y <= upper[i][l][h][k];
        ++*counted;
    }
}

static void values_inside_are_counted(void **state)
{
    (void)state;
    fixture f;
    coverage held;
    int64_t sum[2] = {0, 0}, counted = 0;
    new_fixture(&f);
    assert_ok(coverage_count(&held, f.forecaster, f.dataset, STRIDE));
    assert_int_equal(held.L, LEVELS);
    assert_true(held.levels[1] == 0.9);
    for (int64_t s = 0; s < 2; s++)
        for (int64_t l = 0; l < LEVELS; l++)
            for (int64_t h = 0; h < AHEAD; h++)
                for (int64_t k = 0; k < K; k++) {
                    int64_t inside = 0, n = 0;
                    count_plainly(&f, s, l, h, k, &inside, &n);
                    double share = coverage_share(&held, l, s, h, k, &counted);
                    assert_int_equal(counted, n);
                    assert_true(share == (double)inside / (double)n);
                    sum[0] += l == 1 ? inside : 0;
                    sum[1] += l == 1 ? n : 0;
                }
    double all = coverage_share(&held, 1, LSTM_ALL, LSTM_ALL, LSTM_ALL, &counted);
    assert_int_equal(counted, sum[1]);
    assert_true(all == (double)sum[0] / (double)sum[1]);
    assert_true(coverage_share(&held, 0, LSTM_ALL, LSTM_ALL, LSTM_ALL, NULL) < all);
    assert_true(coverage_share(&held, 1, 1, LSTM_ALL, LSTM_ALL, NULL) < all); /* its noise grew */
    assert_true(isnan(coverage_share(&held, 1, 2, LSTM_ALL, LSTM_ALL, &counted)));
    assert_int_equal(counted, 0);
    coverage_free(&held);
    free_fixture(&f);
}

/* The origins are those of a backtest: it counts as many values. */
static void origins_are_those_of_a_backtest(void **state)
{
    (void)state;
    fixture f;
    coverage held;
    lstm_method *method = NULL;
    lstm_backtest *backtest = NULL;
    lstm_backtest_options options = LSTM_BACKTEST_OPTIONS_INIT;
    new_fixture(&f);
    options.horizon = AHEAD, options.stride = STRIDE, options.refit = LSTM_NO_FIT;
    assert_ok(lstm_forecaster_method(&method, f.forecaster, "own"));
    assert_ok(lstm_backtest_run(&backtest, &method, 1, f.dataset, &options));
    assert_ok(coverage_count(&held, f.forecaster, f.dataset, STRIDE));
    for (int64_t s = LSTM_ALL; s < SERIES; s++)
        for (int64_t k = LSTM_ALL; k < K; k++) {
            int64_t wanted = 0, counted = 0;
            double value;
            assert_ok(
                lstm_backtest_value(backtest, LSTM_METRIC_MAE, 0, s, LSTM_ALL, k, &value, &wanted));
            (void)coverage_share(&held, 0, s, LSTM_ALL, k, &counted);
            assert_int_equal(counted, wanted);
        }
    coverage_free(&held);
    lstm_backtest_free(backtest);
    lstm_method_free(method);
    free_fixture(&f);
}

/* More bounds than one call takes: every value is still counted once. */
static void long_series_are_counted_in_parts(void **state)
{
    (void)state;
    enum { ROWS = 4000, FIRST = 200, H = 80, N = 16 };
    static float rows[ROWS];
    double levels[N];
    coverage held;
    int64_t counted = 0;
    lstm_dataset *data = NULL;
    lstm_forecaster *forecaster = NULL;
    lstm_dataset_options one = LSTM_DATASET_OPTIONS_INIT;
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    one.n_column = 1;
    for (int i = 0; i < ROWS; i++)
        rows[i] = (float)sin(i * i);
    for (int i = 0; i < N; i++)
        levels[i] = 0.5 + 0.03 * i;
    options.horizon = H, options.use = LSTM_USE_BASELINE, options.season_len = LSTM_NO_SEASON;
    options.levels = levels, options.n_level = N;
    assert_ok(lstm_dataset_new(&data, &one));
    assert_ok(lstm_dataset_add(data, "y", rows, ROWS, 0));
    assert_ok(lstm_dataset_split(data, 0, 100, FIRST));
    assert_ok(lstm_forecaster_new(&forecaster, &options));
    assert_ok(lstm_forecaster_fit(forecaster, data));
    assert_ok(coverage_count(&held, forecaster, data, 1));
    double share = coverage_share(&held, N - 1, LSTM_ALL, LSTM_ALL, LSTM_ALL, &counted);
    assert_int_equal(counted, (ROWS - H - FIRST + 1) * H);
    assert_true(share > 0.9 && share < 1);
    coverage_free(&held);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(data);
}

static void nothing_is_left_without_memory(void **state)
{
    (void)state;
    fixture f;
    coverage held;
    new_fixture(&f);
    for (int64_t k = 1;; k++) {
        fail_at(k);
        lstm_status status = coverage_count(&held, f.forecaster, f.dataset, STRIDE);
        const bool has_failed = calls >= k;
        fail_at(INT64_MAX);
        coverage_free(&held);
        assert_int_equal(status, has_failed ? LSTM_E_NOMEM : LSTM_OK);
        if (!has_failed)
            break;
    }
    free_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_inside_are_counted),
        cmocka_unit_test(origins_are_those_of_a_backtest),
        cmocka_unit_test(long_series_are_counted_in_parts),
        cmocka_unit_test(nothing_is_left_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
