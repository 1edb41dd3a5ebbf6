/* SPDX-License-Identifier: MIT */
/*
 * Trainings that are stopped, resumed on another device, and many at once.
 */
#include "check.h"
#include "training.h"
#include <math.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { N_CROWD = 64, N_THREAD = 8, CROWD_UPDATES = 5, CHILD_UPDATES = 50 };

static void make_recipe(training_recipe *recipe, int64_t order, const char *device)
{
    check_make_recipe(recipe, device);
    recipe->iter.order = order;
    recipe->updater.average_decay = .75;
    if (order == LSTM_ORDER_CONSECUTIVE)
        recipe->iter.batch_size = 2;
}

/* The averages of two runs. */
static void compare_averages(const training *a, const training *b, double allowed)
{
    lstm_model *of_a, *of_b;
    assert_ok(lstm_updater_average(a->updater, &of_a));
    assert_ok(lstm_updater_average(b->updater, &of_b));
    if (allowed > 0)
        check_close_models("average", of_a, of_b, allowed);
    else
        assert_same_model(of_a, of_b);
    lstm_model_free(of_a);
    lstm_model_free(of_b);
}

/*
 * Trains `first` updates on one device and the rest to 40 on another, beside the processor alone.
 */
static void resume_in_order(int64_t order, const char *first, const char *second)
{
    char folder[64];
    training_recipe recipe;
    training begun, resumed, straight;
    make_folder(folder);
    make_recipe(&recipe, order, first);
    training_run(&begun, &recipe, 17, NULL, in_folder(folder, "half"));
    make_recipe(&recipe, order, second);
    recipe.trainer.max_iteration = 40;
    training_begin(&resumed, &recipe);
    assert_status(lstm_trainer_resume(resumed.trainer, in_folder(folder, "half")),
                  strcmp(first, second) == 0 ? LSTM_OK : LSTM_OTHER_KERNELS, "");
    assert_ok(lstm_trainer_run(resumed.trainer));
    make_recipe(&recipe, order, "cpu");
    training_run(&straight, &recipe, 40, NULL, NULL);
    assert_int_equal(lstm_iter_iteration(resumed.iter), 40);
    check_close_models("resumed", resumed.model, straight.model, 1e-5);
    compare_averages(&resumed, &straight, 1e-5);
    training_free(&begun);
    training_free(&resumed);
    training_free(&straight);
    remove_folder(folder);
}

static void resume_across(const char *first, const char *second)
{
    resume_in_order(LSTM_ORDER_SHUFFLE, first, second);
    resume_in_order(LSTM_ORDER_CONSECUTIVE, first, second);
}

void a_checkpoint_of_the_cpu_resumes_on_the_device(void **state)
{
    (void)state;
    resume_across("cpu", check.device);
}

void a_checkpoint_of_the_device_resumes_on_the_cpu(void **state)
{
    (void)state;
    resume_across(check.device, "cpu");
}

static void resume_itself(training_recipe *recipe)
{
    char folder[64];
    training begun, resumed, straight;
    make_folder(folder);
    training_run(&begun, recipe, 17, NULL, in_folder(folder, "half"));
    training_run(&resumed, recipe, 40, in_folder(folder, "half"), NULL);
    training_run(&straight, recipe, 40, NULL, NULL);
    assert_same_training(&resumed, &straight);
    compare_averages(&resumed, &straight, 0);
    training_free(&begun);
    training_free(&resumed);
    training_free(&straight);
    remove_folder(folder);
}

/* On the device itself a resumed run gives the bits of one that never stopped. */
void a_checkpoint_of_the_device_resumes_on_it(void **state)
{
    (void)state;
    const lstm_tensor_rule rules[] = {{"output.bias", 0, 0}, {"lstm.0.weight_h", .5, 0}};
    lstm_curriculum_options curriculum = LSTM_CURRICULUM_OPTIONS_INIT;
    training_recipe plain, states, others;
    make_recipe(&plain, LSTM_ORDER_SHUFFLE, check.device);
    make_recipe(&states, LSTM_ORDER_CONSECUTIVE, check.device);
    resume_itself(&plain);
    resume_itself(&states);
    others = plain;
    curriculum.kind = LSTM_CURRICULUM_LINEAR;
    curriculum.period = 25;
    curriculum.first = 1;
    others.updater.curriculum = &curriculum;
    others.updater.n_accumulate = 2;
    others.updater.tensor_rules = rules;
    others.updater.n_tensor_rule = 2;
    resume_itself(&others);
}

static int stop_at_seven(const lstm_progress *progress, void *user)
{
    (void)user;
    return progress->iteration == 7;
}

void a_run_that_is_stopped_ends_after_an_update(void **state)
{
    (void)state;
    training_recipe recipe;
    training stopped, seven, twenty;
    check_make_recipe(&recipe, check.device);
    training_run(&seven, &recipe, 7, NULL, NULL);
    training_run(&twenty, &recipe, 20, NULL, NULL);
    recipe.trainer.max_iteration = 20;
    recipe.trainer.on_progress = stop_at_seven;
    training_begin(&stopped, &recipe);
    assert_status(lstm_trainer_run(stopped.trainer), LSTM_STOPPED, NULL);
    assert_same_model(stopped.model, seven.model);
    assert_ok(lstm_trainer_run(stopped.trainer));
    assert_same_model(stopped.model, twenty.model);
    training_free(&stopped);
    training_free(&seven);
    training_free(&twenty);
}

static void *run_training(void *what)
{
    training *t = what;
    return lstm_trainer_run(t->trainer) == LSTM_STOPPED ? t : NULL;
}

void a_run_is_stopped_from_another_thread(void **state)
{
    (void)state;
    struct timespec moment = {.tv_nsec = 50000000};
    training_recipe recipe;
    training t, same;
    pthread_t thread;
    void *stopped;
    check_make_recipe(&recipe, check.device);
    recipe.trainer.max_iteration = 100000000;
    training_begin(&t, &recipe);
    assert_int_equal(pthread_create(&thread, NULL, run_training, &t), 0);
    nanosleep(&moment, NULL);
    lstm_trainer_stop(t.trainer);
    assert_int_equal(pthread_join(thread, &stopped), 0);
    assert_ptr_equal(stopped, &t);
    training_make(&same, &recipe);
    for (uint64_t i = 0; i < lstm_iter_iteration(t.iter); i++)
        assert_ok(lstm_updater_update(same.updater));
    assert_same_model(t.model, same.model);
    print_message("  after %lld updates\n", (long long)lstm_iter_iteration(t.iter));
    training_free(&t);
    training_free(&same);
}

/* Trains and saves; without CMocka around it, so with plain checks. */
int check_child(const char *path)
{
    lstm_real rows[200];
    lstm_series *series = NULL;
    lstm_model *model = NULL;
    lstm_iter *iter = NULL;
    lstm_updater *updater = NULL;
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    for (int i = 0; i < 200; i++)
        rows[i] = (lstm_real)sin(0.1 * i);
    sizes.n_input = 1;
    sizes.n_hidden = 96;
    windows.window_len = 20;
    windows.batch_size = 32;
    options.device = check.device;
    bool fine = lstm_series_new(&series, rows, 200, 1) == LSTM_OK &&
                lstm_model_new(&model, &sizes) == LSTM_OK &&
                lstm_iter_new(&iter, series, &windows) == LSTM_OK &&
                lstm_updater_new(&updater, model, iter, &options) == LSTM_OK;
    for (int i = 0; fine && i < CHILD_UPDATES; i++)
        fine = lstm_updater_update(updater) == LSTM_OK;
    fine = fine && lstm_model_save(model, path) == LSTM_OK;
    if (!fine)
        fprintf(stderr, "check_device --child: %s\n", lstm_last_error());
    lstm_updater_free(updater);
    lstm_iter_free(iter);
    lstm_model_free(model);
    lstm_series_free(series);
    return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}

static pid_t spawn(const char *path)
{
    char *arguments[] = {"check_device", (char *)(uintptr_t)check.device, "--child",
                         (char *)(uintptr_t)path, NULL};
    pid_t child;
    assert_int_equal(posix_spawn(&child, "/proc/self/exe", NULL, NULL, arguments, environ), 0);
    return child;
}

void two_processes_share_a_device(void **state)
{
    (void)state;
    char folder[64], paths[3][256];
    pid_t children[2];
    lstm_model *models[3];
    make_folder(folder);
    for (int i = 0; i < 3; i++)
        snprintf(paths[i], sizeof paths[i], "%s",
                 in_folder(folder, (const char *[]){"a", "b", "c"}[i]));
    for (int i = 0; i < 2; i++)
        children[i] = spawn(paths[i]);
    assert_int_equal(check_child(paths[2]), EXIT_SUCCESS);
    for (int i = 0; i < 2; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    for (int i = 0; i < 3; i++)
        assert_ok(lstm_model_load(&models[i], paths[i]));
    for (int i = 0; i < 2; i++)
        assert_true(check_model_error(models[i], models[2]) == 0);
    for (int i = 0; i < 3; i++)
        lstm_model_free(models[i]);
    remove_folder(folder);
}

void many_updaters_share_a_device(void **state)
{
    (void)state;
    training_recipe recipe;
    training *crowd = calloc(N_CROWD, sizeof *crowd), alone;
    assert_non_null(crowd);
    check_make_recipe(&recipe, check.device);
    for (int i = 0; i < N_CROWD; i++)
        training_make(&crowd[i], &recipe);
    for (int update = 0; update < CROWD_UPDATES; update++)
        for (int i = 0; i < N_CROWD; i++)
            assert_ok(lstm_updater_update(crowd[i].updater));
    training_make(&alone, &recipe);
    for (int update = 0; update < CROWD_UPDATES; update++)
        assert_ok(lstm_updater_update(alone.updater));
    for (int i = 0; i < N_CROWD; i++) {
        assert_same_model(crowd[i].model, alone.model);
        training_free(&crowd[i]);
    }
    training_free(&alone);
    free(crowd);
}

static void *run_updates(void *what)
{
    training *t = what;
    for (int i = 0; i < CHILD_UPDATES; i++)
        if (lstm_updater_update(t->updater) != LSTM_OK)
            return NULL;
    return t;
}

void threads_share_a_device(void **state)
{
    (void)state;
    training_recipe recipe;
    training crowd[N_THREAD], alone;
    pthread_t threads[N_THREAD];
    check_make_recipe(&recipe, check.device);
    training_make(&alone, &recipe);
    assert_ptr_equal(run_updates(&alone), &alone);
    for (int i = 0; i < N_THREAD; i++) {
        training_make(&crowd[i], &recipe);
        assert_int_equal(pthread_create(&threads[i], NULL, run_updates, &crowd[i]), 0);
    }
    for (int i = 0; i < N_THREAD; i++) {
        void *done;
        assert_int_equal(pthread_join(threads[i], &done), 0);
        assert_ptr_equal(done, &crowd[i]);
        assert_same_model(crowd[i].model, alone.model);
        training_free(&crowd[i]);
    }
    training_free(&alone);
}
