/* SPDX-License-Identifier: MIT */
/*
 * Naive2 against its definition in the M4 competition, computed with statsmodels 0.15: the
 * autocorrelations of acf(), the limit 1.645 sqrt((1 + 2 sum of r^2) / n), seasonal_decompose().
 */
#include "assert_close.h"

#include "method/naive2.h"
#include "seasonal_method.h"

static const double ratios_y[] = {
    95.9083679666, 113.79159857,  123.548603453, 126.178724594, 125.530257381,
    115.359484996, 97.5531977562, 83.2855216644, 73.1286354745,
};
static const double odd_y[] = {
    34.2659673677, 40.0650049319, 46.4932150747, 49.104830168,  47.4379778349,
    38.8965929863, 34.5,          34.2659673677, 40.0650049319,
};
static const double differences_y[] = {3.2925, 6.48419642857, 3.87758928571, 0.63, 3.2925};
static const double walk_y[] = {27.0331110233, 26.8022962957, 26.8376637443, 26.63, 27.0331110233};
static const double no_season_y[] = {23.07, 23.07, 23.07, 23.07, 23.07};

enum { MOST = 16 };

static void assert_naive2(const char *name, int64_t n, const double *x, int64_t m, int64_t H,
                          const double *want)
{
    double y[MOST];
    assert_ok(lts_naive2(n, x, m, H, y));
    for (int64_t h = 0; h < H; h++)
        assert_close(name, "y", h, y[h], want[h], 1e-10 * fabs(want[h]));
}

#define ASSERT_NAIVE2(table, m)                                                                    \
    assert_naive2(#table, LENGTH(table##_x), table##_x, (m), LENGTH(table##_y), table##_y)

static void forecasts_are_those_of_the_competition(void **fixture)
{
    (void)fixture;
    ASSERT_NAIVE2(ratios, 12);
    ASSERT_NAIVE2(odd, 7);
    ASSERT_NAIVE2(walk, 4);
    ASSERT_NAIVE2(differences, 4);
}

static void without_a_season_it_is_the_last_value(void **fixture)
{
    (void)fixture;
    const double last[] = {49.3, 49.3};
    ASSERT_NAIVE2(no_season, 4);
    ASSERT_NAIVE2(no_season, 0);
    ASSERT_NAIVE2(no_season, 1);
    ASSERT_NAIVE2(no_season, INT64_MAX);
    assert_naive2("less than 3 seasons", 12, ratios_x, 6, 2, last);
}

/* The rows after the last observed one are steps like any other. */
static void missing_rows_at_the_ends_are_cut_off(void **fixture)
{
    (void)fixture;
    enum { N = LENGTH(ratios_x) };
    double x[N + 3], y[5];
    x[0] = x[N + 1] = x[N + 2] = (double)NAN;
    memcpy(x + 1, ratios_x, sizeof ratios_x);
    assert_ok(lts_naive2(N + 3, x, 12, 5, y));
    for (int64_t h = 0; h < 5; h++)
        assert_close("ends", "y", h, y[h], ratios_y[h + 2], 1e-8);
}

static void extreme_contexts_have_a_forecast(void **fixture)
{
    (void)fixture;
    assert_extreme_contexts(lts_naive2);
}

static void without_memory_the_forecast_is_not_written(void **fixture)
{
    (void)fixture;
    assert_not_written_without_memory(lts_naive2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forecasts_are_those_of_the_competition),
        cmocka_unit_test(without_a_season_it_is_the_last_value),
        cmocka_unit_test(missing_rows_at_the_ends_are_cut_off),
        cmocka_unit_test(extreme_contexts_have_a_forecast),
        cmocka_unit_test(without_memory_the_forecast_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
