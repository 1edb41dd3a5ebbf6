/* SPDX-License-Identifier: MIT */
/*
 * Known covariates belong to the predicted row: the results must be the bits of a series in which
 * the column was moved up by `pred` rows and made a past covariate.
 */
#include "failing_allocator.h"
#include "forecast_fixture.h"
#include "refused.h"

#include <lstmts/iter.h>
#include <lstmts/state.h>
#include <lstmts/updater.h>
#include <stdlib.h>

/* Columns: a known covariate before and behind, and between them two inputs and targets. */
enum { C = 4, K = 2, N_ROW = 40, CONTEXT = 5, N = BLOCK + 9 };

static void set_roles(lstm_series *series, int64_t covariates)
{
    assert_ok(lstm_series_set_role(series, 0, covariates));
    assert_ok(lstm_series_set_role(series, 3, covariates));
}

/* Rows first .. n_row - 1 of those of `number`, with the covariates of `ahead` rows later. */
static lstm_series *series_of(int64_t number, int64_t first, int64_t n_row, int64_t covariates,
                              int64_t ahead)
{
    lstm_real rows[N_ROW * C];
    lstm_series *series = NULL;
    for (int64_t i = 0; i < (n_row - first) * C; i++) {
        int64_t column = i % C;
        bool moved = column == 0 || column == 3;
        rows[i] = value(number, first + i / C + (moved ? ahead : 0), column);
    }
    assert_ok(lstm_series_new(&series, rows, n_row - first, C));
    set_roles(series, covariates);
    return series;
}

/* All that a training and the forecasts of one series give. */
typedef struct results {
    double losses[6], rmse[6 * (K + 1)];
    lstm_real gradient[H * C], weights[H * C], y[N_ROW * K], truth[N_ROW * K];
} results;

static void train(const lstm_series *series, int64_t pred, int64_t unroll, results *r)
{
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    lstm_model *model = model_of(C, K, H, L, SEED);
    lstm_iter *iter = NULL;
    lstm_updater *updater = NULL;
    windows.window_len = 6;
    windows.pred = pred;
    windows.order = LSTM_ORDER_SEQUENTIAL;
    options.support_len = 2;
    options.unroll = unroll;
    assert_ok(lstm_iter_new(&iter, series, &windows));
    assert_ok(lstm_updater_new(&updater, model, iter, &options));
    for (int i = 0; i < 3; i++)
        assert_ok(lstm_updater_update(updater));
    assert_ok(lstm_updater_step_losses(updater, r->losses, 6));
    assert_ok(lstm_updater_gradient(updater, "input.weight", r->gradient, H * C));
    assert_ok(lstm_model_get(model, "input.weight", r->weights, H * C));
    lstm_updater_free(updater);
    lstm_iter_free(iter);
    lstm_model_free(model);
}

static void judge(const lstm_model *model, const lstm_series *series, int64_t pred, results *r)
{
    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    lstm_pred_options one = LSTM_PRED_OPTIONS_INIT;
    valid.window_len = 6;
    valid.support_len = one.support_len = 2;
    valid.pred = one.pred = pred;
    one.n_step = N_ROW - pred;
    assert_ok(lstm_valid(model, series, &valid, r->rmse, 6 * (K + 1)));
    assert_ok(lstm_pred(model, series, &one, r->y, r->truth));
}

static void a_known_covariate_is_that_of_the_predicted_row(void **fixture)
{
    (void)fixture;
    lstm_model *model = model_of(C, K, H, L, SEED);
    for (int64_t pred = 1; pred <= 3; pred++)
        for (int64_t unroll = LSTM_UNROLL_LOOP; unroll <= LSTM_UNROLL_ARTICLE; unroll++) {
            static results known, moved, past;
            lstm_series *series[] = {series_of(1, 0, N_ROW, LSTM_ROLE_KNOWN, 0),
                                     series_of(1, 0, N_ROW, LSTM_ROLE_INPUT, pred),
                                     series_of(1, 0, N_ROW, LSTM_ROLE_INPUT, 0)};
            results *const each[] = {&known, &moved, &past};
            for (int i = 0; i < 3; i++) {
                memset(each[i], 0, sizeof *each[i]);
                train(series[i], pred, unroll, each[i]);
                judge(model, series[i], pred, each[i]);
                lstm_series_free(series[i]);
            }
            assert_memory_equal(&known, &moved, sizeof known);
            assert_true(memcmp(&known, &past, sizeof known) != 0);
        }
    lstm_model_free(model);
}

/* Series of different lengths, n_future of whose rows are strange but for the known columns. */
static void open_fleet(lstm_series **series, int64_t n_future)
{
    for (int64_t i = 0; i < N; i++) {
        int64_t n_row = n_future + 2 + i * 7 % 9;
        lstm_real rows[N_ROW * C];
        for (int64_t at = 0; at < n_row * C; at++)
            rows[at] = at / C >= n_row - n_future && (at % C == 1 || at % C == 2)
                           ? 1000
                           : value(i, at / C, at % C);
        assert_ok(lstm_series_new(&series[i], rows, n_row, C));
        set_roles(series[i], LSTM_ROLE_KNOWN);
    }
}

static void close_fleet(lstm_series **series)
{
    for (int64_t i = 0; i < N; i++)
        lstm_series_free(series[i]);
}

/* The forecast of series `number` by lstm_pred() over its last context_len rows and the future. */
static void predict_alone(const lstm_model *model, int64_t number,
                          const lstm_forecast_options *options, int64_t n_row, lstm_real *y)
{
    static lstm_real all[N_ROW * K];
    int64_t n_known = n_row - options->n_future;
    int64_t context_len =
        options->context_len < n_known && options->context_len > 0 ? options->context_len : n_known;
    lstm_series *series = series_of(number, n_known - context_len, n_row, LSTM_ROLE_KNOWN, 0);
    lstm_pred_options one = LSTM_PRED_OPTIONS_INIT;
    one.n_step = context_len - 1 + STEPS;
    one.support_len = context_len - 1;
    one.pred = options->pred;
    one.feedback_lag = options->feedback_lag;
    assert_ok(lstm_pred(model, series, &one, all, NULL));
    memcpy(y, all + (context_len - 1) * K, STEPS * K * sizeof *y);
    lstm_series_free(series);
}

static void a_forecast_reads_the_known_columns_of_its_future_rows(void **fixture)
{
    (void)fixture;
    static lstm_real y[N * STEPS * K], alone[STEPS * K];
    static lstm_series *series[N];
    lstm_model *model = model_of(C, K, H, L, SEED);
    for (int64_t pred = 1; pred <= 2; pred++)
        for (int64_t more = 0; more <= 3; more += 3)
            for (int64_t context_len = 0; context_len <= CONTEXT; context_len += CONTEXT) {
                lstm_forecast_options options = forecast_options(context_len, pred, 0);
                options.n_future = STEPS + pred - 1 + more;
                open_fleet(series, options.n_future);
                for (options.n_threads = 1; options.n_threads <= 3; options.n_threads++) {
                    assert_ok(
                        lstm_forecast(model, (const lstm_series *const *)series, N, &options, y));
                    for (int64_t i = 0; i < N; i++) {
                        predict_alone(model, i, &options, lstm_series_rows(series[i]), alone);
                        assert_same_rows("pred", i, y + i * STEPS * K, alone, STEPS * K);
                    }
                }
                close_fleet(series);
            }
    lstm_model_free(model);
}

static void future_rows_without_known_columns_are_not_read(void **fixture)
{
    (void)fixture;
    enum { FUTURE = 3, FEW = 7 };
    static lstm_real y[FEW * STEPS * MAX_K], want[FEW * STEPS * MAX_K];
    fleet f;
    lstm_series *cut[FEW];
    make_fleet(&f, FEW, 1);
    lstm_forecast_options options = forecast_options(4, 2, 1);
    options.n_future = FUTURE;
    assert_ok(lstm_forecast(f.model, f.series, FEW, &options, y));
    for (int64_t i = 0; i < FEW; i++)
        assert_ok(
            lstm_series_slice(&cut[i], f.series[i], 0, lstm_series_rows(f.series[i]) - FUTURE));
    options.n_future = 0;
    assert_ok(lstm_forecast(f.model, (const lstm_series *const *)cut, FEW, &options, want));
    assert_same_rows("cut", 0, y, want, FEW * STEPS * f.K);
    for (int64_t i = 0; i < FEW; i++)
        lstm_series_free(cut[i]);
    free_fleet(&f);
}

static void rows_that_are_missing_are_refused_by_number(void **fixture)
{
    (void)fixture;
    lstm_model *model = model_of(C, K, H, L, SEED);
    lstm_series *made[] = {series_of(0, 0, 30, LSTM_ROLE_KNOWN, 0),
                           series_of(1, 0, 20, LSTM_ROLE_KNOWN, 0)};
    const lstm_series *const *series = (const lstm_series *const *)made;
    lstm_forecast_options options = forecast_options(0, 0, 0);
    lstm_pred_options one = LSTM_PRED_OPTIONS_INIT;
    REFUSED(LSTM_E_ARGUMENT,
            "n_future is 0, expected at least n_step + pred - 1 = 12 + 0, since column 0 is "
            "LSTM_ROLE_KNOWN",
            lstm_forecast(model, series, 2, &options, out.values));
    options.pred = 3;
    options.n_future = STEPS + 1;
    REFUSED(LSTM_E_ARGUMENT, "n_future is 13, expected at least n_step + pred - 1 = 12 + 2",
            lstm_forecast(model, series, 2, &options, out.values));
    options.pred = INT64_MAX;
    REFUSED(LSTM_E_SHAPE, "reads row 9223372036854775807 of the known covariates",
            lstm_forecast(model, series, 2, &options, out.values));
    options.n_future = 20;
    REFUSED(LSTM_E_SHAPE, "n_future is 20, expected less than the 20 rows of series 1",
            lstm_forecast(model, series, 2, &options, out.values));
    one.n_step = 19;
    one.pred = 2;
    REFUSED(LSTM_E_SHAPE, "step 18 reads row 20 of its known covariates, the series has 20 rows",
            lstm_pred(model, series[1], &one, out.values, out.more));
    one.pred = 20;
    REFUSED(LSTM_E_SHAPE, "pred is 20: step 0 reads row 20 of the known covariates",
            lstm_pred(model, series[1], &one, out.values, out.more));
    assert_ok(lstm_series_set_role(made[1], 3, LSTM_ROLE_INPUT));
    options.n_future = options.pred = 0;
    REFUSED(LSTM_E_SHAPE,
            "column 3 is LSTM_ROLE_INPUT, whose future values are not known: covariates that are "
            "known in advance are LSTM_ROLE_KNOWN",
            lstm_forecast(model, series + 1, 1, &options, out.values));
    lstm_series_free(made[0]);
    lstm_series_free(made[1]);
    lstm_model_free(model);
}

typedef struct case_without_memory {
    lstm_model *model;
    lstm_series *series[N];
} case_without_memory;

static lstm_status forecast_and_predict(void *context)
{
    static lstm_real y[N * STEPS * K];
    const case_without_memory *c = context;
    lstm_forecast_options options = forecast_options(2, 0, 0);
    lstm_pred_options one = LSTM_PRED_OPTIONS_INIT;
    options.n_future = one.n_step = STEPS;
    lstm_status status = lstm_pred(c->model, c->series[0], &one, y, NULL);
    if (status < 0)
        return status;
    return lstm_forecast(c->model, (const lstm_series *const *)c->series, N, &options, y);
}

static void out_of_memory_at_any_place_is_told_and_nothing_leaks(void **fixture)
{
    (void)fixture;
    static case_without_memory c;
    failing_allocator memory;
    lstm_state *state = NULL; /* makes the model cache its packed parameters */
    failing_allocator_install(&memory);
    c.model = model_of(C, K, H, L, SEED);
    assert_ok(lstm_state_new(&state, c.model, 1));
    lstm_state_free(state);
    open_fleet(c.series, STEPS);
    assert_true(failing_allocator_sweep(&memory, forecast_and_predict, &c) > 20);
    close_fleet(c.series);
    lstm_model_free(c.model);
    failing_allocator_remove(&memory);
}

/* y_t = 0.5 y_{t-1} + 0.8 c_t, where nothing says what c will be. */
static lstm_series *driven_series(int64_t first, int64_t n_row, int64_t role)
{
    static lstm_real rows[1000 * 2];
    uint32_t random = 1;
    double y = 0;
    for (int64_t t = 0; t < first + n_row; t++) {
        random = random * 1664525 + 1013904223;
        double c = (double)(random >> 8) / (1 << 23) - 1;
        y = 0.5 * y + 0.8 * c;
        if (t >= first) {
            rows[(t - first) * 2] = (lstm_real)y;
            rows[(t - first) * 2 + 1] = (lstm_real)c;
        }
    }
    lstm_series *series = NULL;
    assert_ok(lstm_series_new(&series, rows, n_row, 2));
    assert_ok(lstm_series_set_role(series, 1, role));
    return series;
}

/* The error at step 8 of a closed loop, after a training. */
static double learned_error(int64_t role)
{
    enum { STEP = 8, T = 12 };
    lstm_series *train = driven_series(0, 800, role), *test = driven_series(800, 200, role);
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    lstm_optimizer_options optimizer = LSTM_OPTIMIZER_OPTIONS_INIT;
    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    lstm_model *model = model_of(2, 1, 8, 1, SEED);
    lstm_iter *iter = NULL;
    lstm_updater *updater = NULL;
    double rmse[T * 2];
    windows.window_len = valid.window_len = T;
    windows.batch_size = 16;
    windows.seed = 3;
    optimizer.learning_rate = 0.02;
    options.optimizer = &optimizer;
    options.support_len = valid.support_len = 3;
    assert_ok(lstm_iter_new(&iter, train, &windows));
    assert_ok(lstm_updater_new(&updater, model, iter, &options));
    for (int i = 0; i < 400; i++)
        assert_ok(lstm_updater_update(updater));
    assert_ok(lstm_valid(model, test, &valid, rmse, T * 2));
    lstm_updater_free(updater);
    lstm_iter_free(iter);
    lstm_model_free(model);
    lstm_series_free(train);
    lstm_series_free(test);
    return rmse[STEP * 2];
}

static void a_target_driven_by_its_own_row_is_learned_from_a_known_covariate(void **fixture)
{
    (void)fixture;
    double known = learned_error(LSTM_ROLE_KNOWN), past = learned_error(LSTM_ROLE_INPUT);
    print_message("RMSE %.3f with the covariate of the predicted row, %.3f of the row before\n",
                  known, past);
    assert_true(5 * known < past);
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
        cmocka_unit_test(a_known_covariate_is_that_of_the_predicted_row),
        cmocka_unit_test(a_forecast_reads_the_known_columns_of_its_future_rows),
        cmocka_unit_test(future_rows_without_known_columns_are_not_read),
        cmocka_unit_test(rows_that_are_missing_are_refused_by_number),
        cmocka_unit_test(out_of_memory_at_any_place_is_told_and_nothing_leaks),
        cmocka_unit_test(a_target_driven_by_its_own_row_is_learned_from_a_known_covariate),
    };
    return cmocka_run_group_tests_name("known covariates", tests, split_any_work, NULL);
}
