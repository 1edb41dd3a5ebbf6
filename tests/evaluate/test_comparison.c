/* SPDX-License-Identifier: MIT */
/* Comparisons of methods with given errors. */
#include "assert_close.h"
#include "dataset_fixture.h"
#include "failing_allocator.h"

#include <lstmts/backtest.h>
#include <string.h>

enum { METHODS = 3, TRAIN = 20, ROWS = 60, SHORT = 41, H = 3 };

static double value_of(double s, double t, double c)
{
    return (1 + c) * sin(1.3 * t + c) + 5 * c + s;
}

static double error_of(double m, double s, double o, double h, double c)
{
    return (1 + 0.2 * m + 0.3 * c) * sin(0.9 * o + 1.7 * h + 2.1 * m + c + 0.4 * s) + 0.1 * m * h;
}

/*
 * Forecasts the truth plus its error; `user` is the number of the method, or without an error -1.
 */
static lstm_status predict(void *user, const lstm_dataset *dataset, int64_t series, int64_t origin,
                           int64_t horizon, lstm_real *y)
{
    int number = *(const int *)user;
    int64_t K = lstm_dataset_targets(dataset);
    for (int64_t i = 0; i < horizon * K; i++) {
        double s = (double)series, o = (double)origin, h = (double)(i / K), c = (double)(i % K);
        double error = number < 0 ? 0 : error_of(number, s, o, h, c);
        y[i] = (lstm_real)((double)lstm_dataset_data(dataset, series)[origin * K + i] + error);
    }
    return LSTM_OK;
}

static lstm_method *new_method(int *number, const char *name)
{
    lstm_method *method = NULL;
    lstm_method_options options = LSTM_METHOD_OPTIONS_INIT;
    options.name = name, options.user = number, options.predict = predict;
    assert_ok(lstm_method_new(&method, &options));
    return method;
}

static lstm_dataset *new_data(int64_t n_series, int64_t K, int64_t n_row)
{
    lstm_dataset *dataset = new_dataset(K, NULL, LSTM_MISSING_REFUSE);
    for (int64_t s = 0; s < n_series; s++) {
        lstm_real rows[ROWS * 2];
        for (int64_t i = 0; i < ROWS * K; i++)
            rows[i] = (lstm_real)value_of((double)s, (double)(i / K), (double)(i % K));
        assert_ok(lstm_dataset_add(dataset, NULL, rows, s == 0 ? n_row : SHORT, 0));
    }
    assert_ok(lstm_dataset_split(dataset, LSTM_ALL_SERIES, TRAIN, TRAIN));
    return dataset;
}

static lstm_backtest *new_backtest(const int *numbers, int64_t n_method,
                                   const lstm_dataset *dataset, int64_t stride, int64_t n_threads)
{
    static const char *const names[METHODS] = {"first", "second", "third"};
    lstm_backtest *backtest = NULL;
    lstm_method *methods[METHODS] = {NULL};
    int of_methods[METHODS];
    lstm_backtest_options options = LSTM_BACKTEST_OPTIONS_INIT;
    options.horizon = H, options.stride = stride, options.n_threads = n_threads;
    for (int64_t m = 0; m < n_method; m++) {
        of_methods[m] = numbers[m];
        methods[m] = new_method(&of_methods[m], names[m]);
    }
    assert_ok(lstm_backtest_run(&backtest, methods, n_method, dataset, &options));
    for (int64_t m = 0; m < n_method; m++)
        lstm_method_free(methods[m]);
    return backtest;
}

static const int each[METHODS] = {0, 1, 2};

/* One series of one column with every origin: statsmodels' OLS of the differences on a constant,
 * with cov_type "HAC" and maxlags min(6, n / 4). Two series of two columns with every second
 * origin: NumPy, pair by pair of origins. */
static const struct {
    int two;
    int64_t kind, method, other;
    double gain, ratio;
} cases[] = {{0, LSTM_METRIC_MSE, 0, 1, 0.315014312, 19.810494713},
             {0, LSTM_METRIC_MSE, 2, 0, -1.143916167, -26.716972423},
             {0, LSTM_METRIC_MAE, 0, 1, 0.180927515, 16.606314589},
             {0, LSTM_METRIC_MAE, 2, 0, -0.432594802, -24.259902745},
             {0, LSTM_METRIC_MASE, 0, 1, 0.180927515, 16.606314589},
             {0, LSTM_METRIC_MASE, 2, 0, -0.432594802, -24.259902745},
             {1, LSTM_METRIC_MSE, 0, 1, 0.279985549, 16.879244817},
             {1, LSTM_METRIC_MSE, 2, 0, -0.945198589, -19.102325833},
             {1, LSTM_METRIC_MAE, 0, 1, 0.145513737, 9.286361314},
             {1, LSTM_METRIC_MAE, 2, 0, -0.380429973, -15.597497406},
             {1, LSTM_METRIC_MASE, 0, 1, 0.160668384, 6.951889250},
             {1, LSTM_METRIC_MASE, 2, 0, -0.423588280, -6.405859064}};

static void comparisons_are_those_of_statsmodels_and_numpy(void **fixture)
{
    (void)fixture;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int64_t n_threads = 1; n_threads <= 3; n_threads++) {
            int64_t n = 1 + cases[i].two;
            lstm_dataset *dataset = new_data(n, n, ROWS);
            lstm_backtest *backtest = new_backtest(each, METHODS, dataset, n, n_threads);
            double gain = -9, ratio = -9, errors[2];
            assert_ok(lstm_backtest_compare(backtest, cases[i].kind, cases[i].method,
                                            cases[i].other, &gain, &ratio));
            assert_close("compare", "gain", (int)i, gain, cases[i].gain, 1e-6);
            assert_close("compare", "ratio", (int)i, ratio, cases[i].ratio, 1e-4);
            for (int64_t m = 0; m < 2; m++)
                assert_ok(lstm_backtest_value(backtest, cases[i].kind,
                                              m == 0 ? cases[i].method : cases[i].other, LSTM_ALL,
                                              LSTM_ALL, LSTM_ALL, &errors[m], NULL));
            assert_close("compare", "table", (int)i, gain, 1 - errors[0] / errors[1], 1e-9);
            assert_ok(lstm_backtest_compare(backtest, cases[i].kind, 0, 1, &gain, NULL));
            lstm_backtest_free(backtest);
            lstm_dataset_free(dataset);
        }
}

static void assert_words(const lstm_backtest *backtest, int64_t kind, int64_t method,
                         const char *want)
{
    char text[500];
    int64_t length = -1, n = (int64_t)strlen(want);
    assert_ok(lstm_backtest_words(backtest, kind, method, text, sizeof text, &length));
    assert_string_equal(text, want);
    assert_int_equal(length, n);
    for (int64_t size = 1; size <= n + 1; size++) {
        memset(text, 'x', sizeof text);
        assert_ok(lstm_backtest_words(backtest, kind, method, text, size, NULL));
        assert_true(memcmp(text, want, (size_t)size - 1) == 0 && text[size - 1] == 0);
        assert_true(text[size] == 'x');
    }
    assert_ok(lstm_backtest_words(backtest, kind, method, NULL, 0, &length));
    assert_int_equal(length, n);
}

static void words_say_what_is_better(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(1, 1, ROWS);
    lstm_backtest *backtest = new_backtest(each, METHODS, dataset, 1, 1);
    assert_words(backtest, LSTM_METRIC_MSE, LSTM_ALL,
                 "first has the least MSE, 0.4983, over 38 origins.\n"
                 "first is 32 % better than second (MSE 0.4983 against 0.7275), a difference of "
                 "19.8 standard errors.\n"
                 "first is 53 % better than third (MSE 0.4983 against 1.068), a difference of 26.7 "
                 "standard errors.\n");
    assert_words(backtest, LSTM_METRIC_MAE, 1,
                 "The MAE of second is 0.7735 over 38 origins.\n"
                 "second is 22 % worse than first (MAE 0.7735 against 0.6336), a difference of "
                 "16.6 standard errors.\n"
                 "second is 15 % better than third (MAE 0.7735 against 0.9077), a difference of "
                 "8.0 standard errors.\n");
    lstm_backtest_free(backtest);
    backtest = new_backtest(each, 1, dataset, 1, 1); /* with nothing to compare */
    assert_words(backtest, LSTM_METRIC_MSE, LSTM_ALL,
                 "The MSE of first is 0.4983 over 38 origins.\n");
    lstm_backtest_free(backtest);
    lstm_dataset_free(dataset);
    dataset = new_data(1, 1, TRAIN + H);
    backtest = new_backtest(each, 1, dataset, 1, 1);
    char text[100];
    assert_ok(lstm_backtest_words(backtest, LSTM_METRIC_MSE, 0, text, sizeof text, NULL));
    assert_non_null(strstr(text, " over 1 origin.\n"));
    lstm_backtest_free(backtest);
    lstm_dataset_free(dataset);
}

static void words_say_what_cannot_be_told(void **fixture)
{
    (void)fixture;
    static const int same[METHODS] = {0, 0, -1};
    lstm_dataset *dataset = new_data(1, 1, TRAIN + H + 3); /* 4 origins, 2 do not overlap */
    lstm_backtest *backtest = new_backtest(same, METHODS, dataset, 1, 1);
    double gain, ratio;
    char text[400];
    assert_ok(lstm_backtest_compare(backtest, LSTM_METRIC_MSE, 0, 1, &gain, &ratio));
    assert_true(gain == 0 && isnan(ratio));
    assert_ok(lstm_backtest_compare(backtest, LSTM_METRIC_MSE, 0, 2, &gain, &ratio));
    assert_true(isnan(gain) && isnan(ratio));
    assert_ok(lstm_backtest_words(backtest, LSTM_METRIC_MSE, 0, text, sizeof text, NULL));
    assert_non_null(strstr(text, "\nfirst is as good as second.\n"
                                 "first is worse than third, which has no error.\n"));
    assert_ok(lstm_backtest_words(backtest, LSTM_METRIC_MSE, 2, text, sizeof text, NULL));
    assert_non_null(strstr(text, "; there are too few origins for a standard error.\n"));
    lstm_backtest_free(backtest);
    lstm_dataset_free(dataset);

    const lstm_real nothing[6] = {1, 2, 3, (lstm_real)NAN, (lstm_real)NAN, (lstm_real)NAN};
    dataset = new_dataset(1, NULL, LSTM_MISSING_FORWARD);
    assert_ok(lstm_dataset_add(dataset, NULL, nothing, 6, 0));
    assert_ok(lstm_dataset_split(dataset, LSTM_ALL_SERIES, 3, 3));
    backtest = new_backtest(same, METHODS, dataset, 1, 1);
    assert_ok(lstm_backtest_compare(backtest, LSTM_METRIC_MAE, 0, 1, &gain, &ratio));
    assert_true(isnan(gain) && isnan(ratio));
    assert_words(backtest, LSTM_METRIC_MSE, 0,
                 "No forecast could be compared with what was observed.\n");
    lstm_backtest_free(backtest);
    lstm_dataset_free(dataset);
}

static void wrong_use_is_refused(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(1, 1, ROWS);
    lstm_backtest *b = new_backtest(each, METHODS, dataset, 1, 1);
    double gain = 7, ratio = 7;
    char text[10] = "before";
#define REFUSED(part, ...)                                                                         \
    assert_status(lstm_backtest_compare(__VA_ARGS__, &ratio), LSTM_E_ARGUMENT, part)
    REFUSED("backtest is NULL", NULL, LSTM_METRIC_MSE, 0, 1, &gain);
    REFUSED("kind is 0, expected LSTM_METRIC_MSE, _MAE or _MASE", b, LSTM_METRIC_RMSE, 0, 1, &gain);
    REFUSED("method is 3, expected 0 .. 2", b, LSTM_METRIC_MSE, 3, 1, &gain);
    REFUSED("other is -1", b, LSTM_METRIC_MSE, 0, -1, &gain);
    REFUSED("gain is NULL", b, LSTM_METRIC_MSE, 0, 1, NULL);
#define REFUSED_WORDS(part, ...)                                                                   \
    assert_status(lstm_backtest_words(__VA_ARGS__, NULL), LSTM_E_ARGUMENT, part)
    REFUSED_WORDS("backtest is NULL", NULL, LSTM_METRIC_MSE, 0, text, 10);
    REFUSED_WORDS("kind is 7", b, LSTM_METRIC_R2, 0, text, 10);
    REFUSED_WORDS("method is 3, expected 0 .. 2 or LSTM_ALL", b, LSTM_METRIC_MSE, 3, text, 10);
    REFUSED_WORDS("size is -1", b, LSTM_METRIC_MSE, 0, text, -1);
    REFUSED_WORDS("text is NULL", b, LSTM_METRIC_MSE, 0, NULL, 10);
    assert_true(gain == 7 && ratio == 7);
    assert_string_equal(text, "before");
    lstm_backtest_free(b);
    lstm_dataset_free(dataset);
}

static lstm_status attempt_words(void *context)
{
    char text[10];
    return lstm_backtest_words(context, LSTM_METRIC_MSE, LSTM_ALL, text, sizeof text, NULL);
}

static lstm_status attempt_comparison(void *context)
{
    double gain;
    return lstm_backtest_compare(context, LSTM_METRIC_MASE, 0, 1, &gain, NULL);
}

static void nothing_is_lost_without_memory(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    lstm_dataset *dataset = new_data(2, 2, ROWS);
    lstm_backtest *backtest = new_backtest(each, METHODS, dataset, 1, 1);
    failing_allocator_sweep(&memory, attempt_words, backtest);
    failing_allocator_sweep(&memory, attempt_comparison, backtest);
    lstm_backtest_free(backtest);
    lstm_dataset_free(dataset);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparisons_are_those_of_statsmodels_and_numpy),
        cmocka_unit_test(words_say_what_is_better),
        cmocka_unit_test(words_say_what_cannot_be_told),
        cmocka_unit_test(wrong_use_is_refused),
        cmocka_unit_test(nothing_is_lost_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
