/* SPDX-License-Identifier: MIT */
/*
 * lstm_valid() over more windows than run side by side, and lstm_forecast() over more series: each
 * must get what the model gives it alone, stepped by hand through an lstm_state.
 */
#include "assert_close.h"
#include "failing_allocator.h"
#include "refused.h"

#include "kernels/kernels.h"

#include <float.h>
#include <stdlib.h>

/* D inputs, H, L; a block of series as the library makes it; most target columns, steps, rows. */
enum { D = 2, H = 7, L = 2, BLOCK = 96, MANY = 3 * BLOCK + 12, MAX_K = 3, STEPS = 12, ROWS = 17 };

/* Series of different lengths, the shortest of five rows, and a model that takes them. */
typedef struct fleet {
    int64_t n, K;
    lstm_model *model;
    lstm_series *made[MANY];
    const lstm_series *series[MANY];
} fleet;

static lstm_real value(int64_t series, int64_t row, int64_t column)
{
    return (lstm_real)(0.9 * sin(0.37 * (double)row + 0.11 * (double)series + (double)column));
}

static lstm_series *new_series(int64_t number, int64_t n_row, int64_t target_only)
{
    lstm_real rows[ROWS * MAX_K];
    lstm_series *series = NULL;
    int64_t C = D + target_only;
    for (int64_t i = 0; i < n_row * C; i++)
        rows[i] = value(number, i / C, i % C);
    assert_ok(lstm_series_new(&series, rows, n_row, C));
    for (int64_t column = 0; column < target_only; column++)
        assert_ok(lstm_series_set_role(series, column, LSTM_ROLE_TARGET));
    return series;
}

static lstm_model *new_model(int64_t n_output)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    lstm_model *model = NULL;
    options.n_input = D;
    options.n_output = n_output;
    options.n_hidden = H;
    options.n_layer = L;
    options.seed = 11;
    assert_ok(lstm_model_new(&model, &options));
    return model;
}

/* The first `target_only` columns are targets alone, the D after them both. */
static void make_fleet(fleet *f, int64_t n, int64_t target_only)
{
    *f = (fleet){.n = n, .K = D + target_only, .model = new_model(D + target_only)};
    for (int64_t i = 0; i < n; i++)
        f->series[i] = f->made[i] = new_series(i, 5 + i * 7 % 13, target_only);
}

static void free_fleet(fleet *f)
{
    lstm_model_free(f->model);
    for (int64_t i = 0; i < f->n; i++)
        lstm_series_free(f->made[i]);
}

static lstm_forecast_options forecast_options(int64_t n_known, int64_t pred, int64_t lag)
{
    lstm_forecast_options options = LSTM_FORECAST_OPTIONS_INIT;
    options.n_step = STEPS;
    options.n_known = n_known;
    options.pred = pred;
    options.feedback_lag = lag;
    return options;
}

/* A BLAS, which has threads, may sum rows otherwise where there are more of them. */
static bool by_blas(void)
{
    return lts_kernels_select(H)->has_threads;
}

/* Asserts that the rows of series `number` have the same bits; or from a BLAS, nearly the same. */
static void assert_same_rows(const char *what, int64_t number, const lstm_real *got,
                             const lstm_real *want, int64_t n)
{
    const double allowed = sizeof *got == sizeof(float) ? 1e-5 : 1e-12; /* as of golden cases */
    for (int64_t i = 0; i < n; i++)
        if (by_blas() ? !(fabs((double)got[i] - (double)want[i]) <= allowed)
                      : memcmp(&got[i], &want[i], sizeof *got) != 0)
            fail_msg("%s: element %d of series %d is %.17g, not %.17g", what, (int)i, (int)number,
                     (double)got[i], (double)want[i]);
}

/* y [STEPS, K]: the loop of window.h over the last n_known rows, one step after the other. */
static void forecast_by_hand(const lstm_model *model, const lstm_series *series, int64_t n_known,
                             int64_t lag, lstm_real *y)
{
    int64_t K = lstm_series_targets(series), n_row = lstm_series_rows(series);
    lstm_real given[ROWS + STEPS][MAX_K], x[D];
    lstm_state *state = NULL;
    assert_ok(lstm_state_new(&state, model, 1));
    for (int64_t t = 0; t < n_known - 1 + STEPS; t++) {
        const lstm_real *seen =
            t < n_known ? lstm_series_data(series) + (n_row - n_known + t) * K : given[t - lag];
        memcpy(x, seen + K - D, sizeof x);
        assert_ok(lstm_state_step(state, x, given[t]));
    }
    for (int64_t t = 0; t < STEPS; t++)
        memcpy(y + t * K, given[n_known - 1 + t], (size_t)K * sizeof *y);
    lstm_state_free(state);
}

static void each_series_goes_on_as_it_would_stepped_alone(void **fixture)
{
    (void)fixture;
    static const int64_t fleets[] = {1, 5, BLOCK, BLOCK + 1, MANY};
    static const struct {
        int64_t n_known, pred, lag, known, fed; /* as given, and what that means */
    } cases[] = {{0, 0, 0, 5, 1}, {1, 0, 0, 1, 1}, {4, 1, 3, 4, 3},
                 {4, 3, 0, 4, 3}, {5, 2, 1, 5, 1}, {3, 2, 2, 3, 2}};
    static lstm_real y[MANY * STEPS * MAX_K];
    for (size_t i = 0; i < sizeof fleets / sizeof fleets[0]; i++)
        for (int64_t target_only = 0; target_only <= 1; target_only++) {
            fleet f;
            make_fleet(&f, fleets[i], target_only);
            for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
                lstm_real alone[STEPS * MAX_K];
                lstm_forecast_options options =
                    forecast_options(cases[c].n_known, cases[c].pred, cases[c].lag);
                assert_ok(lstm_forecast(f.model, f.series, f.n, &options, y));
                for (int64_t s = 0; s < f.n; s++) {
                    forecast_by_hand(f.model, f.series[s], cases[c].known, cases[c].fed, alone);
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
    static const int64_t numbers[] = {0, 2, 3, 4, 9, LSTM_ALL_CORES}; /* more than blocks, too */
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
    lstm_series *quiet = NULL, *loud = NULL;
    const lstm_series *series[MANY];
    lstm_model *model = new_model(D);
    fill(model, "input.weight", 1000, H * D);
    fill(model, "lstm.0.weight_x", 1, 4 * H * H);
    fill(model, "lstm.0.weight_h", 1, 4 * H * H);
    fill(model, "lstm.1.weight_x", 1, 4 * H * H);
    fill(model, "lstm.1.weight_h", 1, 4 * H * H);
    fill(model, "output.weight", (lstm_real)(sizeof(lstm_real) == 8 ? DBL_MAX : FLT_MAX), D * H);
    assert_ok(lstm_series_new(&quiet, zeros, 3, D));
    assert_ok(lstm_series_new(&loud, ones, 3, D));
    for (int i = 0; i < MANY; i++)
        series[i] = quiet;
    lstm_forecast_options options = forecast_options(0, 0, 0);
    assert_ok(lstm_forecast(model, series, MANY, &options, y));
    assert_true(y[0] == 0 && y[MANY * STEPS * D - 1] == 0);
    series[BLOCK + 50] = series[2 * BLOCK + 3] = loud;
    for (options.n_threads = 1; options.n_threads <= 4; options.n_threads++)
        assert_status(lstm_forecast(model, series, MANY, &options, y), LSTM_E_NUMERIC,
                      "output y of stream 146, column 0, is inf");
    lstm_series_free(quiet);
    lstm_series_free(loud);
    lstm_model_free(model);
}

static void series_that_do_not_belong_together_are_refused_by_number(void **fixture)
{
    (void)fixture;
    fleet f;
    make_fleet(&f, 5, 0);
    lstm_series *wide = new_series(0, 9, 1), *roles = new_series(0, 9, 0);
    lstm_forecast_options options = forecast_options(0, 0, 0);
    const lstm_series *kept = f.series[3];
    f.series[3] = NULL;
    REFUSED(LSTM_E_ARGUMENT, "series 3 is NULL",
            lstm_forecast(f.model, f.series, 5, &options, out.values));
    f.series[3] = wide;
    REFUSED(LSTM_E_SHAPE, "series 3", lstm_forecast(f.model, f.series, 5, &options, out.values));
    assert_ok(lstm_series_set_role(roles, 1, LSTM_ROLE_TARGET));
    f.series[3] = roles;
    REFUSED(LSTM_E_SHAPE, "series 3", lstm_forecast(f.model, f.series, 5, &options, out.values));
    f.series[3] = kept;
    options.n_known = 7; /* rows: 5, 12, 6, 13, 7 */
    REFUSED(LSTM_E_SHAPE, "series 0 has 5 rows, n_known is 7",
            lstm_forecast(f.model, f.series, 5, &options, out.values));
    REFUSED(LSTM_E_SHAPE, "series 1 has 6 rows, n_known is 7",
            lstm_forecast(f.model, f.series + 1, 4, &options, out.values));
    options.n_known = INT64_MAX;
    REFUSED(LSTM_E_SHAPE, "9223372036854775807",
            lstm_forecast(f.model, f.series, 5, &options, out.values));
    lstm_series_free(wide);
    lstm_series_free(roles);
    free_fleet(&f);
}

static void a_series_that_does_not_fit_the_model_is_refused(void **fixture)
{
    (void)fixture;
    fleet f;
    make_fleet(&f, 3, 0);
    lstm_model *other = new_model(3);
    lstm_forecast_options options = forecast_options(0, 0, 0);
    REFUSED(LSTM_E_SHAPE, "2 target columns",
            lstm_forecast(other, f.series, 3, &options, out.values));
    lstm_model_free(other);
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    sizes.n_input = D;
    sizes.n_output = 1;
    sizes.n_hidden = H;
    assert_ok(lstm_model_new(&other, &sizes));
    for (int64_t i = 0; i < 3; i++)
        assert_ok(lstm_series_set_role(f.made[i], 0, LSTM_ROLE_INPUT));
    REFUSED(LSTM_E_SHAPE, "covariates", lstm_forecast(other, f.series, 3, &options, out.values));
    lstm_model_free(other);
    free_fleet(&f);
}

/* Between the last known row and the first output that is fed back there would be steps without
 * any input. */
static void a_lag_that_reaches_back_beyond_the_known_rows_is_refused(void **fixture)
{
    (void)fixture;
    fleet f;
    make_fleet(&f, 3, 0);
    lstm_forecast_options options = forecast_options(2, 3, 0);
    REFUSED(LSTM_E_SHAPE, NULL, lstm_forecast(f.model, f.series, 3, &options, out.values));
    options = forecast_options(2, 1, 3);
    REFUSED(LSTM_E_SHAPE, NULL, lstm_forecast(f.model, f.series, 3, &options, out.values));
    options = forecast_options(0, 6, 0); /* the shortest series has 5 rows */
    REFUSED(LSTM_E_SHAPE, NULL, lstm_forecast(f.model, f.series, 3, &options, out.values));
    options.n_step = 1; /* there is no such step */
    assert_ok(lstm_forecast(f.model, f.series, 3, &options, out.values));
    free_fleet(&f);
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
    lstm_state *state = NULL; /* makes the model's packed parameters, which it keeps from then on */
    failing_allocator_install(&memory);
    make_fleet(&f, BLOCK + 4, 1);
    assert_ok(lstm_state_new(&state, f.model, 1));
    lstm_state_free(state);
    assert_true(failing_allocator_sweep(&memory, forecast_two_blocks, &f) >
                (by_blas() ? 10 : 20)); /* on one thread, or two */
    free_fleet(&f);
    failing_allocator_remove(&memory);
}

/* sums [T, K] of the squared errors of all windows, each run through a state of its own. */
static void validate_by_hand(const lstm_model *model, const lstm_real *rows, int64_t n_window,
                             int64_t T, int64_t support_len, double *sums)
{
    lstm_state *state = NULL;
    assert_ok(lstm_state_new(&state, model, 1));
    for (int64_t o = 0; o < n_window; o++) {
        lstm_real y[D] = {0};
        assert_ok(lstm_state_reset(state));
        for (int64_t t = 0; t < T; t++) {
            assert_ok(lstm_state_step(state, t <= support_len ? rows + (o + t) * D : y, y));
            for (int64_t k = 0; k < D; k++)
                sums[t * D + k] += pow((double)y[k] - (double)rows[(o + t + 1) * D + k], 2);
        }
    }
    lstm_state_free(state);
}

static void validation_grades_every_window_of_a_long_series(void **fixture)
{
    (void)fixture;
    enum { WINDOWS = 700, T = 6, LONG = WINDOWS + T };
    static lstm_real rows[LONG * D];
    lstm_model *model = new_model(D);
    lstm_series *series = NULL;
    lstm_valid_options options = LSTM_VALID_OPTIONS_INIT;
    options.window_len = T;
    options.support_len = 2;
    for (int64_t i = 0; i < LONG; i++) /* it grows: no two windows have the same error */
        for (int64_t j = 0; j < D; j++)
            rows[i * D + j] = (lstm_real)(1 + 0.002 * (double)i) * value(j, i, j);
    assert_ok(lstm_series_new(&series, rows, LONG, D));
    double rmse[T * (D + 1)], sums[T * D] = {0};
    assert_ok(lstm_valid(model, series, &options, rmse, T * (D + 1)));
    validate_by_hand(model, rows, WINDOWS, T, options.support_len, sums);
    for (int64_t t = 0; t < T; t++) {
        double total = 0;
        for (int64_t k = 0; k < D; k++) {
            total += sums[t * D + k] / WINDOWS / D;
            assert_close("valid", "rmse", t * (D + 1) + k, rmse[t * (D + 1) + k],
                         sqrt(sums[t * D + k] / WINDOWS), TOLERANCE);
        }
        assert_close("valid", "Total", t, rmse[t * (D + 1) + D], sqrt(total), TOLERANCE);
    }
    lstm_series_free(series);
    lstm_model_free(model);
}

/* Small fleets are to be split, too. */
static int split_any_work(void **fixture)
{
    (void)fixture;
    return setenv("LSTMTS_SPLIT", "1", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_series_goes_on_as_it_would_stepped_alone),
        cmocka_unit_test(a_series_has_the_same_bits_alone_and_anywhere_in_any_fleet),
        cmocka_unit_test(a_forecast_is_pred_over_the_last_known_rows),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(nothing_is_written_beyond_the_forecasts),
        cmocka_unit_test(an_output_that_overflows_is_told_with_its_series),
        cmocka_unit_test(series_that_do_not_belong_together_are_refused_by_number),
        cmocka_unit_test(a_series_that_does_not_fit_the_model_is_refused),
        cmocka_unit_test(out_of_memory_at_any_place_is_told_and_nothing_leaks),
        cmocka_unit_test(validation_grades_every_window_of_a_long_series),
        cmocka_unit_test(a_lag_that_reaches_back_beyond_the_known_rows_is_refused),
    };
    return cmocka_run_group_tests_name("forecast", tests, split_any_work, NULL);
}
