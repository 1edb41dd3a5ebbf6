/* SPDX-License-Identifier: MIT */
/* Wrong use of data sets. */
#include "dataset_of_three.h"
#include "refused.h"

#include <float.h>

static void null_for_a_data_set_is_refused(void **fixture)
{
    (void)fixture;
    lstm_dataset *data = NULL;
    const double doubles[6] = {0};
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = 2;
    assert_ok(lstm_dataset_new(&data, &options));
    REFUSED(LSTM_E_ARGUMENT, "dataset is NULL", lstm_dataset_new(NULL, &options));
    REFUSED(LSTM_E_ARGUMENT, "options is NULL", lstm_dataset_new(&out.dataset, NULL));
    REFUSED(LSTM_E_ARGUMENT, "dataset is NULL", lstm_dataset_add(NULL, NULL, rows, 3, 0));
    REFUSED(LSTM_E_ARGUMENT, "rows is NULL", lstm_dataset_add(data, NULL, NULL, 3, 0));
    REFUSED(LSTM_E_ARGUMENT, "dataset is NULL", lstm_dataset_add_double(NULL, NULL, doubles, 3, 0));
    REFUSED(LSTM_E_ARGUMENT, "rows is NULL", lstm_dataset_add_double(data, NULL, NULL, 3, 0));
    assert_ok(lstm_dataset_add(data, NULL, rows, 3, 0));
    REFUSED(LSTM_E_ARGUMENT, "dataset is NULL", lstm_dataset_append(NULL, 0, rows, 1));
    REFUSED(LSTM_E_ARGUMENT, "rows is NULL", lstm_dataset_append(data, 0, NULL, 1));
    REFUSED(LSTM_E_ARGUMENT, "n_row is 0", lstm_dataset_append(data, 0, rows, 0));
    REFUSED(LSTM_E_ARGUMENT, "dataset is NULL", lstm_dataset_set_future(NULL, 0, rows, 1));
    REFUSED(LSTM_E_ARGUMENT, "rows is NULL", lstm_dataset_set_future(data, 0, NULL, 1));
    REFUSED(LSTM_E_ARGUMENT, "dataset is NULL", lstm_dataset_set_static(NULL, 0, rows));
    REFUSED(LSTM_E_ARGUMENT, "values is NULL", lstm_dataset_set_static(data, 0, NULL));
    REFUSED(LSTM_E_ARGUMENT, "n_static of the data set is 0",
            lstm_dataset_set_static(data, 0, rows));
    REFUSED(LSTM_E_ARGUMENT, "dataset is NULL", lstm_dataset_add_calendar(NULL, 1, NULL, 0));
    REFUSED(LSTM_E_ARGUMENT, "dataset is NULL", lstm_dataset_split(NULL, 0, 1, 2));
    REFUSED(LSTM_E_ARGUMENT, "dataset is NULL", lstm_dataset_split_fraction(NULL, 0, .5, .2));
    REFUSED(LSTM_E_ARGUMENT, "dataset is NULL", lstm_dataset_split_time(NULL, 0, 1, 2));
    REFUSED(LSTM_E_ARGUMENT, "dataset is NULL", lstm_dataset_parts(NULL, 0, &out.n, out.offsets));
    REFUSED(LSTM_E_ARGUMENT, "train_end is NULL", lstm_dataset_parts(data, 0, NULL, &out.n));
    REFUSED(LSTM_E_ARGUMENT, "valid_end is NULL", lstm_dataset_parts(data, 0, &out.n, NULL));
    REFUSED(LSTM_E_ARGUMENT, "dataset is NULL", lstm_dataset_time(NULL, 0, 0, &out.n));
    REFUSED(LSTM_E_ARGUMENT, "time is NULL", lstm_dataset_time(data, 0, 0, NULL));
    REFUSED(LSTM_E_ARGUMENT, "dataset is NULL", lstm_dataset_value(NULL, 0, 0, 0, out.values));
    REFUSED(LSTM_E_ARGUMENT, "value is NULL", lstm_dataset_value(data, 0, 0, 0, NULL));
    REFUSED(LSTM_E_ARGUMENT, "time is NULL", lstm_utc_time(NULL, 2024, 1, 1, 0));
    lstm_dataset_free(data);
}

static void a_data_set_that_is_not_there_is_empty(void **fixture)
{
    (void)fixture;
    assert_int_equal(lstm_dataset_series(NULL), 0);
    assert_int_equal(lstm_dataset_columns(NULL), 0);
    assert_int_equal(lstm_dataset_width(NULL), 0);
    assert_int_equal(lstm_dataset_statics(NULL), 0);
    assert_int_equal(lstm_dataset_inputs(NULL), 0);
    assert_int_equal(lstm_dataset_targets(NULL), 0);
    assert_int_equal(lstm_dataset_rows(NULL, 0), 0);
    assert_int_equal(lstm_dataset_future_rows(NULL, 0), 0);
    assert_int_equal(lstm_dataset_find(NULL, "x"), -1);
    assert_int_equal(lstm_dataset_find_column(NULL, "x"), -1);
    assert_int_equal(lstm_dataset_role(NULL, 0), -1);
    assert_int_equal(lstm_dataset_observed(NULL, 0, 0, 0), 0);
    assert_null(lstm_dataset_name(NULL, 0));
    assert_null(lstm_dataset_column_name(NULL, 0));
    assert_null(lstm_dataset_data(NULL, 0));
    assert_null(lstm_dataset_static(NULL, 0));
    assert_null(lstm_dataset_static_name(NULL, 0));
}

static void refused_series_leave_the_data_set_as_it_was(void **fixture)
{
    (void)fixture;
    const lstm_real infinite[2 * C] = {1, 2, 3, 4, 5, -(lstm_real)INFINITY};
    const lstm_real missing[2 * C] = {1, 2, 3, 4, (lstm_real)NAN, 6};
    lstm_dataset *d = dataset_of_three();
    assert_ok(lstm_dataset_add(d, "meter 7", rows, 2, 0));
    assert_status(lstm_dataset_add(d, "meter 8", infinite, 2, 0), LSTM_E_NUMERIC,
                  "series \"meter 8\", row 1, column 2 (wind) is -inf");
    assert_status(lstm_dataset_add(d, NULL, missing, 2, 0), LSTM_E_NUMERIC,
                  "series \"1\", row 1, column 1 (température) is missing");
    assert_status(lstm_dataset_append(d, 0, missing, 2), LSTM_E_NUMERIC,
                  "series \"meter 7\", row 3, column 1 (température) is missing");
    assert_status(lstm_dataset_add(d, "meter 7", rows, 2, 0), LSTM_E_ARGUMENT,
                  "\"meter 7\", is that of series 0");
    assert_status(lstm_dataset_add(d, "", rows, 2, 0), LSTM_E_ARGUMENT, "0 bytes");
    assert_status(lstm_dataset_add(d, "a\nb", rows, 2, 0), LSTM_E_ARGUMENT, "control character");
    assert_status(lstm_dataset_add(d, "a\xff", rows, 2, 0), LSTM_E_ARGUMENT, "not UTF-8");
    assert_status(lstm_dataset_add(d, "x", rows, 0, 0), LSTM_E_ARGUMENT, "series \"x\" is 0");
    assert_status(lstm_dataset_add(d, "x", rows, INT64_MAX, 0), LSTM_E_LIMIT, "3 columns");
    assert_status(lstm_dataset_append(d, 0, rows, INT64_MAX), LSTM_E_LIMIT, "of 2 + 9223");
    assert_int_equal(lstm_dataset_series(d), 1);
    assert_int_equal(lstm_dataset_rows(d, 0), 2);
    assert_values(lstm_dataset_data(d, 0), rows, 2 * C);
    lstm_dataset_free(d);
}

static void a_double_that_is_too_large_is_named(void **fixture)
{
    (void)fixture;
    const double values[2] = {1, (double)FLT_MAX * 1e3};
    lstm_dataset *d = new_dataset(1, NULL, LSTM_MISSING_MASK);
    if (sizeof(lstm_real) == sizeof(float))
        assert_status(lstm_dataset_add_double(d, NULL, values, 2, 0), LSTM_E_NUMERIC,
                      "row 1, column 0 (0) is 3.40282e+41");
    else
        assert_ok(lstm_dataset_add_double(d, NULL, values, 2, 0));
    lstm_dataset_free(d);
}

#define REFUSED_OPTIONS(status, part, field, value)                                                \
    do {                                                                                           \
        lstm_dataset *d = NULL;                                                                    \
        lstm_dataset_options options = options_of_three();                                         \
        options.field = value;                                                                     \
        assert_status(lstm_dataset_new(&d, &options), status, part);                               \
        assert_null(d);                                                                            \
    } while (0)

static void wrong_options_are_refused(void **fixture)
{
    (void)fixture;
    static const char *const twice[C] = {"a", "b", "a"}, *const same[STATICS] = {"a", "a"};
    static const char *const hidden[C] = {"a", NULL, "1"};
    static const int64_t unknown[C] = {0, 0, 4};
    static const int64_t no_target[C] = {LSTM_ROLE_INPUT, LSTM_ROLE_INPUT, LSTM_ROLE_KNOWN};
    REFUSED_OPTIONS(LSTM_E_ARGUMENT, "n_column is 0", n_column, 0);
    REFUSED_OPTIONS(LSTM_E_LIMIT, "n_column is 9223372036854775807", n_column, INT64_MAX);
    REFUSED_OPTIONS(LSTM_E_ARGUMENT, "n_static is -1", n_static, -1);
    REFUSED_OPTIONS(LSTM_E_ARGUMENT, "step_unit is 3", step_unit, 3);
    REFUSED_OPTIONS(LSTM_E_ARGUMENT, "step is -2", step, -2);
    REFUSED_OPTIONS(LSTM_E_ARGUMENT, "missing is 5", missing, 5);
    REFUSED_OPTIONS(LSTM_E_ARGUMENT, "season_len is 0", missing, LSTM_MISSING_SEASONAL);
    REFUSED_OPTIONS(LSTM_E_ARGUMENT, "season_len is -1", season_len, -1);
    REFUSED_OPTIONS(LSTM_E_ARGUMENT, "column 2, \"a\", is that of column 0", names, twice);
    REFUSED_OPTIONS(LSTM_E_ARGUMENT, "column 2, \"1\", is that of column 1", names, hidden);
    REFUSED_OPTIONS(LSTM_E_ARGUMENT, "static feature 1, \"a\"", static_names, same);
    REFUSED_OPTIONS(LSTM_E_ARGUMENT, "column 2 (wind) is 4", roles, unknown);
    REFUSED_OPTIONS(LSTM_E_ARGUMENT, "none of the 3 roles", roles, no_target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_for_a_data_set_is_refused),
        cmocka_unit_test(a_data_set_that_is_not_there_is_empty),
        cmocka_unit_test(refused_series_leave_the_data_set_as_it_was),
        cmocka_unit_test(a_double_that_is_too_large_is_named),
        cmocka_unit_test(wrong_options_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
