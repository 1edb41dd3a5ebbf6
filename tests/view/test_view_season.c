/* SPDX-License-Identifier: MIT */
/*
 * Seasons of views. A value of the data is a line over the rows plus a season around 0, or the
 * exponential of that. A fit by least squares finds both exactly, so what a network sees is the
 * line.
 */
#include "assert_close.h"
#include "dataset_fixture.h"
#include "view/view.h"

enum { N_ROW = 3 * 366, DAY = 86400 };

static const double TURN = 6.283185307179586476925286766559;

/* Tables of harmonics have an error below 1e-5; values are about 10. */
static const double ALLOWED = 1e-4;

typedef double season_fn(int64_t row, int64_t time);

static double line(int64_t row)
{
    return 10 + .001 * (double)row;
}

static double of_five_rows(int64_t row, int64_t time)
{
    static const double season[5] = {.5, -.25, .125, .625, -1};
    (void)time;
    return season[row % 5];
}

static double waves_of_30_rows(int64_t row, int64_t time)
{
    double angle = TURN * (double)row / 30;
    (void)time;
    return sin(angle) - .5 * cos(2 * angle);
}

static double waves_of_the_year(int64_t row, int64_t time)
{
    int64_t year = 1970, first = 0, next;
    (void)row;
    for (;; year++, first = next) {
        assert_ok(lstm_utc_time(&next, year + 1, 1, 1, 0));
        if (time < next)
            break;
    }
    double angle = TURN * (double)(time - first) / (double)(next - first);
    return cos(angle) + .25 * sin(2 * angle);
}

/* Series of daily rows from day `start` on. `row` of the season counts from 1970. */
static void add_series(lstm_dataset *d, season_fn *season, int64_t start, bool exponential)
{
    lstm_real rows[N_ROW];
    for (int64_t i = 0; i < N_ROW; i++) {
        double value = line(i) + season(start + i, (start + i) * DAY);
        rows[i] = (lstm_real)(exponential ? exp(value) : value);
    }
    assert_ok(lstm_dataset_add(d, NULL, rows, N_ROW, start * DAY));
}

static lstm_dataset *new_data(season_fn *season, int64_t step_unit, bool exponential)
{
    lstm_dataset *d;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = 1;
    options.step_unit = step_unit;
    options.step = step_unit == LSTM_STEP_ROWS ? 1 : DAY;
    assert_ok(lstm_dataset_new(&d, &options));
    add_series(d, season, 0, exponential);
    if (step_unit != LSTM_STEP_ROWS)
        add_series(d, season, 1003, exponential); /* another phase */
    return d;
}

static lstm_view_options options_of(int64_t season, int64_t season_len, int64_t n_harmonic)
{
    lstm_view_options options = LSTM_VIEW_OPTIONS_INIT;
    options.segment_len = 7;
    options.context_len = 2;
    options.season = season;
    options.season_len = season_len;
    options.n_harmonic = n_harmonic;
    return options;
}

/* What is seen is (line - shift) / unit, and restored targets are the data. */
static void check_view(const lstm_view *view, double shift, double unit)
{
    for (int64_t i = 0; i < lstm_view_windows(view); i += 97) {
        lts_place place = lts_view_place(view, i);
        lts_level level;
        lstm_real x[7], target[7], value;
        lts_view_levels(view, &place, &level);
        lts_view_inputs(view, &place, &level, 1, x);
        lts_view_targets(view, &place, &level, 1, target, NULL);
        for (int64_t row = 0; row < 7; row++) {
            double want = (line(place.origin + row) - shift) / unit;
            assert_close("season", "target", i + row, (double)target[row], want, ALLOWED);
            want = (line(place.origin - 7 + row) - shift) / unit;
            assert_close("season", "input", i + row, (double)x[row], want, ALLOWED);
        }
        lts_view_restore(view, &place, &level, 7, target);
        for (int64_t row = 0; row < 7; row++) {
            assert_ok(
                lstm_dataset_value(view->dataset, place.series, place.origin + row, 0, &value));
            assert_close("season", "restored", i + row, (double)target[row] / (double)value, 1,
                         TOLERANCE);
        }
    }
}

static void check_season(season_fn *season, int64_t step_unit, const lstm_view_options *options)
{
    lstm_view *view;
    lstm_dataset *d = new_data(season, step_unit, options->transform == LSTM_TRANSFORM_LOG);
    assert_ok(lstm_view_new(&view, d, options));
    double shift = view->scaler.scales[0].shift, unit = view->scaler.scales[0].unit;
    check_view(view, shift, unit);
    lstm_view_free(view);
    lstm_dataset_free(d);
}

static void phases_are_taken_out(void **state)
{
    (void)state;
    lstm_view_options options = options_of(LSTM_SEASON_PHASES, 5, 0);
    check_season(of_five_rows, LSTM_STEP_ROWS, &options);
    check_season(of_five_rows, LSTM_STEP_SECONDS, &options);
}

static void harmonics_are_taken_out(void **state)
{
    (void)state;
    lstm_view_options options = options_of(LSTM_SEASON_HARMONICS, 30, 2);
    check_season(waves_of_30_rows, LSTM_STEP_ROWS, &options);
    check_season(waves_of_30_rows, LSTM_STEP_SECONDS, &options);
}

static void the_year_is_taken_out(void **state)
{
    (void)state;
    lstm_view_options options = options_of(LSTM_SEASON_YEAR, 0, 2);
    check_season(waves_of_the_year, LSTM_STEP_SECONDS, &options);
}

static void seasons_are_those_of_transformed_and_scaled_values(void **state)
{
    (void)state;
    lstm_view_options options = options_of(LSTM_SEASON_PHASES, 5, 0);
    options.transform = LSTM_TRANSFORM_LOG;
    options.scaling = LSTM_SCALING_STANDARD;
    check_season(of_five_rows, LSTM_STEP_ROWS, &options);
}

/* z is the step of the line over seven rows. */
static void differences_are_those_of_values_without_season(void **state)
{
    (void)state;
    lstm_view *view;
    lstm_view_options options = options_of(LSTM_SEASON_PHASES, 5, 0);
    options.difference = 7;
    lstm_dataset *d = new_data(of_five_rows, LSTM_STEP_ROWS, false);
    assert_ok(lstm_view_new(&view, d, &options));
    for (int64_t i = 0; i < lstm_view_windows(view); i += 97) {
        lts_place place = lts_view_place(view, i);
        lts_level level;
        lstm_real target[7], value;
        lts_view_levels(view, &place, &level);
        lts_view_targets(view, &place, &level, 1, target, NULL);
        for (int64_t row = 0; row < 7; row++)
            assert_close("difference", "target", i, (double)target[row], .007, ALLOWED);
        lts_view_restore(view, &place, &level, 7, target);
        for (int64_t row = 0; row < 7; row++) {
            assert_ok(lstm_dataset_value(d, 0, place.origin + row, 0, &value));
            assert_close("difference", "restored", i, (double)target[row], (double)value,
                         20 * TOLERANCE);
        }
    }
    lstm_view_free(view);
    lstm_dataset_free(d);
}

static void only_the_part_is_fitted(void **state)
{
    (void)state;
    lstm_view *view;
    lstm_real rows[100];
    lstm_view_options options = options_of(LSTM_SEASON_PHASES, 5, 0);
    lstm_dataset *d = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    for (int64_t i = 0; i < 100; i++)
        rows[i] = (lstm_real)(i < 60 ? of_five_rows(i, 0) : 3);
    assert_ok(lstm_dataset_add(d, NULL, rows, 100, 0));
    assert_ok(lstm_dataset_split(d, 0, 60, 80));
    assert_ok(lstm_view_new(&view, d, &options));
    const lts_place place = {0, 0, 80, 100}; /* of rows after the part: 3 less the season */
    lts_level level = {0, 1};
    lstm_real target[7];
    lts_view_targets(view, &place, &level, 1, target, NULL);
    for (int64_t row = 0; row < 7; row++)
        assert_close("part", "target", row, (double)target[row], 3 - of_five_rows(80 + row, 0),
                     TOLERANCE);
    lstm_view_free(view);
    lstm_dataset_free(d);
}

static void too_few_values_are_refused(void **state)
{
    (void)state;
    lstm_view *view;
    const lstm_real rows[20] = {1, 2, 3};
    lstm_dataset *d = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    assert_ok(lstm_dataset_add(d, NULL, rows, 20, 0));
    lstm_view_options options = options_of(LSTM_SEASON_PHASES, 21, 0);
    options.segment_len = 2;
    assert_status(lstm_view_new(&view, d, &options), LSTM_E_SHAPE,
                  "column 0 (0) has too few values for its season");
    options = options_of(LSTM_SEASON_HARMONICS, 5, 16);
    options.segment_len = 2;
    assert_status(lstm_view_new(&view, d, &options), LSTM_E_SHAPE,
                  "column 0 (0) has too few values for its season");
    options = options_of(LSTM_SEASON_YEAR, 0, 1);
    assert_status(lstm_view_new(&view, d, &options), LSTM_E_ARGUMENT,
                  "LSTM_SEASON_YEAR needs rows with times");
    lstm_dataset_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phases_are_taken_out),
        cmocka_unit_test(harmonics_are_taken_out),
        cmocka_unit_test(the_year_is_taken_out),
        cmocka_unit_test(seasons_are_those_of_transformed_and_scaled_values),
        cmocka_unit_test(differences_are_those_of_values_without_season),
        cmocka_unit_test(only_the_part_is_fitted),
        cmocka_unit_test(too_few_values_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
