/* SPDX-License-Identifier: MIT */
/* The view and the sizes that are chosen before networks are trained. */
#include "fit/choose.h"
#include "forecaster_fixture.h"

#include "base/memory.h"

#include <stdbool.h>

enum { DAY = 86400 };

/* One column y(t) of daily rows, of which the last fifth is the validation part. */
static lstm_dataset *new_table(double (*y)(int64_t), int64_t n_row)
{
    lstm_dataset *dataset = new_timed(1, NULL, LSTM_STEP_SECONDS, DAY);
    lstm_real *rows = new_rows(n_row);
    for (int64_t t = 0; t < n_row; t++)
        rows[t] = (lstm_real)y(t);
    add_rows(dataset, rows, n_row);
    assert_ok(lstm_dataset_split(dataset, 0, n_row * 4 / 5, n_row));
    return dataset;
}

static lts_choice choose_view(const lstm_dataset *dataset, int64_t H, int64_t season_len)
{
    lts_choice choice = {.season_len = season_len};
    lts_judge judge;
    const lstm_forecaster_options options = small_options(H);
    assert_ok(lts_judge_init(&judge, dataset, H, season_len > 0 ? season_len : 1));
    lts_reason no_ridge = {"?"};
    assert_ok(lts_choose_view(&choice, &judge, &options, &no_ridge));
    assert_int_equal(no_ridge.text[0] != '\0', choice.ridge.L == 0);
    assert_int_not_equal(no_ridge.text[0], '?');
    assert_int_equal(choice.ridge.H, H);
    assert_in_range(choice.ridge.n_block, 1, H);
    lts_judge_clear(&judge);
    return choice;
}

/* Grows by 1 % a row: the logarithm is a line with a season. */
static double growth(int64_t t)
{
    return exp(0.01 * (double)t + 0.5 * wave(t, 7) + 0.05 * noise(t));
}

/* A season around a level that moves at random, and upward. */
static double level(int64_t t)
{
    double sum = wave(t, 7);
    for (int64_t i = 0; i < t; i++)
        sum += noise(i) + 0.2;
    return sum - 10;
}

/* A year and noise: the last values say less than the calendar. */
static double year(int64_t t)
{
    return 10 * cos(2 * 3.14159265358979324 * (double)t / 365.25) + 3 * noise(t);
}

static void growth_is_seen_through_a_logarithm(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_table(growth, 500);
    lts_choice choice = choose_view(dataset, 14, 7);
    assert_int_equal(choice.view.transform, LSTM_TRANSFORM_LOG);
    assert_int_not_equal(choice.view.base, LSTM_BASE_NONE);
    lstm_dataset_free(dataset);
}

/* Columns with other values do not forbid it. */
static void growth_beside_negative_values_is_seen_through_a_logarithm(void **fixture)
{
    (void)fixture;
    enum { N_ROW = 500 };
    lstm_dataset *dataset = new_timed(2, NULL, LSTM_STEP_SECONDS, DAY);
    lstm_real *rows = new_rows(2 * N_ROW);
    for (int64_t t = 0; t < N_ROW; t++)
        rows[2 * t] = (lstm_real)growth(t),
                 rows[2 * t + 1] = (lstm_real)(-3 + 0.5 * wave(t, 7) + 0.05 * noise(-t));
    add_rows(dataset, rows, N_ROW);
    assert_ok(lstm_dataset_split(dataset, 0, N_ROW * 4 / 5, N_ROW));
    lts_choice choice = choose_view(dataset, 14, 7);
    assert_int_equal(choice.view.transform, LSTM_TRANSFORM_LOG);
    lstm_dataset_free(dataset);
}

static void a_moving_level_needs_a_base(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_table(level, 500);
    lts_choice choice = choose_view(dataset, 7, 7);
    assert_int_not_equal(choice.view.base, LSTM_BASE_NONE);
    assert_int_equal(choice.view.transform, LSTM_TRANSFORM_NONE); /* there are negative values */
    lstm_dataset_free(dataset);
}

/* Sums of independent steps, others for each number. */
static int64_t walk_number;

static double walk(int64_t t)
{
    double sum = 0;
    for (int64_t i = 0; i < t; i++)
        sum += noise(i + 1000 * walk_number);
    return sum;
}

/* Many a walk is near its mean on a validation part by chance: there 26 of 100 are forecast better
 * without a base. */
static void a_walk_needs_a_base(void **fixture)
{
    (void)fixture;
    int n_without = 0;
    for (walk_number = 0; walk_number < 100; walk_number++) {
        lstm_dataset *dataset = new_table(walk, 300);
        n_without += choose_view(dataset, 14, 0).view.base == LSTM_BASE_NONE;
        lstm_dataset_free(dataset);
    }
    assert_in_range(n_without, 0, 5);
}

static void a_year_is_taken_out_where_two_are_there(void **fixture)
{
    (void)fixture;
    for (int64_t n_row = 800; n_row <= 1600; n_row += 800) {
        lstm_dataset *dataset = new_table(year, n_row);
        lts_choice choice = choose_view(dataset, 28, 7);
        bool enough = n_row * 4 / 5 >= 730;
        assert_int_equal(choice.view.season, enough ? LSTM_SEASON_YEAR : LSTM_SEASON_NONE);
        lstm_dataset_free(dataset);
    }
}

/* Whole seasons that fill at most a third of the training part. */
static void the_context_fits_the_data(void **fixture)
{
    (void)fixture;
    for (int64_t n_row = 40; n_row < 400; n_row += 60) {
        lstm_dataset *dataset = new_table(level, n_row);
        lts_choice choice = choose_view(dataset, 5, 7);
        assert_true(choice.ridge.L > 0 && choice.ridge.L % 7 == 0);
        assert_true(choice.ridge.L <= n_row * 4 / 5 / 3);
        assert_true(choice.ridge.base_len <= choice.ridge.L);
        lstm_dataset_free(dataset);
    }
}

static void add_series(lstm_dataset *dataset, int64_t n_row, double size, double shift)
{
    int64_t s = lstm_dataset_series(dataset);
    lstm_real *rows = new_rows(n_row);
    for (int64_t t = 0; t < n_row; t++)
        rows[t] = (lstm_real)(size * (noise(t % 21) + 0.05 * noise(t + 1000 * s)) + shift);
    add_rows(dataset, rows, n_row);
    assert_ok(lstm_dataset_split(dataset, s, n_row * 4 / 5, n_row));
}

/* Three weeks have to be read; a short series among long ones does not forbid it, many do. */
static void few_short_series_do_not_limit_the_context(void **fixture)
{
    (void)fixture;
    for (int64_t n_short = 0; n_short < 4; n_short++) {
        lstm_dataset *dataset = new_timed(1, NULL, LSTM_STEP_SECONDS, DAY);
        for (int64_t s = 0; s < 7; s++)
            add_series(dataset, s < n_short ? 40 : 400, 1, 0);
        lts_choice choice = choose_view(dataset, 5, 7);
        if (n_short < 2)
            assert_true(choice.ridge.L >= 21);
        else
            assert_in_range(choice.ridge.L, 7, 40 * 4 / 5 / 3);
        lstm_dataset_free(dataset);
    }
}

/* Whether each of four series has scales of its own if one of them differs from the others. */
static bool has_own_scales(int64_t n_series, double size, double shift)
{
    lstm_dataset *dataset = new_timed(1, NULL, LSTM_STEP_SECONDS, DAY);
    for (int64_t s = 0; s < n_series; s++)
        add_series(dataset, 200, s % 4 == 1 ? size : 1, s % 4 == 1 ? shift : 0);
    lts_choice choice = choose_view(dataset, 5, 7);
    assert_int_equal(choice.view.scale_series, choice.ridge_view.scale_series);
    lstm_dataset_free(dataset);
    return choice.view.scale_series != 0;
}

static void series_far_apart_have_scales_of_their_own(void **fixture)
{
    (void)fixture;
    assert_false(has_own_scales(4, 1, 0));
    assert_false(has_own_scales(4, 1.5, 1));
    assert_true(has_own_scales(4, 1000, 0));
    assert_true(has_own_scales(4, 1, 1000));
    assert_true(has_own_scales(4, 1e6, 1e6));
    assert_true(has_own_scales(2, 1000, 0));
    assert_true(has_own_scales(2, 0.001, 0));
    assert_false(has_own_scales(4, 0, 0)); /* a constant has no scale */
    assert_false(has_own_scales(1, 1, 0));
}

/* A season and noise. More seasons make a better mean, but a few are nearly as good. */
static double steady(int64_t t)
{
    return wave(t, 7) + 0.3 * noise(t + 9000);
}

/* Error of ridge alone with so many rows of context, as choose.c compares them. */
static double error_of(const lstm_dataset *dataset, const lts_choice *choice, int64_t L)
{
    lts_judge judge;
    lts_ridge_part part;
    lts_ridge_options ridge = {.L = L, .H = 14, .base_len = choice->ridge.base_len, .n_block = 1};
    assert_ok(lts_judge_init(&judge, dataset, 14, 7));
    lstm_real *y = lts_judge_forecasts(&judge);
    assert_ok(lts_ridge_part_fit(&part, dataset, &choice->ridge_view, &ridge, NULL));
    assert_ok(lts_ridge_part_predict(&part, dataset, judge.series, judge.origin, judge.n, 14, y));
    double error = lts_judge_error(&judge, y);
    lts_ridge_part_clear(&part);
    lts_free(y);
    lts_judge_clear(&judge);
    return error;
}

static void ridge_takes_the_best_context_and_networks_a_short_one(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_table(steady, 700);
    lts_choice choice = choose_view(dataset, 14, 7);
    static const int64_t longer[] = {7, 14, 21};
    const double best = error_of(dataset, &choice, choice.ridge.L);
    assert_int_equal(choice.view.context_len, 7 * 7);
    assert_true(choice.ridge.L > choice.view.context_len);
    for (int i = 0; i < 3; i++)
        assert_true(best <= error_of(dataset, &choice, longer[i] * 7));
    lstm_dataset_free(dataset);
}

static void without_training_windows_there_is_no_ridge(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_table(level, 30);
    assert_ok(lstm_dataset_split(dataset, 0, 5, 30));
    lts_choice choice = choose_view(dataset, 10, 7);
    assert_int_equal(choice.ridge.L, 0);
    lstm_dataset_free(dataset);
}

/* The sizes that lts_choose_network() takes for so many rows of K targets. */
static lts_choice choose_network(const lstm_forecaster_options *options, int64_t n_row, int64_t K,
                                 const int64_t *roles, lts_choice choice)
{
    lstm_dataset *dataset = new_timed(K, roles, LSTM_STEP_ROWS, 1);
    add_rows(dataset, new_rows(n_row * K), n_row);
    lts_choose_network(&choice, options, dataset);
    lstm_dataset_free(dataset);
    return choice;
}

static void segments_cover_season_context_and_horizon(void **fixture)
{
    (void)fixture;
    const struct {
        int64_t season_len, H, L, w, context_len, horizon;
    } cases[] = {
        {24, 720, 504, 24, 21, 8}, {24, 96, 48, 24, 3, 4},    {24, 1, 24, 24, 3, 2},
        {0, 28, 60, 14, 5, 2},     {365, 28, 730, 14, 53, 2}, {0, 8, 30, 8, 4, 2},
        {0, 97, 30, 24, 3, 5},     {52, 52, 0, 52, 3, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const lts_choice begun = {.season_len = cases[i].season_len,
                                  .view.context_len = cases[i].L};
        lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
        options.horizon = cases[i].H;
        lts_choice choice = choose_network(&options, 100, 1, NULL, begun);
        assert_int_equal(choice.view.segment_len, cases[i].w);
        assert_int_equal(choice.view.context_len, cases[i].context_len);
        assert_int_equal(choice.view.horizon, cases[i].horizon);
        assert_int_equal(choice.view.channels, LSTM_CHANNELS_INDEPENDENT);
    }
}

static void networks_grow_with_the_data(void **fixture)
{
    (void)fixture;
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = 8;
    lts_choice small = choose_network(&options, 300, 2, NULL, (lts_choice){0});
    lts_choice large = choose_network(&options, 30000, 2, NULL, (lts_choice){0});
    assert_true(small.training.n_hidden < large.training.n_hidden);
    assert_true(small.training.batch_size < large.training.batch_size);
    assert_true(small.training.learning_rate > large.training.learning_rate);
    assert_true(small.training.dropout < large.training.dropout);
    assert_int_equal(small.training.n_layer, 1);
    assert_int_equal(small.n_told, 0);
    assert_int_equal(large.n_told, 2);
}

/* One network for all columns would see the mean of their responses. */
static void networks_are_told_their_column_where_covariates_are_known(void **fixture)
{
    (void)fixture;
    const int64_t known[3] = {LSTM_ROLE_BOTH, LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    const int64_t past[3] = {LSTM_ROLE_BOTH, LSTM_ROLE_BOTH, LSTM_ROLE_INPUT};
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = 8;
    assert_int_equal(choose_network(&options, 300, 3, known, (lts_choice){0}).n_told, 3);
    assert_int_equal(choose_network(&options, 30000, 3, known, (lts_choice){0}).n_told, 3);
    assert_int_equal(choose_network(&options, 300, 3, past, (lts_choice){0}).n_told, 0);
}

/* Training parts of 30 rows and of so many more. */
static void series_are_drawn_equally_where_one_is_ten_times_as_long(void **fixture)
{
    (void)fixture;
    for (int64_t longest = 300; longest <= 310; longest += 10) {
        lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
        lstm_dataset *dataset = new_timed(1, NULL, LSTM_STEP_ROWS, 1);
        options.horizon = 2;
        add_rows(dataset, new_rows(longest), longest);
        lts_choice choice = {0};
        lts_choose_network(&choice, &options, dataset);
        assert_int_equal(choice.training.draw, LSTM_DRAW_WINDOWS); /* nothing to compare with */
        add_rows(dataset, new_rows(30), 30);
        lts_choose_network(&choice, &options, dataset);
        assert_int_equal(choice.training.draw,
                         longest > 300 ? LSTM_DRAW_SERIES : LSTM_DRAW_WINDOWS);
        lstm_dataset_free(dataset);
    }
}

static void options_come_before_the_data(void **fixture)
{
    (void)fixture;
    const int64_t roles[2] = {LSTM_ROLE_BOTH, LSTM_ROLE_TARGET};
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    options.horizon = 8, options.n_hidden = 5, options.n_layer = 3, options.batch_size = 7;
    options.learning_rate = 0.5, options.dropout = 0.125, options.n_update = 11;
    lts_choice choice = choose_network(&options, 30000, 2, roles, (lts_choice){0});
    assert_int_equal(choice.view.channels, LSTM_CHANNELS_JOINT); /* one target is no input */
    assert_int_equal(choice.training.n_hidden, 5);
    assert_int_equal(choice.training.n_layer, 3);
    assert_int_equal(choice.training.batch_size, 7);
    assert_int_equal(choice.training.n_update, 11);
    assert_true(choice.training.learning_rate == 0.5 && choice.training.dropout == 0.125);
    options.dropout = LSTM_ZERO, options.view = &view;
    lts_choice begun = {.view.segment_len = 77};
    choice = choose_network(&options, 30000, 2, roles, begun);
    assert_int_equal(choice.view.segment_len, 77);
    assert_true(choice.training.dropout == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(growth_is_seen_through_a_logarithm),
        cmocka_unit_test(growth_beside_negative_values_is_seen_through_a_logarithm),
        cmocka_unit_test(a_moving_level_needs_a_base),
        cmocka_unit_test(a_walk_needs_a_base),
        cmocka_unit_test(a_year_is_taken_out_where_two_are_there),
        cmocka_unit_test(the_context_fits_the_data),
        cmocka_unit_test(few_short_series_do_not_limit_the_context),
        cmocka_unit_test(series_far_apart_have_scales_of_their_own),
        cmocka_unit_test(ridge_takes_the_best_context_and_networks_a_short_one),
        cmocka_unit_test(without_training_windows_there_is_no_ridge),
        cmocka_unit_test(segments_cover_season_context_and_horizon),
        cmocka_unit_test(networks_grow_with_the_data),
        cmocka_unit_test(networks_are_told_their_column_where_covariates_are_known),
        cmocka_unit_test(series_are_drawn_equally_where_one_is_ten_times_as_long),
        cmocka_unit_test(options_come_before_the_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
