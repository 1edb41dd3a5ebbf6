/* SPDX-License-Identifier: MIT */
/* Rolling origins against plain loops, whose errors go through lstm_metric(). */
#include "assert_close.h"
#include "backtest_fixture.h"

/* Pairs of observed values and forecasts, [n, 1]. */
typedef struct pairs {
    int64_t n;
    lstm_real truth[1000], forecast[1000];
} pairs;

static void add_pairs(pairs *p, const lstm_dataset *dataset, const lstm_method *method, int64_t s,
                      int64_t origin, int64_t step, int64_t column)
{
    lstm_real y[H * K];
    assert_ok(lstm_method_predict(method, dataset, s, origin, H, y));
    for (int64_t h = 0; h < H; h++)
        for (int64_t k = 0; k < K; k++) {
            if ((step >= 0 && h != step) || (column >= 0 && k != column))
                continue;
            int64_t row = origin + h, c = targets[k];
            bool observed = lstm_dataset_observed(dataset, s, row, c) != 0;
            p->truth[p->n] = observed ? lstm_dataset_data(dataset, s)[row * C + c] : (lstm_real)NAN;
            p->forecast[p->n++] = y[h * K + k];
        }
}

static void collect(pairs *p, const lstm_dataset *dataset, const lstm_method *method,
                    int64_t series, int64_t step, int64_t column, int64_t stride)
{
    p->n = 0;
    for (int64_t s = 0; s < 2; s++) {
        int64_t train, first;
        assert_ok(lstm_dataset_parts(dataset, s, &train, &first));
        for (int64_t o = first; o + H <= lstm_dataset_rows(dataset, s); o += stride)
            if (series < 0 || s == series)
                add_pairs(p, dataset, method, s, o, step, column);
    }
}

static void assert_selection(const lstm_backtest *backtest, const lstm_dataset *dataset,
                             lstm_method *const *methods, int64_t series, int64_t step,
                             int64_t column, int64_t stride)
{
    static const int64_t kinds[] = {LSTM_METRIC_RMSE, LSTM_METRIC_MSE,   LSTM_METRIC_MAE,
                                    LSTM_METRIC_MAPE, LSTM_METRIC_SMAPE, LSTM_METRIC_R2};
    static pairs p;
    for (int m = 0; m < METHODS; m++) {
        collect(&p, dataset, methods[m], series, step, column, stride);
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
            double got = -1, want = -2;
            int64_t counted = -1, n = -2;
            assert_ok(lstm_metric(kinds[i], p.n, 1, p.truth, p.forecast, NULL, &want, &n));
            assert_ok(
                lstm_backtest_value(backtest, kinds[i], m, series, step, column, &got, &counted));
            assert_int_equal(counted, n);
            assert_close("selection", "value", m, got, want, 1e-11 * (1 + fabs(want)));
        }
    }
}

static void assert_all_selections(const lstm_backtest *backtest, const lstm_dataset *dataset,
                                  lstm_method *const *methods, int64_t stride)
{
    for (int64_t series = LSTM_ALL; series < 2; series++)
        for (int64_t step = LSTM_ALL; step < H; step++)
            for (int64_t column = LSTM_ALL; column < K; column++)
                assert_selection(backtest, dataset, methods, series, step, column, stride);
}

static void errors_are_those_of_a_plain_loop(void **fixture)
{
    (void)fixture;
    const int64_t holes[] = {3, 41, 42, 58};
    for (int64_t stride = 1; stride <= 3; stride++) {
        lstm_dataset *dataset = new_data(LSTM_MISSING_LINEAR, holes, 4);
        lstm_method *methods[METHODS];
        lstm_backtest *backtest = NULL;
        lstm_backtest_options options = options_of(stride, 2);
        new_methods(methods);
        assert_ok(lstm_backtest_run(&backtest, methods, METHODS, dataset, &options));
        assert_int_equal(lstm_backtest_origins(backtest, 0), (ROWS - H - VALID) / stride + 1);
        assert_int_equal(lstm_backtest_origins(backtest, 1), 1 / stride + 1);
        assert_int_equal(lstm_backtest_origins(backtest, LSTM_ALL),
                         (ROWS - H - VALID) / stride + 2 + 1 / stride);
        assert_int_equal(lstm_backtest_origins(backtest, 2), 0);
        assert_int_equal(lstm_backtest_origins(NULL, 0), 0);
        assert_all_selections(backtest, dataset, methods, stride);
        lstm_backtest_free(backtest);
        free_methods(methods);
        lstm_dataset_free(dataset);
    }
}

/* MASE and RMSSE of each series and column, and their mean. */
static void scaled_metrics_are_means_over_series_and_columns(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, NULL, 0);
    lstm_method *methods[METHODS];
    lstm_backtest *backtest = NULL;
    lstm_backtest_options options = options_of(1, 1);
    static pairs p;
    new_methods(methods);
    assert_ok(lstm_backtest_run(&backtest, methods, METHODS, dataset, &options));
    for (int64_t kind = LSTM_METRIC_MASE; kind <= LSTM_METRIC_RMSSE; kind++)
        for (int m = 0; m < METHODS; m++) {
            double mean = 0;
            for (int64_t s = 0; s < 2; s++)
                for (int64_t k = 0; k < K; k++) {
                    double scales[C], want;
                    assert_ok(lstm_metric_scale(kind, TRAIN, C, lstm_dataset_data(dataset, s), 6,
                                                scales, NULL));
                    collect(&p, dataset, methods[m], s, LSTM_ALL, k, 1);
                    assert_ok(lstm_metric(kind, p.n, 1, p.truth, p.forecast, &scales[targets[k]],
                                          &want, NULL));
                    assert_close("scaled", "value", k, value_of(backtest, kind, m, s, LSTM_ALL, k),
                                 want, 1e-11 * want);
                    mean += want / (2 * K);
                }
            assert_close("scaled", "mean", m,
                         value_of(backtest, kind, m, LSTM_ALL, LSTM_ALL, LSTM_ALL), mean,
                         1e-11 * mean);
        }
    lstm_backtest_free(backtest);
    free_methods(methods);
    lstm_dataset_free(dataset);
}

static void standardized_errors_are_divided_by_the_deviation(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, NULL, 0);
    lstm_method *methods[METHODS];
    lstm_backtest *plain = NULL, *standardized = NULL;
    lstm_backtest_options options = options_of(2, 1);
    new_methods(methods);
    assert_ok(lstm_backtest_run(&plain, methods, METHODS, dataset, &options));
    options.standardized = 1;
    assert_ok(lstm_backtest_run(&standardized, methods, METHODS, dataset, &options));
    for (int64_t s = 0; s < 2; s++)
        for (int64_t k = 0; k < K; k++) {
            const lstm_real *x = lstm_dataset_data(dataset, s) + targets[k];
            double mean = 0, variance = 0;
            for (int64_t t = 0; t < TRAIN; t++)
                mean += (double)x[t * C] / TRAIN;
            for (int64_t t = 0; t < TRAIN; t++)
                variance += pow((double)x[t * C] - mean, 2) / TRAIN;
            double before = value_of(plain, LSTM_METRIC_MSE, 2, s, 1, k);
            double after = value_of(standardized, LSTM_METRIC_MSE, 2, s, 1, k);
            assert_close("standardized", "MSE", k, after, before / variance, 1e-10 * after);
            assert_close("standardized", "MASE", k,
                         value_of(standardized, LSTM_METRIC_MASE, 2, s, 1, k),
                         value_of(plain, LSTM_METRIC_MASE, 2, s, 1, k), 1e-10);
        }
    lstm_backtest_free(plain);
    lstm_backtest_free(standardized);
    free_methods(methods);
    lstm_dataset_free(dataset);
}

static void threads_do_not_change_a_bit(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, NULL, 0);
    lstm_method *methods[METHODS];
    lstm_backtest *one = NULL;
    lstm_backtest_options options = options_of(1, 1);
    new_methods(methods);
    options.first_origin = 10; /* many origins */
    assert_ok(lstm_backtest_run(&one, methods, METHODS, dataset, &options));
    for (options.n_threads = 2; options.n_threads <= 7; options.n_threads++) {
        lstm_backtest *more = NULL;
        assert_ok(lstm_backtest_run(&more, methods, METHODS, dataset, &options));
        for (int64_t kind = 0; kind <= LSTM_METRIC_R2; kind++)
            for (int64_t m = 0; m < METHODS; m++)
                for (int64_t step = LSTM_ALL; step < H; step++)
                    assert_true(value_of(one, kind, m, LSTM_ALL, step, LSTM_ALL) ==
                                value_of(more, kind, m, LSTM_ALL, step, LSTM_ALL));
        lstm_backtest_free(more);
    }
    lstm_backtest_free(one);
    free_methods(methods);
    lstm_dataset_free(dataset);
}

static void a_refit_sees_the_rows_before_its_origin(void **fixture)
{
    (void)fixture;
    spy s = {0};
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, NULL, 0);
    lstm_method *method = new_spy(&s);
    lstm_backtest *backtest = NULL;
    lstm_backtest_options options = options_of(5, 1);
    options.refit = 2; /* origins 36 41 | 46 51 | 56, and 40 */
    assert_ok(lstm_backtest_run(&backtest, &method, 1, dataset, &options));
    lstm_backtest_free(backtest);
    assert_int_equal(s.n_fit, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(s.valid_end[0][i], VALID + 10 * i);
        assert_int_equal(s.train_end[0][i], TRAIN + 10 * i);
        assert_int_equal(s.valid_end[1][i], i == 0 ? SHORT : SHORT + 5); /* all rows */
        assert_int_equal(s.train_end[1][i], s.valid_end[1][i] - (SHORT - TRAIN));
    }
    s.n_fit = 0;
    options.refit = 0;
    assert_ok(lstm_backtest_run(&backtest, &method, 1, dataset, &options));
    lstm_backtest_free(backtest);
    assert_true(s.n_fit == 1 && s.valid_end[0][0] == VALID && s.train_end[0][0] == TRAIN);
    options.refit = LSTM_NO_FIT;
    assert_ok(lstm_backtest_run(&backtest, &method, 1, dataset, &options));
    lstm_backtest_free(backtest);
    assert_int_equal(s.n_fit, 1);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

/* With an extreme interval there is one refit. */
static void origins_may_be_chosen(void **fixture)
{
    (void)fixture;
    spy s = {0};
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, NULL, 0);
    lstm_method *method = new_spy(&s);
    lstm_backtest *backtest = NULL;
    lstm_backtest_options options = options_of(INT64_MAX, 1);
    options.first_origin = 2, options.refit = INT64_MAX;
    assert_ok(lstm_backtest_run(&backtest, &method, 1, dataset, &options));
    assert_int_equal(lstm_backtest_origins(backtest, LSTM_ALL), 2);
    assert_true(s.n_fit == 1 && s.valid_end[0][0] == 2 && s.train_end[0][0] == 0);
    lstm_backtest_free(backtest);
    options.stride = 7, options.first_origin = 42, options.last_origin = 49;
    assert_ok(lstm_backtest_run(&backtest, &method, 1, dataset, &options));
    assert_int_equal(lstm_backtest_origins(backtest, 0), 2);
    assert_int_equal(lstm_backtest_origins(backtest, 1), 0);
    double value;
    int64_t counted;
    assert_ok(lstm_backtest_value(backtest, LSTM_METRIC_MASE, 0, 1, 0, 0, &value, &counted));
    assert_true(isnan(value) && counted == 0);
    lstm_backtest_free(backtest);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

static void a_table_has_a_line_per_method(void **fixture)
{
    (void)fixture;
    spy s = {.value = 3};
    const lstm_real rows[] = {0, 1, 0, 2, 4, 3, 5};
    lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    assert_ok(lstm_dataset_add(dataset, NULL, rows, 7, 0));
    assert_ok(lstm_dataset_add(dataset, NULL, rows, 7, 0));
    assert_ok(lstm_dataset_split(dataset, LSTM_ALL_SERIES, 3, 3));
    lstm_method *method = new_spy(&s);
    lstm_backtest *backtest = NULL;
    lstm_backtest_options options = options_of(1, 1);
    options.season_len = 1;
    assert_ok(lstm_backtest_run(&backtest, &method, 1, dataset, &options));
    /* errors of 2 4 3 5 against 3: 1 1 0 2; the scale is the mean of 1 and 1 */
    const int64_t kinds[] = {LSTM_METRIC_RMSE, LSTM_METRIC_MASE};
    static const char table[] = "method        RMSE        MASE\n"
                                "spy         1.2247           1\n";
    char text[100];
    int64_t length = -1;
    assert_ok(lstm_backtest_table(backtest, kinds, 2, text, sizeof text, &length));
    assert_string_equal(text, table);
    assert_int_equal(length, sizeof table - 1);
    for (int64_t size = 1; size < (int64_t)sizeof table; size++) {
        memset(text, 'x', sizeof text);
        assert_ok(lstm_backtest_table(backtest, kinds, 2, text, size, &length));
        assert_true(memcmp(text, table, (size_t)size - 1) == 0 && text[size - 1] == 0);
        assert_true(text[size] == 'x' && length == sizeof table - 1);
    }
    assert_ok(lstm_backtest_table(backtest, kinds, 2, NULL, 0, &length));
    assert_int_equal(length, sizeof table - 1);
    lstm_backtest_free(backtest);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_those_of_a_plain_loop),
        cmocka_unit_test(scaled_metrics_are_means_over_series_and_columns),
        cmocka_unit_test(standardized_errors_are_divided_by_the_deviation),
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(a_refit_sees_the_rows_before_its_origin),
        cmocka_unit_test(origins_may_be_chosen),
        cmocka_unit_test(a_table_has_a_line_per_method),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
