/* SPDX-License-Identifier: MIT */
/* Snapshots by LSTM_SECONDS that cannot be written or removed, and their disk space. */
#include "snapshot_clock.h"

static void assert_removed_later(int64_t keep, lstm_trigger every, int64_t updates,
                                 const char *wanted)
{
    char folder[64];
    training_recipe recipe;
    training t;
    make_folder(folder);
    recipe_by_clock(&recipe, folder);
    recipe.trainer.max_iteration = updates;
    recipe.trainer.keep = keep;
    recipe.trainer.snapshot = every;
    training_begin(&t, &recipe);
    io->errors[IO_UNLINK] = EACCES;
    assert_status(lstm_trainer_run(t.trainer), LSTM_E_IO, "cannot remove");
    assert_status(lstm_trainer_run(t.trainer), LSTM_E_IO, "cannot remove");
    io->errors[IO_UNLINK] = 0;
    assert_ok(lstm_trainer_run(t.trainer));
    assert_snapshots(folder, wanted);
    training_free(&t);
    remove_folder(folder);
}

static void one_that_cannot_be_removed_is_removed_later(void **fixture)
{
    (void)fixture;
    assert_removed_later(0, (lstm_trigger){0, 0}, 25, "19 25");
    assert_removed_later(0, (lstm_trigger){0, 0}, 14, "13 14"); /* at the end */
    assert_removed_later(1, (lstm_trigger){0, 0}, 25, "25");
    assert_removed_later(1, (lstm_trigger){0, 0}, 8, "8");
    assert_removed_later(2, (lstm_trigger){4, LSTM_ITERATIONS}, 16, "12 16");
    assert_removed_later(2, (lstm_trigger){4, LSTM_ITERATIONS}, 9, "8 9");
}

/* A snapshot that a trainer could not remove is removed by the next one. */
static void the_next_trainer_removes_what_the_last_could_not(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    recipe_by_clock(&recipe, folder);
    recipe.trainer.max_iteration = 19;
    training_begin(&t, &recipe);
    io->errors[IO_UNLINK] = EACCES;
    assert_status(lstm_trainer_run(t.trainer), LSTM_E_IO, "cannot remove");
    training_free(&t);
    assert_snapshots(folder, "7 13 19");
    io->errors[IO_UNLINK] = 0;
    training_run_and_free(&recipe, 30, snapshot(folder, 19), NULL);
    assert_snapshots(folder, "26 30");
}

/* The next call stops again, after writing the snapshot. */
static void a_stop_whose_snapshot_fails_is_made_up_for(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    recipe_by_clock(&recipe, folder);
    recipe.trainer.max_iteration = 5;
    stops = true;
    training_begin(&t, &recipe);
    io->errors[IO_RENAME] = EIO;
    assert_status(lstm_trainer_run(t.trainer), LSTM_E_IO, "cannot rename");
    io->errors[IO_RENAME] = 0;
    stops = false;
    assert_status(lstm_trainer_run(t.trainer), LSTM_STOPPED, NULL);
    assert_snapshots(folder, "1");
    assert_ok(lstm_trainer_run(t.trainer));
    assert_snapshots(folder, "1 5");
    training_free(&t);
}

static void one_that_fails_is_due_until_it_is_written(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    lstm_progress progress;
    recipe_by_clock(&recipe, folder);
    recipe.trainer.keep = 9;
    recipe.trainer.max_iteration = 9;
    training_begin(&t, &recipe);
    io->errors[IO_RENAME] = EIO;
    assert_status(lstm_trainer_run(t.trainer), LSTM_E_IO, "snapshot_00000007");
    assert_status(lstm_trainer_run(t.trainer), LSTM_E_IO, "snapshot_00000007");
    assert_ok(lstm_trainer_progress(t.trainer, &progress));
    assert_int_equal(progress.iteration, 7);
    io->errors[IO_RENAME] = 0;
    assert_ok(lstm_trainer_run(t.trainer));
    assert_snapshots(folder, "7 9");
    training_free(&t);
}

static int64_t n_allocated;

static int count_allocate(int descriptor, off_t offset, off_t size)
{
    n_allocated++;
    return lts_io_system.allocate(descriptor, offset, size);
}

/* Number of files for which a run reserves space before its first update. */
static int64_t probed(lstm_trainer *trainer)
{
    n_allocated = 0;
    lstm_trainer_stop(trainer); /* before the first update */
    assert_status(lstm_trainer_run(trainer), LSTM_STOPPED, NULL);
    return n_allocated;
}

/* Space for the two kept and the one being written, less those that exist. */
static void disk_space_is_made_sure_of(void **fixture)
{
    training_recipe recipe;
    training t;
    recipe_by_clock(&recipe, *fixture);
    recipe.trainer.max_iteration = 1000;
    io->table.allocate = count_allocate;
    training_begin(&t, &recipe);
    assert_int_equal(probed(t.trainer), 3);
    stops = true;
    for (int left = 2; left >= 0; left--) {
        assert_status(lstm_trainer_run(t.trainer), LSTM_STOPPED, NULL); /* writes one */
        assert_int_equal(probed(t.trainer), left > 1 ? left : 1);
    }
    assert_snapshots(*fixture, "2 3");
    training_free(&t);
    recipe.trainer.keep = 4;
    training_resume(&t, &recipe, NULL);
    assert_int_equal(probed(t.trainer), 3);
    training_free(&t);
    recipe.trainer.keep = 0;
    remove_folder(*fixture);
    mkdir(*fixture, 0700);
    recipe.trainer.snapshot = (lstm_trigger){1, LSTM_ITERATIONS};
    training_begin(&t, &recipe);
    assert_int_equal(probed(t.trainer), 1);
    training_free(&t);
    recipe.trainer.snapshot.every = LSTM_NEVER;
    training_begin(&t, &recipe);
    assert_int_equal(probed(t.trainer), 0);
    training_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_that_cannot_be_removed_is_removed_later),
        TEST(the_next_trainer_removes_what_the_last_could_not),
        TEST(a_stop_whose_snapshot_fails_is_made_up_for),
        TEST(one_that_fails_is_due_until_it_is_written),
        TEST(disk_space_is_made_sure_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
