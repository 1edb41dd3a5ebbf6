/* SPDX-License-Identifier: MIT */
/* Errors on the validation part are those of methods that were not fitted to its rows. */
#include "assert_close.h"
#include "dataset_fixture.h"

#include <lstmts/baseline.h>
#include <lstmts/ensemble.h>
#include <lstmts/interval_backtest.h>

enum { S = 2, TRAIN = 40, VALID = 140, ROWS = 240 };

/* Knows the rows that it was fitted to, and is wrong by `error` in all others. */
typedef struct memory {
    double error;
    int n_fit;
    int64_t train_end[S], known[S]; /* of the last fit */
} memory;

static lstm_status memorize(void *user, const lstm_dataset *dataset)
{
    memory *m = user;
    for (int64_t s = 0; s < S; s++)
        assert_ok(lstm_dataset_parts(dataset, s, &m->train_end[s], &m->known[s]));
    m->n_fit++;
    return LSTM_OK;
}

static lstm_status recall(void *user, const lstm_dataset *dataset, int64_t series, int64_t origin,
                          int64_t horizon, lstm_real *y)
{
    const memory *m = user;
    for (int64_t t = origin; t < origin + horizon; t++) {
        double error = t < m->known[series] ? 0 : t % 2 == 0 ? m->error : -m->error;
        y[t - origin] = lstm_dataset_data(dataset, series)[t] + (lstm_real)error;
    }
    return LSTM_OK;
}

static lstm_method *new_memory(memory *m)
{
    lstm_method *method = NULL;
    lstm_method_options options = LSTM_METHOD_OPTIONS_INIT;
    options.name = "memory", options.user = m;
    options.fit = memorize, options.predict = recall;
    assert_ok(lstm_method_new(&method, &options));
    return method;
}

/* 1 2 3 .. in each series; the second has another validation part. */
static lstm_dataset *new_data(void)
{
    lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    for (int64_t s = 0; s < S; s++) {
        lstm_real rows[ROWS];
        for (int64_t t = 0; t < ROWS; t++)
            rows[t] = (lstm_real)(t + 1);
        assert_ok(lstm_dataset_add(dataset, NULL, rows, ROWS, 0));
        assert_ok(lstm_dataset_split(dataset, s, TRAIN + s, VALID + s));
    }
    return dataset;
}

static void assert_fitted_to_both_parts(const memory *m, int n_fit)
{
    assert_int_equal(m->n_fit, n_fit);
    for (int64_t s = 0; s < S; s++) {
        assert_int_equal(m->train_end[s], TRAIN + s);
        assert_int_equal(m->known[s], VALID + s);
    }
}

/* Naive is wrong by 1; the memory by 3 where it does not know the rows. */
static void a_memory_of_the_validation_part_has_no_weight(void **fixture)
{
    (void)fixture;
    for (int64_t kind = LSTM_COMBINATION_WEIGHTS; kind <= LSTM_COMBINATION_RULE; kind++) {
        memory m = {.error = 3};
        double weights[2];
        lstm_dataset *dataset = new_data();
        lstm_method *members[2] = {new_memory(&m), NULL}, *method = NULL;
        lstm_ensemble_options options = LSTM_ENSEMBLE_OPTIONS_INIT;
        assert_ok(lstm_baseline_new(&members[1], NULL));
        options.members = members, options.n_member = 2, options.kind = kind, options.horizon = 1;
        assert_ok(lstm_ensemble_new(&method, &options));
        assert_ok(lstm_method_fit(method, dataset));
        assert_ok(lstm_ensemble_weights(method, weights));
        /* errors 3 or -3, and -1: sums of squares 9 and 1 with almost no product */
        assert_close("memory", "weight", kind, weights[0], kind == LSTM_COMBINATION_RULE ? 0 : 0.1,
                     1e-6);
        assert_fitted_to_both_parts(&m, 2);
        lstm_method_free(method);
        /* members that are used as they are keep what they know */
        m.n_fit = 0, options.is_fitted = 1;
        assert_ok(lstm_ensemble_new(&method, &options));
        assert_ok(lstm_method_fit(method, dataset));
        assert_ok(lstm_ensemble_weights(method, weights));
        assert_close("memory", "known", kind, weights[0], 1, 1e-6);
        assert_fitted_to_both_parts(&m, 0);
        for (int i = 0; i < 2; i++)
            lstm_method_free(members[i]);
        lstm_method_free(method);
        lstm_dataset_free(dataset);
    }
}

static void the_mean_is_fitted_once(void **fixture)
{
    (void)fixture;
    memory m = {.error = 3};
    lstm_dataset *dataset = new_data();
    lstm_method *member = new_memory(&m), *method = NULL;
    lstm_ensemble_options options = LSTM_ENSEMBLE_OPTIONS_INIT;
    options.members = &member, options.n_member = 1;
    assert_ok(lstm_ensemble_new(&method, &options));
    assert_ok(lstm_method_fit(method, dataset));
    assert_fitted_to_both_parts(&m, 1);
    lstm_method_free(method);
    lstm_method_free(member);
    lstm_dataset_free(dataset);
}

/* 80 % intervals of a method that is always wrong by 3 or -3 are 6 wide and cover, in all series. */
static void a_memory_of_the_validation_part_does_not_narrow_intervals(void **fixture)
{
    (void)fixture;
    static const double level = 0.8;
    memory m = {.error = 3};
    lstm_dataset *dataset = new_data();
    lstm_method *method = new_memory(&m);
    lstm_interval_backtest *backtest = NULL;
    lstm_interval_options interval = LSTM_INTERVAL_OPTIONS_INIT;
    lstm_backtest_options options = LSTM_BACKTEST_OPTIONS_INIT;
    interval.levels = &level, interval.n_level = 1;
    options.horizon = 2, options.n_threads = 2;
    assert_ok(lstm_interval_backtest_run(&backtest, method, dataset, &interval, &options));
    assert_fitted_to_both_parts(&m, 2);
    for (int64_t calibration = 0; calibration < 3; calibration++)
        for (int64_t s = LSTM_ALL; s < S; s++) {
            double width, coverage;
            assert_ok(lstm_interval_backtest_value(backtest, LSTM_INTERVAL_WIDTH, calibration, 0, s,
                                                   LSTM_ALL, 0, &width, NULL));
            assert_ok(lstm_interval_backtest_value(backtest, LSTM_INTERVAL_COVERAGE, calibration, 0,
                                                   s, 1, LSTM_ALL, &coverage, NULL));
            assert_close("memory", "width", calibration, width, 6, 1e-3);
            assert_true(coverage == 1);
        }
    lstm_interval_backtest_free(backtest);
    /* used as it is, it knows the validation part, and its intervals have no width */
    double width;
    options.refit = LSTM_NO_FIT;
    assert_ok(lstm_interval_backtest_run(&backtest, method, dataset, &interval, &options));
    assert_ok(lstm_interval_backtest_value(backtest, LSTM_INTERVAL_WIDTH, LSTM_CALIBRATION_ONCE, 0,
                                           LSTM_ALL, LSTM_ALL, LSTM_ALL, &width, NULL));
    assert_true(width == 0 && m.n_fit == 2);
    lstm_interval_backtest_free(backtest);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

/* Without origins before the test part there is nothing to hold out. */
static void one_fit_is_enough_without_a_validation_part(void **fixture)
{
    (void)fixture;
    memory m = {.error = 3};
    lstm_dataset *dataset = new_data();
    lstm_method *method = new_memory(&m);
    lstm_interval_backtest *backtest = NULL;
    lstm_interval_options interval = LSTM_INTERVAL_OPTIONS_INIT;
    lstm_backtest_options options = LSTM_BACKTEST_OPTIONS_INIT;
    options.horizon = 1, options.first_origin = TRAIN;
    assert_ok(lstm_interval_backtest_run(&backtest, method, dataset, &interval, &options));
    assert_fitted_to_both_parts(&m, 1);
    lstm_interval_backtest_free(backtest);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

/* There is no array of series to copy. */
static void a_data_set_without_series_is_refused(void **fixture)
{
    (void)fixture;
    lstm_dataset *empty = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    lstm_method *member = NULL, *method = NULL;
    lstm_ensemble_options weights = LSTM_ENSEMBLE_OPTIONS_INIT;
    lstm_interval_backtest *backtest = NULL;
    lstm_interval_options interval = LSTM_INTERVAL_OPTIONS_INIT;
    lstm_backtest_options options = LSTM_BACKTEST_OPTIONS_INIT;
    assert_ok(lstm_baseline_new(&member, NULL));
    weights.members = &member, weights.n_member = 1;
    weights.kind = LSTM_COMBINATION_WEIGHTS, weights.horizon = options.horizon = 1;
    assert_ok(lstm_ensemble_new(&method, &weights));
    assert_status(lstm_method_fit(method, empty), LSTM_E_SHAPE, "validation part");
    assert_status(lstm_interval_backtest_run(&backtest, member, empty, &interval, &options),
                  LSTM_E_SHAPE, "no series has an origin");
    lstm_method_free(method);
    lstm_method_free(member);
    lstm_dataset_free(empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_memory_of_the_validation_part_has_no_weight),
        cmocka_unit_test(the_mean_is_fitted_once),
        cmocka_unit_test(a_memory_of_the_validation_part_does_not_narrow_intervals),
        cmocka_unit_test(one_fit_is_enough_without_a_validation_part),
        cmocka_unit_test(a_data_set_without_series_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
