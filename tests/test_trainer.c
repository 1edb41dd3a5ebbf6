/* SPDX-License-Identifier: MIT */
#include "failing_allocator.h"
#include "training.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What the callbacks saw. */
typedef struct witness {
    int64_t calls;
    int64_t stop_at;       /**< call that asks to stop; 0 = none       */
    lstm_trainer *trainer; /**< stopped by lstm_trainer_stop() then */
    uint64_t iterations[64], epochs[64];
    lstm_progress last;
    char lines[64][1024];
} witness;

static int see_progress(const lstm_progress *progress, void *user)
{
    witness *w = user;
    w->iterations[w->calls] = progress->iteration;
    w->epochs[w->calls] = progress->epoch;
    w->last = *progress;
    w->calls++;
    if (w->trainer != NULL && w->calls == w->stop_at) {
        lstm_trainer_stop(w->trainer);
        return 0;
    }
    return w->calls == w->stop_at;
}

static int see_line(const char *line, void *user)
{
    witness *w = user;
    assert_true(strlen(line) < sizeof w->lines[0]);
    memcpy(w->lines[w->calls], line, strlen(line) + 1);
    w->calls++;
    return w->calls == w->stop_at;
}

static void watch_progress(training_recipe *recipe, witness *w)
{
    training_recipe_init(recipe);
    memset(w, 0, sizeof *w);
    recipe->trainer.on_progress = see_progress;
    recipe->trainer.progress_user = w;
}

static void an_iteration_limit_ends_the_run_exactly(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    witness w;
    watch_progress(&recipe, &w);
    recipe.trainer.max_iteration = 13;
    training_make(&t, &recipe);
    training_start(&t, &recipe);
    assert_ok(lstm_trainer_run(t.trainer));
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
    training_make(&t, &recipe);
    training_start(&t, &recipe);
    assert_ok(lstm_trainer_run(t.trainer));
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
    training_make(&t, &recipe);
    training_start(&t, &recipe);
    assert_ok(lstm_trainer_run(t.trainer));
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
    training_make(&whole, &recipe);
    training_start(&whole, &recipe);
    assert_ok(lstm_trainer_run(whole.trainer));
    watch_progress(&recipe, &w);
    w.stop_at = 9;
    training_make(&t, &recipe);
    training_start(&t, &recipe);
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
    training_make(&t, &recipe);
    training_start(&t, &recipe);
    w.trainer = t.trainer;
    assert_status(lstm_trainer_run(t.trainer), LSTM_STOPPED, NULL);
    assert_int_equal(w.last.iteration, 4);
    lstm_trainer_stop(t.trainer); /* before a run: it makes no update */
    assert_status(lstm_trainer_run(t.trainer), LSTM_STOPPED, NULL);
    assert_int_equal(w.calls, 4);
    lstm_trainer_stop(NULL);
    training_free(&t);
}

static void triggers_fire_by_iterations_and_by_epochs(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    witness w = {0};
    training_recipe_init(&recipe);
    recipe.trainer.on_log = see_line;
    recipe.trainer.log_user = &w;
    recipe.trainer.log = (lstm_trigger){7, LSTM_ITERATIONS};
    training_make(&t, &recipe);
    training_start(&t, &recipe);
    assert_ok(lstm_trainer_run(t.trainer));
    assert_int_equal(w.calls, 7);
    for (int i = 0; i < 7; i++) {
        char part[32];
        snprintf(part, sizeof part, "{\"iteration\":%d,", 7 * (i + 1));
        assert_ptr_equal(strstr(w.lines[i], part), w.lines[i]);
    }
    training_free(&t);
    memset(&w, 0, sizeof w);
    recipe.trainer.log = (lstm_trigger){2, LSTM_EPOCHS}; /* epochs 2, 4: windows 70, 140 */
    training_make(&t, &recipe);
    training_start(&t, &recipe);
    assert_ok(lstm_trainer_run(t.trainer));
    assert_int_equal(w.calls, 2);
    assert_non_null(strstr(w.lines[0], "{\"iteration\":18,\"epoch\":2,"));
    assert_non_null(strstr(w.lines[1], "{\"iteration\":35,\"epoch\":4,"));
    training_free(&t);
}

static double number(const json_t *line, const char *key)
{
    json_t *value = json_object_get(line, key);
    if (!json_is_number(value))
        fail_msg("the line has no number \"%s\"", key);
    return json_number_value(value);
}

/* What is printed with 9 digits. */
static void assert_near(double got, double want)
{
    if (!(fabs(got - want) <= 1e-8 * fabs(want)))
        fail_msg("%.17g is not near %.17g", got, want);
}

static void a_line_of_the_log_has_what_the_updater_reports(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t, twin;
    witness w = {0};
    training_recipe_init(&recipe);
    recipe.trainer.max_iteration = 14;
    recipe.trainer.on_log = see_line;
    recipe.trainer.log_user = &w;
    recipe.trainer.validate = (lstm_trigger){14, LSTM_ITERATIONS};
    training_make(&t, &recipe);
    training_start(&t, &recipe);
    assert_ok(lstm_trainer_run(t.trainer));
    training_make(&twin, &recipe);
    for (int i = 0; i < 14; i++)
        assert_ok(lstm_updater_update(twin.updater));
    lstm_update_info info;
    double step_loss[5], rmse[6 * 3], squares = 0;
    assert_ok(lstm_updater_info(twin.updater, &info));
    assert_ok(lstm_updater_step_losses(twin.updater, step_loss, 5));
    assert_ok(lstm_valid(twin.model, twin.test, &recipe.valid, rmse, 18));
    json_t *line = json_loads(w.lines[13], 0, NULL);
    assert_non_null(line);
    assert_int_equal(number(line, "iteration"), 14);
    assert_int_equal(number(line, "epoch"), info.epoch);
    assert_near(number(line, "loss"), info.loss);
    assert_near(number(line, "gradient_norm"), info.gradient_norm);
    assert_near(number(line, "learning_rate"), info.learning_rate);
    assert_true(number(line, "elapsed") > 0);
    json_t *steps = json_object_get(line, "step_loss"),
           *total = json_object_get(line, "valid_total");
    assert_int_equal(json_array_size(steps), 5);
    assert_int_equal(json_array_size(total), 6);
    for (size_t i = 0; i < 5; i++)
        assert_near(json_number_value(json_array_get(steps, i)), step_loss[i]);
    for (size_t i = 0; i < 6; i++) {
        assert_near(json_number_value(json_array_get(total, i)), rmse[i * 3 + 2]);
        squares += rmse[i * 3 + 2] * rmse[i * 3 + 2];
    }
    assert_near(number(line, "valid_score"), sqrt(squares / 6));
    assert_null(strstr(w.lines[12], "valid"));
    json_decref(line);
    training_free(&t);
    training_free(&twin);
}

static void every_validation_is_logged(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    witness w = {0};
    training_recipe_init(&recipe);
    recipe.trainer.max_iteration = 20;
    recipe.trainer.on_log = see_line;
    recipe.trainer.log_user = &w;
    recipe.trainer.log = (lstm_trigger){4, LSTM_ITERATIONS};
    recipe.trainer.validate = (lstm_trigger){5, LSTM_ITERATIONS};
    training_make(&t, &recipe);
    training_start(&t, &recipe);
    assert_ok(lstm_trainer_run(t.trainer));
    assert_int_equal(w.calls, 8); /* 4 5 8 10 12 15 16 20 */
    for (int i = 0; i < 8; i++)
        assert_int_equal(strstr(w.lines[i], "valid_score") != NULL, i % 2 == 1);
    training_free(&t);
}

static void a_log_callback_can_stop_the_run(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    witness w = {.stop_at = 3};
    training_recipe_init(&recipe);
    recipe.trainer.on_log = see_line;
    recipe.trainer.log_user = &w;
    training_make(&t, &recipe);
    training_start(&t, &recipe);
    assert_status(lstm_trainer_run(t.trainer), LSTM_STOPPED, NULL);
    assert_int_equal(w.calls, 3);
    training_free(&t);
}

static void early_stop_ends_after_the_patience_and_the_best_model_is_kept(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t, twin;
    lstm_model *best, *from_file;
    char folder[64], path[128];
    make_folder(folder);
    snprintf(path, sizeof path, "%s/best.safetensors", folder);
    training_recipe_init(&recipe);
    recipe.trainer.folder = folder;
    recipe.trainer.validate = (lstm_trigger){1, LSTM_ITERATIONS};
    recipe.trainer.patience = 3;
    recipe.trainer.max_iteration = 400;
    recipe.trainer.min_delta = 0.004;
    training_make(&t, &recipe);
    training_start(&t, &recipe);
    assert_status(lstm_trainer_best(t.trainer, &best), LSTM_E_ORDER, "validation");
    assert_status(lstm_trainer_run(t.trainer), LSTM_END, NULL);
    lstm_progress progress;
    assert_ok(lstm_trainer_progress(t.trainer, &progress));
    assert_true(progress.iteration > 3 && progress.iteration < 400);
    assert_status(lstm_trainer_run(t.trainer), LSTM_END, NULL); /* it stays ended */

    /* the same by hand: validate after each update, remember the best by more than min_delta */
    double best_score = INFINITY;
    uint64_t bad = 0, updates = 0;
    lstm_model *kept = NULL;
    training_make(&twin, &recipe);
    while (bad < 3) {
        double rmse[6 * 3], squares = 0;
        assert_ok(lstm_updater_update(twin.updater));
        updates++;
        assert_ok(lstm_valid(twin.model, twin.test, &recipe.valid, rmse, 18));
        for (size_t i = 0; i < 6; i++)
            squares += rmse[i * 3 + 2] * rmse[i * 3 + 2];
        double score = sqrt(squares / 6);
        bad++;
        if (score < best_score - 0.004) {
            bad = 0;
            best_score = score;
            lstm_model_free(kept);
            assert_ok(lstm_model_clone(&kept, twin.model));
        }
    }
    assert_int_equal(progress.iteration, updates);
    assert_ok(lstm_trainer_best(t.trainer, &best));
    assert_ok(lstm_model_load(&from_file, path));
    assert_same_model(best, kept);
    assert_same_model(from_file, kept);
    lstm_model_free(best);
    lstm_model_free(from_file);
    lstm_model_free(kept);
    training_free(&t);
    training_free(&twin);
    remove_folder(folder);
}

static void snapshots_are_written_by_their_trigger_and_at_the_end(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    char folder[64];
    make_folder(folder);
    training_recipe_init(&recipe);
    recipe.trainer.folder = folder;
    recipe.trainer.snapshot = (lstm_trigger){6, LSTM_ITERATIONS};
    recipe.trainer.max_iteration = 14;
    training_make(&t, &recipe);
    training_start(&t, &recipe);
    assert_ok(lstm_trainer_run(t.trainer));
    for (int i = 1; i <= 15; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/snapshot_%08d.safetensors", folder, i);
        bool there = access(path, F_OK) == 0;
        assert_int_equal(there, i == 6 || i == 12 || i == 14);
    }
    training_free(&t);
    remove_folder(folder);
}

static void a_new_run_in_a_used_folder_starts_its_log_anew(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    char folder[64];
    make_folder(folder);
    training_recipe_init(&recipe);
    recipe.trainer.folder = folder;
    for (int again = 0; again < 2; again++) {
        recipe.trainer.max_iteration = again ? 2 : 5;
        training_make(&t, &recipe);
        training_start(&t, &recipe);
        assert_ok(lstm_trainer_run(t.trainer));
        training_free(&t);
    }
    char *log = read_text(folder, "log.jsonl");
    assert_non_null(strstr(log, "{\"iteration\":2,"));
    assert_null(strstr(log, "{\"iteration\":3,"));
    free(log);
    remove_folder(folder);
}

/* Gives the same windows `*user` times, then ends. */
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
    training_make(&t, &recipe);
    training_start(&t, &recipe);
    assert_status(lstm_trainer_run(t.trainer), LSTM_END, NULL);
    assert_int_equal(w.calls, 2);
    training_free(&t);
}

static void out_of_range_options_are_refused_by_name(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    training_recipe_init(&recipe);
    training_make(&t, &recipe);
    lstm_trainer *trainer = NULL;
#define REFUSED(change, status, part)                                                              \
    do {                                                                                           \
        lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;                                  \
        options.max_iteration = 5;                                                                 \
        change;                                                                                    \
        assert_status(lstm_trainer_new(&trainer, t.updater, &options), status, part);              \
        assert_null(trainer);                                                                      \
    } while (0)
    REFUSED(options.max_iteration = 0, LSTM_E_ARGUMENT, "max_iteration 0");
    REFUSED(options.max_iteration = -4, LSTM_E_ARGUMENT, "max_iteration -4");
    REFUSED(options.max_epoch = -1, LSTM_E_ARGUMENT, "max_epoch is -1");
    REFUSED(options.log.every = -2, LSTM_E_ARGUMENT, "log.every is -2");
    REFUSED(options.snapshot.unit = 9, LSTM_E_ARGUMENT, "snapshot.unit is 9");
    REFUSED(options.snapshot.every = 1, LSTM_E_ARGUMENT, "folder");
    REFUSED(options.validate.every = 1, LSTM_E_ARGUMENT, "valid_series");
    REFUSED((options.validate.every = 1, options.valid_series = t.test), LSTM_E_ARGUMENT, "valid,");
    REFUSED((options.validate.every = 1, options.valid_series = t.test,
             options.valid = &(lstm_valid_options)LSTM_VALID_OPTIONS_INIT),
            LSTM_E_ARGUMENT, "window_len is 0");
    REFUSED(options.patience = -1, LSTM_E_ARGUMENT, "patience is -1");
    REFUSED(options.patience = 2, LSTM_E_ARGUMENT, "needs validation");
    REFUSED(options.min_delta = -0.5, LSTM_E_ARGUMENT, "min_delta is -0.5");
    REFUSED(options.min_delta = NAN, LSTM_E_ARGUMENT, "min_delta");
    REFUSED(options.folder = "", LSTM_E_ARGUMENT, "folder is empty");
    REFUSED(options.folder = "/nowhere/at/all", LSTM_E_IO, "/nowhere/at/all");
    REFUSED(options.struct_size += 4, LSTM_E_OPTIONS, "lstm_trainer_options");
#undef REFUSED
    training_free(&t);
}

typedef struct attempt {
    const training_recipe *recipe;
    training *t;
    const char *path;
} attempt;

/* New, run with log and validation, save, resume, best: every allocation of a trainer's life. */
static lstm_status whole_life(void *context)
{
    attempt *a = context;
    lstm_trainer *trainer = NULL;
    lstm_model *best = NULL;
    lstm_trainer_options options = a->recipe->trainer;
    options.valid_series = a->t->test;
    options.valid = &a->recipe->valid;
    assert_ok(lstm_iter_reset(a->t->iter)); /* the sampler gives its batch again */
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
    (void)fixture;
    failing_allocator memory;
    training_recipe recipe;
    training t;
    char folder[64], path[128];
    make_folder(folder);
    snprintf(path, sizeof path, "%s/checkpoint", folder);
    training_recipe_init(&recipe);
    recipe.trainer.max_iteration = 1000000; /* the sampler ends each run instead */
    recipe.iter.sampler = few_batches;
    recipe.iter.sampler_user = &(uint64_t){1}; /* a second validation may be better or not */
    recipe.trainer.folder = folder;
    recipe.trainer.validate = (lstm_trigger){1, LSTM_ITERATIONS};
    failing_allocator_install(&memory);
    training_make(&t, &recipe);
    attempt a = {&recipe, &t, path};
    lstm_state *state; /* makes the model's packed parameters, which it keeps from then on */
    assert_ok(lstm_state_new(&state, t.model, 1));
    lstm_state_free(state);
    int64_t allocations = failing_allocator_sweep(&memory, whole_life, &a);
    assert_true(allocations > 20);
    training_free(&t);
    failing_allocator_remove(&memory);
    remove_folder(folder);
}

/* Before update n+1 the output's biases become the n-th number here, and so the error is about it.
 */
static const double biases[] = {5, 10, 20, 1, 10, 20, 30, 40, 50};
enum { N_BIAS = sizeof biases / sizeof biases[0] };

typedef struct driver {
    lstm_model *model;
    int64_t n_score;
    double scores[N_BIAS];
} driver;

static void set_biases(lstm_model *model, double bias)
{
    const lstm_real values[2] = {(lstm_real)bias, (lstm_real)bias};
    assert_ok(lstm_model_set(model, "output.bias", values, 2));
}

static int drive(const lstm_progress *progress, void *user)
{
    driver *d = user;
    d->scores[d->n_score++] = progress->valid_score;
    if (d->n_score < N_BIAS)
        set_biases(d->model, biases[d->n_score]);
    return d->n_score == N_BIAS;
}

static void patience_begins_anew_with_each_better_score(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    driver d = {0};
    lstm_model *best;
    lstm_real bias[2];
    training_recipe_init(&recipe);
    recipe.trainer.validate = (lstm_trigger){1, LSTM_ITERATIONS};
    recipe.trainer.patience = 3;
    recipe.trainer.on_progress = drive;
    recipe.trainer.progress_user = &d;
    training_make(&t, &recipe);
    training_start(&t, &recipe);
    d.model = t.model;
    set_biases(t.model, biases[0]);
    assert_status(lstm_trainer_run(t.trainer), LSTM_END, NULL);
    /* two worse, one better, three worse; counting on from the two it would end after the fifth */
    assert_int_equal(d.n_score, 7);
    assert_true(d.scores[1] > d.scores[0] && d.scores[2] > d.scores[0]);
    assert_true(d.scores[3] < d.scores[0]);
    for (int i = 4; i < 7; i++)
        assert_true(d.scores[i] > d.scores[3]);
    assert_ok(lstm_trainer_best(t.trainer, &best));
    assert_ok(lstm_model_get(best, "output.bias", bias, 2));
    assert_true(fabs((double)bias[0] - 1) < 0.5);
    lstm_model_free(best);
    training_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_iteration_limit_ends_the_run_exactly),
        cmocka_unit_test(an_epoch_limit_ends_the_run_with_the_update_that_completes_it),
        cmocka_unit_test(a_sequential_iterator_starts_again_at_each_pass),
        cmocka_unit_test(a_callback_stops_the_run_and_it_goes_on_where_it_was),
        cmocka_unit_test(stop_ends_the_run_after_the_update_it_is_at),
        cmocka_unit_test(triggers_fire_by_iterations_and_by_epochs),
        cmocka_unit_test(a_line_of_the_log_has_what_the_updater_reports),
        cmocka_unit_test(every_validation_is_logged),
        cmocka_unit_test(a_log_callback_can_stop_the_run),
        cmocka_unit_test(early_stop_ends_after_the_patience_and_the_best_model_is_kept),
        cmocka_unit_test(snapshots_are_written_by_their_trigger_and_at_the_end),
        cmocka_unit_test(a_new_run_in_a_used_folder_starts_its_log_anew),
        cmocka_unit_test(a_sampler_that_ends_ends_the_run),
        cmocka_unit_test(out_of_range_options_are_refused_by_name),
        cmocka_unit_test(out_of_memory_at_any_place_is_reported_and_nothing_leaks),
        cmocka_unit_test(patience_begins_anew_with_each_better_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
