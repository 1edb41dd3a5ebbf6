/* SPDX-License-Identifier: MIT */
/*
 * A stream has the bits of the forecaster on a data set with the same rows, and does not allocate.
 */
#include "failing_allocator.h"
#include "saved_fixture.h"

#include <lstmts/stream.h>

enum { LONG = 2 * ROWS + 40 };

/* A row as data_of() has it. */
static void live_row(int64_t series, int64_t row, int64_t missing, lstm_real *out)
{
    data_row(series, row, out);
    if (missing != LSTM_MISSING_REFUSE && row % 11 == 3)
        out[row % 2] = (lstm_real)NAN;
}

static void set_future(lstm_stream *stream, int64_t series, int64_t row)
{
    lstm_real rows[FUTURE * COLUMNS];
    for (int64_t i = 0; i < FUTURE; i++)
        data_row(series, row + i, rows + i * COLUMNS);
    assert_ok(lstm_stream_set_future(stream, rows, FUTURE));
}

static void compare(lstm_stream *stream, const lstm_forecaster *f, int64_t series, int64_t n,
                    int64_t missing)
{
    lstm_real x[HORIZON * TARGETS], y[HORIZON * TARGETS];
    lstm_dataset *data = data_of(n, FUTURE, missing);
    assert_ok(lstm_forecaster_predict(f, data, series, x));
    assert_ok(lstm_stream_forecast(stream, y));
    assert_int_equal(lstm_stream_rows(stream), n);
    for (int i = 0; i < HORIZON * TARGETS; i++)
        if (memcmp(&x[i], &y[i], sizeof *x) != 0)
            fail_msg("row %d, output %d: %.9g, not %.9g", (int)n, i, (double)y[i], (double)x[i]);
    lstm_dataset_free(data);
}

/* From nothing, row by row, over several times the rows that are kept. */
static void from_nothing(const lstm_forecaster *f, int64_t series, int64_t missing)
{
    lstm_stream *stream = NULL;
    const lstm_real size = (lstm_real)(1 + series);
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    lstm_real row[COLUMNS];
    options.series = series;
    options.start = 1700000000 + 3600 * series;
    options.static_values = &size;
    options.n_future = FUTURE;
    assert_ok(lstm_stream_new(&stream, f, &options));
    assert_int_equal(lstm_stream_horizon(stream), HORIZON);
    for (int64_t n = 1; n <= LONG; n++) {
        live_row(series, n - 1, missing, row);
        assert_ok(lstm_stream_push(stream, row));
        if (n % 23 != 0 && n != LONG && n > 12)
            continue;
        set_future(stream, series, n);
        compare(stream, f, series, n, missing);
    }
    assert_true(lstm_stream_rows(stream) > 4 * lstm_stream_context(stream));
    lstm_stream_free(stream);
}

/* From a data set, and then a few rows more. Its future rows become rows one after the other. */
static void from_a_data_set(const lstm_forecaster *f, int64_t series, int64_t missing)
{
    lstm_stream *stream = NULL;
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    lstm_real row[COLUMNS];
    lstm_dataset *data = data_of(ROWS, FUTURE, missing);
    options.dataset = data;
    options.series = series;
    options.n_future = FUTURE;
    assert_ok(lstm_stream_new(&stream, f, &options));
    lstm_dataset_free(data);
    compare(stream, f, series, ROWS, missing);
    for (int64_t n = ROWS + 1; n <= ROWS + FUTURE - HORIZON; n++) {
        lstm_real y[HORIZON * TARGETS];
        live_row(series, n - 1, missing, row);
        assert_ok(lstm_stream_push(stream, row));
        assert_ok(lstm_stream_forecast(stream, y));
    }
    set_future(stream, series, ROWS + FUTURE - HORIZON);
    compare(stream, f, series, ROWS + FUTURE - HORIZON, missing);
    lstm_stream_free(stream);
}

static void both(lstm_forecaster *f, int64_t missing)
{
    for (int64_t s = 0; s < SERIES; s++) {
        from_nothing(f, s, missing);
        from_a_data_set(f, s, missing);
    }
    lstm_forecaster_free(f);
}

static void every_member_has_the_same_bits(void **state)
{
    (void)state;
    both(fitted(LSTM_USE_MEAN), LSTM_MISSING_REFUSE);
    both(fitted(LSTM_USE_NETWORKS), LSTM_MISSING_REFUSE);
    both(fitted(LSTM_USE_RIDGE), LSTM_MISSING_REFUSE);
    both(fitted(LSTM_USE_BASELINE), LSTM_MISSING_REFUSE);
}

static void so_it_has_with_a_baseline_beside_them(void **state)
{
    (void)state;
    static const int64_t uses[] = {LSTM_USE_MEAN, LSTM_USE_NETWORKS, LSTM_USE_RIDGE};
    for (int64_t i = 0; i < 3; i++)
        for (int64_t kind = 0; kind < LTS_N_BASELINE; kind++)
            both(joined(fitted(uses[i]), kind), LSTM_MISSING_REFUSE);
    both(joined(rich(LSTM_USE_MEAN), LSTM_BASELINE_SEASONAL_DRIFT), LSTM_MISSING_MASK);
}

static void so_it_has_with_everything_in_a_view(void **state)
{
    (void)state;
    both(rich(LSTM_USE_MEAN), LSTM_MISSING_MASK);
    both(rich(LSTM_USE_RIDGE), LSTM_MISSING_MASK);
}

static void missing_values_are_filled_as_in_a_data_set(void **state)
{
    (void)state;
    static const int64_t policies[] = {LSTM_MISSING_FORWARD, LSTM_MISSING_LINEAR,
                                       LSTM_MISSING_SEASONAL, LSTM_MISSING_MASK};
    for (int i = 0; i < 4; i++) {
        lstm_view_options view = rich_view();
        lstm_forecaster_options options = options_of(LSTM_USE_MEAN);
        options.view = &view;
        both(fitted_by(&options, policies[i]), policies[i]);
        options.use = LSTM_USE_BASELINE;
        both(fitted_by(&options, policies[i]), policies[i]);
    }
}

/*
 * Two future values are missing, and filled anew when the row before them is another than was
 * foretold.
 */
static void missing_future_values_are_filled_as_in_a_data_set(void **state)
{
    (void)state;
    static const int64_t policies[] = {LSTM_MISSING_FORWARD, LSTM_MISSING_LINEAR,
                                       LSTM_MISSING_SEASONAL, LSTM_MISSING_MASK};
    for (int i = 0; i < 4; i++) {
        lstm_real rows[FUTURE * COLUMNS], x[HORIZON * TARGETS], y[HORIZON * TARGETS];
        lstm_view_options view = rich_view();
        lstm_forecaster_options options = options_of(LSTM_USE_NETWORKS);
        lstm_stream_options of_stream = LSTM_STREAM_OPTIONS_INIT;
        lstm_stream *stream = NULL;
        options.view = &view;
        lstm_forecaster *f = fitted_by(&options, policies[i]);
        lstm_dataset *data = data_of(ROWS, 0, policies[i]);
        for (int64_t j = 0; j < FUTURE; j++)
            data_row(0, ROWS + j, rows + j * COLUMNS);
        rows[1 * COLUMNS + 2] = rows[2 * COLUMNS + 2] = (lstm_real)NAN;
        assert_ok(lstm_dataset_set_future(data, 0, rows, FUTURE));
        of_stream.dataset = data;
        of_stream.n_future = FUTURE;
        assert_ok(lstm_stream_new(&stream, f, &of_stream));
        for (int pushed = 0; pushed < 2; pushed++) {
            assert_ok(lstm_forecaster_predict(f, data, 0, x));
            assert_ok(lstm_stream_forecast(stream, y));
            assert_memory_equal(x, y, sizeof x);
            rows[2] = 40;
            assert_ok(lstm_dataset_append(data, 0, rows, 1));
            assert_ok(lstm_stream_push(stream, rows));
        }
        lstm_stream_free(stream);
        lstm_dataset_free(data);
        lstm_forecaster_free(f);
    }
}

static void it_does_not_allocate(void **state)
{
    (void)state;
    static const int64_t uses[] = {LSTM_USE_MEAN, LSTM_USE_BASELINE};
    failing_allocator memory;
    failing_allocator_install(&memory);
    for (int i = 0; i < 2; i++) {
        lstm_stream *stream = NULL;
        lstm_real row[COLUMNS], y[HORIZON * TARGETS];
        lstm_view_options view = rich_view();
        lstm_forecaster_options options = options_of(uses[i]);
        lstm_stream_options of_stream = LSTM_STREAM_OPTIONS_INIT;
        options.view = &view;
        of_stream.n_future = FUTURE;
        lstm_forecaster *f = fitted_by(&options, LSTM_MISSING_LINEAR);
        assert_ok(lstm_stream_new(&stream, f, &of_stream));
        failing_allocator_fail(&memory, 1, INT64_MAX);
        for (int64_t n = 0; n < LONG; n++) {
            live_row(0, n, LSTM_MISSING_LINEAR, row);
            assert_ok(lstm_stream_push(stream, row));
            set_future(stream, 0, n + 1);
            if (n > 4)
                assert_ok(lstm_stream_forecast(stream, y));
        }
        assert_int_equal(memory.calls, 0);
        failing_allocator_fail(&memory, 0, 0);
        lstm_stream_free(stream);
        lstm_forecaster_free(f);
    }
    failing_allocator_remove(&memory);
}

/* A stream goes with the fit that it began with. */
static void it_borrows_nothing(void **state)
{
    (void)state;
    lstm_stream *stream = NULL;
    lstm_real before[HORIZON * TARGETS], after[HORIZON * TARGETS];
    lstm_forecaster *f = rich(LSTM_USE_NETWORKS);
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    lstm_dataset *data = data_of(ROWS, FUTURE, LSTM_MISSING_MASK);
    lstm_dataset *longer = data_of(2 * ROWS, FUTURE, LSTM_MISSING_MASK);
    options.dataset = data;
    options.n_future = FUTURE;
    assert_ok(lstm_stream_new(&stream, f, &options));
    assert_ok(lstm_stream_forecast(stream, before));
    assert_ok(lstm_forecaster_fit(f, longer));
    lstm_dataset_free(data);
    lstm_dataset_free(longer);
    lstm_forecaster_free(f);
    assert_ok(lstm_stream_forecast(stream, after));
    assert_memory_equal(before, after, sizeof before);
    lstm_stream_free(stream);
}

static void wrong_options_are_refused(void **state)
{
    (void)state;
    lstm_stream *stream = NULL;
    const lstm_real size = 1;
    lstm_forecaster *f = rich(LSTM_USE_NETWORKS), *unfitted = NULL;
    const lstm_forecaster_options fresh = options_of(LSTM_USE_AUTO);
    lstm_dataset *data = data_of(ROWS, FUTURE, LSTM_MISSING_REFUSE);
    lstm_stream_options o = LSTM_STREAM_OPTIONS_INIT;
    assert_ok(lstm_forecaster_new(&unfitted, &fresh));
    assert_status(lstm_stream_new(&stream, unfitted, NULL), LSTM_E_ORDER, "not fitted");
    lstm_forecaster_free(unfitted);
    assert_status(lstm_stream_new(NULL, f, NULL), LSTM_E_ARGUMENT, "stream");
    assert_status(lstm_stream_new(&stream, NULL, NULL), LSTM_E_ARGUMENT, "forecaster");
    o.horizon = -1;
    assert_status(lstm_stream_new(&stream, f, &o), LSTM_E_ARGUMENT, "horizon is -1");
    o.horizon = 0, o.n_future = INT64_MAX;
    assert_status(lstm_stream_new(&stream, f, &o), LSTM_E_LIMIT, "n_future");
    o.n_future = 0, o.series = 2;
    assert_status(lstm_stream_new(&stream, f, &o), LSTM_E_SHAPE,
                  "series is 2, the data set of the fit had 2 series");
    o.dataset = data;
    assert_status(lstm_stream_new(&stream, f, &o), LSTM_E_ARGUMENT, "series is 2");
    o.series = 0, o.static_values = &size;
    assert_status(lstm_stream_new(&stream, f, &o), LSTM_E_ARGUMENT, "those of the data set");
    assert_null(stream);
    lstm_forecaster_free(f);
    lstm_dataset_free(data);
}

static void rows_without_values_are_refused(void **state)
{
    (void)state;
    lstm_stream *stream = NULL;
    lstm_real row[COLUMNS] = {1, 2, 3}, y[HORIZON * TARGETS], rows[COLUMNS * FUTURE] = {0};
    lstm_forecaster *f = rich(LSTM_USE_NETWORKS);
    lstm_dataset *no_future = data_of(ROWS, 0, LSTM_MISSING_REFUSE);
    lstm_stream_options o = LSTM_STREAM_OPTIONS_INIT;
    o.dataset = no_future;
    assert_ok(lstm_stream_new(&stream, f, &o));
    memset(y, 7, sizeof y);
    assert_status(lstm_stream_forecast(stream, y), LSTM_E_SHAPE, "tariff");
    for (size_t i = 0; i < sizeof y; i++)
        assert_int_equal(((const char *)y)[i], 7);
    assert_status(lstm_stream_set_future(stream, rows, HORIZON + 1), LSTM_E_ARGUMENT,
                  "n_row is 6, expected 0 .. n_future = 5");
    assert_status(lstm_stream_set_future(stream, NULL, 1), LSTM_E_ARGUMENT, "rows");
    rows[2] = (lstm_real)INFINITY;
    assert_status(lstm_stream_set_future(stream, rows, 1), LSTM_E_NUMERIC, "tariff");
    assert_ok(lstm_stream_set_future(stream, NULL, 0));
    row[1] = (lstm_real)INFINITY;
    assert_status(lstm_stream_push(stream, row), LSTM_E_NUMERIC, "row 160, column 1 (heat) is inf");
    row[1] = (lstm_real)NAN;
    assert_status(lstm_stream_push(stream, row), LSTM_E_NUMERIC, "is missing");
    assert_int_equal(lstm_stream_rows(stream), ROWS);
    lstm_stream_free(stream);
    lstm_forecaster_free(f);
    lstm_dataset_free(no_future);
}

static void wrong_calls_are_refused(void **state)
{
    (void)state;
    lstm_stream *stream = NULL;
    lstm_real row[COLUMNS] = {1, 2, 3}, y[HORIZON * TARGETS];
    lstm_forecaster *f = rich(LSTM_USE_NETWORKS);
    assert_ok(lstm_stream_new(&stream, f, NULL));
    assert_status(lstm_stream_push(stream, NULL), LSTM_E_ARGUMENT, "row");
    assert_status(lstm_stream_push(NULL, row), LSTM_E_ARGUMENT, "stream");
    assert_status(lstm_stream_forecast(NULL, y), LSTM_E_ARGUMENT, "stream");
    assert_status(lstm_stream_forecast(stream, NULL), LSTM_E_ARGUMENT, "y");
    assert_status(lstm_stream_forecast(stream, y), LSTM_E_ORDER, "no row");
    lstm_stream_free(stream);
    lstm_forecaster_free(f);
    lstm_stream_free(NULL);
    assert_int_equal(lstm_stream_rows(NULL) + lstm_stream_context(NULL) + lstm_stream_horizon(NULL),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_has_the_same_bits),
        cmocka_unit_test(so_it_has_with_a_baseline_beside_them),
        cmocka_unit_test(so_it_has_with_everything_in_a_view),
        cmocka_unit_test(missing_values_are_filled_as_in_a_data_set),
        cmocka_unit_test(missing_future_values_are_filled_as_in_a_data_set),
        cmocka_unit_test(it_does_not_allocate),
        cmocka_unit_test(it_borrows_nothing),
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(rows_without_values_are_refused),
        cmocka_unit_test(wrong_calls_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
