/* SPDX-License-Identifier: MIT */
/*
 * The Theta method against statsmodels 0.15: ThetaModel's season, test and combination, at the
 * smoothing parameter that SciPy's brentq finds for the derivative of the sum of squared errors to
 * 1e-14 (its own optimizer stops at 1e-5).
 */
#include "assert_close.h"

#include "method/theta.h"
#include "seasonal_method.h"

static const double ratios_y[] = {
    93.9382939582, 111.906916233, 121.993874365, 125.092916896, 124.949468632,
    115.284726114, 97.878106527,  83.894273224,  73.954100117,  74.6269853598,
    75.7114576533, 85.5415046488, 98.5173030409, 117.339734812,
};
static const double walk_y[] = {
    27.1022358004, 26.9898494079, 27.1446399363, 27.0528543171, 27.5824097839, 27.4659235589,
};
static const double no_season_y[] = {
    21.8745607432, 21.9043772059, 21.9341936686, 21.9640101314, 21.9938265941, 22.0236430569,
};
static const double differences_y[] = {
    3.10879976967, 6.34652067181, 3.78593800251, 0.584373190364, 3.29289766393, 6.53061856606,
};
static const double odd_y[] = {
    34.732918514,  40.708228625,  47.3524908891, 50.1315626296, 48.5450016763,
    39.8987046053, 35.4725800232, 35.3151217291, 41.3889616227,
};

#define ASSERT_THETA(table, m)                                                                     \
    assert_theta(#table, LENGTH(table##_x), table##_x, (m), LENGTH(table##_y), table##_y)

enum { MOST = 64 };

static void assert_theta(const char *name, int64_t n, const double *x, int64_t m, int64_t H,
                         const double *want)
{
    double y[MOST];
    assert_ok(lts_theta(n, x, m, H, y));
    for (int64_t h = 0; h < H; h++)
        assert_close(name, "y", h, y[h], want[h], 1e-8 * fabs(want[h]));
}

static void a_season_of_ratios_is_as_in_statsmodels(void **fixture)
{
    (void)fixture;
    ASSERT_THETA(ratios, 12);
    ASSERT_THETA(odd, 7);
    ASSERT_THETA(walk, 4);
}

static void a_season_of_values_below_zero_is_one_of_differences(void **fixture)
{
    (void)fixture;
    ASSERT_THETA(differences, 4);
}

static void a_season_that_is_not_significant_is_not_used(void **fixture)
{
    (void)fixture;
    ASSERT_THETA(no_season, 4);
    ASSERT_THETA(no_season, 0);
    ASSERT_THETA(no_season, 1);
    ASSERT_THETA(no_season, 30); /* less than two seasons */
}

/* Values that lie on a line are what interpolation finds. */
static void missing_rows_are_interpolated_cut_off_or_predicted(void **fixture)
{
    (void)fixture;
    enum { N = 20, H = 5 };
    double line[N + 2], holes[N + 3], y[H], want[H];
    for (int64_t t = 0; t < N; t++)
        line[t] = 3 + (double)t;
    holes[0] = (double)NAN;
    memcpy(holes + 1, line, N * sizeof *line);
    holes[5] = holes[6] = holes[11] = (double)NAN;
    holes[N + 1] = holes[N + 2] = (double)NAN;
    assert_ok(lts_theta(N, line, 4, H, want));
    assert_ok(lts_theta(N + 3, holes, 4, H - 2, y));
    for (int64_t h = 0; h < H - 2; h++)
        assert_close("holes", "y", h, y[h], want[h + 2], 1e-9);
}

static void extreme_contexts_have_a_forecast(void **fixture)
{
    (void)fixture;
    assert_extreme_contexts(lts_theta);
}

static void without_memory_the_forecast_is_not_written(void **fixture)
{
    (void)fixture;
    assert_not_written_without_memory(lts_theta);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_season_of_ratios_is_as_in_statsmodels),
        cmocka_unit_test(a_season_of_values_below_zero_is_one_of_differences),
        cmocka_unit_test(a_season_that_is_not_significant_is_not_used),
        cmocka_unit_test(missing_rows_are_interpolated_cut_off_or_predicted),
        cmocka_unit_test(extreme_contexts_have_a_forecast),
        cmocka_unit_test(without_memory_the_forecast_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
