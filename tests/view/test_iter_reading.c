/* SPDX-License-Identifier: MIT */
/*
 * Windows chosen by a sampler, and reading them.
 */
#include "iter_fixture.h"

/* A sampler: window b of iteration i is 3 i + b, except one bad offset. */
typedef struct script {
    uint64_t end;       /**< iteration at which it ends   */
    int64_t bad, place; /**< the bad offset, and its index */
    uint64_t seen;      /**< the last iteration requested  */
    int64_t n_window, n_offset;
} script;

static int replay(uint64_t iteration, int64_t n_window, int64_t *offsets, int64_t n_offset,
                  void *user)
{
    script *s = user;
    s->seen = iteration;
    s->n_window = n_window;
    s->n_offset = n_offset;
    for (int64_t b = 0; b < n_offset; b++)
        offsets[b] = (3 * (int64_t)iteration + b) % n_window;
    if (s->bad != 0)
        offsets[s->place] = s->bad;
    return iteration >= s->end ? 77 : 0;
}

static lstm_iter *new_scripted(const lstm_series *series, script *s)
{
    lstm_iter_options options = options_of(6, 4, LSTM_ORDER_SHUFFLE, LSTM_WINDOWS_ALL);
    options.sampler = replay;
    options.sampler_user = s;
    return new_iter(series, options);
}

static void a_sampler_chooses_the_windows_until_it_ends(void **fixture)
{
    (void)fixture;
    script s = {.end = 8};
    lstm_series *series = new_series(24);
    lstm_iter *iter = new_scripted(series, &s);
    int64_t offsets[MAX_B];
    for (int pass = 0; pass < 2; pass++) {
        for (uint64_t i = 0; i < 8; i++) {
            assert_int_equal(next(iter, offsets), 4);
            assert_true(s.seen == i && s.n_window == 18 && s.n_offset == 4);
            for (int64_t b = 0; b < 4; b++)
                assert_int_equal(offsets[b], (3 * (int64_t)i + b) % 18);
        }
        for (int again = 0; again < 2; again++) {
            assert_int_equal(next(iter, offsets), 0);
            assert_int_equal(s.seen, 8);
            assert_int_equal(lstm_iter_iteration(iter), 8);
        }
        assert_int_equal(lstm_iter_epoch(iter), 32 / 18);
        assert_ok(lstm_iter_reset(iter));
    }
    lstm_iter_free(iter);
    lstm_series_free(series);
}

static void an_offset_of_a_sampler_that_is_no_window_is_refused_and_named(void **fixture)
{
    (void)fixture;
    const int64_t bad[] = {-1, 18, INT64_MIN, INT64_MAX};
    lstm_series *series = new_series(24);
    for (int i = 0; i < 4; i++)
        for (int64_t place = 0; place < 4; place++) {
            script s = {.end = UINT64_MAX};
            lstm_iter *iter = new_scripted(series, &s);
            lstm_iter_position before, after;
            int64_t offsets[MAX_B], kept[MAX_B], n = -5;
            char offset[64], window[64];
            assert_int_equal(next(iter, kept), 4);
            assert_ok(lstm_iter_get_position(iter, &before));
            s.bad = bad[i];
            s.place = place;
            snprintf(offset, sizeof offset, "offset %lld", (long long)bad[i]);
            snprintf(window, sizeof window, "window %lld of iteration 1", (long long)place);
            assert_status(lstm_iter_next(iter, &n), LSTM_E_ARGUMENT, offset);
            assert_non_null(strstr(lstm_last_error(), window));
            assert_int_equal(n, -5);
            assert_ok(lstm_iter_get_position(iter, &after));
            assert_memory_equal(&before, &after, sizeof before);
            assert_ok(lstm_iter_offsets(iter, offsets, 4));
            assert_memory_equal(offsets, kept, 4 * sizeof kept[0]);
            s.bad = 0;
            assert_int_equal(next(iter, offsets), 4);
            assert_int_equal(s.seen, 1);
            lstm_iter_free(iter);
        }
    lstm_series_free(series);
}

/* Column 1 is a covariate, of the row `ahead` rows after the one that a step reads. */
static void assert_read(const lstm_iter *iter, int64_t T, int64_t B, int64_t pred, int64_t ahead)
{
    static const int64_t input[2] = {0, 1}, target[2] = {0, 2};
    int64_t offsets[MAX_B];
    lstm_real x[6 * MAX_B * 2], y[6 * MAX_B * 2], once[6 * MAX_B * 2];
    assert_ok(lstm_iter_offsets(iter, offsets, B));
    assert_ok(lstm_iter_read(iter, x, y));
    for (int64_t t = 0; t < T; t++)
        for (int64_t b = 0; b < B; b++)
            for (int64_t j = 0; j < 2; j++) {
                int64_t at = (t * B + b) * 2 + j;
                assert_true(x[at] == cell(offsets[b] + t + (j == 1 ? ahead : 0), input[j]));
                assert_true(y[at] == cell(offsets[b] + t + pred, target[j]));
            }
    size_t bytes = (size_t)(T * B * 2) * sizeof x[0];
    assert_ok(lstm_iter_read(iter, once, NULL));
    assert_memory_equal(once, x, bytes);
    assert_ok(lstm_iter_read(iter, NULL, once));
    assert_memory_equal(once, y, bytes);
    assert_ok(lstm_iter_read(iter, NULL, NULL));
}

static void reading_gives_the_rows_of_each_window_by_the_roles_of_the_beginning(void **fixture)
{
    (void)fixture;
    for (int64_t order = LSTM_ORDER_RANDOM; order <= LSTM_ORDER_SEQUENTIAL; order++)
        for (int64_t pred = 1; pred <= 4; pred++)
            for (int64_t T = 1; T <= 6; T++) {
                bool known = T % 2 == 0;
                lstm_series *series = new_series(24);
                assert_ok(
                    lstm_series_set_role(series, 1, known ? LSTM_ROLE_KNOWN : LSTM_ROLE_INPUT));
                assert_ok(lstm_series_set_role(series, 2, LSTM_ROLE_TARGET));
                lstm_iter_options options = options_of(T, 5, order, LSTM_WINDOWS_ALL);
                options.pred = pred;
                lstm_iter *iter = new_iter(series, options);
                assert_ok(lstm_series_set_role(series, 0, LSTM_ROLE_INPUT));
                int64_t offsets[MAX_B], n;
                for (int i = 0; i < 8 && (n = next(iter, offsets)) > 0; i++)
                    assert_read(iter, T, n, pred, known ? pred : 0);
                lstm_iter_free(iter);
                lstm_series_free(series);
            }
}

static void there_is_nothing_to_read_before_the_first_batch(void **fixture)
{
    (void)fixture;
    lstm_series *series = new_series(24);
    lstm_iter *iter = new_iter(series, options_of(6, 2, LSTM_ORDER_RANDOM, LSTM_WINDOWS_ALL));
    int64_t offsets[3] = {-5, -5, -5};
    lstm_real x[6 * 2 * COLUMNS] = {-5};
    assert_status(lstm_iter_offsets(iter, offsets, 2), LSTM_E_ORDER, NULL);
    assert_status(lstm_iter_read(iter, x, NULL), LSTM_E_ORDER, NULL);
    assert_ok(lstm_iter_next(iter, NULL));
    assert_status(lstm_iter_offsets(iter, offsets, 3), LSTM_E_SHAPE, "3");
    assert_status(lstm_iter_offsets(iter, offsets, 1), LSTM_E_SHAPE, "1");
    assert_ok(lstm_iter_reset(iter));
    assert_status(lstm_iter_offsets(iter, offsets, 2), LSTM_E_ORDER, NULL);
    assert_true(offsets[0] == -5 && offsets[2] == -5 && x[0] == -5);
    lstm_iter_free(iter);
    lstm_series_free(series);
}

static void a_series_without_inputs_or_without_targets_has_no_windows(void **fixture)
{
    (void)fixture;
    for (int64_t role = LSTM_ROLE_INPUT; role <= LSTM_ROLE_KNOWN; role++) {
        lstm_series *series = new_series(24);
        lstm_iter_options options = options_of(6, 2, LSTM_ORDER_RANDOM, LSTM_WINDOWS_ALL);
        lstm_iter *iter = NULL;
        for (int64_t j = 0; j < COLUMNS; j++)
            assert_ok(lstm_series_set_role(series, j, role));
        assert_status(lstm_iter_new(&iter, series, &options), LSTM_E_SHAPE,
                      role == LSTM_ROLE_TARGET ? "0 input" : "0 target");
        assert_null(iter);
        lstm_series_free(series);
    }
}

static void drawing_and_reading_allocate_nothing(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    lstm_series *series = new_series(24);
    for (int64_t order = LSTM_ORDER_RANDOM; order <= LSTM_ORDER_SEQUENTIAL; order++) {
        lstm_iter *iter = new_iter(series, options_of(6, 2, order, LSTM_WINDOWS_ALL));
        int64_t offsets[MAX_B];
        lstm_real x[6 * 2 * COLUMNS], y[6 * 2 * COLUMNS];
        failing_allocator_fail(&memory, 1, INT64_MAX);
        for (int i = 0; i < 9; i++) {
            assert_int_equal(next(iter, offsets), 2);
            assert_ok(lstm_iter_read(iter, x, y));
        }
        assert_int_equal(memory.calls, 0);
        failing_allocator_fail(&memory, 0, 0);
        lstm_iter_free(iter);
    }
    lstm_series_free(series);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sampler_chooses_the_windows_until_it_ends),
        cmocka_unit_test(an_offset_of_a_sampler_that_is_no_window_is_refused_and_named),
        cmocka_unit_test(reading_gives_the_rows_of_each_window_by_the_roles_of_the_beginning),
        cmocka_unit_test(there_is_nothing_to_read_before_the_first_batch),
        cmocka_unit_test(a_series_without_inputs_or_without_targets_has_no_windows),
        cmocka_unit_test(drawing_and_reading_allocate_nothing),
    };
    return cmocka_run_group_tests_name("iter, reading", tests, NULL, NULL);
}
