/* SPDX-License-Identifier: MIT */
/*
 * Limits of the system: threads, locks, memory, and the size of files. The linker redirects calls
 * of pthread_create() and others to this file (--wrap, see meson.build).
 */
#include "life.h"
#include "scratch.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <xxhash.h>

/* Number of calls that succeed; all later ones fail. */
static int threads_left = INT_MAX, locks_left = INT_MAX;
static int threads_made;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument)
{
    if (threads_left == 0)
        return errno = EAGAIN; /* its system calls set errno too */
    threads_left--;
    threads_made++;
    return __real_pthread_create(thread, attributes, run, argument);
}

int __real_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    if (locks_left == 0)
        return errno = EAGAIN;
    locks_left--;
    return __real_pthread_mutex_init(mutex, attributes);
}

/* xxHash has no hook for its memory. */
static bool no_checksum;

XXH3_state_t *__real_XXH3_createState(void);
XXH3_state_t *__wrap_XXH3_createState(void);
XXH3_state_t *__wrap_XXH3_createState(void)
{
    return no_checksum ? NULL : __real_XXH3_createState();
}

static void allow(int threads, int locks)
{
    threads_left = threads;
    locks_left = locks;
    threads_made = 0;
}

static life usual, got;

static void live(life *l)
{
    life_live(l, &(life_shape){40, 4}, scratch_folder);
}

static void fewer_threads_have_the_same_bits(void **fixture)
{
    (void)fixture;
    allow(INT_MAX, INT_MAX);
    live(&usual);
    int all = threads_made;
    assert_true(all > 5);
    for (int n = 0; n <= all; n++) {
        allow(n, INT_MAX);
        live(&got);
        assert_string_equal(got.failure, "");
        assert_memory_equal(&got, &usual, sizeof got);
        assert_int_equal(threads_made, n);
    }
    allow(INT_MAX, INT_MAX);
}

/* A pool without a lock has no threads; a model without one cannot be created. */
static void a_lock_that_is_refused_is_told_or_done_without(void **fixture)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    lstm_model *model = NULL;
    lstm_state *state = NULL;
    lstm_real x[LIFE_STREAMS] = {0}, y[LIFE_STREAMS];
    (void)fixture;
    options.n_input = 1;
    options.n_hidden = 60;
    allow(INT_MAX, 0);
    assert_status(lstm_model_new(&model, &options), LSTM_E_NOMEM, "lock");
    assert_null(model);
    allow(INT_MAX, 1);
    assert_ok(lstm_model_new(&model, &options));
    assert_ok(lstm_state_new(&state, model, LIFE_STREAMS));
    assert_ok(lstm_state_set_threads(state, 4));
    assert_int_equal(threads_made, 0);
    assert_ok(lstm_state_step(state, x, y));
    lstm_state_free(state);
    lstm_model_free(model);
    allow(INT_MAX, INT_MAX);
}

/* Saves with files limited to 1 KiB, in a child, which exits with the status or by a signal. */
static int save_with_small_limit(const lstm_model *model, bool ignored)
{
    int status = -1;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit little = {1024, 1024}, no_core = {0, 0};
        signal(SIGXFSZ, ignored ? SIG_IGN : SIG_DFL);
        setrlimit(RLIMIT_CORE, &no_core);
        setrlimit(RLIMIT_FSIZE, &little);
        _exit(-(int)lstm_model_save(model, scratch("model")));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void a_file_that_may_not_grow_leaves_the_old_one(void **fixture)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    lstm_model *model = NULL, *loaded = NULL;
    size_t before_size, after_size;
    (void)fixture;
    options.n_input = 1;
    options.n_hidden = 60;
    assert_ok(lstm_model_new(&model, &options));
    assert_ok(lstm_model_save(model, scratch("model")));
    unsigned char *before = scratch_read("model", &before_size);
    int status = save_with_small_limit(model, true);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), -LSTM_E_IO);
    assert_int_equal(scratch_temporaries(scratch_folder), 0);
    status = save_with_small_limit(model, false); /* ignoring the signal is up to the host */
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGXFSZ);
    unsigned char *after = scratch_read("model", &after_size);
    assert_int_equal(after_size, before_size);
    assert_memory_equal(after, before, before_size);
    assert_ok(lstm_model_load(&loaded, scratch("model")));
    lstm_model_free(loaded);
    lstm_model_free(model);
    free(before);
    free(after);
    scratch_clean(fixture);
}

static void a_checksum_without_memory_is_told(void **fixture)
{
    (void)fixture;
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    lstm_model *model = NULL, *loaded = NULL;
    options.n_input = 1;
    options.n_hidden = 2;
    assert_ok(lstm_model_new(&model, &options));
    assert_ok(lstm_model_save(model, scratch("model")));
    no_checksum = true;
    lstm_status saved = lstm_model_save(model, scratch("other"));
    lstm_status read = lstm_model_load(&loaded, scratch("model"));
    no_checksum = false;
    assert_int_equal(saved, LSTM_E_NOMEM);
    assert_int_equal(read, LSTM_E_NOMEM);
    assert_non_null(strstr(lstm_last_error(), "out of memory for a checksum"));
    assert_null(loaded);
    assert_int_equal(scratch_entries(0), 1);
    lstm_model_free(model);
    scratch_clean(fixture);
}

static int prepare(void **fixture)
{
    life_prepare();
    return scratch_make(fixture) != 0 || setenv("LSTMTS_SPLIT", "1", 1) != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fewer_threads_have_the_same_bits),
        cmocka_unit_test(a_lock_that_is_refused_is_told_or_done_without),
        cmocka_unit_test(a_checksum_without_memory_is_told),
        cmocka_unit_test(a_file_that_may_not_grow_leaves_the_old_one),
    };
    return cmocka_run_group_tests_name("limits", tests, prepare, scratch_remove);
}
