/* SPDX-License-Identifier: MIT */
/* The season that is chosen: where it is obvious, and by plain loops where it is not. */
#include "fit/season_choice.h"
#include "forecaster_fixture.h"

#include "data/dataset.h"

/* One series of one column: a wave of a period, a second one, a trend, noise and a random walk. */
typedef struct recipe {
    int64_t unit, step, n_row;
    int64_t period, second;
    double size, second_size, noise, walk;
} recipe;

static lstm_real *make_rows(const recipe *r, int64_t seed)
{
    lstm_real *rows = new_rows(r->n_row);
    double level = 0;
    for (int64_t t = 0; t < r->n_row; t++) {
        level += r->walk * noise(2 * t + 1 + 100000 * seed);
        rows[t] =
            (lstm_real)(level + r->size * wave(t, r->period) + r->second_size * wave(t, r->second) +
                        r->noise * noise(2 * t + 100000 * seed));
    }
    return rows;
}

static int64_t season_of(const lstm_dataset *dataset, int64_t horizon)
{
    int64_t season_len = -7;
    lts_trials trials = {0};
    assert_ok(lts_choose_season(dataset, horizon, &season_len, &trials));
    return season_len;
}

static void assert_season(const recipe *r, int64_t horizon, int64_t want)
{
    lstm_dataset *dataset = new_timed(1, NULL, r->unit, r->step);
    add_rows(dataset, make_rows(r, 0), r->n_row);
    int64_t got = season_of(dataset, horizon);
    if (got != want)
        fail_msg("period %d of steps of %d: %d, not %d", (int)r->period, (int)r->step, (int)got,
                 (int)want);
    lstm_dataset_free(dataset);
}

static void an_obvious_season_is_found(void **fixture)
{
    (void)fixture;
    enum { S = LSTM_STEP_SECONDS, M = LSTM_STEP_MONTHS, R = LSTM_STEP_ROWS, DAY = 86400 };
    static const recipe recipes[] = {
        {S, 3600, 800, 24, 1, 1, 0, 0.3, 0},  {S, 3600, 800, 24, 168, 1, 2, 0.1, 0},
        {S, 1800, 500, 48, 1, 1, 0, 0.3, 0},  {S, DAY, 200, 7, 1, 1, 0, 0.3, 0},
        {S, DAY, 1500, 365, 1, 3, 0, 0.3, 0}, {S, 7 * DAY, 300, 52, 1, 1, 0, 0.2, 0},
        {M, 1, 120, 12, 1, 1, 0, 0.3, 0},     {M, 3, 80, 4, 1, 1, 0, 0.3, 0},
        {R, 1, 200, 11, 1, 1, 0, 0.3, 0},     {M, 12, 200, 11, 1, 1, 0, 0.3, 0},
        {R, 1, 2500, 350, 1, 1, 0, 0.01, 0},
    };
    static const int64_t wants[] = {24, 168, 48, 7, 365, 52, 12, 4, 11, 11, 350};
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++)
        assert_season(&recipes[i], 10, wants[i]);
}

static void there_is_no_season_where_none_helps(void **fixture)
{
    (void)fixture;
    static const recipe walk = {LSTM_STEP_SECONDS, 3600, 800, 1, 1, 0, 0, 0, 1};
    static const recipe constant = {LSTM_STEP_ROWS, 1, 100, 1, 1, 0, 0, 0, 0};
    static const recipe one_row = {LSTM_STEP_SECONDS, 3600, 1, 1, 1, 0, 0, 1, 0};
    /* Fewer than three periods. */
    static const recipe too_short = {LSTM_STEP_SECONDS, 3600, 71, 24, 1, 1, 0, 0, 0};
    static const recipe enough = {LSTM_STEP_SECONDS, 3600, 72, 24, 1, 1, 0, 0, 0};
    assert_season(&walk, 10, 0);
    assert_season(&constant, 10, 0);
    assert_season(&one_row, 1, 0);
    assert_season(&too_short, 10, 0);
    assert_season(&enough, 10, 24);
}

/* Neither the test part nor the validation part is read. */
static void later_parts_are_not_read(void **fixture)
{
    (void)fixture;
    static const recipe r = {LSTM_STEP_ROWS, 1, 300, 9, 1, 1, 0, 0.3, 0};
    for (int spoil = 0; spoil < 2; spoil++) {
        lstm_dataset *dataset = new_timed(1, NULL, r.unit, r.step);
        lstm_real *rows = make_rows(&r, 0);
        for (int64_t t = 200; t < r.n_row; t++)
            rows[t] = (lstm_real)(spoil == 0 ? 1e6 * wave(t, 13) : (double)NAN);
        add_rows(dataset, rows, r.n_row);
        assert_ok(lstm_dataset_split(dataset, 0, 200, 250));
        assert_int_equal(season_of(dataset, 5), 9);
        lstm_dataset_free(dataset);
    }
}

static void a_short_first_series_does_not_hide_the_season(void **fixture)
{
    (void)fixture;
    static const recipe tiny = {LSTM_STEP_ROWS, 1, 2, 6, 1, 1, 0, 0, 0};
    static const recipe rest = {LSTM_STEP_ROWS, 1, 100, 6, 1, 1, 0, 0.1, 0};
    lstm_dataset *dataset = new_timed(1, NULL, LSTM_STEP_ROWS, 1);
    add_rows(dataset, make_rows(&tiny, 0), tiny.n_row);
    for (int64_t s = 1; s < 4; s++)
        add_rows(dataset, make_rows(&rest, s), rest.n_row);
    assert_int_equal(season_of(dataset, 5), 6);
    lstm_dataset_free(dataset);
}

static void missing_values_are_passed_over(void **fixture)
{
    (void)fixture;
    static const recipe r = {LSTM_STEP_SECONDS, 3600, 300, 24, 1, 1, 0, 0.2, 0};
    const int64_t roles[2] = {LSTM_ROLE_BOTH, LSTM_ROLE_BOTH};
    lstm_dataset *dataset = new_timed(2, roles, r.unit, r.step);
    lstm_real *one = make_rows(&r, 0), *rows = new_rows(2 * r.n_row);
    for (int64_t t = 0; t < r.n_row; t++) {
        rows[2 * t] = t % 3 == 0 ? (lstm_real)NAN : one[t];
        rows[2 * t + 1] = (lstm_real)NAN; /* nothing at all */
    }
    free(one);
    add_rows(dataset, rows, r.n_row);
    assert_int_equal(season_of(dataset, 5), 24);
    lstm_dataset_free(dataset);
}

/* The seasonal naive forecast of a trend errs by less than the naive one if its lag is shorter. */
static void a_trend_is_not_a_season(void **fixture)
{
    (void)fixture;
    for (int64_t season = 0; season <= 12; season += 12) {
        lstm_dataset *dataset = new_timed(1, NULL, LSTM_STEP_MONTHS, 1);
        lstm_real *rows = new_rows(240);
        for (int64_t t = 0; t < 240; t++)
            rows[t] = (lstm_real)(0.1 * (double)t + 0.8 * noise(t) + wave(t, 12) * (season > 0));
        rows[0] = (lstm_real)NAN; /* drift begins at the first value */
        add_rows(dataset, rows, 240);
        assert_int_equal(season_of(dataset, 18), season);
        lstm_dataset_free(dataset);
    }
}

/*
 * Mean absolute error of seasonal naive forecasts of one column over the origins that are looked
 * at, plus `drift` times the line through the first and the last value.
 */
static double mean_error(const lstm_real *x, int64_t n, int64_t period, int64_t horizon, int drift)
{
    double sum = 0, count = 0;
    int64_t stride = (n - 1 - 168) / 200 + 1;
    for (int64_t origin = 168; origin < n; origin += stride)
        for (int64_t h = 0; h < horizon; h++) {
            int64_t before = origin + h - period;
            while (before >= origin)
                before -= period;
            double rise = ((double)x[origin - 1] - (double)x[0]) / (double)(origin - 1);
            double forecast = (double)x[before] + drift * rise * (double)(origin + h - before);
            if (origin + h < n) {
                sum += fabs((double)x[origin + h] - forecast);
                count++;
            }
        }
    return sum / count;
}

static double plain_error(const lstm_real *x, int64_t n, int64_t period, int64_t horizon)
{
    return fmin(mean_error(x, n, period, horizon, 0), mean_error(x, n, period, horizon, 1));
}

/* Days and weeks of random sizes: the least error, which must be clearly less than without a
   season. */
static void the_choice_is_that_of_plain_loops(void **fixture)
{
    (void)fixture;
    static const int64_t periods[] = {0, 24, 168};
    int64_t chosen[3] = {0};
    for (int64_t seed = 1; seed <= 20; seed++) {
        const recipe r = {.unit = LSTM_STEP_SECONDS,
                          .step = 3600,
                          .n_row = 600 + seed,
                          .period = 24,
                          .second = 168,
                          .size = fabs(noise(seed)),
                          .second_size = 2 * fabs(noise(-seed)),
                          .noise = 0.3,
                          .walk = 0.4 * fabs(noise(seed + 77))};
        lstm_real *rows = make_rows(&r, seed);
        double least = plain_error(rows, r.n_row, 1, 30);
        int best = 0;
        for (int i = 1; i < 3; i++) {
            double error = plain_error(rows, r.n_row, periods[i], 30);
            if (error < (1 - 1.5 / sqrt((double)r.n_row - 168)) * least) {
                least = error;
                best = i;
            }
        }
        lstm_dataset *dataset = new_timed(1, NULL, r.unit, r.step);
        add_rows(dataset, rows, r.n_row);
        assert_int_equal(season_of(dataset, 30), periods[best]);
        chosen[best]++;
        lstm_dataset_free(dataset);
    }
    for (int i = 0; i < 3; i++)
        assert_true(chosen[i] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_obvious_season_is_found),
        cmocka_unit_test(there_is_no_season_where_none_helps),
        cmocka_unit_test(later_parts_are_not_read),
        cmocka_unit_test(a_short_first_series_does_not_hide_the_season),
        cmocka_unit_test(missing_values_are_passed_over),
        cmocka_unit_test(a_trend_is_not_a_season),
        cmocka_unit_test(the_choice_is_that_of_plain_loops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
