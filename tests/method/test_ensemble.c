/* SPDX-License-Identifier: MIT */
/* Combinations of methods whose errors on the validation part are given. */
#include "assert_close.h"
#include "dataset_fixture.h"
#include "failing_allocator.h"

#include <lstmts/backtest.h>
#include <lstmts/ensemble.h>
#include <string.h>

enum { TRAIN = 6, ERRORS = 8, ROWS = TRAIN + ERRORS + 2, MOST = 5 };

static const double rows[ROWS] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3};

/* Errors of 3 and of 5 members, drawn by NumPy, and the weights by scipy.optimize.nnls of
 * [errors; 1e7 1] to [0; 1e7]. */
static const double of_three[ERRORS][MOST] = {
    {-0.37, 1.36, 0.38},  {0.37, 2.52, -1.56},  {-0.8, -2.98, -0.28}, {0.56, -0.92, 0.06},
    {-1.45, 1.22, -0.45}, {0.82, -0.14, -0.01}, {0.44, 2.22, 1.15},   {-0.72, -1.74, -0.49}};
static const double weights_of_three[3] = {0.435590129049605, 0.05337961275872519,
                                           0.5110302581916426};
static const double of_five[ERRORS][MOST] = {
    {-0.58, -2.76, -0.17, -0.28, 0.16}, {-0.13, 1.0, 2.22, 0.81, -0.17},
    {1.69, 1.22, 1.33, 1.35, 0.35},     {-1.79, -0.42, 0.69, -0.24, 0.58},
    {1.35, -0.36, 1.6, 1.99, 1.45},     {0.51, 0.88, 1.6, -0.47, -0.66},
    {-0.1, -3.22, -2.26, -1.59, -0.33}, {0.61, -2.78, -1.74, -0.17, -0.05}};
static const double weights_of_five[5] = {0.1670155224135147, 0.07895654289128043, 0, 0,
                                          0.7540279346951795};

/*
 * A member: its error at each row of the validation part; in the test part it forecasts its number.
 */
typedef struct member {
    const double (*errors)[MOST];
    int64_t number;
    int n_fit, n_test;
    lstm_status fit_status, status; /* fit_status: of fits from number fails_from on */
    int fails_from;
} member;

static lstm_status member_fit(void *user, const lstm_dataset *dataset)
{
    member *m = user;
    (void)dataset;
    m->n_fit++;
    return m->n_fit > m->fails_from ? m->fit_status : LSTM_OK;
}

static lstm_status member_predict(void *user, const lstm_dataset *dataset, int64_t series,
                                  int64_t origin, int64_t horizon, lstm_real *y)
{
    member *m = user;
    (void)dataset;
    (void)series;
    bool in_test = origin >= TRAIN + ERRORS;
    if (in_test)
        m->n_test++;
    for (int64_t h = 0; h < horizon; h++)
        y[h] = in_test ? (lstm_real)(m->number + 1)
                       : (lstm_real)(rows[origin + h] + m->errors[origin + h - TRAIN][m->number]);
    return m->status;
}

typedef struct fixture {
    member members[MOST];
    lstm_method *methods[MOST];
    lstm_dataset *dataset;
} fixture;

static void make(fixture *f, const double (*errors)[MOST])
{
    lstm_real values[ROWS];
    for (int64_t m = 0; m < MOST; m++) {
        lstm_method_options options = LSTM_METHOD_OPTIONS_INIT;
        f->members[m] = (member){.errors = errors, .number = m};
        options.name = "member", options.user = &f->members[m];
        options.fit = member_fit, options.predict = member_predict;
        assert_ok(lstm_method_new(&f->methods[m], &options));
    }
    for (int64_t t = 0; t < ROWS; t++)
        values[t] = (lstm_real)rows[t];
    f->dataset = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    assert_ok(lstm_dataset_add(f->dataset, NULL, values, ROWS, 0));
    assert_ok(lstm_dataset_split(f->dataset, 0, TRAIN, TRAIN + ERRORS));
}

static void release(fixture *f)
{
    for (int64_t m = 0; m < MOST; m++)
        lstm_method_free(f->methods[m]);
    lstm_dataset_free(f->dataset);
}

static lstm_ensemble_options options_of(const fixture *f, int64_t kind, int64_t n_member)
{
    lstm_ensemble_options options = LSTM_ENSEMBLE_OPTIONS_INIT;
    options.members = f->methods, options.n_member = n_member;
    options.kind = kind, options.horizon = 1;
    return options;
}

static lstm_method *new_ensemble(const lstm_ensemble_options *options)
{
    lstm_method *method = NULL;
    assert_ok(lstm_ensemble_new(&method, options));
    return method;
}

/* Fits a combination and reads its weights. */
static void weights_of(const fixture *f, const lstm_ensemble_options *options, double *weights)
{
    lstm_method *method = new_ensemble(options);
    assert_ok(lstm_method_fit(method, f->dataset));
    assert_ok(lstm_ensemble_weights(method, weights));
    lstm_method_free(method);
}

static void weights_are_those_of_scipy(void **context)
{
    (void)context;
    fixture f;
    double weights[MOST], threaded[MOST];
    for (int five = 0; five < 2; five++) {
        const double *want = five ? weights_of_five : weights_of_three;
        int64_t M = five ? 5 : 3;
        make(&f, five ? of_five : of_three);
        lstm_ensemble_options options = options_of(&f, LSTM_COMBINATION_WEIGHTS, M);
        weights_of(&f, &options, weights);
        for (int64_t m = 0; m < M; m++)
            assert_close("weights", "weight", m, weights[m], want[m], 1e-6);
        for (options.n_threads = 2; options.n_threads <= 7; options.n_threads++) {
            weights_of(&f, &options, threaded);
            assert_memory_equal(threaded, weights, (size_t)M * sizeof *weights);
        }
        release(&f);
    }
}

static void members_that_are_alike_share_their_weight(void **context)
{
    (void)context;
    fixture f;
    double weights[MOST], none[ERRORS][MOST] = {{0}};
    make(&f, of_three);
    lstm_method *const twice[] = {f.methods[0], f.methods[1], f.methods[2], f.methods[0]};
    lstm_ensemble_options options = options_of(&f, LSTM_COMBINATION_WEIGHTS, 4);
    options.members = twice;
    weights_of(&f, &options, weights);
    assert_close("alike", "sum", 0, weights[0] + weights[3], weights_of_three[0], 1e-6);
    assert_close("alike", "weight", 1, weights[1], weights_of_three[1], 1e-6);
    release(&f);
    make(&f, (const double(*)[MOST])none);
    options = options_of(&f, LSTM_COMBINATION_WEIGHTS, 4);
    weights_of(&f, &options, weights);
    for (int64_t m = 0; m < 4; m++)
        assert_true(weights[m] == 0.25);
    release(&f);
}

/*
 * Errors 1 and -1 cancel in the mean; 1 and 1.2 do not: the mean, 1.1, is 10 % worse than the
 * first.
 */
static void the_rule_prefers_the_mean(void **context)
{
    (void)context;
    static const struct {
        double first, second, tolerance, weight;
        int64_t metric;
    } cases[] = {{1, -1, 0, 0.5, 0},
                 {1, 1.2, 0, 1, 0},
                 {1.2, 1, 0, 0, 0},
                 {1, 1.05, 0, 0.5, 0},                  /* 2.5 % worse                */
                 {1, 1.05, 0, 1, LSTM_METRIC_MSE},      /* 5.06 %                     */
                 {1, 1.2, 0.11, 0.5, 0},                /* 10 %                       */
                 {1, 1.2, 0.11, 1, LSTM_METRIC_MSE},    /* 21 %                       */
                 {1, 1.2, 0.22, 0.5, LSTM_METRIC_MSE}}; /* the same                   */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture f;
        double errors[ERRORS][MOST] = {{0}}, weights[2];
        for (int t = 0; t < ERRORS; t++) {
            errors[t][0] = cases[i].first * (t % 2 == 0 ? 1 : -1);
            errors[t][1] = cases[i].second * (t % 2 == 0 ? 1 : -1);
        }
        make(&f, (const double(*)[MOST])errors);
        lstm_ensemble_options options = options_of(&f, LSTM_COMBINATION_RULE, 2);
        options.tolerance = cases[i].tolerance, options.metric = cases[i].metric;
        weights_of(&f, &options, weights);
        assert_true(weights[0] == cases[i].weight && weights[1] == 1 - weights[0]);
        release(&f);
    }
}

static void a_forecast_is_the_weighted_mean(void **context)
{
    (void)context;
    fixture f;
    lstm_real y[2];
    make(&f, of_five);
    lstm_ensemble_options options = options_of(&f, LSTM_COMBINATION_WEIGHTS, 5);
    options.is_fitted = 1, options.name = "all";
    lstm_method *method = new_ensemble(&options);
    assert_string_equal(lstm_method_name(method), "all");
    assert_status(lstm_method_predict(method, f.dataset, 0, TRAIN + ERRORS, 2, y), LSTM_E_ORDER,
                  "the combination is not fitted");
    assert_ok(lstm_method_fit(method, f.dataset));
    assert_ok(lstm_method_predict(method, f.dataset, 0, TRAIN + ERRORS, 2, y));
    double want = 0;
    for (int64_t m = 0; m < 5; m++) {
        want += weights_of_five[m] * (double)(m + 1);
        assert_true(f.members[m].n_fit == 0);
        assert_true(f.members[m].n_test == (weights_of_five[m] > 0)); /* others are not called */
    }
    assert_close("forecast", "y", 0, (double)y[0], want, 1e-6 * want);
    assert_true(y[1] == y[0]);
    lstm_method_free(method);
    options = options_of(&f, LSTM_COMBINATION_MEAN, 5);
    method = new_ensemble(&options);
    assert_string_equal(lstm_method_name(method), "mean of 5");
    assert_ok(lstm_method_predict(method, f.dataset, 0, TRAIN + ERRORS, 2, y));
    assert_true(y[0] == 3 && f.members[0].n_fit == 0);
    assert_ok(lstm_method_fit(method, f.dataset));
    for (int64_t m = 0; m < 5; m++)
        assert_int_equal(f.members[m].n_fit, 1);
    lstm_method_free(method);
    release(&f);
}

/* Forecasts of 3 rows from every second row; a missing value is not counted. */
static void windows_of_the_validation_part_are_used(void **context)
{
    (void)context;
    fixture f;
    double weights[2], errors[ERRORS][MOST] = {{0}};
    /* origins 0 2 4 of 3 rows: rows 0 1 2, 2 3 4, 4 5 6, not row 7 */
    for (int t = 0; t < ERRORS; t++) {
        errors[t][0] = t == 7 ? 100 : t % 2 == 0 ? 1 : 0;
        errors[t][1] = t == 7 ? 0 : t % 2 == 0 ? 0 : 2;
    }
    make(&f, (const double(*)[MOST])errors);
    lstm_ensemble_options options = options_of(&f, LSTM_COMBINATION_WEIGHTS, 2);
    options.horizon = 3, options.stride = 2;
    weights_of(&f, &options, weights);
    /* sums of squares 6 (rows 0 2 2 4 4 6) and 3 * 4 (1 3 5): weights 12/18 and 6/18 */
    assert_close("windows", "weight", 0, weights[0], 12.0 / 18, 1e-6);
    assert_ok(lstm_dataset_split(f.dataset, 0, TRAIN, TRAIN + 2));
    lstm_method *method = new_ensemble(&options);
    assert_status(lstm_method_fit(method, f.dataset), LSTM_E_SHAPE,
                  "no series has 3 rows in its validation part");
    assert_status(lstm_ensemble_weights(method, weights), LSTM_E_ORDER, "not fitted");
    lstm_method_free(method);
    options.stride = INT64_MAX, options.horizon = 1;
    assert_ok(lstm_dataset_split(f.dataset, 0, TRAIN, TRAIN + ERRORS));
    weights_of(&f, &options, weights); /* one window: the second has no error there */
    assert_close("windows", "weight", 1, weights[1], 1, 1e-6);
    release(&f);
}

static void failures_of_members_are_passed_on(void **context)
{
    (void)context;
    fixture f;
    double before[3], after[3];
    lstm_real y[1];
    make(&f, of_three);
    lstm_ensemble_options options = options_of(&f, LSTM_COMBINATION_WEIGHTS, 3);
    lstm_method *method = new_ensemble(&options);
    assert_ok(lstm_method_fit(method, f.dataset));
    assert_ok(lstm_ensemble_weights(method, before));
    f.members[1].fit_status = LSTM_E_IO;
    assert_status(lstm_method_fit(method, f.dataset), LSTM_E_IO, "method \"member\": fit of");
    f.members[1].fails_from = f.members[1].n_fit + 1; /* the second fit, with the weights known */
    assert_status(lstm_method_fit(method, f.dataset), LSTM_E_IO, "method \"member\": fit of");
    f.members[1].fit_status = LSTM_OK, f.members[2].status = LSTM_E_DEVICE;
    assert_status(lstm_method_fit(method, f.dataset), LSTM_E_DEVICE,
                  "method \"member\", series 0, origin 6: predict of");
    assert_status(lstm_method_predict(method, f.dataset, 0, TRAIN, 1, y), LSTM_E_DEVICE,
                  "predict of the method \"member\" returned LSTM_E_DEVICE");
    assert_ok(lstm_ensemble_weights(method, after));
    assert_memory_equal(before, after, sizeof before);
    assert_status(lstm_ensemble_weights(f.methods[0], after), LSTM_E_ARGUMENT,
                  "\"member\" is no combination");
    assert_status(lstm_ensemble_weights(NULL, after), LSTM_E_ARGUMENT, "method is NULL");
    assert_status(lstm_ensemble_weights(method, NULL), LSTM_E_ARGUMENT, "weights is NULL");
    lstm_method_free(method);
    release(&f);
}

static void wrong_options_are_refused(void **context)
{
    (void)context;
    fixture f;
    lstm_method *method = NULL, *const none[] = {NULL};
    lstm_ensemble_options options;
    make(&f, of_three);
#define WRONG(field, value, part)                                                                  \
    do {                                                                                           \
        options = options_of(&f, LSTM_COMBINATION_RULE, 3);                                        \
        options.field = (value);                                                                   \
        assert_status(lstm_ensemble_new(&method, &options), LSTM_E_ARGUMENT, part);                \
        assert_null(method);                                                                       \
    } while (0)
    WRONG(members, NULL, "members is NULL");
    WRONG(members, none, "members[0] is NULL");
    WRONG(n_member, 0, "n_member is 0, expected 1 .. 64");
    WRONG(n_member, 65, "n_member is 65");
    WRONG(kind, 3, "kind is 3");
    WRONG(horizon, 0, "horizon is 0");
    WRONG(stride, -1, "stride is -1");
    WRONG(metric, LSTM_METRIC_R2, "metric is 7");
    WRONG(tolerance, -0.1, "tolerance is -0.1");
    WRONG(tolerance, (double)NAN, "tolerance is");
    WRONG(is_fitted, 2, "is_fitted is 2");
    WRONG(n_threads, 1025, "n_threads is 1025");
    assert_status(lstm_ensemble_new(NULL, &options), LSTM_E_ARGUMENT, "method is NULL");
    assert_status(lstm_ensemble_new(&method, NULL), LSTM_E_ARGUMENT, "members is NULL");
    release(&f);
}

static lstm_status attempt(void *context)
{
    const fixture *f = context;
    lstm_ensemble_options options = options_of(f, LSTM_COMBINATION_WEIGHTS, 3);
    lstm_method *method;
    lstm_real y[1];
    options.n_threads = 2;
    lstm_status status = lstm_ensemble_new(&method, &options);
    if (status < 0)
        return status;
    status = lstm_method_fit(method, f->dataset);
    if (status >= 0)
        status = lstm_method_predict(method, f->dataset, 0, TRAIN, 1, y);
    lstm_method_free(method);
    return status;
}

static void nothing_is_lost_without_memory(void **context)
{
    (void)context;
    fixture f;
    failing_allocator memory;
    failing_allocator_install(&memory);
    make(&f, of_three);
    failing_allocator_sweep(&memory, attempt, &f);
    release(&f);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_those_of_scipy),
        cmocka_unit_test(members_that_are_alike_share_their_weight),
        cmocka_unit_test(the_rule_prefers_the_mean),
        cmocka_unit_test(a_forecast_is_the_weighted_mean),
        cmocka_unit_test(windows_of_the_validation_part_are_used),
        cmocka_unit_test(failures_of_members_are_passed_on),
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(nothing_is_lost_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
