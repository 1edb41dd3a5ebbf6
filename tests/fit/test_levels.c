/* SPDX-License-Identifier: MIT */
/* Whether the level of a training part returns to its mean, so that networks may read it as it is. */
#include "fit/choose.h"
#include "forecaster_fixture.h"

#include <stdbool.h>

enum { ROWS = 10 };

/* Series of ten training rows of one column; after them is what would change each result. */
static lstm_dataset *new_levels(int64_t n_series, const lstm_real levels[][ROWS])
{
    lstm_dataset *dataset = new_timed(1, NULL, LSTM_STEP_ROWS, 1);
    for (int64_t s = 0; s < n_series; s++) {
        lstm_real *rows = new_rows(2 * ROWS);
        for (int64_t t = 0; t < 2 * ROWS; t++)
            rows[t] = t < ROWS ? levels[s][t] : (lstm_real)(1000 * t * (t % 2));
        add_rows(dataset, rows, 2 * ROWS);
        assert_ok(lstm_dataset_split(dataset, s, ROWS, 2 * ROWS));
    }
    return dataset;
}

static void assert_returns(bool returns, int64_t n_series, const lstm_real levels[][ROWS],
                           int64_t period, int64_t H)
{
    lstm_dataset *dataset = new_levels(n_series, levels);
    assert_int_equal(lts_level_returns(dataset, period, H), returns);
    lstm_dataset_free(dataset);
}

#define NA ((lstm_real)NAN)

static const lstm_real flutter[][ROWS] = {{1, 3, 1, 3, 1, 3, 1, 3, 1, 3}};
static const lstm_real step[][ROWS] = {{1, 1, 1, 1, 1, 9, 9, 9, 9, 9}};

/* The mean of flutter errs by 1 in each row, the row before by 2; that of the step by 4, the row
 * before by 8 in one of nine. */
static void a_level_that_returns_is_told_from_one_that_moves(void **state)
{
    (void)state;
    assert_returns(true, 1, flutter, 1, 1);
    assert_returns(false, 1, step, 1, 1);
}

/* Means of two rows of flutter are all alike, so neither errs; of the pairs, those of two rows change. */
static void levels_are_means_of_period_and_horizon(void **state)
{
    (void)state;
    static const lstm_real pairs[][ROWS] = {{1, 1, 3, 3, 1, 1, 3, 3, 1, 1}};
    assert_returns(false, 1, flutter, 2, 2);
    assert_returns(true, 1, pairs, 2, 2);
    assert_returns(false, 1, pairs, 4, 2);
    assert_returns(false, 1, step, 2, 2);
}

static void missing_rows_are_in_no_mean(void **state)
{
    (void)state;
    static const lstm_real holes[][ROWS] = {{1, NA, 3, 1, 3, NA, NA, 1, 3, 1}};
    static const lstm_real few[][ROWS] = {{NA, NA, 1, 1, NA, NA, 9, 9, NA, 9}};
    assert_returns(true, 1, holes, 1, 1);
    assert_returns(false, 1, few, 2, 2);
}

/* Each is measured by its own deviation: the step, a hundred times as large, would else decide. */
static void series_weigh_the_same(void **state)
{
    (void)state;
    static const lstm_real both[][ROWS] = {{1, 3, 1, 3, 1, 3, 1, 3, 1, 3},
                                           {3, 1, 3, 1, 3, 1, 3, 1, 3, 1},
                                           {1, 3, 1, 3, 1, 3, 1, 3, 1, 3},
                                           {100, 100, 100, 100, 100, 900, 900, 900, 900, 900}};
    assert_returns(true, 4, both, 1, 1);
}

static void without_rows_no_level_returns(void **state)
{
    (void)state;
    static const lstm_real constant[][ROWS] = {{2, 2, 2, 2, 2, 2, 2, 2, 2, 2}};
    static const lstm_real none[][ROWS] = {{NA, NA, NA, NA, NA, NA, NA, NA, NA, NA}};
    assert_returns(false, 1, constant, 1, 1);
    assert_returns(false, 1, none, 1, 1);
    assert_returns(false, 1, flutter, 6, 5); /* more rows than there are */
    assert_returns(false, 1, flutter, 1000000, INT64_MAX / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_level_that_returns_is_told_from_one_that_moves),
        cmocka_unit_test(levels_are_means_of_period_and_horizon),
        cmocka_unit_test(missing_rows_are_in_no_mean),
        cmocka_unit_test(series_weigh_the_same),
        cmocka_unit_test(without_rows_no_level_returns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
