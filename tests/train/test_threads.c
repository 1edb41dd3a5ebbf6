/* SPDX-License-Identifier: MIT */
/*
 * Every golden case and random plan on one, two and three threads: all results of an update have
 * the same bits. So the results of test_golden.c, test_gradient.c and test_reference.c with one
 * thread hold for any number.
 */
#include "effort.h"
#include "golden_run.h"
#include "random_plan.h"

#include "assert_status.h"

#include <stdlib.h>

enum {
    MOST_THREADS = 3,
    N_PLAN = 250 / TEST_FEWER,
    N_UPDATE = 3,
    MOST_UPDATES = TEST_FEWER == 1 ? 20 : 3 /* of a golden case */
};

static void assert_same_bits(const char *name, const char *what, const void *a, const void *b,
                             size_t size)
{
    if (memcmp(a, b, size) != 0)
        fail_msg("%s: %s differs between one thread and more", name, what);
}

/* Reads an array [size] of an updater or its model by a parameter's name. */
typedef lstm_status (*read_fn)(const golden_run *run, const char *name, lstm_real *values,
                               int64_t size);

static lstm_status read_parameter(const golden_run *run, const char *name, lstm_real *values,
                                  int64_t size)
{
    return lstm_model_get(run->model, name, values, size);
}

static lstm_status read_gradient(const golden_run *run, const char *name, lstm_real *values,
                                 int64_t size)
{
    return lstm_updater_gradient(run->updater, name, values, size);
}

static void assert_same_tensors(const golden_run *one, const golden_run *more, read_fn read)
{
    for (int64_t p = 0; p < lstm_model_parameters(one->model); p++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(one->model, p, &info));
        lstm_real *a = golden_new_array(info.size), *b = golden_new_array(info.size);
        assert_ok(read(one, info.name, a, info.size));
        assert_ok(read(more, info.name, b, info.size));
        assert_same_bits(one->golden->name, info.name, a, b, (size_t)info.size * sizeof *a);
        free(a);
        free(b);
    }
}

static void assert_same_moments(const golden_run *one, const golden_run *more)
{
    static const char *const moments[] = {"m", "v", "vhat", "s"};
    for (size_t m = 0; m < sizeof moments / sizeof *moments; m++)
        for (int64_t p = 0; p < lstm_model_parameters(one->model); p++) {
            lstm_parameter_info info;
            assert_ok(lstm_model_parameter(one->model, p, &info));
            lstm_real *a = golden_new_array(info.size), *b = golden_new_array(info.size);
            lstm_status has =
                lstm_updater_moment(one->updater, moments[m], info.name, a, info.size);
            assert_status(lstm_updater_moment(more->updater, moments[m], info.name, b, info.size),
                          has, NULL);
            if (has == LSTM_OK)
                assert_same_bits(one->golden->name, moments[m], a, b,
                                 (size_t)info.size * sizeof *a);
            free(a);
            free(b);
        }
}

static void assert_same_info(const char *name, const lstm_updater *one, const lstm_updater *more)
{
    lstm_update_info a, b;
    assert_ok(lstm_updater_info(one, &a));
    assert_ok(lstm_updater_info(more, &b));
    assert_same_bits(name, "the loss", &a.loss, &b.loss, sizeof a.loss);
    assert_same_bits(name, "the last loss", &a.last_loss, &b.last_loss, sizeof a.last_loss);
    assert_same_bits(name, "the norm", &a.gradient_norm, &b.gradient_norm, sizeof a.gradient_norm);
}

static void assert_same_unroll(const golden_run *one, const golden_run *more)
{
    int64_t n_y = one->B * one->K, n_state = one->L * 2 * one->B * one->H;
    lstm_real *a = golden_new_array(n_y + n_state), *b = golden_new_array(n_y + n_state);
    assert_int_equal(lstm_updater_calls(one->updater), lstm_updater_calls(more->updater));
    for (int64_t call = 0; call < lstm_updater_calls(one->updater); call++) {
        assert_ok(lstm_updater_output(one->updater, call, a, n_y, NULL));
        assert_ok(lstm_updater_output(more->updater, call, b, n_y, NULL));
        assert_same_bits(one->golden->name, "an output", a, b, (size_t)n_y * sizeof *a);
    }
    assert_ok(lstm_updater_state(one->updater, a, n_state));
    assert_ok(lstm_updater_state(more->updater, b, n_state));
    assert_same_bits(one->golden->name, "the state", a, b, (size_t)n_state * sizeof *a);
    free(a);
    free(b);
}

static void update_both(golden_run *one, golden_run *more)
{
    assert_ok(lstm_updater_backward(one->updater));
    assert_ok(lstm_updater_backward(more->updater));
    assert_same_info(one->golden->name, one->updater, more->updater);
    assert_same_unroll(one, more);
    assert_same_tensors(one, more, read_gradient);
    assert_ok(lstm_updater_apply(one->updater));
    assert_ok(lstm_updater_apply(more->updater));
    assert_same_tensors(one, more, read_gradient); /* after the hooks */
    assert_same_tensors(one, more, read_parameter);
    assert_same_moments(one, more);
}

static void check_case(const char *name)
{
    for (int64_t n_threads = 2; n_threads <= MOST_THREADS; n_threads++) {
        golden_run one = {0}, more = {.n_threads = n_threads};
        golden_run_open(&one, name);
        golden_run_open(&more, name);
        for (int64_t update = 0; update < one.n_update && update < MOST_UPDATES; update++)
            update_both(&one, &more);
        golden_run_close(&more);
        golden_run_close(&one);
    }
}

#define CASE_TEST(name)                                                                            \
    static void golden_case_##name##_has_the_same_bits(void **state)                               \
    {                                                                                              \
        (void)state;                                                                               \
        check_case(#name);                                                                         \
    }
GOLDEN_CASES(CASE_TEST)

static void assert_same_arrays(const random_plan *one, const random_plan *more, const char *what,
                               void (*read)(const random_plan *random, double *values))
{
    size_t bytes = (size_t)random_plan_size(one) * sizeof(double);
    double *a = malloc(bytes), *b = malloc(bytes);
    assert_non_null(a);
    assert_non_null(b);
    read(one, a);
    read(more, b);
    assert_same_bits(one->name, what, a, b, bytes);
    free(a);
    free(b);
}

static void check_plan(uint64_t number, int64_t n_threads)
{
    random_plan one, more;
    random_recipe recipe = {.optimizer = LSTM_OPTIMIZER_OPTIONS_INIT,
                            .hooks = {{LSTM_HOOK_CLIP, 0.1}, {LSTM_HOOK_WEIGHT_DECAY, 1e-2}},
                            .n_hook = 2};
    recipe.optimizer.kind = LSTM_ADAM + (int64_t)number % (LSTM_ADAGRAD - LSTM_ADAM + 1);
    random_plan_open(&one, number);
    random_plan_open(&more, number);
    random_plan_train(&one, &recipe);
    recipe.n_threads = n_threads;
    random_plan_train(&more, &recipe);
    for (int n = 0; n < N_UPDATE; n++) {
        assert_ok(lstm_updater_backward(one.updater));
        assert_ok(lstm_updater_backward(more.updater));
        assert_same_info(one.name, one.updater, more.updater);
        assert_same_arrays(&one, &more, "the gradient", random_plan_gradient);
        assert_ok(lstm_updater_apply(one.updater));
        assert_ok(lstm_updater_apply(more.updater));
        assert_same_arrays(&one, &more, "the model", random_plan_get);
    }
    random_plan_close(&more);
    random_plan_close(&one);
}

static void random_plans_have_the_same_bits(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < N_PLAN; number++)
        for (int64_t n_threads = 2; n_threads <= MOST_THREADS; n_threads++)
            check_plan(number, n_threads);
}

/* Networks as small as these would otherwise use one thread. */
static int split_small_work(void **state)
{
    (void)state;
    return setenv("LSTMTS_SPLIT", "1", 1);
}

int main(void)
{
#define CASE_ENTRY(name) cmocka_unit_test(golden_case_##name##_has_the_same_bits),
    const struct CMUnitTest tests[] = {
        GOLDEN_CASES(CASE_ENTRY) cmocka_unit_test(random_plans_have_the_same_bits),
    };
    return cmocka_run_group_tests(tests, split_small_work, NULL);
}
