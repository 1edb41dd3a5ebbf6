/* SPDX-License-Identifier: MIT */
/* LSTM_DRAW_SERIES: how often series and windows are drawn, and when. */
#include "dataset_fixture.h"

#include <lstmts/iter.h>
#include <stdbool.h>

enum { N_SERIES = 4, B = 50, CONTEXT = 2 };

/* The second series has no window. */
static const int64_t n_row[N_SERIES] = {200, 1, 7, 30};

typedef struct drawn {
    lstm_dataset *data;
    lstm_view *view;
    lstm_iter *iter;
} drawn;

static drawn open_view(lstm_iter_options options)
{
    drawn d = {0};
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    lstm_real rows[200];
    for (int64_t i = 0; i < 200; i++)
        rows[i] = (lstm_real)i;
    d.data = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    for (int64_t s = 0; s < N_SERIES; s++)
        assert_ok(lstm_dataset_add(d.data, NULL, rows, n_row[s], 0));
    view.context_len = CONTEXT;
    view.skip_short = 1;
    assert_ok(lstm_view_new(&d.view, d.data, &view));
    assert_ok(lstm_iter_new_view(&d.iter, d.view, &options));
    return d;
}

static void close_view(drawn *d)
{
    lstm_iter_free(d->iter);
    lstm_view_free(d->view);
    lstm_dataset_free(d->data);
}

static lstm_iter_options by_series(uint64_t seed)
{
    lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
    options.batch_size = B;
    options.seed = seed;
    options.draw = LSTM_DRAW_SERIES;
    return options;
}

static void next(lstm_iter *iter, int64_t offsets[B])
{
    int64_t n;
    assert_ok(lstm_iter_next(iter, &n));
    assert_int_equal(n, B);
    assert_ok(lstm_iter_offsets(iter, offsets, B));
}

/* The sum of squared deviations from equal counts, which has n - 1 degrees of freedom. */
static double chi_square(const int64_t *count, int64_t n)
{
    double sum = 0, total = 0;
    for (int64_t i = 0; i < n; i++)
        total += (double)count[i];
    for (int64_t i = 0; i < n; i++)
        sum += pow((double)count[i] - total / (double)n, 2) * (double)n / total;
    return sum;
}

static void series_and_their_windows_are_drawn_equally_often(void **state)
{
    (void)state;
    enum { BATCHES = 1200 };
    drawn d = open_view(by_series(3));
    int64_t of_series[N_SERIES] = {0}, of_window[N_SERIES][200] = {{0}}, offsets[B];
    for (int64_t i = 0; i < BATCHES; i++) {
        next(d.iter, offsets);
        for (int64_t b = 0; b < B; b++) {
            lstm_view_window window;
            assert_ok(lstm_view_window_at(d.view, offsets[b], &window));
            of_series[window.series]++;
            of_window[window.series][window.origin - CONTEXT]++;
        }
    }
    /* each bound is exceeded for one in a million seeds: 2, 197, 4 and 27 degrees of freedom */
    const int64_t drawn_series[] = {of_series[0], of_series[2], of_series[3]};
    assert_int_equal(of_series[1], 0);
    assert_true(chi_square(drawn_series, 3) < 27.7);
    assert_true(chi_square(of_window[0], n_row[0] - CONTEXT) < 307);
    assert_true(chi_square(of_window[2], n_row[2] - CONTEXT) < 33.4);
    assert_true(chi_square(of_window[3], n_row[3] - CONTEXT) < 78);
    close_view(&d);
}

static void draws_depend_on_seed_and_position_alone(void **state)
{
    (void)state;
    drawn a = open_view(by_series(3)), other = open_view(by_series(4));
    int64_t first[B], second[B], again[B];
    lstm_iter_position position;
    next(a.iter, first);
    assert_ok(lstm_iter_get_position(a.iter, &position));
    next(a.iter, second);
    assert_memory_not_equal(first, second, sizeof first);
    assert_ok(lstm_iter_reset(a.iter));
    next(a.iter, again);
    assert_memory_equal(first, again, sizeof first);
    next(other.iter, again);
    assert_memory_not_equal(first, again, sizeof first);
    assert_ok(lstm_iter_set_position(other.iter, &position));
    next(other.iter, again);
    assert_memory_not_equal(second, again, sizeof second);
    assert_ok(lstm_iter_set_position(a.iter, &position));
    next(a.iter, again);
    assert_memory_equal(second, again, sizeof second);
    close_view(&a);
    close_view(&other);
}

/* There is one series to draw. */
static void of_a_series_the_windows_are_those_of_the_default(void **state)
{
    (void)state;
    const lstm_real rows[20] = {0};
    lstm_series *series;
    lstm_iter *iter, *by_default;
    lstm_iter_options options = by_series(5);
    int64_t offsets[B], want[B];
    assert_ok(lstm_series_new(&series, rows, 20, 1));
    options.window_len = 3;
    assert_ok(lstm_iter_new(&iter, series, &options));
    options.draw = LSTM_DRAW_WINDOWS;
    assert_ok(lstm_iter_new(&by_default, series, &options));
    next(iter, offsets);
    next(by_default, want);
    assert_memory_equal(offsets, want, sizeof want);
    lstm_iter_free(by_default);
    lstm_iter_free(iter);
    lstm_series_free(series);
}

static int sample(uint64_t iteration, int64_t n_window, int64_t *offsets, int64_t n, void *user)
{
    (void)iteration, (void)n_window, (void)offsets, (void)n, (void)user;
    return 1;
}

static void other_orders_and_samplers_are_refused(void **state)
{
    (void)state;
    drawn d = open_view(by_series(3));
    for (int64_t order = LSTM_ORDER_SHUFFLE; order <= LSTM_ORDER_CONSECUTIVE + 1; order++) {
        lstm_iter_options options = by_series(3);
        lstm_iter *iter = NULL;
        bool sampled = order > LSTM_ORDER_CONSECUTIVE;
        options.order = sampled ? LSTM_ORDER_RANDOM : order;
        options.sampler = sampled ? sample : NULL;
        assert_status(lstm_iter_new_view(&iter, d.view, &options), LSTM_E_ARGUMENT,
                      "LSTM_DRAW_SERIES needs LSTM_ORDER_RANDOM, without sampler");
        assert_null(iter);
    }
    close_view(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(series_and_their_windows_are_drawn_equally_often),
        cmocka_unit_test(draws_depend_on_seed_and_position_alone),
        cmocka_unit_test(of_a_series_the_windows_are_those_of_the_default),
        cmocka_unit_test(other_orders_and_samplers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
