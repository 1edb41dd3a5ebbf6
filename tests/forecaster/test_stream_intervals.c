/* SPDX-License-Identifier: MIT */
/* The intervals of a stream have the bits of lstm_forecaster_intervals(), and nothing allocates. */
#include "failing_allocator.h"
#include "series_fixture.h"

#include <lstmts/stream.h>
#include <stdbool.h>

static void assert_intervals(lstm_stream *stream, const answer *want)
{
    answer got;
    lstm_real y[H];
    assert_ok(lstm_stream_intervals(stream, got.y, got.lower, got.upper));
    assert_memory_equal(&got, want, sizeof got);
    assert_ok(lstm_stream_intervals(stream, NULL, got.lower, got.upper));
    assert_memory_equal(&got, want, sizeof got);
    assert_ok(lstm_stream_forecast(stream, y));
    assert_memory_equal(y, want->y, sizeof y);
}

/* The bounds of `dataset` from rows n, n + 1, ..., ROWS in one call. */
static void ask_all(const lstm_forecaster *f, const lstm_dataset *dataset, int64_t series,
                    int64_t n, answer *all)
{
    static int64_t origins[ROWS + 1];
    static lstm_real y[(ROWS + 1) * H], lower[(ROWS + 1) * H], upper[(ROWS + 1) * H];
    int64_t n_origin = ROWS + 1 - n;
    for (int64_t i = 0; i < n_origin; i++)
        origins[i] = n + i;
    assert_ok(lstm_forecaster_intervals(f, dataset, series, origins, n_origin, y, lower, upper));
    for (int64_t i = 0; i < n_origin; i++) {
        memcpy(all[i].y, y + i * H, sizeof all->y);
        memcpy(all[i].lower, lower + i * H, sizeof all->lower);
        memcpy(all[i].upper, upper + i * H, sizeof all->upper);
    }
}

/* A series that is in `fleet` under this name, from its first n rows on. */
static void follow(const lstm_forecaster *f, const char *name, int64_t s, int64_t n)
{
    static answer all[ROWS + 1];
    lstm_dataset *begin = new_fleet(LSTM_STEP_SECONDS), *whole = new_fleet(LSTM_STEP_SECONDS);
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    lstm_stream *stream = NULL;
    add_part(begin, name, s, 0, n);
    add_part(whole, name, s, 0, ROWS);
    ask_all(f, whole, 0, n, all);
    options.dataset = begin, options.intervals = 1;
    assert_ok(lstm_stream_new(&stream, f, &options));
    assert_intervals(stream, &all[0]);
    for (int64_t t = n; t < ROWS; t++) {
        lstm_real row = value_at(s, t);
        assert_ok(lstm_stream_push(stream, &row));
        assert_intervals(stream, &all[t + 1 - n]);
    }
    lstm_stream_free(stream);
    lstm_dataset_free(begin);
    lstm_dataset_free(whole);
}

static void they_are_those_of_the_forecaster(void **state)
{
    (void)state;
    lstm_dataset *fleet = whole_fleet(LSTM_STEP_SECONDS, 1);
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_BASELINE; use++) {
        lstm_forecaster *f = fit_fleet(fleet, use);
        follow(f, names[1], 1, KNOWN);      /* from the end of the fit's rows */
        follow(f, names[2], 2, KNOWN + 20); /* some have come since           */
        follow(f, names[0], 0, 120);        /* the fit has seen more          */
        follow(f, "Quito", 3, 3);           /* a new one                      */
        lstm_forecaster_free(f);
    }
    lstm_dataset_free(fleet);
}

/* From no row on: a new series, and one whose rows of the fit come again. */
static void they_begin_with_nothing(void **state)
{
    (void)state;
    static answer all[ROWS + 1];
    lstm_dataset *fleet = whole_fleet(LSTM_STEP_SECONDS, 1);
    lstm_dataset *quito = new_fleet(LSTM_STEP_SECONDS);
    lstm_forecaster *f = fit_fleet(fleet, LSTM_USE_RIDGE);
    add_part(quito, "Quito", 3, 0, ROWS);
    for (int64_t s = 2; s <= 3; s++) {
        lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
        lstm_stream *stream = NULL;
        options.series = s == 3 ? LSTM_NEW_SERIES : s;
        options.start = START, options.intervals = 1;
        assert_ok(lstm_stream_new(&stream, f, &options));
        ask_all(f, s == 3 ? quito : fleet, s == 3 ? 0 : s, 1, all);
        for (int64_t t = 0; t < ROWS; t++) {
            lstm_real row = value_at(s, t);
            assert_ok(lstm_stream_push(stream, &row));
            assert_intervals(stream, &all[t]);
        }
        assert_true(lstm_stream_rows(stream) > 2 * lstm_stream_context(stream));
        lstm_stream_free(stream);
    }
    lstm_forecaster_free(f);
    lstm_dataset_free(quito);
    lstm_dataset_free(fleet);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Two columns, of which the second is known; [ROWS + H, 2], hard to forecast from KNOWN on. */
static void fill_with_covariate(lstm_real *rows)
{
    for (int64_t t = 0; t < ROWS + H; t++) {
        int64_t factor = t < KNOWN ? 1 : 1 + t % 2;
        rows[2 * t] = (lstm_real)factor * value_at(0, t);
        rows[2 * t + 1] = (lstm_real)(t % 3);
    }
}

/* Pushes the rows from `t` on; each is preceded by its future rows, or none is. */
static void push_all(lstm_stream *stream, const lstm_real *rows, int64_t t, bool with_future)
{
    for (; t < ROWS; t++) {
        if (with_future)
            assert_ok(lstm_stream_set_future(stream, rows + 2 * t, least(WEEK, ROWS + H - t)));
        assert_ok(lstm_stream_push(stream, rows + 2 * t));
    }
    assert_ok(lstm_stream_set_future(stream, rows + 2 * ROWS, H));
}

/* A known covariate: the stream scores what its future rows allow, and then what a data set has. */
static void future_rows_are_needed_to_score(void **state)
{
    (void)state;
    const int64_t roles[2] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    lstm_dataset *dataset = new_timed(2, roles, LSTM_STEP_SECONDS, DAY);
    lstm_real *rows = new_rows(2 * (ROWS + H));
    fill_with_covariate(rows);
    assert_ok(lstm_dataset_add(dataset, "a", rows, ROWS, START));
    assert_ok(lstm_dataset_set_future(dataset, 0, rows + 2 * ROWS, H));
    assert_ok(lstm_dataset_split(dataset, 0, 160, KNOWN));
    lstm_forecaster *f = fit_fleet(dataset, LSTM_USE_NETWORKS);
    lstm_dataset *begin = new_timed(2, roles, LSTM_STEP_SECONDS, DAY);
    assert_ok(lstm_dataset_add(begin, "a", rows, KNOWN + 10, START));
    for (int with_future = 0; with_future < 2; with_future++) {
        lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
        lstm_stream *stream = NULL;
        const int64_t origins[] = {KNOWN + 10, ROWS};
        lstm_real y[2 * H], lower[2 * H], upper[2 * H];
        answer got;
        options.dataset = begin, options.intervals = 1, options.n_future = WEEK;
        if (with_future)
            assert_ok(lstm_dataset_set_future(begin, 0, rows + 2 * (KNOWN + 10), WEEK));
        assert_ok(lstm_stream_new(&stream, f, &options));
        if (!with_future)
            assert_status(lstm_stream_intervals(stream, y, lower, upper), LSTM_E_SHAPE, "to row");
        push_all(stream, rows, KNOWN + 10, with_future != 0);
        assert_ok(lstm_stream_intervals(stream, got.y, got.lower, got.upper));
        assert_ok(lstm_forecaster_intervals(f, dataset, 0, origins, 2, y, lower, upper));
        assert_memory_equal(got.y, y + H, sizeof got.y);
        if (with_future)
            assert_memory_equal(got.upper, upper + H, sizeof got.upper);
        else
            assert_true(got.upper[0] - got.lower[0] < upper[H] - lower[H]);
        lstm_stream_free(stream);
    }
    lstm_forecaster_free(f);
    lstm_dataset_free(begin);
    lstm_dataset_free(dataset);
    free(rows);
}

/* The series of the data set, that of the fit, or a new one; and the call of a stream. */
static void messages_name_the_series_and_the_call(void **state)
{
    (void)state;
    const int64_t roles[2] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    const struct {
        int64_t series;
        bool has_rows;
        const char *name;
    } cases[] = {{1, true, "series \"b\""},
                 {0, false, "series \"first\""},
                 {1, false, "series \"b\""},
                 {LSTM_NEW_SERIES, false, "series \"new\""}};
    lstm_dataset *fitted = new_timed(2, roles, LSTM_STEP_SECONDS, DAY);
    lstm_dataset *begin = new_timed(2, roles, LSTM_STEP_SECONDS, DAY);
    lstm_real *rows = new_rows(2 * (ROWS + H)), infinite[2] = {1, (lstm_real)INFINITY};
    fill_with_covariate(rows);
    assert_ok(lstm_dataset_add(fitted, "first", rows, ROWS, START));
    assert_ok(lstm_dataset_add(fitted, "b", rows, ROWS, START));
    assert_ok(lstm_dataset_add(begin, NULL, rows, ROWS, START));
    assert_ok(lstm_dataset_add(begin, "b", rows, ROWS, START));
    lstm_forecaster *f = fit_fleet(fitted, LSTM_USE_NETWORKS);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
        lstm_stream *stream = NULL;
        lstm_real y[2 * H];
        options.series = cases[i].series;
        options.dataset = cases[i].has_rows ? begin : NULL;
        assert_ok(lstm_stream_new(&stream, f, &options));
        assert_ok(lstm_stream_push(stream, rows));
        assert_status(lstm_stream_forecast(stream, y), LSTM_E_SHAPE, cases[i].name);
        assert_non_null(strstr(lstm_last_error(), "needs more: lstm_stream_set_future()"));
        assert_status(lstm_stream_push(stream, infinite), LSTM_E_NUMERIC, cases[i].name);
        assert_status(lstm_stream_set_future(stream, infinite, 1), LSTM_E_NUMERIC, cases[i].name);
        lstm_stream_free(stream);
    }
    lstm_forecaster_free(f);
    lstm_dataset_free(begin);
    lstm_dataset_free(fitted);
    free(rows);
}

static void it_does_not_allocate(void **state)
{
    (void)state;
    failing_allocator memory;
    failing_allocator_install(&memory);
    lstm_dataset *fleet = whole_fleet(LSTM_STEP_SECONDS, 1);
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_BASELINE; use += 3) {
        lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
        lstm_stream *stream = NULL;
        lstm_forecaster *f = fit_fleet(fleet, use);
        answer a;
        options.series = LSTM_NEW_SERIES, options.intervals = 1;
        assert_ok(lstm_stream_new(&stream, f, &options));
        failing_allocator_fail(&memory, 1, INT64_MAX);
        for (int64_t t = 0; t < ROWS; t++) {
            lstm_real row = value_at(3, t);
            assert_ok(lstm_stream_push(stream, &row));
            assert_ok(lstm_stream_intervals(stream, a.y, a.lower, a.upper));
        }
        assert_int_equal(memory.calls, 0);
        failing_allocator_fail(&memory, 0, 0);
        lstm_stream_free(stream);
        lstm_forecaster_free(f);
    }
    lstm_dataset_free(fleet);
    failing_allocator_remove(&memory);
}

static void wrong_options_are_refused(void **state)
{
    (void)state;
    lstm_dataset *fleet = whole_fleet(LSTM_STEP_SECONDS, 1);
    lstm_forecaster *f = fit_fleet(fleet, LSTM_USE_RIDGE);
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    lstm_stream *stream = NULL;
    options.series = -2;
    assert_status(lstm_stream_new(&stream, f, &options), LSTM_E_ARGUMENT, "series is -2");
    options.series = SERIES;
    assert_status(lstm_stream_new(&stream, f, &options), LSTM_E_SHAPE, "series is 3");
    options.dataset = fleet, options.series = LSTM_NEW_SERIES;
    assert_status(lstm_stream_new(&stream, f, &options), LSTM_E_ARGUMENT, "series is -1");
    options.dataset = NULL, options.intervals = 1, options.horizon = H + 1;
    assert_status(lstm_stream_new(&stream, f, &options), LSTM_E_ARGUMENT,
                  "horizon is 5, intervals are of the forecaster's 4");
    assert_null(stream);
    lstm_forecaster_free(f);
    lstm_dataset_free(fleet);
}

static void wrong_calls_are_refused(void **state)
{
    (void)state;
    lstm_dataset *fleet = whole_fleet(LSTM_STEP_SECONDS, 1);
    lstm_forecaster *f = fit_fleet(fleet, LSTM_USE_RIDGE);
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    lstm_stream *stream = NULL;
    answer a = {.lower = {7}, .upper = {7}};
    lstm_real one = 1;
    assert_ok(lstm_stream_new(&stream, f, NULL));
    assert_ok(lstm_stream_push(stream, &one));
    assert_status(lstm_stream_intervals(stream, a.y, a.lower, a.upper), LSTM_E_ORDER,
                  "option intervals");
    lstm_stream_free(stream);
    options.series = LSTM_NEW_SERIES, options.intervals = 1;
    assert_ok(lstm_stream_new(&stream, f, &options));
    assert_status(lstm_stream_intervals(stream, a.y, a.lower, a.upper), LSTM_E_ORDER, "no row");
    assert_status(lstm_stream_intervals(NULL, a.y, a.lower, a.upper), LSTM_E_ARGUMENT, "stream");
    assert_status(lstm_stream_intervals(stream, a.y, NULL, a.upper), LSTM_E_ARGUMENT, "lower");
    assert_status(lstm_stream_intervals(stream, a.y, a.lower, NULL), LSTM_E_ARGUMENT, "upper");
    assert_true(a.lower[0] == 7 && a.upper[0] == 7);
    lstm_stream_free(stream);
    lstm_forecaster_free(f);
    lstm_dataset_free(fleet);
}

/* The intervals after all rows of a new series; before each of them, a row may be refused. */
static answer after_all_rows(const lstm_forecaster *f, bool with_refused)
{
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    lstm_stream *stream = NULL;
    const lstm_real none = (lstm_real)INFINITY;
    answer a;
    options.series = LSTM_NEW_SERIES, options.intervals = 1;
    assert_ok(lstm_stream_new(&stream, f, &options));
    for (int64_t t = 0; t < ROWS; t++) {
        lstm_real row = value_at(3, t);
        if (with_refused)
            assert_status(lstm_stream_push(stream, &none), LSTM_E_NUMERIC, "inf");
        assert_ok(lstm_stream_push(stream, &row));
    }
    assert_ok(lstm_stream_intervals(stream, a.y, a.lower, a.upper));
    lstm_stream_free(stream);
    return a;
}

static void a_row_that_is_refused_scores_nothing(void **state)
{
    (void)state;
    lstm_dataset *fleet = whole_fleet(LSTM_STEP_SECONDS, 1);
    lstm_forecaster *f = fit_fleet(fleet, LSTM_USE_RIDGE);
    const answer twice = after_all_rows(f, true), once = after_all_rows(f, false);
    assert_memory_equal(&once, &twice, sizeof once);
    lstm_forecaster_free(f);
    lstm_dataset_free(fleet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_those_of_the_forecaster),
        cmocka_unit_test(they_begin_with_nothing),
        cmocka_unit_test(future_rows_are_needed_to_score),
        cmocka_unit_test(messages_name_the_series_and_the_call),
        cmocka_unit_test(it_does_not_allocate),
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(wrong_calls_are_refused),
        cmocka_unit_test(a_row_that_is_refused_scores_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
