/* SPDX-License-Identifier: MIT */
/* Wrong use of views: messages name the field, what it is and what was expected. */
#include "dataset_fixture.h"

#include <lstmts/iter.h>

enum { N = 40 };

static const lstm_real rows[2 * N] = {1, 2, 3, 4, 5, 6, 7, 8};

static lstm_dataset *data_of(int64_t first, int64_t second)
{
    const int64_t roles[2] = {first, second};
    lstm_dataset *d = new_dataset(2, roles, LSTM_MISSING_REFUSE);
    assert_ok(lstm_dataset_add(d, NULL, rows, N, 0));
    return d;
}

static lstm_view_options valid_options(void)
{
    lstm_view_options options = LSTM_VIEW_OPTIONS_INIT;
    options.segment_len = 2;
    options.context_len = 3;
    return options;
}

/* Asserts that a change of the options is refused. */
#define REFUSED(change, status, part)                                                              \
    do {                                                                                           \
        lstm_view_options o = valid_options();                                                     \
        change;                                                                                    \
        assert_status(lstm_view_new(&view, d, &o), status, part);                                  \
        assert_null(view);                                                                         \
    } while (0)

static void each_option_of_windows_out_of_its_range_is_named(void **state)
{
    (void)state;
    lstm_view *view = NULL;
    lstm_dataset *d = data_of(LSTM_ROLE_BOTH, LSTM_ROLE_BOTH);
    const int64_t most = INT64_MAX, bad = LSTM_E_ARGUMENT, limit = LSTM_E_LIMIT;
    REFUSED(o.segment_len = -1, bad, "segment_len is -1, expected at least 1");
    REFUSED(o.segment_len = most, limit, "segment_len is 9223372036854775807, the limit is");
    REFUSED(o.context_len = 0, bad, "context_len is 0, expected at least 1");
    REFUSED(o.context_len = most, limit, "context_len is 9223372036854775807, the limit is");
    REFUSED(o.horizon = -2, bad, "horizon is -2, expected at least 1");
    REFUSED(o.horizon = most, limit, "horizon is 9223372036854775807, the limit is");
    REFUSED((o.segment_len = most / 64, o.context_len = most / 64), limit, "segments of");
    REFUSED(o.channels = 2, bad, "channels is 2, expected LSTM_CHANNELS_JOINT or _INDEPENDENT");
    REFUSED(o.column_input = 1, bad, "column_input needs LSTM_CHANNELS_INDEPENDENT");
    REFUSED(o.column_input = 2, bad, "column_input is 2, expected 0 or 1");
    REFUSED(o.base = 3, bad, "base is 3, expected LSTM_BASE_NONE, _LAST or _MEAN");
    REFUSED(o.base_len = 2, bad, "base_len needs LSTM_BASE_MEAN");
    REFUSED((o.base = LSTM_BASE_MEAN, o.base_len = -1), bad, "base_len is -1, expected at least 0");
    REFUSED((o.base = LSTM_BASE_MEAN, o.base_len = 7), bad,
            "base_len is 7, but the context has 6 rows");
    REFUSED(o.spread_floor = -1, bad, "spread_floor is -1, expected 0 or");
    REFUSED(o.spread_floor = (double)NAN, bad, "spread_floor is nan, expected 0 or");
    REFUSED(o.spread_floor = (double)INFINITY, bad, "spread_floor is inf, expected 0 or");
    REFUSED(o.spread_floor = 1e-300, bad, "spread_floor is 1e-300, expected 0 or");
    REFUSED(o.past = 2, bad, "past is 2, expected LSTM_PAST_REFUSE or _HOLD");
    REFUSED(o.missing_input = 2, bad, "missing_input is 2, expected 0 or 1");
    REFUSED(o.skip_context = -1, bad, "skip_context is -1, expected 0 or 1");
    REFUSED(o.part = 3, bad, "part is 3, expected LSTM_PART_TRAIN, _TRAIN_VALID or _ALL");
    REFUSED(o.skip_short = 2, bad, "skip_short is 2, expected 0 or 1");
    REFUSED(o.struct_size = 3, LSTM_E_OPTIONS, NULL);
    lstm_dataset_free(d);
}

static void each_option_of_values_out_of_its_range_is_named(void **state)
{
    (void)state;
    lstm_view *view = NULL;
    lstm_dataset *d = data_of(LSTM_ROLE_BOTH, LSTM_ROLE_BOTH);
    const int64_t most = INT64_MAX, bad = LSTM_E_ARGUMENT, limit = LSTM_E_LIMIT;
    REFUSED(o.transform = 4, bad, "transform is 4");
    REFUSED(o.lambda = .5, bad, "lambda is 0.5, expected 0 without Box-Cox");
    REFUSED((o.transform = LSTM_TRANSFORM_BOXCOX, o.lambda = 3), bad,
            "lambda is 3, expected -1 .. 2");
    REFUSED(o.difference = -1, bad, "difference is -1, expected at least 0");
    REFUSED(o.difference = most, limit, "difference is 9223372036854775807, the limit is");
    REFUSED(o.scaling = -1, bad, "scaling is -1, expected LSTM_SCALING_NONE, _STANDARD");
    REFUSED(o.scale_series = 2, bad, "scale_series is 2, expected 0 or 1");
    REFUSED(o.season = 4, bad, "season is 4, expected LSTM_SEASON_NONE, _PHASES");
    REFUSED(o.season_len = 7, bad, "season_len needs LSTM_SEASON_PHASES or _HARMONICS");
    REFUSED(o.n_harmonic = 1, bad, "n_harmonic needs LSTM_SEASON_HARMONICS or _YEAR");
    REFUSED((o.season = LSTM_SEASON_PHASES, o.season_len = 1), bad,
            "season_len is 1, expected at least 2");
    REFUSED((o.season = LSTM_SEASON_PHASES, o.season_len = most), limit, "season_len is");
    REFUSED((o.season = LSTM_SEASON_HARMONICS, o.season_len = 7), bad,
            "n_harmonic is 0, expected 1 .. 16");
    REFUSED((o.season = LSTM_SEASON_YEAR, o.n_harmonic = 17), bad,
            "n_harmonic is 17, expected 1 .. 16");
    REFUSED(o.skip_transform = -1, bad, "skip_transform is -1, expected 0 or 1");
    lstm_dataset_free(d);
}

static void roles_that_a_view_cannot_have_are_named(void **state)
{
    (void)state;
    lstm_view *view = NULL;
    lstm_dataset *d = data_of(LSTM_ROLE_BOTH, LSTM_ROLE_INPUT);
    REFUSED((void)o, LSTM_E_ARGUMENT,
            "column 1 (1) is a past covariate, which a forecast does not know: use LSTM_PAST_HOLD");
    lstm_dataset_free(d);
    d = data_of(LSTM_ROLE_BOTH, LSTM_ROLE_TARGET);
    REFUSED(o.channels = LSTM_CHANNELS_INDEPENDENT, LSTM_E_ARGUMENT,
            "needs LSTM_ROLE_BOTH for all targets: 1 of 2 have it");
    lstm_dataset_free(d);
    const int64_t target = LSTM_ROLE_TARGET;
    d = new_dataset(1, &target, LSTM_MISSING_REFUSE);
    REFUSED((void)o, LSTM_E_SHAPE, "the data set has no series");
    assert_ok(lstm_dataset_add(d, NULL, rows, N, 0));
    REFUSED((void)o, LSTM_E_SHAPE, "the data set has no input column");
    lstm_dataset_free(d);
}

static void a_part_without_windows_is_refused(void **state)
{
    (void)state;
    lstm_view *view = NULL;
    lstm_dataset *d = data_of(LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN);
    assert_ok(lstm_dataset_split(d, 0, 2, 7));
    REFUSED((void)o, LSTM_E_SHAPE, "none of 1 series has the 3 rows of a window in its part");
    REFUSED((o.part = LSTM_PART_TRAIN_VALID, o.skip_short = 1), LSTM_E_SHAPE,
            "none of 1 series has the 8 rows of a window in its part");
    lstm_dataset_free(d);
}

static void null_and_numbers_out_of_range_are_refused(void **state)
{
    (void)state;
    lstm_view *view = NULL;
    lstm_dataset *d = data_of(LSTM_ROLE_BOTH, LSTM_ROLE_BOTH);
    lstm_view_options options = valid_options();
    lstm_view_window window;
    assert_status(lstm_view_new(NULL, d, &options), LSTM_E_ARGUMENT, "view");
    assert_status(lstm_view_new(&view, NULL, &options), LSTM_E_ARGUMENT, "dataset");
    assert_status(lstm_view_new(&view, d, NULL), LSTM_E_ARGUMENT, "options");
    assert_ok(lstm_view_new(&view, d, &options));
    assert_status(lstm_view_window_at(view, -1, &window), LSTM_E_ARGUMENT,
                  "number is -1, expected 0 .. 32");
    assert_status(lstm_view_window_at(view, 33, &window), LSTM_E_ARGUMENT, "number is 33");
    assert_status(lstm_view_window_at(NULL, 0, &window), LSTM_E_ARGUMENT, "view");
    assert_status(lstm_view_window_at(view, 0, NULL), LSTM_E_ARGUMENT, "window");
    assert_int_equal(lstm_view_windows(NULL) + lstm_view_inputs(NULL) + lstm_view_targets(NULL), 0);
    lstm_view_free(NULL);
    lstm_view_free(view);
    lstm_dataset_free(d);
}

static void an_iterator_takes_its_windows_from_the_view(void **state)
{
    (void)state;
    lstm_view *view;
    lstm_iter *iter = NULL;
    lstm_dataset *d = data_of(LSTM_ROLE_BOTH, LSTM_ROLE_BOTH);
    lstm_view_options of_view = valid_options();
    assert_ok(lstm_view_new(&view, d, &of_view));
#define ITER_REFUSED(change, part)                                                                 \
    do {                                                                                           \
        lstm_iter_options o = LSTM_ITER_OPTIONS_INIT;                                              \
        change;                                                                                    \
        assert_status(lstm_iter_new_view(&iter, view, &o), LSTM_E_ARGUMENT, part);                 \
        assert_null(iter);                                                                         \
    } while (0)
    ITER_REFUSED(o.window_len = 3, "window_len is 3, expected 0: the view has the windows");
    ITER_REFUSED(o.pred = 1, "pred is 1, expected 0");
    ITER_REFUSED(o.window_rule = 1, "window_rule is 1, expected 0");
    ITER_REFUSED(o.context_len = 3, "context_len is 3, expected 0");
    ITER_REFUSED(o.horizon = 1, "horizon is 1, expected 0");
    ITER_REFUSED(o.batch_size = -1, "batch_size is -1");
    ITER_REFUSED(o.order = 4, "order is 4");
    ITER_REFUSED(o.draw = 2, "draw is 2, expected LSTM_DRAW_WINDOWS or _SERIES");
    ITER_REFUSED((o.draw = LSTM_DRAW_SERIES, o.order = LSTM_ORDER_SHUFFLE),
                 "LSTM_DRAW_SERIES needs LSTM_ORDER_RANDOM");
#undef ITER_REFUSED
    assert_status(lstm_iter_new_view(NULL, view, NULL), LSTM_E_ARGUMENT, "iter");
    assert_status(lstm_iter_new_view(&iter, NULL, NULL), LSTM_E_ARGUMENT, "view");
    assert_ok(lstm_iter_new_view(&iter, view, NULL));
    lstm_real weight[1];
    assert_status(lstm_iter_weights(iter, weight), LSTM_E_ORDER, "no batch");
    assert_status(lstm_iter_weights(iter, NULL), LSTM_E_ARGUMENT, "weight");
    assert_status(lstm_iter_weights(NULL, weight), LSTM_E_ARGUMENT, "iter");
    lstm_iter_free(iter);
    lstm_view_free(view);
    lstm_dataset_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_option_of_windows_out_of_its_range_is_named),
        cmocka_unit_test(each_option_of_values_out_of_its_range_is_named),
        cmocka_unit_test(roles_that_a_view_cannot_have_are_named),
        cmocka_unit_test(a_part_without_windows_is_refused),
        cmocka_unit_test(null_and_numbers_out_of_range_are_refused),
        cmocka_unit_test(an_iterator_takes_its_windows_from_the_view),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
