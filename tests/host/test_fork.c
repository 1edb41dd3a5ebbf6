/* SPDX-License-Identifier: MIT */
/*
 * A host forks after it has used the library. The child creates new objects and continues to use
 * the inherited ones, including their threads. Parent and child do not affect each other.
 */
#define _GNU_SOURCE /* unshare() */
#include "life.h"
#include "scratch.h"

#include "base/process.h"
#include "files/io.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>

enum { D = 2, H = 60, STREAMS = 20, ROWS = 60, UPDATES = 4, THREADS = 3 };

/* An updater and a state, each with its own threads. */
typedef struct house {
    lstm_series *series;
    lstm_model *trained, *model;
    lstm_iter *iter;
    lstm_updater *updater;
    lstm_state *state;
} house;

static void make_training(house *h)
{
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    windows.window_len = 5;
    options.support_len = 2;
    options.n_threads = THREADS;
    assert_ok(lstm_iter_new(&h->iter, h->series, &windows));
    assert_ok(lstm_updater_new(&h->updater, h->trained, h->iter, &options));
}

static void make_house(house *h)
{
    lstm_real rows[ROWS * D];
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    for (int i = 0; i < ROWS * D; i++)
        rows[i] = (lstm_real)sin(0.3 * i);
    options.n_input = D;
    options.n_hidden = H;
    *h = (house){0};
    assert_ok(lstm_series_new(&h->series, rows, ROWS, D));
    assert_ok(lstm_model_new(&h->trained, &options));
    assert_ok(lstm_model_new(&h->model, &options));
    make_training(h);
    assert_ok(lstm_state_new(&h->state, h->model, STREAMS));
    assert_ok(lstm_state_set_threads(h->state, THREADS));
}

static void free_house(house *h)
{
    lstm_state_free(h->state);
    lstm_updater_free(h->updater);
    lstm_iter_free(h->iter);
    lstm_model_free(h->trained);
    lstm_model_free(h->model);
    lstm_series_free(h->series);
}

/* The results of using a house. */
typedef struct results {
    lstm_real y[UPDATES][STREAMS][D];
    double losses[UPDATES];
} results;

static bool continue_training(const house *h, results *r)
{
    memset(r, 0, sizeof *r);
    for (int i = 0; i < UPDATES; i++) {
        lstm_update_info info;
        if (lstm_state_step(h->state, lstm_series_data(h->series) + i * D, r->y[i][0]) < 0 ||
            lstm_updater_update(h->updater) < 0 || lstm_updater_info(h->updater, &info) < 0)
            return false;
        r->losses[i] = info.loss;
    }
    return true;
}

static bool continues_as(const house *h, const results *expected)
{
    results r;
    return continue_training(h, &r) && memcmp(&r, expected, sizeof r) == 0;
}

/* The results of a house in a process that does not fork, from its first and second use. */
static results first, second;

static life usual, in_child;
static const life_shape shape = {40, 2};

static int live_unforked(void **fixture)
{
    house h;
    life_prepare();
    if (scratch_make(fixture) != 0 || setenv("LSTMTS_SPLIT", "1", 1) != 0)
        return 1;
    life_live(&usual, &shape, scratch_folder);
    assert_string_equal(usual.failure, "");
    make_house(&h);
    assert_true(continue_training(&h, &first) && continue_training(&h, &second));
    free_house(&h);
    return 0;
}

/* Asserts that the child exits with 0; kills one that hangs. */
static void expect_child(pid_t child)
{
    int status = -1;
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status))
        fail_msg("the child was ended by signal %d", WTERMSIG(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static pid_t fork_child(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        alarm(120);
    return child;
}

static void a_child_uses_the_library_as_if_it_were_the_first(void **fixture)
{
    house h;
    (void)fixture;
    make_house(&h);
    assert_true(continues_as(&h, &first));
    pid_t child = fork_child();
    if (child == 0) {
        life_live(&in_child, &shape, scratch_folder);
        _exit(memcmp(&in_child, &usual, sizeof usual) != 0);
    }
    expect_child(child);
    assert_true(continues_as(&h, &second));
    free_house(&h);
}

static void rest(long nanoseconds)
{
    const struct timespec moment = {0, nanoseconds};
    nanosleep(&moment, NULL);
}

/* Forks while the threads spin, fall asleep, or sleep. */
static void parent_and_child_continue_with_threads_of_their_own(void **fixture)
{
    static const long rests[] = {0, 10000, 50000, 100000, 200000, 20000000};
    (void)fixture;
    for (size_t i = 0; i < sizeof rests / sizeof *rests; i++) {
        house h;
        make_house(&h);
        assert_true(continues_as(&h, &first));
        if (rests[i] > 0)
            rest(rests[i]);
        pid_t child = fork_child();
        if (child == 0) {
            bool fine = continues_as(&h, &second);
            free_house(&h);
            _exit(!fine);
        }
        assert_true(continues_as(&h, &second));
        expect_child(child);
        free_house(&h);
    }
}

static void a_childs_child_continues_too(void **fixture)
{
    house h;
    (void)fixture;
    make_house(&h);
    pid_t child = fork_child();
    if (child == 0) {
        if (!continues_as(&h, &first))
            _exit(1);
        pid_t grandchild = fork_child();
        if (grandchild == 0)
            _exit(!continues_as(&h, &second));
        int status = -1;
        waitpid(grandchild, &status, 0);
        _exit(status != 0 || !continues_as(&h, &second));
    }
    expect_child(child);
    free_house(&h);
}

static void a_child_frees_what_it_has_not_used(void **fixture)
{
    house h;
    (void)fixture;
    make_house(&h);
    assert_true(continues_as(&h, &first));
    rest(20000000); /* the threads sleep, and must be woken to end */
    pid_t child = fork_child();
    if (child == 0) {
        free_house(&h);
        _exit(0);
    }
    expect_child(child);
    assert_true(continues_as(&h, &second));
    free_house(&h);
}

/* Also where the kernel does not clear the page and the process number is compared. */
static void a_mark_is_set_in_its_process_alone(void **fixture)
{
    (void)fixture;
    for (int with_page = 0; with_page < 2; with_page++) {
        lts_process_mark mark;
        lts_process_mark_init(&mark);
        if (!with_page) {
            lts_process_mark_clear(&mark);
            lts_process_mark_set(&mark);
        }
        assert_true(lts_process_mark_is_set(&mark));
        pid_t child = fork_child();
        if (child == 0) {
            bool set_at_first = lts_process_mark_is_set(&mark);
            lts_process_mark_set(&mark);
            _exit(set_at_first || !lts_process_mark_is_set(&mark));
        }
        expect_child(child);
        assert_true(lts_process_mark_is_set(&mark));
        lts_process_mark_clear(&mark);
    }
}

/* The same two ways. */
static void a_lock_that_is_held_is_free_in_a_child(void **fixture)
{
    (void)fixture;
    for (int with_page = 0; with_page < 2; with_page++) {
        lts_process_lock lock = {.number = 0};
        if (!with_page)
            atomic_store(&lock.holder, &lock.number);
        lts_process_lock_init(&lock);
        lts_process_lock_take(&lock);
        pid_t child = fork_child();
        if (child == 0) {
            lts_process_lock_take(&lock);
            lts_process_lock_release(&lock);
            _exit(0);
        }
        expect_child(child);
        assert_int_not_equal(*atomic_load(&lock.holder), 0);
        lts_process_lock_release(&lock);
        lts_process_lock_take(&lock);
    }
}

static int do_not_truncate(int descriptor, off_t size)
{
    (void)descriptor;
    (void)size;
    errno = EIO;
    return -1;
}

/* Two processes must not write one folder. */
static void the_folder_of_a_trainer_stays_with_the_process_that_made_it(void **fixture)
{
    house h;
    lstm_trainer *trainer = NULL, *other = NULL;
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    (void)fixture;
    make_house(&h);
    options.max_iteration = 5;
    options.folder = scratch_folder;
    options.snapshot.every = 2;
    assert_ok(lstm_trainer_new(&trainer, h.updater, &options));
    assert_ok(lstm_trainer_run(trainer));
    /* the parent resumes, and its log cannot be truncated yet */
    lts_io table = lts_io_system;
    table.truncate = do_not_truncate;
    lts_io_use(&table);
    assert_ok(lstm_trainer_resume(trainer, scratch("snapshot_00000002.safetensors")));
    lts_io_use(NULL);
    size_t size, size_now;
    unsigned char *log = scratch_read("log.jsonl", &size);
    pid_t child = fork_child();
    if (child == 0) {
        bool refused =
            lstm_trainer_run(trainer) == LSTM_E_LOCKED &&
            lstm_trainer_resume(trainer, NULL) == LSTM_E_LOCKED &&
            lstm_trainer_resume(trainer, scratch("snapshot_00000002.safetensors")) == LSTM_E_LOCKED;
        lstm_trainer_free(trainer);
        _exit(!refused);
    }
    expect_child(child);
    unsigned char *log_now = scratch_read("log.jsonl", &size_now);
    assert_int_equal(size_now, size);
    assert_memory_equal(log_now, log, size);
    free(log);
    free(log_now);
    assert_status(lstm_trainer_new(&other, h.updater, &options), LSTM_E_LOCKED, NULL);
    assert_ok(lstm_trainer_resume(trainer, scratch("snapshot_00000002.safetensors")));
    assert_ok(lstm_trainer_run(trainer));
    lstm_trainer_free(trainer);
    assert_ok(lstm_trainer_new(&trainer, h.updater, &options));
    lstm_trainer_free(trainer);
    free_house(&h);
    scratch_clean(fixture);
}

enum { NOT_ALLOWED = 77 };

/* A child that has process number 1, as in a container of its own, or -1. */
static pid_t fork_process_1(int namespaces)
{
    return unshare(namespaces) == 0 ? fork_child() : -1;
}

static lstm_status make_trainer(lstm_trainer **trainer, const house *h)
{
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    options.max_iteration = 5;
    options.folder = scratch_folder;
    options.snapshot.every = 2;
    return lstm_trainer_new(trainer, h->updater, &options);
}

/*
 * Process 1 makes a trainer and forks another process 1, which must not use or unlock its folder.
 */
static bool holds_folder_as_process_1(const house *h)
{
    lstm_trainer *trainer = NULL, *other = NULL;
    int status = -1;
    if (getpid() != 1 || make_trainer(&trainer, h) != LSTM_OK)
        return false;
    pid_t child = fork_process_1(CLONE_NEWPID);
    if (child == 0) {
        bool refused = getpid() == 1 && lstm_trainer_run(trainer) == LSTM_E_LOCKED;
        lstm_trainer_free(trainer);
        _exit(!refused);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        return false;
    if (make_trainer(&other, h) != LSTM_E_LOCKED || lstm_trainer_run(trainer) != LSTM_OK)
        return false;
    lstm_trainer_free(trainer);
    return make_trainer(&other, h) == LSTM_OK;
}

/* In namespaces of their own a child and its parent have the same number. */
static void a_child_with_its_parents_number_is_told_apart(void **fixture)
{
    house h;
    int status = -1;
    make_house(&h);
    pid_t host = fork_child();
    if (host == 0) {
        pid_t first_process = fork_process_1(CLONE_NEWUSER | CLONE_NEWPID);
        if (first_process < 0)
            _exit(NOT_ALLOWED);
        if (first_process == 0)
            _exit(!holds_folder_as_process_1(&h));
        waitpid(first_process, &status, 0);
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 255);
    }
    assert_int_equal(waitpid(host, &status, 0), host);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == NOT_ALLOWED)
        print_message("this kernel gives no process namespaces to this user: not tested\n");
    else
        assert_int_equal(WEXITSTATUS(status), 0);
    free_house(&h);
    scratch_clean(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_uses_the_library_as_if_it_were_the_first),
        cmocka_unit_test(parent_and_child_continue_with_threads_of_their_own),
        cmocka_unit_test(a_childs_child_continues_too),
        cmocka_unit_test(a_child_frees_what_it_has_not_used),
        cmocka_unit_test(a_mark_is_set_in_its_process_alone),
        cmocka_unit_test(a_lock_that_is_held_is_free_in_a_child),
        cmocka_unit_test(the_folder_of_a_trainer_stays_with_the_process_that_made_it),
        cmocka_unit_test(a_child_with_its_parents_number_is_told_apart),
    };
    return cmocka_run_group_tests_name("fork", tests, live_unforked, scratch_remove);
}
