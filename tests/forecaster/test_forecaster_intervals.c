/* SPDX-License-Identifier: MIT */
/*
 * Intervals of a forecaster: against plain loops over interval.h, and the shares that they cover.
 */
#include "forecaster_fixture.h"
#include "scratch.h"

#include <lstmts/interval.h>
#include <stdbool.h>

enum { H = 4, WEEK = 7, ROWS = 400, TRAIN = 240, VALID = 320 };
static const double levels[] = {0.5, 0.9};
enum { L = 2 };

/* A week, and noise that is as large in each row. */
static lstm_real value_at(int64_t s, int64_t row)
{
    double scale = s == 0 ? 1 : 1000;
    return (lstm_real)(scale * (5 + 2 * wave(row + 2 * s, WEEK) + 0.4 * noise(row + 1000 * s)));
}

static lstm_dataset *new_data(int64_t n_series, int64_t n_row)
{
    lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_MASK);
    for (int64_t s = 0; s < n_series; s++) {
        lstm_real *rows = new_rows(n_row);
        for (int64_t t = 0; t < n_row; t++)
            rows[t] = value_at(s, t);
        add_rows(dataset, rows, n_row);
        assert_ok(lstm_dataset_split(dataset, s, TRAIN, VALID));
    }
    return dataset;
}

static lstm_forecaster *fit_for(const lstm_dataset *dataset, int64_t use)
{
    lstm_forecaster_options options = small_options(H);
    options.use = use, options.season_len = WEEK;
    options.levels = levels, options.n_level = L;
    return fit_new(&options, dataset);
}

/* Mean absolute change over a week of the training part. */
static double plain_scale(int64_t s)
{
    double sum = 0;
    for (int64_t t = WEEK; t < TRAIN; t++)
        sum += fabs((double)value_at(s, t) - (double)value_at(s, t - WEEK));
    return sum / (TRAIN - WEEK);
}

/* Scored intervals of one series, in units of its scale. */
typedef struct plain {
    const lstm_forecaster *f;
    const lstm_dataset *dataset;
    lstm_interval *interval;
    double scale;
} plain;

static void forecast(const plain *p, int64_t origin, lstm_real *y)
{
    assert_ok(lstm_forecaster_predict_from(p->f, p->dataset, 0, &origin, 1, H, y));
}

/* Every row is an origin while its targets are before `end`, or to `end` itself. */
static void score(const plain *p, int64_t first, int64_t end, bool all_known)
{
    for (int64_t t = first; t < end; t++) {
        lstm_real y[H], row = (lstm_real)((double)value_at(0, t) / p->scale);
        forecast(p, t, y);
        for (int h = 0; h < H; h++)
            y[h] = (lstm_real)((double)y[h] / p->scale);
        if (!all_known || t + H <= end)
            assert_ok(lstm_interval_expect(p->interval, y, NULL));
        assert_ok(lstm_interval_observe(p->interval, &row));
    }
}

static void assert_bounds(const plain *p, int64_t origin, const lstm_real *lower,
                          const lstm_real *upper)
{
    lstm_real y[H], low[L * H], high[L * H];
    forecast(p, origin, y);
    for (int h = 0; h < H; h++)
        y[h] = (lstm_real)((double)y[h] / p->scale);
    assert_ok(lstm_interval_bounds(p->interval, y, NULL, low, high));
    for (int i = 0; i < L * H; i++) {
        low[i] = (lstm_real)((double)low[i] * p->scale);
        high[i] = (lstm_real)((double)high[i] * p->scale);
    }
    assert_memory_equal(low, lower, sizeof low);
    assert_memory_equal(high, upper, sizeof high);
}

/*
 * A baseline has nothing that a fit changes: so its forecasts of the validation part can be had by
 * calls. Those before the end of this part are scored first, then those since.
 */
static void they_are_those_of_a_plain_loop(void **state)
{
    (void)state;
    lstm_interval_options options = LSTM_INTERVAL_OPTIONS_INIT;
    lstm_dataset *dataset = new_data(1, ROWS);
    plain p = {fit_for(dataset, LSTM_USE_BASELINE), dataset, NULL, plain_scale(0)};
    const int64_t origins[] = {VALID, VALID + 1, VALID + 30, ROWS};
    lstm_real y[4 * H], lower[4 * L * H], upper[4 * L * H], one[H];
    assert_ok(lstm_forecaster_intervals(p.f, dataset, 0, origins, 4, y, lower, upper));
    options.horizon = H, options.levels = levels, options.n_level = L;
    options.window = 200;
    assert_ok(lstm_interval_new(&p.interval, &options));
    score(&p, TRAIN, VALID, true);
    assert_ok(lstm_interval_restart(p.interval));
    for (int i = 0; i < 4; i++) {
        if (i > 0)
            score(&p, origins[i - 1], origins[i], false);
        assert_bounds(&p, origins[i], lower + i * L * H, upper + i * L * H);
        forecast(&p, origins[i], one);
        assert_memory_equal(one, y + i * H, sizeof one);
    }
    lstm_interval_free(p.interval);
    lstm_forecaster_free((lstm_forecaster *)p.f);
    lstm_dataset_free(dataset);
}

static void later_rows_are_not_read(void **state)
{
    (void)state;
    const int64_t origins[] = {VALID, VALID + 20};
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_BASELINE; use++) {
        lstm_dataset *whole = new_data(2, ROWS), *cut = new_data(2, VALID + 20);
        lstm_forecaster *f = fit_for(whole, use);
        for (int64_t s = 0; s < 2; s++) {
            lstm_real a[2][2 * L * H], b[2][2 * L * H], y[2 * H], z[2 * H];
            assert_ok(lstm_forecaster_intervals(f, whole, s, origins, 2, y, a[0], a[1]));
            assert_ok(lstm_forecaster_intervals(f, cut, s, origins, 2, z, b[0], b[1]));
            assert_memory_equal(a, b, sizeof a);
            assert_memory_equal(y, z, sizeof y);
            for (int64_t i = 0; i < 2; i++) /* levels nest around the forecast */
                for (int64_t h = 0; h < H; h++) {
                    const int64_t narrow = (i * L) * H + h, wide = narrow + H;
                    assert_true(a[0][wide] < a[0][narrow] && a[0][narrow] < y[i * H + h]);
                    assert_true(y[i * H + h] < a[1][narrow] && a[1][narrow] < a[1][wide]);
                }
        }
        lstm_forecaster_free(f);
        lstm_dataset_free(whole);
        lstm_dataset_free(cut);
    }
}

/* The second series is 1,000 times as large. */
static void every_series_has_intervals_of_its_size(void **state)
{
    (void)state;
    static int64_t origins[3 * ROWS];
    enum { N = 900 };
    lstm_dataset *dataset = new_data(2, VALID + N + H);
    lstm_forecaster *f = fit_for(dataset, LSTM_USE_RIDGE);
    double width[2] = {0, 0};
    for (int64_t i = 0; i < N; i++)
        origins[i] = VALID + i;
    for (int64_t s = 0; s < 2; s++) {
        static lstm_real lower[N * L * H], upper[N * L * H];
        int64_t n_hit = 0;
        assert_ok(lstm_forecaster_intervals(f, dataset, s, origins, N, NULL, lower, upper));
        for (int64_t i = 0; i < N * H; i++) {
            const int64_t at = i / H * L * H + H + i % H; /* the level 0.9 */
            double truth = (double)value_at(s, origins[i / H] + i % H);
            n_hit += truth >= (double)lower[at] && truth <= (double)upper[at];
            width[s] += (double)upper[at] - (double)lower[at];
        }
        assert_in_range(n_hit, N * H * 84 / 100, N * H * 96 / 100);
        /* before anything is scored since the fit: the residuals of both series */
        double first = (double)upper[H] - (double)lower[H];
        assert_true(first > 0.4 * width[s] / (N * H) && first < 2.5 * width[s] / (N * H));
    }
    assert_true(width[1] > 500 * width[0] && width[1] < 2000 * width[0]);
    lstm_forecaster_free(f);
    lstm_dataset_free(dataset);
}

/* The bits of a file. */
static void they_come_back_from_a_file(void **state)
{
    (void)state;
    const int64_t origins[] = {TRAIN, VALID + 3, ROWS};
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_BASELINE; use++) {
        lstm_dataset *dataset = new_data(2, ROWS);
        lstm_forecaster *f = fit_for(dataset, use), *loaded = NULL;
        lstm_real a[2][3 * L * H], b[2][3 * L * H];
        assert_ok(lstm_forecaster_save(f, scratch("f")));
        assert_ok(lstm_forecaster_load(&loaded, scratch("f")));
        for (int64_t s = 0; s < 2; s++) {
            assert_ok(lstm_forecaster_intervals(f, dataset, s, origins, 3, NULL, a[0], a[1]));
            assert_ok(lstm_forecaster_intervals(loaded, dataset, s, origins, 3, NULL, b[0], b[1]));
            assert_memory_equal(a, b, sizeof a);
        }
        lstm_forecaster_free(loaded);
        lstm_forecaster_free(f);
        lstm_dataset_free(dataset);
    }
}

/* Too few rows for one window of the validation part, and none since the fit. */
static void without_a_score_they_are_not_numbers(void **state)
{
    (void)state;
    const int64_t origin = 9;
    lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_MASK);
    lstm_real *rows = new_rows(9), y[H], lower[L * H], upper[L * H];
    for (int i = 0; i < 9; i++)
        rows[i] = (lstm_real)i;
    add_rows(dataset, rows, 9);
    lstm_forecaster *f = fit_for(dataset, LSTM_USE_BASELINE);
    assert_ok(lstm_forecaster_intervals(f, dataset, 0, &origin, 1, y, lower, upper));
    for (int i = 0; i < L * H; i++)
        assert_true(isnan(lower[i]) && isnan(upper[i]) && isfinite(y[i % H]));
    lstm_forecaster_free(f);
    lstm_dataset_free(dataset);
}

static void wrong_use_is_refused(void **state)
{
    (void)state;
    lstm_dataset *dataset = new_data(1, ROWS);
    lstm_forecaster *f = fit_for(dataset, LSTM_USE_RIDGE);
    const lstm_forecaster_options options = small_options(H);
    lstm_forecaster *fresh = new_forecaster(&options);
    const int64_t same[] = {300, 300}, falling[] = {300, 299}, zero[] = {0}, far[] = {ROWS + 1};
    lstm_real y[2 * H], lower[2 * L * H] = {7}, upper[2 * L * H] = {7};
#define REFUSED(f, d, s, o, n, low, high, status, part)                                            \
    assert_status(lstm_forecaster_intervals(f, d, s, o, n, y, low, high), status, part)
    REFUSED(NULL, dataset, 0, far, 1, lower, upper, LSTM_E_ARGUMENT, "forecaster is NULL");
    REFUSED(f, NULL, 0, far, 1, lower, upper, LSTM_E_ARGUMENT, "dataset is NULL");
    REFUSED(f, dataset, 0, NULL, 1, lower, upper, LSTM_E_ARGUMENT, "origins is NULL");
    REFUSED(f, dataset, 0, far, 1, NULL, upper, LSTM_E_ARGUMENT, "lower is NULL");
    REFUSED(f, dataset, 0, far, 1, lower, NULL, LSTM_E_ARGUMENT, "upper is NULL");
    REFUSED(f, dataset, 1, far, 1, lower, upper, LSTM_E_ARGUMENT, "series is 1");
    REFUSED(f, dataset, 0, far, 0, lower, upper, LSTM_E_ARGUMENT, "n_origin is 0");
    REFUSED(f, dataset, 0, far, 1, lower, upper, LSTM_E_SHAPE, "origin is 401");
    REFUSED(f, dataset, 0, zero, 1, lower, upper, LSTM_E_ARGUMENT, "origin is 0");
    REFUSED(f, dataset, 0, same, 2, lower, upper, LSTM_E_ARGUMENT, "origins[1] is 300");
    REFUSED(f, dataset, 0, falling, 2, lower, upper, LSTM_E_ARGUMENT,
            "origins[1] is 299, expected above 300");
    REFUSED(fresh, dataset, 0, same, 1, lower, upper, LSTM_E_ORDER, "not fitted");
#undef REFUSED
    assert_true(lower[0] == 7 && upper[0] == 7);
    lstm_forecaster_free(fresh);
    lstm_forecaster_free(f);
    lstm_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_those_of_a_plain_loop),
        cmocka_unit_test(later_rows_are_not_read),
        cmocka_unit_test(every_series_has_intervals_of_its_size),
        cmocka_unit_test(they_come_back_from_a_file),
        cmocka_unit_test(without_a_score_they_are_not_numbers),
        cmocka_unit_test(wrong_use_is_refused),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
