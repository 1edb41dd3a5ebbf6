/* SPDX-License-Identifier: MIT */
/*
 * Every number of the options of a training at its extremes, with files: each training is refused or
 * runs, saves and resumes. Under UBSan (./dev test) no computation with it may overflow.
 */
#include "files/io.h"
#include "training.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

enum { N_INTEGER = 9, N_EXTREME = 20, SLOTS = (int)(sizeof(training_recipe) / 8) };

static void list_extremes(uint64_t extremes[N_EXTREME])
{
    static const int64_t integers[N_INTEGER] = {
        INT64_MIN,        INT64_MIN + 1, -1,       1, INT64_C(1) << 31, INT64_C(1) << 32,
        INT64_C(1) << 62, INT64_MAX - 1, INT64_MAX};
    const double reals[N_EXTREME - N_INTEGER] = {
        DBL_MAX,         -DBL_MAX,        DBL_MIN,          DBL_TRUE_MIN,      FLT_MAX,    FLT_MIN,
        1 - DBL_EPSILON, 1 + DBL_EPSILON, (double)INFINITY, -(double)INFINITY, (double)NAN};
    memcpy(extremes, integers, sizeof integers);
    memcpy(extremes + N_INTEGER, reals, sizeof reals);
}

#define POINTER(part, field) offsetof(training_recipe, part.field)

/* Pointers of the recipe, which are set below, and callbacks. */
static const size_t pointers[] = {
    POINTER(iter, sampler),          POINTER(iter, sampler_user),    POINTER(updater, hooks),
    POINTER(updater, optimizer),     POINTER(updater, schedule),     POINTER(updater, device),
    POINTER(trainer, folder),        POINTER(trainer, valid_series), POINTER(trainer, valid),
    POINTER(trainer, on_log),        POINTER(trainer, log_user),     POINTER(trainer, on_progress),
    POINTER(trainer, progress_user), POINTER(updater, sampling),     POINTER(updater, loss),
    POINTER(updater, curriculum),    POINTER(updater, tensor_rules), POINTER(updater, loss_fn),
    POINTER(updater, loss_user),     POINTER(trainer, valid_view),
};

static bool is_pointer(size_t offset)
{
    for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++)
        if (pointers[i] == offset)
            return true;
    return false;
}

/* Rollbacks may be many, and each is a line. */
static int stop_after_some_lines(const char *line, void *user)
{
    (void)line;
    return ++*(int *)user >= 20;
}

static int stop_after_three(const lstm_progress *progress, void *user)
{
    (void)user;
    return progress->iteration % 3 == 0;
}

static lstm_status make(training *t, training_recipe *recipe, int *lines)
{
    lstm_updater_options updater = recipe->updater;
    lstm_trainer_options trainer = recipe->trainer;
    updater.hooks = recipe->hooks;
    updater.optimizer = &recipe->optimizer;
    updater.schedule = &recipe->schedule;
    trainer.valid_series = t->test;
    trainer.valid = &recipe->valid;
    trainer.on_log = stop_after_some_lines;
    trainer.log_user = lines;
    trainer.on_progress = stop_after_three;
    lstm_status status = lstm_model_new(&t->model, &recipe->model);
    if (status >= 0)
        status = lstm_iter_new(&t->iter, t->train, &recipe->iter);
    if (status >= 0)
        status = lstm_updater_new(&t->updater, t->model, t->iter, &updater);
    if (status >= 0)
        status = lstm_trainer_new(&t->trainer, t->updater, &trainer);
    return status;
}

/* Runs and, if it can be saved, resumes. Returns whether the options were accepted. */
static bool try_recipe(training_recipe *recipe)
{
    training t, other;
    int lines = 0;
    training_recipe usual;
    training_recipe_init(&usual);
    training_make(&t, &usual);
    training series = {.train = t.train, .test = t.test};
    other = series;
    bool accepted = make(&other, recipe, &lines) >= 0;
    if (accepted) {
        lstm_status ran = lstm_trainer_run(other.trainer);
        lstm_status saved =
            lstm_trainer_save(other.trainer, in_folder(recipe->trainer.folder, "c"));
        lstm_status run_again = lstm_trainer_run(other.trainer);
        assert_true(ran != LSTM_E_FORMAT && run_again != LSTM_E_FORMAT);
        if (saved >= 0) {
            lines = 0;
            assert_ok(lstm_trainer_resume(other.trainer, in_folder(recipe->trainer.folder, "c")));
            (void)lstm_trainer_run(other.trainer);
        }
    }
    other.train = other.test = NULL;
    training_free(&other);
    training_free(&t);
    return accepted;
}

/* Flushing the disk would take most of the test's time. */
static int do_not_sync(int descriptor)
{
    (void)descriptor;
    return 0;
}

static void a_number_at_its_extremes_is_refused_or_works(void **fixture)
{
    (void)fixture;
    uint64_t extremes[N_EXTREME];
    int accepted = 0, refused = 0;
    lts_io table = lts_io_system;
    table.sync = do_not_sync;
    lts_io_use(&table);
    list_extremes(extremes);
    for (int slot = 0; slot < SLOTS; slot++)
        for (int i = 0; i < N_EXTREME && !is_pointer((size_t)slot * 8); i++) {
            char folder[64];
            training_recipe recipe;
            training_recipe_validated(&recipe);
            make_folder(folder);
            recipe.trainer.folder = folder;
            recipe.trainer.snapshot =
                (lstm_trigger){2, i % 2 == 0 ? LSTM_ITERATIONS : LSTM_SECONDS};
            recipe.trainer.keep = 2;
            recipe.trainer.validate.every = 2;
            recipe.trainer.on_divergence = i % 3 == 0 ? LSTM_DIVERGENCE_ROLL_BACK : 0;
            memcpy((char *)&recipe + 8 * slot, &extremes[i], 8);
            if (try_recipe(&recipe))
                accepted++;
            else
                refused++;
            remove_folder(folder);
        }
    lts_io_use(NULL);
    assert_true(accepted > 200 && refused > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_at_its_extremes_is_refused_or_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
