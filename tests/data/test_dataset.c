/* SPDX-License-Identifier: MIT */
/* Creating data sets, adding series, and reading them. */
#include "dataset_of_three.h"
#include "failing_allocator.h"

#include <stdio.h>

static void a_data_set_tells_its_columns(void **fixture)
{
    (void)fixture;
    lstm_dataset *d = dataset_of_three();
    assert_int_equal(lstm_dataset_columns(d), C);
    assert_int_equal(lstm_dataset_width(d), C);
    assert_int_equal(lstm_dataset_statics(d), STATICS);
    assert_string_equal(lstm_dataset_static_name(d, 0), "area");
    assert_string_equal(lstm_dataset_static_name(d, 1), "1");
    assert_null(lstm_dataset_static_name(d, STATICS));
    assert_null(lstm_dataset_static_name(d, -1));
    assert_int_equal(lstm_dataset_inputs(d), 2);
    assert_int_equal(lstm_dataset_targets(d), 2);
    assert_int_equal(lstm_dataset_series(d), 0);
    for (int64_t c = 0; c < C; c++) {
        assert_string_equal(lstm_dataset_column_name(d, c), names[c]);
        assert_int_equal(lstm_dataset_find_column(d, names[c]), c);
        assert_int_equal(lstm_dataset_role(d, c), roles[c]);
    }
    lstm_dataset_free(d);
}

static void names_that_are_not_given_are_numbers(void **fixture)
{
    (void)fixture;
    lstm_dataset *d = new_dataset(12, NULL, 0);
    assert_string_equal(lstm_dataset_column_name(d, 0), "0");
    assert_string_equal(lstm_dataset_column_name(d, 11), "11");
    for (int i = 0; i < 3; i++)
        assert_ok(lstm_dataset_add(d, NULL, rows, 1, 0));
    assert_string_equal(lstm_dataset_name(d, 2), "2");
    lstm_dataset_free(d);
}

static void each_series_keeps_its_rows(void **fixture)
{
    (void)fixture;
    lstm_dataset *d = dataset_of_three();
    char name[16];
    for (int64_t s = 0; s < 300; s++) {
        snprintf(name, sizeof name, "meter %d", (int)s);
        assert_ok(lstm_dataset_add(d, name, rows + s % 3 * C, 1 + s % 2, 0));
    }
    assert_int_equal(lstm_dataset_series(d), 300);
    for (int64_t s = 0; s < 300; s++) {
        snprintf(name, sizeof name, "meter %d", (int)s);
        assert_int_equal(lstm_dataset_find(d, name), s);
        assert_string_equal(lstm_dataset_name(d, s), name);
        assert_int_equal(lstm_dataset_rows(d, s), 1 + s % 2);
        assert_values(lstm_dataset_data(d, s), rows + s % 3 * C, (1 + s % 2) * C);
    }
    lstm_dataset_free(d);
}

static void doubles_are_rounded(void **fixture)
{
    (void)fixture;
    const double values[2] = {0.1, 1e-3};
    lstm_dataset *d = new_dataset(1, NULL, 0);
    assert_ok(lstm_dataset_add_double(d, NULL, values, 2, 0));
    assert_true(lstm_dataset_data(d, 0)[0] == (lstm_real)0.1);
    assert_true(lstm_dataset_data(d, 0)[1] == (lstm_real)1e-3);
    lstm_dataset_free(d);
}

static void denormal_values_are_kept(void **fixture)
{
    (void)fixture;
    const lstm_real tiny[2] = {(lstm_real)1e-40, 1};
    lstm_dataset *d = new_dataset(1, NULL, 0);
    assert_ok(lstm_dataset_add(d, NULL, tiny, 2, 0));
    assert_memory_equal(lstm_dataset_data(d, 0), tiny, sizeof tiny);
    lstm_dataset_free(d);
}

static void static_features_belong_to_their_series(void **fixture)
{
    (void)fixture;
    lstm_dataset *d = dataset_of_three();
    for (int64_t s = 0; s < 20; s++) {
        assert_ok(lstm_dataset_add(d, NULL, rows, 1, 0));
        assert_null(lstm_dataset_static(d, s));
        const lstm_real values[STATICS] = {(lstm_real)s, 7};
        assert_ok(lstm_dataset_set_static(d, s, values));
    }
    for (int64_t s = 0; s < 20; s++)
        assert_true(lstm_dataset_static(d, s)[0] == (lstm_real)s);
    const lstm_real bad[STATICS] = {1, (lstm_real)NAN};
    assert_status(lstm_dataset_set_static(d, 3, bad), LSTM_E_NUMERIC,
                  "series \"3\", static feature 1 (1) is nan");
    assert_true(lstm_dataset_static(d, 3)[0] == 3);
    lstm_dataset_free(d);
}

static void readers_of_what_is_not_there_return_nothing(void **fixture)
{
    (void)fixture;
    lstm_dataset *d = dataset_of_three();
    assert_ok(lstm_dataset_add(d, "a", rows, 4, 0));
    const int64_t series[] = {-1, 1, INT64_MIN, INT64_MAX};
    for (int i = 0; i < 4; i++) {
        assert_null(lstm_dataset_name(d, series[i]));
        assert_int_equal(lstm_dataset_rows(d, series[i]), 0);
        assert_int_equal(lstm_dataset_future_rows(d, series[i]), 0);
        assert_null(lstm_dataset_data(d, series[i]));
        assert_null(lstm_dataset_static(d, series[i]));
        assert_int_equal(lstm_dataset_observed(d, series[i], 0, 0), 0);
        assert_int_equal(lstm_dataset_observed(d, 0, series[i] == 1 ? 4 : series[i], 0), 0);
        assert_int_equal(lstm_dataset_observed(d, 0, 0, series[i] == 1 ? C : series[i]), 0);
        assert_null(lstm_dataset_column_name(d, series[i] == 1 ? C : series[i]));
        assert_int_equal(lstm_dataset_role(d, series[i] == 1 ? C : series[i]), -1);
    }
    assert_int_equal(lstm_dataset_find(d, "b"), -1);
    assert_int_equal(lstm_dataset_find(d, ""), -1);
    assert_int_equal(lstm_dataset_find_column(d, "loa"), -1);
    assert_int_equal(lstm_dataset_find(d, NULL), -1);
    assert_null(lstm_dataset_static(d, 0));
    lstm_dataset_free(d);
}

static void a_name_of_255_bytes_is_the_longest(void **fixture)
{
    (void)fixture;
    char name[300];
    memset(name, 'n', sizeof name);
    name[255] = '\0';
    lstm_dataset *d = dataset_of_three();
    assert_ok(lstm_dataset_add(d, name, rows, 1, 0));
    assert_string_equal(lstm_dataset_name(d, 0), name);
    name[255] = 'n';
    name[256] = '\0';
    assert_status(lstm_dataset_add(d, name, rows, 1, 0), LSTM_E_ARGUMENT, "256 bytes");
    lstm_dataset_free(d);
}

static lstm_status make_twenty_series(void *context)
{
    (void)context;
    lstm_dataset *d = NULL;
    char name[40];
    lstm_real gaps[2 * C] = {1, 2, (lstm_real)NAN, 4, (lstm_real)NAN, 6};
    lstm_dataset_options options = options_of_three();
    options.missing = LSTM_MISSING_FORWARD;
    lstm_status status = lstm_dataset_new(&d, &options);
    for (int i = 0; status >= 0 && i < 20; i++) {
        snprintf(name, sizeof name, "a long name for series %d", i);
        status = lstm_dataset_add(d, name, i % 2 == 0 ? rows : gaps, 2, 0);
        if (status >= 0)
            status = lstm_dataset_append(d, i, gaps, 2);
        if (status >= 0)
            status = lstm_dataset_set_future(d, i, gaps, 2);
    }
    lstm_dataset_free(d);
    return status;
}

static void exhausted_memory_is_reported_and_nothing_is_lost(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    assert_true(failing_allocator_sweep(&memory, make_twenty_series, NULL) > 60);
    failing_allocator_remove(&memory);
}

/* 10,000 series of 1,000 rows must be fitted in 1.2 times the memory of the data. */
static void many_series_take_little_more_memory_than_their_rows(void **fixture)
{
    (void)fixture;
    enum { SERIES = 500, ROWS = 1000 };
    static lstm_real values[ROWS];
    failing_allocator memory;
    failing_allocator_install(&memory);
    lstm_dataset *d = new_dataset(1, NULL, 0);
    for (int i = 0; i < SERIES; i++)
        assert_ok(lstm_dataset_add(d, NULL, values, ROWS, 0));
    assert_true((double)memory.bytes < 1.08 * SERIES * sizeof values);
    lstm_dataset_free(d);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_data_set_tells_its_columns),
        cmocka_unit_test(names_that_are_not_given_are_numbers),
        cmocka_unit_test(each_series_keeps_its_rows),
        cmocka_unit_test(doubles_are_rounded),
        cmocka_unit_test(denormal_values_are_kept),
        cmocka_unit_test(static_features_belong_to_their_series),
        cmocka_unit_test(readers_of_what_is_not_there_return_nothing),
        cmocka_unit_test(a_name_of_255_bytes_is_the_longest),
        cmocka_unit_test(exhausted_memory_is_reported_and_nothing_is_lost),
        cmocka_unit_test(many_series_take_little_more_memory_than_their_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
