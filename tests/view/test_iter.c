/* SPDX-License-Identifier: MIT */
#include "iter_fixture.h"

#include "view/iter.h"

#include <stdlib.h>

static void both_rules_count_the_windows_as_documented(void **fixture)
{
    (void)fixture;
    for (int64_t n = 1; n <= 12; n++)
        for (int64_t T = 1; T <= 12; T++)
            for (int64_t pred = 0; pred <= 4; pred++)
                for (int64_t rule = LSTM_WINDOWS_ALL; rule <= LSTM_WINDOWS_ARTICLE; rule++) {
                    lstm_series *series = new_series(n);
                    lstm_iter_options options = options_of(T, 1, LSTM_ORDER_RANDOM, rule);
                    lstm_iter *iter = NULL;
                    options.pred = pred;
                    int64_t windows = n - T - (pred == 0 ? 1 : pred) + 1;
                    windows -= rule == LSTM_WINDOWS_ARTICLE ? 2 : 0;
                    lstm_status status = lstm_iter_new(&iter, series, &options);
                    assert_status(status, windows > 0 ? LSTM_OK : LSTM_E_SHAPE, NULL);
                    assert_int_equal(lstm_iter_windows(iter), windows > 0 ? windows : 0);
                    lstm_iter_free(iter);
                    lstm_series_free(series);
                }
}

enum { N_SIZE = 6 };
static const int64_t batch_sizes[N_SIZE] = {1, 3, 7, 17, 18, 50};

/* 24 rows, T 6, pred 1: 18 windows, or 16 by the article's rule */
static void a_shuffled_pass_has_every_window_once_also_across_batches(void **fixture)
{
    (void)fixture;
    lstm_series *series = new_series(24);
    for (int i = 0; i < 2 * N_SIZE; i++) {
        int64_t B = batch_sizes[i / 2], n_window = i % 2 == 0 ? 18 : 16;
        lstm_iter *iter = new_iter(series, options_of(6, B, LSTM_ORDER_SHUFFLE, i % 2));
        int64_t drawn = 0, offsets[MAX_B], count[18] = {0}, last[18] = {0}, moved = 0;
        while (drawn < 20 * n_window) {
            assert_int_equal(next(iter, offsets), B);
            for (int64_t b = 0; b < B; b++, drawn++) {
                assert_in_range(offsets[b], 0, n_window - 1);
                /* before pass p every window was drawn p times, so now at most p + 1 times */
                assert_int_equal(count[offsets[b]]++, drawn / n_window);
                moved += drawn >= n_window && last[drawn % n_window] != offsets[b];
                last[drawn % n_window] = offsets[b];
            }
        }
        /* in each of 19 passes, about one window keeps its place */
        assert_true(moved > 19 * n_window * 3 / 4);
        lstm_iter_free(iter);
    }
    lstm_series_free(series);
}

static void every_window_comes_at_every_place_of_a_pass_equally_often(void **fixture)
{
    (void)fixture;
    enum { N = 8, PASSES = 4000 };
    lstm_series *series = new_series(10);
    lstm_iter *iter = new_iter(series, options_of(2, N, LSTM_ORDER_SHUFFLE, LSTM_WINDOWS_ALL));
    int64_t offsets[MAX_B], count[N][N] = {{0}};
    for (int pass = 0; pass < PASSES; pass++) {
        assert_int_equal(next(iter, offsets), N);
        for (int place = 0; place < N; place++)
            count[place][offsets[place]]++;
    }
    double chi = 0, expected = (double)PASSES / N;
    for (int i = 0; i < N * N; i++)
        chi += pow((double)count[i / N][i % N] - expected, 2) / expected;
    /* rows and columns each add up to PASSES: (N-1)/N of it has (N-1)^2 = 49 degrees of freedom,
     * and exceeds 112 once in a million seeds */
    assert_true(chi * (N - 1) / N < 112);
    lstm_iter_free(iter);
    lstm_series_free(series);
}

static void random_draws_are_uniform_over_all_windows(void **fixture)
{
    (void)fixture;
    lstm_series *series = new_series(24);
    for (int64_t rule = LSTM_WINDOWS_ALL; rule <= LSTM_WINDOWS_ARTICLE; rule++) {
        int64_t n_window = rule == LSTM_WINDOWS_ALL ? 18 : 16, offsets[MAX_B], count[18] = {0};
        lstm_iter *iter = new_iter(series, options_of(6, 50, LSTM_ORDER_RANDOM, rule));
        for (int i = 0; i < 400; i++) {
            assert_int_equal(next(iter, offsets), 50);
            for (int b = 0; b < 50; b++) {
                assert_in_range(offsets[b], 0, n_window - 1);
                count[offsets[b]]++;
            }
        }
        double chi = 0, expected = 20000.0 / (double)n_window;
        for (int64_t o = 0; o < n_window; o++)
            chi += pow((double)count[o] - expected, 2) / expected;
        /* a correct generator exceeds it for one in a million seeds (17, 15 degrees of freedom) */
        assert_true(chi < (rule == LSTM_WINDOWS_ALL ? 60.5 : 57.0));
        lstm_iter_free(iter);
    }
    lstm_series_free(series);
}

static void the_seed_decides_the_draws(void **fixture)
{
    (void)fixture;
    lstm_series *series = new_series(100);
    for (int64_t order = LSTM_ORDER_RANDOM; order <= LSTM_ORDER_SHUFFLE; order++) {
        lstm_iter_options options = options_of(5, 50, order, LSTM_WINDOWS_ALL);
        int64_t first[MAX_B], again[MAX_B], other[MAX_B];
        lstm_iter *a = new_iter(series, options), *b = new_iter(series, options);
        options.seed++;
        lstm_iter *c = new_iter(series, options);
        next(a, first);
        next(b, again);
        next(c, other);
        assert_memory_equal(first, again, 50 * sizeof first[0]);
        assert_memory_not_equal(first, other, 50 * sizeof first[0]);
        lstm_iter_free(a);
        lstm_iter_free(b);
        lstm_iter_free(c);
    }
    lstm_series_free(series);
}

static void a_sequential_pass_goes_through_time_and_ends_with_a_smaller_batch(void **fixture)
{
    (void)fixture;
    lstm_series *series = new_series(24);
    for (int i = 0; i < 2 * N_SIZE; i++) {
        int64_t B = batch_sizes[i / 2], n_window = i % 2 == 0 ? 18 : 16, offsets[MAX_B];
        lstm_iter *iter = new_iter(series, options_of(6, B, LSTM_ORDER_SEQUENTIAL, i % 2));
        for (int pass = 0; pass < 2; pass++) {
            for (int64_t drawn = 0; drawn < n_window;) {
                int64_t left = n_window - drawn, n = next(iter, offsets);
                assert_int_equal(n, left < B ? left : B);
                for (int64_t b = 0; b < n; b++)
                    assert_int_equal(offsets[b], drawn++);
            }
            uint64_t iteration = lstm_iter_iteration(iter);
            assert_int_equal(iteration, (n_window + B - 1) / B);
            for (int again = 0; again < 3; again++) {
                assert_int_equal(next(iter, offsets), 0);
                assert_int_equal(lstm_iter_iteration(iter), iteration);
            }
            assert_ok(lstm_iter_reset(iter));
            assert_int_equal(lstm_iter_iteration(iter), 0);
        }
        lstm_iter_free(iter);
    }
    lstm_series_free(series);
}

static void an_epoch_is_as_many_windows_as_the_rule_says(void **fixture)
{
    (void)fixture;
    lstm_series *series = new_series(24);
    for (int64_t rule = LSTM_WINDOWS_ALL; rule <= LSTM_WINDOWS_ARTICLE; rule++)
        for (int64_t order = LSTM_ORDER_RANDOM; order <= LSTM_ORDER_SHUFFLE; order++) {
            int64_t offsets[MAX_B], per_epoch = rule == LSTM_WINDOWS_ALL ? 18 : 24;
            lstm_iter *iter = new_iter(series, options_of(6, 7, order, rule));
            assert_int_equal(lstm_iter_epoch(iter), 0);
            for (int64_t i = 1; i <= 60; i++) {
                next(iter, offsets);
                assert_int_equal(lstm_iter_iteration(iter), i);
                assert_int_equal(lstm_iter_epoch(iter), 7 * i / per_epoch);
            }
            lstm_iter_free(iter);
        }
    lstm_series_free(series);
}

static void the_articles_1500_updates_on_150_rows_are_100_epochs(void **fixture)
{
    (void)fixture;
    lstm_series *series = new_series(150);
    lstm_iter *iter = new_iter(series, options_of(10, 10, LSTM_ORDER_RANDOM, LSTM_WINDOWS_ARTICLE));
    assert_int_equal(lstm_iter_windows(iter), 138);
    for (int i = 0; i < 1499; i++)
        assert_ok(lstm_iter_next(iter, NULL));
    assert_int_equal(lstm_iter_epoch(iter), 99);
    assert_ok(lstm_iter_next(iter, NULL));
    assert_int_equal(lstm_iter_epoch(iter), 100);
    lstm_iter_free(iter);
    lstm_series_free(series);
}

static void an_iterator_put_at_any_position_of_a_run_continues_identically(void **fixture)
{
    (void)fixture;
    enum { STEPS = 24, AHEAD = 9, B = 7 };
    static int64_t offsets[STEPS + AHEAD][MAX_B];
    int64_t n[STEPS + AHEAD], got[MAX_B];
    lstm_iter_position at[STEPS + AHEAD + 1], reached;
    lstm_series *series = new_series(24);
    for (int64_t kind = 0; kind < 6; kind++) {
        lstm_iter_options options = options_of(6, B, kind / 2, kind % 2);
        lstm_iter *run = new_iter(series, options), *jump = new_iter(series, options);
        for (int i = 0; i < STEPS + AHEAD; i++) {
            assert_ok(lstm_iter_get_position(run, &at[i]));
            n[i] = next(run, offsets[i]);
        }
        for (int start = STEPS; start >= 0; start--) {
            assert_ok(lstm_iter_set_position(jump, &at[start]));
            assert_status(lstm_iter_offsets(jump, got, B), LSTM_E_ORDER, NULL);
            for (int i = start; i < start + AHEAD; i++) {
                assert_ok(lstm_iter_get_position(jump, &reached));
                assert_memory_equal(&reached, &at[i], sizeof reached);
                assert_int_equal(next(jump, got), n[i]);
                assert_memory_equal(got, offsets[i], (size_t)n[i] * sizeof got[0]);
            }
        }
        lstm_iter_free(run);
        lstm_iter_free(jump);
    }
    lstm_series_free(series);
}

static void what_no_iterator_comes_to_is_no_position(void **fixture)
{
    (void)fixture;
    lstm_series *series = new_series(24);
    lstm_iter *iter = new_iter(series, options_of(6, 7, LSTM_ORDER_SEQUENTIAL, 0));
    lstm_iter_position before, after, wrong = {3, 21, 22};
    int64_t offsets[MAX_B];
    assert_int_equal(next(iter, offsets), 7);
    assert_ok(lstm_iter_get_position(iter, &before));
    assert_status(lstm_iter_set_position(iter, &wrong), LSTM_E_ARGUMENT, "22");
    wrong = (lstm_iter_position){3, UINT64_C(1) << 63, 0};
    assert_status(lstm_iter_set_position(iter, &wrong), LSTM_E_ARGUMENT, "9223372036854775808");
    wrong = (lstm_iter_position){UINT64_MAX, 21, 0};
    assert_status(lstm_iter_set_position(iter, &wrong), LSTM_E_ARGUMENT, "18446744073709551615");
    assert_ok(lstm_iter_get_position(iter, &after));
    assert_memory_equal(&before, &after, sizeof before);
    assert_ok(lstm_iter_offsets(iter, offsets, 7));
    lstm_iter_free(iter);
    lstm_series_free(series);
}

/* As a trainer's stop does it, while a pass of a million windows and more is shuffled. */
static void a_stop_is_seen_within_a_long_shuffle(void **fixture)
{
    (void)fixture;
    enum { ROWS = (1 << 20) + 50, B = 4 };
    atomic_bool stop;
    lstm_real *rows = calloc(ROWS, sizeof *rows);
    lstm_series *series = NULL;
    lstm_iter_position position;
    int64_t offsets[B], same[B];
    assert_non_null(rows);
    assert_ok(lstm_series_new(&series, rows, ROWS, 1));
    free(rows);
    atomic_init(&stop, true);
    lstm_iter *iter = new_iter(series, options_of(1, B, LSTM_ORDER_SHUFFLE, LSTM_WINDOWS_ALL));
    lstm_iter *other = new_iter(series, options_of(1, B, LSTM_ORDER_SHUFFLE, LSTM_WINDOWS_ALL));
    iter->stop = &stop;
    assert_status(lstm_iter_next(iter, NULL), LSTM_STOPPED, NULL);
    assert_ok(lstm_iter_get_position(iter, &position));
    assert_true(position.iteration == 0 && position.drawn == 0);
    atomic_store(&stop, false);
    assert_ok(lstm_iter_next(iter, NULL));
    assert_ok(lstm_iter_next(other, NULL));
    assert_ok(lstm_iter_offsets(iter, offsets, B));
    assert_ok(lstm_iter_offsets(other, same, B));
    assert_memory_equal(offsets, same, sizeof same);
    lstm_iter_free(other);
    lstm_iter_free(iter);
    lstm_series_free(series);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_rules_count_the_windows_as_documented),
        cmocka_unit_test(a_shuffled_pass_has_every_window_once_also_across_batches),
        cmocka_unit_test(every_window_comes_at_every_place_of_a_pass_equally_often),
        cmocka_unit_test(random_draws_are_uniform_over_all_windows),
        cmocka_unit_test(the_seed_decides_the_draws),
        cmocka_unit_test(a_sequential_pass_goes_through_time_and_ends_with_a_smaller_batch),
        cmocka_unit_test(an_epoch_is_as_many_windows_as_the_rule_says),
        cmocka_unit_test(the_articles_1500_updates_on_150_rows_are_100_epochs),
        cmocka_unit_test(an_iterator_put_at_any_position_of_a_run_continues_identically),
        cmocka_unit_test(a_stop_is_seen_within_a_long_shuffle),
        cmocka_unit_test(what_no_iterator_comes_to_is_no_position),
    };
    return cmocka_run_group_tests_name("iter", tests, NULL, NULL);
}
