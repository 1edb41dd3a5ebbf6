/* SPDX-License-Identifier: MIT */
/* Methods of the caller. */
#include "dataset_fixture.h"
#include "failing_allocator.h"

#include <fenv.h>
#include <lstmts/method.h>

/* What the functions below are called with, and what they return. */
typedef struct spy {
    int n_fit, n_predict, n_free;
    lstm_status status;
    bool library; /* fail by a call of the library */
    int rounding; /* in the last call              */
    const lstm_dataset *dataset;
    int64_t series, origin, horizon;
} spy;

static lstm_status finish(spy *s)
{
    s->rounding = fegetround();
    if (s->library)
        return lstm_dataset_split(NULL, 0, 0, 0);
    return s->status;
}

static lstm_status spy_fit(void *user, const lstm_dataset *dataset)
{
    spy *s = user;
    s->n_fit++;
    s->dataset = dataset;
    return finish(s);
}

static lstm_status spy_predict(void *user, const lstm_dataset *dataset, int64_t series,
                               int64_t origin, int64_t horizon, lstm_real *y)
{
    spy *s = user;
    s->n_predict++;
    s->dataset = dataset;
    s->series = series;
    s->origin = origin;
    s->horizon = horizon;
    y[0] = 42;
    return finish(s);
}

static lstm_status spy_quantiles(void *user, const lstm_dataset *dataset, int64_t series,
                                 int64_t origin, int64_t horizon, const double *levels,
                                 int64_t n_level, lstm_real *y)
{
    lstm_status status = spy_predict(user, dataset, series, origin, horizon, y);
    y[0] = (lstm_real)(levels[0] + 10 * (double)n_level);
    return status;
}

static void spy_free(void *user)
{
    spy *s = user;
    s->n_free++;
}

static lstm_method *new_method(spy *s)
{
    lstm_method *method = NULL;
    lstm_method_options options = LSTM_METHOD_OPTIONS_INIT;
    char name[] = "spy";
    options.name = name, options.user = s;
    options.fit = spy_fit, options.predict = spy_predict, options.free = spy_free;
    assert_ok(lstm_method_new(&method, &options));
    name[0] = 'X'; /* the method must have copied it */
    return method;
}

static lstm_dataset *two_series(void)
{
    const lstm_real rows[] = {1, 2, 3, 4, 5};
    lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    assert_ok(lstm_dataset_add(dataset, NULL, rows, 5, 0));
    assert_ok(lstm_dataset_add(dataset, NULL, rows, 3, 0));
    return dataset;
}

static void the_functions_get_what_the_caller_passes(void **fixture)
{
    (void)fixture;
    spy s = {0};
    lstm_method *method = new_method(&s);
    lstm_dataset *dataset = two_series();
    lstm_real y[4] = {0};
    assert_string_equal(lstm_method_name(method), "spy");
    assert_null(lstm_method_name(NULL));
    assert_ok(lstm_method_fit(method, dataset));
    assert_true(s.n_fit == 1 && s.dataset == dataset);
    assert_ok(lstm_method_predict(method, dataset, 1, 3, 4, y));
    assert_true(s.n_predict == 1 && s.series == 1 && s.origin == 3 && s.horizon == 4 && y[0] == 42);
    lstm_method_free(method);
    assert_int_equal(s.n_free, 1);
    lstm_method_free(NULL);
    lstm_dataset_free(dataset);
}

static void quantiles_are_a_method_s_own(void **fixture)
{
    (void)fixture;
    spy s = {0};
    lstm_method *points = new_method(&s), *method = NULL;
    lstm_method_options options = LSTM_METHOD_OPTIONS_INIT;
    lstm_dataset *dataset = two_series();
    const double levels[] = {0.25, 0.5}, wrong[] = {0.5, 1};
    lstm_real y[8] = {0};
    options.name = "spy", options.user = &s;
    options.predict = spy_predict, options.quantiles = spy_quantiles;
    assert_ok(lstm_method_new(&method, &options));
    assert_ok(lstm_method_quantiles(method, dataset, 1, 3, 4, levels, 2, y));
    assert_true(s.dataset == dataset && s.series == 1 && s.origin == 3 && s.horizon == 4);
    assert_true(y[0] == 20.25);
    s.status = LSTM_E_IO;
    assert_status(lstm_method_quantiles(method, dataset, 1, 3, 4, levels, 2, y), LSTM_E_IO,
                  "quantiles of the method \"spy\" returned LSTM_E_IO");
    s.n_predict = 0;
#define REFUSED(status, part, ...) assert_status(lstm_method_quantiles(__VA_ARGS__), status, part)
    REFUSED(LSTM_E_ARGUMENT, "has no quantiles", points, dataset, 0, 1, 1, levels, 2, y);
    REFUSED(LSTM_E_ARGUMENT, "method is NULL", NULL, dataset, 0, 1, 1, levels, 2, y);
    REFUSED(LSTM_E_ARGUMENT, "dataset is NULL", method, NULL, 0, 1, 1, levels, 2, y);
    REFUSED(LSTM_E_ARGUMENT, "levels is NULL", method, dataset, 0, 1, 1, NULL, 2, y);
    REFUSED(LSTM_E_ARGUMENT, "y is NULL", method, dataset, 0, 1, 1, levels, 2, NULL);
    REFUSED(LSTM_E_ARGUMENT, "n_level is 0", method, dataset, 0, 1, 1, levels, 0, y);
    REFUSED(LSTM_E_ARGUMENT, "levels[1] is 1", method, dataset, 0, 1, 1, wrong, 2, y);
    REFUSED(LSTM_E_ARGUMENT, "horizon is 0", method, dataset, 0, 1, 0, levels, 2, y);
    REFUSED(LSTM_E_SHAPE, "origin is 4", method, dataset, 1, 4, 1, levels, 2, y);
    assert_int_equal(s.n_predict, 0);
    lstm_method_free(points);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

static void fit_and_free_may_be_left_out(void **fixture)
{
    (void)fixture;
    spy s = {0};
    lstm_method *method = NULL;
    lstm_method_options options = LSTM_METHOD_OPTIONS_INIT;
    options.name = "bare", options.user = &s, options.predict = spy_predict;
    lstm_dataset *dataset = two_series();
    assert_ok(lstm_method_new(&method, &options));
    assert_ok(lstm_method_fit(method, dataset));
    lstm_method_free(method);
    assert_true(s.n_fit == 0 && s.n_free == 0);
    lstm_dataset_free(dataset);
}

static void a_failure_is_passed_on_with_its_message(void **fixture)
{
    (void)fixture;
    spy s = {.status = LSTM_E_SHAPE};
    lstm_method *method = new_method(&s);
    lstm_dataset *dataset = two_series();
    lstm_real y[1];
    assert_status(lstm_method_fit(method, dataset), LSTM_E_SHAPE,
                  "fit of the method \"spy\" returned LSTM_E_SHAPE");
    assert_status(lstm_method_predict(method, dataset, 0, 1, 1, y), LSTM_E_SHAPE,
                  "predict of the method \"spy\" returned LSTM_E_SHAPE");
    s.library = true;
    assert_status(lstm_method_fit(method, dataset), LSTM_E_ARGUMENT, "dataset is NULL");
    assert_status(lstm_method_predict(method, dataset, 0, 1, 1, y), LSTM_E_ARGUMENT,
                  "dataset is NULL");
    s = (spy){.status = LSTM_END}; /* success with additional information */
    assert_ok(lstm_method_fit(method, dataset));
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

static void the_functions_run_in_the_callers_environment(void **fixture)
{
    (void)fixture;
    spy s = {0};
    lstm_method *method = new_method(&s);
    lstm_dataset *dataset = two_series();
    lstm_real y[1];
    int before = fegetround();
    fesetround(FE_UPWARD);
    lstm_status fitted = lstm_method_fit(method, dataset);
    int in_fit = s.rounding;
    lstm_status predicted = lstm_method_predict(method, dataset, 0, 1, 1, y);
    int in_predict = s.rounding, after = fegetround();
    fesetround(before);
    assert_true(fitted == LSTM_OK && predicted == LSTM_OK);
    assert_true(in_fit == FE_UPWARD && in_predict == FE_UPWARD && after == FE_UPWARD);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

static void wrong_arguments_do_not_reach_the_functions(void **fixture)
{
    (void)fixture;
    spy s = {0};
    lstm_method *method = new_method(&s), *none = NULL;
    lstm_dataset *dataset = two_series();
    lstm_real y[1];
    lstm_method_options options = LSTM_METHOD_OPTIONS_INIT;
    assert_status(lstm_method_new(NULL, &options), LSTM_E_ARGUMENT, "out is NULL");
    assert_status(lstm_method_new(&none, NULL), LSTM_E_ARGUMENT, "options is NULL");
    assert_status(lstm_method_new(&none, &options), LSTM_E_ARGUMENT, "name");
    options.name = "x";
    assert_status(lstm_method_new(&none, &options), LSTM_E_ARGUMENT, "predict");
    assert_null(none);
    assert_status(lstm_method_fit(NULL, dataset), LSTM_E_ARGUMENT, "method is NULL");
    assert_status(lstm_method_fit(method, NULL), LSTM_E_ARGUMENT, "dataset is NULL");
    assert_status(lstm_method_predict(NULL, dataset, 0, 1, 1, y), LSTM_E_ARGUMENT, "method");
    assert_status(lstm_method_predict(method, NULL, 0, 1, 1, y), LSTM_E_ARGUMENT, "dataset");
    assert_status(lstm_method_predict(method, dataset, 0, 1, 1, NULL), LSTM_E_ARGUMENT, "y is");
    assert_status(lstm_method_predict(method, dataset, 2, 1, 1, y), LSTM_E_ARGUMENT, "2");
    assert_status(lstm_method_predict(method, dataset, -1, 1, 1, y), LSTM_E_ARGUMENT, "-1");
    assert_status(lstm_method_predict(method, dataset, 0, 0, 1, y), LSTM_E_ARGUMENT, "origin is 0");
    assert_status(lstm_method_predict(method, dataset, 0, 1, 0, y), LSTM_E_ARGUMENT,
                  "horizon is 0");
    assert_status(lstm_method_predict(method, dataset, 1, 4, 1, y), LSTM_E_SHAPE,
                  "origin is 4, series 1 has 3 rows");
    assert_true(s.n_fit == 0 && s.n_predict == 0);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

static lstm_status attempt(void *user)
{
    lstm_method *method;
    lstm_method_options options = LSTM_METHOD_OPTIONS_INIT;
    options.name = "spy", options.user = user;
    options.predict = spy_predict, options.free = spy_free;
    lstm_status status = lstm_method_new(&method, &options);
    if (status == LSTM_OK) {
        ((spy *)user)->n_fit++; /* successes */
        lstm_method_free(method);
    }
    return status;
}

static void a_method_without_memory_is_not_freed(void **fixture)
{
    (void)fixture;
    spy s = {0};
    failing_allocator memory;
    failing_allocator_install(&memory);
    assert_int_equal(failing_allocator_sweep(&memory, attempt, &s), 2);
    assert_int_equal(s.n_free, s.n_fit);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_functions_get_what_the_caller_passes),
        cmocka_unit_test(quantiles_are_a_method_s_own),
        cmocka_unit_test(fit_and_free_may_be_left_out),
        cmocka_unit_test(a_failure_is_passed_on_with_its_message),
        cmocka_unit_test(the_functions_run_in_the_callers_environment),
        cmocka_unit_test(wrong_arguments_do_not_reach_the_functions),
        cmocka_unit_test(a_method_without_memory_is_not_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
