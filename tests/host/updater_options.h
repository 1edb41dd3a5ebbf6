/* SPDX-License-Identifier: MIT */
/* An updater in test_out_of_memory.c: all options of the loop together. */
#ifndef TESTS_UPDATER_OPTIONS_H
#define TESTS_UPDATER_OPTIONS_H

#include "training.h"

/** Pointers are to the recipe, or to constants. */
static inline lstm_updater_options updater_options(const training_recipe *recipe)
{
    static const lstm_tensor_rule rule = {"input.bias", 0, 0};
    static const int64_t stages[] = {1, 2};
    static const lstm_curriculum_options curriculum = {.struct_size = sizeof curriculum,
                                                       .kind = LSTM_CURRICULUM_STAGES,
                                                       .period = 2,
                                                       .n_stage = 2,
                                                       .stages = stages};
    static const lstm_sampling_options sampling = {
        .struct_size = sizeof sampling, .kind = LSTM_SAMPLING_CONSTANT, .final_share = 0.5};
    static const double column_weights[2] = {1};
    static const lstm_loss_options loss = {.struct_size = sizeof loss,
                                           .kind = LSTM_LOSS_HUBER,
                                           .n_column_weight = 2,
                                           .column_weights = column_weights};
    lstm_updater_options options = recipe->updater;
    options.n_threads = 3;
    options.average_decay = 0.5;
    options.dropout = 0.25;
    options.sampling = &sampling;
    options.loss = &loss;
    options.curriculum = &curriculum;
    options.n_accumulate = 2;
    options.n_tensor_rule = 1;
    options.tensor_rules = &rule;
    options.hooks = recipe->hooks;
    options.optimizer = &recipe->optimizer;
    options.schedule = &recipe->schedule;
    return options;
}

#endif
