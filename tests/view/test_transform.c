/* SPDX-License-Identifier: MIT */
#include "assert_close.h"
#include "view/transform.h"

#include <float.h>

/* Values of scipy.special.boxcox, SciPy 1.17.1. */
static const struct {
    double lambda, x, y;
} boxcox[] = {
    {-1, 0.001, -998.9999999999998},
    {-1, 0.5, -1.0},
    {-1, 1, 0.0},
    {-1, 2.5, 0.6},
    {-1, 1000.0, 0.999},
    {-0.5, 0.001, -61.24555320336758},
    {-0.5, 0.5, -0.8284271247461901},
    {-0.5, 1, 0.0},
    {-0.5, 2.5, 0.7350889359326482},
    {-0.5, 1000.0, 1.9367544467966324},
    {0, 0.001, -6.907755278982137},
    {0, 0.5, -0.6931471805599453},
    {0, 1, 0.0},
    {0, 2.5, 0.9162907318741551},
    {0, 1000.0, 6.907755278982137},
    {1e-09, 0.001, -6.907755255123595},
    {1e-09, 0.5, -0.6931471803197188},
    {1e-09, 1, 0.0},
    {1e-09, 2.5, 0.9162907322939495},
    {1e-09, 1000.0, 6.907755302840679},
    {0.25, 0.001, -3.2886882359844307},
    {0.25, 0.5, -0.6364143389851418},
    {0.25, 1, 0.0},
    {0.25, 2.5, 1.0297337187317417},
    {0.25, 1000.0, 18.49365300761396},
    {0.5, 0.001, -1.9367544467966324},
    {0.5, 0.5, -0.585786437626905},
    {0.5, 1, 0.0},
    {0.5, 2.5, 1.1622776601683795},
    {0.5, 1000.0, 61.24555320336758},
    {1, 0.001, -0.999},
    {1, 0.5, -0.5},
    {1, 1, 0.0},
    {1, 2.5, 1.5},
    {1, 1000.0, 998.9999999999998},
    {2, 0.001, -0.4999995},
    {2, 0.5, -0.375},
    {2, 1, 0.0},
    {2, 2.5, 2.625},
    {2, 1000.0, 499999.49999999977},
};

static void box_cox_has_the_values_of_scipy(void **fixture)
{
    (void)fixture;
    for (size_t i = 0; i < sizeof boxcox / sizeof boxcox[0]; i++) {
        const lts_transform t = {LSTM_TRANSFORM_BOXCOX, boxcox[i].lambda};
        assert_ok(lts_transform_check(&t));
        double y = lts_transform_apply(&t, boxcox[i].x);
        assert_close("boxcox", "y", (int64_t)i, y, boxcox[i].y, 1e-14 * (1 + fabs(boxcox[i].y)));
    }
}

static void the_inverse_returns_to_the_value(void **fixture)
{
    (void)fixture;
    const lts_transform all[] = {
        {LSTM_TRANSFORM_NONE, 0},    {LSTM_TRANSFORM_LOG, 0},    {LSTM_TRANSFORM_SQRT, 0},
        {LSTM_TRANSFORM_BOXCOX, -1}, {LSTM_TRANSFORM_BOXCOX, 0}, {LSTM_TRANSFORM_BOXCOX, .3},
        {LSTM_TRANSFORM_BOXCOX, 1},  {LSTM_TRANSFORM_BOXCOX, 2}, {LSTM_TRANSFORM_BOXCOX, -.4}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        double before = -INFINITY;
        assert_ok(lts_transform_check(&all[i]));
        for (double x = 1e-3; x < 1e4; x *= 1.3) {
            double y = lts_transform_apply(&all[i], x);
            assert_true(y > before); /* increasing */
            /* y is rounded, and dy/dx = x^(lambda - 1), at least half of it for the root */
            double power = all[i].kind == LSTM_TRANSFORM_SQRT   ? .5
                           : all[i].kind == LSTM_TRANSFORM_NONE ? 1
                                                                : all[i].lambda;
            double rounding = 8 * DBL_EPSILON * ((1 + fabs(y)) * pow(x, 1 - power) + x);
            assert_close("inverse", "x", (int64_t)i, lts_transform_invert(&all[i], y), x, rounding);
            before = y;
        }
        assert_true(isnan(lts_transform_apply(&all[i], (double)NAN)));
        assert_true(isnan(lts_transform_invert(&all[i], (double)NAN)));
    }
}

static void outputs_beyond_the_range_become_the_nearest_value(void **fixture)
{
    (void)fixture;
    const double largest = sizeof(lstm_real) == sizeof(float) ? (double)FLT_MAX : DBL_MAX;
    assert_true(lts_transform_invert(&(lts_transform){LSTM_TRANSFORM_SQRT, 0}, -3) == 0);
    assert_true(lts_transform_invert(&(lts_transform){LSTM_TRANSFORM_BOXCOX, .5}, -2.5) == 0);
    assert_true(lts_transform_invert(&(lts_transform){LSTM_TRANSFORM_BOXCOX, .5}, -2) == 0);
    assert_true(lts_transform_invert(&(lts_transform){LSTM_TRANSFORM_BOXCOX, -.5}, 2) == largest);
    assert_true(lts_transform_invert(&(lts_transform){LSTM_TRANSFORM_BOXCOX, -.5}, 9) == largest);
    assert_true(lts_transform_invert(&(lts_transform){LSTM_TRANSFORM_LOG, 0}, 1e4) == largest);
    assert_true(lts_transform_invert(&(lts_transform){LSTM_TRANSFORM_LOG, 0}, -1e4) == 0);
    assert_true(lts_transform_invert(&(lts_transform){LSTM_TRANSFORM_NONE, 0}, -3) == -3);
}

static void each_transformation_takes_its_domain(void **fixture)
{
    (void)fixture;
    const struct {
        lts_transform t;
        bool negative, zero;
    } domains[] = {{{LSTM_TRANSFORM_NONE, 0}, true, true},
                   {{LSTM_TRANSFORM_LOG, 0}, false, false},
                   {{LSTM_TRANSFORM_SQRT, 0}, false, true},
                   {{LSTM_TRANSFORM_BOXCOX, 1}, false, false}};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(lts_transform_takes(&domains[i].t, -1e-30), domains[i].negative);
        assert_int_equal(lts_transform_takes(&domains[i].t, 0), domains[i].zero);
        assert_true(lts_transform_takes(&domains[i].t, 1e-30));
        assert_true(lts_transform_takes(&domains[i].t, (double)NAN));
    }
}

static void wrong_transformations_are_refused(void **fixture)
{
    (void)fixture;
    const struct {
        lts_transform t;
        const char *part;
    } wrong[] = {{{-1, 0}, "transform is -1"},
                 {{4, 0}, "transform is 4"},
                 {{LSTM_TRANSFORM_BOXCOX, 2.5}, "lambda is 2.5"},
                 {{LSTM_TRANSFORM_BOXCOX, -1.5}, "lambda is -1.5"},
                 {{LSTM_TRANSFORM_BOXCOX, (double)NAN}, "lambda is nan"},
                 {{LSTM_TRANSFORM_LOG, .5}, "lambda is 0.5"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_status(lts_transform_check(&wrong[i].t), LSTM_E_ARGUMENT, wrong[i].part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(box_cox_has_the_values_of_scipy),
        cmocka_unit_test(the_inverse_returns_to_the_value),
        cmocka_unit_test(outputs_beyond_the_range_become_the_nearest_value),
        cmocka_unit_test(each_transformation_takes_its_domain),
        cmocka_unit_test(wrong_transformations_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
