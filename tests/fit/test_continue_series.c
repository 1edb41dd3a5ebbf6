/* SPDX-License-Identifier: MIT */
/* Fits that are continued with other series, or a part of the rows. */
#include "assert_close.h"
#include "saved_fixture.h"
#include "scratch.h"

enum { NEW_ROWS = 24, SIZE = HORIZON * TARGETS };

/* Series that are not there stay known; new ones become known. */
static void the_series_may_be_others(void **fixture)
{
    (void)fixture;
    lstm_dataset *data = data_of(ROWS + NEW_ROWS, FUTURE, LSTM_MISSING_REFUSE), *one = NULL;
    const lstm_real *rows = lstm_dataset_data(data, 0);
    lstm_forecaster *forecaster = fitted(LSTM_USE_MEAN), *loaded = NULL;
    assert_ok(lstm_forecaster_frame(&one, forecaster));
    assert_ok(lstm_dataset_add(one, NULL, rows, ROWS + NEW_ROWS, 1700000000));
    assert_ok(lstm_forecaster_continue(forecaster, one, 2));
    assert_ok(lstm_forecaster_save(forecaster, scratch("a")));
    assert_ok(lstm_forecaster_load(&loaded, scratch("a")));
    assert_same(forecaster, loaded, data);
    for (int i = 0; i < 2; i++)
        assert_ok(lstm_dataset_add(one, NULL, rows, ROWS, 1700000000));
    assert_ok(lstm_forecaster_continue(forecaster, one, 2));
    assert_ok(lstm_forecaster_continue(loaded, one, 2));
    assert_same(forecaster, loaded, data);
    lstm_forecaster_free(forecaster);
    lstm_forecaster_free(loaded);
    lstm_dataset_free(data);
    lstm_dataset_free(one);
}

/* The rows of `data` from row `first` on. */
static lstm_dataset *window_of(const lstm_forecaster *forecaster, const lstm_dataset *data,
                               int64_t first)
{
    lstm_dataset *window = NULL;
    assert_ok(lstm_forecaster_frame(&window, forecaster));
    for (int64_t s = 0; s < SERIES; s++) {
        const lstm_real *rows = lstm_dataset_data(data, s), size = (lstm_real)(1 + s);
        int64_t n = lstm_dataset_rows(data, s);
        lstm_real future[FUTURE * COLUMNS];
        for (int64_t row = 0; row < FUTURE; row++)
            data_row(s, n + row, future + row * COLUMNS);
        assert_ok(lstm_dataset_add(window, NULL, rows + first * COLUMNS, n - first,
                                   1700000000 + 3600 * (s + first)));
        assert_ok(lstm_dataset_set_future(window, s, future, FUTURE));
        assert_ok(lstm_dataset_set_static(window, s, &size));
    }
    return window;
}

static void bounds_of(const lstm_forecaster *forecaster, const lstm_dataset *data,
                      lstm_real lower[SIZE], lstm_real upper[SIZE])
{
    const int64_t origin = lstm_dataset_rows(data, 1);
    assert_ok(lstm_forecaster_intervals(forecaster, data, 1, &origin, 1, NULL, lower, upper));
}

/* Rows are recognized by their times: what the last rows teach is what all of them do. */
static void a_window_of_the_last_rows_continues_as_all_rows_do(void **fixture)
{
    (void)fixture;
    enum { FIRST = 60 };
    lstm_real lower[2][SIZE], upper[2][SIZE];
    lstm_dataset *data = data_of(ROWS + NEW_ROWS, FUTURE, LSTM_MISSING_REFUSE);
    lstm_forecaster *by_all = fitted(LSTM_USE_BASELINE), *by_window = clone_of(by_all);
    lstm_dataset *window = window_of(by_all, data, FIRST);
    assert_ok(lstm_forecaster_continue(by_all, data, 0));
    assert_ok(lstm_forecaster_continue(by_window, window, 0));
    bounds_of(by_all, data, lower[0], upper[0]);
    bounds_of(by_window, data, lower[1], upper[1]);
    for (int64_t i = 0; i < SIZE; i++) { /* forecasts differ by rounding */
        assert_close("window", "lower", i, (double)lower[0][i], (double)lower[1][i], 1e-4);
        assert_close("window", "upper", i, (double)upper[0][i], (double)upper[1][i], 1e-4);
    }
    lstm_forecaster *before = clone_of(by_window);
    assert_ok(lstm_forecaster_continue(by_window, data, 0)); /* all rows are known */
    assert_same(before, by_window, data);
    lstm_forecaster_free(before);
    lstm_forecaster_free(by_all);
    lstm_forecaster_free(by_window);
    lstm_dataset_free(data);
    lstm_dataset_free(window);
}

/* Where each series has scales of its own. */
static void other_series_are_refused(void **fixture)
{
    (void)fixture;
    lstm_dataset *data = data_of(ROWS, FUTURE, LSTM_MISSING_MASK), *one = NULL, *named = NULL;
    const lstm_real *rows = lstm_dataset_data(data, 0);
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_RIDGE; use++) {
        lstm_forecaster *forecaster = rich(use), *before = clone_of(forecaster);
        assert_ok(lstm_forecaster_frame(&one, forecaster));
        assert_ok(lstm_forecaster_frame(&named, forecaster));
        assert_ok(lstm_dataset_add(one, NULL, rows, ROWS, 0));
        assert_ok(lstm_dataset_add(named, "1", rows, ROWS, 0));
        assert_ok(lstm_dataset_add(named, "0", rows, ROWS, 0));
        assert_status(lstm_forecaster_continue(forecaster, one, 1), LSTM_E_SHAPE,
                      "has 1 series, that of the fit had 2");
        assert_status(lstm_forecaster_continue(forecaster, named, 1), LSTM_E_SHAPE,
                      "series 0 (1) was not series 0");
        assert_same(before, forecaster, data);
        lstm_dataset_free(one);
        lstm_dataset_free(named);
        lstm_forecaster_free(before);
        lstm_forecaster_free(forecaster);
    }
    lstm_dataset_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_series_may_be_others),
        cmocka_unit_test(a_window_of_the_last_rows_continues_as_all_rows_do),
        cmocka_unit_test(other_series_are_refused),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
