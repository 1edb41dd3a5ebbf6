/* SPDX-License-Identifier: MIT */
/* Snapshots by LSTM_SECONDS: when one is due, and which are kept. */
#include "snapshot_clock.h"

/* Asserts the snapshots of a run of `updates` from the start, in its own folder. */
static void assert_leaves(training_recipe recipe, int64_t updates, const char *wanted)
{
    training t;
    char folder[64];
    make_folder(folder);
    recipe.trainer.folder = folder;
    training_run(&t, &recipe, updates, NULL, NULL);
    assert_snapshots(folder, wanted);
    training_free(&t);
    remove_folder(folder);
}

/*
 * The first update is made at once: after the seventh 60 seconds have passed. The last has one,
 * too.
 */
static void there_is_one_each_minute_by_default(void **fixture)
{
    training_recipe recipe;
    recipe_by_clock(&recipe, *fixture);
    recipe.trainer.keep = 9;
    assert_leaves(recipe, 6, "6");
    assert_leaves(recipe, 7, "7");
    assert_leaves(recipe, 8, "7 8");
    assert_leaves(recipe, 27, "7 13 19 25 27");
    recipe.trainer.snapshot.every = 25; /* iterations */
    assert_leaves(recipe, 27, "25 27");
    recipe.trainer.snapshot.unit = LSTM_SECONDS;
    assert_leaves(recipe, 10, "4 7 10");
    recipe.trainer.snapshot.every = 0;
    assert_leaves(recipe, 27, "7 13 19 25 27");
    recipe.trainer.snapshot.every = LSTM_NEVER;
    assert_leaves(recipe, 27, "");
}

/* 4 seconds for two flushes: not before 400 have passed. */
static void a_hundred_times_what_one_took_lies_between_two(void **fixture)
{
    training_recipe recipe;
    recipe_by_clock(&recipe, *fixture);
    recipe.trainer.keep = 9;
    io->table.sync = slow_sync;
    a_flush_takes = 2;
    assert_leaves(recipe, 100, "7 47 87 100");
    a_flush_takes = 0.25; /* a hundred times the half second is less than a minute */
    assert_leaves(recipe, 20, "7 13 19 20");
    a_flush_takes = 2; /* intervals by iterations do not depend on it */
    recipe.trainer.snapshot = (lstm_trigger){6, LSTM_ITERATIONS};
    assert_leaves(recipe, 20, "6 12 18 20");
    a_flush_takes = 0;
}

static void they_replace_none_but_those_of_their_own_trainer(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    recipe_by_clock(&recipe, folder);
    recipe.trainer.snapshot = (lstm_trigger){3, LSTM_ITERATIONS};
    training_run_and_free(&recipe, 10, NULL, NULL);
    assert_snapshots(folder, "3 6 9 10");

    recipe.trainer.snapshot.every = 0;
    recipe.trainer.max_iteration = 30;
    training_resume(&t, &recipe, NULL);
    assert_ok(lstm_trainer_run(t.trainer));
    assert_snapshots(folder, "3 6 9 10 29 30"); /* and 17, 23 were there */

    assert_ok(lstm_trainer_resume(t.trainer, snapshot(folder, 10)));
    unlink(snapshot(folder, 30));
    an_update_takes = 0;
    assert_ok(lstm_trainer_run(t.trainer));
    assert_snapshots(folder, "3 6 9 10 29 30");
    training_free(&t);

    recipe.trainer.max_iteration = 40;
    recipe.trainer.keep = 3; /* asks for it */
    training_resume(&t, &recipe, NULL);
    assert_ok(lstm_trainer_run(t.trainer));
    assert_snapshots(folder, "29 30 40");
    training_free(&t);
}

/* A trainer that resumes from a snapshot knows which ones it may replace. */
static void restarts_leave_two(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    recipe_by_clock(&recipe, folder);
    for (int updates = 20; updates <= 100; updates += 20) {
        training t;
        const char *path = updates % 40 == 0 ? snapshot(folder, updates - 20) : NULL;
        recipe.trainer.max_iteration = updates;
        training_begin(&t, &recipe);
        assert_status(lstm_trainer_resume(t.trainer, path), updates == 20 ? LSTM_END : LSTM_OK,
                      NULL);
        assert_ok(lstm_trainer_run(t.trainer));
        training_free(&t);
        assert_snapshots(folder, (const char *[]){"19 20", "39 40", "59 60", "79 80",
                                                  "99 100"}[updates / 20 - 1]);
    }
}

static void one_that_others_wrote_is_kept_under_its_name(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    recipe_by_clock(&recipe, folder);
    recipe.trainer.snapshot = (lstm_trigger){3, LSTM_ITERATIONS};
    training_run_and_free(&recipe, 10, NULL, NULL);
    recipe.trainer.snapshot.every = 0;
    recipe.trainer.max_iteration = 9;
    stops = true;
    training_resume(&t, &recipe, snapshot(folder, 3));
    for (int i = 4; i <= 9; i++)
        assert_status(lstm_trainer_run(t.trainer), i < 9 ? LSTM_STOPPED : LSTM_OK, NULL);
    training_free(&t);
    assert_snapshots(folder, "3 6 7 8 9 10");
}

/* Time before the checkpoint, and between runs, does not count. */
static void the_minute_begins_with_what_was_resumed(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    recipe_by_clock(&recipe, folder);
    recipe.trainer.keep = 9;
    training_run(&t, &recipe, 10, NULL, NULL);
    assert_snapshots(folder, "7 10");
    training_free(&t);
    recipe.trainer.max_iteration = 20;
    training_resume(&t, &recipe, NULL);
    now += 1e6;
    assert_ok(lstm_trainer_run(t.trainer));
    assert_snapshots(folder, "7 10 17 20");
    training_free(&t);
}

/*
 * Runs with and without snapshots have the same results, and so has one that resumes from a
 * snapshot.
 */
static void no_result_depends_on_them(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training with, without, resumed;
    training_recipe_validated(&recipe);
    recipe.trainer.folder = folder;
    recipe.trainer.on_progress = pass_time;
    training_run(&with, &recipe, 20, NULL, NULL);
    assert_snapshots(folder, "19 20");
    recipe.trainer.folder = NULL;
    training_run(&without, &recipe, 20, NULL, NULL);
    assert_same_training(&with, &without);
    training_run(&resumed, &recipe, 20, snapshot(folder, 19), NULL);
    assert_same_training(&resumed, &without);
    training_free(&with);
    training_free(&without);
    training_free(&resumed);
}

/* With the time of the clock alone, the next checkpoint would carry a negative one. */
static void a_clock_that_goes_back_leaves_checkpoints_that_can_be_read(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    lstm_progress progress;
    recipe_by_clock(&recipe, folder);
    recipe.trainer.snapshot = (lstm_trigger){1, LSTM_ITERATIONS};
    recipe.trainer.max_iteration = 4;
    an_update_takes = -400;
    training_begin_and_run(&t, &recipe);
    training_free(&t);
    assert_snapshots(folder, "1 2 3 4");
    for (int i = 1; i <= 4; i++) {
        training_resume(&t, &recipe, snapshot(folder, i));
        assert_ok(lstm_trainer_progress(t.trainer, &progress));
        assert_true(progress.elapsed >= 0);
        training_free(&t);
    }
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* A snapshot names those that later ones replace; files of these names may be somebody else's. */
static void a_file_that_a_checkpoint_names_is_removed_only_if_it_is_of_the_run(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    recipe_by_clock(&recipe, folder);
    recipe.trainer.max_iteration = 24;
    training_begin_and_run(&t, &recipe);
    training_free(&t);
    assert_snapshots(folder, "19 24");
    put(snapshot(folder, 13), "theirs"); /* named as replaced */
    recipe.trainer.max_iteration = 25;
    training_resume(&t, &recipe, NULL);
    assert_ok(lstm_trainer_run(t.trainer));
    training_free(&t);
    assert_snapshots(folder, "13 24 25");
    put(snapshot(folder, 24), "theirs"); /* named as the one before 25 */
    recipe.trainer.max_iteration = 45;
    training_resume(&t, &recipe, NULL);
    assert_ok(lstm_trainer_run(t.trainer));
    training_free(&t);
    assert_snapshots(folder, "13 24 44 45");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(there_is_one_each_minute_by_default),
        TEST(a_hundred_times_what_one_took_lies_between_two),
        TEST(they_replace_none_but_those_of_their_own_trainer),
        TEST(restarts_leave_two),
        TEST(one_that_others_wrote_is_kept_under_its_name),
        TEST(the_minute_begins_with_what_was_resumed),
        TEST(no_result_depends_on_them),
        TEST(a_clock_that_goes_back_leaves_checkpoints_that_can_be_read),
        TEST(a_file_that_a_checkpoint_names_is_removed_only_if_it_is_of_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
