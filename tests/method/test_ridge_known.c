/* SPDX-License-Identifier: MIT */
/* The ridge baseline of columns beside known covariates. */
#include "assert_close.h"
#include "forecaster_fixture.h"

#include "base/memory.h"
#include "method/effects.h"
#include "view/scaler.h"
#include <lstmts/baseline.h>

enum { C = 3, K = 2, ROWS = 120, TRAIN = 80, VALID = 100, H = 4, L = 7 };

/* A target that a known covariate moves by 2, the covariate, and a target that it does not move. */
static const int64_t roles[C] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN, LSTM_ROLE_BOTH};
static const int64_t targets[K] = {0, 2};

/* Of series s; the covariate has other units in each. */
static lstm_real value_at(int64_t s, int64_t t, int64_t c)
{
    double offer = noise(3 * t + s) > 0.5,
           z = (double)(10 * s) + wave(t, 7) + 0.2 * noise(9 * t + c);
    if (c == 1)
        return (lstm_real)((double)(1 + s) * offer);
    return (lstm_real)(z + (c == 0 ? 2 * offer : 0));
}

static lstm_dataset *new_data(const int64_t *its_roles, int64_t n_series)
{
    lstm_dataset *dataset = new_dataset(C, its_roles, LSTM_MISSING_MASK);
    for (int64_t s = 0; s < n_series; s++) {
        lstm_real *rows = new_rows(ROWS * C);
        for (int64_t i = 0; i < ROWS * C; i++)
            rows[i] = value_at(s, i / C, i % C);
        add_rows(dataset, rows, ROWS);
    }
    assert_ok(lstm_dataset_split(dataset, LSTM_ALL_SERIES, TRAIN, VALID));
    return dataset;
}

static lstm_method *fitted(const lstm_dataset *dataset)
{
    lstm_method *method = NULL;
    lstm_ridge_options options = LSTM_RIDGE_OPTIONS_INIT;
    options.context_len = L, options.horizon = H;
    assert_ok(lstm_ridge_new(&method, &options));
    assert_ok(lstm_method_fit(method, dataset));
    return method;
}

static lts_scale scale_of(int64_t s, int64_t c)
{
    lts_scale scale = {0, 0};
    for (int64_t t = 0; t < TRAIN; t++)
        scale.shift += (double)value_at(s, t, c) / TRAIN;
    for (int64_t t = 0; t < TRAIN; t++)
        scale.unit += pow((double)value_at(s, t, c) - scale.shift, 2) / TRAIN;
    scale.unit = sqrt(scale.unit);
    return scale;
}

/* What the regression is, from its parts; targets and covariate scaled in each series. */
static void a_forecast_is_the_effects_and_ridge_of_the_rest(void **fixture)
{
    (void)fixture;
    enum { S = 2 };
    lstm_dataset *dataset = new_data(roles, S);
    lstm_method *method = fitted(dataset);
    lstm_real z[S * K][VALID], known[S * VALID], *rest, y[H * K];
    lts_ridge_column columns[S * K];
    const lts_ridge_options options = {
        .L = L, .H = H, .base_len = 1, .n_block = 4, .longest_gap = 2};
    const lts_effects_data data = {S, K, 1, columns, known};
    lts_effects effects;
    lts_ridge *ridge;
    for (int64_t i = 0; i < S * K; i++) {
        const lts_scale scale = scale_of(i / K, targets[i % K]), of_known = scale_of(i / K, 1);
        for (int64_t t = 0; t < VALID; t++) {
            z[i][t] =
                (lstm_real)lts_scale_apply(&scale, (double)value_at(i / K, t, targets[i % K]));
            known[i / K * VALID + t] =
                (lstm_real)lts_scale_apply(&of_known, (double)value_at(i / K, t, 1));
        }
        columns[i] = (lts_ridge_column){
            .values = z[i], .stride = 1, .train_end = TRAIN, .valid_end = VALID, .scale = 1};
    }
    assert_ok(lts_effects_fit(&effects, &options, &data, NULL, &rest));
    assert_ok(lts_ridge_fit(&ridge, &options, S * K, columns));
    for (int64_t i = 0; i < S * K; i++) {
        int64_t s = i / K, k = i % K;
        const lts_scale scale = scale_of(s, targets[k]);
        double x[L], want[H];
        assert_ok(lstm_method_predict(method, dataset, s, VALID - H, H, y));
        for (int64_t t = 0; t < L; t++)
            x[t] = lts_ridge_value(&columns[i], VALID - H - L + t);
        lts_ridge_predict(ridge, 1, x, want);
        for (int64_t h = 0; h < H; h++) {
            want[h] += lts_effects_sum(&effects, k, known + s * VALID + VALID - H + h);
            assert_close("parts", "y", h * K + k, (double)y[h * K + k],
                         lts_scale_invert(&scale, want[h]), 10 * TOLERANCE);
        }
    }
    lts_effects_clear(&effects);
    lts_ridge_free(ridge);
    lts_free(rest);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

static double error_of(const lstm_dataset *dataset)
{
    lstm_method *method = fitted(dataset);
    double sum = 0;
    for (int64_t origin = VALID; origin + H <= ROWS; origin++) {
        lstm_real y[H * K];
        assert_ok(lstm_method_predict(method, dataset, 0, origin, H, y));
        for (int64_t h = 0; h < H; h++)
            sum += fabs((double)y[h * K] - (double)value_at(0, origin + h, 0));
    }
    lstm_method_free(method);
    return sum / (H * (ROWS - VALID - H + 1));
}

static void the_covariate_makes_forecasts_better(void **fixture)
{
    (void)fixture;
    const int64_t unknown[C] = {LSTM_ROLE_BOTH, LSTM_ROLE_INPUT, LSTM_ROLE_BOTH};
    lstm_dataset *dataset = new_data(roles, 1), *without = new_data(unknown, 1);
    double errors[2] = {error_of(dataset), error_of(without)};
    if (!(errors[0] < 0.3 * errors[1]))
        fail_msg("%g with the covariate, %g without", errors[0], errors[1]);
    lstm_dataset_free(dataset);
    lstm_dataset_free(without);
}

/* Bit for bit: a covariate that does not vary where it is learned from. */
static void without_an_effect_it_is_the_regression_of_the_columns(void **fixture)
{
    (void)fixture;
    const int64_t unknown[C] = {LSTM_ROLE_BOTH, LSTM_ROLE_INPUT, LSTM_ROLE_BOTH};
    lstm_dataset *data[2];
    lstm_real y[2][H * K];
    for (int i = 0; i < 2; i++) {
        lstm_real *rows = new_rows(ROWS * C);
        for (int64_t j = 0; j < ROWS * C; j++)
            rows[j] = j % C != 1 ? value_at(0, j / C, j % C) : j / C < VALID ? 0.3F : 9;
        data[i] = new_dataset(C, i == 0 ? roles : unknown, LSTM_MISSING_MASK);
        add_rows(data[i], rows, ROWS);
        assert_ok(lstm_dataset_split(data[i], LSTM_ALL_SERIES, TRAIN, VALID));
        lstm_method *method = fitted(data[i]);
        /* no future rows are needed */
        assert_ok(lstm_method_predict(method, data[i], 0, ROWS, H, y[i]));
        lstm_method_free(method);
        lstm_dataset_free(data[i]);
    }
    assert_memory_equal(y[0], y[1], sizeof y[0]);
}

static void the_horizon_must_be_known(void **fixture)
{
    (void)fixture;
    const int64_t other_roles[C] = {LSTM_ROLE_BOTH, LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    lstm_dataset *dataset = new_data(roles, 1), *other = new_data(other_roles, 1);
    lstm_method *method = fitted(dataset);
    lstm_real y[H * K], future[H * C] = {0};
    future[C + 1] = 1;
    assert_status(lstm_method_predict(method, dataset, 0, ROWS, H, y), LSTM_E_SHAPE,
                  "column 1 (1) is known to row 119");
    assert_ok(lstm_method_predict(method, dataset, 0, ROWS - H, H, y));
    assert_status(
        lstm_method_predict(method, other, 0, VALID, H, y), LSTM_E_SHAPE,
        "1 known covariates, 0 of them where the ridge regression, which was fitted to 1");
    assert_ok(lstm_dataset_set_future(dataset, 0, future, H));
    assert_ok(lstm_method_predict(method, dataset, 0, ROWS, H, y));
    if (!((double)(y[K] - y[0]) > 1.2)) /* the waves differ by less than .8 */
        fail_msg("%g with an offer after %g without", (double)y[K], (double)y[0]);
    lstm_method_free(method);
    lstm_dataset_free(dataset);
    lstm_dataset_free(other);
}

/* Columns of the calendar are covariates that need no rows. */
static void the_calendar_is_known(void **fixture)
{
    (void)fixture;
    const int64_t one[1] = {LSTM_ROLE_BOTH}, day = 86400;
    int64_t holidays[ROWS], n_holiday = 0;
    lstm_dataset *dataset = new_timed(1, one, LSTM_STEP_SECONDS, day);
    lstm_real *rows = new_rows(ROWS), y[H];
    for (int64_t t = 0; t < ROWS + H; t++) {
        bool is_holiday = noise(t) > 0.6 || t == ROWS + 1;
        if (is_holiday)
            holidays[n_holiday++] = t * day;
        if (t < ROWS)
            rows[t] = (lstm_real)(5 + noise(7 * t) / 10 - (is_holiday ? 4 : 0));
    }
    add_rows(dataset, rows, ROWS);
    assert_ok(lstm_dataset_add_calendar(dataset, LSTM_CALENDAR_HOLIDAY, holidays, n_holiday));
    assert_ok(lstm_dataset_split(dataset, LSTM_ALL_SERIES, TRAIN, VALID));
    lstm_method *method = fitted(dataset);
    assert_ok(lstm_method_predict(method, dataset, 0, ROWS, H, y));
    for (int64_t h = 0; h < H; h++) {
        bool is_holiday = noise(ROWS + h) > 0.6 || h == 1;
        assert_close("calendar", "y", h, (double)y[h], is_holiday ? 1 : 5, 0.3);
    }
    lstm_method_free(method);
    lstm_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_forecast_is_the_effects_and_ridge_of_the_rest),
        cmocka_unit_test(the_covariate_makes_forecasts_better),
        cmocka_unit_test(without_an_effect_it_is_the_regression_of_the_columns),
        cmocka_unit_test(the_horizon_must_be_known),
        cmocka_unit_test(the_calendar_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
