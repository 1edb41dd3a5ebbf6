/* SPDX-License-Identifier: MIT */
/* Views whose numbers can be checked by eye, and views at their limits. */
#include "assert_close.h"
#include "dataset_fixture.h"
#include "view/view.h"

#include <lstmts/iter.h>
#include <stdlib.h>

#define NA ((lstm_real)NAN)

enum { N = 10 };

static lstm_dataset *counting(int64_t n_row, int64_t missing)
{
    lstm_dataset *d = new_dataset(1, NULL, missing);
    lstm_real rows[100];
    for (int64_t i = 0; i < n_row; i++)
        rows[i] = (lstm_real)(i + 1);
    assert_ok(lstm_dataset_add(d, NULL, rows, n_row, 0));
    return d;
}

static lstm_view *view_of(const lstm_dataset *d, const lstm_view_options *options)
{
    lstm_view *view;
    assert_ok(lstm_view_new(&view, d, options));
    return view;
}

static lstm_view_options options_of(int64_t segment_len, int64_t context_len, int64_t horizon)
{
    lstm_view_options options = LSTM_VIEW_OPTIONS_INIT;
    options.segment_len = segment_len;
    options.context_len = context_len;
    options.horizon = horizon;
    return options;
}

/* Windows of 2 + 2 segments of 2 rows over 1 .. 10. */
static void segments_begin_at_any_row(void **state)
{
    (void)state;
    lstm_dataset *d = counting(N, LSTM_MISSING_REFUSE);
    lstm_view_options options = options_of(2, 2, 2);
    lstm_view *view = view_of(d, &options);
    assert_int_equal(lstm_view_inputs(view), 2);
    assert_int_equal(lstm_view_targets(view), 2);
    assert_int_equal(lstm_view_windows(view), 5); /* origins 4 .. 8 */
    lts_place place = lts_view_place(view, 4);
    assert_int_equal(place.origin, 8);
    const lstm_real want_x[3][2] = {{5, 6}, {7, 8}, {9, 10}};
    const lstm_real want_target[3][2] = {{7, 8}, {9, 10}, {0, 0}};
    const lstm_real want_weight[3][2] = {{1, 1}, {1, 1}, {0, 0}}; /* there are no rows 10, 11 */
    const lts_level level = {0, 1};
    for (int64_t t = 0; t < 3; t++) {
        lstm_real x[2], target[2], weight[2];
        lts_view_inputs(view, &place, &level, t, x);
        lts_view_targets(view, &place, &level, t, target, weight);
        assert_values(x, want_x[t], 2);
        assert_values(target, want_target[t], 2);
        assert_values(weight, want_weight[t], 2);
    }
    lstm_view_free(view);
    lstm_dataset_free(d);
}

static void windows_do_not_change_when_rows_are_appended(void **state)
{
    (void)state;
    const lstm_real more[6] = {20, 21, 22, 23, 24, 25};
    lstm_dataset *d = counting(N, LSTM_MISSING_REFUSE);
    lstm_view_options options = options_of(2, 2, 2);
    lstm_view *view = view_of(d, &options);
    assert_ok(lstm_dataset_append(d, 0, more, 6));
    assert_int_equal(lstm_view_windows(view), 5);
    lts_place place = lts_view_place(view, 4);
    const lts_level level = {0, 1};
    lstm_real target[2], weight[2];
    lts_view_targets(view, &place, &level, 2, target, weight);
    assert_values(weight, (lstm_real[]){0, 0}, 2);
    lstm_view_free(view);
    lstm_dataset_free(d);
}

/* Four rows, and windows of 3 + 1 segments of 2 rows. */
static void short_series_are_padded_in_front(void **state)
{
    (void)state;
    lstm_dataset *d = counting(4, LSTM_MISSING_REFUSE);
    lstm_view_options options = options_of(2, 3, 1);
    options.base = LSTM_BASE_MEAN;
    lstm_view *view = view_of(d, &options);
    assert_int_equal(lstm_view_windows(view), 1);
    lts_place place = lts_view_place(view, 0);
    assert_int_equal(place.origin, 2);
    const lstm_real want_x[3][2] = {{NA, NA}, {NA, NA}, {-.5, .5}};
    const lstm_real want_target[3][2] = {{0, 0}, {-.5, .5}, {1.5, 2.5}};
    const lstm_real want_weight[3][2] = {{0, 0}, {1, 1}, {1, 1}};
    lts_level level;
    lts_view_levels(view, &place, &level);
    assert_true(level.base == 1.5 && level.spread == 1);
    for (int64_t t = 0; t < 3; t++) {
        lstm_real x[2], target[2], weight[2];
        lts_view_inputs(view, &place, &level, t, x);
        lts_view_targets(view, &place, &level, t, target, weight);
        assert_values(x, want_x[t], 2);
        assert_values(target, want_target[t], 2);
        assert_values(weight, want_weight[t], 2);
    }
    lstm_view_free(view);
    options.skip_short = 1;
    assert_status(lstm_view_new(&view, d, &options), LSTM_E_SHAPE,
                  "none of 1 series has the 8 rows of a window in its part");
    options = options_of(4, 1, 1);
    assert_status(lstm_view_new(&view, d, &options), LSTM_E_SHAPE, "the 5 rows of a window");
    options = options_of(2, 1, 1);
    options.difference = 2; /* the only row that is known before the origin has no difference */
    assert_status(lstm_view_new(&view, d, &options), LSTM_E_SHAPE, "the 5 rows of a window");
    lstm_dataset_free(d);
}

static void no_window_crosses_from_one_series_to_the_next(void **state)
{
    (void)state;
    const lstm_real rows[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    lstm_dataset *d = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    const int64_t n_row[5] = {5, 1, 2, 1, 4};
    for (int64_t s = 0; s < 5; s++)
        assert_ok(lstm_dataset_add(d, NULL, rows, n_row[s], 0));
    lstm_view_options options = options_of(1, 2, 1);
    options.skip_short = 1;
    lstm_view *view = view_of(d, &options);
    const lstm_view_window want[] = {{0, 0, 2}, {0, 0, 3}, {0, 0, 4}, {4, 0, 2}, {4, 0, 3}};
    assert_int_equal(lstm_view_windows(view), 5);
    assert_int_equal(lstm_view_skipped(view), 3);
    for (int64_t i = 0; i < 5; i++) {
        lstm_view_window window;
        assert_ok(lstm_view_window_at(view, i, &window));
        assert_memory_equal(&window, &want[i], sizeof window);
    }
    lstm_view_free(view);
    options.skip_short = 0; /* those of one row have no target after it */
    view = view_of(d, &options);
    assert_int_equal(lstm_view_skipped(view), 2);
    assert_int_equal(lstm_view_skipped(NULL), 0);
    lstm_view_free(view);
    lstm_dataset_free(d);
}

/* In training as in a forecast, values from the origin on count as missing. */
static void the_indicator_is_the_same_in_training_and_forecast(void **state)
{
    (void)state;
    lstm_dataset *d = new_dataset(1, NULL, LSTM_MISSING_MASK);
    const lstm_real rows[8] = {1, NA, 3, 4, 5, 6, 7, 8};
    assert_ok(lstm_dataset_add(d, NULL, rows, 8, 0));
    lstm_view_options options = options_of(2, 2, 2);
    options.missing_input = 1;
    lstm_view *view = view_of(d, &options);
    assert_int_equal(lstm_view_inputs(view), 4);
    const lts_level level = {0, 1};
    for (int64_t limit = 4; limit <= 8; limit += 4) {
        const lts_place place = {0, 0, 4, limit};
        const lstm_real want[3][2] = {{0, 1}, {0, 0}, {1, 1}};
        for (int64_t t = 0; t < 3; t++) {
            lstm_real x[4];
            lts_view_inputs(view, &place, &level, t, x);
            assert_values(x + 2, want[t], 2);
        }
    }
    lstm_view_free(view);
    lstm_dataset_free(d);
}

static void filled_values_are_read_but_not_scored(void **state)
{
    (void)state;
    lstm_dataset *d = new_dataset(1, NULL, LSTM_MISSING_FORWARD);
    const lstm_real rows[6] = {1, 2, 3, NA, 5, 6};
    assert_ok(lstm_dataset_add(d, NULL, rows, 6, 0));
    for (int64_t difference = 0; difference < 2; difference++) {
        lstm_view_options options = options_of(1, 1, 5);
        options.difference = difference;
        lstm_view *view = view_of(d, &options);
        lts_place place = {0, 0, 1 + difference, 6};
        const lts_level level = {0, 1};
        /* the predicted rows are 1 .. 5, or 2 .. 6; the fourth value is 3 */
        const lstm_real want[2][5] = {{1, 1, 0, 1, 1}, {1, 0, 0, 1, 0}};
        for (int64_t t = 0; t < 5; t++) {
            lstm_real weight, x;
            lts_view_targets(view, &place, &level, t, NULL, &weight);
            assert_true(weight == want[difference][t]);
            lts_view_inputs(view, &place, &level, t, &x);
            assert_true(x == x);
        }
        lstm_view_free(view);
    }
    lstm_dataset_free(d);
}

/* A forecast of differences begins at the last known value of the same phase. */
static void differences_are_taken_from_known_rows(void **state)
{
    (void)state;
    lstm_dataset *d = new_dataset(1, NULL, LSTM_MISSING_MASK);
    const lstm_real rows[6] = {10, 20, 11, 21, 12, NA};
    assert_ok(lstm_dataset_add(d, NULL, rows, 6, 0));
    lstm_view_options options = options_of(1, 2, 1);
    options.difference = 2;
    lstm_view *view = view_of(d, &options);
    const lts_place place = {0, 0, 6, 6};
    const lts_level level = {0, 1};
    lstm_real values[4] = {1, 1, 1, 1};
    lts_view_restore(view, &place, &level, 4, values);
    assert_values(values, (lstm_real[]){13, 22, 14, 23}, 4);
    lstm_view_free(view);
    lstm_dataset_free(d);
}

/* The inputs of three steps, of which the last two read known covariates of rows that nobody gave. */
static void assert_continued(int64_t missing, lstm_real known_4, lstm_real known_5)
{
    const int64_t roles[3] = {LSTM_ROLE_BOTH, LSTM_ROLE_INPUT, LSTM_ROLE_KNOWN};
    const lstm_real rows[9] = {1, 10, 100, 2, 20, 200, 3, 30, 300}, future[3] = {0, 0, 400};
    lstm_dataset *d = new_dataset(3, roles, missing);
    assert_ok(lstm_dataset_add(d, NULL, rows, 3, 0));
    assert_ok(lstm_dataset_set_future(d, 0, future, 1));
    lstm_view_options options = options_of(1, 1, 1);
    options.past = LSTM_PAST_HOLD;
    lstm_view *view = view_of(d, &options);
    const lts_place place = {0, 0, 3, 3};
    const lts_level level = {0, 1};
    const lstm_real want[3][3] = {{3, 30, 400}, {NA, 30, known_4}, {NA, 30, known_5}};
    for (int64_t t = 0; t < 3; t++) {
        lstm_real x[3];
        lts_view_inputs(view, &place, &level, t, x);
        assert_values(x, want[t], 3);
    }
    lstm_view_free(view);
    lstm_dataset_free(d);
}

/* Seasons have three rows. */
static void known_covariates_continue_after_their_rows(void **state)
{
    (void)state;
    assert_continued(LSTM_MISSING_REFUSE, 400, 400);
    assert_continued(LSTM_MISSING_FORWARD, 400, 400);
    assert_continued(LSTM_MISSING_LINEAR, 400, 400);
    assert_continued(LSTM_MISSING_MASK, 400, 400);
    assert_continued(LSTM_MISSING_SEASONAL, 200, 300);
}

/* What lies in the part must be in the domain; elsewhere it counts as missing. */
static void values_outside_of_the_domain(void **state)
{
    (void)state;
    lstm_dataset *d = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    const lstm_real rows[6] = {1, 2, 3, 4, 0, 5};
    lstm_view *view;
    assert_ok(lstm_dataset_add(d, "river", rows, 6, 0));
    lstm_view_options options = options_of(1, 2, 1);
    options.transform = LSTM_TRANSFORM_LOG;
    assert_status(lstm_view_new(&view, d, &options), LSTM_E_NUMERIC,
                  "series \"river\", row 4, column 0 (0) is 0");
    assert_ok(lstm_dataset_split(d, 0, 4, 5));
    view = view_of(d, &options);
    const lts_place place = {0, 0, 5, 6};
    const lts_level level = {0, 1};
    lstm_real x, target, weight;
    lts_view_inputs(view, &place, &level, 1, &x);
    assert_true(x != x);
    lts_view_targets(view, &place, &level, 0, &target, &weight);
    assert_true(target == 0 && weight == 0);
    lts_view_targets(view, &place, &level, 1, &target, &weight);
    assert_close("domain", "target", 0, (double)target, log(5), TOLERANCE);
    lstm_view_free(view);
    lstm_dataset_free(d);
}

/* The others are: a logarithm of column 0 beside column 1 as it is, and back. */
static void a_column_outside_of_the_domain_need_not_be_transformed(void **state)
{
    (void)state;
    lstm_dataset *d = new_dataset(2, NULL, LSTM_MISSING_REFUSE);
    const lstm_real rows[12] = {1, 2, 2, 0, 3, 4, 4, 5, 5, 6, 6, 7};
    assert_ok(lstm_dataset_add(d, NULL, rows, 6, 0));
    lstm_view_options options = options_of(1, 2, 1);
    options.transform = LSTM_TRANSFORM_LOG, options.skip_transform = 1;
    lstm_view *view = view_of(d, &options);
    const lts_place place = {0, 0, 2, 6};
    const lts_level levels[2] = {{0, 1}, {0, 1}};
    lstm_real target[2];
    for (int64_t step = 0; step < 3; step++) {
        lts_view_targets(view, &place, levels, step, target, NULL);
        assert_close("logarithm", "target", step, (double)target[0], log((double)step + 2),
                     TOLERANCE);
        assert_true(target[1] == rows[2 * step + 3]);
    }
    target[1] = -3;
    lts_view_restore(view, &place, levels, 1, target);
    assert_close("logarithm", "restored", 0, (double)target[0], 4, 100 * TOLERANCE);
    assert_true(target[1] == -3);
    lstm_view_free(view);
    /* the part decides: in its first row both columns are positive */
    assert_ok(lstm_dataset_split(d, 0, 3, 6));
    options.skip_transform = 0;
    lstm_view *refused;
    assert_status(lstm_view_new(&refused, d, &options), LSTM_E_NUMERIC, "row 1, column 1");
    lstm_dataset_free(d);
}

/* Loops over the rows of a context end with the rows of the series. */
static void a_context_of_any_length_is_padded(void **state)
{
    (void)state;
    lstm_dataset *d = counting(N, LSTM_MISSING_REFUSE);
    lstm_view_options options = options_of(1, INT64_MAX / 64, 1);
    options.base = LSTM_BASE_MEAN;
    options.spread_floor = 1;
    lstm_view *view = view_of(d, &options);
    assert_int_equal(lstm_view_windows(view), 1);
    lts_place place = lts_view_place(view, 0);
    lts_level level;
    lts_view_levels(view, &place, &level);
    assert_close("long", "base", 0, (double)level.base, 5, TOLERANCE);
    assert_close("long", "spread", 0, (double)level.spread, sqrt(60.0 / 9), TOLERANCE);
    lstm_view_free(view);
    lstm_dataset_free(d);
}

/* Scales of static features are those of all series that have them, also for a series of another data
 * set. */
static void static_features_are_scaled_over_the_series(void **state)
{
    (void)state;
    lstm_dataset *d;
    lstm_dataset_options data = LSTM_DATASET_OPTIONS_INIT;
    data.n_column = 1;
    data.n_static = 2;
    assert_ok(lstm_dataset_new(&d, &data));
    const lstm_real rows[3] = {1, 2, 3}, features[3][2] = {{1000, 5}, {3000, 5}, {9000, 9}};
    for (int64_t s = 0; s < 3; s++) {
        assert_ok(lstm_dataset_add(d, NULL, rows, 3, 0));
        if (s < 2)
            assert_ok(lstm_dataset_set_static(d, s, features[s]));
    }
    lstm_view_options options = options_of(1, 1, 1);
    options.scaling = LSTM_SCALING_STANDARD;
    lstm_view *view = view_of(d, &options);
    const lts_level level = {0, 1};
    const lstm_real want[3][2] = {{-1, 0}, {1, 0}, {0, 0}}, want_later[2] = {7, 4};
    lstm_real x[3];
    for (int64_t s = 0; s < 3; s++) {
        lts_view_inputs(view, &(lts_place){s, 0, 1, 3}, &level, 0, x);
        assert_values(x + 1, want[s], 2);
    }
    assert_ok(lstm_dataset_set_static(d, 2, features[2]));
    lts_view_inputs(view, &(lts_place){2, 0, 1, 3}, &level, 0, x);
    assert_values(x + 1, want_later, 2);
    lstm_view_free(view);
    options.scaling = LSTM_SCALING_NONE;
    view = view_of(d, &options);
    lts_view_inputs(view, &(lts_place){0, 0, 1, 3}, &level, 0, x);
    assert_values(x + 1, features[0], 2);
    lstm_view_free(view);
    lstm_dataset_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_begin_at_any_row),
        cmocka_unit_test(windows_do_not_change_when_rows_are_appended),
        cmocka_unit_test(short_series_are_padded_in_front),
        cmocka_unit_test(no_window_crosses_from_one_series_to_the_next),
        cmocka_unit_test(the_indicator_is_the_same_in_training_and_forecast),
        cmocka_unit_test(filled_values_are_read_but_not_scored),
        cmocka_unit_test(differences_are_taken_from_known_rows),
        cmocka_unit_test(known_covariates_continue_after_their_rows),
        cmocka_unit_test(values_outside_of_the_domain),
        cmocka_unit_test(static_features_are_scaled_over_the_series),
        cmocka_unit_test(a_column_outside_of_the_domain_need_not_be_transformed),
        cmocka_unit_test(a_context_of_any_length_is_padded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
