/* SPDX-License-Identifier: MIT */
/*
 * After a power cut either the old or the new file exists, and the new one if the call returned.
 */
#include "power_cut.h"
#include "snapshot_fixture.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

typedef struct generations {
    const lstm_model *models[3]; /* by mark: the last saved model */
    int64_t found[3];
} generations;

static bool same(const lstm_model *a, const lstm_model *b)
{
    enum { CAPACITY = 4096 };
    lstm_parameter_info info;
    lstm_real x[CAPACITY], y[CAPACITY];
    assert_ok(lstm_model_parameter(a, 0, &info));
    assert_true(info.size <= CAPACITY);
    assert_ok(lstm_model_get(a, info.name, x, info.size));
    assert_ok(lstm_model_get(b, info.name, y, info.size));
    return memcmp(x, y, (size_t)info.size * sizeof *x) == 0;
}

/* Asserts that the file holds the model being saved or the one before it. */
static void there_is_old_or_new(const char *folder, int64_t mark, void *user)
{
    generations *g = user;
    lstm_model *model;
    int64_t k = mark;
    if (mark == 0 && access(in_folder(folder, "model"), F_OK) != 0)
        return;
    assert_ok(lstm_model_load(&model, in_folder(folder, "model")));
    while (k <= mark + 1 && k < 3 && (g->models[k] == NULL || !same(model, g->models[k])))
        k++;
    assert_true(k <= mark + 1 && k < 3);
    g->found[k]++;
    assert_same_model(model, g->models[k]);
    lstm_model_free(model);
}

static void a_model_is_the_old_or_the_new_one(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training first, second;
    generations g = {0};
    training_recipe_init(&recipe);
    training_begin(&first, &recipe);
    training_begin(&second, (recipe.model.seed++, &recipe));
    power_cut_record(folder);
    assert_ok(lstm_model_save(first.model, in_folder(folder, "model")));
    power_cut_mark(1);
    assert_ok(lstm_model_save(second.model, in_folder(folder, "model")));
    power_cut_mark(2);
    power_cut_end();
    g.models[1] = first.model;
    g.models[2] = second.model;
    int64_t checked = power_cut_each(there_is_old_or_new, &g);
    assert_true(checked > 4 && g.found[1] > 1 && g.found[2] > 1);
    training_free(&first);
    training_free(&second);
}

enum { UPDATES = 12, EVERY = 3 };

typedef struct run {
    training_recipe recipe;
    training whole; /* without interruption */
    const char *folder;
    int64_t last, widest, resumed, begun_anew;
} run;

/* Progress is reported after an update's snapshot. */
static int mark_snapshot(const lstm_progress *progress, void *user)
{
    run *r = user;
    int64_t now = (int64_t)progress->iteration;
    power_cut_pass(20);
    if (access(snapshot(r->folder, (int)now), F_OK) != 0)
        return 0;
    power_cut_mark(now);
    r->widest = now - r->last > r->widest ? now - r->last : r->widest;
    r->last = now;
    return 0;
}

/* Asserts that no line written after the power cut is lost. */
static void assert_lines(const char *folder, uint64_t first)
{
    static char log[1 << 16];
    char start[40];
    FILE *file = fopen(in_folder(folder, "log.jsonl"), "rb");
    assert_non_null(file);
    size_t size = fread(log, 1, sizeof log - 1, file);
    fclose(file);
    log[size] = '\0';
    for (size_t i = 0; i < size; i++)
        log[i] = log[i] == '\0' ? '0' : log[i]; /* zeros of lost writes */
    for (uint64_t i = first; i <= UPDATES; i++) {
        snprintf(start, sizeof start, "\n{\"iteration\":%llu,", (unsigned long long)i);
        assert_true(strstr(log, start) != NULL || strncmp(log, start + 1, strlen(start + 1)) == 0);
    }
}

/*
 * The run continues from the last completed snapshot or a newer one, and ends with the same bits.
 */
static void the_run_continues(const char *folder, int64_t mark, void *user)
{
    run *r = user;
    training t;
    lstm_progress progress;
    lstm_model *best;
    training_recipe recipe = r->recipe;
    recipe.trainer.folder = folder;
    recipe.trainer.on_progress = NULL;
    training_begin(&t, &recipe);
    lstm_status status = lstm_trainer_resume(t.trainer, NULL);
    assert_true(status == LSTM_OK || (status == LSTM_END && mark == 0));
    assert_ok(lstm_trainer_progress(t.trainer, &progress));
    assert_in_range(progress.iteration, mark, mark + r->widest);
    r->resumed += status == LSTM_OK;
    r->begun_anew += status == LSTM_END;
    if (access(in_folder(folder, "best.safetensors"), F_OK) == 0) {
        assert_ok(lstm_model_load(&best, in_folder(folder, "best.safetensors")));
        lstm_model_free(best);
    }
    assert_ok(lstm_trainer_run(t.trainer));
    assert_same_training(&t, &r->whole);
    assert_lines(folder, progress.iteration + 1);
    training_free(&t);
}

static void assert_survives(const char *folder, int64_t keep, lstm_trigger every)
{
    run r = {.folder = folder};
    training_recipe_init(&r.recipe);
    r.recipe.model.n_layer = 1;
    r.recipe.model.n_hidden = 3;
    r.recipe.trainer.validate = (lstm_trigger){2, LSTM_ITERATIONS};
    training_run(&r.whole, &r.recipe, UPDATES, NULL, NULL);

    r.recipe.trainer.folder = folder;
    r.recipe.trainer.snapshot = every;
    r.recipe.trainer.keep = keep;
    r.recipe.trainer.on_progress = mark_snapshot;
    r.recipe.trainer.progress_user = &r;
    power_cut_record(folder);
    training_run_and_free(&r.recipe, UPDATES, NULL, NULL);
    power_cut_end();
    assert_in_range(r.widest, 2, 5);
    print_message("%lld folders\n", (long long)power_cut_each(the_run_continues, &r));
    assert_true(r.resumed > 10 && r.begun_anew > 1);
    training_free(&r.whole);
}

static void a_training_loses_an_interval_at_most(void **fixture)
{
    assert_survives(*fixture, 1, (lstm_trigger){EVERY, LSTM_ITERATIONS});
}

/* Three updates take a minute. */
static void snapshots_by_the_clock_lose_as_little(void **fixture)
{
    assert_survives(*fixture, 0, (lstm_trigger){0, 0});
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder_fixture, remove_folder_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_model_is_the_old_or_the_new_one),
        TEST(a_training_loses_an_interval_at_most),
        TEST(snapshots_by_the_clock_lose_as_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
