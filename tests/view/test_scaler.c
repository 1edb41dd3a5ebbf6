/* SPDX-License-Identifier: MIT */
#include "assert_close.h"
#include "dataset_fixture.h"
#include "failing_allocator.h"
#include "view/scaler.h"

#define NA ((lstm_real)NAN)

enum { N = 11 };
static const lstm_real values[N] = {3.5, 1.25, 8, .5, 2, 2, 7.75, 4, 1e3, 6, 2.5};

/* Center and scale of StandardScaler, MinMaxScaler and RobustScaler of scikit-learn 1.9.1, for the
 * values, their logarithms and their square roots. */
static const struct {
    int64_t kind, transform;
    double shift, unit;
} scales[] = {
    {1, LSTM_TRANSFORM_NONE, 94.31818181818181, 286.411855608419},
    {2, LSTM_TRANSFORM_NONE, 0.5, 999.5},
    {3, LSTM_TRANSFORM_NONE, 3.5, 4.875},
    {1, LSTM_TRANSFORM_LOG, 1.572571629692623, 1.8601998710481766},
    {2, LSTM_TRANSFORM_LOG, -0.6931471805599453, 7.600902459542082},
    {3, LSTM_TRANSFORM_LOG, 1.252762968495368, 1.22657897573671},
    {1, LSTM_TRANSFORM_SQRT, 4.5263737335256335, 8.59244567295197},
    {2, LSTM_TRANSFORM_SQRT, 0.7071067811865476, 30.915669820497246},
    {3, LSTM_TRANSFORM_SQRT, 1.8708286933869707, 1.202472399725999},
};

static void scales_are_those_of_scikit_learn(void **fixture)
{
    (void)fixture;
    const lts_stretch whole = {values, 1, N, NULL, 0};
    for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++) {
        lts_scale scale;
        const lts_transform t = {scales[i].transform, 0};
        assert_ok(lts_scale_fit(&scale, scales[i].kind, &t, &whole, 1));
        assert_close("scale", "shift", (int64_t)i, scale.shift, scales[i].shift, 1e-13 * 100);
        assert_close("scale", "unit", (int64_t)i, scale.unit, scales[i].unit, 1e-13 * 1000);
        assert_close("scale", "inverse", (int64_t)i,
                     lts_scale_invert(&scale, lts_scale_apply(&scale, 5)), 5, 1e-12);
    }
}

static void pieces_with_gaps_have_the_scale_of_their_values(void **fixture)
{
    (void)fixture;
    lstm_real rows[3 * N];
    for (int64_t i = 0; i < N; i++) {
        rows[3 * i] = values[i];
        rows[3 * i + 1] = rows[3 * i + 2] = NA;
    }
    const lts_stretch whole = {values, 1, N, NULL, 0},
                      pieces[3] = {{rows + 3 * 4, 3, N - 4, NULL, 0},
                                   {rows, 1, 12, NULL, 0},
                                   {rows, 3, 0, NULL, 0}};
    for (int64_t kind = LSTM_SCALING_NONE; kind <= LSTM_SCALING_ROBUST; kind++) {
        lts_scale a, b;
        assert_ok(lts_scale_fit(&a, kind, NULL, &whole, 1));
        assert_ok(lts_scale_fit(&b, kind, NULL, pieces, 3));
        assert_close("pieces", "shift", kind, b.shift, a.shift, 1e-12);
        assert_close("pieces", "unit", kind, b.unit, a.unit, 1e-12);
    }
}

static void a_column_without_spread_has_the_unit_1(void **fixture)
{
    (void)fixture;
    lstm_real constant[1000];
    for (int i = 0; i < 1000; i++)
        constant[i] = (lstm_real)0.1;
    const lts_stretch whole = {constant, 1, 1000, NULL, 0}, one = {constant, 1, 1, NULL, 0};
    for (int64_t kind = LSTM_SCALING_STANDARD; kind <= LSTM_SCALING_ROBUST; kind++) {
        lts_scale scale;
        assert_ok(lts_scale_fit(&scale, kind, NULL, &whole, 1));
        assert_true(scale.unit == 1);
        assert_close("constant", "shift", kind, scale.shift, (double)constant[0], 1e-13);
        assert_ok(lts_scale_fit(&scale, kind, NULL, &one, 1));
        assert_true(scale.unit == 1);
    }
}

static void equal_quartiles_give_way_to_the_standard_deviation(void **fixture)
{
    (void)fixture;
    const lstm_real rain[8] = {0, 0, 0, 0, 0, 0, 0, 8};
    const lts_stretch whole = {rain, 1, 8, NULL, 0};
    lts_scale scale;
    assert_ok(lts_scale_fit(&scale, LSTM_SCALING_ROBUST, NULL, &whole, 1));
    assert_true(scale.shift == 0);
    assert_close("rain", "unit", 0, scale.unit, sqrt(7), 1e-14); /* mean 1, (7 x 1 + 49) / 8 */
}

static void scales_without_values_are_refused(void **fixture)
{
    (void)fixture;
    const lstm_real gap[2] = {NA, NA};
    const lts_stretch whole = {gap, 1, 2, NULL, 0}, some = {values, 1, N, NULL, 0};
    lts_scale scale = {7, 7};
    assert_status(lts_scale_fit(&scale, LSTM_SCALING_STANDARD, NULL, &whole, 1), LSTM_E_SHAPE,
                  "no value");
    assert_status(lts_scale_fit(&scale, 4, NULL, &some, 1), LSTM_E_ARGUMENT, "scaling is 4");
    assert_true(scale.shift == 7 && scale.unit == 7);
}

/* Two columns, whose values of the second are 10 times those of the first, and two series. */
static lstm_dataset *two_series(void)
{
    const lstm_real a[12] = {1, 10, 2, 20, 3, 30, 4, NA, 50, 500, 600, 6000};
    const lstm_real b[8] = {7, 70, 9, 90, NA, NA, NA, NA};
    lstm_dataset *d = new_dataset(2, NULL, LSTM_MISSING_MASK);
    assert_ok(lstm_dataset_add(d, "a", a, 6, 0));
    assert_ok(lstm_dataset_add(d, "b", b, 4, 0));
    assert_ok(lstm_dataset_split(d, 0, 4, 5));
    assert_ok(lstm_dataset_split(d, 1, 2, 2));
    return d;
}

static void assert_scale(const lts_scaler *scaler, int64_t series, int64_t column, double shift,
                         double unit)
{
    const lts_scale *scale = lts_scaler_get(scaler, series, column);
    assert_close("scale", "shift", column, scale->shift, shift, 1e-12);
    assert_close("scale", "unit", column, scale->unit, unit, 1e-12);
}

static void a_scaler_reads_the_rows_of_its_part(void **fixture)
{
    (void)fixture;
    lstm_dataset *d = two_series();
    lts_scaler scaler;
    assert_ok(lts_scaler_fit(&scaler, LSTM_SCALING_MINMAX, d, LSTM_PART_TRAIN, false, NULL));
    for (int64_t s = 0; s < 2; s++) {
        assert_scale(&scaler, s, 0, 1, 8);
        assert_scale(&scaler, s, 1, 10, 80);
    }
    lts_scaler_clear(&scaler);
    assert_ok(lts_scaler_fit(&scaler, LSTM_SCALING_MINMAX, d, LSTM_PART_TRAIN_VALID, true, NULL));
    assert_scale(&scaler, 0, 0, 1, 49);
    assert_scale(&scaler, 0, 1, 10, 490);
    assert_scale(&scaler, 1, 1, 70, 20);
    lts_scaler_clear(&scaler);
    assert_ok(lts_scaler_fit(&scaler, LSTM_SCALING_MINMAX, d, LSTM_PART_ALL, false, NULL));
    assert_scale(&scaler, 1, 0, 1, 599);
    lts_scaler_clear(&scaler);
    lstm_dataset_free(d);
}

static void a_series_without_values_is_not_scaled(void **fixture)
{
    (void)fixture;
    lstm_dataset *d = two_series();
    lts_scaler scaler;
    assert_ok(lstm_dataset_split(d, 1, 0, 0));
    assert_ok(lts_scaler_fit(&scaler, LSTM_SCALING_STANDARD, d, LSTM_PART_TRAIN, true, NULL));
    assert_scale(&scaler, 1, 0, 0, 1);
    assert_scale(&scaler, 0, 0, 2.5, sqrt(1.25));
    lts_scaler_clear(&scaler);
    assert_ok(lstm_dataset_split(d, 0, 0, 0));
    assert_ok(lts_scaler_fit(&scaler, LSTM_SCALING_STANDARD, d, LSTM_PART_TRAIN, false, NULL));
    assert_scale(&scaler, 0, 0, 0, 1);
    lts_scaler_clear(&scaler);
    lstm_dataset_free(d);
}

static void a_value_outside_of_the_domain_is_named(void **fixture)
{
    (void)fixture;
    lstm_dataset *d = two_series();
    lts_scaler scaler;
    const lts_transform roots[2] = {{LSTM_TRANSFORM_NONE, 0}, {LSTM_TRANSFORM_SQRT, 0}};
    const lts_transform logs[2] = {{LSTM_TRANSFORM_LOG, 0}, {LSTM_TRANSFORM_BOXCOX, 7}};
    assert_ok(lts_scaler_fit(&scaler, LSTM_SCALING_MINMAX, d, LSTM_PART_TRAIN, false, roots));
    assert_scale(&scaler, 0, 0, 1, 8);
    assert_scale(&scaler, 0, 1, sqrt(10), sqrt(90) - sqrt(10));
    lts_scaler_clear(&scaler);
    assert_ok(lstm_dataset_append(d, 1, (const lstm_real[]){0, -1}, 1));
    assert_status(lts_scaler_fit(&scaler, LSTM_SCALING_MINMAX, d, LSTM_PART_ALL, false, roots),
                  LSTM_E_NUMERIC,
                  "series \"b\", row 4, column 1 (1) is -1: the column's transformation needs "
                  "non-negative values");
    assert_status(lts_scaler_fit(&scaler, LSTM_SCALING_MINMAX, d, LSTM_PART_ALL, false, logs),
                  LSTM_E_NUMERIC, "column 0 (0) is 0: the column's transformation needs positive");
    assert_status(lts_scaler_fit(&scaler, LSTM_SCALING_MINMAX, d, LSTM_PART_TRAIN, false, logs),
                  LSTM_E_ARGUMENT, "lambda is 7");
    lstm_dataset_free(d);
}

static lstm_status fit_and_clear(void *context)
{
    lts_scaler scaler;
    lstm_status status =
        lts_scaler_fit(&scaler, LSTM_SCALING_ROBUST, context, LSTM_PART_ALL, true, NULL);
    if (status >= 0)
        lts_scaler_clear(&scaler);
    return status;
}

static void exhausted_memory_is_reported_and_nothing_is_lost(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    lstm_dataset *d = two_series();
    assert_int_equal(failing_allocator_sweep(&memory, fit_and_clear, d), 2);
    lstm_dataset_free(d);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scales_are_those_of_scikit_learn),
        cmocka_unit_test(pieces_with_gaps_have_the_scale_of_their_values),
        cmocka_unit_test(a_column_without_spread_has_the_unit_1),
        cmocka_unit_test(equal_quartiles_give_way_to_the_standard_deviation),
        cmocka_unit_test(scales_without_values_are_refused),
        cmocka_unit_test(a_scaler_reads_the_rows_of_its_part),
        cmocka_unit_test(a_series_without_values_is_not_scaled),
        cmocka_unit_test(a_value_outside_of_the_domain_is_named),
        cmocka_unit_test(exhausted_memory_is_reported_and_nothing_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
