/* SPDX-License-Identifier: MIT */
/*
 * lstm_forecast() over more series than a block: each result must be that of the series alone,
 * stepped by hand through an lstm_state.
 */
#include "failing_allocator.h"
#include "forecast_fixture.h"

#include <float.h>
#include <lstmts/state.h>
#include <stdlib.h>

/* y [STEPS, K]: the loop of window.h over the last context_len rows, one step after the other. */
static void forecast_by_hand(const lstm_model *model, const lstm_series *series,
                             int64_t context_len, int64_t lag, lstm_real *y)
{
    int64_t K = lstm_series_targets(series), n_row = lstm_series_rows(series);
    lstm_real given[ROWS + STEPS][MAX_K], x[D];
    lstm_state *state = NULL;
    assert_ok(lstm_state_new(&state, model, 1));
    for (int64_t t = 0; t < context_len - 1 + STEPS; t++) {
        const lstm_real *seen = t < context_len
                                    ? lstm_series_data(series) + (n_row - context_len + t) * K
                                    : given[t - lag];
        memcpy(x, seen + K - D, sizeof x);
        assert_ok(lstm_state_step(state, x, given[t]));
    }
    for (int64_t t = 0; t < STEPS; t++)
        memcpy(y + t * K, given[context_len - 1 + t], (size_t)K * sizeof *y);
    lstm_state_free(state);
}

static void each_series_continues_as_if_it_were_stepped_alone(void **fixture)
{
    (void)fixture;
    static const int64_t fleets[] = {1, 5, BLOCK, BLOCK + 1, MANY};
    static const struct {
        int64_t context_len, pred, lag, most, fed; /* as given; most rows read, and the lag */
    } cases[] = {{0, 0, 0, ROWS, 1}, {1, 0, 0, 1, 1}, {4, 1, 3, 4, 3},   {4, 3, 0, 4, 3},
                 {5, 2, 1, 5, 1},    {3, 2, 2, 3, 2}, {11, 0, 4, 11, 4}, {1000, 0, 0, ROWS, 1}};
    static lstm_real y[MANY * STEPS * MAX_K];
    for (size_t i = 0; i < sizeof fleets / sizeof fleets[0]; i++)
        for (int64_t target_only = 0; target_only <= 1; target_only++) {
            fleet f;
            make_fleet(&f, fleets[i], target_only);
            for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
                lstm_real alone[STEPS * MAX_K];
                lstm_forecast_options options =
                    forecast_options(cases[c].context_len, cases[c].pred, cases[c].lag);
                assert_ok(lstm_forecast(f.model, f.series, f.n, &options, y));
                for (int64_t s = 0; s < f.n; s++) {
                    int64_t n_row = lstm_series_rows(f.series[s]), most = cases[c].most;
                    forecast_by_hand(f.model, f.series[s], most < n_row ? most : n_row,
                                     cases[c].fed, alone);
                    assert_same_rows("by hand", s, y + s * STEPS * f.K, alone, STEPS * f.K);
                }
            }
            free_fleet(&f);
        }
}

static void a_series_has_the_same_bits_alone_and_anywhere_in_any_fleet(void **fixture)
{
    (void)fixture;
    static lstm_real whole[MANY * STEPS * MAX_K], part[MANY * STEPS * MAX_K];
    fleet f;
    make_fleet(&f, MANY, 1);
    lstm_forecast_options options = forecast_options(5, 2, 0);
    int64_t size = STEPS * f.K;
    assert_ok(lstm_forecast(f.model, f.series, f.n, &options, whole));
    for (int64_t s = 0; s < f.n; s++) {
        assert_ok(lstm_forecast(f.model, &f.series[s], 1, &options, part));
        assert_same_rows("alone", s, part, whole + s * size, size);
    }
    for (int64_t first = 1; first < f.n; first += 41) {
        assert_ok(lstm_forecast(f.model, f.series + first, f.n - first, &options, part));
        for (int64_t s = first; s < f.n; s++)
            assert_same_rows("shifted", s, part + (s - first) * size, whole + s * size, size);
    }
    free_fleet(&f);
}

static void a_forecast_is_pred_over_the_last_known_rows(void **fixture)
{
    (void)fixture;
    enum { KNOWN = 4 };
    static lstm_real y[MANY * STEPS * MAX_K];
    fleet f;
    make_fleet(&f, BLOCK + 9, 1);
    for (int64_t pred = 1; pred <= 3; pred++) {
        lstm_forecast_options options = forecast_options(KNOWN, pred, 0);
        lstm_pred_options one = LSTM_PRED_OPTIONS_INIT;
        one.n_step = KNOWN - 1 + STEPS;
        one.support_len = KNOWN - 1;
        one.pred = pred;
        assert_ok(lstm_forecast(f.model, f.series, f.n, &options, y));
        for (int64_t s = 0; s < f.n; s++) {
            lstm_real alone[(KNOWN - 1 + STEPS) * MAX_K];
            lstm_series *last = NULL;
            int64_t n_row = lstm_series_rows(f.series[s]);
            assert_ok(lstm_series_slice(&last, f.series[s], n_row - KNOWN, KNOWN));
            assert_ok(lstm_pred(f.model, last, &one, alone, NULL));
            assert_same_rows("pred", s, y + s * STEPS * f.K, alone + (KNOWN - 1) * f.K,
                             STEPS * f.K);
            lstm_series_free(last);
        }
    }
    free_fleet(&f);
}

static void any_number_of_threads_gives_the_same_bits(void **fixture)
{
    (void)fixture;
    static const int64_t numbers[] = {0, 2, 3, 4, 9, LSTM_ALL_CORES}; /* also more than blocks */
    static lstm_real one[MANY * STEPS * MAX_K], many[MANY * STEPS * MAX_K];
    fleet f;
    make_fleet(&f, MANY, 0);
    lstm_forecast_options options = forecast_options(0, 0, 0);
    options.n_threads = 1;
    assert_ok(lstm_forecast(f.model, f.series, f.n, &options, one));
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        memset(many, 0x5A, sizeof many);
        options.n_threads = numbers[i];
        assert_ok(lstm_forecast(f.model, f.series, f.n, &options, many));
        for (int64_t s = 0; s < f.n; s++)
            assert_same_rows("threads", s, many + s * STEPS * f.K, one + s * STEPS * f.K,
                             STEPS * f.K);
    }
    free_fleet(&f);
}

static void nothing_is_written_beyond_the_forecasts(void **fixture)
{
    (void)fixture;
    static lstm_real y[(MANY + 1) * STEPS * MAX_K], untouched[STEPS * MAX_K];
    fleet f;
    make_fleet(&f, BLOCK + 5, 0);
    lstm_forecast_options options = forecast_options(2, 0, 0);
    options.n_threads = 2;
    memset(y, 0x5A, sizeof y);
    memset(untouched, 0x5A, sizeof untouched);
    assert_ok(lstm_forecast(f.model, f.series, f.n, &options, y));
    assert_memory_equal(y + f.n * STEPS * f.K, untouched, sizeof untouched);
    free_fleet(&f);
}

static void fill(lstm_model *model, const char *name, lstm_real number, int64_t size)
{
    lstm_real values[4 * H * H];
    for (int64_t i = 0; i < size; i++)
        values[i] = number;
    assert_ok(lstm_model_set(model, name, values, size));
}

/* Rows of 0 leave h at 0; rows of 1 saturate every gate, and the output overflows. */
static void an_output_that_overflows_is_told_with_its_series(void **fixture)
{
    (void)fixture;
    static const lstm_real zeros[6] = {0}, ones[6] = {1, 1, 1, 1, 1, 1};
    static lstm_real y[MANY * STEPS * D];
    lstm_series *quiet = NULL, *loud = NULL, *shorter = NULL;
    const lstm_series *series[MANY];
    lstm_model *model = model_of(D, D, H, L, SEED);
    fill(model, "input.weight", 1000, H * D);
    fill(model, "lstm.0.weight_x", 1, 4 * H * H);
    fill(model, "lstm.0.weight_h", 1, 4 * H * H);
    fill(model, "lstm.1.weight_x", 1, 4 * H * H);
    fill(model, "lstm.1.weight_h", 1, 4 * H * H);
    fill(model, "output.weight", (lstm_real)(sizeof(lstm_real) == 8 ? DBL_MAX : FLT_MAX), D * H);
    assert_ok(lstm_series_new(&quiet, zeros, 3, D));
    assert_ok(lstm_series_new(&loud, ones, 3, D));
    assert_ok(lstm_series_new(&shorter, zeros, 2, D));
    for (int i = 0; i < MANY; i++)
        series[i] = quiet;
    lstm_forecast_options options = forecast_options(0, 0, 0);
    assert_ok(lstm_forecast(model, series, MANY, &options, y));
    assert_true(y[0] == 0 && y[MANY * STEPS * D - 1] == 0);
    series[BLOCK + 50] = series[2 * BLOCK + 3] = loud;
    for (int mixed = 0; mixed < 2; mixed++) {
        for (options.n_threads = 1; options.n_threads <= 4; options.n_threads++)
            assert_status(lstm_forecast(model, series, MANY, &options, y), LSTM_E_NUMERIC,
                          "output y of series 146, column 0, is inf");
        for (int i = 0; i < 100; i++) /* of another length */
            series[i] = shorter;
    }
    for (int64_t i = 0; i < MANY * STEPS * D; i++)
        assert_true(y[i] == 0); /* untouched */
    lstm_series_free(shorter);
    lstm_series_free(quiet);
    lstm_series_free(loud);
    lstm_model_free(model);
}

static lstm_status forecast_two_blocks(void *context)
{
    static lstm_real y[(BLOCK + 4) * STEPS * MAX_K];
    const fleet *f = context;
    lstm_forecast_options options = forecast_options(3, 2, 0);
    options.n_threads = 2;
    return lstm_forecast(f->model, f->series, f->n, &options, y);
}

static void out_of_memory_at_any_place_is_told_and_nothing_leaks(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    fleet f;
    lstm_state *state = NULL; /* makes the model cache its packed parameters */
    failing_allocator_install(&memory);
    make_fleet(&f, BLOCK + 4, 1);
    assert_ok(lstm_state_new(&state, f.model, 1));
    lstm_state_free(state);
    assert_true(failing_allocator_sweep(&memory, forecast_two_blocks, &f) >
                (by_blas() ? 10 : 20)); /* on one thread, or two */
    free_fleet(&f);
    failing_allocator_remove(&memory);
}

/* Small fleets must be divided too. */
static int split_any_work(void **fixture)
{
    (void)fixture;
    return setenv("LSTMTS_SPLIT", "1", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_series_continues_as_if_it_were_stepped_alone),
        cmocka_unit_test(a_series_has_the_same_bits_alone_and_anywhere_in_any_fleet),
        cmocka_unit_test(a_forecast_is_pred_over_the_last_known_rows),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(nothing_is_written_beyond_the_forecasts),
        cmocka_unit_test(an_output_that_overflows_is_told_with_its_series),
        cmocka_unit_test(out_of_memory_at_any_place_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests_name("forecast", tests, split_any_work, NULL);
}
