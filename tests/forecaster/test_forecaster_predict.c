/* SPDX-License-Identifier: MIT */
/* Forecasts: several origins and series, other data sets, longer horizons, covariates, holes. */
#include "forecaster_fixture.h"

enum { C = 3, K = 2, ROWS = 150, H = 5, N_SERIES = 3, SHORT = 4 };

/* A target, a known covariate that is half of it, a target that is no input. */
static const int64_t roles[C] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN, LSTM_ROLE_TARGET};

static lstm_real value_at(int64_t s, int64_t t, int64_t c)
{
    double known = noise(1000 * s + t), common = wave(t, 6) + 0.2 * noise(5 * t + s + 1);
    return (lstm_real)(c == 1 ? known : 3 + common + (double)c + (c == 0 ? 2 * known : 0));
}

static lstm_real *make_rows(int64_t s, int64_t n_row)
{
    lstm_real *rows = new_rows(n_row * C);
    for (int64_t i = 0; i < n_row * C; i++)
        rows[i] = value_at(s, i / C, i % C);
    return rows;
}

static void set_future(lstm_dataset *dataset, int64_t s, int64_t n)
{
    lstm_real *rows = make_rows(s, lstm_dataset_rows(dataset, s) + n);
    assert_ok(lstm_dataset_set_future(dataset, s, rows + lstm_dataset_rows(dataset, s) * C, n));
    free(rows);
}

/* The last series is too short for any window. */
static lstm_dataset *new_data(int64_t n_series)
{
    lstm_dataset *dataset = new_dataset(C, roles, LSTM_MISSING_MASK);
    for (int64_t s = 0; s < n_series; s++) {
        int64_t n_row = s == 2 ? SHORT : ROWS;
        add_rows(dataset, make_rows(s, n_row), n_row);
        set_future(dataset, s, 3 * H);
    }
    return dataset;
}

static lstm_forecaster_options options_of(int64_t use)
{
    lstm_forecaster_options options = small_options(H);
    options.use = use, options.season_len = 6;
    return options;
}

static void assert_finite(int64_t n, const lstm_real *y)
{
    for (int64_t i = 0; i < n; i++)
        assert_true(isfinite(y[i]));
}

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

static double error_of(const lstm_forecaster *forecaster, const lstm_dataset *dataset)
{
    double sum = 0;
    const lstm_real *x = lstm_dataset_data(dataset, 0);
    for (int64_t origin = 120; origin + H <= ROWS; origin++) {
        lstm_real y[H * K];
        assert_ok(lstm_forecaster_predict_from(forecaster, dataset, 0, &origin, 1, H, y));
        for (int64_t h = 0; h < H; h++)
            sum += fabs((double)y[h * K] - (double)x[(origin + h) * C]);
    }
    return sum / (double)(H * (ROWS - 120 - H + 1));
}

/* The covariate makes up most of what a network without it cannot know. */
static void networks_use_known_covariates(void **fixture)
{
    (void)fixture;
    const int64_t unknown[C] = {LSTM_ROLE_BOTH, LSTM_ROLE_INPUT, LSTM_ROLE_TARGET};
    lstm_dataset *dataset = new_data(2), *without = new_dataset(C, unknown, LSTM_MISSING_MASK);
    lstm_forecaster_options options = options_of(LSTM_USE_NETWORKS);
    options.n_hidden = 32, options.n_update = 1000, options.batch_size = 32;
    options.dropout = LSTM_ZERO;
    double errors[2];
    for (int64_t s = 0; s < 2; s++)
        add_rows(without, make_rows(s, ROWS), ROWS);
    for (int i = 0; i < 2; i++) {
        lstm_dataset *used = i == 0 ? dataset : without;
        assert_ok(lstm_dataset_split(used, LSTM_ALL_SERIES, 95, 120));
        lstm_forecaster *forecaster = fit_new(&options, used);
        errors[i] = error_of(forecaster, used);
        lstm_forecaster_free(forecaster);
    }
    if (!(errors[0] < 0.7 * errors[1]))
        fail_msg("%g with the covariate, %g without", errors[0], errors[1]);
    lstm_dataset_free(dataset);
    lstm_dataset_free(without);
}

/* Calendar columns are known for all times; other known columns must be given. */
static void the_future_of_known_columns_is_needed(void **fixture)
{
    (void)fixture;
    const int64_t one[1] = {LSTM_ROLE_BOTH};
    lstm_dataset *dated = new_timed(1, one, LSTM_STEP_SECONDS, 86400), *known = new_data(2);
    lstm_real *rows = new_rows(ROWS), y[2 * H * K];
    for (int64_t t = 0; t < ROWS; t++)
        rows[t] = (lstm_real)(wave(t, 7) + 0.1 * noise(t));
    add_rows(dated, rows, ROWS);
    assert_ok(
        lstm_dataset_add_calendar(dated, LSTM_CALENDAR_WEEKDAY | LSTM_CALENDAR_YEARDAY, NULL, 0));
    lstm_forecaster_options options = options_of(LSTM_USE_NETWORKS);
    options.season_len = 0;
    lstm_forecaster *forecaster = fit_new(&options, dated);
    assert_described(forecaster, "\"season_len\":7");
    assert_ok(lstm_forecaster_predict(forecaster, dated, 0, y));
    assert_finite(H, y);
    lstm_forecaster_free(forecaster);

    const int64_t origin = ROWS - 2;
    forecaster = fit_new(&options, known);
    assert_ok(lstm_dataset_set_future(known, 1, NULL, 0));
    assert_status(lstm_forecaster_predict(forecaster, known, 1, y), LSTM_E_SHAPE,
                  "series \"1\": column 1 (1) is known to row 149");
    assert_ok(lstm_forecaster_predict_from(forecaster, known, 1, &origin, 1, 2, y));
    assert_status(lstm_forecaster_predict_from(forecaster, known, 1, &origin, 1, 3, y),
                  LSTM_E_SHAPE, "a forecast of 3 rows from row 148");
    assert_status(lstm_forecaster_predict_from(forecaster, known, 1, &origin, 1, INT64_MAX, y),
                  LSTM_E_SHAPE, "set_future");
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dated);
    lstm_dataset_free(known);
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
            lstm_forecaster *forecaster = new_forecaster(&options);
            lstm_status status = lstm_forecaster_fit(forecaster, dataset);
            if (empty && use != LSTM_USE_AUTO && use != LSTM_USE_BASELINE) {
                assert_int_equal(status, LSTM_E_SHAPE); /* a scale needs a value */
                if (strstr(lstm_last_error(), "column 3") == NULL)
                    fail_msg("%s", lstm_last_error());
            } else {
                assert_int_equal(status, LSTM_OK);
                assert_ok(lstm_forecaster_predict(forecaster, dataset, 0, y));
                for (int64_t i = 0; i < H * N; i++)
                    assert_true(isfinite(y[i]) || (empty && i % N == 3));
                for (int64_t h = 0; h < H; h++)
                    assert_true(fabs((double)y[h * N + 1] - 42) < 3);
            }
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
        cmocka_unit_test(networks_use_known_covariates),
        cmocka_unit_test(the_future_of_known_columns_is_needed),
        cmocka_unit_test(holes_and_constants_are_borne),
        cmocka_unit_test(values_outside_of_the_transformation_are_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
