/* SPDX-License-Identifier: MIT */
/*
 * Real-time use: once objects exist, a step of a state and every update after the first allocate no
 * memory, through the allocator or otherwise, take no lock, read no environment variable and make
 * no system call. With threads, the only exceptions are the mutex and condition variable of the
 * pool (base/threads.h), whose only system call is futex.
 *
 * The linker redirects the library's calls of malloc, getenv and others to this file (--wrap, see
 * meson.build), which counts them. The rest, such as mapped pages, clocks, files and calls of other
 * libraries, is detected in a forked child that the kernel kills at any system call.
 */
#include "assert_status.h"
#include "failing_allocator.h"

#include "kernels/kernels.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <lstmts/lstmts.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SECCOMP_RET_KILL_PROCESS
#define SECCOMP_RET_KILL_PROCESS SECCOMP_RET_KILL
#endif

/* Calls counted while `watching`, by name. */
#define WATCHED(X)                                                                                 \
    X(void *, malloc, (size_t size), (size))                                                       \
    X(void *, calloc, (size_t n, size_t size), (n, size))                                          \
    X(void *, realloc, (void *block, size_t size), (block, size))                                  \
    X(char *, getenv, (const char *name), (name))                                                  \
    X(int, pthread_mutex_lock, (pthread_mutex_t * mutex), (mutex))                                 \
    X(int, pthread_mutex_trylock, (pthread_mutex_t * mutex), (mutex))                              \
    X(int, pthread_rwlock_rdlock, (pthread_rwlock_t * lock), (lock))                               \
    X(int, pthread_rwlock_wrlock, (pthread_rwlock_t * lock), (lock))                               \
    X(int, pthread_once, (pthread_once_t * once, void (*call)(void)), (once, call))                \
    X(int, pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t * mutex),               \
      (condition, mutex))                                                                          \
    X(int, pthread_cond_signal, (pthread_cond_t * condition), (condition))                         \
    X(int, pthread_cond_broadcast, (pthread_cond_t * condition), (condition))

#define WATCHED_ENUM(type, name, parameters, arguments) OF_##name,
enum { WATCHED(WATCHED_ENUM) N_WATCHED };

static atomic_bool watching;
static atomic_int_fast64_t calls[N_WATCHED];

#define WATCHED_FUNCTION(type, name, parameters, arguments)                                        \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        atomic_fetch_add(&calls[OF_##name], atomic_load(&watching));                               \
        return __real_##name arguments;                                                            \
    }
WATCHED(WATCHED_FUNCTION)

static const char *const names[N_WATCHED] = {
#define WATCHED_NAME(type, name, parameters, arguments) #name,
    WATCHED(WATCHED_NAME)};

enum { N = 2, ROWS = 120, REPEATS = 30 };

/* A repeated call with its objects. */
typedef struct subject {
    lstm_series *series;
    lstm_model *model;
    lstm_iter *iter;
    lstm_updater *updater;
    lstm_state *state;
    lstm_real *x, *y;
    bool (*once)(struct subject *s);
} subject;

static bool step(subject *s)
{
    return lstm_state_step(s->state, s->x, s->y) == LSTM_OK;
}

static bool update(subject *s)
{
    return lstm_updater_update(s->updater) == LSTM_OK;
}

static void make_model(subject *s, int64_t H, int64_t L)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    options.n_input = N;
    options.n_hidden = H;
    options.n_layer = L;
    assert_ok(lstm_model_new(&s->model, &options));
}

static void make_stepper(subject *s, int64_t n_stream, int64_t H, int64_t L, int64_t n_threads)
{
    *s = (subject){.once = step};
    make_model(s, H, L);
    assert_ok(lstm_state_new(&s->state, s->model, n_stream));
    assert_ok(lstm_state_set_threads(s->state, n_threads));
    s->x = calloc((size_t)(n_stream * N), sizeof *s->x);
    s->y = calloc((size_t)(n_stream * N), sizeof *s->y);
    assert_non_null(s->x);
    assert_non_null(s->y);
    for (int64_t i = 0; i < n_stream * N; i++)
        s->x[i] = (lstm_real)sin((double)i);
}

static void make_trainer(subject *s, int64_t H, int64_t L, int64_t support_len, int64_t order,
                         int64_t n_threads)
{
    lstm_real rows[ROWS * N];
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    const lstm_hook clip = {LSTM_HOOK_CLIP, 1};
    *s = (subject){.once = update};
    make_model(s, H, L);
    for (int i = 0; i < ROWS * N; i++)
        rows[i] = (lstm_real)sin(0.2 * i);
    assert_ok(lstm_series_new(&s->series, rows, ROWS, N));
    windows.window_len = 10;
    windows.batch_size = 10; /* a shuffled pass is 11 updates: some start during the repeats */
    windows.order = order;
    assert_ok(lstm_iter_new(&s->iter, s->series, &windows));
    options.support_len = support_len;
    options.hooks = &clip;
    options.n_hook = 1;
    options.n_threads = n_threads;
    assert_ok(lstm_updater_new(&s->updater, s->model, s->iter, &options));
}

static void free_subject(subject *s)
{
    lstm_state_free(s->state);
    lstm_updater_free(s->updater);
    lstm_iter_free(s->iter);
    lstm_model_free(s->model);
    lstm_series_free(s->series);
    free(s->x);
    free(s->y);
}

static bool repeat(subject *s)
{
    for (int i = 0; i < REPEATS; i++)
        if (!s->once(s))
            return false;
    return true;
}

/* From now on the kernel kills this process at any system call except exit_group and `allowed`. */
static bool close_the_system(unsigned allowed)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    const struct sock_fprog program = {sizeof code / sizeof *code, code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
}

enum { DONE = 0, FAILED = 1, NOT_CLOSED = 2 };

static bool steps_then_asks_the_system(subject *s)
{
    return repeat(s) && getppid() > 0;
}

/* Waits for a child. Returns the status of waitpid(). */
static int ending_of_child(pid_t child)
{
    int status = -1;
    while (waitpid(child, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_CLOSED)
        fail_msg("this system has no seccomp filters, which the test needs");
    return status;
}

/* Runs `something` in a child that may make no system call. */
static int ending_of(subject *s, bool (*something)(subject *))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (!close_the_system(SYS_exit_group))
            _exit(NOT_CLOSED);
        _exit(something(s) ? DONE : FAILED);
    }
    return ending_of_child(child);
}

static void start_watching(void)
{
    for (int i = 0; i < N_WATCHED; i++)
        atomic_store(&calls[i], 0);
    atomic_store(&watching, true);
}

/* Asserts that nothing was called; with threads, their mutex and condition variable may be. */
static void check_calls(const char *what, bool threads)
{
    for (int i = 0; i < N_WATCHED; i++) {
        bool of_the_pool = i == OF_pthread_mutex_lock || i == OF_pthread_cond_wait ||
                           i == OF_pthread_cond_broadcast;
        if (atomic_load(&calls[i]) != 0 && !(threads && of_the_pool))
            fail_msg("%s called %s %d times", what, names[i], (int)atomic_load(&calls[i]));
    }
}

/* Runs once unwatched, then watched. */
static void check_calls_of(const char *what, subject *s, bool (*repeats)(subject *s), bool threads,
                           failing_allocator *memory)
{
    assert_true(s->once(s));
    failing_allocator_fail(memory, 1, INT64_MAX);
    start_watching();
    bool fine = repeats(s);
    atomic_store(&watching, false);
    assert_true(fine);
    check_calls(what, threads);
    assert_int_equal(atomic_load(&memory->calls), 0);
    failing_allocator_fail(memory, 0, 0);
}

static void check_quiet(const char *what, subject *s, failing_allocator *memory)
{
    check_calls_of(what, s, repeat, false, memory);
    int status = ending_of(s, repeat);
    if (WIFSIGNALED(status))
        fail_msg("%s made a system call: signal %d", what, WTERMSIG(status));
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == DONE);
}

static void a_step_asks_the_system_for_nothing(void **fixture)
{
    (void)fixture;
    static const struct {
        int64_t n_stream, H, L;
    } shapes[] = {{1, 16, 1}, {1, 100, 1}, {1, 256, 1}, {1, 33, 3}, {7, 100, 1}, {64, 20, 2}};
    failing_allocator memory;
    failing_allocator_install(&memory);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        subject s;
        make_stepper(&s, shapes[i].n_stream, shapes[i].H, shapes[i].L, 1);
        check_quiet("a step", &s, &memory);
        free_subject(&s);
    }
    failing_allocator_remove(&memory);
}

static void an_update_after_the_first_asks_the_system_for_nothing(void **fixture)
{
    (void)fixture;
    static const struct {
        int64_t H, L, support_len, order;
    } shapes[] = {{100, 1, LSTM_TEACHER_FORCED, LSTM_ORDER_RANDOM},
                  {100, 1, 3, LSTM_ORDER_SHUFFLE},
                  {20, 2, 0, LSTM_ORDER_SHUFFLE}};
    failing_allocator memory;
    failing_allocator_install(&memory);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        subject s;
        make_trainer(&s, shapes[i].H, shapes[i].L, shapes[i].support_len, shapes[i].order, 1);
        check_quiet("an update", &s, &memory);
        free_subject(&s);
    }
    failing_allocator_remove(&memory);
}

/* Large enough to be divided between two threads. */
static void make_stepper_on_two(subject *s)
{
    make_stepper(s, 4, 512, 1, 2);
}

static void make_trainer_on_two(subject *s)
{
    make_trainer(s, 100, 1, LSTM_TEACHER_FORCED, LSTM_ORDER_SHUFFLE, 2);
}

/* Pauses for some milliseconds after each, so that the pool's threads fall asleep. */
static bool repeat_with_rests(subject *s)
{
    for (int i = 0; i < REPEATS; i++) {
        if (!s->once(s))
            return false;
        for (volatile int rest = 0; rest < 2000000; rest++)
            ;
    }
    return true;
}

/* A child has none of its parent's threads: it starts its own before it forbids system calls. */
static int ending_with_threads(void (*make)(subject *s), unsigned allowed)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        subject s;
        make(&s);
        if (!s.once(&s))
            _exit(FAILED);
        if (!close_the_system(allowed))
            _exit(NOT_CLOSED);
        _exit(repeat_with_rests(&s) ? DONE : FAILED);
    }
    return ending_of_child(child);
}

static void two_threads_ask_the_system_for_futex_alone(void **fixture)
{
    (void)fixture;
    void (*const makes[])(subject *) = {make_stepper_on_two, make_trainer_on_two};
    failing_allocator memory;
    failing_allocator_install(&memory);
    for (int i = 0; i < 2; i++) {
        subject s;
        makes[i](&s);
        check_calls_of("work on two threads", &s, repeat_with_rests, true, &memory);
        free_subject(&s);
        int status = ending_with_threads(makes[i], SYS_futex);
        if (WIFSIGNALED(status))
            fail_msg("another system call than futex: signal %d", WTERMSIG(status));
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == DONE);
        /* threads that sleep do call futex: */
        status = ending_with_threads(makes[i], SYS_exit_group);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
    }
    failing_allocator_remove(&memory);
}

static int split_small_work(void **fixture)
{
    (void)fixture;
    return setenv("LSTMTS_SPLIT", "1", 1);
}

/* Shows that the tests above can fail. */
static void what_is_not_quiet_is_seen(void **fixture)
{
    (void)fixture;
    subject s;
    make_stepper(&s, 1, 16, 1, 1);
    lstm_state_free(s.state);
    start_watching();
    lstm_status status = lstm_state_new(&s.state, s.model, 1);
    const lts_kernels *kernels = lts_kernels_select(16);
    atomic_store(&watching, false);
    assert_ok(status);
    assert_non_null(kernels);
    assert_true(calls[OF_getenv] > 0);
    assert_true(calls[OF_calloc] > 0);
    assert_true(calls[OF_pthread_mutex_lock] > 0);
    int ending = ending_of(&s, steps_then_asks_the_system);
    assert_true(WIFSIGNALED(ending) && WTERMSIG(ending) == SIGSYS);
    free_subject(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_asks_the_system_for_nothing),
        cmocka_unit_test(an_update_after_the_first_asks_the_system_for_nothing),
        cmocka_unit_test(two_threads_ask_the_system_for_futex_alone),
        cmocka_unit_test(what_is_not_quiet_is_seen),
    };
    return cmocka_run_group_tests(tests, split_small_work, NULL);
}
