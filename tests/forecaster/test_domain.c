/* SPDX-License-Identifier: MIT */
/* Bounds and paths of columns that are transformed are never below 0. */
#include "forecaster_fixture.h"

enum { N = 160, H = 3, PATHS = 100 };

/* A column of values at and near 0, and one that is negative, too. */
static lstm_dataset *new_data(void)
{
    lstm_dataset *dataset = new_timed(2, NULL, LSTM_STEP_ROWS, 1);
    lstm_real *rows = new_rows(2 * N);
    for (int64_t t = 0; t < N; t++) {
        rows[2 * t] = (lstm_real)fmax(0, noise(t));
        rows[2 * t + 1] = (lstm_real)noise(t + N);
    }
    add_rows(dataset, rows, N);
    return dataset;
}

/* The number of negative values of y [n, 2] in a column. */
static int count_negative(const lstm_real *y, int64_t n, int64_t column)
{
    int negative = 0;
    for (int64_t i = column; i < 2 * n; i += 2)
        negative += y[i] < 0;
    return negative;
}

static void what_is_transformed_is_not_negative(void **state)
{
    (void)state;
    lstm_dataset *dataset = new_data();
    const int64_t origin = N;
    for (int i = 0; i < 4; i++) {
        lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
        lstm_forecaster_options options = small_options(H);
        int is_transformed = i % 2;
        view.context_len = 6, view.skip_transform = 1;
        view.transform = is_transformed ? LSTM_TRANSFORM_SQRT : LSTM_TRANSFORM_NONE;
        options.view = &view, options.season_len = LSTM_NO_SEASON;
        options.use = i / 2 == 0 ? LSTM_USE_RIDGE : LSTM_USE_NETWORKS;
        lstm_forecaster *f = fit_new(&options, dataset);
        lstm_real lower[H * 2], upper[H * 2], paths[PATHS * H * 2];
        assert_ok(lstm_forecaster_intervals(f, dataset, 0, &origin, 1, NULL, lower, upper));
        assert_ok(lstm_forecaster_paths(f, dataset, 0, origin, H, PATHS, 1, paths));
        assert_int_equal(count_negative(lower, H, 0) > 0, !is_transformed);
        assert_int_equal(count_negative(paths, PATHS * H, 0) > 0, !is_transformed);
        assert_true(count_negative(lower, H, 1) > 0);
        assert_true(count_negative(paths, PATHS * H, 1) > 0);
        lstm_forecaster_free(f);
    }
    lstm_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_transformed_is_not_negative)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
