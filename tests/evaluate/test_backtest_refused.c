/* SPDX-License-Identifier: MIT */
/* Backtests that fail: methods that fail, wrong use, and no memory. */
#include "backtest_fixture.h"
#include "failing_allocator.h"

/* The first failure in the order of origins is reported, whichever thread comes first. */
static void a_failure_names_method_series_and_origin(void **fixture)
{
    (void)fixture;
    spy s = {.fails_from = 47, .value = 1};
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, NULL, 0);
    lstm_method *method = new_spy(&s);
    lstm_backtest *backtest = NULL;
    for (int64_t n_threads = 1; n_threads <= 4; n_threads++) {
        lstm_backtest_options options = options_of(1, n_threads);
        assert_status(lstm_backtest_run(&backtest, &method, 1, dataset, &options), LSTM_E_DEVICE,
                      "method \"spy\", series 0, origin 47: predict of the method");
    }
    lstm_backtest_options options = options_of(1, 3);
    s.fails_from = 0;
    s.value = (lstm_real)NAN;
    assert_status(lstm_backtest_run(&backtest, &method, 1, dataset, &options), LSTM_E_NUMERIC,
                  "series 0, origin 36: the forecast of column 0, step 0 is nan");
    s.fit_status = LSTM_E_IO;
    assert_status(lstm_backtest_run(&backtest, &method, 1, dataset, &options), LSTM_E_IO,
                  "method \"spy\": fit of the method \"spy\" returned LSTM_E_IO");
    assert_null(backtest);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

static void wrong_use_is_refused(void **fixture)
{
    (void)fixture;
    spy s = {0};
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, NULL, 0);
    lstm_dataset *empty = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    lstm_method *method = new_spy(&s), *const none[] = {method, NULL};
    lstm_backtest *backtest = NULL;
    lstm_backtest_options options = options_of(1, 1);
#define REFUSED(status, part, ...)                                                                 \
    assert_status(lstm_backtest_run(__VA_ARGS__, &options), status, part)
    REFUSED(LSTM_E_ARGUMENT, "backtest is NULL", NULL, &method, 1, dataset);
    REFUSED(LSTM_E_ARGUMENT, "methods is NULL", &backtest, NULL, 1, dataset);
    REFUSED(LSTM_E_ARGUMENT, "n_method is 0", &backtest, &method, 0, dataset);
    REFUSED(LSTM_E_ARGUMENT, "methods[1] is NULL", &backtest, none, 2, dataset);
    REFUSED(LSTM_E_ARGUMENT, "dataset is NULL", &backtest, &method, 1, NULL);
    REFUSED(LSTM_E_SHAPE, "no series has an origin", &backtest, &method, 1, empty);
    options.horizon = INT64_MAX;
    REFUSED(LSTM_E_LIMIT, "too large", &backtest, &method, 1, dataset);
    assert_status(lstm_backtest_run(&backtest, &method, 1, dataset, NULL), LSTM_E_ARGUMENT,
                  "horizon is 0");
#define WRONG(field, value, status, part)                                                          \
    do {                                                                                           \
        options = options_of(1, 1);                                                                \
        options.field = (value);                                                                   \
        REFUSED(status, part, &backtest, &method, 1, dataset);                                     \
    } while (0)
    WRONG(horizon, 0, LSTM_E_ARGUMENT, "horizon is 0");
    WRONG(horizon, 25, LSTM_E_SHAPE, "25 rows after it");
    WRONG(stride, -1, LSTM_E_ARGUMENT, "stride is -1");
    WRONG(first_origin, -1, LSTM_E_ARGUMENT, "first_origin is -1");
    WRONG(last_origin, -1, LSTM_E_ARGUMENT, "last_origin is -1");
    WRONG(last_origin, 35, LSTM_E_SHAPE, "no series has an origin");
    WRONG(refit, -2, LSTM_E_ARGUMENT, "refit is -2");
    WRONG(season_len, -1, LSTM_E_ARGUMENT, "season_len is -1");
    WRONG(standardized, 2, LSTM_E_ARGUMENT, "standardized is 2");
    WRONG(n_threads, -2, LSTM_E_ARGUMENT, "n_threads is -2");
    assert_true(s.n_fit == 0 && backtest == NULL);
    lstm_backtest_free(NULL);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
    lstm_dataset_free(empty);
}

static void wrong_questions_are_refused(void **fixture)
{
    (void)fixture;
    spy s = {0};
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, NULL, 0);
    lstm_method *method = new_spy(&s);
    lstm_backtest *backtest = NULL;
    lstm_backtest_options options = options_of(1, 1);
    double value = 7;
    assert_ok(lstm_backtest_run(&backtest, &method, 1, dataset, &options));
#define REFUSED_VALUE(part, ...)                                                                   \
    assert_status(lstm_backtest_value(__VA_ARGS__, &value, NULL), LSTM_E_ARGUMENT, part)
    REFUSED_VALUE("backtest is NULL", NULL, 0, 0, 0, 0, 0);
    REFUSED_VALUE("kind is 8", backtest, 8, 0, 0, 0, 0);
    REFUSED_VALUE("method is 1", backtest, 0, 1, 0, 0, 0);
    REFUSED_VALUE("method is -1", backtest, 0, -1, 0, 0, 0);
    REFUSED_VALUE("series is 2", backtest, 0, 0, 2, 0, 0);
    REFUSED_VALUE("step is 4", backtest, 0, 0, 0, 4, 0);
    REFUSED_VALUE("column is -2", backtest, 0, 0, 0, 0, -2);
    assert_status(lstm_backtest_value(backtest, 0, 0, 0, 0, 0, NULL, NULL), LSTM_E_ARGUMENT,
                  "value is NULL");
    assert_true(value == 7);
    lstm_backtest_free(backtest);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

static void wrong_tables_are_refused(void **fixture)
{
    (void)fixture;
    spy s = {0};
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, NULL, 0);
    lstm_method *method = new_spy(&s);
    lstm_backtest *backtest = NULL;
    lstm_backtest_options options = options_of(1, 1);
    char text[10] = "before";
    const int64_t kinds[] = {0, 8};
    assert_ok(lstm_backtest_run(&backtest, &method, 1, dataset, &options));
#define REFUSED_TABLE(part, ...)                                                                   \
    assert_status(lstm_backtest_table(__VA_ARGS__, NULL), LSTM_E_ARGUMENT, part)
    REFUSED_TABLE("backtest is NULL", NULL, kinds, 1, text, 10);
    REFUSED_TABLE("kinds is NULL", backtest, NULL, 1, text, 10);
    REFUSED_TABLE("n_kind is 0", backtest, kinds, 0, text, 10);
    REFUSED_TABLE("n_kind is 9", backtest, kinds, 9, text, 10);
    REFUSED_TABLE("kind is 8", backtest, kinds, 2, text, 10);
    REFUSED_TABLE("size is -1", backtest, kinds, 1, text, -1);
    REFUSED_TABLE("text is NULL", backtest, kinds, 1, NULL, 10);
    assert_string_equal(text, "before");
    lstm_backtest_free(backtest);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

typedef struct call {
    lstm_method *method;
    const lstm_dataset *dataset;
    lstm_backtest_options options;
} call;

static lstm_status attempt(void *context)
{
    call *c = context;
    lstm_backtest *backtest;
    lstm_status status = lstm_backtest_run(&backtest, &c->method, 1, c->dataset, &c->options);
    if (status == LSTM_OK)
        lstm_backtest_free(backtest);
    return status;
}

static void nothing_is_lost_without_memory(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    spy s = {0};
    failing_allocator_install(&memory);
    call c = {new_spy(&s), new_data(LSTM_MISSING_REFUSE, NULL, 0), options_of(30, 2)};
    c.options.refit = 1;
    failing_allocator_sweep(&memory, attempt, &c);
    lstm_method_free(c.method);
    lstm_dataset_free((lstm_dataset *)(uintptr_t)c.dataset);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_names_method_series_and_origin),
        cmocka_unit_test(wrong_use_is_refused),
        cmocka_unit_test(wrong_questions_are_refused),
        cmocka_unit_test(wrong_tables_are_refused),
        cmocka_unit_test(nothing_is_lost_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
