/* SPDX-License-Identifier: MIT */
/* Windows and errors of the judge, against plain loops. */
#include "evaluate/judge.h"
#include "forecaster_fixture.h"

#include "base/memory.h"

enum { C = 3, K = 2, H = 4, N_SERIES = 4 };

/* A target, a covariate, a target; series of several lengths, of which the third has no window. */
static const int64_t roles[C] = {LSTM_ROLE_BOTH, LSTM_ROLE_INPUT, LSTM_ROLE_TARGET};
static const int64_t targets[K] = {0, 2};
static const int64_t lengths[N_SERIES] = {40, 30, 12, 50}, train_ends[N_SERIES] = {20, 10, 6, 30},
                     valid_ends[N_SERIES] = {33, 21, 9, 50};

static lstm_real value_at(int64_t s, int64_t row, int64_t c)
{
    return (lstm_real)((double)(1 + c) * wave(row + s, 7) + noise(s * 1000 + row * 10 + c));
}

static lstm_dataset *new_data(void)
{
    lstm_dataset *dataset = new_dataset(C, roles, LSTM_MISSING_MASK);
    for (int64_t s = 0; s < N_SERIES; s++) {
        lstm_real *rows = new_rows(lengths[s] * C);
        for (int64_t i = 0; i < lengths[s] * C; i++)
            rows[i] = value_at(s, i / C, i % C);
        add_rows(dataset, rows, lengths[s]);
        assert_ok(lstm_dataset_split(dataset, s, train_ends[s], valid_ends[s]));
    }
    return dataset;
}

static void the_windows_are_all_of_the_validation_parts(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data();
    lts_judge judge;
    int64_t n = 0;
    assert_ok(lts_judge_init(&judge, dataset, H, 1));
    assert_int_equal(judge.H, H);
    assert_int_equal(judge.K, K);
    for (int64_t s = 0; s < N_SERIES; s++)
        for (int64_t origin = train_ends[s]; origin + H <= valid_ends[s]; origin++, n++) {
            assert_true(n < judge.n);
            assert_int_equal(judge.series[n], s);
            assert_int_equal(judge.origin[n], origin);
        }
    assert_int_equal(judge.n, n);
    lts_judge_clear(&judge);
    lstm_dataset_free(dataset);
}

/* Of more windows than 512, every so many-th, counted over the borders of the series. */
static void many_windows_are_thinned_evenly(void **fixture)
{
    (void)fixture;
    const int64_t n_row = 700, all = 2 * (n_row - 10 - H + 1);
    lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    for (int64_t s = 0; s < 2; s++) {
        add_rows(dataset, new_rows(n_row), n_row);
        assert_ok(lstm_dataset_split(dataset, s, 10, n_row));
    }
    lts_judge judge;
    assert_ok(lts_judge_init(&judge, dataset, H, 1));
    int64_t stride = (all + 511) / 512;
    assert_int_equal(judge.n, (all + stride - 1) / stride);
    for (int64_t i = 0; i < judge.n; i++) {
        int64_t number = i * stride, per_series = all / 2;
        assert_int_equal(judge.series[i], number / per_series);
        assert_int_equal(judge.origin[i], 10 + number % per_series);
    }
    lts_judge_clear(&judge);
    lstm_dataset_free(dataset);
}

static double plain_scale(const lstm_dataset *d, int64_t s, int64_t c, int64_t season_len)
{
    const lstm_real *x = lstm_dataset_data(d, s);
    double sum = 0, n = 0;
    for (int64_t row = season_len; row < train_ends[s]; row++)
        if (lstm_dataset_observed(d, s, row, c) &&
            lstm_dataset_observed(d, s, row - season_len, c)) {
            sum += fabs((double)x[row * C + c] - (double)x[(row - season_len) * C + c]);
            n++;
        }
    return n == 0 ? 0 : sum / n;
}

/* The same by loops over series, origins, steps and columns; y counts the elements. */
static double plain_error(const lstm_dataset *d, int64_t season_len, const lstm_real *y)
{
    double sum = 0, n = 0;
    for (int64_t s = 0; s < N_SERIES; s++)
        for (int64_t origin = train_ends[s]; origin + H <= valid_ends[s]; origin++)
            for (int64_t h = 0; h < H; h++)
                for (int64_t k = 0; k < K; k++, y++) {
                    lstm_real truth;
                    double scale = plain_scale(d, s, targets[k], season_len);
                    assert_ok(lstm_dataset_value(d, s, origin + h, targets[k], &truth));
                    if (!lstm_dataset_observed(d, s, origin + h, targets[k]) || scale == 0)
                        continue;
                    sum += fabs((double)*y - (double)truth) / scale;
                    n++;
                }
    return n == 0 ? (double)NAN : sum / n;
}

static void assert_error(const lstm_dataset *dataset, int64_t season_len)
{
    lts_judge judge;
    assert_ok(lts_judge_init(&judge, dataset, H, season_len));
    lstm_real *y = lts_judge_forecasts(&judge);
    assert_non_null(y);
    for (int64_t i = 0; i < judge.n * H * K; i++)
        y[i] = (lstm_real)(3 * noise(-i - 1));
    double want = plain_error(dataset, season_len, y), got = lts_judge_error(&judge, y);
    if (!(fabs(got - want) <= 1e-12 * want))
        fail_msg("%.17g, not %.17g", got, want);
    lts_free(y);
    lts_judge_clear(&judge);
}

static void the_error_is_that_of_plain_loops(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data();
    for (int64_t season_len = 1; season_len < 9; season_len++)
        assert_error(dataset, season_len);
    lstm_dataset_free(dataset);
}

/* Missing, filled and constant: what does not count. */
static void only_observed_values_count(void **fixture)
{
    (void)fixture;
    for (int missing = LSTM_MISSING_FORWARD; missing <= LSTM_MISSING_MASK; missing++) {
        lstm_dataset *dataset = new_dataset(C, roles, missing);
        for (int64_t s = 0; s < N_SERIES; s++) {
            lstm_real *rows = new_rows(lengths[s] * C);
            for (int64_t i = 0; i < lengths[s] * C; i++)
                rows[i] = i % 5 == 1             ? (lstm_real)NAN
                          : s == 1 && i % C == 0 ? 3 /* constant */
                                                 : value_at(s, i / C, i % C);
            add_rows(dataset, rows, lengths[s]);
            assert_ok(lstm_dataset_split(dataset, s, train_ends[s], valid_ends[s]));
        }
        assert_error(dataset, 1);
        assert_error(dataset, 3);
        lstm_dataset_free(dataset);
    }
}

/* Every scale is 0 where all columns repeat; then the mean absolute error compares. */
static void repeated_values_are_compared_by_absolute_errors(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    lstm_real *rows = new_rows(40);
    for (int64_t i = 0; i < 40; i++)
        rows[i] = (lstm_real)(100 + i % 4);
    add_rows(dataset, rows, 40);
    assert_ok(lstm_dataset_split(dataset, 0, 20, 36));
    lts_judge judge;
    assert_ok(lts_judge_init(&judge, dataset, H, 4));
    lstm_real *y = lts_judge_forecasts(&judge);
    assert_non_null(y);
    for (int64_t i = 0; i < judge.n; i++)
        for (int64_t h = 0; h < H; h++)
            y[i * H + h] = (lstm_real)(100 + (judge.origin[i] + h) % 4);
    assert_true(lts_judge_error(&judge, y) == 0);
    for (int64_t i = 0; i < judge.n * H; i++)
        y[i] += 2;
    assert_true(lts_judge_error(&judge, y) == 2);
    lts_free(y);
    lts_judge_clear(&judge);
    lstm_dataset_free(dataset);
}

static void without_windows_there_is_no_error(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data();
    lts_judge judge;
    assert_ok(lts_judge_init(&judge, dataset, 100, 1));
    assert_int_equal(judge.n, 0);
    lstm_real *y = lts_judge_forecasts(&judge);
    assert_true(isnan(lts_judge_error(&judge, y)));
    lts_free(y);
    lts_judge_clear(&judge);
    lstm_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_windows_are_all_of_the_validation_parts),
        cmocka_unit_test(many_windows_are_thinned_evenly),
        cmocka_unit_test(the_error_is_that_of_plain_loops),
        cmocka_unit_test(only_observed_values_count),
        cmocka_unit_test(repeated_values_are_compared_by_absolute_errors),
        cmocka_unit_test(without_windows_there_is_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
