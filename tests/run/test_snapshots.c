/* SPDX-License-Identifier: MIT */
/* The snapshots in a trainer's folder. */
#include "failing_io.h"
#include "file_limit.h"
#include "snapshot_fixture.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void snapshots_are_written_by_their_trigger_and_at_the_end(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    training_recipe_init(&recipe);
    recipe.trainer.folder = folder;
    recipe.trainer.snapshot = (lstm_trigger){6, LSTM_ITERATIONS};
    recipe.trainer.max_iteration = 14;
    training_begin_and_run(&t, &recipe);
    for (int i = 1; i <= 15; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/snapshot_%08d.safetensors", folder, i);
        bool there = access(path, F_OK) == 0;
        assert_int_equal(there, i == 6 || i == 12 || i == 14);
    }
    training_free(&t);
}

static void the_last_so_many_snapshots_are_kept(void **fixture)
{
    const char *folder = *fixture;
    train(folder, 2, 27, false);
    assert_snapshots(folder, "25 27");
    train(folder, 1, 28, true);
    assert_snapshots(folder, "28");
    train(folder, 3, 36, true);
    assert_snapshots(folder, "30 35 36");
    train(folder, 0, 46, true);
    assert_snapshots(folder, "30 35 36 40 45 46");
}

/* After a resume from an older snapshot, later ones are kept: they are of the same run. */
static void snapshots_ahead_of_the_present_are_left_alone(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    train(folder, 0, 25, false);
    snapshot_recipe(&recipe, folder, 2);
    recipe.trainer.max_iteration = 12;
    training_resume(&t, &recipe, snapshot(folder, 10));
    assert_ok(lstm_trainer_run(t.trainer));
    training_free(&t);
    assert_snapshots(folder, "10 12 15 20 25");
}

/* "<folder>/./././.", of the given length. */
static void lengthen(char path[PATH_MAX], const char *folder, size_t length)
{
    snprintf(path, PATH_MAX, "%s", folder);
    while (strlen(path) + 2 <= length)
        strcat(path, "/.");
    while (strlen(path) < length)
        strcat(path, "/");
}

/* The paths of its files are longer than a path may be. */
static void a_folder_of_the_longest_path_is_used_like_any_other(void **fixture)
{
    const char *folder = *fixture;
    static char path[PATH_MAX];
    training_recipe recipe;
    training t;
    snapshot_recipe(&recipe, path, 0);
    recipe.trainer.max_iteration = 5;
    lengthen(path, folder, PATH_MAX - 1);
    training_begin_and_run(&t, &recipe);
    training_free(&t);
    assert_snapshots(folder, "5");
    training_resume(&t, &recipe, NULL);
    training_free(&t);
}

static void an_old_snapshot_that_cannot_be_removed_ends_the_run(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    train(folder, 0, 15, false);
    snapshot_recipe(&recipe, folder, 1);
    recipe.trainer.max_iteration = 20;
    training_resume(&t, &recipe, NULL);
    failing_io *io = failing_io_install();
    io->table.close = lts_io_system.close; /* of what was opened before */
    io->errors[IO_UNLINK] = EACCES;
    lstm_status status = lstm_trainer_run(t.trainer);
    lts_io_use(NULL);
    assert_int_equal(status, LSTM_E_IO);
    assert_non_null(strstr(lstm_last_error(), "cannot remove"));
    assert_snapshots(folder, "5 10 15 20");
    assert_ok(lstm_trainer_run(t.trainer));
    assert_snapshots(folder, "20");
    training_free(&t);
}

static void a_folder_serves_one_trainer_at_a_time(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    lstm_trainer *second = NULL;
    snapshot_recipe(&recipe, folder, 0);
    recipe.trainer.validate.every = 0;
    training_begin(&t, &recipe);
    assert_status(lstm_trainer_new(&second, t.updater, &recipe.trainer), LSTM_E_LOCKED, folder);
    assert_null(second);
    lstm_trainer_free(t.trainer);
    assert_ok(lstm_trainer_new(&t.trainer, t.updater, &recipe.trainer));
    training_free(&t);
}

/* Starts a child that locks the folder, reports that, and waits to be killed. */
static pid_t hold(const char *folder)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(20); /* nor does it outlive the test for long if that fails */
        close(ready[0]);
        training_recipe recipe;
        training t;
        snapshot_recipe(&recipe, folder, 0);
        training_begin(&t, &recipe);
        (void)!write(ready[1], "x", 1);
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return child;
}

static void the_folder_of_a_process_that_was_killed_is_free(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    int how;
    snapshot_recipe(&recipe, folder, 0);
    recipe.trainer.validate.every = 0;
    training_make(&t, &recipe);
    pid_t child = hold(folder);
    assert_status(lstm_trainer_new(&t.trainer, t.updater, &recipe.trainer), LSTM_E_LOCKED,
                  ".lstmts-lock");
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_ok(lstm_trainer_new(&t.trainer, t.updater, &recipe.trainer));
    training_free(&t);
}

static lstm_status run_within(training *t, rlim_t size)
{
    rlim_t before = file_limit_set(size);
    lstm_status status = lstm_trainer_run(t->trainer);
    file_limit_restore(before);
    return status;
}

static void a_full_disk_is_reported_before_the_first_update(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    lstm_progress progress;
    snapshot_recipe(&recipe, folder, 2);
    recipe.trainer.max_iteration = 5;
    training_begin(&t, &recipe);
    FILE *old = fopen(in_folder(folder, "log.jsonl"), "w");
    assert_non_null(old);
    fputs("another run's", old);
    fclose(old);
    assert_status(run_within(&t, 20000), LSTM_E_IO, "cannot reserve space in the folder of");
    char *log = read_text(folder, "log.jsonl"); /* starts with the first update */
    assert_string_equal(log, "another run's");
    free(log);
    assert_ok(lstm_trainer_progress(t.trainer, &progress));
    assert_int_equal(progress.iteration, 0);
    assert_snapshots(folder, "");
    assert_ok(lstm_trainer_run(t.trainer)); /* it may try again */
    assert_snapshots(folder, "5");
    training_free(&t);
}

static void a_run_that_writes_no_file_asks_for_no_room(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    training_recipe_init(&recipe);
    recipe.trainer.max_iteration = 2;
    recipe.trainer.folder = folder;
    recipe.trainer.snapshot.every = LSTM_NEVER;
    training_begin(&t, &recipe);
    assert_ok(run_within(&t, 2000)); /* enough for two lines of the log */
    training_free(&t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder_fixture, remove_folder_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(snapshots_are_written_by_their_trigger_and_at_the_end),
        TEST(the_last_so_many_snapshots_are_kept),
        TEST(snapshots_ahead_of_the_present_are_left_alone),
        TEST(a_folder_of_the_longest_path_is_used_like_any_other),
        TEST(an_old_snapshot_that_cannot_be_removed_ends_the_run),
        TEST(a_folder_serves_one_trainer_at_a_time),
        TEST(the_folder_of_a_process_that_was_killed_is_free),
        TEST(a_full_disk_is_reported_before_the_first_update),
        TEST(a_run_that_writes_no_file_asks_for_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
