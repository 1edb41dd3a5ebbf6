/* SPDX-License-Identifier: MIT */
/*
 * Settings of a host do not change the results by a bit, and the library does not change them: a
 * locale with a decimal comma, rounding mode, flush to zero, traps. Each test runs life.h with and
 * without folding, on one thread and on two, and with each kernel set.
 */
#define _GNU_SOURCE /* feenableexcept() */
#include "host_state.h"
#include "life.h"
#include "scratch.h"

#include <dirent.h>
#include <fenv.h>
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <sys/wait.h>

/* ThreadSanitizer has its own thread, raises the inexact flag, and is slow. */
#ifdef __SANITIZE_THREAD__
enum { OWN_THREADS = 2, TRAPS = FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW, N_WAY = 4 };
#else
enum { OWN_THREADS = 1, TRAPS = FE_ALL_EXCEPT, N_WAY = 10 };
#endif

/* Environment variables, which the library reads when objects are created. */
static const struct {
    const char *kernels, *fold;
    life_shape shape;
} ways[10] = {{"generic", "0", {6, 1}}, {"generic", "1", {40, 2}}, {"avx2", "0", {40, 2}},
              {"avx2", "1", {6, 1}},    {"avx512", "0", {40, 1}},  {"avx512", "1", {40, 2}},
              {"avx512", "0", {40, 2}}, {"avx512", "1", {6, 2}},   {"neon", "0", {40, 2}},
              {"neon", "1", {6, 2}}};

static void go(int way)
{
    assert_int_equal(setenv("LSTMTS_KERNELS", ways[way].kernels, 1), 0);
    assert_int_equal(setenv("LSTMTS_FOLD", ways[way].fold, 1), 0);
    assert_int_equal(setenv("LSTMTS_SPLIT", "1", 1), 0);
}

static life usual[N_WAY], here; /* `usual`: results in the default environment */

static int live_as_usual(void **fixture)
{
    if (scratch_make(fixture) != 0)
        return 1;
    life_prepare();
    for (int way = 0; way < N_WAY; way++) {
        go(way);
        life_live(&usual[way], &ways[way].shape, scratch_folder);
        assert_string_equal(usual[way].failure, "");
    }
    return 0;
}

static void assert_as_usual(const life *l, int way, const char *where)
{
    if (memcmp(l, &usual[way], sizeof *l) == 0)
        return;
    fail_msg("%s: %s with fold %s, H %d on %d threads differs%s%s", where, ways[way].kernels,
             ways[way].fold, (int)ways[way].shape.H, (int)ways[way].shape.n_threads,
             l->failure[0] == 0 ? "" : ": ", l->failure);
}

/* Runs life.h in the caller's environment, and asserts that it stays set. */
static void live_here(const char *where)
{
    for (int way = 0; way < N_WAY; way++) {
        host_state before, after;
        go(way);
        host_state_hide_output(scratch("output"));
        host_state_read(&before);
        life_live(&here, &ways[way].shape, scratch_folder);
        host_state_read(&after);
        host_state_show_output();
        assert_as_usual(&here, way, where);
        host_state_assert_equal(&before, &after, where);
        assert_int_equal(host_state_threads(OWN_THREADS), OWN_THREADS);
        scratch_holds("output", "", 0);
        unlink(scratch("output"));
    }
}

static void the_default_environment_is_left_as_it_was(void **fixture)
{
    (void)fixture;
    live_here("by default");
}

/* Creates the locale, since few machines have one, and makes it the process's. */
static void enter_locale(const char *language, const char *decimal_point)
{
    char command[600], name[40];
    snprintf(name, sizeof name, "%s.UTF-8", language);
    snprintf(command, sizeof command, "localedef -i %s -f UTF-8 '%s'", language, scratch(name));
    if (system(command) != 0)
        fail_msg("%s failed: on Debian it needs the package locales", command);
    assert_int_equal(setenv("LOCPATH", scratch_folder, 1), 0);
    assert_non_null(setlocale(LC_ALL, name));
    assert_string_equal(localeconv()->decimal_point, decimal_point);
}

static void leave_locale(const char *language)
{
    char command[600], name[40];
    snprintf(name, sizeof name, "%s.UTF-8", language);
    setlocale(LC_ALL, "C");
    unsetenv("LOCPATH");
    snprintf(command, sizeof command, "rm -r '%s'", scratch(name));
    assert_int_equal(system(command), 0);
}

static void a_decimal_comma_changes_nothing(void **fixture)
{
    (void)fixture;
    enter_locale("de_DE", ",");
    live_here("with a decimal comma");
    lstm_schedule_options schedule = LSTM_SCHEDULE_OPTIONS_INIT;
    double factor;
    schedule.gamma = -0.5;
    assert_status(lstm_schedule_factor(&schedule, 0, &factor), LSTM_E_ARGUMENT, "gamma is -0.5,");
    assert_string_equal(localeconv()->decimal_point, ",");
    leave_locale("de_DE");
    assert_non_null(strchr(usual[0].lines, '.'));
}

/* Jansson 2.14 takes one byte of it, and then aborts at any number that is no integer. */
static void a_decimal_point_of_several_bytes_changes_nothing(void **fixture)
{
    (void)fixture;
    static const char header[] =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[0.5],\"data_offsets\":[0,4]}}";
    char bytes[8 + sizeof header + 4] = {(char)(sizeof header - 1)};
    lstm_model *model;
    memcpy(bytes + 8, header, sizeof header - 1);
    enter_locale("ps_AF", "\u066B");
    const char *path = scratch_write("half", bytes, 8 + sizeof header - 1 + 4);
    assert_status(lstm_model_load(&model, path), LSTM_E_SHAPE, "shape[0] is not an integer");
    unlink(path);
    live_here("with a decimal point of two bytes");
    assert_string_equal(localeconv()->decimal_point, "\u066B");
    leave_locale("ps_AF");
}

static void no_rounding_mode_changes_anything(void **fixture)
{
    (void)fixture;
    static const struct {
        int mode;
        const char *name;
    } modes[] = {{FE_UPWARD, "upward"}, {FE_DOWNWARD, "downward"}, {FE_TOWARDZERO, "toward zero"}};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        assert_int_equal(fesetround(modes[i].mode), 0);
        live_here(modes[i].name);
        assert_int_equal(fesetround(FE_TONEAREST), 0);
    }
}

static void flushing_denormals_to_zero_changes_nothing(void **fixture)
{
    (void)fixture;
    volatile float small = 1e-39f;
    for (int way = 0; way < N_WAY; way++) /* the library flushes in any host */
        for (int64_t i = 0; i < LIFE_PARAMETERS; i++)
            assert_true(fpclassify(usual[way].moment[i]) != FP_SUBNORMAL);
    host_state_flush_to_zero(true);
    assert_true(small * 1.0f == 0);
    live_here("flushing to zero");
    host_state_flush_to_zero(false);
    assert_true(small * 1.0f != 0);
}

#ifdef __x86_64__
static void enable_traps(void)
{
    assert_true(feenableexcept(TRAPS) >= 0);
}

/* Inputs that raise exceptions are rejected as in the default environment. */
static void refuse_what_is_not_finite(void)
{
    lstm_schedule_options schedule = LSTM_SCHEDULE_OPTIONS_INIT;
    lstm_series *series = NULL;
    double rows[2], factor = 0;
    static const uint64_t signaling_nan = 0x7ff0000000000001, infinity = 0x7ff0000000000000;
    memcpy(rows, &signaling_nan, 8);
    memcpy(rows + 1, &infinity, 8);
    schedule.kind = LSTM_SCHEDULE_STEP;
    schedule.period = 2;
    memcpy(&schedule.gamma, &signaling_nan, 8);
    lstm_status of_series = lstm_series_new_double(&series, rows, 1, 2);
    lstm_status of_schedule = lstm_schedule_factor(&schedule, 3, &factor);
    fedisableexcept(FE_ALL_EXCEPT);
    assert_status(of_series, LSTM_E_NUMERIC, NULL);
    assert_status(of_schedule, LSTM_E_ARGUMENT, "gamma");
}

/* Sizes whose products are inexact, unlike those of small models. */
static void copy_a_large_model(void)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    lstm_model *model, *copy;
    options.n_input = 3;
    options.n_hidden = 1501;
    assert_ok(lstm_model_new(&model, &options));
    assert_ok(lstm_model_clone(&copy, model));
    lstm_model_free(model);
    lstm_model_free(copy);
}

static void traps_are_not_sprung(void **fixture)
{
    (void)fixture;
    enable_traps();
    live_here("with traps");
    copy_a_large_model();
    refuse_what_is_not_finite();
    feclearexcept(FE_ALL_EXCEPT);
}

static void traps_are_there_in_the_test_above(void **fixture)
{
    (void)fixture;
    volatile double zero = 0;
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGFPE, SIG_DFL);
        enable_traps();
        _exit(1 / zero > 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGFPE);
}
#endif

static lstm_state *new_state(const lstm_model *model)
{
    lstm_state *state = NULL;
    assert_ok(lstm_state_new(&state, model, LIFE_STREAMS));
    assert_ok(lstm_state_set_threads(state, 3));
    return state;
}

/* The threads of a pool are created in one mode and used in another. */
static void threads_do_not_follow_their_host_into_another_mode(void **fixture)
{
    (void)fixture;
    enum { STEPS = 20, D = 2 };
    static const int modes[][2] = {
        {FE_TONEAREST, FE_TONEAREST}, {FE_TONEAREST, FE_UPWARD}, {FE_UPWARD, FE_TONEAREST}};
    static lstm_real x[LIFE_STREAMS][D], y[3][LIFE_STREAMS][D];
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    lstm_model *model = NULL;
    options.n_input = D;
    options.n_hidden = 60;
    assert_ok(lstm_model_new(&model, &options));
    for (int64_t b = 0; b < LIFE_STREAMS; b++)
        x[b][0] = (lstm_real)sin((double)b);
    for (int i = 0; i < 3; i++) {
        fesetround(modes[i][0]);
        lstm_state *state = new_state(model);
        fesetround(modes[i][1]);
        for (int64_t t = 0; t < STEPS; t++)
            assert_ok(lstm_state_step(state, x[0], y[i][0]));
        fesetround(FE_TONEAREST);
        lstm_state_free(state);
    }
    assert_memory_equal(y[1], y[0], sizeof y[0]);
    assert_memory_equal(y[2], y[0], sizeof y[0]);
    lstm_model_free(model);
}

static int reset_environment(void **fixture)
{
    (void)fixture;
    return fesetenv(FE_DFL_ENV) != 0 || setlocale(LC_ALL, "C") == NULL;
}

/* Number of threads of this process that block all signals that can be blocked. */
static int deaf_threads(void)
{
    enum { FIRST_31 = 0x7fffffff };
    uint64_t all = FIRST_31 & ~(UINT64_C(1) << (SIGKILL - 1)) & ~(UINT64_C(1) << (SIGSTOP - 1));
    int n = 0;
    DIR *threads = opendir("/proc/self/task");
    assert_non_null(threads);
    for (const struct dirent *entry; (entry = readdir(threads)) != NULL;) {
        char path[300], line[200];
        unsigned long long blocked;
        snprintf(path, sizeof path, "/proc/self/task/%s/status", entry->d_name);
        FILE *status = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
        while (status != NULL && fgets(line, sizeof line, status) != NULL)
            n += sscanf(line, "SigBlk: %llx", &blocked) == 1 && (blocked & all) == all;
        if (status != NULL)
            fclose(status);
    }
    closedir(threads);
    return n;
}

static void signals_go_to_the_hosts_threads(void **fixture)
{
    (void)fixture;
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    lstm_model *model;
    lstm_state *state;
    options.n_input = 1;
    options.n_hidden = 40;
    int before = deaf_threads();
    assert_ok(lstm_model_new(&model, &options));
    assert_ok(lstm_state_new(&state, model, 4));
    assert_ok(lstm_state_set_threads(state, 3));
    assert_int_equal(deaf_threads(), before + 2);
    lstm_state_free(state);
    lstm_model_free(model);
}

#define TEST(name) cmocka_unit_test_teardown(name, reset_environment)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_default_environment_is_left_as_it_was),
        TEST(a_decimal_comma_changes_nothing),
        TEST(a_decimal_point_of_several_bytes_changes_nothing),
        TEST(no_rounding_mode_changes_anything),
        TEST(flushing_denormals_to_zero_changes_nothing),
#ifdef __x86_64__ /* elsewhere traps may not exist */
        TEST(traps_are_not_sprung),
        TEST(traps_are_there_in_the_test_above),
#endif
        TEST(threads_do_not_follow_their_host_into_another_mode),
        TEST(signals_go_to_the_hosts_threads),
    };
    return cmocka_run_group_tests_name("host", tests, live_as_usual, scratch_remove);
}
