/* SPDX-License-Identifier: MIT */
/* Sample paths by residuals: what is drawn, how often, and how it compares with intervals. */
#include "paths_fixture.h"

#include <stdbool.h>

/* So many of a series are drawn alone. */
enum { MOST_RESIDUALS = 200, ENOUGH = 50, SLOT = H * K, MOST_EXPECTED = 216 };

/* Residuals of forecasts, by the definition: one for each of these rows of a series, as large as
 * those of
   another one. */
typedef struct expected {
    int64_t n;
    lstm_real residuals[MOST_EXPECTED][SLOT];
} expected;

/* Mean absolute change of a column in the first n rows. */
static double scale_of(const lstm_dataset *data, int64_t series, int64_t k, int64_t n)
{
    const lstm_real *rows = lstm_dataset_data(data, series);
    double sum = 0;
    int64_t count = 0;
    for (int64_t t = 1; t < n; t++) {
        double change = fabs((double)rows[t * K + k] - (double)rows[(t - 1) * K + k]);
        if (!isnan(change)) {
            sum += change;
            count++;
        }
    }
    return sum / (double)count;
}

static void expect(expected *e, const lstm_forecaster *f, const lstm_dataset *data, int64_t series,
                   int64_t first, int64_t last)
{
    for (int64_t t = first; t <= last; t++) {
        lstm_real y[SLOT], *residual = e->residuals[e->n++];
        assert_in_range(e->n, 1, MOST_EXPECTED);
        assert_ok(lstm_forecaster_predict_from(f, data, series, &t, 1, H, y));
        for (int64_t i = 0; i < SLOT; i++) {
            lstm_real truth = lstm_dataset_data(data, series)[t * K + i];
            residual[i] = (lstm_real)((double)truth - (double)y[i]);
        }
    }
}

/*
 * The same of another series, multiplied to the size of `series`, whose scale is of its first n
 * rows.
 */
static void expect_other(expected *e, const lstm_forecaster *f, const lstm_dataset *data,
                         int64_t other, int64_t series, int64_t n)
{
    int64_t begin = e->n;
    expect(e, f, data, other, TRAIN, VALID - H);
    for (int64_t j = begin; j < e->n; j++)
        for (int64_t i = 0; i < SLOT; i++)
            e->residuals[j][i] =
                (lstm_real)((double)e->residuals[j][i] * scale_of(data, series, i % K, n) /
                            scale_of(data, other, i % K, TRAIN));
}

/* Path i with the residual j; missing elements are those of the next one that has them. */
static bool is_path(const expected *e, int64_t j, const lstm_real *y, const lstm_real *path)
{
    for (int64_t i = 0; i < SLOT; i++) {
        int64_t at = j;
        while (isnan(e->residuals[at][i]))
            at = (at + 1) % e->n;
        if (path[i] != y[i] + e->residuals[at][i])
            return false;
    }
    return true;
}

/* Each path is the forecast plus one whole residual; all of them are drawn, equally often. */
static void check_draws(const expected *e, const lstm_forecaster *f, const lstm_dataset *data,
                        int64_t series, int64_t origin)
{
    int64_t drawn[MOST_RESIDUALS] = {0};
    lstm_real y[SLOT], *paths = draw(f, data, series, origin, H, MOST_PATHS, 7);
    assert_ok(lstm_forecaster_predict_from(f, data, series, &origin, 1, H, y));
    for (int64_t p = 0; p < MOST_PATHS; p++) {
        int64_t j = 0;
        while (j < e->n && !is_path(e, j, y, paths + p * SLOT))
            j++;
        if (j == e->n)
            fail_msg("path %d from row %d has no residual", (int)p, (int)origin);
        drawn[j]++;
    }
    double mean = (double)MOST_PATHS / (double)e->n;
    for (int64_t j = 0; j < e->n; j++)
        if (!(fabs((double)drawn[j] - mean) < 5 * sqrt(mean)))
            fail_msg("residual %d was drawn %d times of %d", (int)j, (int)drawn[j], MOST_PATHS);
    free(paths);
}

/*
 * Those of the validation part of the series and since the fit; if they are few, of the other one
 * too.
 */
static void check_series(int64_t hole)
{
    int64_t n_own = 0;
    lstm_dataset *data = new_walks(hole);
    lstm_forecaster *f = new_baseline(data);
    for (int64_t series = 0; series < 2; series++)
        for (int64_t origin = VALID; origin <= ROWS; origin += 10) {
            const int64_t own =
                VALID - H - TRAIN + 1 + (origin > VALID ? origin - H - VALID + 1 : 0);
            expected e = {0};
            if (own < ENOUGH)
                expect_other(&e, f, data, 1 - series, series, TRAIN);
            expect(&e, f, data, series, TRAIN, VALID - H);
            expect(&e, f, data, series, VALID, origin - H);
            check_draws(&e, f, data, series, origin);
            n_own += own >= ENOUGH;
        }
    assert_in_range(n_own, 1, 6);
    lstm_forecaster_free(f);
    lstm_dataset_free(data);
}

static void a_path_is_the_forecast_and_a_whole_residual(void **state)
{
    (void)state;
    check_series(0);
}

static void what_was_not_observed_is_taken_from_the_next_one(void **state)
{
    (void)state;
    check_series(7);
}

/*
 * Of eight series there are 27 each, more than 200: all own ones are drawn, and of the seven others
 * about as many each.
 */
static void other_series_have_equal_shares(void **state)
{
    (void)state;
    enum { N = 8, EACH = VALID - H - TRAIN + 1, SHARE = (MOST_RESIDUALS - EACH) / (N - 1) };
    static expected e;
    lstm_real y[SLOT];
    const int64_t origin = VALID;
    int64_t drawn[N * EACH] = {0};
    lstm_dataset *data = new_walks(0);
    for (int64_t s = 2; s < N; s++)
        add_walk(data, s, 0);
    lstm_forecaster *f = new_baseline(data);
    e.n = 0;
    for (int64_t s = 1; s < N; s++)
        expect_other(&e, f, data, s, 0, TRAIN);
    expect(&e, f, data, 0, TRAIN, VALID - H);
    lstm_real *paths = draw(f, data, 0, origin, H, MOST_PATHS, 7);
    assert_ok(lstm_forecaster_predict_from(f, data, 0, &origin, 1, H, y));
    for (int64_t p = 0; p < MOST_PATHS; p++)
        for (int64_t j = 0; j < e.n; j++)
            drawn[j] += is_path(&e, j, y, paths + p * SLOT);
    for (int64_t s = 0; s < N; s++) { /* the own ones are the last */
        int64_t n = 0;
        for (int64_t j = s * EACH; j < (s + 1) * EACH; j++)
            n += drawn[j] > 0;
        assert_in_range(n, s == N - 1 ? EACH : SHARE, s == N - 1 ? EACH : SHARE + 1);
    }
    free(paths);
    lstm_forecaster_free(f);
    lstm_dataset_free(data);
}

/* From a row that the fit has seen: those that ended before it, of this series alone. */
static void no_residual_looks_beyond_the_origin(void **state)
{
    (void)state;
    lstm_dataset *data = new_walks(0);
    lstm_forecaster *f = new_baseline(data);
    for (int64_t origin = TRAIN + H; origin < VALID; origin += 5) {
        expected e = {0};
        expect(&e, f, data, 1, TRAIN, origin - H);
        check_draws(&e, f, data, 1, origin);
    }
    lstm_real *paths = draw(f, data, 1, TRAIN + H - 1, H, 3, 0);
    for (int64_t i = 0; i < 3 * SLOT; i++)
        assert_true(isnan(paths[i]));
    free(paths);
    lstm_forecaster_free(f);
    lstm_dataset_free(data);
}

/*
 * A series that was not in the fit has its own forecasts, from 24 changes on, and those of the fit.
 */
static void another_series_and_shorter_horizons(void **state)
{
    (void)state;
    lstm_dataset *data = new_walks(0);
    lstm_forecaster *f = new_baseline(data);
    add_walk(data, 2, 0);
    expected e = {0};
    expect_other(&e, f, data, 0, 2, 40);
    expect_other(&e, f, data, 1, 2, 40);
    expect(&e, f, data, 2, 25, 40 - H);
    check_draws(&e, f, data, 2, 40);
    lstm_real *all = draw(f, data, 2, 40, H, 100, 3), *near = draw(f, data, 2, 40, 1, 100, 3);
    for (int64_t p = 0; p < 100; p++)
        assert_memory_equal(all + p * SLOT, near + p * K, K * sizeof *all);
    free(all);
    free(near);
    lstm_forecaster_free(f);
    lstm_dataset_free(data);
}

/*
 * A long validation part, and 150 forecasts since the fit: with the last 50 before, these are 200.
 */
static void the_latest_residuals_are_drawn(void **state)
{
    (void)state;
    enum {
        LONG = 800,
        AFTER = 150,
        OLDEST = LONG - AFTER - 2 * 50
    }; /* of validation every second */
    lstm_dataset *data = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    lstm_real *rows = new_rows(LONG), *far;
    for (int64_t t = 0; t < LONG; t++) /* the last error before row t is about t */
        rows[t] = (lstm_real)((double)(t % 2 == 0 ? t : 0) + noise(t));
    add_rows(data, rows, LONG);
    assert_ok(lstm_dataset_split(data, 0, 100, LONG - AFTER));
    lstm_forecaster_options options = small_options(1);
    options.use = LSTM_USE_BASELINE, options.season_len = LSTM_NO_SEASON;
    lstm_forecaster *f = fit_new(&options, data);
    lstm_real y;
    assert_ok(lstm_forecaster_predict(f, data, 0, &y));
    far = draw(f, data, 0, LONG, 1, MOST_PATHS, 1);
    double least = HUGE_VAL, most = 0;
    for (int64_t p = 0; p < MOST_PATHS; p++) {
        least = fmin(least, fabs((double)far[p] - (double)y));
        most = fmax(most, fabs((double)far[p] - (double)y));
    }
    assert_true(fabs(least - OLDEST) < 10 && fabs(most - LONG) < 10);
    free(far);
    lstm_forecaster_free(f);
    lstm_dataset_free(data);
}

/*
 * The share of paths within the intervals is their level: but for the error of the draws, for the
 * rank of the score (1/n), and for the adapted level, which moves around its mean with a variance
 * of about rate * level (1 - level) / 2.
 */
static void paths_agree_with_the_intervals(void **state)
{
    (void)state;
    static const double levels[] = {0.5, 0.9};
    enum { LONG = 600, L = 2 };
    const double rate = 0.05;
    lstm_dataset *data = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    lstm_real *rows = new_rows(LONG), y[H], lower[L * H], upper[L * H];
    for (int64_t t = 0; t < LONG; t++)
        rows[t] = (lstm_real)(10 + noise(t));
    add_rows(data, rows, LONG);
    lstm_forecaster_options options = small_options(H);
    options.use = LSTM_USE_RIDGE, options.season_len = LSTM_NO_SEASON;
    options.levels = levels, options.n_level = L;
    lstm_forecaster *f = fit_new(&options, data);
    const int64_t origin = LONG;
    assert_ok(lstm_forecaster_intervals(f, data, 0, &origin, 1, y, lower, upper));
    lstm_real *paths = draw(f, data, 0, origin, H, MOST_PATHS, 11);
    for (int64_t i = 0; i < L * H; i++) {
        int64_t inside = 0;
        double level = levels[i / H], spread = level * (1 - level);
        for (int64_t p = 0; p < MOST_PATHS; p++)
            inside += paths[p * H + i % H] >= lower[i] && paths[p * H + i % H] <= upper[i];
        double share = (double)inside / MOST_PATHS;
        double error = sqrt(spread / MOST_PATHS + rate * spread / 2);
        if (!(fabs(share - level) < 4 * error + 2.0 / 80))
            fail_msg("%g of the paths are in interval %d of %g", share, (int)i, level);
    }
    free(paths);
    lstm_forecaster_free(f);
    lstm_dataset_free(data);
}

/* Without a validation window nothing is known. */
static void a_short_series_has_no_residuals(void **state)
{
    (void)state;
    lstm_dataset *data = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    lstm_real *rows = new_rows(4);
    for (int64_t t = 0; t < 4; t++)
        rows[t] = (lstm_real)t;
    add_rows(data, rows, 4);
    lstm_forecaster *f = new_baseline(data);
    lstm_real *paths = draw(f, data, 0, 4, H, 2, 0);
    for (int64_t i = 0; i < 2 * H; i++)
        assert_true(isnan(paths[i]));
    free(paths);
    lstm_forecaster_free(f);
    lstm_dataset_free(data);
}

static void wrong_calls_are_refused(void **state)
{
    (void)state;
    lstm_dataset *data = new_walks(0);
    lstm_forecaster *f = new_baseline(data);
    lstm_forecaster_options options = small_options(H);
    lstm_forecaster *unfitted = new_forecaster(&options);
    lstm_real y[2 * SLOT] = {77};
#define PATHS(f, d, s, o, h, n, out) lstm_forecaster_paths(f, d, s, o, h, n, 1, out)
    assert_status(PATHS(NULL, data, 0, ROWS, H, 2, y), LSTM_E_ARGUMENT, "forecaster is NULL");
    assert_status(PATHS(f, NULL, 0, ROWS, H, 2, y), LSTM_E_ARGUMENT, "dataset is NULL");
    assert_status(PATHS(f, data, 0, ROWS, H, 2, NULL), LSTM_E_ARGUMENT, "paths is NULL");
    assert_status(PATHS(unfitted, data, 0, ROWS, H, 2, y), LSTM_E_ORDER, "not fitted");
    assert_status(PATHS(f, data, 2, ROWS, H, 2, y), LSTM_E_ARGUMENT, "series is 2");
    assert_status(PATHS(f, data, 0, 0, H, 2, y), LSTM_E_ARGUMENT, "origin is 0");
    assert_status(PATHS(f, data, 0, ROWS + 1, H, 2, y), LSTM_E_SHAPE, "origin is 121");
    assert_status(PATHS(f, data, 0, ROWS, 0, 2, y), LSTM_E_ARGUMENT, "horizon is 0");
    assert_status(PATHS(f, data, 0, ROWS, H + 1, 2, y), LSTM_E_SHAPE,
                  "horizon is 5, the residuals that are drawn have 4 steps");
    assert_status(PATHS(f, data, 0, ROWS, H, 0, y), LSTM_E_ARGUMENT, "n_path is 0");
    assert_status(PATHS(f, data, 0, ROWS, H, -1, y), LSTM_E_ARGUMENT, "n_path is -1");
    assert_status(PATHS(f, data, 0, ROWS, H, INT64_MAX, y), LSTM_E_LIMIT,
                  "n_path is 9223372036854775807");
#undef PATHS
    assert_true(y[0] == 77);
    lstm_forecaster_free(unfitted);
    lstm_forecaster_free(f);
    lstm_dataset_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_the_forecast_and_a_whole_residual),
        cmocka_unit_test(what_was_not_observed_is_taken_from_the_next_one),
        cmocka_unit_test(other_series_have_equal_shares),
        cmocka_unit_test(no_residual_looks_beyond_the_origin),
        cmocka_unit_test(another_series_and_shorter_horizons),
        cmocka_unit_test(the_latest_residuals_are_drawn),
        cmocka_unit_test(paths_agree_with_the_intervals),
        cmocka_unit_test(a_short_series_has_no_residuals),
        cmocka_unit_test(wrong_calls_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
