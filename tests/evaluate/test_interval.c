/* SPDX-License-Identifier: MIT */
/* Conformal intervals against plain loops over the whole past, and by properties. */
#include "assert_close.h"
#include "assert_status.h"
#include "failing_allocator.h"
#include "interval_reference.h"

#include <lstmts/interval.h>

enum { H = REF_STEPS, L = REF_LEVELS, ROWS = REF_ROWS - 1 };

static const double levels[L] = {0.5, 0.8, 0.95};

static lstm_interval_options options_of(int64_t K)
{
    lstm_interval_options options = LSTM_INTERVAL_OPTIONS_INIT;
    options.horizon = H, options.n_column = K, options.window = 9;
    options.levels = levels, options.n_level = L, options.rate = 0.3;
    return options;
}

static lstm_interval *new_interval(const lstm_interval_options *options)
{
    lstm_interval *interval = NULL;
    assert_ok(lstm_interval_new(&interval, options));
    return interval;
}

/* Reproducible numbers in -1 .. 1. */
static lstm_real draw(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return (lstm_real)((double)(*seed >> 8) / 8388608.0 - 1);
}

/* A forecast [n, H] of one column; quantiles of which some are too wide, and some miss. */
static void draw_forecast(uint32_t *seed, int64_t n_level, lstm_real *low, lstm_real *high)
{
    for (int64_t i = 0; i < n_level * H; i++) {
        lstm_real middle = draw(seed), width = (lstm_real)(0.3 * (double)(i / H));
        low[i] = middle - width;
        high[i] = middle + width;
    }
}

/*
 * With every choice: points or quantiles, one tail or two, blocks, and whether levels are adapted.
 */
static void compare_with_loops(int conformalized, int two_sided, int block_len, double rate,
                               int64_t stride)
{
    static interval_reference r;
    lstm_interval_options options = options_of(1);
    int64_t n_level = conformalized ? L : 1;
    uint32_t seed = 5;
    r = (interval_reference){.H = H,
                             .L = L,
                             .block_len = block_len,
                             .window = 9,
                             .two_sided = two_sided,
                             .conformalized = conformalized,
                             .levels = {levels[0], levels[1], levels[2]},
                             .rate = rate < 0 ? 0 : rate};
    ref_start(&r);
    options.is_conformalized = conformalized, options.is_two_sided = two_sided;
    options.block_len = block_len, options.rate = rate, options.stride = stride;
    lstm_interval *interval = new_interval(&options);
    for (int t = 0; t < ROWS; t++) {
        lstm_real low[L * H], high[L * H], lower[L * H], upper[L * H], want[2][L * H];
        lstm_real truth = (lstm_real)(1 + 0.02 * t) * draw(&seed); /* errors grow */
        draw_forecast(&seed, n_level, low, high);
        if (t % 17 == 3)
            truth = (lstm_real)NAN;
        if (t % 23 == 5)
            low[2] = (lstm_real)NAN;
        lstm_real *upper_quantiles = conformalized ? high : NULL;
        assert_ok(lstm_interval_bounds(interval, low, upper_quantiles, lower, upper));
        ref_bounds(&r, low, conformalized ? high : low, want[0], want[1]);
        for (int i = 0; i < L * H; i++)
            if (!((lower[i] == want[0][i] || (isnan(lower[i]) && isnan(want[0][i]))) &&
                  (upper[i] == want[1][i] || (isnan(upper[i]) && isnan(want[1][i])))))
                fail_msg("row %d, bound %d: %g .. %g, not %g .. %g", t, i, (double)lower[i],
                         (double)upper[i], (double)want[0][i], (double)want[1][i]);
        if (t % stride == 0) {
            assert_ok(lstm_interval_expect(interval, low, upper_quantiles));
            ref_expect(&r, low, conformalized ? high : low);
        }
        assert_ok(lstm_interval_observe(interval, &truth));
        ref_observe(&r, truth);
    }
    lstm_interval_free(interval);
}

static void intervals_are_those_of_plain_loops(void **fixture)
{
    (void)fixture;
    static const int blocks[] = {1, 2, 4, H};
    for (int conformalized = 0; conformalized < 2; conformalized++)
        for (int two_sided = 0; two_sided < 2; two_sided++)
            for (int b = 0; b < 4; b++)
                for (int64_t stride = 1; stride <= 4; stride++) {
                    compare_with_loops(conformalized, two_sided, blocks[b], 0.3, stride);
                    compare_with_loops(conformalized, two_sided, blocks[b], LSTM_NO_ADAPTATION,
                                       stride);
                }
}

/* NumPy, from the errors 1, -2, 3, .. of one step: np.sort(np.abs(e))[ceil((n + 1) level) - 1]. */
static void a_quantile_has_its_rank(void **fixture)
{
    (void)fixture;
    static const lstm_real errors[] = {1, -2, 3, -4, 5, -6, 7, -8, 9};
    static const struct {
        int n;
        double level;
        lstm_real want;
    } cases[] = {{9, 0.9, 9}, {9, 0.8, 8}, {9, 0.81, 9}, {9, 0.5, 5}, {4, 0.5, 3},
                 {4, 0.9, 4}, {1, 0.1, 1}, {9, 0.05, 1}, {9, 0.1, 1}, {9, 0.11, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lstm_interval_options options = LSTM_INTERVAL_OPTIONS_INIT;
        lstm_real forecast = 10, lower, upper;
        options.horizon = options.n_column = 1, options.window = 20;
        options.levels = &cases[i].level;
        lstm_interval *interval = new_interval(&options);
        assert_ok(lstm_interval_bounds(interval, &forecast, NULL, &lower, &upper));
        assert_true(isnan(lower) && isnan(upper));
        options.rate = LSTM_NO_ADAPTATION;
        lstm_interval_free(interval);
        interval = new_interval(&options);
        for (int e = 0; e < cases[i].n; e++) {
            lstm_real truth = forecast + errors[e];
            assert_ok(lstm_interval_expect(interval, &forecast, NULL));
            assert_ok(lstm_interval_observe(interval, &truth));
        }
        assert_int_equal(lstm_interval_scores(interval, 0, 0), cases[i].n);
        assert_ok(lstm_interval_bounds(interval, &forecast, NULL, &lower, &upper));
        assert_true(lower == 10 - cases[i].want && upper == 10 + cases[i].want);
        lstm_interval_free(interval);
    }
}

/* Whatever levels adapt to, an interval contains those of lower levels. */
static void intervals_do_not_cross(void **fixture)
{
    (void)fixture;
    for (int conformalized = 0; conformalized < 2; conformalized++) {
        lstm_interval_options options = options_of(1);
        uint32_t seed = 9;
        options.is_two_sided = 1, options.is_conformalized = conformalized, options.rate = 1;
        options.window = 40;
        lstm_interval *interval = new_interval(&options);
        for (int t = 0; t < 300; t++) {
            lstm_real low[L * H], high[L * H], lower[L * H], upper[L * H], truth = 3 * draw(&seed);
            draw_forecast(&seed, L, low, high);
            lstm_real *upper_quantiles = conformalized ? high : NULL;
            assert_ok(lstm_interval_bounds(interval, low, upper_quantiles, lower, upper));
            for (int i = 0; i < L * H && t > H; i++) {
                assert_true(lower[i] <= upper[i]);
                assert_true(i < H || (lower[i] <= lower[i - H] && upper[i] >= upper[i - H]));
            }
            assert_ok(lstm_interval_expect(interval, low, upper_quantiles));
            assert_ok(lstm_interval_observe(interval, &truth));
        }
        lstm_interval_free(interval);
    }
}

/* Errors that grow for ever: the share of misses is as wanted only if the level adapts. */
static void adapted_levels_hold_the_coverage(void **fixture)
{
    (void)fixture;
    double coverage[2];
    for (int adaptive = 0; adaptive < 2; adaptive++) {
        lstm_interval_options options = LSTM_INTERVAL_OPTIONS_INIT;
        uint32_t seed = 77;
        int covered = 0, n = 0;
        options.horizon = options.n_column = 1, options.window = 400;
        options.rate = adaptive ? 0.05 : LSTM_NO_ADAPTATION;
        lstm_interval *interval = new_interval(&options);
        for (int t = 0; t < 3000; t++) {
            lstm_real f = 0, lower, upper;
            lstm_real y = (lstm_real)(exp(0.001 * t) * pow((double)draw(&seed), 5));
            assert_ok(lstm_interval_bounds(interval, &f, NULL, &lower, &upper));
            n += t >= 500;
            covered += t >= 500 && lower <= y && y <= upper;
            assert_ok(lstm_interval_expect(interval, &f, NULL));
            assert_ok(lstm_interval_observe(interval, &y));
        }
        coverage[adaptive] = (double)covered / n;
        lstm_interval_free(interval);
    }
    assert_true(coverage[0] < 0.88);
    /* |mean of misses - 0.1| <= (1 + gamma) / (gamma n), Gibbs and Candes, proposition 4.1 */
    assert_close("coverage", "adapted", 0, coverage[1], 0.9, 1.05 / (0.05 * 2500));
}

static void columns_do_not_see_each_other(void **fixture)
{
    (void)fixture;
    lstm_interval_options one = options_of(1), two = options_of(2);
    lstm_interval *alone = new_interval(&one), *both = new_interval(&two);
    uint32_t seed = 3;
    for (int t = 0; t < 60; t++) {
        lstm_real f[H], pair[H][2], lower[L * H], upper[L * H], lower2[L * H][2], upper2[L * H][2];
        lstm_real y = draw(&seed), row[2] = {100 * y, y};
        for (int h = 0; h < H; h++) {
            f[h] = pair[h][1] = draw(&seed);
            pair[h][0] = t % 3 == 0 ? (lstm_real)NAN : 7;
        }
        assert_ok(lstm_interval_bounds(alone, f, NULL, lower, upper));
        assert_ok(lstm_interval_bounds(both, pair[0], NULL, lower2[0], upper2[0]));
        for (int i = 0; i < L * H && t > 0; i++)
            assert_true(i % H >= t || (lower[i] == lower2[i][1] && upper[i] == upper2[i][1]));
        assert_ok(lstm_interval_expect(alone, f, NULL));
        assert_ok(lstm_interval_expect(both, pair[0], NULL));
        assert_ok(lstm_interval_observe(alone, &y));
        assert_ok(lstm_interval_observe(both, row));
    }
    lstm_interval_free(alone);
    lstm_interval_free(both);
}

static void a_restart_forgets_forecasts_and_keeps_scores(void **fixture)
{
    (void)fixture;
    lstm_interval_options options = options_of(1);
    lstm_interval *interval = new_interval(&options);
    lstm_real f[H] = {0}, y = 1;
    for (int t = 0; t < 4; t++) {
        assert_ok(lstm_interval_expect(interval, f, NULL));
        assert_ok(lstm_interval_observe(interval, &y));
    }
    assert_int_equal(lstm_interval_scores(interval, 0, 0), 4);
    assert_int_equal(lstm_interval_scores(interval, 3, 0), 1);
    assert_ok(lstm_interval_restart(interval));
    assert_ok(lstm_interval_observe(interval, &y));
    assert_int_equal(lstm_interval_scores(interval, 0, 0), 4);
    assert_int_equal(lstm_interval_scores(interval, 3, 0), 1);
    assert_int_equal(lstm_interval_scores(interval, H, 0), 0);
    assert_int_equal(lstm_interval_scores(interval, 0, 1), 0);
    assert_int_equal(lstm_interval_scores(NULL, 0, 0), 0);
    lstm_interval_free(interval);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_are_those_of_plain_loops),
        cmocka_unit_test(a_quantile_has_its_rank),
        cmocka_unit_test(intervals_do_not_cross),
        cmocka_unit_test(adapted_levels_hold_the_coverage),
        cmocka_unit_test(columns_do_not_see_each_other),
        cmocka_unit_test(a_restart_forgets_forecasts_and_keeps_scores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
