/* SPDX-License-Identifier: MIT */
/*
 * Snapshots by the clock, which is one of the test's own: it goes forward by so much at each
 * update.
 */
#include "failing_io.h"
#include "snapshots.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static double now, an_update_takes, a_flush_takes; /* seconds */
static bool stops;                                 /* after each update */

static int own_clock(clockid_t clock, struct timespec *time)
{
    if (clock != CLOCK_MONOTONIC)
        return clock_gettime(clock, time);
    time->tv_sec = (time_t)now;
    time->tv_nsec = (long)((now - (double)time->tv_sec) * 1e9);
    return 0;
}

static int slow_sync(int descriptor)
{
    now += a_flush_takes;
    return lts_io_system.sync(descriptor);
}

/*
 * Progress comes after the snapshot of an update, so what passes here is the time of the next one.
 */
static int pass_time(const lstm_progress *progress, void *user)
{
    (void)progress;
    (void)user;
    now += an_update_takes;
    return stops;
}

static failing_io *io;

static int set_up(void **fixture)
{
    io = failing_io_install();
    io->table.clock = own_clock;
    now = 1000;
    an_update_takes = 10;
    stops = false;
    return make_folder_fixture(fixture);
}

static int tear_down(void **fixture)
{
    int failed = remove_folder_fixture(fixture);
    failing_io_remove();
    return failed;
}

static void recipe_by_clock(training_recipe *recipe, const char *folder)
{
    training_recipe_init(recipe);
    recipe->trainer.folder = folder;
    recipe->trainer.on_progress = pass_time;
}

/* A run of so many updates from the start, in a folder of its own, leaves these. */
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
    a_flush_takes = 2; /* an interval that was counted is kept to, whatever it takes */
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
    training_run(&t, &recipe, 10, NULL, NULL);
    training_free(&t);
    assert_snapshots(folder, "3 6 9 10");

    recipe.trainer.snapshot.every = 0;
    recipe.trainer.max_iteration = 30;
    training_begin(&t, &recipe);
    assert_ok(lstm_trainer_resume(t.trainer, NULL));
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
    training_begin(&t, &recipe);
    assert_ok(lstm_trainer_resume(t.trainer, NULL));
    assert_ok(lstm_trainer_run(t.trainer));
    assert_snapshots(folder, "29 30 40");
    training_free(&t);
}

/* A trainer that goes on from one knows which it may replace. */
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

/* Nor does the end of the trainer let one stay that it could not remove. */
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
    training_run(&t, &recipe, 30, snapshot(folder, 19), NULL);
    training_free(&t);
    assert_snapshots(folder, "26 30");
}

static void one_that_others_wrote_is_kept_under_its_name(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    recipe_by_clock(&recipe, folder);
    recipe.trainer.snapshot = (lstm_trigger){3, LSTM_ITERATIONS};
    training_run(&t, &recipe, 10, NULL, NULL);
    training_free(&t);
    recipe.trainer.snapshot.every = 0;
    recipe.trainer.max_iteration = 9;
    stops = true;
    training_begin(&t, &recipe);
    assert_ok(lstm_trainer_resume(t.trainer, snapshot(folder, 3)));
    for (int i = 4; i <= 9; i++)
        assert_status(lstm_trainer_run(t.trainer), i < 9 ? LSTM_STOPPED : LSTM_OK, NULL);
    training_free(&t);
    assert_snapshots(folder, "3 6 7 8 9 10");
}

/* The stop is made again, so that its snapshot is written before the run goes on. */
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

/* What passed before a checkpoint, and while no run was under way, does not count. */
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
    training_begin(&t, &recipe);
    assert_ok(lstm_trainer_resume(t.trainer, NULL));
    now += 1e6;
    assert_ok(lstm_trainer_run(t.trainer));
    assert_snapshots(folder, "7 10 17 20");
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

/*
 * Two runs, of which one writes them, are the same; and one of them is what a resume goes on from.
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

static int64_t n_allocated;

static int count_allocate(int descriptor, off_t offset, off_t size)
{
    n_allocated++;
    return lts_io_system.allocate(descriptor, offset, size);
}

/* How many temporaries a run makes room for before its first update. */
static int64_t probed(lstm_trainer *trainer)
{
    n_allocated = 0;
    lstm_trainer_stop(trainer); /* before the first update */
    assert_status(lstm_trainer_run(trainer), LSTM_STOPPED, NULL);
    return n_allocated;
}

/* For two that are kept and one that is being written meanwhile, less those that are there. */
static void room_is_made_sure_of(void **fixture)
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
    training_begin(&t, &recipe);
    assert_ok(lstm_trainer_resume(t.trainer, NULL));
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(there_is_one_each_minute_by_default),
        TEST(a_hundred_times_what_one_took_lies_between_two),
        TEST(they_replace_none_but_those_of_their_own_trainer),
        TEST(restarts_leave_two),
        TEST(one_that_cannot_be_removed_is_removed_later),
        TEST(the_next_trainer_removes_what_the_last_could_not),
        TEST(one_that_others_wrote_is_kept_under_its_name),
        TEST(a_stop_whose_snapshot_fails_is_made_up_for),
        TEST(the_minute_begins_with_what_was_resumed),
        TEST(one_that_fails_is_due_until_it_is_written),
        TEST(no_result_depends_on_them),
        TEST(room_is_made_sure_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
