/* SPDX-License-Identifier: MIT */
/* How a forecaster recognizes the series of another data set, and forecasts those that are new. */
#include "assert_close.h"
#include "scratch.h"
#include "series_fixture.h"

static const int64_t uses[] = {LSTM_USE_MEAN, LSTM_USE_RIDGE, LSTM_USE_NETWORKS};
enum { N_USE = 3 };

#define ASSERT_SAME(a, b)  assert_memory_equal(&(a), &(b), sizeof(answer))
#define ASSERT_OTHER(a, b) assert_memory_not_equal((a).y, (b).y, sizeof(a).y)

static void a_name_tells_a_series(void **state)
{
    (void)state;
    for (int i = 0; i < N_USE; i++) {
        lstm_dataset *dataset = whole_fleet(LSTM_STEP_SECONDS, 1);
        lstm_dataset *other = new_fleet(LSTM_STEP_SECONDS);
        lstm_forecaster *f = fit_fleet(dataset, uses[i]), *loaded = NULL;
        for (int64_t s = SERIES; s-- > 0;)
            add_part(other, names[s], s, 0, ROWS);
        assert_ok(lstm_forecaster_save(f, scratch("f")));
        assert_ok(lstm_forecaster_load(&loaded, scratch("f")));
        for (int64_t s = 0; s < SERIES; s++) {
            answer want = ask(f, dataset, s, ROWS), got = ask(f, other, SERIES - 1 - s, ROWS);
            answer of_file = ask(loaded, other, SERIES - 1 - s, ROWS);
            ASSERT_SAME(want, got);
            ASSERT_SAME(want, of_file);
        }
        lstm_forecaster_free(loaded);
        lstm_forecaster_free(f);
        lstm_dataset_free(other);
        lstm_dataset_free(dataset);
    }
}

/* Series that were added without names, here or at the fit, have the number of the fit. */
static void without_names_a_number_does(void **state)
{
    (void)state;
    lstm_dataset *named = whole_fleet(LSTM_STEP_SECONDS, 1);
    lstm_dataset *numbered = whole_fleet(LSTM_STEP_SECONDS, 0);
    lstm_forecaster *f = fit_fleet(named, LSTM_USE_RIDGE), *g = fit_fleet(numbered, LSTM_USE_RIDGE);
    for (int64_t s = 0; s < SERIES; s++) {
        answer want = ask(f, named, s, ROWS), got[3] = {
                                                  ask(f, numbered, s, ROWS),
                                                  ask(g, numbered, s, ROWS),
                                                  ask(g, named, s, ROWS),
                                              };
        for (int i = 0; i < 3; i++)
            ASSERT_SAME(want, got[i]);
    }
    lstm_forecaster_free(f);
    lstm_forecaster_free(g);
    lstm_dataset_free(named);
    lstm_dataset_free(numbered);
}

/* A data set of the last rows: what was scored since the fit is scored here as well. */
static void time_tells_which_rows_are_known(void **state)
{
    (void)state;
    enum { FIRST = 120 };
    int n_changed = 0;
    for (int i = 0; i < N_USE; i++) {
        lstm_dataset *dataset = whole_fleet(LSTM_STEP_SECONDS, 1);
        lstm_dataset *window = new_fleet(LSTM_STEP_SECONDS);
        lstm_forecaster *f = fit_fleet(dataset, uses[i]);
        for (int64_t s = 0; s < SERIES; s++)
            add_part(window, names[s], s, FIRST, ROWS);
        for (int64_t s = 0; s < SERIES; s++) {
            answer want = ask(f, dataset, s, ROWS), got = ask(f, window, s, ROWS - FIRST);
            answer before = ask(f, dataset, s, KNOWN), moved = ask(f, window, s, KNOWN - FIRST);
            ASSERT_SAME(want, got);
            ASSERT_SAME(before, moved);
            n_changed += want.upper[0] - want.lower[0] != before.upper[0] - before.lower[0];
        }
        lstm_forecaster_free(f);
        lstm_dataset_free(window);
        lstm_dataset_free(dataset);
    }
    assert_true(n_changed > N_USE * SERIES / 2); /* since the fit something was scored */
}

/* Rows without times have the numbers of the fit: of those before KNOWN none is scored. */
static void without_times_row_numbers_do(void **state)
{
    (void)state;
    lstm_dataset *dataset = whole_fleet(LSTM_STEP_ROWS, 1), *start = new_fleet(LSTM_STEP_ROWS);
    lstm_forecaster *f = fit_fleet(dataset, LSTM_USE_RIDGE);
    add_part(start, names[0], 0, 40, ROWS);
    for (int64_t row = 60; row <= KNOWN; row += 70) {
        answer here = ask(f, start, 0, row), there = ask(f, dataset, 0, row);
        for (int h = 0; h < H; h++) /* no score came to those of the fit */
            assert_close("width", "step", h, (double)here.upper[h] - (double)here.lower[h],
                         (double)there.upper[h] - (double)there.lower[h], 1e-5);
    }
    lstm_forecaster_free(f);
    lstm_dataset_free(start);
    lstm_dataset_free(dataset);
}

/* rows * factor + shift of a new series. */
static lstm_dataset *new_series(double factor, double shift, int64_t n_row)
{
    lstm_dataset *dataset = new_fleet(LSTM_STEP_SECONDS);
    lstm_real *rows = new_rows(n_row);
    for (int64_t t = 0; t < n_row; t++)
        rows[t] = (lstm_real)(factor * (double)value_at(SERIES, t) + shift);
    assert_ok(lstm_dataset_add(dataset, names[SERIES], rows, n_row, START));
    free(rows);
    return dataset;
}

/*
 * A series that the fit has not seen has the scales of its own rows: forecasts and intervals of its
 * values times a, plus b, are those of its values times a, plus b.
 */
static void a_new_series_has_its_own_scales(void **state)
{
    (void)state;
    lstm_dataset *dataset = whole_fleet(LSTM_STEP_SECONDS, 1);
    const double factor = 4096, shift = 2048, near = 1e-5 * 20 * factor;
    for (int i = 0; i < N_USE; i++) {
        lstm_forecaster *f = fit_fleet(dataset, uses[i]);
        lstm_dataset *one = new_series(1, 0, ROWS), *other = new_series(factor, shift, ROWS);
        static const int64_t origins[] = {15, 60, 110, ROWS};
        for (int j = 0; j < 4; j++) {
            answer a = ask(f, one, 0, origins[j]), b = ask(f, other, 0, origins[j]);
            for (int h = 0; h < H; h++) {
                assert_close("moved", "y", h, (double)b.y[h], factor * (double)a.y[h] + shift,
                             near);
                assert_close("moved", "lower", h, (double)b.lower[h],
                             factor * (double)a.lower[h] + shift, near);
                assert_close("moved", "upper", h, (double)b.upper[h],
                             factor * (double)a.upper[h] + shift, near);
            }
        }
        lstm_forecaster_free(f);
        lstm_dataset_free(one);
        lstm_dataset_free(other);
    }
    lstm_dataset_free(dataset);
}

/* Of a new series nothing after the origin is read; several origins together give the same bits. */
static void a_new_series_has_no_future(void **state)
{
    (void)state;
    lstm_dataset *dataset = whole_fleet(LSTM_STEP_SECONDS, 1);
    const int64_t origins[] = {1, 15, 60, 110};
    for (int i = 0; i < N_USE; i++) {
        lstm_forecaster *f = fit_fleet(dataset, uses[i]);
        lstm_dataset *whole = new_series(1, 0, ROWS);
        lstm_real together[4 * H];
        assert_ok(lstm_forecaster_predict_from(f, whole, 0, origins, 4, H, together));
        for (int j = 0; j < 4; j++) {
            lstm_dataset *cut = new_series(1, 0, origins[j]);
            answer a = ask(f, whole, 0, origins[j]), b = ask(f, cut, 0, origins[j]);
            assert_memory_equal(a.y, together + j * H, sizeof a.y);
            ASSERT_SAME(a, b);
            lstm_dataset_free(cut);
        }
        lstm_forecaster_free(f);
        lstm_dataset_free(whole);
    }
    lstm_dataset_free(dataset);
}

/* Constant, or of missing values alone: the scales are 1. */
static void a_new_series_may_have_no_scale(void **state)
{
    (void)state;
    lstm_dataset *dataset = whole_fleet(LSTM_STEP_SECONDS, 1), *odd = new_fleet(LSTM_STEP_SECONDS);
    for (int64_t s = 0; s < 2; s++) {
        lstm_real rows[30];
        for (int t = 0; t < 30; t++)
            rows[t] = s == 0 ? 5 : (lstm_real)NAN;
        assert_ok(lstm_dataset_add(odd, s == 0 ? "five" : "nothing", rows, 30, START));
    }
    for (int i = 0; i < N_USE; i++) {
        lstm_forecaster *f = fit_fleet(dataset, uses[i]);
        for (int64_t s = 0; s < 2; s++) {
            answer a = ask(f, odd, s, 30);
            for (int h = 0; h < H; h++)
                assert_true(isfinite(a.y[h]) && a.lower[h] < a.y[h] && a.y[h] < a.upper[h]);
        }
        lstm_forecaster_free(f);
    }
    lstm_dataset_free(dataset);
    lstm_dataset_free(odd);
}

/* All rows of the last series are those of the test part. */
static void a_series_without_a_row_in_the_fit_is_new(void **state)
{
    (void)state;
    for (int i = 0; i < N_USE; i++) {
        lstm_dataset *dataset = whole_fleet(LSTM_STEP_SECONDS, 1);
        lstm_dataset *unknown = new_fleet(LSTM_STEP_SECONDS);
        add_part(dataset, "Bern", SERIES, 0, 100);
        assert_ok(lstm_dataset_split(dataset, SERIES, 0, 0));
        add_part(unknown, "Rome", SERIES, 0, 100);
        lstm_forecaster *f = fit_fleet(dataset, uses[i]);
        answer here = ask(f, dataset, SERIES, 100), there = ask(f, unknown, 0, 100);
        ASSERT_SAME(here, there);
        lstm_forecaster_free(f);
        lstm_dataset_free(dataset);
        lstm_dataset_free(unknown);
    }
}

enum { PATHS = 60 };

static void draw(const lstm_forecaster *f, const lstm_dataset *dataset, int64_t series,
                 int64_t origin, lstm_real *paths)
{
    assert_ok(lstm_forecaster_paths(f, dataset, series, origin, H, PATHS, 1, paths));
}

/* Of each series the fit has fewer forecasts than are wanted: paths have residuals of the others. */
static void paths_are_of_the_size_of_a_series(void **state)
{
    (void)state;
    lstm_dataset *dataset = whole_fleet(LSTM_STEP_SECONDS, 1);
    lstm_dataset *window = new_fleet(LSTM_STEP_SECONDS);
    for (int64_t s = SERIES; s-- > 0;)
        add_part(window, names[s], s, 120, ROWS);
    for (int i = 0; i < N_USE; i++) {
        lstm_forecaster *f = fit_fleet(dataset, uses[i]);
        for (int64_t s = 0; s < SERIES; s++) {
            lstm_real paths[PATHS * H], moved[PATHS * H];
            double sum = 0;
            draw(f, dataset, s, KNOWN, paths);
            draw(f, window, SERIES - 1 - s, KNOWN - 120, moved);
            assert_memory_equal(paths, moved, sizeof paths);
            answer a = ask(f, dataset, s, KNOWN);
            for (int j = 0; j < PATHS * H; j++)
                sum += fabs((double)paths[j] - (double)a.y[j % H]) / (PATHS * H);
            assert_true(sum > 0.02 * sizes[s] && sum < 2 * sizes[s]);
            draw(f, dataset, s, KNOWN - 10, paths); /* inside of what the fit has seen */
            draw(f, window, SERIES - 1 - s, KNOWN - 130, moved);
            assert_memory_equal(paths, moved, sizeof paths);
        }
        lstm_forecaster_free(f);
    }
    lstm_dataset_free(window);
    lstm_dataset_free(dataset);
}

/* Of residuals, and of a distribution: as a_new_series_has_its_own_scales(). */
static void paths_of_a_new_series_have_its_scales(void **state)
{
    (void)state;
    lstm_dataset *dataset = whole_fleet(LSTM_STEP_SECONDS, 1);
    const double factor = 4096, shift = 2048, near = 1e-5 * 20 * factor;
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    lstm_view_options view = fleet_view();
    lstm_forecaster_options options = small_options(H);
    loss.kind = LSTM_LOSS_GAUSSIAN;
    options.view = &view, options.season_len = WEEK, options.use = LSTM_USE_NETWORKS;
    for (int i = 0; i < 2; i++) {
        options.loss = i == 0 ? NULL : &loss;
        lstm_forecaster *f = fit_new(&options, dataset);
        lstm_dataset *one = new_series(1, 0, ROWS), *other = new_series(factor, shift, ROWS);
        for (int64_t origin = 60; origin <= ROWS; origin += 60) {
            lstm_real x[PATHS * H], y[PATHS * H];
            draw(f, one, 0, origin, x);
            draw(f, other, 0, origin, y);
            for (int j = 0; j < PATHS * H; j++)
                assert_close("moved", "paths", j, (double)y[j], factor * (double)x[j] + shift,
                             near);
        }
        lstm_forecaster_free(f);
        lstm_dataset_free(one);
        lstm_dataset_free(other);
    }
    lstm_dataset_free(dataset);
}

/* The scales of a series of the fit are those of the fit, wherever it is forecast. */
static void a_known_series_keeps_its_scales(void **state)
{
    (void)state;
    lstm_dataset *dataset = whole_fleet(LSTM_STEP_SECONDS, 1),
                 *unknown = new_fleet(LSTM_STEP_SECONDS);
    lstm_forecaster *f = fit_fleet(dataset, LSTM_USE_NETWORKS);
    add_part(unknown, "Bern", 0, 0, ROWS);
    answer known = ask(f, dataset, 0, 100), new = ask(f, unknown, 0, 100);
    ASSERT_OTHER(known, new);
    lstm_forecaster_free(f);
    lstm_dataset_free(dataset);
    lstm_dataset_free(unknown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_tells_a_series),
        cmocka_unit_test(without_names_a_number_does),
        cmocka_unit_test(time_tells_which_rows_are_known),
        cmocka_unit_test(without_times_row_numbers_do),
        cmocka_unit_test(a_new_series_has_its_own_scales),
        cmocka_unit_test(a_new_series_has_no_future),
        cmocka_unit_test(a_new_series_may_have_no_scale),
        cmocka_unit_test(a_series_without_a_row_in_the_fit_is_new),
        cmocka_unit_test(paths_are_of_the_size_of_a_series),
        cmocka_unit_test(paths_of_a_new_series_have_its_scales),
        cmocka_unit_test(a_known_series_keeps_its_scales),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
