/* SPDX-License-Identifier: MIT */
/*
 * Requirements 9 and 12 of docs/robustness.md: the same bits in repeated runs, with any number of
 * threads and with concurrent callers, and nearly the same numbers with any kernel set. Only the
 * main thread asserts: CMocka's assertions end a test by longjmp().
 */
#include "life.h"
#include "scratch.h"

#include "kernels/kernels.h"

#include <math.h>
#include <pthread.h>
#include <stdbool.h>

/* ThreadSanitizer is about ten times slower; the other builds run all of it. */
#ifdef __SANITIZE_THREAD__
enum { FORECASTS = 10000 };
#else
enum { FORECASTS = 100000 };
#endif

enum { CALLERS = 8, MOST_THREADS = 8, N_SERIES = 50, KNOWN = 4, STEPS = 4, D = 2 };

static life first, next;

static void live(life *l, int64_t H, int64_t n_threads)
{
    life_live(l, &(life_shape){H, n_threads}, scratch_folder);
    assert_string_equal(l->failure, "");
}

static void every_run_has_the_same_bits(void **fixture)
{
    (void)fixture;
    live(&first, 40, 1);
    for (int i = 0; i < 3; i++) {
        live(&next, 40, 1);
        assert_memory_equal(&next, &first, sizeof first);
    }
}

static void one_to_eight_threads_have_the_same_bits(void **fixture)
{
    (void)fixture;
    live(&first, 40, 1);
    for (int64_t n = 2; n <= MOST_THREADS; n++) {
        live(&next, 40, n);
        assert_memory_equal(&next, &first, sizeof first);
    }
}

/* A caller with its own folder; every other one uses threads too. */
typedef struct caller {
    life l;
    life_shape shape;
    char folder[300];
} caller;

static void *live_as_caller(void *argument)
{
    caller *c = argument;
    life_live(&c->l, &c->shape, c->folder);
    return NULL;
}

static void concurrent_callers_have_the_same_bits(void **fixture)
{
    static caller callers[CALLERS];
    pthread_t threads[CALLERS];
    (void)fixture;
    live(&first, 40, 1);
    for (int i = 0; i < CALLERS; i++) {
        callers[i].shape = (life_shape){40, 1 + i % 2};
        snprintf(callers[i].folder, sizeof callers[i].folder, "%s/%d", scratch_folder, i);
        assert_int_equal(mkdir(callers[i].folder, 0700), 0);
        assert_int_equal(pthread_create(&threads[i], NULL, live_as_caller, &callers[i]), 0);
    }
    for (int i = 0; i < CALLERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < CALLERS; i++) {
        assert_int_equal(rmdir(callers[i].folder), 0);
        assert_string_equal(callers[i].l.failure, "");
        assert_memory_equal(&callers[i].l, &first, sizeof first);
    }
}

/* The largest difference of two arrays, relative to the largest element. */
static double apart(const lstm_real *a, const lstm_real *b, int64_t n)
{
    double largest = 0, difference = 0;
    for (int64_t i = 0; i < n; i++) {
        largest = fmax(largest, fabs((double)b[i]));
        difference = fmax(difference, fabs((double)a[i] - (double)b[i]));
    }
    assert_true(largest > 0);
    return difference / largest;
}

static double lives_apart(const life *a, const life *b)
{
    double most = 0;
    for (int i = 0; i < 3; i++)
        most = fmax(most, apart(a->parameters[i], b->parameters[i], LIFE_PARAMETERS));
    most = fmax(most, apart(a->pred[0], b->pred[0], LIFE_STEPS * LIFE_K));
    most =
        fmax(most, apart(a->forecast[0][0], b->forecast[0][0], LIFE_STREAMS * LIFE_STEPS * LIFE_K));
    most =
        fmax(most, apart(a->stepped[0][0], b->stepped[0][0], LIFE_STEPS * LIFE_STREAMS * LIFE_K));
    for (int i = 0; i < LIFE_T; i++)
        most = fmax(most, fabs(a->losses[i] - b->losses[i]) / b->losses[i]);
    for (int i = 0; i < LIFE_T * (LIFE_K + 1); i++)
        most = fmax(most, fabs(a->valid[i] - b->valid[i]) / b->valid[i]);
    return most;
}

static void sets_of_kernels_agree_within_a_hundred_thousandth(void **fixture)
{
    static const char *const sets[] = {"avx2", "avx512", "amx_twin", "amx", "sse3", "neon"};
    static const int64_t sizes[] = {6, 40};
    int compared = 0;
    (void)fixture;
    for (size_t h = 0; h < sizeof sizes / sizeof *sizes; h++) {
        setenv("LSTMTS_KERNELS", "generic", 1);
        live(&first, sizes[h], 1);
        for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
            if (lts_kernels_find(sets[i]) == NULL)
                continue;
            setenv("LSTMTS_KERNELS", sets[i], 1);
            live(&next, sizes[h], 1);
            double difference = lives_apart(&next, &first);
            print_message("%s, H %d: %.1e\n", sets[i], (int)sizes[h], difference);
            assert_true(difference <= 1e-5);
            compared++;
        }
        unsetenv("LSTMTS_KERNELS");
    }
    assert_true(compared > 0);
}

/* One model, forecasts of short series, and the results of a single caller. */
static struct {
    lstm_model *model;
    lstm_series *series[N_SERIES];
    lstm_real expected[N_SERIES][STEPS][D];
} fleet;

static bool forecast(int64_t number, lstm_real y[STEPS][D])
{
    lstm_forecast_options options = LSTM_FORECAST_OPTIONS_INIT;
    const lstm_series *one = fleet.series[number];
    options.n_step = STEPS;
    return lstm_forecast(fleet.model, &one, 1, &options, y[0]) == LSTM_OK;
}

static void make_fleet(void)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    options.n_input = D;
    options.n_hidden = 8;
    assert_ok(lstm_model_new(&fleet.model, &options));
    for (int64_t i = 0; i < N_SERIES; i++) {
        lstm_real rows[KNOWN * D];
        for (int64_t j = 0; j < KNOWN * D; j++)
            rows[j] = (lstm_real)sin(0.3 * (double)(j + i));
        assert_ok(lstm_series_new(&fleet.series[i], rows, KNOWN, D));
        assert_true(forecast(i, fleet.expected[i]));
    }
    assert_memory_not_equal(fleet.expected[0], fleet.expected[1], sizeof fleet.expected[0]);
}

/* Returns the number of forecasts with the expected bits. */
static void *forecast_many(void *argument)
{
    int64_t *right = argument;
    for (int64_t i = 0; i < FORECASTS / CALLERS; i++) {
        lstm_real y[STEPS][D];
        int64_t number = i % N_SERIES;
        *right += forecast(number, y) && memcmp(y, fleet.expected[number], sizeof y) == 0;
    }
    return NULL;
}

static void a_hundred_thousand_forecasts_from_eight_threads_have_the_bits_of_one(void **fixture)
{
    pthread_t threads[CALLERS];
    int64_t right[CALLERS] = {0}, all = 0;
    (void)fixture;
    make_fleet();
    for (int i = 0; i < CALLERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, forecast_many, &right[i]), 0);
    for (int i = 0; i < CALLERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        all += right[i];
    }
    assert_int_equal(all, FORECASTS);
    for (int64_t i = 0; i < N_SERIES; i++)
        lstm_series_free(fleet.series[i]);
    lstm_model_free(fleet.model);
}

static int prepare(void **fixture)
{
    life_prepare();
    return scratch_make(fixture) != 0 || setenv("LSTMTS_SPLIT", "1", 1) != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_run_has_the_same_bits),
        cmocka_unit_test(one_to_eight_threads_have_the_same_bits),
        cmocka_unit_test(concurrent_callers_have_the_same_bits),
        cmocka_unit_test(sets_of_kernels_agree_within_a_hundred_thousandth),
        cmocka_unit_test(a_hundred_thousand_forecasts_from_eight_threads_have_the_bits_of_one),
    };
    return cmocka_run_group_tests_name("same_bits", tests, prepare, scratch_remove);
}
