/* SPDX-License-Identifier: MIT */
/* Baselines as methods: columns, origins and options. Their numbers are tested by themselves. */
#include "assert_close.h"
#include "dataset_fixture.h"
#include "failing_allocator.h"

#include "method/ridge.h"
#include "method/theta.h"
#include <lstmts/baseline.h>

enum { C = 4, K = 2, ROWS = 60, TRAIN = 40, VALID = 50, SHORT = 30, H = 5, L = 6 };

/* A covariate, a target, a known covariate, a target. */
static const int64_t roles[C] = {LSTM_ROLE_INPUT, LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN,
                                 LSTM_ROLE_TARGET};
static const int64_t targets[K] = {1, 3};
static const int64_t without_known[C] = {LSTM_ROLE_INPUT, LSTM_ROLE_BOTH, LSTM_ROLE_INPUT,
                                         LSTM_ROLE_TARGET};

static lstm_real value_at(int64_t series, int64_t row, int64_t column)
{
    double t = (double)(row + 7 * series), c = (double)column;
    return (lstm_real)(10 * c + (1 + c) * sin(0.7 * t + c) + 0.3 * cos(2.3 * t) + 0.01 * t);
}

/* Rows from `spoiled` on have other values: a method must not read them. */
static lstm_dataset *new_data_of(const int64_t *its_roles, int64_t missing, int64_t hole,
                                 int64_t spoiled)
{
    lstm_dataset *dataset = new_dataset(C, its_roles, missing);
    for (int64_t s = 0; s < 2; s++) {
        lstm_real rows[ROWS * C];
        for (int64_t i = 0; i < ROWS * C; i++)
            rows[i] = value_at(s, i / C, i % C) + (i / C >= spoiled ? 1000 : 0);
        if (hole >= 0)
            rows[hole * C + 1] = (lstm_real)NAN;
        assert_ok(lstm_dataset_add(dataset, NULL, rows, s == 0 ? ROWS : SHORT, 0));
    }
    assert_ok(lstm_dataset_split(dataset, 0, TRAIN, VALID));
    assert_ok(lstm_dataset_split(dataset, 1, 20, 25));
    return dataset;
}

static lstm_dataset *new_data(int64_t missing, int64_t hole, int64_t spoiled)
{
    return new_data_of(roles, missing, hole, spoiled);
}

static lstm_method *new_baseline(int64_t kind, int64_t season_len, int64_t window,
                                 int64_t context_len)
{
    lstm_method *method = NULL;
    lstm_baseline_options options = LSTM_BASELINE_OPTIONS_INIT;
    options.kind = kind, options.season_len = season_len;
    options.window = window, options.context_len = context_len;
    assert_ok(lstm_baseline_new(&method, &options));
    return method;
}

static lstm_method *new_ridge(int64_t base_len)
{
    lstm_method *method = NULL;
    lstm_ridge_options options = LSTM_RIDGE_OPTIONS_INIT;
    options.context_len = L, options.horizon = H, options.base_len = base_len;
    assert_ok(lstm_ridge_new(&method, &options));
    return method;
}

static void a_baseline_forecasts_each_target_from_its_own_rows(void **fixture)
{
    (void)fixture;
    const int64_t origin = 17, series = 1;
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, -1, origin);
    lstm_method *naive = new_baseline(LSTM_BASELINE_NAIVE, 0, 0, 0);
    lstm_method *seasonal = new_baseline(LSTM_BASELINE_SEASONAL_NAIVE, 3, 0, 0);
    lstm_method *average = new_baseline(LSTM_BASELINE_MOVING_AVERAGE, 0, 2, 0);
    lstm_real y[H * K];
    for (int64_t k = 0; k < K; k++)
        for (int64_t h = 0; h < H; h++) {
            int64_t c = targets[k], i = h * K + k;
            lstm_real last = value_at(series, origin - 1, c);
            assert_ok(lstm_method_predict(naive, dataset, series, origin, H, y));
            assert_true(y[i] == last);
            assert_ok(lstm_method_predict(seasonal, dataset, series, origin, H, y));
            assert_true(y[i] == value_at(series, origin - 3 + h % 3, c));
            assert_ok(lstm_method_predict(average, dataset, series, origin, H, y));
            double mean = ((double)last + (double)value_at(series, origin - 2, c)) / 2;
            assert_true(y[i] == (lstm_real)mean);
        }
    lstm_method_free(naive);
    lstm_method_free(seasonal);
    lstm_method_free(average);
    lstm_dataset_free(dataset);
}

static void context_len_limits_the_rows_that_are_read(void **fixture)
{
    (void)fixture;
    const int64_t origin = 50, context = 30;
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, -1, origin);
    lstm_method *limited = new_baseline(LSTM_BASELINE_THETA, 9, 0, context);
    lstm_method *drift = new_baseline(LSTM_BASELINE_DRIFT, 0, 0, 2);
    double x[30], want[H];
    lstm_real y[H * K];
    for (int64_t t = 0; t < context; t++)
        x[t] = (double)value_at(0, origin - context + t, 3);
    assert_ok(lts_theta(context, x, 9, H, want));
    assert_ok(lstm_method_predict(limited, dataset, 0, origin, H, y));
    for (int64_t h = 0; h < H; h++)
        assert_true(y[h * K + 1] == (lstm_real)want[h]);
    assert_ok(lstm_method_predict(drift, dataset, 0, origin, H, y));
    double last = (double)value_at(0, origin - 1, 1);
    double slope = last - (double)value_at(0, origin - 2, 1);
    assert_true(y[0] == (lstm_real)(last + slope));
    lstm_method_free(limited);
    lstm_method_free(drift);
    lstm_dataset_free(dataset);
}

static void names_tell_the_kind_and_its_number(void **fixture)
{
    (void)fixture;
    static const char *const names[] = {
        "naive", "seasonal naive 24", "drift", "seasonal drift 24", "moving average 7", "Theta",
        "Naive2"};
    for (int64_t kind = 0; kind <= LSTM_BASELINE_NAIVE2; kind++) {
        lstm_method *method = new_baseline(kind, 24, 7, 0);
        assert_string_equal(lstm_method_name(method), names[kind]);
        lstm_method_free(method);
    }
    lstm_method *ridge = new_ridge(0);
    assert_string_equal(lstm_method_name(ridge), "ridge 6");
    lstm_method_free(ridge);
}

/* Means and deviations of the training rows of each series and column. */
static lts_ridge_column scaled_column(const lstm_dataset *dataset, int64_t s, int64_t c)
{
    lts_ridge_column column = {lstm_dataset_data(dataset, s) + c, C, 0, 0, 0, 0, NULL, 0};
    double squares = 0;
    assert_ok(lstm_dataset_parts(dataset, s, &column.train_end, &column.valid_end));
    for (int64_t t = 0; t < column.train_end; t++)
        column.offset += (double)value_at(s, t, c) / (double)column.train_end;
    for (int64_t t = 0; t < column.train_end; t++)
        squares += pow((double)value_at(s, t, c) - column.offset, 2);
    column.scale = sqrt(squares / (double)column.train_end);
    return column;
}

static void assert_ridge(const lts_ridge *ridge, const lts_ridge_column *columns,
                         const lstm_method *method, const lstm_dataset *dataset, int64_t series,
                         int64_t origin)
{
    lstm_real y[H * K];
    assert_ok(lstm_method_predict(method, dataset, series, origin, H, y));
    for (int64_t k = 0; k < K; k++) {
        double x[L], want[H];
        const lts_ridge_column *column = &columns[series * K + k];
        for (int64_t t = 0; t < L; t++)
            x[t] = ((double)value_at(series, origin - L + t, targets[k]) - column->offset) /
                   column->scale;
        lts_ridge_predict(ridge, 1, x, want);
        for (int64_t h = 0; h < H; h++) {
            double wanted = want[h] * column->scale + column->offset;
            assert_close("ridge", "y", h * K + k, (double)y[h * K + k], wanted, 1e-4);
        }
    }
}

/* Rows of the test part have other values, which a fit must not read. */
static void ridge_pools_the_scaled_targets_of_all_series(void **fixture)
{
    (void)fixture;
    const int64_t base_lens[] = {0, LSTM_NO_BASE, 3, L}, used[] = {1, 0, 3, L};
    lstm_dataset *dataset = new_data_of(without_known, LSTM_MISSING_REFUSE, -1, VALID);
    lts_ridge_column columns[2 * K];
    for (int64_t i = 0; i < 2 * K; i++)
        columns[i] = scaled_column(dataset, i / K, targets[i % K]);
    for (int i = 0; i < 4; i++) {
        lts_ridge_options options = {.L = L, .H = H, .base_len = used[i], .n_block = 4};
        lts_ridge *ridge = NULL;
        lstm_method *method = new_ridge(base_lens[i]);
        assert_ok(lts_ridge_fit(&ridge, &options, 2 * K, columns));
        for (int again = 0; again < 2; again++) {
            assert_ok(lstm_method_fit(method, dataset));
            assert_ridge(ridge, columns, method, dataset, 0, VALID);
            assert_ridge(ridge, columns, method, dataset, 1, L);
        }
        lstm_method_free(method);
        lts_ridge_free(ridge);
    }
    lstm_dataset_free(dataset);
}

/* A hole in the context takes the value between its neighbours. */
static void ridge_interpolates_what_is_missing_in_a_context(void **fixture)
{
    (void)fixture;
    const int64_t origin = VALID, hole = VALID - 3;
    lstm_dataset *masked = new_data_of(without_known, LSTM_MISSING_MASK, hole, ROWS);
    lstm_dataset *linear = new_data_of(without_known, LSTM_MISSING_LINEAR, hole, ROWS);
    lstm_method *method = new_ridge(0);
    lstm_real y[H * K], want[H * K];
    assert_ok(lstm_method_fit(method, linear));
    assert_ok(lstm_method_predict(method, masked, 0, origin, H, y));
    assert_ok(lstm_method_predict(method, linear, 0, origin, H, want));
    for (int64_t i = 0; i < H * K; i++)
        assert_close("hole", "y", i, (double)y[i], (double)want[i], 1e-5);
    lstm_method_free(method);
    lstm_dataset_free(masked);
    lstm_dataset_free(linear);
}

static void wrong_options_are_refused(void **fixture)
{
    (void)fixture;
    lstm_method *method = NULL;
    lstm_baseline_options baseline = LSTM_BASELINE_OPTIONS_INIT;
    assert_status(lstm_baseline_new(NULL, &baseline), LSTM_E_ARGUMENT, "method is NULL");
#define REFUSED(field, value, part)                                                                \
    do {                                                                                           \
        lstm_baseline_options wrong = baseline;                                                    \
        wrong.field = (value);                                                                     \
        assert_status(lstm_baseline_new(&method, &wrong), LSTM_E_ARGUMENT, part);                  \
    } while (0)
    REFUSED(kind, 7, "kind is 7");
    REFUSED(kind, -1, "kind is -1");
    REFUSED(kind, LSTM_BASELINE_SEASONAL_NAIVE, "season_len is 0");
    REFUSED(kind, LSTM_BASELINE_SEASONAL_DRIFT, "season_len is 0");
    REFUSED(kind, LSTM_BASELINE_MOVING_AVERAGE, "window is 0");
    REFUSED(season_len, -1, "season_len is -1");
    REFUSED(window, -1, "window is -1");
    REFUSED(context_len, -1, "context_len is -1");
#undef REFUSED
    lstm_ridge_options ridge = LSTM_RIDGE_OPTIONS_INIT;
    ridge.context_len = 4, ridge.horizon = 3;
    assert_status(lstm_ridge_new(NULL, &ridge), LSTM_E_ARGUMENT, "method is NULL");
    assert_status(lstm_ridge_new(&method, NULL), LSTM_E_ARGUMENT, "context_len is 0");
#define REFUSED(field, value, part)                                                                \
    do {                                                                                           \
        lstm_ridge_options wrong = ridge;                                                          \
        wrong.field = (value);                                                                     \
        assert_status(lstm_ridge_new(&method, &wrong), LSTM_E_ARGUMENT, part);                     \
    } while (0)
    REFUSED(context_len, 0, "context_len is 0");
    REFUSED(horizon, 0, "horizon is 0");
    REFUSED(base_len, 5, "base_len is 5");
    REFUSED(base_len, -2, "base_len is -2");
    REFUSED(n_block, 4, "n_block is 4");
    REFUSED(n_block, -1, "n_block is -1");
    REFUSED(penalty, -1, "penalty is -1");
    REFUSED(penalty, (double)NAN, "penalty is nan");
    REFUSED(penalty, (double)INFINITY, "penalty is inf");
#undef REFUSED
    assert_null(method);
}

static void a_ridge_regression_refuses_what_it_was_not_fitted_to(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, -1, ROWS);
    lstm_dataset *other = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    lstm_method *method = new_ridge(0);
    lstm_real y[H * K], rows[ROWS] = {0};
    assert_ok(lstm_dataset_add(other, NULL, rows, ROWS, 0));
    assert_status(lstm_method_predict(method, dataset, 0, VALID, H, y), LSTM_E_ORDER,
                  "lstm_method_fit()");
    assert_ok(lstm_dataset_split(dataset, LSTM_ALL_SERIES, L, L));
    assert_status(lstm_method_fit(method, dataset), LSTM_E_SHAPE, "6 + 2 rows");
    assert_ok(lstm_dataset_split(dataset, LSTM_ALL_SERIES, 20, 25));
    assert_ok(lstm_method_fit(method, dataset));
    assert_status(lstm_method_predict(method, dataset, 0, L - 1, H, y), LSTM_E_SHAPE,
                  "origin is 5");
    assert_status(lstm_method_predict(method, dataset, 0, L, H + 1, y), LSTM_E_SHAPE,
                  "horizon is 6");
    assert_status(lstm_method_predict(method, other, 0, L, H, y), LSTM_E_SHAPE, "1 target");
    lstm_real more[ROWS * C] = {0};
    assert_ok(lstm_dataset_add(dataset, NULL, more, ROWS, 0));
    assert_status(lstm_method_predict(method, dataset, 2, L, H, y), LSTM_E_SHAPE, "series 2");
    lstm_method_free(method);
    lstm_dataset_free(dataset);
    lstm_dataset_free(other);
}

/* Every column that does not vary has the forecast that it has itself. */
static void a_constant_column_is_forecast_as_it_is(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    lstm_method *method = new_ridge(LSTM_NO_BASE);
    lstm_real rows[ROWS], y[H];
    for (int64_t t = 0; t < ROWS; t++)
        rows[t] = 7;
    assert_ok(lstm_dataset_add(dataset, NULL, rows, ROWS, 0));
    assert_ok(lstm_method_fit(method, dataset));
    assert_ok(lstm_method_predict(method, dataset, 0, ROWS, H, y));
    for (int64_t h = 0; h < H; h++)
        assert_true(y[h] == 7);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

typedef struct call {
    lstm_method *method;
    const lstm_dataset *dataset;
} call;

static lstm_status attempt_new(void *unused)
{
    (void)unused;
    lstm_method *baseline = NULL, *ridge = NULL;
    lstm_ridge_options options = LSTM_RIDGE_OPTIONS_INIT;
    options.context_len = L, options.horizon = H;
    lstm_status status = lstm_baseline_new(&baseline, NULL);
    if (status == LSTM_OK)
        status = lstm_ridge_new(&ridge, &options);
    lstm_method_free(baseline);
    lstm_method_free(ridge);
    return status;
}

static lstm_status attempt_fit(void *context)
{
    const call *c = context;
    return lstm_method_fit(c->method, c->dataset);
}

static lstm_status attempt_predict(void *context)
{
    const call *c = context;
    lstm_real y[H * K];
    return lstm_method_predict(c->method, c->dataset, 0, VALID, H, y);
}

/* A sweep counts what is left, so a fit that replaces one is swept after a first one. */
static void nothing_is_lost_without_memory(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    failing_allocator_sweep(&memory, attempt_new, NULL);
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, -1, ROWS);
    lstm_method *theta = new_baseline(LSTM_BASELINE_THETA, 3, 0, 0), *ridge = new_ridge(0);
    lstm_method *naive2 = new_baseline(LSTM_BASELINE_NAIVE2, 3, 0, 0);
    call calls[] = {{theta, dataset}, {ridge, dataset}, {naive2, dataset}};
    assert_ok(attempt_fit(&calls[1]));
    failing_allocator_sweep(&memory, attempt_fit, &calls[1]);
    failing_allocator_sweep(&memory, attempt_predict, &calls[0]);
    failing_allocator_sweep(&memory, attempt_predict, &calls[1]);
    failing_allocator_sweep(&memory, attempt_predict, &calls[2]);
    lstm_method_free(theta);
    lstm_method_free(naive2);
    lstm_method_free(ridge);
    lstm_dataset_free(dataset);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_baseline_forecasts_each_target_from_its_own_rows),
        cmocka_unit_test(context_len_limits_the_rows_that_are_read),
        cmocka_unit_test(names_tell_the_kind_and_its_number),
        cmocka_unit_test(ridge_pools_the_scaled_targets_of_all_series),
        cmocka_unit_test(ridge_interpolates_what_is_missing_in_a_context),
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(a_ridge_regression_refuses_what_it_was_not_fitted_to),
        cmocka_unit_test(a_constant_column_is_forecast_as_it_is),
        cmocka_unit_test(nothing_is_lost_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
