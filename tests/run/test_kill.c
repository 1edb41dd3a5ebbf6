/* SPDX-License-Identifier: MIT */
/*
 * A process that trains and saves is killed by SIGKILL: at each of its system calls for files in
 * turn, and at random moments. All processes use one folder. After each kill the newest snapshot is
 * intact and no older than the last one reported as saved, and the next save leaves no temporary
 * file.
 *
 *     test_kill [KILLS]     number of random kills, 120 by default; docs/robustness.md: 1000
 */
#include "failing_io.h"
#include "scratch.h"
#include "training.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t n_kill = 120;

static void storm_recipe(training_recipe *recipe, const char *folder)
{
    training_recipe_validated(recipe);
    recipe->trainer.folder = folder;
    recipe->trainer.snapshot = (lstm_trigger){1, LSTM_ITERATIONS};
    recipe->trainer.keep = 2;
    recipe->trainer.max_iteration = 1000000000;
}

/* Sends the iteration of each snapshot to the parent. */
static int report(const lstm_progress *progress, void *user)
{
    return write(*(const int *)user, &progress->iteration, sizeof progress->iteration) !=
           sizeof progress->iteration;
}

/* The child: resumes from the folder and trains until it is killed. With `updates` it ends by
 * itself; with `at` it is killed at its system call of that number. */
static void live(const char *folder, int to_parent, int64_t updates, int64_t at)
{
    training_recipe recipe;
    training t;
    lstm_progress progress;
    alarm(60);
    storm_recipe(&recipe, folder);
    recipe.trainer.on_progress = report;
    recipe.trainer.progress_user = &to_parent;
    training_begin(&t, &recipe);
    lstm_status status = lstm_trainer_resume(t.trainer, NULL);
    if (status != LSTM_OK && status != LSTM_END)
        _exit(3);
    if (updates > 0) {
        assert_ok(lstm_trainer_progress(t.trainer, &progress));
        training_recipe limited = recipe;
        limited.trainer.max_iteration = (int64_t)progress.iteration + updates;
        lstm_trainer_free(t.trainer);
        training_start(&t, &limited);
        if (lstm_trainer_resume(t.trainer, NULL) < 0)
            _exit(4);
        if (at > 0) {
            failing_io_install()->kill = true;
            failing_io_fail(at, 1, 5);
        }
    }
    status = lstm_trainer_run(t.trainer);
    _exit(status == LSTM_OK ? 0 : 5);
}

static pid_t start(const char *folder, int *from_child, int64_t updates, int64_t at)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        live(folder, ends[1], updates, at);
    }
    close(ends[1]);
    *from_child = ends[0];
    return child;
}

/* Waits for the child. Returns the last iteration that it reported, or else `before`. */
static uint64_t last_report(pid_t child, int from_child, uint64_t before, int *how)
{
    uint64_t iteration;
    while (read(from_child, &iteration, sizeof iteration) == sizeof iteration)
        before = iteration;
    close(from_child);
    assert_int_equal(waitpid(child, how, 0), child);
    return before;
}

/*
 * Asserts that no snapshot is torn (LSTM_RECOVERED). Returns the iteration that a resume reaches.
 */
static uint64_t assert_intact(const char *folder, uint64_t saved, int *left)
{
    training_recipe recipe;
    training t;
    lstm_progress progress;
    *left += scratch_temporaries(folder); /* before the resume: a save removes stale files */
    storm_recipe(&recipe, folder);
    training_begin(&t, &recipe);
    lstm_status status = lstm_trainer_resume(t.trainer, NULL);
    if (status != LSTM_OK && !(status == LSTM_END && saved == 0))
        fail_msg("%s: %s", lstm_status_name(status), lstm_last_error());
    assert_ok(lstm_trainer_progress(t.trainer, &progress));
    if (progress.iteration < saved || progress.iteration > saved + 1)
        fail_msg("%llu was reported as saved, %llu is found", (unsigned long long)saved,
                 (unsigned long long)progress.iteration);
    assert_ok(lstm_model_save(t.model, in_folder(folder, "next")));
    assert_int_equal(scratch_temporaries(folder), 0);
    training_free(&t);
    return progress.iteration;
}

/*
 * One more update without a kill, after which the folder is pruned. Otherwise snapshots of children
 * killed before pruning would accumulate, and add more and more system calls.
 */
static uint64_t live_undisturbed(const char *folder, uint64_t saved)
{
    int from_child, how;
    pid_t child = start(folder, &from_child, 1, 0);
    saved = last_report(child, from_child, saved, &how);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    return saved;
}

static void a_process_killed_at_any_system_call_leaves_old_or_new(void **fixture)
{
    const char *folder = *fixture;
    uint64_t saved = 0;
    int how = 0, from_child, left = 0, killed = 0;
    for (int64_t at = 1; at == 1 || !WIFEXITED(how); at++) {
        pid_t child = start(folder, &from_child, 2, at);
        saved = last_report(child, from_child, saved, &how);
        killed += WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL;
        assert_true(WIFSIGNALED(how) || WEXITSTATUS(how) == 0);
        saved = live_undisturbed(folder, assert_intact(folder, saved, &left));
    }
    assert_true(killed > 40);
    assert_true(left > 10); /* temporary files were left, and then removed */
}

static void a_process_killed_at_random_moments_leaves_old_or_new(void **fixture)
{
    const char *folder = *fixture;
    uint64_t saved = 0, random = 12345;
    int left = 0;
    for (int64_t i = 0; i < n_kill; i++) {
        int from_child, how;
        pid_t child = start(folder, &from_child, 0, 0);
        random = random * 6364136223846793005u + 1442695040888963407u;
        const struct timespec moment = {0, (long)(random >> 33) % 30000000};
        nanosleep(&moment, NULL);
        kill(child, SIGKILL);
        saved = last_report(child, from_child, saved, &how);
        assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
        saved = assert_intact(folder, saved, &left);
    }
    print_message("%lld kills, %llu updates, %d temporaries left and swept\n", (long long)n_kill,
                  (unsigned long long)saved, left);
    assert_true(saved > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder_fixture, remove_folder_fixture)

int main(int argc, char **argv)
{
    if (argc > 1)
        n_kill = strtoll(argv[1], NULL, 10);
    const struct CMUnitTest tests[] = {
        TEST(a_process_killed_at_any_system_call_leaves_old_or_new),
        TEST(a_process_killed_at_random_moments_leaves_old_or_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
