/* SPDX-License-Identifier: MIT */
/* What is gathered, against the same by other functions of the library. */
#include "assert_status.h"
#include "failing.h"
#include "report/gather.h"

#include <lstmts/lstmts.h>
#include <math.h>
#include <string.h>

enum { ROWS = 240, K = 2, AHEAD = 6, TRAIN = 150, VALID = 190, METHODS = 2 };

typedef struct fixture {
    lstm_dataset *dataset;
    lstm_forecaster *forecaster;
    lstm_method *methods[METHODS];
    lstm_backtest *backtest;
    coverage held;
    report_sources sources;
} fixture;

/* A target, a covariate and another target; a row of the first one is missing. */
static void new_dataset(fixture *f, int64_t step_unit)
{
    static const char *const names[] = {"load", "input", "heat"};
    static const int64_t roles[] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN, LSTM_ROLE_BOTH};
    static double rows[ROWS + AHEAD][3];
    for (int i = 0; i < ROWS + AHEAD; i++) {
        rows[i][0] = i == 100 ? NAN : 10 + sin(0.5236 * i) + 0.2 * sin(i * i);
        rows[i][1] = i % 5;
        rows[i][2] = 5 - 2 * cos(0.5236 * i) + 0.1 * sin(1 + i * i);
    }
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = 3, options.names = names, options.roles = roles;
    options.step_unit = step_unit, options.missing = LSTM_MISSING_LINEAR;
    options.step = step_unit == LSTM_STEP_SECONDS ? 3600 : 1;
    assert_ok(lstm_dataset_new(&f->dataset, &options));
    assert_ok(lstm_dataset_add_double(f->dataset, "plant", rows[0], ROWS, 1600000000));
    float future[AHEAD][3];
    for (int i = 0; i < AHEAD; i++)
        for (int c = 0; c < 3; c++)
            future[i][c] = (float)rows[ROWS + i][c];
    assert_ok(lstm_dataset_set_future(f->dataset, 0, future[0], AHEAD));
    assert_ok(lstm_dataset_split(f->dataset, 0, TRAIN, VALID));
}

static void new_fixture(fixture *f, int64_t step_unit)
{
    *f = (fixture){0};
    new_dataset(f, step_unit);
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = AHEAD, options.use = LSTM_USE_RIDGE, options.season_len = 12;
    lstm_baseline_options naive = LSTM_BASELINE_OPTIONS_INIT;
    naive.kind = LSTM_BASELINE_SEASONAL_NAIVE, naive.season_len = 12;
    lstm_backtest_options test = LSTM_BACKTEST_OPTIONS_INIT;
    test.horizon = AHEAD, test.season_len = 12;
    assert_ok(lstm_forecaster_new(&f->forecaster, &options));
    assert_ok(lstm_forecaster_method(&f->methods[0], f->forecaster, "own"));
    assert_ok(lstm_baseline_new(&f->methods[1], &naive));
    assert_ok(lstm_backtest_run(&f->backtest, f->methods, METHODS, f->dataset, &test));
    assert_ok(coverage_count(&f->held, f->forecaster, f->dataset, 1));
    f->sources = (report_sources){.forecaster = f->forecaster,
                                  .dataset = f->dataset,
                                  .backtest = f->backtest,
                                  .methods = f->methods,
                                  .n_method = METHODS,
                                  .held = &f->held,
                                  .seasonal_naive = 2,
                                  .command = "again"};
}

static void free_fixture(fixture *f)
{
    lstm_backtest_free(f->backtest);
    coverage_free(&f->held);
    for (int m = 0; m < METHODS; m++)
        lstm_method_free(f->methods[m]);
    lstm_forecaster_free(f->forecaster);
    lstm_dataset_free(f->dataset);
}

static void assert_close_enough(double got, double wanted)
{
    if (!(fabs(got - wanted) <= 1e-5 * fabs(wanted)))
        fail_msg("%.9g, expected %.9g", got, wanted);
}

static void assert_rows(const report_data *data, bool has_times)
{
    assert_int_equal(data->n_series, 1);
    assert_int_equal(data->n_column, K);
    assert_string_equal(data->columns[0], "load");
    assert_string_equal(data->columns[1], "heat");
    assert_string_equal(data->series[0].name, "plant");
    assert_int_equal(data->series[0].n_row, ROWS);
    assert_int_equal(data->has_times, has_times);
    for (int i = 0; i < ROWS + AHEAD; i++)
        assert_true(data->series[0].times[i] == (has_times ? 1600000000.0 + 3600.0 * i : i));
    const double *values = data->series[0].values;
    assert_true(isnan(values[100])); /* it was filled */
    assert_close_enough(values[7], 10 + sin(0.5236 * 7) + 0.2 * sin(49));
    assert_close_enough(values[ROWS + 100], 5 - 2 * cos(52.36) + 0.1 * sin(10001));
}

static void assert_forecasts(const fixture *f, const report_data *data)
{
    assert_int_equal(data->horizon, AHEAD);
    assert_true(data->level == 0.9);
    assert_int_equal(data->n_forecast, 25); /* from rows 2 apart */
    for (int64_t i = 0; i < data->n_forecast; i++) {
        const report_forecast *got = &data->forecasts[i];
        float y[AHEAD][K];
        assert_int_equal(got->origin, ROWS - 2 * (24 - i));
        assert_ok(lstm_forecaster_predict_from(f->forecaster, f->dataset, 0, &got->origin, 1, AHEAD,
                                               y[0]));
        for (int k = 0; k < K; k++)
            for (int h = 0; h < AHEAD; h++) {
                const int at = k * AHEAD + h;
                assert_close_enough(got->mean[at], (double)y[h][k]);
                assert_true(got->lower[at] < got->mean[at] && got->mean[at] < got->upper[at]);
            }
    }
}

static void assert_judged(const fixture *f, const report_data *data)
{
    double value;
    assert_int_equal(data->n_step, AHEAD);
    assert_int_equal(data->residuals.n, ROWS - VALID);
    double sum = 0; /* the first step of the backtest has the same errors, but for the last rows */
    for (int i = 0; i + AHEAD <= ROWS - VALID; i++)
        sum += fabs(data->residuals.values[ROWS - VALID + i]);
    assert_ok(lstm_backtest_value(f->backtest, LSTM_METRIC_MAE, 0, 0, 0, 1, &value, NULL));
    assert_close_enough(sum / (ROWS - VALID - AHEAD + 1), value);
    for (int i = 0; i < (K + 1) * AHEAD; i++)
        assert_true(data->coverage[i] > 0.5 && data->coverage[i] <= 1);
    for (int h = 0; h < AHEAD; h++)
        assert_close_enough(data->coverage[K * AHEAD + h],
                            (data->coverage[h] + data->coverage[AHEAD + h]) / 2);
    for (int k = 0; k <= K; k++) {
        double mean = 0; /* no value is missing: each step has as many */
        for (int h = 0; h < AHEAD; h++)
            mean += data->coverage[k * AHEAD + h] / AHEAD;
        assert_close_enough(data->coverage_totals[k], mean);
        if (k < K) /* there is one series */
            assert_true(data->coverage_series[k] == data->coverage_totals[k]);
    }
    assert_ok(lstm_backtest_value(f->backtest, LSTM_METRIC_RMSE, 1, 0, LSTM_ALL, 1, &value, NULL));
    assert_string_equal(data->metrics[2], "RMSE");
    assert_true(data->scores[(1 * METHODS + 1) * 3 + 2] == value);
    assert_ok(
        lstm_backtest_value(f->backtest, LSTM_METRIC_MASE, 1, LSTM_ALL, 4, LSTM_ALL, &value, NULL));
    assert_true(data->step_errors[(K * METHODS + 1) * AHEAD + 4] == value);
    assert_non_null(strstr(data->verdict, "The MASE of own is "));
    assert_non_null(strstr(data->verdict, "\nOwn is ")); /* with a capital letter */
}

static void all_is_gathered(void **state)
{
    (void)state;
    static const int64_t units[] = {LSTM_STEP_SECONDS, LSTM_STEP_ROWS};
    for (int i = 0; i < 2; i++) {
        fixture f;
        report_gathered *gathered = NULL;
        report_text text = {0};
        new_fixture(&f, units[i]);
        assert_ok(report_gather(&gathered, &f.sources));
        const report_data *data = report_gathered_data(gathered);
        assert_rows(data, i == 0);
        assert_forecasts(&f, data);
        assert_judged(&f, data);
        assert_string_equal(data->command, "again");
        assert_non_null(strstr(data->configuration, "\"horizon\""));
        assert_true(report_write(&text, data));
        assert_non_null(strstr(text.bytes, ", 1 missing"));
        report_text_free(&text);
        report_gathered_free(gathered);
        free_fixture(&f);
    }
}

/* Without a test part, a backtest and known future rows: the forecast of the last known rows. */
static void little_is_gathered_where_there_is_little(void **state)
{
    (void)state;
    fixture f;
    report_gathered *gathered = NULL;
    new_fixture(&f, LSTM_STEP_SECONDS);
    f.sources.backtest = NULL;
    f.sources.held = NULL;
    assert_ok(lstm_dataset_set_future(f.dataset, 0, NULL, 0));
    assert_ok(lstm_dataset_split(f.dataset, 0, TRAIN, ROWS));
    assert_ok(report_gather(&gathered, &f.sources));
    const report_data *data = report_gathered_data(gathered);
    assert_int_equal(data->n_forecast, 1);
    assert_int_equal(data->n_method, 0);
    assert_int_equal(data->residuals.n, 0);
    assert_null(data->coverage);
    report_gathered_free(gathered);
    free_fixture(&f);
}

static void nothing_is_returned_without_memory(void **state)
{
    (void)state;
    fixture f;
    new_fixture(&f, LSTM_STEP_SECONDS);
    for (int64_t k = 1;; k++) {
        report_gathered *gathered = NULL;
        fail_at(k);
        lstm_status status = report_gather(&gathered, &f.sources);
        const bool has_failed = calls >= k;
        fail_at(INT64_MAX);
        report_gathered_free(gathered);
        if (!has_failed)
            break;
        assert_int_equal(status, LSTM_E_NOMEM);
        assert_null(gathered);
    }
    free_fixture(&f);
}

/* The last forecast is that of the other forecaster, all else is as it was. */
static void assert_last(const fixture *f, const lstm_forecaster *other, const report_data *data)
{
    const int64_t origin = ROWS;
    float y[AHEAD][K], lower[AHEAD][K], upper[AHEAD][K], before[AHEAD][K];
    assert_ok(
        lstm_forecaster_intervals(other, f->dataset, 0, &origin, 1, y[0], lower[0], upper[0]));
    assert_ok(
        lstm_forecaster_predict_from(f->forecaster, f->dataset, 0, &origin, 1, AHEAD, before[0]));
    assert_int_equal(data->n_forecast, 25);
    const report_forecast *last = &data->forecasts[24], *other_one = &data->forecasts[23];
    for (int k = 0; k < K; k++)
        for (int h = 0; h < AHEAD; h++) {
            assert_true(y[h][k] != before[h][k]);
            assert_true(last->mean[k * AHEAD + h] == (double)y[h][k]);
            assert_true(last->lower[k * AHEAD + h] == (double)lower[h][k]);
            assert_true(last->upper[k * AHEAD + h] == (double)upper[h][k]);
        }
    assert_int_equal(other_one->origin, ROWS - 2);
}

static void the_last_forecast_is_replaced(void **state)
{
    (void)state;
    fixture f;
    report_gathered *gathered = NULL;
    lstm_forecaster *other = NULL;
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = AHEAD, options.use = LSTM_USE_RIDGE, options.season_len = 6;
    new_fixture(&f, LSTM_STEP_SECONDS);
    assert_ok(report_gather(&gathered, &f.sources));
    assert_ok(lstm_forecaster_new(&other, &options));
    assert_int_equal(report_gather_last(gathered, other, f.dataset), LSTM_E_ORDER);
    assert_ok(lstm_forecaster_fit(other, f.dataset));
    for (int64_t k = 1;; k++) {
        fail_at(k);
        lstm_status status = report_gather_last(gathered, other, f.dataset);
        const bool has_failed = calls >= k;
        fail_at(INT64_MAX);
        assert_int_equal(status, has_failed ? LSTM_E_NOMEM : LSTM_OK);
        if (!has_failed)
            break;
    }
    assert_last(&f, other, report_gathered_data(gathered));
    lstm_forecaster_free(other);
    report_gathered_free(gathered);
    free_fixture(&f);
}

static void a_forecaster_that_is_not_fitted_is_an_error(void **state)
{
    (void)state;
    fixture f;
    report_gathered *gathered = NULL;
    new_fixture(&f, LSTM_STEP_SECONDS);
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = AHEAD;
    lstm_forecaster *other = NULL;
    assert_ok(lstm_forecaster_new(&other, &options));
    f.sources.forecaster = other;
    assert_int_equal(report_gather(&gathered, &f.sources), LSTM_E_ORDER);
    assert_null(gathered);
    lstm_forecaster_free(other);
    free_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_gathered),
        cmocka_unit_test(little_is_gathered_where_there_is_little),
        cmocka_unit_test(nothing_is_returned_without_memory),
        cmocka_unit_test(the_last_forecast_is_replaced),
        cmocka_unit_test(a_forecaster_that_is_not_fitted_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
