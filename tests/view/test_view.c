/* SPDX-License-Identifier: MIT */
/*
 * Windows of views of random data sets, compared with loops over the definition (view_reference.h).
 */
#include "assert_close.h"
#include "effort.h"
#include "view/view.h"
#include "view_case.h"

#include <lstmts/iter.h>

enum { N_CASE = 400 / TEST_FEWER, MAX_STEP = 8 };

/* Values are multiples of 1/8 up to 4, so scaled ones are below 100. */
static const double ALLOWED = 100 * TOLERANCE;

static int64_t limit_of(const view_case *c, const lstm_view_window *window)
{
    return part_end_of(&c->reference, window->series);
}

static void windows_are_those_of_each_series_in_turn(void **state)
{
    (void)state;
    int64_t n_all = 0;
    for (uint64_t number = 0; number < N_CASE; number++) {
        view_case c;
        view_case_open(&c, number);
        int64_t n = 0, channels = 1, origin;
        if (c.options.channels == LSTM_CHANNELS_INDEPENDENT)
            channels = lstm_dataset_targets(c.data);
        for (int64_t s = 0; c.view != NULL && s < lstm_dataset_series(c.data); s++) {
            int64_t of_series = reference_windows(&c.reference, s, &origin);
            for (int64_t i = 0; i < of_series * channels; i++, n++) {
                lstm_view_window window;
                assert_ok(lstm_view_window_at(c.view, n, &window));
                assert_int_equal(window.series, s);
                assert_int_equal(window.channel, i % channels);
                assert_int_equal(window.origin, origin + i / channels);
            }
        }
        assert_int_equal(lstm_view_windows(c.view), n);
        n_all += n;
        view_case_close(&c);
    }
    assert_true(n_all > 10 * N_CASE);
}

/* Compares the batch of an iterator that has one window. */
static void check_window(const view_case *c, const lstm_iter *iter, int64_t number)
{
    double want[REFERENCE_MAX], weights[REFERENCE_MAX];
    lstm_real x[REFERENCE_MAX], target[REFERENCE_MAX], weight[REFERENCE_MAX];
    int64_t D = lstm_view_inputs(c->view), K = lstm_view_targets(c->view);
    int64_t n_step = c->reference.o.context_len + c->reference.o.horizon - 1;
    lstm_view_window window;
    assert_true(n_step * (D > K ? D : K) <= REFERENCE_MAX);
    assert_ok(lstm_view_window_at(c->view, number, &window));
    assert_ok(lstm_iter_read(iter, x, target));
    assert_ok(lstm_iter_weights(iter, weight));
    for (int64_t t = 0; t < n_step; t++) {
        assert_int_equal(reference_inputs(&c->reference, &window, limit_of(c, &window), t, want),
                         D);
        for (int64_t i = 0; i < D; i++)
            assert_close(c->name, "input", t * D + i, (double)x[t * D + i], want[i], ALLOWED);
        assert_int_equal(
            reference_targets(&c->reference, &window, limit_of(c, &window), t, want, weights), K);
        for (int64_t i = 0; i < K; i++) {
            assert_close(c->name, "weight", t * K + i, (double)weight[t * K + i], weights[i], 0);
            assert_close(c->name, "target", t * K + i, (double)target[t * K + i], want[i], ALLOWED);
        }
    }
}

static void inputs_and_targets_are_as_view_h_defines_them(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < N_CASE; number++) {
        view_case c;
        lstm_iter *iter;
        lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
        options.order = LSTM_ORDER_SEQUENTIAL;
        options.batch_size = 1;
        view_case_open(&c, number);
        for (int64_t i = 0; c.view != NULL && i < lstm_view_windows(c.view); i++) {
            if (i == 0)
                assert_ok(lstm_iter_new_view(&iter, c.view, &options));
            assert_ok(lstm_iter_next(iter, NULL));
            check_window(&c, iter, i);
            if (i == lstm_view_windows(c.view) - 1)
                lstm_iter_free(iter);
        }
        view_case_close(&c);
    }
}

/* An output replaces the value of its own row and column, one segment later. */
static void outputs_are_fed_to_the_inputs_of_their_columns(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < N_CASE; number++) {
        view_case c;
        double x[REFERENCE_MAX], target[REFERENCE_MAX], weight[REFERENCE_MAX];
        view_case_open(&c, number);
        int64_t n_fed = 0, t = c.options.context_len - 1;
        for (int64_t i = 0; c.view != NULL && i < c.view->columns.D; i++) {
            lstm_view_window window;
            int64_t feed = c.view->columns.feed[i];
            n_fed += feed >= 0;
            assert_ok(lstm_view_window_at(c.view, 0, &window));
            int64_t limit = limit_of(&c, &window);
            reference_inputs(&c.reference, &window, limit, t + 1, x);
            reference_targets(&c.reference, &window, limit, t, target, weight);
            if (feed >= 0 && weight[feed] != 0)
                assert_close(c.name, "fed", i, x[i], target[feed], 0);
        }
        int64_t columns = 0;
        for (int64_t j = 0; j < lstm_dataset_columns(c.data); j++)
            columns += is_fed_in(&c.reference, j, 0);
        if (c.view != NULL)
            assert_int_equal(n_fed, columns * c.reference.o.segment_len);
        view_case_close(&c);
    }
}

/*
 * Targets of all rows from the origin on, put together and restored, are the values of the data.
 * Where a value is not scored, the row is left out: with differences later rows depend on it.
 */
static void targets_restored_are_the_data(void **state)
{
    (void)state;
    int64_t n_value = 0;
    for (uint64_t number = 0; number < N_CASE; number++) {
        view_case c;
        view_case_open(&c, number);
        for (int64_t i = 0; c.view != NULL && i < lstm_view_windows(c.view); i++) {
            lts_place place = lts_view_place(c.view, i);
            lts_level levels[CASE_MAX_COLUMN];
            lstm_real values[REFERENCE_MAX], weight[REFERENCE_MAX], want;
            int64_t w = c.view->options.segment_len, n = c.view->n_base, K = w * n;
            int64_t context = c.view->options.context_len, horizon = c.view->options.horizon;
            lts_view_levels(c.view, &place, levels);
            bool chained = c.options.difference > 0;
            for (int64_t t = 0; t < horizon; t++)
                lts_view_targets(c.view, &place, levels, context - 1 + t, values + t * K,
                                 weight + t * K);
            lts_view_restore(c.view, &place, levels, horizon * w, values);
            for (int64_t j = 0; j < n; j++)
                for (int64_t row = 0; row < horizon * w; row++) {
                    int64_t at = row * n + j;
                    if (weight[at] == 0 && chained)
                        break;
                    if (weight[at] == 0)
                        continue;
                    assert_ok(lstm_dataset_value(c.data, place.series, place.origin + row,
                                                 lts_view_target(c.view, &place, j), &want));
                    /* the inverse of a Box-Cox transformation with lambda -1 is steep */
                    assert_close(c.name, "restored", at, (double)values[at], (double)want,
                                 1000 * TOLERANCE);
                    n_value++;
                }
        }
        view_case_close(&c);
    }
    assert_true(n_value > 10 * N_CASE);
}

/* All transformations are increasing, and so is everything else. */
static void the_order_of_forecasts_is_kept(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < N_CASE; number++) {
        view_case c;
        view_case_open(&c, number);
        lts_level levels[CASE_MAX_COLUMN];
        lstm_real low[REFERENCE_MAX], high[REFERENCE_MAX];
        int64_t n = c.view == NULL ? 0 : 4 * c.view->n_base;
        for (int64_t i = 0; i < n; i++) {
            low[i] = (lstm_real)random_int(&c.stream, -16, 16) / 8;
            high[i] = low[i] + (lstm_real)random_int(&c.stream, 0, 8) / 8;
        }
        if (n > 0) {
            lts_place place = lts_view_place(c.view, 0);
            lts_view_levels(c.view, &place, levels);
            lts_view_restore(c.view, &place, levels, 4, low);
            lts_view_restore(c.view, &place, levels, 4, high);
        }
        for (int64_t i = 0; i < n; i++)
            assert_true(low[i] <= high[i]);
        view_case_close(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_are_those_of_each_series_in_turn),
        cmocka_unit_test(inputs_and_targets_are_as_view_h_defines_them),
        cmocka_unit_test(outputs_are_fed_to_the_inputs_of_their_columns),
        cmocka_unit_test(targets_restored_are_the_data),
        cmocka_unit_test(the_order_of_forecasts_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
