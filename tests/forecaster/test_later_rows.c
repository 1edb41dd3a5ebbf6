/* SPDX-License-Identifier: MIT */
/* Forecasts do not depend on rows after the origin, also where these have filled a gap before it. */
#include "forecaster_fixture.h"

#include <lstmts/backtest.h>
#include <lstmts/baseline.h>
#include <lstmts/stream.h>
#include <stdbool.h>

enum { C = 3, K = 2, ROWS = 150, VALID = 120, TRAIN = 90, H = 4, SEASON = 6 };

static const int64_t roles[C] = {LSTM_ROLE_BOTH, LSTM_ROLE_BOTH, LSTM_ROLE_INPUT};
static const int64_t policies[] = {LSTM_MISSING_FORWARD, LSTM_MISSING_LINEAR, LSTM_MISSING_SEASONAL,
                                   LSTM_MISSING_MASK};
enum { N_POLICY = sizeof policies / sizeof *policies };

/* Within gaps, at their ends, between them, and before the first value of columns 1 and 2. */
static const int64_t origins[] = {3, 8, 20, 86, 93, 97, 100, 117, 123, 127, 130, 141};
enum { N_ORIGIN = sizeof origins / sizeof *origins, FIRST_COMPLETE = 15 };

/* Column 1 begins late. Gaps lie across the ends of the parts, one longer than a season. */
static bool is_missing(int64_t t, int64_t c)
{
    return (c == 1 && t < 14) || (c == 2 && t < 9) || (c == 0 && t >= 80 && t < 95) ||
           (c == 2 && t >= 84 && t < 99) || (c != 2 && t >= 116 && t < 125 + c) || t % 31 == 5 + c;
}

/* Rows from `end` on are others, and complete. */
static lstm_dataset *new_data(int64_t policy, int64_t end)
{
    lstm_dataset *dataset = NULL;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = C, options.roles = roles;
    options.missing = policy, options.season_len = SEASON;
    assert_ok(lstm_dataset_new(&dataset, &options));
    lstm_real *rows = new_rows(ROWS * C);
    for (int64_t i = 0; i < ROWS * C; i++) {
        int64_t t = i / C, c = i % C;
        double x = 5 + wave(t + c, SEASON) + 0.2 * noise(3 * t + c) + 0.01 * (double)t;
        rows[i] = t >= end           ? (lstm_real)(50 + 9 * noise(7 * i))
                  : is_missing(t, c) ? (lstm_real)NAN
                                     : (lstm_real)x;
    }
    add_rows(dataset, rows, ROWS);
    assert_ok(lstm_dataset_split(dataset, LSTM_ALL_SERIES, TRAIN, VALID));
    return dataset;
}

static lstm_forecaster_options options_of(int64_t use)
{
    lstm_forecaster_options options = small_options(H);
    options.use = use, options.season_len = SEASON;
    return options;
}

static void assert_same_values(int64_t policy, int64_t origin, const lstm_real *x,
                               const lstm_real *y)
{
    for (int64_t i = 0; i < H * K; i++)
        if (memcmp(&x[i], &y[i], sizeof *x) != 0 && !(isnan(x[i]) && isnan(y[i])))
            fail_msg("policy %d, origin %d, value %d: %.9g, not %.9g", (int)policy, (int)origin,
                     (int)i, (double)y[i], (double)x[i]);
}

/* A row as it was given. */
static void read_row(const lstm_dataset *dataset, int64_t t, lstm_real row[C])
{
    for (int64_t c = 0; c < C; c++)
        row[c] = lstm_dataset_observed(dataset, 0, t, c) ? lstm_dataset_data(dataset, 0)[t * C + c]
                                                         : (lstm_real)NAN;
}

/* The forecasts from each origin are those of data sets in which all rows after it are others. */
static void compare_with_spoiled(const lstm_forecaster *forecaster, int64_t policy,
                                 const lstm_dataset *dataset)
{
    for (int64_t o = 0; o < N_ORIGIN; o++) {
        lstm_real x[H * K], y[H * K];
        lstm_dataset *spoiled = new_data(policy, origins[o]);
        assert_ok(lstm_forecaster_predict_from(forecaster, dataset, 0, &origins[o], 1, H, x));
        assert_ok(lstm_forecaster_predict_from(forecaster, spoiled, 0, &origins[o], 1, H, y));
        assert_same_values(policy, origins[o], x, y);
        lstm_dataset_free(spoiled);
    }
}

/* And those of a stream, which has seen no more, from every row on with values in all columns. */
static void compare_with_stream(const lstm_forecaster *forecaster, int64_t policy,
                                const lstm_dataset *dataset)
{
    lstm_stream *stream = NULL;
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    assert_ok(lstm_stream_new(&stream, forecaster, &options));
    for (int64_t t = 0; t < ROWS; t++) {
        lstm_real row[C], x[H * K], y[H * K];
        int64_t origin = t + 1;
        read_row(dataset, t, row);
        assert_ok(lstm_stream_push(stream, row));
        if (t < FIRST_COMPLETE)
            continue;
        assert_ok(lstm_stream_forecast(stream, y));
        assert_ok(lstm_forecaster_predict_from(forecaster, dataset, 0, &origin, 1, H, x));
        assert_same_values(policy, origin, x, y);
    }
    lstm_stream_free(stream);
}

static void forecasts_do_not_read_later_rows(void **fixture)
{
    (void)fixture;
    for (int i = 0; i < N_POLICY; i++)
        for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_BASELINE; use++) {
            lstm_dataset *dataset = new_data(policies[i], ROWS);
            const lstm_forecaster_options options = options_of(use);
            lstm_forecaster *forecaster = fit_new(&options, dataset);
            compare_with_spoiled(forecaster, policies[i], dataset);
            compare_with_stream(forecaster, policies[i], dataset);
            lstm_forecaster_free(forecaster);
            lstm_dataset_free(dataset);
        }
}

static void intervals_do_not_read_later_rows(void **fixture)
{
    (void)fixture;
    for (int i = 0; i < N_POLICY; i++) {
        lstm_dataset *dataset = new_data(policies[i], ROWS);
        const lstm_forecaster_options options = options_of(LSTM_USE_MEAN);
        lstm_forecaster *forecaster = fit_new(&options, dataset);
        for (int64_t origin = VALID; origin < ROWS; origin++) {
            lstm_real x[3][H * K], y[3][H * K];
            lstm_dataset *spoiled = new_data(policies[i], origin);
            assert_ok(
                lstm_forecaster_intervals(forecaster, dataset, 0, &origin, 1, x[0], x[1], x[2]));
            assert_ok(
                lstm_forecaster_intervals(forecaster, spoiled, 0, &origin, 1, y[0], y[1], y[2]));
            for (int j = 0; j < 3; j++)
                assert_same_values(policies[i], origin, x[j], y[j]);
            lstm_dataset_free(spoiled);
        }
        lstm_forecaster_free(forecaster);
        lstm_dataset_free(dataset);
    }
}

/* Mean absolute error of the forecasts from rows before each origin, of the values observed. */
static double error_of_truncated(const lstm_forecaster *forecaster, int64_t policy,
                                 const lstm_dataset *dataset)
{
    double sum = 0, n = 0;
    for (int64_t origin = VALID; origin <= ROWS - H; origin++) {
        lstm_real y[H * K];
        lstm_dataset *spoiled = new_data(policy, origin);
        assert_ok(lstm_forecaster_predict_from(forecaster, spoiled, 0, &origin, 1, H, y));
        for (int64_t i = 0; i < H * K; i++) {
            lstm_real row[C];
            read_row(dataset, origin + i / K, row);
            if (!isnan(row[i % K])) {
                sum += fabs((double)y[i] - (double)row[i % K]);
                n++;
            }
        }
        lstm_dataset_free(spoiled);
    }
    return sum / n;
}

static void a_backtest_does_not_read_later_rows(void **fixture)
{
    (void)fixture;
    for (int i = 0; i < N_POLICY; i++) {
        double error;
        lstm_method *method = NULL;
        lstm_backtest *backtest = NULL;
        lstm_dataset *dataset = new_data(policies[i], ROWS);
        const lstm_forecaster_options options = options_of(LSTM_USE_MEAN);
        lstm_forecaster *forecaster = fit_new(&options, dataset);
        lstm_backtest_options o = LSTM_BACKTEST_OPTIONS_INIT;
        o.horizon = H, o.refit = LSTM_NO_FIT;
        assert_ok(lstm_forecaster_method(&method, forecaster, "forecaster"));
        assert_ok(lstm_backtest_run(&backtest, &method, 1, dataset, &o));
        assert_ok(lstm_backtest_value(backtest, LSTM_METRIC_MAE, 0, LSTM_ALL, LSTM_ALL, LSTM_ALL,
                                      &error, NULL));
        double want = error_of_truncated(forecaster, policies[i], dataset);
        if (!(fabs(error - want) <= 1e-12 * want))
            fail_msg("policy %d: %.17g, not %.17g", (int)policies[i], error, want);
        lstm_backtest_free(backtest);
        lstm_method_free(method);
        lstm_forecaster_free(forecaster);
        lstm_dataset_free(dataset);
    }
}

/* What is fitted and chosen comes from training and validation part, whose ends lie in gaps. */
static void a_fit_does_not_read_later_rows(void **fixture)
{
    (void)fixture;
    const int64_t origin = 100;
    for (int i = 0; i < N_POLICY; i++)
        for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_BASELINE; use++) {
            char text[2][4096];
            lstm_real y[2][H * K];
            const lstm_forecaster_options options = options_of(use);
            lstm_dataset *dataset = new_data(policies[i], ROWS);
            for (int j = 0; j < 2; j++) {
                lstm_dataset *fitted = new_data(policies[i], j == 0 ? ROWS : VALID);
                lstm_forecaster *forecaster = fit_new(&options, fitted);
                assert_ok(lstm_forecaster_describe(forecaster, text[j], sizeof text[j], NULL));
                assert_ok(
                    lstm_forecaster_predict_from(forecaster, dataset, 0, &origin, 1, H, y[j]));
                lstm_forecaster_free(forecaster);
                lstm_dataset_free(fitted);
            }
            assert_string_equal(text[0], text[1]);
            assert_same_values(policies[i], origin, y[0], y[1]);
            lstm_dataset_free(dataset);
        }
}

static void new_methods(lstm_method *methods[3])
{
    lstm_baseline_options naive = LSTM_BASELINE_OPTIONS_INIT, theta = naive;
    lstm_ridge_options ridge = LSTM_RIDGE_OPTIONS_INIT;
    theta.kind = LSTM_BASELINE_THETA, theta.season_len = SEASON;
    ridge.context_len = 5, ridge.horizon = H;
    assert_ok(lstm_baseline_new(&methods[0], &naive));
    assert_ok(lstm_baseline_new(&methods[1], &theta));
    assert_ok(lstm_ridge_new(&methods[2], &ridge));
}

/* Neither to forecast nor, as ridge, in a fit. */
static void methods_do_not_read_later_rows(void **fixture)
{
    (void)fixture;
    for (int i = 0; i < N_POLICY; i++) {
        lstm_method *methods[3], *others[3];
        lstm_dataset *dataset = new_data(policies[i], ROWS), *fitted = new_data(policies[i], VALID);
        new_methods(methods);
        new_methods(others);
        for (int m = 0; m < 3; m++) {
            assert_ok(lstm_method_fit(methods[m], dataset));
            assert_ok(lstm_method_fit(others[m], fitted));
            for (int64_t o = 1; o < N_ORIGIN; o++) {
                lstm_real x[H * K], y[H * K];
                lstm_dataset *spoiled = new_data(policies[i], origins[o]);
                assert_ok(lstm_method_predict(methods[m], dataset, 0, origins[o], H, x));
                assert_ok(lstm_method_predict(others[m], spoiled, 0, origins[o], H, y));
                assert_same_values(policies[i], origins[o], x, y);
                lstm_dataset_free(spoiled);
            }
            lstm_method_free(methods[m]);
            lstm_method_free(others[m]);
        }
        lstm_dataset_free(dataset);
        lstm_dataset_free(fitted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forecasts_do_not_read_later_rows),
        cmocka_unit_test(intervals_do_not_read_later_rows),
        cmocka_unit_test(a_backtest_does_not_read_later_rows),
        cmocka_unit_test(a_fit_does_not_read_later_rows),
        cmocka_unit_test(methods_do_not_read_later_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
