/* SPDX-License-Identifier: MIT */
/*
 * The Theta method against statsmodels 0.15: ThetaModel's season, test and combination, at the
 * smoothing parameter that SciPy's brentq finds for the derivative of the sum of squared errors to
 * 1e-14 (its own optimizer stops at 1e-5).
 */
#include "assert_close.h"

#include "failing_allocator.h"
#include "method/theta.h"

static const double ratios_x[] = {
    54.1, 53.3, 65.8, 67,   66.1,  61.7, 50.8,  46.8,  40,    46.7,  43.4,  49.3, 59,   68.1, 75,
    79.8, 80.1, 72.7, 66.3, 55,    48.9, 49.9,  51.1,  57.1,  68.8,  81.6,  93.1, 92.5, 90.7, 86.2,
    72.2, 63,   57.7, 54.6, 57.3,  67.6, 73.1,  93.6,  99.4,  102.2, 103.9, 96.6, 82.7, 69.6, 63.1,
    60.1, 67.1, 76,   88.8, 104.8, 113,  116.2, 116.6, 107.4, 92.8,  78.3,  70.6, 61.9, 72.7, 83.6,
};
static const double ratios_y[] = {
    93.9382939582, 111.906916233, 121.993874365, 125.092916896, 124.949468632,
    115.284726114, 97.878106527,  83.894273224,  73.954100117,  74.6269853598,
    75.7114576533, 85.5415046488, 98.5173030409, 117.339734812,
};
static const double walk_x[] = {
    18.66, 19.02, 18.36, 19.42, 17.68, 17.07, 18.08, 19.53, 17.67, 17.48,
    18.1,  17.8,  19.69, 18.8,  19.45, 18.7,  20.41, 20.69, 20.61, 19.2,
    21.18, 22.23, 23.28, 24.72, 25.37, 25.03, 24.53, 24.03, 25.7,  24.54,
    24.24, 24.22, 24.75, 25.62, 24.67, 23.24, 23.54, 25.05, 26.11, 26.63,
};
static const double walk_y[] = {
    27.1022358004, 26.9898494079, 27.1446399363, 27.0528543171, 27.5824097839, 27.4659235589,
};
static const double no_season_x[] = {
    20.85, 19.64, 19.95, 20.96, 20.84, 21.95, 18.21, 21.21, 19.92, 20.58,
    21.34, 21.63, 21.64, 20.81, 22.31, 20.47, 20.66, 21.65, 20.35, 23.11,
    22.02, 23.23, 21.07, 20.77, 21.37, 21.98, 20.71, 21.73, 21.38, 23.07,
};
static const double no_season_y[] = {
    21.8745607432, 21.9043772059, 21.9341936686, 21.9640101314, 21.9938265941, 22.0236430569,
};
static const double differences_x[] = {
    -2.25, 1.33, -1.99, -4.05, -2.24, 1.61, -1.49, -3.87, -1.02, 3.94, 0.2,  -2.7,
    -2.43, 2.03, -1.09, -3.07, -2.22, 3.64, 0.65,  -4.14, -0.78, 2.46, 0.23, -2.19,
    2.04,  3.34, 1.21,  -2.18, 2.21,  4.49, 2.09,  -2.76, 1.05,  3.65, 2.6,  -0.97,
    1.36,  4.34, 2.19,  -1.66, 1.26,  5.49, 4.17,  -0.9,  1.96,  4.56, 1.53, 0.12,
    3.48,  5.91, 3.27,  0.19,  3.31,  5.08, 3.03,  0.59,  2.97,  6.32, 3.14, 0.63,
};
static const double differences_y[] = {
    3.10879976967, 6.34652067181, 3.78593800251, 0.584373190364, 3.29289766393, 6.53061856606,
};
static const double odd_x[] = {
    35,   35.5, 28.1, 23.6, 24.2, 27.8, 35.3, 39.2, 35.8, 31.3, 28.7, 26.8, 31.3, 36.3, 36.9,
    38.3, 29.1, 28.4, 27.5, 34,   38.1, 39.8, 39.2, 32.2, 28.3, 28.8, 33.4, 39.5, 41.5, 40,
    31.2, 29.4, 28,   36.7, 43.3, 41.5, 42.1, 35.5, 29.3, 31.8, 35.6, 40.3, 45.7, 43.2, 37.2,
    30.1, 33.1, 38.7, 42.8, 46.8, 44.9, 37.6, 35.7, 33.6, 37.5, 44.9, 49.4, 50,   39.5, 34.5,
};
static const double odd_y[] = {
    34.732918514,  40.708228625,  47.3524908891, 50.1315626296, 48.5450016763,
    39.8987046053, 35.4725800232, 35.3151217291, 41.3889616227,
};

#define LENGTH(array) ((int64_t)(sizeof(array) / sizeof *(array)))
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
    const double flat[] = {7, 7, 7, 7, 7, 7}, missing[] = {(double)NAN, (double)NAN};
    double y[2];
    for (int64_t n = 1; n <= LENGTH(flat); n++) {
        assert_ok(lts_theta(n, flat, 2, 2, y));
        assert_true(y[0] == 7 && y[1] == 7);
    }
    assert_ok(lts_theta(LENGTH(missing), missing, 2, 2, y));
    assert_true(isnan(y[0]) && isnan(y[1]));
    assert_ok(lts_theta(0, flat, 2, 2, y));
    assert_true(isnan(y[0]) && isnan(y[1]));
}

static lstm_status attempt(void *y)
{
    return lts_theta(LENGTH(ratios_x), ratios_x, 12, LENGTH(ratios_y), y);
}

static void without_memory_the_forecast_is_not_written(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    double y[MOST] = {0.5};
    failing_allocator_install(&memory);
    failing_allocator_fail(&memory, 1, 1);
    assert_status(attempt(y), LSTM_E_NOMEM, NULL);
    assert_true(y[0] == 0.5);
    assert_int_equal(failing_allocator_sweep(&memory, attempt, y), 1);
    failing_allocator_remove(&memory);
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
