/* SPDX-License-Identifier: MIT */
#include "failing_allocator.h"
#include "witness.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

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

static void a_callback_stops_the_run_and_it_continues_where_it_was(void **fixture)
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

/* The files of the run before, which the next trainer on the updater would not overwrite. */
static void forget_files(const char *folder)
{
    DIR *names = opendir(folder);
    assert_non_null(names);
    for (const struct dirent *entry; (entry = readdir(names)) != NULL;)
        if (strstr(entry->d_name, ".safetensors") != NULL)
            assert_int_equal(unlinkat(dirfd(names), entry->d_name, 0), 0);
    closedir(names);
}

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
    forget_files(options.folder);
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

/* What callbacks called, and what that returned. */
typedef struct caller {
    training *t;
    const char *folder;
    int calls;
    lstm_status run, resume, save, progress;
} caller;

static void call_back(caller *c)
{
    lstm_progress progress;
    c->calls++;
    c->run = lstm_trainer_run(c->t->trainer);
    c->resume = lstm_trainer_resume(c->t->trainer, NULL);
    lstm_trainer_free(c->t->trainer); /* not while it runs */
    c->save = lstm_trainer_save(c->t->trainer, in_folder(c->folder, "saved"));
    c->progress = lstm_trainer_progress(c->t->trainer, &progress);
}

static int call_from_log(const char *line, void *user)
{
    (void)line;
    call_back(user);
    return 0;
}

static int call_from_progress(const lstm_progress *progress, void *user)
{
    (void)progress;
    call_back(user);
    return 0;
}

static void a_callback_cannot_run_resume_or_free_its_trainer(void **fixture)
{
    const char *folder = *fixture;
    for (int way = 0; way < 2; way++) {
        training_recipe recipe;
        training t, alone;
        caller c = {&t, folder, 0, 0, 0, 0, 0};
        training_recipe_init(&recipe);
        recipe.trainer.max_iteration = 5;
        training_begin_and_run(&alone, &recipe);
        if (way == 0) {
            recipe.trainer.on_log = call_from_log;
            recipe.trainer.log_user = &c;
        } else {
            recipe.trainer.on_progress = call_from_progress;
            recipe.trainer.progress_user = &c;
        }
        training_begin_and_run(&t, &recipe);
        assert_int_equal(c.calls, 5);
        assert_int_equal(c.run, LSTM_E_ORDER);
        assert_int_equal(c.resume, LSTM_E_ORDER);
        assert_int_equal(c.save, LSTM_OK);
        assert_int_equal(c.progress, LSTM_OK);
        assert_same_training(&t, &alone);
        assert_ok(lstm_trainer_resume(t.trainer, in_folder(folder, "saved")));
        training_free(&t);
        training_free(&alone);
    }
}

/* The updater continues with another trainer, which does not know the best score in the folder. */
static void a_second_trainer_does_not_overwrite_the_best_model_of_the_first(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    training_recipe_validated(&recipe);
    recipe.trainer.folder = folder;
    recipe.trainer.snapshot.every = LSTM_NEVER;
    recipe.trainer.max_iteration = 14;
    training_begin_and_run(&t, &recipe);
    char *log = read_text(folder, "log.jsonl");
    lstm_model *best = NULL, *now = NULL;
    assert_ok(lstm_model_load(&best, in_folder(folder, "best.safetensors")));
    lstm_trainer_free(t.trainer);
    recipe.trainer.max_iteration = 28;
    training_start(&t, &recipe);
    assert_status(lstm_trainer_run(t.trainer), LSTM_E_ORDER, "best.safetensors is of another run");
    assert_ok(lstm_model_load(&now, in_folder(folder, "best.safetensors")));
    assert_same_model(now, best);
    lstm_model_free(now);
    lstm_model_free(best);
    char *log_now = read_text(folder, "log.jsonl");
    assert_string_equal(log_now, log);
    free(log);
    free(log_now);
    lstm_trainer_free(t.trainer);
    recipe.trainer.validate.every = 0;
    recipe.trainer.snapshot.every = 0; /* with snapshots, in a folder of which it knows none */
    training_start(&t, &recipe);
    assert_ok(lstm_trainer_run(t.trainer));
    lstm_trainer_free(t.trainer);
    recipe.trainer.max_iteration = 30;
    training_start(&t, &recipe);
    assert_status(lstm_trainer_run(t.trainer), LSTM_E_ORDER, "of another run: resume that");
    assert_ok(lstm_trainer_resume(t.trainer, NULL));
    assert_ok(lstm_trainer_run(t.trainer));
    training_free(&t);
}

static void progress_keeps_its_last_values_over_the_end_and_a_resume(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    lstm_progress ended, resumed;
    witness w;
    watch_progress(&recipe, &w);
    recipe.trainer.max_iteration = 14;
    training_begin(&t, &recipe);
    assert_ok(lstm_trainer_progress(t.trainer, &ended));
    assert_true(isnan(ended.loss) && isnan(ended.last_loss) && isnan(ended.learning_rate));
    assert_true(ended.rate == 0 && isnan(ended.remaining));
    assert_ok(lstm_trainer_run(t.trainer));
    assert_ok(lstm_trainer_progress(t.trainer, &ended));
    assert_true(ended.rate > 0 && ended.remaining == 0);
    assert_ok(lstm_trainer_save(t.trainer, in_folder(folder, "c")));
    training_free(&t);
    training_resume(&t, &recipe, in_folder(folder, "c"));
    assert_ok(lstm_trainer_progress(t.trainer, &resumed));
    assert_true(resumed.loss == ended.loss && resumed.last_loss == ended.last_loss);
    assert_true(resumed.learning_rate == ended.learning_rate);
    assert_true(resumed.rate == 0 && isnan(resumed.remaining)); /* it has not run yet */
    training_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_iteration_limit_ends_the_run_exactly),
        TEST(an_epoch_limit_ends_the_run_with_the_update_that_completes_it),
        TEST(a_sequential_iterator_starts_again_at_each_pass),
        TEST(a_callback_stops_the_run_and_it_continues_where_it_was),
        TEST(stop_ends_the_run_after_the_update_it_is_at),
        TEST(a_sampler_that_ends_ends_the_run),
        TEST(out_of_memory_at_any_place_is_reported_and_nothing_leaks),
        TEST(a_callback_cannot_run_resume_or_free_its_trainer),
        TEST(a_second_trainer_does_not_overwrite_the_best_model_of_the_first),
        TEST(progress_keeps_its_last_values_over_the_end_and_a_resume),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
