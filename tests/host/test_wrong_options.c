/* SPDX-License-Identifier: MIT */
/*
 * Each field of the options of models, iterators and forecasts out of its documented range. Those
 * of a training are in test_wrong_training.c, struct sizes in test_options.c and
 * test_options_layout.c.
 */
#include "model_of.h"
#include "wrong.h"

static void sizes_of_a_model_out_of_range_are_refused(void **fixture)
{
    (void)fixture;
    static const wrong_field table[] = {
        {BAD, "n_input is 0", NULL, AT(model, n_input), 0, 0},
        {BAD, "n_input is -1", NULL, AT(model, n_input), -1, 0},
        {BAD, "n_input is -9223372036854775808", NULL, AT(model, n_input), INT64_MIN, 0},
        {BAD, "n_output is -2", NULL, AT(model, n_output), -2, 0},
        {BAD, "n_hidden is 0", NULL, AT(model, n_hidden), 0, 0},
        {BAD, "n_hidden is -7", NULL, AT(model, n_hidden), -7, 0},
        {BAD, "n_layer is -1", NULL, AT(model, n_layer), -1, 0},
        {LSTM_E_LIMIT, "2147483648", NULL, AT(model, n_input), INT64_C(1) << 31, 0},
        {LSTM_E_LIMIT, "2147483648", NULL, AT(model, n_output), INT64_C(1) << 31, 0},
        {LSTM_E_LIMIT, "536870912", NULL, AT(model, n_hidden), INT64_C(1) << 29, 0},
        {LSTM_E_LIMIT, "40000", NULL, AT(model, n_hidden), 40000, 0},
        {LSTM_E_LIMIT, "715827883", NULL, AT(model, n_input), 715827883, 0},
        {LSTM_E_LIMIT, LARGEST, NULL, AT(model, n_input), INT64_MAX, 0},
        {LSTM_E_LIMIT, LARGEST, NULL, AT(model, n_output), INT64_MAX, 0},
        {LSTM_E_LIMIT, LARGEST, NULL, AT(model, n_hidden), INT64_MAX, 0},
        {LSTM_E_LIMIT, LARGEST, NULL, AT(model, n_layer), INT64_MAX, 0},
    };
    lstm_model_options base = LSTM_MODEL_OPTIONS_INIT;
    base.n_input = base.n_hidden = 3;
    EACH_REFUSED(model, table, base, lstm_model_new(&out.model, &options));
}

static void windows_of_an_iterator_out_of_range_are_refused(void **fixture)
{
    const victim *v = *fixture;
    static const wrong_field table[] = {
        {BAD, "window_len is 0", NULL, AT(iter, window_len), 0, 0},
        {BAD, "window_len is -1", NULL, AT(iter, window_len), -1, 0},
        {BAD, "batch_size is -1", NULL, AT(iter, batch_size), -1, 0},
        {BAD, "pred is -1", NULL, AT(iter, pred), -1, 0},
        {BAD, "order is -1", NULL, AT(iter, order), -1, 0},
        {BAD, "order is 4", NULL, AT(iter, order), 4, 0},
        {BAD, "window_rule is -1", NULL, AT(iter, window_rule), -1, 0},
        {BAD, "window_rule is 2", NULL, AT(iter, window_rule), 2, 0},
        {LSTM_E_SHAPE, "40", "the series has 40", AT(iter, window_len), 40, 0},
        {LSTM_E_SHAPE, "36", "the series has 40", AT(iter, pred), 36, 0},
        {LSTM_E_SHAPE, LARGEST, "the series has 40", AT(iter, window_len), INT64_MAX, 0},
        {LSTM_E_SHAPE, LARGEST, "the series has 40", AT(iter, pred), INT64_MAX, 0},
        {LSTM_E_LIMIT, "2147483648", NULL, AT(iter, batch_size), INT64_C(1) << 31, 0},
        {LSTM_E_LIMIT, LARGEST, NULL, AT(iter, batch_size), INT64_MAX, 0},
    };
    lstm_iter_options base = LSTM_ITER_OPTIONS_INIT;
    base.window_len = 5;
    EACH_REFUSED(iter, table, base, lstm_iter_new(&out.iter, v->t.train, &options));
}

static void a_validation_out_of_range_is_refused(void **fixture)
{
    const victim *v = *fixture;
    static const wrong_field table[] = {
        {BAD, "window_len is 0", "expected at least 1", AT(valid, window_len), 0, 0},
        {BAD, "window_len is -4", NULL, AT(valid, window_len), -4, 0},
        {BAD, "support_len is -1", NULL, AT(valid, support_len), -1, 0},
        {BAD, "support_len is 21, expected 0 .. ", NULL, AT(valid, support_len), 21, 0},
        {BAD, "pred is -1", NULL, AT(valid, pred), -1, 0},
        {BAD, "feedback_lag is -1", NULL, AT(valid, feedback_lag), -1, 0},
        {BAD, "stride is -1", NULL, AT(valid, stride), -1, 0},
        {BAD, "max_windows is -1", NULL, AT(valid, max_windows), -1, 0},
        {BAD, "n_threads is -2", NULL, AT(valid, n_threads), -2, 0},
        {BAD, "n_threads is 1025", NULL, AT(valid, n_threads), 1025, 0},
        {BAD, "window_rule is 2", "expected LSTM_WINDOWS_ALL or", AT(valid, window_rule), 2, 0},
        {LSTM_E_SHAPE, "20", "the series has 20", AT(valid, window_len), 20, 0},
        {LSTM_E_SHAPE, "17", "the series has 20", AT(valid, pred), 17, 0},
        {LSTM_E_SHAPE, LARGEST, "the series has 20", AT(valid, window_len), INT64_MAX, 0},
        {LSTM_E_SHAPE, LARGEST, "the series has 20", AT(valid, pred), INT64_MAX, 0},
    };
    lstm_valid_options base = LSTM_VALID_OPTIONS_INIT;
    base.window_len = 4;
    EACH_REFUSED(valid, table, base,
                 lstm_valid(v->t.model, v->t.test, &options, out.numbers, 4 * 3));
    lstm_trainer_options trainer = LSTM_TRAINER_OPTIONS_INIT;
    trainer.max_iteration = trainer.validate.every = 1;
    trainer.valid_series = v->t.test;
    EACH_REFUSED(
        valid, table, base,
        (trainer.valid = &options, lstm_trainer_new(&out.trainer, v->t.updater, &trainer)));
}

static void a_forecast_out_of_range_is_refused(void **fixture)
{
    const victim *v = *fixture;
    static const wrong_field table[] = {
        {BAD, "n_step is 0", NULL, AT(pred, n_step), 0, 0},
        {BAD, "n_step is -4", NULL, AT(pred, n_step), -4, 0},
        {BAD, "support_len is -1", NULL, AT(pred, support_len), -1, 0},
        {BAD, "pred is -1", NULL, AT(pred, pred), -1, 0},
        {BAD, "feedback_lag is -1", NULL, AT(pred, feedback_lag), -1, 0},
        {LSTM_E_SHAPE, "support_len 20", "has 20", AT(pred, support_len), 20, 0},
        {LSTM_E_SHAPE, "9223372036854775806", "has 20", AT(pred, support_len), INT64_MAX - 1, 0},
        {LSTM_E_SHAPE, "row 20", "covariates", AT(pred, n_step), 21, 0},
        {LSTM_E_LIMIT, "n_step 9223372036854775807 is too large", NULL, AT(pred, n_step), INT64_MAX,
         0},
    };
    lstm_pred_options base = LSTM_PRED_OPTIONS_INIT;
    base.n_step = 4;
    EACH_REFUSED(pred, table, base,
                 lstm_pred(v->t.model, v->t.test, &options, out.values, out.more));
}

static void a_forecast_whose_steps_outrun_its_true_rows_is_refused(void **fixture)
{
    (void)fixture;
    lstm_pred_options options = LSTM_PRED_OPTIONS_INIT;
    lstm_model *model = model_of(1, 1, 1, 1, 0);
    lstm_series *series = NULL;
    const lstm_real rows[5] = {1, 2, 3, 4, 5};
    assert_ok(lstm_series_new(&series, rows, 5, 1));
    options.n_step = 6;
    options.support_len = LSTM_TEACHER_FORCED;
    REFUSED(LSTM_E_SHAPE, "has 5", lstm_pred(model, series, &options, out.values, out.more));
    options.support_len = 0;
    options.feedback_lag = 6;
    REFUSED(LSTM_E_SHAPE, "row 5", lstm_pred(model, series, &options, out.values, out.more));
    options.feedback_lag = INT64_MAX;
    REFUSED(LSTM_E_SHAPE, "row 5", lstm_pred(model, series, &options, out.values, out.more));
    options.feedback_lag = 0;
    options.n_step = INT64_MAX / 2;
    REFUSED(LSTM_E_NOMEM, "memory", lstm_pred(model, series, &options, out.values, out.more));
    lstm_series_free(series);
    lstm_model_free(model);
}

static void a_forecast_of_many_out_of_range_is_refused(void **fixture)
{
    const victim *v = *fixture;
    static const wrong_field table[] = {
        {BAD, "n_step is 0", NULL, AT(forecast, n_step), 0, 0},
        {BAD, "n_step is -4", NULL, AT(forecast, n_step), -4, 0},
        {BAD, "context_len is -1", NULL, AT(forecast, context_len), -1, 0},
        {BAD, "pred is -1", NULL, AT(forecast, pred), -1, 0},
        {BAD, "feedback_lag is -1", NULL, AT(forecast, feedback_lag), -1, 0},
        {BAD, "n_threads is -2", NULL, AT(forecast, n_threads), -2, 0},
        {BAD, "n_threads is 1025", "expected 1 .. 1024, 0 for 1, or LSTM_ALL_CORES",
         AT(forecast, n_threads), 1025, 0},
        {BAD, "n_future is -1", NULL, AT(forecast, n_future), -1, 0},
        {BAD, "weights is -1", "expected LSTM_WEIGHTS_FLOAT32, _", AT(forecast, weights), -1, 0},
        {BAD, "weights is 3", "expected LSTM_WEIGHTS_FLOAT32, _", AT(forecast, weights), 3, 0},
        {LSTM_E_SHAPE, LARGEST, "rows of series 0", AT(forecast, n_future), INT64_MAX, 0},
        {LSTM_E_LIMIT, LARGEST, NULL, AT(forecast, n_step), INT64_MAX, 0},
        {LSTM_E_LIMIT, "4611686018427387904", NULL, AT(forecast, n_step), INT64_C(1) << 62, 0},
    };
    const lstm_series *series[2] = {v->narrow, v->narrow};
    lstm_forecast_options base = LSTM_FORECAST_OPTIONS_INIT;
    lstm_model *model = model_of(1, 1, 1, 1, 0);
    base.n_step = 4;
    EACH_REFUSED(forecast, table, base, lstm_forecast(model, series, 2, &options, out.values));
    REFUSED(BAD, "n_series is 0", lstm_forecast(model, series, 0, &base, out.values));
    REFUSED(BAD, "n_series is -1", lstm_forecast(model, series, -1, &base, out.values));
    lstm_model_free(model);
}

static void a_state_out_of_range_is_refused(void **fixture)
{
    const victim *v = *fixture;
    static const wrong_field table[] = {
        {BAD, "n_stream is -1", NULL, AT(state, n_stream), -1, 0},
        {BAD, "weights is -1", "expected LSTM_WEIGHTS_FLOAT32, _", AT(state, weights), -1, 0},
        {BAD, "weights is 3", NULL, AT(state, weights), 3, 0},
        {BAD, LARGEST, NULL, AT(state, weights), INT64_MAX, 0},
        {LSTM_E_LIMIT, "2147483648", NULL, AT(state, n_stream), INT64_C(1) << 31, 0},
        {LSTM_E_LIMIT, LARGEST, NULL, AT(state, n_stream), INT64_MAX, 0},
    };
    lstm_state_options base = LSTM_STATE_OPTIONS_INIT;
    base.weights = LSTM_WEIGHTS_BFLOAT16;
    EACH_REFUSED(state, table, base, lstm_state_new_with(&out.state, v->t.model, &options));
    REFUSED(BAD, "state is NULL", lstm_state_new_with(NULL, v->t.model, &base));
    REFUSED(BAD, "model is NULL", lstm_state_new_with(&out.state, NULL, &base));
}

/* After all of the above. */
static void nothing_that_was_refused_has_left_a_trace(void **fixture)
{
    assert_unharmed(*fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_of_a_model_out_of_range_are_refused),
        cmocka_unit_test(windows_of_an_iterator_out_of_range_are_refused),
        cmocka_unit_test(a_validation_out_of_range_is_refused),
        cmocka_unit_test(a_forecast_out_of_range_is_refused),
        cmocka_unit_test(a_forecast_whose_steps_outrun_its_true_rows_is_refused),
        cmocka_unit_test(a_forecast_of_many_out_of_range_is_refused),
        cmocka_unit_test(a_state_out_of_range_is_refused),
        cmocka_unit_test(nothing_that_was_refused_has_left_a_trace),
    };
    return cmocka_run_group_tests_name("wrong options", tests, make_victim_and_folder,
                                       free_victim_and_folder);
}
