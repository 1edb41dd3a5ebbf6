/* SPDX-License-Identifier: MIT */
#ifndef TESTS_MODEL_OF_H
#define TESTS_MODEL_OF_H

#include "assert_status.h"

#include <lstmts/model.h>

/** A new model of D inputs, K outputs and L layers of H units, initialized from `seed`. */
static inline lstm_model *model_of(int64_t D, int64_t K, int64_t H, int64_t L, uint64_t seed)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    lstm_model *model = NULL;
    options.n_input = D;
    options.n_output = K;
    options.n_hidden = H;
    options.n_layer = L;
    options.seed = seed;
    assert_ok(lstm_model_new(&model, &options));
    return model;
}

#endif
