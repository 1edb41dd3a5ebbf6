/* SPDX-License-Identifier: MIT */
/*
 * The contents of the files in tests/released, by formulas without rounding, so that the expected
 * values do not come from a file: a model (D 2, K 1, H 3, L 1), and checkpoints of trainings of
 * such a model, whose parameters were set by the same formula before they were saved.
 */
#ifndef TESTS_RELEASED_H
#define TESTS_RELEASED_H

#include "model_of.h"

#include <lstmts/lstmts.h>
#include <stdbool.h>

/** Element `i` of parameter tensor `tensor`: a multiple of 1/64 in [-1/2, 1/2). */
static inline float released_value(int64_t tensor, int64_t i)
{
    return (float)((37 * i + 11 * tensor) % 64 - 32) / 64;
}

static inline lstm_model *released_model(void)
{
    return model_of(2, 1, 3, 1, 0);
}

enum { RELEASED_MOST_VALUES = 256 };

static inline void released_fill(lstm_model *model)
{
    for (int64_t t = 0; t < lstm_model_parameters(model); t++) {
        lstm_parameter_info info;
        float values[RELEASED_MOST_VALUES];
        assert_ok(lstm_model_parameter(model, t, &info));
        assert_in_range(info.size, 1, RELEASED_MOST_VALUES);
        for (int64_t i = 0; i < info.size; i++)
            values[i] = released_value(t, i);
        assert_ok(lstm_model_set(model, info.name, values, info.size));
    }
}

static inline void released_assert_parameters(const lstm_model *model)
{
    for (int64_t t = 0; t < lstm_model_parameters(model); t++) {
        lstm_parameter_info info;
        float values[RELEASED_MOST_VALUES];
        assert_ok(lstm_model_parameter(model, t, &info));
        assert_in_range(info.size, 1, RELEASED_MOST_VALUES);
        assert_ok(lstm_model_get(model, info.name, values, info.size));
        for (int64_t i = 0; i < info.size; i++)
            assert_true(values[i] == released_value(t, i));
    }
}

static inline void released_assert(const lstm_model *model)
{
    assert_int_equal(lstm_model_inputs(model), 2);
    assert_int_equal(lstm_model_outputs(model), 1);
    assert_int_equal(lstm_model_hidden(model), 3);
    assert_int_equal(lstm_model_layers(model), 1);
    released_assert_parameters(model);
}

enum { RELEASED_UPDATES = 3 };

/** A training of such a model: 3 updates of Adam, validated after each. */
typedef struct released_training {
    lstm_series *series;
    lstm_model *model;
    lstm_iter *iter;
    lstm_updater *updater;
    lstm_trainer *trainer;
} released_training;

/** What adds blocks and keys to a checkpoint: carried states, an average, rollbacks, and a recipe. */
static inline void released_use_options(lstm_iter_options *iter, lstm_updater_options *updater,
                                        lstm_trainer_options *trainer)
{
    static const lstm_hook clip = {LSTM_HOOK_CLIP, 0.5};
    static const lstm_tensor_rule rule = {"output.bias", 0.5, 0.125};
    static const lstm_loss_options loss = {
        .struct_size = sizeof loss, .kind = LSTM_LOSS_HUBER, .delta = 0.5};
    iter->order = LSTM_ORDER_CONSECUTIVE;
    updater->average_decay = 0.75;
    updater->dropout = 0.25;
    updater->seed = 5;
    updater->n_accumulate = 2;
    updater->loss = &loss;
    updater->hooks = &clip, updater->n_hook = 1;
    updater->tensor_rules = &rule, updater->n_tensor_rule = 1;
    trainer->on_divergence = LSTM_DIVERGENCE_ROLL_BACK;
}

static inline void released_start_with(released_training *t, lstm_trainer_options *options,
                                       bool has_options)
{
    enum { ROWS = 24 };
    float rows[ROWS * 2];
    lstm_iter_options iter = LSTM_ITER_OPTIONS_INIT;
    lstm_updater_options updater = LSTM_UPDATER_OPTIONS_INIT;
    lstm_optimizer_options optimizer = LSTM_OPTIMIZER_OPTIONS_INIT;
    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    for (int64_t i = 0; i < 2 * ROWS; i++)
        rows[i] = (float)(i * i % 23) / 16;
    assert_ok(lstm_series_new(&t->series, rows, ROWS, 2));
    assert_ok(lstm_series_set_role(t->series, 1, LSTM_ROLE_INPUT));
    t->model = released_model();
    released_fill(t->model);
    iter.window_len = 4;
    iter.batch_size = 2;
    iter.order = LSTM_ORDER_SHUFFLE;
    iter.seed = 3;
    if (has_options)
        released_use_options(&iter, &updater, options);
    assert_ok(lstm_iter_new(&t->iter, t->series, &iter));
    optimizer.learning_rate = 0.125;
    updater.optimizer = &optimizer;
    assert_ok(lstm_updater_new(&t->updater, t->model, t->iter, &updater));
    valid.window_len = 4;
    options->max_iteration = RELEASED_UPDATES;
    options->validate = (lstm_trigger){1, LSTM_ITERATIONS};
    options->valid_series = t->series;
    options->valid = &valid;
    assert_ok(lstm_trainer_new(&t->trainer, t->updater, options));
}

static inline void released_start(released_training *t, lstm_trainer_options *options)
{
    released_start_with(t, options, false);
}

static inline void released_free(released_training *t)
{
    lstm_trainer_free(t->trainer);
    lstm_updater_free(t->updater);
    lstm_iter_free(t->iter);
    lstm_model_free(t->model);
    lstm_series_free(t->series);
}

#endif
