/* SPDX-License-Identifier: MIT */
#include "assert_status.h"
#include "report/thin.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { MOST = 50 };

static double noise(uint64_t i)
{
    i = (i + 1) * 6364136223846793005u + 1442695040888963407u;
    return (double)(i >> 40) / (double)(1 << 24) - 0.5;
}

static void assert_ascending(const int64_t *chosen, int64_t count, int64_t n, int64_t most)
{
    assert_true(count <= most);
    assert_int_equal(chosen[0], 0);
    assert_int_equal(chosen[count - 1], n - 1);
    for (int64_t i = 1; i < count; i++)
        assert_true(chosen[i] > chosen[i - 1]);
}

static bool holds(const int64_t *chosen, int64_t count, int64_t point)
{
    for (int64_t i = 0; i < count; i++)
        if (chosen[i] == point)
            return true;
    return false;
}

static void a_short_line_keeps_all_points(void **state)
{
    (void)state;
    const double y[] = {3, NAN, 2, 2};
    int64_t chosen[MOST] = {0};
    assert_int_equal(report_thin(y, 0, MOST, chosen), 0);
    assert_int_equal(report_thin(y, 4, MOST, chosen), 4);
    assert_ascending(chosen, 4, 4, 4);
}

/* Plainly: the first least and largest value of each of 24 divisions, of numbers of points that
   differ by at most 1. */
static void a_long_line_keeps_the_extremes_of_its_divisions(void **state)
{
    (void)state;
    static double y[24 * 10 + 2];
    const int64_t n = sizeof y / sizeof *y;
    int64_t chosen[MOST];
    for (int64_t i = 0; i < n; i++)
        y[i] = noise((uint64_t)i);
    const int64_t count = report_thin(y, n, MOST, chosen);
    assert_int_equal(count, 2 + 24 * 2);
    assert_ascending(chosen, count, n, MOST);
    for (int64_t d = 0; d < 24; d++) {
        int64_t least = 1 + 10 * d, largest = 1 + 10 * d;
        for (int64_t i = 1 + 10 * d; i < 1 + 10 * (d + 1); i++) {
            least = y[i] < y[least] ? i : least;
            largest = y[i] > y[largest] ? i : largest;
        }
        assert_true(holds(chosen, count, least));
        assert_true(holds(chosen, count, largest));
    }
}

static void lines_of_any_length_keep_least_largest_and_gaps(void **state)
{
    (void)state;
    for (int64_t n = 9; n < 3000; n += 1 + n / 7)
        for (int64_t most = 8; most <= MOST; most += 7) {
            double *y = malloc((size_t)n * sizeof *y);
            int64_t chosen[MOST], gap = n / 3, least = 0, largest = 0;
            for (int64_t i = 0; i < n; i++)
                y[i] = i >= gap && i < gap + n / 4 ? NAN : noise((uint64_t)(n + i));
            for (int64_t i = 0; i < n; i++) {
                least = y[i] < y[least] ? i : least;
                largest = y[i] > y[largest] ? i : largest;
            }
            const int64_t count = report_thin(y, n, most, chosen);
            assert_ascending(chosen, count, n, most);
            assert_true(holds(chosen, count, least));
            assert_true(holds(chosen, count, largest));
            bool has_gap = false;
            for (int64_t i = 0; i < count; i++)
                has_gap = has_gap || isnan(y[chosen[i]]);
            assert_true(has_gap);
            free(y);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_line_keeps_all_points),
        cmocka_unit_test(a_long_line_keeps_the_extremes_of_its_divisions),
        cmocka_unit_test(lines_of_any_length_keep_least_largest_and_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
