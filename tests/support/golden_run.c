/* SPDX-License-Identifier: MIT */
#include "golden_run.h"
#include "assert_status.h"
#include <stdio.h>
#include <stdlib.h>

lstm_real *golden_new_array(int64_t n)
{
    lstm_real *values = malloc((size_t)n * sizeof *values);
    assert_non_null(values);
    return values;
}

const char *golden_parameter(const char *parameter)
{
    static const char *const names[][2] = {
        {"input.weight", "l1.W"},         {"input.bias", "l1.b"},
        {"lstm.0.weight_x", "lstm.W_x"},  {"lstm.0.weight_h", "lstm.W_h"},
        {"lstm.0.bias", "lstm.b"},        {"lstm.1.weight_x", "lstm2.W_x"},
        {"lstm.1.weight_h", "lstm2.W_h"}, {"lstm.1.bias", "lstm2.b"},
        {"output.weight", "l3.W"},        {"output.bias", "l3.b"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i][0], parameter) == 0)
            return names[i][1];
    fail_msg("no golden case has a parameter %s", parameter);
    return NULL;
}

lstm_series *golden_run_series(const golden_run *run, const char *name)
{
    const golden_tensor *rows = golden_get(run->golden, "%s", name);
    lstm_series *series = NULL;
    assert_ok(lstm_series_new_double(&series, rows->values, rows->dim[0], rows->dim[1]));
    return series;
}

static void open_model(golden_run *run)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    options.n_input = golden_int(run->golden, "n_in");
    options.n_output = run->K;
    options.n_hidden = run->H;
    options.n_layer = run->L;
    assert_ok(lstm_model_new(&run->model, &options));
    for (int64_t p = 0; p < lstm_model_parameters(run->model); p++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(run->model, p, &info));
        const golden_tensor *initial = golden_get(run->golden, "%s", golden_parameter(info.name));
        assert_int_equal(initial->size, info.size);
        assert_int_equal(initial->every, 1);
        lstm_real *values = golden_new_array(info.size);
        for (int64_t i = 0; i < info.size; i++)
            values[i] = (lstm_real)initial->values[i];
        assert_ok(lstm_model_set(run->model, info.name, values, info.size));
        free(values);
    }
}

static int replay(uint64_t iteration, int64_t n_window, int64_t *offsets, int64_t n_offset,
                  void *user)
{
    (void)n_window;
    const golden_tensor *recorded = user;
    if (iteration >= (uint64_t)recorded->dim[0] || n_offset != recorded->dim[1])
        return 1;
    for (int64_t b = 0; b < n_offset; b++)
        offsets[b] = (int64_t)recorded->values[(int64_t)iteration * n_offset + b];
    return 0;
}

static void open_iter(golden_run *run)
{
    bool all = golden_is(run->golden, "train_window_rule", "full");
    lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
    options.window_len = run->T;
    options.batch_size = run->B;
    options.pred = golden_int(run->golden, "pred");
    options.window_rule = all ? LSTM_WINDOWS_ALL : LSTM_WINDOWS_ARTICLE;
    options.sampler = replay;
    options.sampler_user = (void *)(uintptr_t)golden_get(run->golden, "offsets");
    assert_ok(lstm_iter_new(&run->iter, run->series, &options));
    int64_t last = lstm_series_rows(run->series) - run->T - options.pred - (all ? 0 : 2);
    assert_int_equal(lstm_iter_windows(run->iter), last + 1);
}

static void adam_options(const golden_case *golden, lstm_optimizer_options *options)
{
    options->kind = golden_is(golden, "optimizer.amsgrad", "1") ? LSTM_AMSGRAD : LSTM_ADAM;
    options->learning_rate = golden_real(golden, "optimizer.alpha");
    options->beta1 = golden_real(golden, "optimizer.beta1");
    options->beta2 = golden_real(golden, "optimizer.beta2");
    options->eps = golden_real(golden, "optimizer.eps");
    options->eta = golden_real(golden, "optimizer.eta");
    options->weight_decay = golden_real(golden, "optimizer.weight_decay_rate");
}

static lstm_optimizer_options optimizer_options(const golden_case *golden)
{
    lstm_optimizer_options options = LSTM_OPTIMIZER_OPTIONS_INIT;
    const char *name = golden_text(golden, "optimizer.name");
    if (golden_find(golden, "optimizer.beta1") != NULL) {
        adam_options(golden, &options);
        return options;
    }
    options.learning_rate = golden_real(golden, "optimizer.lr");
    if (strcmp(name, "SGD") == 0) {
        options.kind = LSTM_SGD;
    } else if (strcmp(name, "MomentumSGD") == 0) {
        options.kind = LSTM_MOMENTUM;
        options.momentum = golden_real(golden, "optimizer.momentum");
    } else if (strcmp(name, "RMSprop") == 0) {
        options.kind = LSTM_RMSPROP;
        options.decay = golden_real(golden, "optimizer.alpha");
        options.eps = golden_real(golden, "optimizer.eps");
        options.eps_inside = golden_int(golden, "optimizer.eps_inside_sqrt");
    } else if (strcmp(name, "AdaGrad") == 0) {
        options.kind = LSTM_ADAGRAD;
        options.eps = golden_real(golden, "optimizer.eps");
    } else {
        fail_msg("%s: optimizer %s is unknown", golden->name, name);
    }
    return options;
}

static int64_t read_hooks(const golden_case *golden, lstm_hook hooks[2])
{
    if (golden_find(golden, "hooks.count") == NULL)
        return 0;
    int64_t n = golden_int(golden, "hooks.count");
    assert_in_range(n, 1, 2);
    for (int i = 0; i < n; i++) {
        char key[32];
        snprintf(key, sizeof key, "hooks.%d.name", i);
        bool clip = golden_is(golden, key, "GradientClipping");
        assert_true(clip || golden_is(golden, key, "WeightDecay"));
        snprintf(key, sizeof key, "hooks.%d.%s", i, clip ? "threshold" : "rate");
        hooks[i].kind = clip ? LSTM_HOOK_CLIP : LSTM_HOOK_WEIGHT_DECAY;
        hooks[i].value = golden_real(golden, key);
    }
    return n;
}

static void open_updater(golden_run *run)
{
    lstm_optimizer_options optimizer = optimizer_options(run->golden);
    lstm_hook hooks[2];
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    options.n_hook = read_hooks(run->golden, hooks);
    options.hooks = hooks;
    options.optimizer = &optimizer;
    options.support_len = run->s;
    options.unroll = run->article ? LSTM_UNROLL_ARTICLE : LSTM_UNROLL_LOOP;
    options.feedback_lag = run->article ? 0 : 1;
    options.n_threads = run->n_threads;
    options.device = run->device;
    options.precision = run->precision;
    assert_ok(lstm_updater_new(&run->updater, run->model, run->iter, &options));
}

void golden_run_open(golden_run *run, const char *name)
{
    run->golden = golden_case_open(name);
    run->T = golden_int(run->golden, "seq_len");
    run->B = golden_int(run->golden, "batch");
    run->H = golden_int(run->golden, "n_units");
    run->K = golden_int(run->golden, "n_out");
    run->L = golden_int(run->golden, "layers");
    run->s = golden_int(run->golden, "support_len");
    run->n_update = golden_int(run->golden, "iterations");
    run->article = golden_is(run->golden, "semantics", "seed");
    assert_true(run->article || golden_is(run->golden, "semantics", "clean"));
    run->series = golden_run_series(run, "data");
    open_model(run);
    open_iter(run);
    open_updater(run);
}

void golden_run_close(golden_run *run)
{
    lstm_updater_free(run->updater);
    lstm_iter_free(run->iter);
    lstm_model_free(run->model);
    lstm_series_free(run->series);
    golden_case_close(run->golden);
}
