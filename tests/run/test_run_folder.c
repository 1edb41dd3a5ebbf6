/* SPDX-License-Identifier: MIT */
/* A run stays in the folder that its trainer locked, and nobody else works there. */
#include "snapshot_fixture.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Runs to 30 updates, and calls `disturb` once, after update 12. */
typedef struct disturbance {
    void (*disturb)(const char *folder);
    const char *folder;
} disturbance;

static int disturb_once(const lstm_progress *progress, void *user)
{
    const disturbance *d = user;
    if (progress->iteration == 12)
        d->disturb(d->folder);
    return 0;
}

static void disturbed_recipe(training_recipe *recipe, disturbance *d, const char *path)
{
    snapshot_recipe(recipe, path, 2);
    recipe->trainer.max_iteration = 30;
    recipe->trainer.on_progress = disturb_once;
    recipe->trainer.progress_user = d;
}

static void assert_complete_run(const char *folder)
{
    char *log = read_text(folder, "log.jsonl");
    int lines = 0;
    for (const char *at = log; *at != '\0'; at++)
        lines += *at == '\n';
    free(log);
    assert_int_equal(lines, 30);
    assert_snapshots(folder, "25 30");
    assert_int_equal(access(in_folder(folder, "best.safetensors"), F_OK), 0);
}

static char elsewhere[64];

static void go_elsewhere(const char *folder)
{
    (void)folder;
    make_folder(elsewhere);
    assert_int_equal(chdir(elsewhere), 0);
    assert_int_equal(mkdir("run", 0777), 0);
}

/* Another folder of that name, with snapshots of somebody else. */
static void a_relative_folder_stays_when_the_working_directory_changes(void **fixture)
{
    const char *folder = *fixture;
    char before[400], run[100];
    training_recipe recipe;
    training t;
    disturbance d = {go_elsewhere, folder};
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(mkdir("run", 0777), 0);
    disturbed_recipe(&recipe, &d, "run");
    training_begin(&t, &recipe);
    lstm_status status = lstm_trainer_run(t.trainer);
    lstm_status resumed = lstm_trainer_resume(t.trainer, NULL);
    int moved = rmdir("run"); /* empty */
    assert_int_equal(chdir(before), 0);
    assert_ok(status);
    assert_ok(resumed);
    assert_int_equal(moved, 0);
    training_free(&t);
    snprintf(run, sizeof run, "%s/run", folder);
    assert_complete_run(run);
    remove_folder(run);
    remove_folder(elsewhere);
}

static const char *const theirs[] = {"snapshot_00000003.safetensors",
                                     "snapshot_00000010.safetensors", "best.safetensors",
                                     "log.jsonl"};

/* Moves the folder away and puts another one in its place. */
static void move_away(const char *folder)
{
    char to[100];
    snprintf(to, sizeof to, "%s.moved", folder);
    assert_int_equal(rename(folder, to), 0);
    assert_int_equal(mkdir(folder, 0777), 0);
    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++) {
        FILE *file = fopen(in_folder(folder, theirs[i]), "w");
        assert_non_null(file);
        fputs("theirs", file);
        fclose(file);
    }
}

static void a_folder_that_is_moved_is_followed_and_the_one_in_its_place_left_alone(void **fixture)
{
    const char *folder = *fixture;
    char moved[100];
    training_recipe recipe;
    training t;
    disturbance d = {move_away, folder};
    snprintf(moved, sizeof moved, "%s.moved", folder);
    disturbed_recipe(&recipe, &d, folder);
    training_begin(&t, &recipe);
    assert_ok(lstm_trainer_run(t.trainer));
    assert_ok(lstm_trainer_resume(t.trainer, NULL));
    training_free(&t);
    assert_complete_run(moved);
    assert_snapshots(folder, "3 10");
    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++) {
        char *text = read_text(folder, theirs[i]);
        assert_string_equal(text, "theirs");
        free(text);
    }
    assert_int_not_equal(access(in_folder(folder, ".lstmts-lock"), F_OK), 0);
    remove_folder(moved);
}

/* Without its lock file a folder looks free. The trainer that had it notices before it writes. */
static void a_removed_lock_file_lets_nobody_in_for_long(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training first, second;
    snapshot_recipe(&recipe, folder, 2);
    recipe.trainer.max_iteration = 12;
    training_begin_and_run(&first, &recipe);
    assert_int_equal(unlink(in_folder(folder, ".lstmts-lock")), 0);
    assert_ok(lstm_trainer_resume(first.trainer, NULL)); /* locks it anew */
    training_make(&second, &recipe);
    recipe.trainer.validate.every = 0;
    assert_status(lstm_trainer_new(&second.trainer, second.updater, &recipe.trainer), LSTM_E_LOCKED,
                  "another trainer");
    assert_int_equal(unlink(in_folder(folder, ".lstmts-lock")), 0);
    assert_ok(lstm_trainer_new(&second.trainer, second.updater, &recipe.trainer));
    assert_status(lstm_trainer_resume(first.trainer, NULL), LSTM_E_LOCKED, "was replaced");
    assert_status(lstm_trainer_run(first.trainer), LSTM_E_LOCKED, "was replaced");
    training_free(&second);
    assert_status(lstm_trainer_run(first.trainer), LSTM_E_LOCKED, "was replaced");
    training_free(&first);
}

static void take_its_lock(const char *folder)
{
    assert_int_equal(unlink(in_folder(folder, ".lstmts-lock")), 0);
    fclose(fopen(in_folder(folder, ".lstmts-lock"), "w"));
}

static void a_lock_file_replaced_during_a_run_ends_it(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    disturbance d = {take_its_lock, folder};
    disturbed_recipe(&recipe, &d, folder);
    training_begin(&t, &recipe);
    assert_status(lstm_trainer_run(t.trainer), LSTM_E_LOCKED, "was replaced");
    training_free(&t);
    assert_snapshots(folder, "5 10");
}

static void nobody_else_can_open_a_lock_file(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    struct stat info;
    fclose(fopen(in_folder(folder, ".lstmts-lock"), "w"));
    assert_int_equal(chmod(in_folder(folder, ".lstmts-lock"), 0666), 0);
    for (int i = 0; i < 2; i++) {
        snapshot_recipe(&recipe, folder, 2);
        recipe.trainer.max_iteration = 1;
        training_begin(&t, &recipe);
        assert_int_equal(stat(in_folder(folder, ".lstmts-lock"), &info), 0);
        training_free(&t);
        assert_int_equal(info.st_mode & 07777, 0600);
        assert_int_equal(unlink(in_folder(folder, ".lstmts-lock")), 0);
    }
}

/* The child continues the run, as the parent does. */
static pid_t child;

static void fork_here(const char *folder)
{
    (void)folder;
    child = fork();
    assert_true(child >= 0);
}

static void a_child_forked_in_a_callback_writes_nothing(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    int status = 0;
    disturbance d = {fork_here, folder};
    disturbed_recipe(&recipe, &d, folder);
    training_begin(&t, &recipe);
    lstm_status ran = lstm_trainer_run(t.trainer);
    if (child == 0)
        _exit(ran != LSTM_E_LOCKED);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_ok(ran);
    training_free(&t);
    assert_complete_run(folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder_fixture, remove_folder_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_relative_folder_stays_when_the_working_directory_changes),
        TEST(a_folder_that_is_moved_is_followed_and_the_one_in_its_place_left_alone),
        TEST(a_removed_lock_file_lets_nobody_in_for_long),
        TEST(a_lock_file_replaced_during_a_run_ends_it),
        TEST(nobody_else_can_open_a_lock_file),
        TEST(a_child_forked_in_a_callback_writes_nothing),
    };
    return cmocka_run_group_tests_name("run folder", tests, NULL, NULL);
}
