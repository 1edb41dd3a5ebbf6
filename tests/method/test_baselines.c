/* SPDX-License-Identifier: MIT */
#include "assert_close.h"

#include "method/baselines.h"

#define LENGTH(array) ((int64_t)(sizeof(array) / sizeof *(array)))
#define HOLE          ((double)NAN)

/* Two seasons of 3 rows and one row more, with and without holes. */
static const double whole[] = {1, 5, 3, 2, 8, 4, 6};
static const double holes[] = {HOLE, 5, 3, 2, HOLE, 4, HOLE};

enum { H = 7 };

static void assert_forecast(const char *name, const double *y, const double *want)
{
    for (int64_t h = 0; h < H; h++)
        assert_close(name, "y", h, y[h], want[h], 1e-14 * (1 + fabs(want[h])));
}

static void the_last_value_is_the_last_observed_one(void **fixture)
{
    (void)fixture;
    double y[H];
    lts_naive(LENGTH(whole), whole, H, y);
    assert_forecast("whole", y, (double[]){6, 6, 6, 6, 6, 6, 6});
    lts_naive(LENGTH(holes), holes, H, y);
    assert_forecast("holes", y, (double[]){4, 4, 4, 4, 4, 4, 4});
}

/* Row 7, the first one forecast, has the phase of rows 1 and 4. */
static void the_seasonal_value_is_the_last_observed_one_of_its_phase(void **fixture)
{
    (void)fixture;
    double y[H];
    lts_seasonal_naive(LENGTH(whole), whole, 3, H, y);
    assert_forecast("whole", y, (double[]){8, 4, 6, 8, 4, 6, 8});
    lts_seasonal_naive(LENGTH(holes), holes, 3, H, y);
    assert_forecast("holes", y, (double[]){5, 4, 2, 5, 4, 2, 5});
    lts_seasonal_naive(LENGTH(whole), whole, 1, H, y);
    assert_forecast("season of one row", y, (double[]){6, 6, 6, 6, 6, 6, 6});
    lts_seasonal_naive(2, whole, 4, H, y); /* phases 2 and 3 have no row yet */
    assert_forecast("short", y, (double[]){5, 5, 1, 5, 5, 5, 1});
}

static void drift_continues_the_line_through_the_ends(void **fixture)
{
    (void)fixture;
    double y[H], slope = 5.0 / 6, want[H];
    for (int64_t h = 0; h < H; h++)
        want[h] = 6 + slope * (double)(h + 1);
    lts_drift(LENGTH(whole), whole, H, y);
    assert_forecast("whole", y, want);
    /* from (row 1, 5) to (row 5, 4) */
    for (int64_t h = 0; h < H; h++)
        want[h] = 4 - 0.25 * (double)(h + 2);
    lts_drift(LENGTH(holes), holes, H, y);
    assert_forecast("holes", y, want);
    lts_drift(1, whole, H, y);
    assert_forecast("one row", y, (double[]){1, 1, 1, 1, 1, 1, 1});
}

static void seasonal_drift_adds_the_mean_change_over_a_season(void **fixture)
{
    (void)fixture;
    double y[H];
    /* changes over 3 rows: 1, 3, 1, 4; their mean is 9/4, the slope 3/4 */
    lts_seasonal_naive_drift(LENGTH(whole), whole, 3, H, y);
    assert_forecast("whole", y, (double[]){10.25, 6.25, 8.25, 12.5, 8.5, 10.5, 14.75});
    /* the one observed change is 4 - 3; row 7 takes row 1, six rows before it */
    lts_seasonal_naive_drift(LENGTH(holes), holes, 3, H, y);
    assert_forecast("holes", y, (double[]){7, 5, 4, 8, 6, 5, 9});
    lts_seasonal_naive_drift(3, whole, 3, H, y);
    assert_forecast("no change", y, (double[]){1, 5, 3, 1, 5, 3, 1});
}

static void the_moving_average_skips_what_is_missing(void **fixture)
{
    (void)fixture;
    double y[H];
    lts_moving_average(LENGTH(whole), whole, 3, H, y);
    assert_forecast("whole", y, (double[]){6, 6, 6, 6, 6, 6, 6});
    lts_moving_average(LENGTH(whole), whole, 100, H, y);
    double mean = 29.0 / 7;
    assert_forecast("all", y, (double[]){mean, mean, mean, mean, mean, mean, mean});
    lts_moving_average(LENGTH(holes), holes, 4, H, y);
    assert_forecast("holes", y, (double[]){3, 3, 3, 3, 3, 3, 3});
    lts_moving_average(LENGTH(holes), holes, 1, H, y);
    assert_forecast("only holes", y, (double[]){4, 4, 4, 4, 4, 4, 4});
}

static void without_an_observed_value_there_is_no_forecast(void **fixture)
{
    (void)fixture;
    const double missing[] = {HOLE, HOLE, HOLE};
    const double want[H] = {HOLE, HOLE, HOLE, HOLE, HOLE, HOLE, HOLE};
    double y[H];
    for (int64_t n = 0; n <= LENGTH(missing); n++) {
        lts_naive(n, missing, H, y);
        assert_forecast("naive", y, want);
        lts_seasonal_naive(n, missing, 2, H, y);
        assert_forecast("seasonal", y, want);
        lts_drift(n, missing, H, y);
        assert_forecast("drift", y, want);
        lts_seasonal_naive_drift(n, missing, 2, H, y);
        assert_forecast("seasonal drift", y, want);
        lts_moving_average(n, missing, 2, H, y);
        assert_forecast("average", y, want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_value_is_the_last_observed_one),
        cmocka_unit_test(the_seasonal_value_is_the_last_observed_one_of_its_phase),
        cmocka_unit_test(drift_continues_the_line_through_the_ends),
        cmocka_unit_test(seasonal_drift_adds_the_mean_change_over_a_season),
        cmocka_unit_test(the_moving_average_skips_what_is_missing),
        cmocka_unit_test(without_an_observed_value_there_is_no_forecast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
