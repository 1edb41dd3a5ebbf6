/* SPDX-License-Identifier: MIT */
/* The windows of LSTM_ORDER_CONSECUTIVE. */
#include "dataset_fixture.h"
#include "refused.h"

#include <stdbool.h>

static lstm_series *make_series(int64_t n_row)
{
    static const lstm_real rows[64];
    lstm_series *series;
    assert_ok(lstm_series_new(&series, rows, n_row, 1));
    return series;
}

static lstm_iter_options consecutive(int64_t window_len, int64_t batch_size)
{
    lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
    options.window_len = window_len;
    options.batch_size = batch_size;
    options.order = LSTM_ORDER_CONSECUTIVE;
    return options;
}

/* 40 rows, windows of 5: a chain from rows 0, 5, .. 30, of 7 windows. */
static void a_series_is_divided_into_streams(void **state)
{
    (void)state;
    static const struct {
        int64_t B, len, offsets[4][3];
    } cases[] = {
        {1, 7, {{0}, {5}, {10}, {15}}},
        {2, 3, {{0, 15}, {5, 20}, {10, 25}, {0, 15}}},
        {3, 2, {{0, 10, 20}, {5, 15, 25}, {0, 10, 20}, {5, 15, 25}}},
    };
    lstm_series *series = make_series(40);
    for (int i = 0; i < 3; i++) {
        const lstm_iter_options options = consecutive(5, cases[i].B);
        lstm_iter *iter;
        int64_t offsets[3], n_window;
        assert_ok(lstm_iter_new(&iter, series, &options));
        for (int64_t j = 0; j < 2 * cases[i].len; j++) {
            assert_int_equal(lstm_iter_epoch(iter), j / cases[i].len);
            assert_ok(lstm_iter_next(iter, &n_window));
            assert_int_equal(n_window, cases[i].B);
            assert_ok(lstm_iter_offsets(iter, offsets, cases[i].B));
            for (int64_t b = 0; j < 4 && b < cases[i].B; b++)
                assert_int_equal(offsets[b], cases[i].offsets[j][b]);
        }
        lstm_iter_free(iter);
    }
    lstm_series_free(series);
}

static void too_few_windows_are_refused(void **state)
{
    (void)state;
    lstm_series *series = make_series(40);
    lstm_iter_options options = consecutive(5, 8);
    REFUSED(LSTM_E_SHAPE, "batch_size is 8, but there are 7 windows that follow each other",
            lstm_iter_new(&out.iter, series, &options));
    options.batch_size = 7;
    lstm_iter *iter;
    assert_ok(lstm_iter_new(&iter, series, &options));
    lstm_iter_free(iter);
    lstm_series_free(series);
}

/* Series of 30, 3 (without a window) and 17 rows, of two columns. */
static lstm_dataset *make_dataset(void)
{
    const lstm_real rows[64] = {1, 2, 3, 1, 5};
    const int64_t roles[2] = {LSTM_ROLE_BOTH, LSTM_ROLE_BOTH};
    lstm_dataset *data = new_dataset(2, roles, LSTM_MISSING_REFUSE);
    assert_ok(lstm_dataset_add(data, "long", rows, 30, 0));
    assert_ok(lstm_dataset_add(data, "none", rows, 3, 0));
    assert_ok(lstm_dataset_add(data, "short", rows, 17, 0));
    return data;
}

/* 2 segments of context, 2 of horizon. */
static lstm_view *make_view(const lstm_dataset *data, int64_t channels, int64_t segment_len)
{
    lstm_view_options options = LSTM_VIEW_OPTIONS_INIT;
    lstm_view *view = NULL;
    options.segment_len = segment_len;
    options.context_len = options.horizon = 2;
    options.channels = channels;
    options.part = LSTM_PART_ALL;
    options.skip_short = 1;
    assert_ok(lstm_view_new(&view, data, &options));
    return view;
}

static void check_view(int64_t channels, int64_t B)
{
    const int64_t T = 3, w = 2;
    lstm_dataset *data = make_dataset();
    lstm_view *view = make_view(data, channels, w);
    lstm_iter *iter;
    lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
    options.batch_size = B;
    options.order = LSTM_ORDER_CONSECUTIVE;
    assert_ok(lstm_iter_new_view(&iter, view, &options));
    bool seen[128] = {false};
    lstm_view_window last[8];
    int64_t n_begin = 0, n_batch = 0;
    for (; lstm_iter_epoch(iter) == 0; n_batch++) {
        int64_t offsets[8];
        assert_ok(lstm_iter_next(iter, NULL));
        assert_ok(lstm_iter_offsets(iter, offsets, B));
        for (int64_t b = 0; b < B; b++) {
            lstm_view_window now;
            assert_ok(lstm_view_window_at(view, offsets[b], &now));
            assert_false(seen[offsets[b]]);
            seen[offsets[b]] = true;
            bool follows = n_batch > 0 && now.series == last[b].series &&
                           now.channel == last[b].channel && now.origin == last[b].origin + T * w;
            n_begin += !follows;
            last[b] = now;
        }
    }
    /* origins from 4 on, up to 28 and 15: chains of 5 and 2 windows */
    int64_t n_channel = channels == LSTM_CHANNELS_INDEPENDENT ? 2 : 1;
    assert_int_equal(n_batch, 7 * n_channel / B);
    assert_in_range(n_begin, B, B + 2 * n_channel);
    lstm_iter_free(iter);
    lstm_view_free(view);
    lstm_dataset_free(data);
}

static void chains_of_a_view_are_of_one_series_and_channel(void **state)
{
    (void)state;
    for (int64_t B = 1; B <= 3; B++) {
        check_view(LSTM_CHANNELS_JOINT, B);
        check_view(LSTM_CHANNELS_INDEPENDENT, B);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_series_is_divided_into_streams),
        cmocka_unit_test(too_few_windows_are_refused),
        cmocka_unit_test(chains_of_a_view_are_of_one_series_and_channel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
