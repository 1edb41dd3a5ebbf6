/* SPDX-License-Identifier: MIT */
/* Shared by tests of snapshots: a recipe that writes them, and an assertion on the files. */
#ifndef TESTS_SNAPSHOT_FIXTURE_H
#define TESTS_SNAPSHOT_FIXTURE_H

#include "training.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static inline void snapshot_recipe(training_recipe *recipe, const char *folder, int64_t keep)
{
    training_recipe_validated(recipe);
    recipe->trainer.folder = folder;
    recipe->trainer.snapshot = (lstm_trigger){5, LSTM_ITERATIONS};
    recipe->trainer.keep = keep;
}

static inline const char *snapshot(const char *folder, int iteration)
{
    char name[64];
    snprintf(name, sizeof name, "snapshot_%08d.safetensors", iteration);
    return in_folder(folder, name);
}

/* `wanted`: the iterations below 200 that must have a snapshot; no others may. */
static inline void assert_snapshots(const char *folder, const char *wanted)
{
    char found[400] = "";
    for (int i = 0; i < 200; i++)
        if (access(snapshot(folder, i), F_OK) == 0)
            snprintf(found + strlen(found), sizeof found - strlen(found), "%s%d",
                     found[0] == '\0' ? "" : " ", i);
    assert_string_equal(found, wanted);
}

/* Trains in the folder to `updates`, after resuming from the newest snapshot if `resume`. */
static inline void train(const char *folder, int64_t keep, int64_t updates, bool resume)
{
    training_recipe recipe;
    training t;
    snapshot_recipe(&recipe, folder, keep);
    recipe.trainer.max_iteration = updates;
    training_begin(&t, &recipe);
    if (resume)
        assert_ok(lstm_trainer_resume(t.trainer, NULL));
    assert_ok(lstm_trainer_run(t.trainer));
    training_free(&t);
}

#endif
