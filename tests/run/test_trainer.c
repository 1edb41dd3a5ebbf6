/* SPDX-License-Identifier: MIT */
#include "failing_allocator.h"
#include "witness.h"

#include <math.h>

static void an_iteration_limit_ends_the_run_exactly(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    witness w;
    watch_progress(&recipe, &w);
    recipe.trainer.max_iteration = 13;
    training_begin_and_run(&t, &recipe);
    assert_int_equal(w.calls, 13);
    assert_int_equal(w.last.iteration, 13);
    assert_true(w.last.fraction == 1.0);
    assert_true(w.last.remaining == 0.0);
    assert_true(w.last.rate > 0 && w.last.elapsed > 0);
    assert_true(isnan(w.last.valid_score));
    training_free(&t);
}

static void an_epoch_limit_ends_the_run_with_the_update_that_completes_it(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    witness w;
    watch_progress(&recipe, &w);
    recipe.trainer.max_iteration = 0;
    recipe.trainer.max_epoch = 2; /* 70 windows: 18 batches of 4 */
    training_begin_and_run(&t, &recipe);
    assert_int_equal(w.last.iteration, 18);
    assert_int_equal(w.last.epoch, 2);
    training_free(&t);
}

static void a_sequential_iterator_starts_again_at_each_pass(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    witness w;
    watch_progress(&recipe, &w);
    recipe.trainer.max_iteration = 0;
    recipe.trainer.max_epoch = 3;
    recipe.iter.order = LSTM_ORDER_SEQUENTIAL; /* 35 windows: 9 batches, the last of 3 */
    training_begin_and_run(&t, &recipe);
    assert_int_equal(w.last.iteration, 27);
    assert_int_equal(w.epochs[7], 0);
    assert_int_equal(w.epochs[8], 1);
    assert_int_equal(w.epochs[17], 2);
    training_free(&t);
}

static void a_callback_stops_the_run_and_it_goes_on_where_it_was(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t, whole;
    witness w;
    watch_progress(&recipe, &w);
    training_begin_and_run(&whole, &recipe);
    watch_progress(&recipe, &w);
    w.stop_at = 9;
    training_begin(&t, &recipe);
    assert_status(lstm_trainer_run(t.trainer), LSTM_STOPPED, NULL);
    assert_int_equal(w.last.iteration, 9);
    assert_ok(lstm_trainer_run(t.trainer));
    assert_int_equal(w.last.iteration, 50);
    assert_same_training(&t, &whole);
    training_free(&t);
    training_free(&whole);
}

static void stop_ends_the_run_after_the_update_it_is_at(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    witness w;
    watch_progress(&recipe, &w);
    w.stop_at = 4;
    training_begin(&t, &recipe);
    w.trainer = t.trainer;
    assert_status(lstm_trainer_run(t.trainer), LSTM_STOPPED, NULL);
    assert_int_equal(w.last.iteration, 4);
    lstm_trainer_stop(t.trainer); /* before a run: it makes no update */
    assert_status(lstm_trainer_run(t.trainer), LSTM_STOPPED, NULL);
    assert_int_equal(w.calls, 4);
    lstm_trainer_stop(NULL);
    training_free(&t);
}

/* A sampler that returns the same windows `*user` times, then ends. */
static int few_batches(uint64_t iteration, int64_t n_window, int64_t *offsets, int64_t n_offset,
                       void *user)
{
    (void)n_window;
    for (int64_t b = 0; b < n_offset; b++)
        offsets[b] = b;
    return iteration >= *(const uint64_t *)user;
}

static void a_sampler_that_ends_ends_the_run(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    witness w;
    watch_progress(&recipe, &w);
    recipe.iter.sampler = few_batches;
    recipe.iter.sampler_user = &(uint64_t){2};
    training_begin(&t, &recipe);
    assert_status(lstm_trainer_run(t.trainer), LSTM_END, NULL);
    assert_int_equal(w.calls, 2);
    training_free(&t);
}

typedef struct attempt {
    const training_recipe *recipe;
    training *t;
    const char *path;
} attempt;

/* Create, run with log and validation, save, resume, best: every allocation of a trainer. */
static lstm_status whole_life(void *context)
{
    attempt *a = context;
    lstm_trainer *trainer = NULL;
    lstm_model *best = NULL;
    lstm_trainer_options options = a->recipe->trainer;
    options.valid_series = a->t->test;
    options.valid = &a->recipe->valid;
    assert_ok(lstm_iter_reset(a->t->iter)); /* the sampler returns its batch again */
    lstm_status status = lstm_trainer_new(&trainer, a->t->updater, &options);
    if (status >= 0)
        status = lstm_trainer_run(trainer);
    if (status >= 0)
        status = lstm_trainer_save(trainer, a->path);
    if (status >= 0)
        status = lstm_trainer_resume(trainer, a->path);
    if (status >= 0)
        status = lstm_trainer_best(trainer, &best);
    lstm_model_free(best);
    lstm_trainer_free(trainer);
    return status;
}

static void out_of_memory_at_any_place_is_reported_and_nothing_leaks(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    failing_allocator memory;
    training_recipe recipe;
    training t;
    training_recipe_init(&recipe);
    recipe.trainer.max_iteration = 1000000; /* the sampler ends each run instead */
    recipe.iter.sampler = few_batches;
    recipe.iter.sampler_user = &(uint64_t){1}; /* a second validation may be better or not */
    recipe.trainer.folder = folder;
    recipe.trainer.validate = (lstm_trigger){1, LSTM_ITERATIONS};
    failing_allocator_install(&memory);
    training_make(&t, &recipe);
    attempt a = {&recipe, &t, path};
    lstm_state *state; /* makes the model cache its packed parameters */
    assert_ok(lstm_state_new(&state, t.model, 1));
    lstm_state_free(state);
    int64_t allocations = failing_allocator_sweep(&memory, whole_life, &a);
    assert_true(allocations > 20);
    training_free(&t);
    failing_allocator_remove(&memory);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder_fixture, remove_folder_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_iteration_limit_ends_the_run_exactly),
        TEST(an_epoch_limit_ends_the_run_with_the_update_that_completes_it),
        TEST(a_sequential_iterator_starts_again_at_each_pass),
        TEST(a_callback_stops_the_run_and_it_goes_on_where_it_was),
        TEST(stop_ends_the_run_after_the_update_it_is_at),
        TEST(a_sampler_that_ends_ends_the_run),
        TEST(out_of_memory_at_any_place_is_reported_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
