/* SPDX-License-Identifier: MIT */
/* Missing values, appended and future rows of data sets. */
#include "dataset_fixture.h"

#define NA ((lstm_real)NAN)

enum { N = 10 };
static const lstm_real gaps[N] = {NA, 2, NA, NA, 8, 1, NA, 3, NA, NA};

/* From the definitions in dataset.h, by hand; a season has 3 rows. */
static const struct {
    int64_t policy;
    lstm_real filled[N];
} fills[] = {
    {LSTM_MISSING_FORWARD, {2, 2, 2, 2, 8, 1, 1, 3, 3, 3}},
    {LSTM_MISSING_LINEAR, {2, 2, 4, 6, 8, 1, 2, 3, 3, 3}},
    {LSTM_MISSING_SEASONAL, {2, 2, 1, 4.5, 8, 1, 2, 3, 1, 1}},
    {LSTM_MISSING_MASK, {NA, 2, NA, NA, 8, 1, NA, 3, NA, NA}},
};

static void each_policy_fills_as_defined(void **fixture)
{
    (void)fixture;
    for (size_t i = 0; i < sizeof fills / sizeof fills[0]; i++) {
        lstm_dataset *d = new_dataset(1, NULL, fills[i].policy);
        assert_ok(lstm_dataset_add(d, NULL, gaps, N, 0));
        assert_values(lstm_dataset_data(d, 0), fills[i].filled, N);
        for (int64_t row = 0; row < N; row++)
            assert_int_equal(lstm_dataset_observed(d, 0, row, 0), !isnan(gaps[row]));
        lstm_dataset_free(d);
    }
}

static void a_long_gap_repeats_the_last_season(void **fixture)
{
    (void)fixture;
    const lstm_real given[12] = {1, 2, 3, NA, NA, NA, NA, NA, NA, 4, 5, 6};
    const lstm_real filled[12] = {1, 2, 3, 1, 2, 3, 1, 2, 3, 4, 5, 6};
    const lstm_real late[6] = {NA, NA, NA, 4, 5, 6}, repeated[6] = {4, 5, 6, 4, 5, 6};
    lstm_dataset *d = new_dataset(1, NULL, LSTM_MISSING_SEASONAL);
    assert_ok(lstm_dataset_add(d, NULL, given, 12, 0));
    assert_values(lstm_dataset_data(d, 0), filled, 12);
    assert_ok(lstm_dataset_add(d, NULL, late, 6, 0));
    assert_values(lstm_dataset_data(d, 1), repeated, 6);
    lstm_dataset_free(d);
}

static void under_a_mask_only_covariates_are_filled(void **fixture)
{
    (void)fixture;
    const int64_t roles[4] = {LSTM_ROLE_BOTH, LSTM_ROLE_INPUT, LSTM_ROLE_TARGET, LSTM_ROLE_KNOWN};
    const lstm_real given[8] = {NA, 1, NA, NA, 4, NA, NA, 5};
    const lstm_real kept[8] = {NA, 1, NA, 5, 4, 1, NA, 5};
    lstm_dataset *d = new_dataset(4, roles, LSTM_MISSING_MASK);
    assert_ok(lstm_dataset_add(d, NULL, given, 2, 0));
    assert_values(lstm_dataset_data(d, 0), kept, 8);
    for (int64_t i = 0; i < 8; i++)
        assert_int_equal(lstm_dataset_observed(d, 0, i / 4, i % 4), !isnan(given[i]));
    lstm_dataset_free(d);
}

static void a_column_without_a_value_cannot_be_filled(void **fixture)
{
    (void)fixture;
    const lstm_real given[4] = {1, NA, 2, NA};
    for (int64_t policy = LSTM_MISSING_FORWARD; policy <= LSTM_MISSING_SEASONAL; policy++) {
        lstm_dataset *d = new_dataset(2, NULL, policy);
        assert_status(lstm_dataset_add(d, "x", given, 2, 0), LSTM_E_NUMERIC,
                      "series \"x\", column 1 (1) has no value");
        assert_int_equal(lstm_dataset_series(d), 0);
        lstm_dataset_free(d);
    }
    lstm_dataset *d = new_dataset(2, NULL, LSTM_MISSING_MASK);
    assert_ok(lstm_dataset_add(d, "x", given, 2, 0));
    lstm_dataset_free(d);
}

/* Rows of two columns with holes, as a function of the position. */
static void make_rows(lstm_real *rows, int64_t n)
{
    uint32_t x = 1;
    for (int64_t i = 0; i < 2 * n; i++) {
        x = x * 1664525u + 1013904223u;
        rows[i] = i > 1 && (x >> 24) % 5 < 2 ? NA : (lstm_real)(x >> 16);
    }
}

static void pieces_make_the_same_series_as_all_rows_at_once(void **fixture)
{
    (void)fixture;
    enum { ROWS = 60 };
    const int64_t roles[2] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    lstm_real rows[2 * ROWS];
    make_rows(rows, ROWS);
    for (int64_t policy = LSTM_MISSING_FORWARD; policy <= LSTM_MISSING_MASK; policy++)
        for (int64_t piece = 1; piece < 20; piece++) {
            lstm_dataset *d = new_dataset(2, roles, policy);
            assert_ok(lstm_dataset_add(d, "pieces", rows, piece, 0));
            for (int64_t n = piece; n < ROWS; n += piece) {
                assert_ok(
                    lstm_dataset_append(d, 0, rows + 2 * n, n + piece < ROWS ? piece : ROWS - n));
            }
            assert_ok(lstm_dataset_add(d, "all", rows, ROWS, 0));
            assert_int_equal(lstm_dataset_rows(d, 0), ROWS);
            assert_values(lstm_dataset_data(d, 0), lstm_dataset_data(d, 1), 2 * ROWS);
            for (int64_t i = 0; i < 2 * ROWS; i++)
                assert_int_equal(lstm_dataset_observed(d, 0, i / 2, i % 2), !isnan(rows[i]));
            lstm_dataset_free(d);
        }
}

static void of_future_rows_only_known_columns_are_read(void **fixture)
{
    (void)fixture;
    const int64_t roles[2] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    const lstm_real rows[4] = {1, 10, 2, 20};
    const lstm_real future[6] = {NA, 30, (lstm_real)INFINITY, 40, 5, 50};
    const lstm_real all[10] = {1, 10, 2, 20, NA, 30, NA, 40, NA, 50};
    lstm_dataset *d = new_dataset(2, roles, LSTM_MISSING_REFUSE);
    assert_ok(lstm_dataset_add(d, NULL, rows, 2, 0));
    assert_ok(lstm_dataset_set_future(d, 0, future, 3));
    assert_int_equal(lstm_dataset_rows(d, 0), 2);
    assert_int_equal(lstm_dataset_future_rows(d, 0), 3);
    assert_values(lstm_dataset_data(d, 0), all, 10);
    assert_int_equal(lstm_dataset_observed(d, 0, 2, 0), 0);
    assert_int_equal(lstm_dataset_observed(d, 0, 2, 1), 1);
    assert_int_equal(lstm_dataset_observed(d, 0, 5, 1), 0);
    /* an observation takes the place of a future row, the others stay where they are */
    assert_ok(lstm_dataset_append(d, 0, (const lstm_real[]){3, 31}, 1));
    const lstm_real appended[10] = {1, 10, 2, 20, 3, 31, NA, 40, NA, 50};
    assert_int_equal(lstm_dataset_future_rows(d, 0), 2);
    assert_values(lstm_dataset_data(d, 0), appended, 10);
    assert_int_equal(lstm_dataset_observed(d, 0, 2, 0), 1);
    assert_ok(lstm_dataset_set_future(d, 0, future, 1));
    assert_int_equal(lstm_dataset_future_rows(d, 0), 1);
    assert_true(lstm_dataset_data(d, 0)[7] == 30);
    assert_ok(lstm_dataset_set_future(d, 0, NULL, 0));
    assert_int_equal(lstm_dataset_future_rows(d, 0), 0);
    lstm_dataset_free(d);
}

static void future_rows_fill_and_are_filled_as_rows_of_the_series(void **fixture)
{
    (void)fixture;
    const int64_t roles[2] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    const lstm_real rows[6] = {1, 10, 2, NA, 3, NA}, future[4] = {NA, 40, NA, NA};
    const lstm_real filled[10] = {1, 10, 2, 20, 3, 30, NA, 40, NA, 40};
    const lstm_real without[6] = {1, 10, 2, 10, 3, 10};
    lstm_dataset *d = new_dataset(2, roles, LSTM_MISSING_LINEAR);
    assert_ok(lstm_dataset_add(d, NULL, rows, 3, 0));
    assert_values(lstm_dataset_data(d, 0), without, 6);
    assert_ok(lstm_dataset_set_future(d, 0, future, 2));
    assert_values(lstm_dataset_data(d, 0), filled, 10);
    for (int64_t row = 0; row < 5; row++)
        assert_int_equal(lstm_dataset_observed(d, 0, row, 1), row == 0 || row == 3);
    assert_ok(lstm_dataset_set_future(d, 0, NULL, 0));
    assert_values(lstm_dataset_data(d, 0), without, 6);
    lstm_dataset_free(d);
}

static void refused_future_rows_change_nothing(void **fixture)
{
    (void)fixture;
    const int64_t roles[2] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    const lstm_real rows[4] = {1, 10, 2, 20}, future[4] = {NA, 30, NA, NA};
    lstm_dataset *d = new_dataset(2, roles, LSTM_MISSING_REFUSE), *blind = new_dataset(2, NULL, 0);
    assert_ok(lstm_dataset_add(d, "x", rows, 2, 0));
    assert_ok(lstm_dataset_set_future(d, 0, future, 1));
    assert_status(lstm_dataset_set_future(d, 0, future, 2), LSTM_E_NUMERIC,
                  "series \"x\", row 3, column 1 (1) is missing, and `missing` is "
                  "LSTM_MISSING_REFUSE; LSTM_MISSING_MASK takes it");
    assert_status(lstm_dataset_set_future(d, 0, future, -1), LSTM_E_ARGUMENT, "n_row is -1");
    assert_int_equal(lstm_dataset_future_rows(d, 0), 1);
    assert_ok(lstm_dataset_add(blind, "x", rows, 2, 0));
    assert_status(lstm_dataset_set_future(blind, 0, future, 1), LSTM_E_ARGUMENT, "LSTM_ROLE_KNOWN");
    lstm_dataset_free(blind);
    lstm_dataset_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_policy_fills_as_defined),
        cmocka_unit_test(a_long_gap_repeats_the_last_season),
        cmocka_unit_test(under_a_mask_only_covariates_are_filled),
        cmocka_unit_test(a_column_without_a_value_cannot_be_filled),
        cmocka_unit_test(pieces_make_the_same_series_as_all_rows_at_once),
        cmocka_unit_test(of_future_rows_only_known_columns_are_read),
        cmocka_unit_test(future_rows_fill_and_are_filled_as_rows_of_the_series),
        cmocka_unit_test(refused_future_rows_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
