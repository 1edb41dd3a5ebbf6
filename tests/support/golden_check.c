/* SPDX-License-Identifier: MIT */
#include "golden_check.h"
#include "assert_status.h"
#include <stdio.h>
#include <stdlib.h>

/* Passes numbers to the test. */
static void compare(const golden_run *run, golden_quantity quantity, const char *what,
                    int64_t first, int64_t n, const double *got, const double *want)
{
    golden_numbers numbers = {quantity, what, first, 1, n, got, want};
    run->compare(run, &numbers);
}

/* Compares an array, or the elements of it that are stored. */
static void compare_tensor(const golden_run *run, golden_quantity quantity,
                           const golden_tensor *want, const lstm_real *got)
{
    double *kept = malloc((size_t)want->n_kept * sizeof *kept);
    assert_non_null(kept);
    for (int64_t i = 0; i < want->n_kept; i++)
        kept[i] = (double)got[i * want->every];
    golden_numbers numbers = {quantity,     want->name, 0,           want->every,
                              want->n_kept, kept,       want->values};
    run->compare(run, &numbers);
    free(kept);
}

/* The step whose target a call is scored against, or -1. Call t is scored at step t; but in the
 * article's form each step from s on has an additional call: at s before the scored one, later
 * after it. */
static int64_t expected_target_step(const golden_run *run, int64_t call)
{
    int64_t past = call - run->s;
    if (!run->article || past < 0)
        return call;
    if (past < 2)
        return past == 1 ? run->s : -1;
    return past % 2 == 0 ? run->s + past / 2 : -1;
}

static void check_outputs(const golden_run *run)
{
    int64_t n_extra = run->article && run->s < run->T ? run->T - run->s : 0, extra = 0;
    assert_int_equal(lstm_updater_calls(run->updater), run->T + n_extra);
    assert_int_equal(golden_has(run->golden, "y1_extra"), n_extra > 0);
    int64_t size = run->B * run->K;
    lstm_real *y = golden_new_array(size);
    double *got = malloc((size_t)size * sizeof *got);
    assert_non_null(got);
    for (int64_t call = 0; call < run->T + n_extra; call++) {
        int64_t target_step = -2;
        assert_ok(lstm_updater_output(run->updater, call, y, size, &target_step));
        assert_int_equal(target_step, expected_target_step(run, call));
        const golden_tensor *want = golden_get(run->golden, target_step < 0 ? "y1_extra" : "y1");
        int64_t first = (target_step < 0 ? extra++ : target_step) * size;
        for (int64_t i = 0; i < size; i++)
            got[i] = (double)y[i];
        compare(run, GOLDEN_OUTPUT, want->name, first, size, got, want->values + first);
    }
    assert_int_equal(extra, n_extra);
    free(got);
    free(y);
}

static void check_state(const golden_run *run)
{
    int64_t size = run->B * run->H;
    lstm_real *state = golden_new_array(run->L * 2 * size);
    assert_ok(lstm_updater_state(run->updater, state, run->L * 2 * size));
    for (int64_t l = 0; l < run->L; l++) {
        compare_tensor(run, GOLDEN_STATE, golden_get(run->golden, "state1.h%d", (int)l),
                       state + 2 * l * size);
        compare_tensor(run, GOLDEN_STATE, golden_get(run->golden, "state1.c%d", (int)l),
                       state + (2 * l + 1) * size);
    }
    free(state);
}

static void check_losses(const golden_run *run, int64_t update)
{
    const golden_tensor *steps = golden_get(run->golden, "step_loss");
    double *losses = malloc((size_t)run->T * sizeof *losses);
    assert_non_null(losses);
    assert_ok(lstm_updater_step_losses(run->updater, losses, run->T));
    int64_t first = update * run->T;
    compare(run, GOLDEN_STEP_LOSS, steps->name, first, run->T, losses, steps->values + first);
    lstm_update_info info;
    assert_ok(lstm_updater_info(run->updater, &info));
    compare(run, GOLDEN_LOSS, "loss", update, 1, &info.loss,
            golden_get(run->golden, "loss")->values + update);
    compare(run, GOLDEN_GRADIENT_NORM, "grad_norm", update, 1, &info.gradient_norm,
            golden_get(run->golden, "grad_norm")->values + update);
    assert_true(info.last_loss == losses[run->T - 1]);
    free(losses);
}

/* Compares the gradients, the parameters or a moment with the golden tensors `prefix`*. */
static void check_parameters(const golden_run *run, golden_quantity quantity, const char *prefix,
                             const char *moment)
{
    for (int64_t p = 0; p < lstm_model_parameters(run->model); p++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(run->model, p, &info));
        lstm_real *values = golden_new_array(info.size);
        if (quantity == GOLDEN_PARAMETER)
            assert_ok(lstm_model_get(run->model, info.name, values, info.size));
        else if (quantity == GOLDEN_MOMENT)
            assert_ok(lstm_updater_moment(run->updater, moment, info.name, values, info.size));
        else
            assert_ok(lstm_updater_gradient(run->updater, info.name, values, info.size));
        const golden_tensor *want =
            golden_get(run->golden, "%s%s", prefix, golden_parameter(info.name));
        assert_int_equal(want->size, info.size);
        compare_tensor(run, quantity, want, values);
        free(values);
    }
}

static void check_moments(const golden_run *run)
{
    static const char *const moments[][2] = {
        {"opt.m.", "m"}, {"opt.v.", "v"}, {"opt.vhat.", "vhat"}, {"opt.ms.", "s"}, {"opt.h.", "s"}};
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        char name[32];
        snprintf(name, sizeof name, "%sl1.W", moments[i][0]);
        if (golden_has(run->golden, name))
            check_parameters(run, GOLDEN_MOMENT, moments[i][0], moments[i][1]);
    }
}

void golden_check_training(const golden_run *run)
{
    assert_ok(lstm_updater_backward(run->updater));
    check_outputs(run);
    check_state(run);
    check_losses(run, 0);
    check_parameters(run, GOLDEN_GRADIENT, "grad1.", NULL);
    assert_ok(lstm_updater_apply(run->updater));
    if (golden_has(run->golden, "grad1_hooked.l1.W"))
        check_parameters(run, GOLDEN_HOOKED_GRADIENT, "grad1_hooked.", NULL);
    else
        check_parameters(run, GOLDEN_GRADIENT, "grad1.", NULL);
    for (int64_t update = 1; update < run->n_update; update++) {
        assert_ok(lstm_updater_update(run->updater));
        check_losses(run, update);
    }
    check_parameters(run, GOLDEN_PARAMETER, "final.", NULL);
    check_moments(run);
}

static void check_window_count(const golden_run *run, const lstm_series *series, int64_t rule,
                               const char *key)
{
    lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
    options.window_len = golden_int(run->golden, "valid.seq_len");
    options.pred = golden_int(run->golden, "valid.pred");
    options.window_rule = rule;
    lstm_iter *iter = NULL;
    assert_ok(lstm_iter_new(&iter, series, &options));
    assert_int_equal(lstm_iter_windows(iter), golden_int(run->golden, key));
    lstm_iter_free(iter);
}

static void check_valid(const golden_run *run, const lstm_series *series, int64_t rule,
                        const golden_tensor *want, int64_t s)
{
    lstm_valid_options options = LSTM_VALID_OPTIONS_INIT;
    options.window_len = golden_int(run->golden, "valid.seq_len");
    options.support_len = s;
    options.pred = golden_int(run->golden, "valid.pred");
    options.feedback_lag = 1;
    options.window_rule = rule;
    assert_int_equal(want->size, options.window_len * (run->K + 1));
    double *rmse = malloc((size_t)want->size * sizeof *rmse);
    assert_non_null(rmse);
    assert_ok(lstm_valid(run->model, series, &options, rmse, want->size));
    compare(run, GOLDEN_VALID, want->name, 0, want->size, rmse, want->values);
    free(rmse);
}

static void check_pred(const golden_run *run, const lstm_series *series, int64_t s)
{
    const golden_tensor *y = golden_get(run->golden, "pred.s%d.y", (int)s);
    const golden_tensor *truth = golden_get(run->golden, "pred.s%d.truth", (int)s);
    lstm_pred_options options = LSTM_PRED_OPTIONS_INIT;
    options.n_step = golden_int(run->golden, "pred_call.seq");
    options.support_len = s;
    options.pred = golden_int(run->golden, "pred_call.diff");
    options.feedback_lag = 1;
    assert_int_equal(y->size, options.n_step * run->K);
    lstm_real *got_y = golden_new_array(y->size), *got_truth = golden_new_array(y->size);
    assert_ok(lstm_pred(run->model, series, &options, got_y, got_truth));
    compare_tensor(run, GOLDEN_PRED, y, got_y);
    compare_tensor(run, GOLDEN_PRED, truth, got_truth);
    free(got_y);
    free(got_truth);
}

void golden_check_forecasts(const golden_run *run)
{
    const golden_case *golden = run->golden;
    lstm_series *valid_data = golden_run_series(run, "valid_data");
    lstm_series *pred_data = golden_run_series(run, "pred_data");
    check_window_count(run, valid_data, LSTM_WINDOWS_ARTICLE, "valid.windows_seed");
    check_window_count(run, valid_data, LSTM_WINDOWS_ALL, "valid.windows_full");
    assert_string_equal(golden_text(golden, "valid.s"), "0 3");
    assert_string_equal(golden_text(golden, "pred_call.s"), "0 3");
    for (int s = 0; s <= 3; s += 3) {
        check_valid(run, valid_data, LSTM_WINDOWS_ARTICLE, golden_get(golden, "valid.seed.s%d", s),
                    s);
        check_valid(run, valid_data, LSTM_WINDOWS_ALL, golden_get(golden, "valid.full.s%d", s), s);
        check_pred(run, pred_data, s);
    }
    lstm_series_free(pred_data);
    lstm_series_free(valid_data);
}
