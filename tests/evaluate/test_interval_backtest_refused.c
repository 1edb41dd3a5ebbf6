/* SPDX-License-Identifier: MIT */
/* Wrong use of backtests of intervals. */
#include "dataset_fixture.h"

#include <lstmts/baseline.h>
#include <lstmts/interval_backtest.h>

enum { S = 2, K = 2, ROWS = 30, H = 4, L = 2 };

typedef struct fixture {
    lstm_dataset *dataset;
    lstm_method *method;
    lstm_interval_options interval;
    lstm_backtest_options options;
} fixture;

static void set_options(fixture *f)
{
    static const double levels[L] = {0.6, 0.8};
    f->interval = (lstm_interval_options)LSTM_INTERVAL_OPTIONS_INIT;
    f->interval.levels = levels, f->interval.n_level = L;
    f->options = (lstm_backtest_options)LSTM_BACKTEST_OPTIONS_INIT;
    f->options.horizon = H;
}

static int make(void **context)
{
    static fixture f;
    lstm_real rows[ROWS * K];
    for (int64_t i = 0; i < ROWS * K; i++)
        rows[i] = (lstm_real)(i % 7);
    f.dataset = new_dataset(K, NULL, LSTM_MISSING_REFUSE);
    for (int64_t s = 0; s < S; s++)
        assert_ok(lstm_dataset_add(f.dataset, NULL, rows, ROWS, 0));
    assert_ok(lstm_dataset_split(f.dataset, LSTM_ALL_SERIES, 10, 20));
    assert_ok(lstm_baseline_new(&f.method, NULL));
    set_options(&f);
    *context = &f;
    return 0;
}

static int release(void **context)
{
    fixture *f = *context;
    lstm_method_free(f->method);
    lstm_dataset_free(f->dataset);
    return 0;
}

static lstm_status run(const fixture *f, lstm_interval_backtest **backtest)
{
    return lstm_interval_backtest_run(backtest, f->method, f->dataset, &f->interval, &f->options);
}

static void wrong_options_are_refused(void **context)
{
    fixture *f = *context;
    lstm_interval_backtest *backtest = NULL;
#define REFUSED(field, value, status, part)                                                        \
    do {                                                                                           \
        f->field = (value);                                                                        \
        assert_status(run(f, &backtest), status, part);                                            \
        assert_null(backtest);                                                                     \
        set_options(f);                                                                            \
    } while (0)
    REFUSED(interval.horizon, H, LSTM_E_ARGUMENT, "are 4, 0 and 0, expected 0");
    REFUSED(interval.n_column, K, LSTM_E_ARGUMENT, "are 0, 2 and 0, expected 0");
    REFUSED(interval.stride, 1, LSTM_E_ARGUMENT, "are 0, 0 and 1, expected 0");
    REFUSED(interval.is_conformalized, 1, LSTM_E_ARGUMENT, "has no quantiles");
    REFUSED(interval.window, -1, LSTM_E_ARGUMENT, "window is -1");
    REFUSED(interval.block_len, H + 1, LSTM_E_ARGUMENT, "block_len is 5");
    REFUSED(options.horizon, 0, LSTM_E_ARGUMENT, "horizon is 0");
    REFUSED(options.refit, 1, LSTM_E_ARGUMENT, "refit is 1");
    REFUSED(options.stride, -1, LSTM_E_ARGUMENT, "stride is -1");
    REFUSED(options.first_origin, ROWS, LSTM_E_SHAPE, "no series has an origin");
    REFUSED(options.horizon, INT64_MAX, LSTM_E_LIMIT, "horizon is");
}

static void wrong_arguments_are_refused(void **context)
{
    const fixture *f = *context;
    lstm_interval_backtest *backtest = NULL;
    fixture without = *f;
    assert_status(run(f, NULL), LSTM_E_ARGUMENT, "backtest is NULL");
    without.method = NULL;
    assert_status(run(&without, &backtest), LSTM_E_ARGUMENT, "method is NULL");
    without = *f, without.dataset = NULL;
    assert_status(run(&without, &backtest), LSTM_E_ARGUMENT, "dataset is NULL");
    assert_null(backtest);
}

static void wrong_values_are_refused(void **context)
{
    lstm_interval_backtest *backtest = NULL;
    double value = 7;
    char text[4];
    assert_ok(run(*context, &backtest));
#define REFUSED_VALUE(part, ...)                                                                   \
    assert_status(lstm_interval_backtest_value(__VA_ARGS__, NULL), LSTM_E_ARGUMENT, part)
    REFUSED_VALUE("backtest is NULL", NULL, 0, 0, 0, 0, 0, 0, &value);
    REFUSED_VALUE("kind is 3", backtest, 3, 0, 0, 0, 0, 0, &value);
    REFUSED_VALUE("calibration is 3", backtest, 0, 3, 0, 0, 0, 0, &value);
    REFUSED_VALUE("level is -1, expected 0 .. 1", backtest, 0, 0, -1, 0, 0, 0, &value);
    REFUSED_VALUE("level is 2", backtest, 0, 0, 2, 0, 0, 0, &value);
    REFUSED_VALUE("series is 2, expected 0 .. 1 or LSTM_ALL", backtest, 0, 0, 0, 2, 0, 0, &value);
    REFUSED_VALUE("series is -2", backtest, 0, 0, 0, -2, 0, 0, &value);
    REFUSED_VALUE("step is 4, expected 0 .. 3 or LSTM_ALL", backtest, 0, 0, 0, 0, 4, 0, &value);
    REFUSED_VALUE("column is -2", backtest, 0, 0, 0, 0, 0, -2, &value);
    REFUSED_VALUE("value is NULL", backtest, 0, 0, 0, 0, 0, 0, NULL);
    assert_status(lstm_interval_backtest_table(NULL, text, 4, NULL), LSTM_E_ARGUMENT, "backtest");
    assert_status(lstm_interval_backtest_table(backtest, NULL, 4, NULL), LSTM_E_ARGUMENT, "text");
    assert_status(lstm_interval_backtest_table(backtest, text, -1, NULL), LSTM_E_ARGUMENT, "size");
    assert_true(value == 7);
    lstm_interval_backtest_free(backtest);
    lstm_interval_backtest_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(wrong_arguments_are_refused),
        cmocka_unit_test(wrong_values_are_refused),
    };
    return cmocka_run_group_tests(tests, make, release);
}
