/* SPDX-License-Identifier: MIT */
/* What cannot be fitted is no candidate, and the description says why. */
#include "failing_allocator.h"
#include "forecaster_fixture.h"
#include "scratch.h"

enum { ROWS = 120, H = 4 };

/* A season of 6 rows with noise, and in row `bad` another value. */
static lstm_dataset *new_data(int64_t bad, lstm_real value)
{
    lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_MASK);
    lstm_real *rows = new_rows(ROWS);
    for (int64_t t = 0; t < ROWS; t++)
        rows[t] = t == bad ? value : (lstm_real)(2 + wave(t, 6) + 0.2 * noise(t));
    add_rows(dataset, rows, ROWS);
    assert_ok(lstm_dataset_split(dataset, 0, 80, 100));
    return dataset;
}

static lstm_forecaster_options options_of(int64_t use)
{
    lstm_forecaster_options options = small_options(H);
    options.season_len = 6, options.n_network = 2, options.use = use;
    return options;
}

/* With this rate every training diverges: the squares of outputs overflow. */
static const double too_high = 1e36;

static void without_networks_ridge_forecasts(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(-1, 0);
    lstm_forecaster_options options = options_of(LSTM_USE_AUTO), ridge = options_of(LSTM_USE_RIDGE);
    lstm_real x[H], y[H];
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    loss.kind = LSTM_LOSS_MSE;
    options.learning_rate = too_high, options.n_update = 40, options.loss = &loss;
    lstm_forecaster *forecaster = fit_new(&options, dataset), *other = fit_new(&ridge, dataset);
    assert_described(forecaster, "\"forecast_by\":\"ridge\"");
    assert_described(forecaster, "; a network cannot be trained: ");
    assert_described(forecaster, "\"networks\":null");
    assert_ok(lstm_forecaster_predict(forecaster, dataset, 0, x));
    assert_ok(lstm_forecaster_predict(other, dataset, 0, y));
    assert_memory_equal(x, y, sizeof x);
    lstm_forecaster_free(forecaster);
    lstm_forecaster_free(other);
    lstm_dataset_free(dataset);
}

static void networks_that_were_asked_for_are_not_replaced(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(-1, 0);
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_NETWORKS; use++) {
        lstm_forecaster_options options = options_of(use);
        lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
        loss.kind = LSTM_LOSS_MSE;
        options.learning_rate = too_high, options.n_update = 40, options.loss = &loss;
        lstm_forecaster *forecaster = new_forecaster(&options);
        assert_int_equal(lstm_forecaster_fit(forecaster, dataset), LSTM_E_NUMERIC);
        lstm_forecaster_free(forecaster);
    }
    lstm_dataset_free(dataset);
}

/*
 * A logarithm that only the validation part does not have: everything is judged, nothing is fitted.
 */
static void without_members_a_baseline_forecasts(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(90, -1);
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    view.segment_len = 2, view.context_len = 6, view.horizon = 2;
    view.scaling = LSTM_SCALING_STANDARD, view.transform = LSTM_TRANSFORM_LOG;
    for (int64_t use = LSTM_USE_AUTO; use <= LSTM_USE_RIDGE; use++) {
        lstm_forecaster_options options = options_of(use);
        lstm_real y[H], lower[H], upper[H];
        const int64_t origin = 100;
        options.season_len = LSTM_NO_SEASON;
        options.view = &view, options.learning_rate = 0.01, options.n_update = 100;
        lstm_forecaster *forecaster = new_forecaster(&options);
        lstm_status status = lstm_forecaster_fit(forecaster, dataset);
        if (use == LSTM_USE_AUTO) {
            assert_int_equal(status, LSTM_OK);
            assert_described(forecaster,
                             "\"because\":\"neither networks nor ridge could be fitted; "
                             "ridge cannot be fitted: series \\\"0\\\", row 90, ");
            assert_described(forecaster, "; a network cannot be trained: series");
            assert_ok(
                lstm_forecaster_intervals(forecaster, dataset, 0, &origin, 1, y, lower, upper));
            for (int64_t h = 0; h < H; h++)
                assert_true(lower[h] < y[h] && y[h] < upper[h]);
        } else {
            assert_int_equal(status, LSTM_E_NUMERIC);
        }
        lstm_forecaster_free(forecaster);
    }
    lstm_dataset_free(dataset);
}

/* Gaps of three of every twelve rows leave ridge no window, but networks. */
static void without_ridge_networks_forecast(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_MASK);
    lstm_real rows[ROWS];
    for (int64_t t = 0; t < ROWS; t++)
        rows[t] = t % 12 < 3 ? (lstm_real)NAN : (lstm_real)(0.5 * (double)t + noise(t));
    assert_ok(lstm_dataset_add(dataset, NULL, rows, ROWS, 0));
    lstm_forecaster_options options = options_of(LSTM_USE_AUTO);
    options.season_len = LSTM_NO_SEASON, options.horizon = 12;
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    assert_described(forecaster, "; ridge cannot be fitted: the training part has no window");
    assert_described(forecaster, "\"ridge\":null");
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

/* Of two columns one has no logarithm in the validation part: the last fit leaves it as it is, also
 * in a file. */
static void a_column_may_leave_the_domain(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_dataset(2, NULL, LSTM_MISSING_MASK);
    lstm_real rows[2 * ROWS], x[2 * H], y[2 * H];
    for (int64_t t = 0; t < ROWS; t++) {
        rows[2 * t] = (lstm_real)exp(0.03 * (double)t + 0.5 * wave(t, 6) + 0.05 * noise(t));
        rows[2 * t + 1] = (lstm_real)(t == 90 ? -1 : 2 + wave(t, 6) + 0.2 * noise(t));
    }
    assert_ok(lstm_dataset_add(dataset, NULL, rows, ROWS, 0));
    assert_ok(lstm_dataset_split(dataset, 0, 80, 100));
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    view.segment_len = 2, view.context_len = 6, view.horizon = 2, view.skip_transform = 1;
    view.scaling = LSTM_SCALING_STANDARD, view.transform = LSTM_TRANSFORM_LOG;
    for (int64_t use = LSTM_USE_AUTO; use <= LSTM_USE_RIDGE; use++) {
        lstm_forecaster_options options = options_of(use);
        lstm_forecaster *loaded = NULL;
        options.view = &view;
        lstm_forecaster *forecaster = fit_new(&options, dataset);
        assert_ok(lstm_forecaster_save(forecaster, scratch("one")));
        assert_ok(lstm_forecaster_load(&loaded, scratch("one")));
        assert_ok(lstm_forecaster_predict(forecaster, dataset, 0, x));
        assert_ok(lstm_forecaster_predict(loaded, dataset, 0, y));
        assert_memory_equal(x, y, sizeof x);
        for (int64_t i = 0; i < 2 * H; i++)
            assert_true(i % 2 == 1 || x[i] > 0);
        lstm_forecaster_free(loaded);
        lstm_forecaster_free(forecaster);
    }
    lstm_dataset_free(dataset);
}

typedef struct call {
    lstm_forecaster *forecaster;
    const lstm_dataset *dataset;
} call;

static lstm_status attempt_fit(void *context)
{
    const call *c = context;
    return lstm_forecaster_fit(c->forecaster, c->dataset);
}

/* Candidates that fail are passed over, but not for want of memory. */
static void nothing_is_lost_without_memory(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    lstm_dataset *dataset = new_data(90, -1);
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    lstm_forecaster_options options = options_of(LSTM_USE_AUTO);
    view.segment_len = 3, view.context_len = 3, view.horizon = 2;
    view.scaling = LSTM_SCALING_STANDARD, view.transform = LSTM_TRANSFORM_LOG;
    options.view = &view, options.n_update = 1, options.season_len = LSTM_NO_SEASON;
    call c = {new_forecaster(&options), dataset};
    assert_ok(attempt_fit(&c));
    assert_described(c.forecaster, "; ridge cannot be fitted: ");
    failing_allocator_sweep(&memory, attempt_fit, &c);
    lstm_forecaster_free(c.forecaster);
    lstm_dataset_free(dataset);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_networks_ridge_forecasts),
        cmocka_unit_test(networks_that_were_asked_for_are_not_replaced),
        cmocka_unit_test(without_members_a_baseline_forecasts),
        cmocka_unit_test(without_ridge_networks_forecast),
        cmocka_unit_test(a_column_may_leave_the_domain),
        cmocka_unit_test(nothing_is_lost_without_memory),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
