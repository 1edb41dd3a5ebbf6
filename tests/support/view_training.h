/* SPDX-License-Identifier: MIT */
/* Random models over random views. */
#ifndef TESTS_VIEW_TRAINING_H
#define TESTS_VIEW_TRAINING_H

#include "view_case.h"

#include <lstmts/lstmts.h>

typedef struct view_training {
    view_case c;
    random_plan random; /**< only its model, iterator and updater */
    int64_t T;
} view_training;

/** Make iterator and model of the view of t->c. */
static inline void view_training_make(view_training *t, uint64_t number, int64_t n_out)
{
    lstm_iter_options iter = LSTM_ITER_OPTIONS_INIT;
    iter.batch_size = 3;
    iter.seed = number;
    assert_ok(lstm_iter_new_view(&t->random.iter, t->c.view, &iter));
    lstm_model_options model = LSTM_MODEL_OPTIONS_INIT;
    model.n_input = lstm_view_inputs(t->c.view);
    model.n_output = n_out * lstm_view_targets(t->c.view);
    model.n_hidden = random_int(&t->c.stream, 1, 3);
    model.n_layer = random_int(&t->c.stream, 1, 2);
    assert_ok(lstm_model_new(&t->random.model, &model));
    int64_t size = random_plan_size(&t->random);
    double *parameters = malloc((size_t)size * sizeof *parameters);
    assert_non_null(parameters);
    for (int64_t i = 0; i < size; i++)
        parameters[i] = random_real(&t->c.stream, -.4, .4);
    random_plan_set(&t->random, parameters);
    free(parameters);
    t->T = t->c.reference.o.context_len + t->c.reference.o.horizon - 1;
    snprintf(t->random.name, sizeof t->random.name, "%s", t->c.name);
}

/** Returns false for a case without windows, of which nothing is open. */
static inline bool view_training_open(view_training *t, uint64_t number, int64_t n_out)
{
    *t = (view_training){0};
    view_case_open(&t->c, number);
    if (t->c.view == NULL) {
        view_case_close(&t->c);
        return false;
    }
    view_training_make(t, number, n_out);
    return true;
}

static inline void view_training_close(view_training *t)
{
    random_plan_close(&t->random);
    view_case_close(&t->c);
}

#endif
