/* SPDX-License-Identifier: MIT */
/* Forecasts: several origins and series, other data sets, longer horizons, holes. */
#include "known_fixture.h"

/* Several origins give the bits of each alone, and the end of a series is one of them. */
static void origins_are_forecast_independently(void **fixture)
{
    (void)fixture;
    const int64_t origins[] = {1, 7, ROWS, 90, 90};
    enum { N = sizeof origins / sizeof *origins };
    lstm_dataset *dataset = new_data(N_SERIES);
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_BASELINE; use++) {
        lstm_forecaster_options options = options_of(use);
        options.n_threads = 3;
        lstm_forecaster *forecaster = fit_new(&options, dataset);
        lstm_real all[N * H * K], one[H * K];
        assert_ok(lstm_forecaster_predict_from(forecaster, dataset, 1, origins, N, H, all));
        assert_finite(N * H * K, all);
        for (int64_t i = 0; i < N; i++) {
            assert_ok(lstm_forecaster_predict_from(forecaster, dataset, 1, origins + i, 1, H, one));
            assert_memory_equal(one, all + i * H * K, sizeof one);
        }
        assert_ok(lstm_forecaster_predict(forecaster, dataset, 1, one));
        assert_memory_equal(one, all + 2 * H * K, sizeof one);
        assert_ok(lstm_forecaster_predict(forecaster, dataset, 2, one)); /* the short series */
        assert_finite(H * K, one);
        lstm_forecaster_free(forecaster);
    }
    lstm_dataset_free(dataset);
}

/* Series of another data set, with more rows, need not have been there at the fit. */
static void another_data_set_is_forecast_from_its_rows(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(2), *other = new_data(N_SERIES);
    lstm_real *rows = make_rows(0, ROWS + 10);
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_BASELINE; use++) {
        lstm_forecaster_options options = options_of(use);
        lstm_forecaster *forecaster = fit_new(&options, dataset);
        lstm_real first[H * K], y[H * K];
        const int64_t origin = ROWS;
        assert_ok(lstm_forecaster_predict(forecaster, dataset, 0, first));
        assert_ok(lstm_forecaster_predict(forecaster, other, 2, y));
        assert_finite(H * K, y);
        assert_ok(lstm_forecaster_predict(forecaster, other, 0, y));
        if (use != LSTM_USE_MEAN) { /* otherwise the rows were appended before */
            assert_ok(lstm_forecaster_predict_from(forecaster, other, 0, &origin, 1, H, y));
            assert_memory_equal(first, y, sizeof y);
            lstm_forecaster_free(forecaster);
            continue;
        }
        assert_memory_equal(first, y, sizeof y);
        assert_ok(lstm_dataset_append(other, 0, rows + ROWS * C, 10));
        set_future(other, 0, H);
        assert_ok(lstm_forecaster_predict_from(forecaster, other, 0, &origin, 1, H, y));
        assert_memory_equal(first, y, sizeof y);
        assert_ok(lstm_forecaster_predict(forecaster, other, 0, y));
        assert_memory_not_equal(first, y, sizeof y);
        lstm_forecaster_free(forecaster);
    }
    free(rows);
    lstm_dataset_free(dataset);
    lstm_dataset_free(other);
}

/* The first rows of a longer forecast are those of a shorter one. */
static void a_forecast_may_be_longer_than_that_of_the_fit(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(N_SERIES);
    const int64_t origin = 100, longer = 4 * H + 3;
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_BASELINE; use++) {
        lstm_forecaster_options options = options_of(use);
        lstm_forecaster *forecaster = fit_new(&options, dataset);
        lstm_real *y = new_rows(longer * K), *shorter = new_rows(longer * K);
        assert_ok(lstm_forecaster_predict_from(forecaster, dataset, 0, &origin, 1, longer, y));
        assert_finite(longer * K, y);
        for (int64_t h = 1; h < longer; h += 3) {
            assert_ok(lstm_forecaster_predict_from(forecaster, dataset, 0, &origin, 1, h, shorter));
            assert_memory_equal(y, shorter, (size_t)(h * K) * sizeof *y);
        }
        for (int64_t i = 0; i < longer * K; i++) /* a stable continuation */
            assert_true(fabs((double)y[i] - 4) < 10);
        free(y);
        free(shorter);
        lstm_forecaster_free(forecaster);
    }
    lstm_dataset_free(dataset);
}

/* Ridge beyond its horizon: the forecast of a data set to which its own forecasts are appended. */
static void ridge_reads_its_own_forecasts(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    lstm_real *rows = new_rows(ROWS), y[2 * H], next[H];
    for (int64_t t = 0; t < ROWS; t++)
        rows[t] = value_at(0, t, 2);
    add_rows(dataset, rows, ROWS);
    lstm_forecaster_options options = options_of(LSTM_USE_RIDGE);
    const int64_t origin = ROWS;
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    assert_ok(lstm_forecaster_predict_from(forecaster, dataset, 0, &origin, 1, 2 * H, y));
    assert_ok(lstm_dataset_append(dataset, 0, y, H));
    assert_ok(lstm_forecaster_predict(forecaster, dataset, 0, next));
    for (int64_t h = 0; h < H; h++)
        assert_true(fabs((double)next[h] - (double)y[H + h]) < 1e-4);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

/* Holes at random, a column of holes, and constant columns. */
static void holes_and_constants_are_borne(void **fixture)
{
    (void)fixture;
    enum { N = 4 };
    for (int64_t use = LSTM_USE_AUTO; use <= LSTM_USE_BASELINE; use++)
        for (int empty = 0; empty < 2; empty++) {
            lstm_dataset *dataset = new_dataset(N, NULL, LSTM_MISSING_MASK);
            lstm_real *rows = new_rows(ROWS * N), y[H * N];
            for (int64_t t = 0; t < ROWS; t++) {
                rows[t * N] = t % 5 == 1 ? (lstm_real)NAN : value_at(0, t, 0);
                rows[t * N + 1] = 42;
                rows[t * N + 2] = t % 50 < 10 || t > ROWS - 20 ? (lstm_real)NAN : value_at(1, t, 2);
                rows[t * N + 3] = empty ? (lstm_real)NAN : 0;
            }
            add_rows(dataset, rows, ROWS);
            lstm_forecaster_options options = options_of(use);
            lstm_forecaster *forecaster = fit_new(&options, dataset);
            assert_ok(lstm_forecaster_predict(forecaster, dataset, 0, y));
            for (int64_t i = 0; i < H * N; i++) /* a baseline cannot forecast an empty column */
                assert_int_equal(isfinite(y[i]) != 0,
                                 use != LSTM_USE_BASELINE || !empty || i % N != 3);
            for (int64_t h = 0; h < H; h++)
                assert_true(fabs((double)y[h * N + 1] - 42) < 3);
            lstm_forecaster_free(forecaster);
            lstm_dataset_free(dataset);
        }
}

/* Values that a logarithm does not have come after the fit: they count as missing. */
static void values_outside_of_the_transformation_are_missing(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_MASK);
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    lstm_real *rows = new_rows(ROWS), y[H], holes[H];
    for (int64_t t = 0; t < ROWS; t++)
        rows[t] = (lstm_real)exp((double)value_at(0, t, 2));
    view.segment_len = 3, view.context_len = 4, view.horizon = 2;
    view.transform = LSTM_TRANSFORM_LOG, view.scaling = LSTM_SCALING_STANDARD;
    add_rows(dataset, rows, ROWS);
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_RIDGE; use++) {
        const lstm_real values[] = {3, 0, -1, 2},
                        missing[] = {3, (lstm_real)NAN, (lstm_real)NAN, 2};
        lstm_forecaster_options options = options_of(use);
        options.view = &view;
        lstm_forecaster *forecaster = fit_new(&options, dataset);
        assert_ok(lstm_dataset_append(dataset, 0, values, 4));
        assert_ok(lstm_forecaster_predict(forecaster, dataset, 0, y));
        assert_finite(H, y);
        lstm_dataset *other = new_dataset(1, NULL, LSTM_MISSING_MASK);
        int64_t n = lstm_dataset_rows(dataset, 0);
        assert_ok(lstm_dataset_add(other, NULL, lstm_dataset_data(dataset, 0), n - 4, 0));
        assert_ok(lstm_dataset_append(other, 0, missing, 4));
        assert_ok(lstm_forecaster_predict(forecaster, other, 0, holes));
        assert_memory_equal(y, holes, sizeof y);
        lstm_dataset_free(other);
        lstm_forecaster_free(forecaster);
        lstm_dataset_free(dataset);
        dataset = new_dataset(1, NULL, LSTM_MISSING_MASK);
        rows = new_rows(ROWS);
        for (int64_t t = 0; t < ROWS; t++)
            rows[t] = (lstm_real)exp((double)value_at(0, t, 2));
        add_rows(dataset, rows, ROWS);
    }
    lstm_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(origins_are_forecast_independently),
        cmocka_unit_test(another_data_set_is_forecast_from_its_rows),
        cmocka_unit_test(a_forecast_may_be_longer_than_that_of_the_fit),
        cmocka_unit_test(ridge_reads_its_own_forecasts),
        cmocka_unit_test(holes_and_constants_are_borne),
        cmocka_unit_test(values_outside_of_the_transformation_are_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
