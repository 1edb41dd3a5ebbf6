/* SPDX-License-Identifier: MIT */
/* What a caller needs to know of a forecaster that another program has fitted. */
#include "saved_fixture.h"
#include "scratch.h"

#include <lstmts/iter.h>

static const double two_levels[] = {0.5, 0.8};

static lstm_forecaster *new_with_levels(void)
{
    lstm_forecaster *f = NULL;
    lstm_forecaster_options options = options_of(LSTM_USE_RIDGE);
    options.levels = two_levels, options.n_level = 2;
    assert_ok(lstm_forecaster_new(&f, &options));
    return f;
}

static void assert_reads(const lstm_forecaster *f, int64_t targets)
{
    int64_t n = 77;
    assert_int_equal(lstm_forecaster_horizon(f), HORIZON);
    assert_int_equal(lstm_forecaster_targets(f), targets);
    const double *levels = lstm_forecaster_levels(f, &n);
    assert_int_equal(n, 2);
    assert_memory_equal(levels, two_levels, sizeof two_levels);
    assert_ptr_equal(lstm_forecaster_levels(f, NULL), levels);
}

static void sizes_are_those_of_options_and_fit(void **fixture)
{
    (void)fixture;
    lstm_forecaster *f = new_with_levels(), *clone = NULL, *loaded = NULL;
    lstm_dataset *data = data_of(ROWS, FUTURE, LSTM_MISSING_REFUSE);
    assert_reads(f, 0);
    assert_ok(lstm_forecaster_fit(f, data));
    assert_reads(f, TARGETS);
    assert_ok(lstm_forecaster_clone(&clone, f));
    assert_ok(lstm_forecaster_save(f, scratch("one")));
    assert_ok(lstm_forecaster_load(&loaded, scratch("one")));
    lstm_forecaster_free(f);
    assert_reads(clone, TARGETS);
    assert_reads(loaded, TARGETS);
    lstm_forecaster_free(clone);
    lstm_forecaster_free(loaded);
    lstm_dataset_free(data);
}

/* The rows of `data` in a data set of its frame. */
static lstm_dataset *filled_frame(const lstm_forecaster *f, const lstm_dataset *data)
{
    lstm_dataset *frame = NULL;
    assert_ok(lstm_forecaster_frame(&frame, f));
    assert_int_equal(lstm_dataset_series(frame), 0);
    assert_int_equal(lstm_dataset_columns(frame), lstm_dataset_columns(data));
    for (int64_t c = 0; c < lstm_dataset_columns(data); c++) {
        assert_string_equal(lstm_dataset_column_name(frame, c), lstm_dataset_column_name(data, c));
        assert_int_equal(lstm_dataset_role(frame, c), lstm_dataset_role(data, c));
    }
    for (int64_t s = 0; s < SERIES; s++) {
        const lstm_real *rows = lstm_dataset_data(data, s);
        int64_t n = lstm_dataset_rows(data, s), start, n_future = lstm_dataset_future_rows(data, s);
        assert_ok(lstm_dataset_time(data, s, 0, &start));
        assert_ok(lstm_dataset_add(frame, NULL, rows, n, start));
        assert_ok(lstm_dataset_set_future(frame, s, rows + n * COLUMNS, n_future));
        assert_ok(lstm_dataset_set_static(frame, s, lstm_dataset_static(data, s)));
    }
    return frame;
}

static void the_frame_takes_rows_that_the_forecaster_accepts(void **fixture)
{
    (void)fixture;
    lstm_forecaster *f = fitted(LSTM_USE_MEAN);
    lstm_dataset *data = data_of(ROWS, FUTURE, LSTM_MISSING_REFUSE);
    lstm_dataset *frame = filled_frame(f, data);
    lstm_real of_data[SERIES * HORIZON * TARGETS], of_frame[SERIES * HORIZON * TARGETS];
    forecast_all(f, data, of_data);
    forecast_all(f, frame, of_frame);
    assert_memory_equal(of_data, of_frame, sizeof of_data);
    lstm_forecaster_free(f);
    forecast_all(f = fitted(LSTM_USE_RIDGE), frame, of_frame); /* it lives without the forecaster */
    lstm_forecaster_free(f);
    lstm_dataset_free(frame);
    lstm_dataset_free(data);
}

/* A network alone forecasts what the forecaster does, also from a file. */
static void networks_forecast_through_their_views(void **fixture)
{
    (void)fixture;
    lstm_forecaster *f = NULL, *loaded = NULL;
    lstm_dataset *data = data_of(ROWS, FUTURE, LSTM_MISSING_REFUSE);
    lstm_forecaster_options options = options_of(LSTM_USE_NETWORKS);
    lstm_real of_forecaster[HORIZON * TARGETS], of_network[HORIZON * TARGETS];
    lstm_iter *iter = NULL;
    const int64_t series = 1, origin = ROWS;
    options.n_network = 1;
    assert_ok(lstm_forecaster_new(&f, &options));
    assert_null(lstm_forecaster_view(f, 0));
    assert_ok(lstm_forecaster_fit(f, data));
    assert_ok(lstm_forecaster_save(f, scratch("one")));
    assert_ok(lstm_forecaster_load(&loaded, scratch("one")));
    assert_ok(lstm_forecaster_predict(f, data, series, of_forecaster));
    const lstm_forecaster *both[2] = {f, loaded};
    for (int i = 0; i < 2; i++) {
        const lstm_view *view = lstm_forecaster_view(both[i], 0);
        assert_ok(lstm_view_forecast(view, lstm_forecaster_model(both[i], 0), NULL, data, &series,
                                     &origin, 1, HORIZON, 0, of_network));
        assert_memory_equal(of_forecaster, of_network, sizeof of_network);
        assert_int_equal(lstm_view_windows(view), 0);
        assert_status(lstm_iter_new_view(&iter, view, NULL), LSTM_E_SHAPE, "has no windows");
        assert_status(lstm_view_forecast(view, lstm_forecaster_model(both[i], 0), NULL, NULL,
                                         &series, &origin, 1, HORIZON, 0, of_network),
                      LSTM_E_ARGUMENT, "series is 1");
        assert_null(lstm_forecaster_view(both[i], 1));
        assert_null(lstm_forecaster_view(both[i], -1));
    }
    assert_null(lstm_forecaster_view(NULL, 0));
    lstm_forecaster_free(loaded);
    lstm_forecaster_free(f);
    lstm_dataset_free(data);
}

static void wrong_use_is_refused(void **fixture)
{
    (void)fixture;
    lstm_forecaster *f = new_with_levels();
    lstm_dataset *frame = NULL;
    int64_t n = 77;
    assert_status(lstm_forecaster_frame(&frame, NULL), LSTM_E_ARGUMENT, "forecaster is NULL");
    assert_status(lstm_forecaster_frame(NULL, f), LSTM_E_ARGUMENT, "dataset is NULL");
    assert_status(lstm_forecaster_frame(&frame, f), LSTM_E_ORDER, "lstm_forecaster_fit()");
    assert_null(frame);
    assert_int_equal(lstm_forecaster_horizon(NULL), 0);
    assert_int_equal(lstm_forecaster_targets(NULL), 0);
    assert_null(lstm_forecaster_levels(NULL, &n));
    assert_int_equal(n, 0);
    assert_null(lstm_forecaster_levels(NULL, NULL));
    lstm_forecaster_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_those_of_options_and_fit),
        cmocka_unit_test(the_frame_takes_rows_that_the_forecaster_accepts),
        cmocka_unit_test(networks_forecast_through_their_views),
        cmocka_unit_test(wrong_use_is_refused),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
