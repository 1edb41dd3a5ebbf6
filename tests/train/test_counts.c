/* SPDX-License-Identifier: MIT */
/* LSTM_LOSS_NEGATIVE_BINOMIAL: targets that are no counts are refused, by their place. */
#include "dataset_fixture.h"

#include <lstmts/lstmts.h>

enum { N_ROW = 12 };

/* A target and a covariate that may be negative; two series. */
static lstm_dataset *new_counts(void)
{
    const int64_t roles[2] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    lstm_dataset *d = new_dataset(2, roles, LSTM_MISSING_MASK);
    lstm_real rows[2 * N_ROW];
    for (int64_t i = 0; i < N_ROW; i++) {
        rows[2 * i] = (lstm_real)(i % 5);
        rows[2 * i + 1] = (lstm_real)-i;
    }
    rows[8] = (lstm_real)NAN;
    assert_ok(lstm_dataset_add(d, "first", rows, N_ROW, 0));
    assert_ok(lstm_dataset_add(d, "second", rows, N_ROW, 0));
    return d;
}

/* An updater by this loss over the iterator; NULL if it is refused. */
static lstm_status make_updater(lstm_iter *iter, int64_t D, int64_t K, int64_t n_update)
{
    lstm_model *model = NULL;
    lstm_updater *updater = NULL;
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    sizes.n_input = D, sizes.n_output = 2 * K, sizes.n_hidden = 3;
    loss.kind = LSTM_LOSS_NEGATIVE_BINOMIAL;
    options.loss = &loss;
    assert_ok(lstm_model_new(&model, &sizes));
    lstm_status status = lstm_updater_new(&updater, model, iter, &options);
    for (int64_t i = 0; i < n_update && status >= 0; i++)
        status = lstm_updater_update(updater);
    lstm_updater_free(updater);
    lstm_model_free(model);
    return status;
}

static lstm_status try_view(const lstm_dataset *d, const lstm_view_options *options)
{
    lstm_view *view = NULL;
    lstm_iter *iter = NULL;
    assert_ok(lstm_view_new(&view, d, options));
    assert_ok(lstm_iter_new_view(&iter, view, NULL));
    lstm_status status = make_updater(iter, lstm_view_inputs(view), lstm_view_targets(view), 5);
    lstm_iter_free(iter);
    lstm_view_free(view);
    return status;
}

static lstm_view_options plain_view(void)
{
    lstm_view_options options = LSTM_VIEW_OPTIONS_INIT;
    options.context_len = 3;
    return options;
}

static void a_view_that_changes_values_is_refused(void **state)
{
    (void)state;
    lstm_dataset *d = new_counts();
    lstm_view_options plain = plain_view();
    assert_ok(try_view(d, &plain));
#define REFUSED(field, value)                                                                      \
    do {                                                                                           \
        lstm_view_options options = plain_view();                                                  \
        options.season_len = strcmp(#field, "season") == 0 ? 2 : 0;                                \
        options.field = value;                                                                     \
        assert_status(try_view(d, &options), LSTM_E_ARGUMENT,                                      \
                      "LSTM_LOSS_NEGATIVE_BINOMIAL needs counts: " #field " of the view");         \
    } while (0)
    REFUSED(transform, LSTM_TRANSFORM_SQRT);
    REFUSED(difference, 1);
    REFUSED(scaling, LSTM_SCALING_MINMAX);
    REFUSED(base, LSTM_BASE_LAST);
    REFUSED(spread_floor, .5);
    REFUSED(season, LSTM_SEASON_PHASES);
#undef REFUSED
    lstm_dataset_free(d);
}

static void a_negative_target_of_a_view_is_named(void **state)
{
    (void)state;
    const lstm_real bad[4] = {-1, 3, 2, 4};
    lstm_view_options options = plain_view();
    lstm_dataset *d = new_counts();
    assert_ok(lstm_dataset_split(d, LSTM_ALL_SERIES, N_ROW, N_ROW));
    assert_ok(lstm_dataset_append(d, 1, bad, 2));
    assert_ok(try_view(d, &options)); /* it is not in the part */
    options.part = LSTM_PART_ALL;
    assert_status(try_view(d, &options), LSTM_E_NUMERIC,
                  "series \"second\", row 12, column 0 (0) is -1, LSTM_LOSS_NEGATIVE_BINOMIAL");
    lstm_dataset_free(d);
}

static void a_negative_target_of_a_series_is_named(void **state)
{
    (void)state;
    lstm_real rows[2 * N_ROW];
    for (int64_t i = 0; i < N_ROW; i++) {
        rows[2 * i] = (lstm_real)(i % 3);
        rows[2 * i + 1] = (lstm_real)-i; /* a covariate */
    }
    rows[0] = -5; /* no target */
    for (int64_t bad = 0; bad < 2; bad++) {
        lstm_series *series = NULL;
        lstm_iter *iter = NULL;
        lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
        options.window_len = 4;
        rows[10] = bad ? (lstm_real)-.5 : 2;
        assert_ok(lstm_series_new(&series, rows, N_ROW, 2));
        assert_ok(lstm_series_set_role(series, 1, LSTM_ROLE_INPUT));
        assert_ok(lstm_iter_new(&iter, series, &options));
        lstm_status status = make_updater(iter, 2, 1, 5);
        if (bad)
            assert_status(status, LSTM_E_NUMERIC, "row 5, column 0 is -0.5");
        else
            assert_ok(status);
        lstm_iter_free(iter);
        lstm_series_free(series);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_view_that_changes_values_is_refused),
        cmocka_unit_test(a_negative_target_of_a_view_is_named),
        cmocka_unit_test(a_negative_target_of_a_series_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
