/* SPDX-License-Identifier: MIT */
#include "assert_status.h"

#include <float.h>
#include <lstmts/series.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

enum { ROWS = 5, COLUMNS = 3 };

/* Value of row i, column j, which identifies the cell. */
static lstm_real cell(int64_t i, int64_t j)
{
    return (lstm_real)(10 * i + j) + (lstm_real)0.25;
}

static lstm_series *new_series(void)
{
    lstm_real rows[ROWS * COLUMNS];
    lstm_series *series = NULL;
    for (int64_t i = 0; i < ROWS * COLUMNS; i++)
        rows[i] = cell(i / COLUMNS, i % COLUMNS);
    assert_ok(lstm_series_new(&series, rows, ROWS, COLUMNS));
    memset(rows, 0x77, sizeof rows); /* the series must have copied them */
    return series;
}

static void assert_rows(const lstm_series *series, int64_t first, int64_t n_row)
{
    assert_int_equal(lstm_series_rows(series), n_row);
    assert_int_equal(lstm_series_columns(series), COLUMNS);
    for (int64_t i = 0; i < n_row; i++)
        for (int64_t j = 0; j < COLUMNS; j++)
            assert_true(lstm_series_data(series)[i * COLUMNS + j] == cell(first + i, j));
}

static void a_series_is_a_copy_of_the_rows_in_their_order(void **fixture)
{
    (void)fixture;
    lstm_series *series = new_series();
    assert_rows(series, 0, ROWS);
    lstm_series_free(series);
}

static void every_column_is_input_and_target_at_first(void **fixture)
{
    (void)fixture;
    lstm_series *series = new_series();
    assert_int_equal(lstm_series_inputs(series), COLUMNS);
    assert_int_equal(lstm_series_targets(series), COLUMNS);
    lstm_series_free(series);
}

static void roles_count_a_column_as_input_as_target_or_as_both(void **fixture)
{
    (void)fixture;
    const int64_t roles[] = {LSTM_ROLE_BOTH, LSTM_ROLE_INPUT, LSTM_ROLE_TARGET, LSTM_ROLE_KNOWN};
    lstm_series *series = new_series();
    for (int all = 0; all < 64; all++) {
        int64_t role[COLUMNS] = {roles[all % 4], roles[all / 4 % 4], roles[all / 16]};
        int64_t inputs = 0, targets = 0;
        for (int64_t j = 0; j < COLUMNS; j++) {
            assert_ok(lstm_series_set_role(series, j, role[j]));
            inputs += role[j] != LSTM_ROLE_TARGET;
            targets += role[j] == LSTM_ROLE_BOTH || role[j] == LSTM_ROLE_TARGET;
        }
        assert_int_equal(lstm_series_inputs(series), inputs);
        assert_int_equal(lstm_series_targets(series), targets);
        assert_rows(series, 0, ROWS);
    }
    lstm_series_free(series);
}

static void a_refused_role_changes_none(void **fixture)
{
    (void)fixture;
    lstm_series *series = new_series();
    assert_ok(lstm_series_set_role(series, 1, LSTM_ROLE_INPUT));
    assert_status(lstm_series_set_role(series, 1, 4), LSTM_E_ARGUMENT, "4");
    assert_status(lstm_series_set_role(series, 1, -1), LSTM_E_ARGUMENT, "-1");
    assert_status(lstm_series_set_role(series, COLUMNS, LSTM_ROLE_INPUT), LSTM_E_ARGUMENT, "3");
    assert_status(lstm_series_set_role(series, -7, LSTM_ROLE_INPUT), LSTM_E_ARGUMENT, "-7");
    assert_int_equal(lstm_series_inputs(series), COLUMNS);
    assert_int_equal(lstm_series_targets(series), COLUMNS - 1);
    lstm_series_free(series);
}

static void every_slice_has_exactly_its_rows(void **fixture)
{
    (void)fixture;
    lstm_series *series = new_series();
    for (int64_t first = 0; first < ROWS; first++)
        for (int64_t n_row = 1; first + n_row <= ROWS; n_row++) {
            lstm_series *slice = NULL;
            assert_ok(lstm_series_slice(&slice, series, first, n_row));
            assert_rows(slice, first, n_row);
            lstm_series_free(slice);
        }
    lstm_series_free(series);
}

static void a_slice_has_the_roles_of_its_source_and_a_life_of_its_own(void **fixture)
{
    (void)fixture;
    lstm_series *series = new_series(), *slice = NULL;
    assert_ok(lstm_series_set_role(series, 0, LSTM_ROLE_INPUT));
    assert_ok(lstm_series_slice(&slice, series, 1, 3));
    assert_ok(lstm_series_set_role(series, 2, LSTM_ROLE_TARGET));
    assert_int_equal(lstm_series_inputs(slice), COLUMNS);
    assert_int_equal(lstm_series_targets(slice), COLUMNS - 1);
    assert_int_equal(lstm_series_inputs(series), COLUMNS - 1);
    lstm_series_free(series);
    assert_rows(slice, 1, 3);
    lstm_series_free(slice);
}

static void rows_that_are_not_all_in_the_source_are_refused(void **fixture)
{
    (void)fixture;
    static const struct {
        int64_t first, n_row;
        const char *named;
    } cases[] = {
        {-1, 2, "-1"},
        {0, ROWS + 1, "6"},
        {ROWS, 1, "5"},
        {ROWS - 1, 2, "4"},
        {0, 0, "0 rows"},
        {2, -3, "-3"},
        {INT64_MAX, 1, "9223372036854775807"},
        {1, INT64_MAX, "9223372036854775807"},
        {INT64_MIN, 1, "-9223372036854775808"},
        {1, INT64_MIN, "-9223372036854775808"},
    };
    lstm_series *series = new_series();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        lstm_series *slice = series;
        assert_status(lstm_series_slice(&slice, series, cases[i].first, cases[i].n_row),
                      LSTM_E_SHAPE, cases[i].named);
        assert_ptr_equal(slice, series);
    }
    lstm_series_free(series);
}

static void doubles_are_rounded_to_the_nearest_element(void **fixture)
{
    (void)fixture;
    const double rows[] = {0.1, -1.0 / 3, 1e-50, 16777217, -0.0, FLT_MAX};
    lstm_series *series = NULL;
    assert_ok(lstm_series_new_double(&series, rows, 3, 2));
    assert_int_equal(lstm_series_rows(series), 3);
    assert_int_equal(lstm_series_columns(series), 2);
    const lstm_real *data = lstm_series_data(series);
    for (int i = 0; i < 6; i++)
        assert_true(data[i] == (lstm_real)rows[i]);
    assert_true(signbit(data[4]));
    lstm_series_free(series);
}

static void a_double_too_large_for_the_element_type_is_refused(void **fixture)
{
    (void)fixture;
    if (sizeof(lstm_real) == sizeof(double)) { /* then nothing is too large */
        const double fits[] = {DBL_MAX};
        lstm_series *series = NULL;
        assert_ok(lstm_series_new_double(&series, fits, 1, 1));
        lstm_series_free(series);
        return;
    }
    const double rows[] = {1, 2, 3, -1e39};
    lstm_series *series = NULL;
    assert_status(lstm_series_new_double(&series, rows, 2, 2), LSTM_E_NUMERIC, "row 1, column 1");
    assert_non_null(strstr(lstm_last_error(), "-1e+39"));
    assert_null(series);
}

static void every_value_that_is_not_finite_is_found_and_its_place_named(void **fixture)
{
    (void)fixture;
    const double bad[] = {NAN, INFINITY, -INFINITY};
    for (int64_t at = 0; at < ROWS * COLUMNS; at++)
        for (int kind = 0; kind < 3; kind++) {
            lstm_real rows[ROWS * COLUMNS] = {0};
            double doubles[ROWS * COLUMNS] = {0};
            lstm_series *series = NULL;
            char place[64];
            rows[at] = (lstm_real)bad[kind];
            doubles[at] = bad[kind];
            snprintf(place, sizeof place, "row %d, column %d", (int)at / COLUMNS,
                     (int)at % COLUMNS);
            assert_status(lstm_series_new(&series, rows, ROWS, COLUMNS), LSTM_E_NUMERIC, place);
            assert_status(lstm_series_new_double(&series, doubles, ROWS, COLUMNS), LSTM_E_NUMERIC,
                          place);
            assert_non_null(strstr(lstm_last_error(), kind == 0 ? "nan" : "inf"));
            assert_null(series);
        }
}

static void the_smallest_series_has_one_value(void **fixture)
{
    (void)fixture;
    const lstm_real value = (lstm_real)-0.5;
    lstm_series *series = NULL, *slice = NULL;
    assert_ok(lstm_series_new(&series, &value, 1, 1));
    assert_ok(lstm_series_slice(&slice, series, 0, 1));
    assert_true(lstm_series_data(slice)[0] == value);
    lstm_series_free(slice);
    lstm_series_free(series);
}

static void counts_below_1_and_sizes_that_overflow_are_refused_unread(void **fixture)
{
    (void)fixture;
    static const struct {
        int64_t n_row, n_column;
        lstm_status status;
        const char *named;
    } cases[] = {
        {0, 1, LSTM_E_ARGUMENT, "0 rows"},
        {1, 0, LSTM_E_ARGUMENT, "0 columns"},
        {-4, 2, LSTM_E_ARGUMENT, "-4 rows"},
        {2, -5, LSTM_E_ARGUMENT, "-5 columns"},
        {-4, -5, LSTM_E_ARGUMENT, "-4 rows"},
        {INT64_MIN, INT64_MIN, LSTM_E_ARGUMENT, "-9223372036854775808 rows"},
        {INT64_MAX, 2, LSTM_E_LIMIT, "9223372036854775807 rows"},
        {2, INT64_MAX, LSTM_E_LIMIT, "9223372036854775807 columns"},
        {INT64_MAX, 1, LSTM_E_LIMIT, "9223372036854775807 rows"},
        {INT64_C(1) << 32, INT64_C(1) << 32, LSTM_E_LIMIT, "4294967296 rows"},
        {INT64_C(3037000500), INT64_C(3037000500), LSTM_E_LIMIT, "3037000500 rows"},
    };
    const lstm_real value = 1;
    const double number = 1;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        lstm_series *series = NULL;
        assert_status(lstm_series_new(&series, &value, cases[i].n_row, cases[i].n_column),
                      cases[i].status, cases[i].named);
        assert_status(lstm_series_new_double(&series, &number, cases[i].n_row, cases[i].n_column),
                      cases[i].status, cases[i].named);
        assert_null(series);
    }
}

static void a_series_that_is_not_there_has_no_size(void **fixture)
{
    (void)fixture;
    assert_int_equal(lstm_series_rows(NULL), 0);
    assert_int_equal(lstm_series_columns(NULL), 0);
    assert_int_equal(lstm_series_inputs(NULL), 0);
    assert_int_equal(lstm_series_targets(NULL), 0);
    assert_null(lstm_series_data(NULL));
    lstm_series_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_series_is_a_copy_of_the_rows_in_their_order),
        cmocka_unit_test(every_column_is_input_and_target_at_first),
        cmocka_unit_test(roles_count_a_column_as_input_as_target_or_as_both),
        cmocka_unit_test(a_refused_role_changes_none),
        cmocka_unit_test(every_slice_has_exactly_its_rows),
        cmocka_unit_test(a_slice_has_the_roles_of_its_source_and_a_life_of_its_own),
        cmocka_unit_test(rows_that_are_not_all_in_the_source_are_refused),
        cmocka_unit_test(doubles_are_rounded_to_the_nearest_element),
        cmocka_unit_test(a_double_too_large_for_the_element_type_is_refused),
        cmocka_unit_test(every_value_that_is_not_finite_is_found_and_its_place_named),
        cmocka_unit_test(the_smallest_series_has_one_value),
        cmocka_unit_test(counts_below_1_and_sizes_that_overflow_are_refused_unread),
        cmocka_unit_test(a_series_that_is_not_there_has_no_size),
    };
    return cmocka_run_group_tests_name("series", tests, NULL, NULL);
}
