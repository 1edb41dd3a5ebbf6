/* SPDX-License-Identifier: MIT */
/* Saved intervals, memory and wrong use. */
#include "assert_status.h"
#include "evaluate/interval.h"
#include "failing_allocator.h"

#include <lstmts/interval.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { H = 5, K = 2, L = 2, ROWS = 60 };

static const double levels[L] = {0.5, 0.9};

static lstm_interval_options options_of(int64_t is_conformalized)
{
    lstm_interval_options options = LSTM_INTERVAL_OPTIONS_INIT;
    options.horizon = H, options.n_column = K, options.window = 7, options.block_len = 2;
    options.levels = levels, options.n_level = L, options.is_two_sided = 1;
    options.is_conformalized = is_conformalized, options.stride = 2;
    return options;
}

static lstm_interval *new_interval(const lstm_interval_options *options)
{
    lstm_interval *interval = NULL;
    assert_ok(lstm_interval_new(&interval, options));
    return interval;
}

static lstm_real value_of(int64_t i)
{
    return (lstm_real)sin(1.7 * (double)i + 0.3 * sin(5.1 * (double)i));
}

static void forecast_of(int64_t t, lstm_real *low, lstm_real *high)
{
    for (int64_t i = 0; i < L * H * K; i++) {
        low[i] = value_of(31 * t + i);
        high[i] = low[i] + (lstm_real)0.5;
    }
}

/* One row, with a forecast before every third. */
static void step(lstm_interval *interval, bool is_conformalized, int64_t t)
{
    lstm_real low[L * H * K], high[L * H * K];
    const lstm_real row[K] = {2 * value_of(t + 7), t % 9 == 4 ? (lstm_real)NAN : value_of(t)};
    forecast_of(t, low, high);
    if (t % 3 == 0)
        assert_ok(lstm_interval_expect(interval, low, is_conformalized ? high : NULL));
    assert_ok(lstm_interval_observe(interval, row));
}

static void assert_same_bounds(const lstm_interval *a, const lstm_interval *b, bool conformalized)
{
    lstm_real low[L * H * K], high[L * H * K], bounds[4][L * H * K];
    forecast_of(1000, low, high);
    assert_ok(lstm_interval_bounds(a, low, conformalized ? high : NULL, bounds[0], bounds[1]));
    assert_ok(lstm_interval_bounds(b, low, conformalized ? high : NULL, bounds[2], bounds[3]));
    assert_memory_equal(bounds[0], bounds[2], 2 * sizeof bounds[0]);
}

static void a_loaded_state_continues_with_the_same_bits(void **fixture)
{
    (void)fixture;
    for (int64_t conformalized = 0; conformalized < 2; conformalized++)
        for (int64_t saved_at = 0; saved_at < 40; saved_at++) {
            lstm_interval_options options = options_of(conformalized);
            lstm_interval *first = new_interval(&options), *second = new_interval(&options);
            int64_t n = lstm_interval_state_len(first);
            lstm_real *state = malloc((size_t)n * sizeof *state);
            assert_non_null(state);
            for (int64_t t = 0; t < saved_at; t++)
                step(first, conformalized, t);
            for (int64_t t = 0; t < 11; t++)
                step(second, conformalized, t + 3); /* what it has learned is replaced */
            assert_ok(lstm_interval_get_state(first, state));
            assert_ok(lstm_interval_set_state(second, state, n));
            for (int64_t t = saved_at; t < ROWS; t++) {
                step(first, conformalized, t);
                step(second, conformalized, t);
                assert_same_bounds(first, second, conformalized);
            }
            free(state);
            lstm_interval_free(first);
            lstm_interval_free(second);
        }
}

static void copied_scores_continue_with_the_same_bits(void **fixture)
{
    (void)fixture;
    for (int64_t conformalized = 0; conformalized < 2; conformalized++)
        for (int64_t copied_at = 0; copied_at < 40; copied_at++) { /* sets are full, and go round */
            lstm_interval_options options = options_of(conformalized);
            lstm_interval *first = new_interval(&options), *second = new_interval(&options);
            for (int64_t t = 0; t < copied_at; t++)
                step(first, conformalized, t);
            for (int64_t t = 0; t < 11; t++)
                step(second, conformalized, t + 3); /* what it has learned is replaced */
            lts_conformal_copy(&second->scores, &first->scores);
            assert_ok(lstm_interval_restart(first));
            assert_ok(lstm_interval_restart(second));
            for (int64_t t = copied_at; t < ROWS; t++) {
                step(first, conformalized, t);
                step(second, conformalized, t);
                assert_same_bounds(first, second, conformalized);
            }
            lstm_interval_free(first);
            lstm_interval_free(second);
        }
}

/* Where the parts of a state begin: interval_state.c. */
enum { SLOTS = 3, CELLS = 6, COUNTS = 1 + SLOTS + SLOTS * H * K + SLOTS * CELLS * 2 * L };

/* What a value may not be. */
static const struct {
    int64_t at;
    double value;
} wrong_values[] = {{0, -1},
                    {0, SLOTS},
                    {0, 0.5},
                    {0, NAN},
                    {1, -2},
                    {1, H + 2},
                    {2, 1.5},
                    {1, 3}, /* one row after another, stride is 2 */
                    {COUNTS, 15},
                    {COUNTS, -1},
                    {COUNTS, INFINITY},
                    {COUNTS + CELLS, 1.01},
                    {COUNTS + CELLS, -0.01},
                    {COUNTS + CELLS, NAN},
                    {COUNTS + CELLS + CELLS * 2 * L, NAN},
                    {COUNTS + CELLS + CELLS * 2 * L, INFINITY}};

static void a_wrong_state_changes_nothing(void **fixture)
{
    (void)fixture;
    lstm_interval_options options = options_of(0);
    lstm_interval *a = new_interval(&options), *b = new_interval(&options);
    int64_t n = lstm_interval_state_len(a);
    lstm_real *state = malloc((size_t)n * sizeof *state);
    assert_non_null(state);
    for (int64_t t = 0; t < 50; t++)
        step(a, false, t);
    assert_ok(lstm_interval_get_state(a, state));
    assert_ok(lstm_interval_set_state(b, state, n));
    for (size_t i = 0; i < sizeof wrong_values / sizeof *wrong_values; i++) {
        int64_t at = wrong_values[i].at;
        lstm_real before = state[at];
        state[at] = (lstm_real)wrong_values[i].value;
        assert_status(lstm_interval_set_state(b, state, n), LSTM_E_NUMERIC, "state[");
        state[at] = before;
        assert_same_bounds(a, b, false);
    }
    assert_status(lstm_interval_set_state(b, state, n - 1), LSTM_E_SHAPE, "expected");
    assert_status(lstm_interval_set_state(NULL, state, n), LSTM_E_ARGUMENT, "NULL");
    assert_status(lstm_interval_set_state(b, NULL, n), LSTM_E_ARGUMENT, "state is NULL");
    assert_status(lstm_interval_get_state(NULL, state), LSTM_E_ARGUMENT, "NULL");
    assert_status(lstm_interval_get_state(b, NULL), LSTM_E_ARGUMENT, "state is NULL");
    assert_int_equal(lstm_interval_state_len(NULL), 0);
    free(state);
    lstm_interval_free(a);
    lstm_interval_free(b);
}

static void wrong_options_are_refused(void **fixture)
{
    (void)fixture;
    static const double falling[] = {0.9, 0.5}, one[] = {1}, zero[] = {0}, none[] = {NAN};
    lstm_interval *interval = NULL;
    lstm_interval_options options;
#define WRONG(field, value, status, part)                                                          \
    do {                                                                                           \
        options = options_of(0);                                                                   \
        options.field = (value);                                                                   \
        assert_status(lstm_interval_new(&interval, &options), status, part);                       \
        assert_null(interval);                                                                     \
    } while (0)
    WRONG(horizon, 0, LSTM_E_ARGUMENT, "horizon is 0");
    WRONG(horizon, INT64_MAX, LSTM_E_LIMIT, "horizon is 9223372036854775807");
    WRONG(n_column, -1, LSTM_E_ARGUMENT, "n_column is -1");
    WRONG(n_column, INT64_MAX, LSTM_E_LIMIT, "too many");
    WRONG(n_column, INT64_MAX / 15, LSTM_E_LIMIT, "too many");
    WRONG(window, -1, LSTM_E_ARGUMENT, "window is -1");
    WRONG(window, (1 << 23) + 1, LSTM_E_LIMIT, "window is 8388609");
    WRONG(window, INT64_MAX, LSTM_E_LIMIT, "window is 9223372036854775807");
    WRONG(block_len, -1, LSTM_E_ARGUMENT, "block_len is -1");
    WRONG(block_len, H + 1, LSTM_E_ARGUMENT, "block_len is 6, expected 1 .. horizon (5)");
    WRONG(stride, -1, LSTM_E_ARGUMENT, "stride is -1");
    WRONG(stride, (1 << 24) + 1, LSTM_E_LIMIT, "stride is 16777217, the limit is 16777216");
    WRONG(stride, INT64_MAX, LSTM_E_LIMIT, "stride is 9223372036854775807");
    WRONG(is_two_sided, 2, LSTM_E_ARGUMENT, "is_two_sided is 2");
    WRONG(is_conformalized, -1, LSTM_E_ARGUMENT, "is_conformalized is -1");
    WRONG(rate, 1.5, LSTM_E_ARGUMENT, "rate is 1.5");
    WRONG(rate, -0.5, LSTM_E_ARGUMENT, "rate is -0.5");
    WRONG(rate, (double)NAN, LSTM_E_ARGUMENT, "rate is");
    WRONG(n_level, -1, LSTM_E_ARGUMENT, "n_level is -1");
    WRONG(n_level, 17, LSTM_E_ARGUMENT, "n_level is 17");
    WRONG(levels, NULL, LSTM_E_ARGUMENT, "levels is NULL");
    WRONG(levels, falling, LSTM_E_ARGUMENT, "levels[1] is 0.5, expected above 0.9");
    WRONG(levels, one, LSTM_E_ARGUMENT, "levels[0] is 1");
    WRONG(levels, zero, LSTM_E_ARGUMENT, "levels[0] is 0");
    WRONG(levels, none, LSTM_E_ARGUMENT, "levels[0] is");
    assert_status(lstm_interval_new(NULL, &options), LSTM_E_ARGUMENT, "interval is NULL");
    assert_status(lstm_interval_new(&interval, NULL), LSTM_E_ARGUMENT, "horizon is 0");
    lstm_interval_free(NULL);
}

static void wrong_calls_are_refused(void **fixture)
{
    (void)fixture;
    lstm_real low[L * H * K] = {0}, high[L * H * K] = {0}, lower[L * H * K], upper[L * H * K];
    for (int64_t conformalized = 0; conformalized < 2; conformalized++) {
        lstm_interval_options options = options_of(conformalized);
        lstm_interval *i = new_interval(&options);
        const lstm_real *right = conformalized ? high : NULL, *wrong = conformalized ? NULL : high;
        assert_status(lstm_interval_bounds(NULL, low, right, lower, upper), LSTM_E_ARGUMENT,
                      "interval is NULL");
        assert_status(lstm_interval_bounds(i, NULL, right, lower, upper), LSTM_E_ARGUMENT,
                      "low is NULL");
        assert_status(lstm_interval_bounds(i, low, wrong, lower, upper), LSTM_E_ARGUMENT, "high");
        assert_status(lstm_interval_bounds(i, low, right, NULL, upper), LSTM_E_ARGUMENT, "lower");
        assert_status(lstm_interval_bounds(i, low, right, lower, NULL), LSTM_E_ARGUMENT, "upper");
        assert_status(lstm_interval_expect(NULL, low, right), LSTM_E_ARGUMENT, "interval");
        assert_status(lstm_interval_expect(i, NULL, right), LSTM_E_ARGUMENT, "low is NULL");
        assert_status(lstm_interval_expect(i, low, wrong), LSTM_E_ARGUMENT, "high");
        assert_status(lstm_interval_observe(NULL, low), LSTM_E_ARGUMENT, "interval is NULL");
        assert_status(lstm_interval_observe(i, NULL), LSTM_E_ARGUMENT, "row is NULL");
        assert_status(lstm_interval_restart(NULL), LSTM_E_ARGUMENT, "interval is NULL");
        assert_ok(lstm_interval_expect(i, low, right));
        assert_ok(lstm_interval_observe(i, low));
        assert_status(lstm_interval_expect(i, low, right), LSTM_E_ORDER,
                      "1 rows were observed since the last forecast, stride is 2");
        assert_ok(lstm_interval_observe(i, low));
        assert_ok(lstm_interval_expect(i, low, right));
        lstm_interval_free(i);
    }
}

static lstm_status attempt(void *context)
{
    lstm_interval *interval;
    lstm_status status = lstm_interval_new(&interval, context);
    if (status == LSTM_OK)
        lstm_interval_free(interval);
    return status;
}

static void only_creation_allocates(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    lstm_interval_options options = options_of(1);
    failing_allocator_install(&memory);
    failing_allocator_sweep(&memory, attempt, &options);
    failing_allocator_fail(&memory, 0, 0);
    lstm_interval *interval = new_interval(&options);
    int64_t n = lstm_interval_state_len(interval);
    lstm_real *state = malloc((size_t)n * sizeof *state);
    failing_allocator_fail(&memory, 1, INT64_MAX);
    for (int64_t t = 0; t < ROWS; t++)
        step(interval, true, t);
    assert_same_bounds(interval, interval, true);
    assert_ok(lstm_interval_get_state(interval, state));
    assert_ok(lstm_interval_set_state(interval, state, n));
    assert_int_equal(memory.calls, 0);
    free(state);
    lstm_interval_free(interval);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loaded_state_continues_with_the_same_bits),
        cmocka_unit_test(copied_scores_continue_with_the_same_bits),
        cmocka_unit_test(a_wrong_state_changes_nothing),
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(wrong_calls_are_refused),
        cmocka_unit_test(only_creation_allocates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
