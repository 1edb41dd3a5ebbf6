/* SPDX-License-Identifier: MIT */
/*
 * A model whose parameters an updater has on a device, used by everybody else who may use a model:
 * each sees it as it is after the last update.
 */
#include "check.h"
#include <pthread.h>
#include <stdlib.h>

enum { N_READER = 8 };

static void update(lstm_updater *updater, int n)
{
    for (int i = 0; i < n; i++)
        assert_ok(lstm_updater_update(updater));
}

static void make(training *t, const char *device)
{
    training_recipe recipe;
    check_make_recipe(&recipe, device);
    training_make(t, &recipe);
}

/* Each reader is the first to read after an update. */
void readers_see_the_model_after_updates(void **state)
{
    (void)state;
    char folder[64];
    training t, processor;
    lstm_model *clone, *loaded;
    make_folder(folder);
    make(&t, check.device);
    make(&processor, "cpu");
    update(t.updater, 3);
    update(processor.updater, 3);
    check_close_models("read", t.model, processor.model, 1e-5);
    update(t.updater, 2);
    update(processor.updater, 2);
    assert_ok(lstm_model_clone(&clone, t.model));
    assert_same_model(clone, t.model);
    check_close_models("cloned", clone, processor.model, 1e-5);
    update(t.updater, 2);
    update(processor.updater, 2);
    assert_ok(lstm_model_save(t.model, in_folder(folder, "model")));
    assert_ok(lstm_model_load(&loaded, in_folder(folder, "model")));
    assert_same_model(loaded, t.model);
    check_close_models("saved", loaded, processor.model, 1e-5);
    assert_true(check_model_error(clone, loaded) > 1e-4);
    lstm_model_free(clone);
    lstm_model_free(loaded);
    training_free(&t);
    training_free(&processor);
    remove_folder(folder);
}

/* In turn, each on the parameters that the other has left. */
static void take_turns(training *t, training *other, const char *device)
{
    training_recipe recipe;
    lstm_updater_options options;
    make(t, device);
    make(other, "cpu");
    check_make_recipe(&recipe, device);
    options = recipe.updater;
    options.optimizer = &recipe.optimizer;
    options.n_hook = 0;
    lstm_updater *second;
    assert_ok(lstm_updater_new(&second, t->model, other->iter, &options));
    for (int turn = 0; turn < 4; turn++) {
        update(t->updater, 2);
        update(second, 1);
    }
    lstm_updater_free(second);
}

void two_updaters_train_one_model(void **state)
{
    (void)state;
    training t, other, processor, other_processor;
    take_turns(&t, &other, check.device);
    take_turns(&processor, &other_processor, "cpu");
    check_close_models("in turn", t.model, processor.model, 1e-5);
    training_free(&t);
    training_free(&other);
    training_free(&processor);
    training_free(&other_processor);
}

/* It has parameters that the model, were it there, would copy. */
void an_updater_is_freed_after_its_model(void **state)
{
    (void)state;
    training t;
    make(&t, check.device);
    update(t.updater, 2);
    lstm_model_free(t.model);
    t.model = NULL;
    training_free(&t);
}

static void set_between(training *t, const char *device)
{
    lstm_parameter_info info;
    make(t, device);
    update(t->updater, 3);
    assert_ok(lstm_model_parameter(t->model, 0, &info));
    lstm_real *values = malloc((size_t)info.size * sizeof *values);
    assert_non_null(values);
    assert_ok(lstm_model_get(t->model, info.name, values, info.size));
    for (int64_t i = 0; i < info.size; i++)
        values[i] = (lstm_real)0.5 * values[i] + (lstm_real)0.125;
    assert_ok(lstm_model_set(t->model, info.name, values, info.size));
    free(values);
    update(t->updater, 3);
}

void parameters_set_between_updates_count(void **state)
{
    (void)state;
    training t, processor;
    set_between(&t, check.device);
    set_between(&processor, "cpu");
    check_close_models("set between", t.model, processor.model, 1e-5);
    training_free(&t);
    training_free(&processor);
}

void a_model_outlives_its_updater(void **state)
{
    (void)state;
    training t, same;
    make(&t, check.device);
    make(&same, check.device);
    update(t.updater, 4);
    update(same.updater, 4);
    lstm_updater_free(t.updater);
    t.updater = NULL;
    assert_same_model(t.model, same.model);
    training_free(&t);
    training_free(&same);
}

static void *clone_model(void *model)
{
    lstm_model *clone = NULL;
    return lstm_model_clone(&clone, model) == LSTM_OK ? clone : NULL;
}

void threads_read_one_model(void **state)
{
    (void)state;
    training t, same;
    pthread_t threads[N_READER];
    make(&t, check.device);
    make(&same, check.device);
    for (int round = 0; round < 5; round++) {
        update(t.updater, 1);
        update(same.updater, 1);
        for (int i = 0; i < N_READER; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, clone_model, t.model), 0);
        for (int i = 0; i < N_READER; i++) {
            void *clone;
            assert_int_equal(pthread_join(threads[i], &clone), 0);
            assert_non_null(clone);
            assert_same_model(clone, same.model);
            lstm_model_free(clone);
        }
    }
    training_free(&t);
    training_free(&same);
}
