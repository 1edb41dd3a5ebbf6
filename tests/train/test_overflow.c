/* SPDX-License-Identifier: MIT */
/*
 * A step that would produce non-finite numbers changes nothing; any other is a normal step.
 */
#include "base/memory.h"
#include "network/device.h"
#include "score/loss_options.h"
#include "train/optimizer.h"
#include <lstmts/lstmts.h>

#include <float.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#ifdef LSTMTS_TEST_DOUBLE
#define REAL_MAX DBL_MAX
#else
#define REAL_MAX FLT_MAX
#endif

typedef struct bench {
    lts_params params;
    lts_optimizer optimizer;
    real *values, *gradient;
    lstm_series *series;
    lts_columns columns;
    lts_plan plan;
    lts_engine *engine; /**< the processor's */
} bench;

/* An engine that applies steps to the optimizer's blocks piece by piece, while packing. */
static void open_engine(bench *b)
{
    static const lstm_real rows[3 * 3] = {0};
    static const int64_t roles[] = {LSTM_ROLE_BOTH, LSTM_ROLE_BOTH, LSTM_ROLE_INPUT};
    static lts_loss loss;
    assert_int_equal(lts_loss_read(&loss, NULL), LSTM_OK);
    assert_int_equal(lstm_series_new(&b->series, rows, 3, 3), LSTM_OK);
    for (int64_t j = 0; j < 3; j++)
        assert_int_equal(lstm_series_set_role(b->series, j, roles[j]), LSTM_OK);
    assert_int_equal(lts_columns_init(&b->columns, b->series, 1), LSTM_OK);
    assert_int_equal(lts_plan_init_loop(&b->plan, 1, 0, 1), LSTM_OK);
    lts_engine_options options = {
        .params = &b->params,
        .source = {&b->columns, b->series, 1, NULL},
        .plan = &b->plan,
        .host = {.values = b->values, .gradient = b->gradient, .n_moment = b->optimizer.n_moment},
        .B = 1,
        .loss = &loss,
        .kernels = lts_kernels_select(9),
        .n_thread = 1,
    };
    memcpy(options.host.moments, b->optimizer.moments, sizeof options.host.moments);
    assert_int_equal(lts_cpu.open(&b->engine, &options), LSTM_OK);
}

static void set_up(bench *b, int64_t kind)
{
    lstm_optimizer_options options = LSTM_OPTIMIZER_OPTIONS_INIT;
    options.kind = kind;
    assert_int_equal(lts_params_init(&b->params, 3, 2, 9, 2), LSTM_OK);
    assert_int_equal(lts_optimizer_init(&b->optimizer, &b->params, lts_kernels_select(9), &options),
                     LSTM_OK);
    b->values = lts_params_new_block(&b->params);
    b->gradient = lts_params_new_block(&b->params);
    lts_params_draw(&b->params, 7, b->values);
    lts_params_draw(&b->params, 8, b->gradient);
    open_engine(b);
}

static void tear_down(bench *b)
{
    lts_cpu.close(b->engine);
    lts_plan_clear(&b->plan);
    lts_columns_clear(&b->columns);
    lstm_series_free(b->series);
    lts_free(b->values);
    lts_free(b->gradient);
    lts_optimizer_clear(&b->optimizer);
    lts_params_clear(&b->params);
}

static double norm(const bench *b)
{
    double sum = 0;
    for (int64_t i = 0; i < b->params.total; i++)
        sum += (double)b->gradient[i] * (double)b->gradient[i];
    return sqrt(sum);
}

static lstm_status step(bench *b, uint64_t t, double rate)
{
    lts_step begun;
    lstm_status status = lts_step_begin(&begun, &b->optimizer, b->engine, &b->params, t, rate,
                                        b->gradient, norm(b), b->values);
    return status < 0 ? status : lts_cpu.step(b->engine, &begun);
}

/* Copies everything that a step may change. */
static void copy_all(const bench *b, real *copy)
{
    size_t n = (size_t)b->params.total;
    memcpy(copy, b->values, n * sizeof *copy);
    for (int64_t i = 0; i < b->optimizer.n_moment; i++)
        memcpy(copy + (size_t)(i + 1) * n, b->optimizer.moments[i], n * sizeof *copy);
}

enum { MOST = 4 * 4096 };

/*
 * Asserts that a step by the present gradient fails, names `place` and changes nothing, and that a
 * harmless one then succeeds.
 */
static void check_refused(bench *b, const char *place, double rate)
{
    static real before[MOST], after[MOST];
    assert_true((1 + b->optimizer.n_moment) * b->params.total <= MOST);
    copy_all(b, before);
    assert_int_equal(step(b, 3, rate), LSTM_E_NUMERIC);
    assert_non_null(strstr(lstm_last_error(), place));
    assert_non_null(strstr(lstm_last_error(), "update 3"));
    copy_all(b, after);
    assert_memory_equal(before, after, sizeof before);
    lts_params_draw(&b->params, 8, b->gradient);
    assert_int_equal(step(b, 3, 0.001), LSTM_OK);
}

static void each_kind(void (*check)(bench *, int64_t kind))
{
    for (int64_t kind = LSTM_ADAM; kind <= LSTM_ADAGRAD; kind++) {
        bench b;
        set_up(&b, kind);
        for (uint64_t t = 1; t < 3; t++)
            assert_int_equal(step(&b, t, 0.001), LSTM_OK);
        check(&b, kind);
        tear_down(&b);
    }
}

static void with_a_huge_value(bench *b, int64_t kind)
{
    const lts_tensor *tensor = lts_params_find(&b->params, "lstm.1.weight_x");
    int64_t at = tensor->offset + tensor->size - 1;
    b->values[at] = -REAL_MAX;
    b->gradient[at] = REAL_MAX / 4;
    if (kind != LSTM_SGD && kind != LSTM_MOMENTUM) /* others normalize the gradient */
        b->gradient[at] = 1;
    if (kind <= LSTM_ADAMW_DECOUPLED)
        b->optimizer.moments[0][at] = 1;
    lts_optimizer_forget(&b->optimizer);
    check_refused(b, "lstm.1.weight_x[35, 8] would have the v", (double)REAL_MAX / 1e4);
}

static void a_value_that_overflows_is_refused(void **state)
{
    (void)state;
    each_kind(with_a_huge_value);
}

static void with_a_huge_square(bench *b, int64_t kind)
{
    const lts_tensor *tensor = lts_params_find(&b->params, "output.bias");
    char place[64];
    if (kind == LSTM_SGD || kind == LSTM_MOMENTUM)
        return; /* no squares */
    b->gradient[tensor->offset + 1] = (real)(2 * sqrt((double)REAL_MAX));
    snprintf(place, sizeof place, "output.bias[1] would have the %s inf",
             b->optimizer.names[b->optimizer.n_moment > 1]);
    if (kind == LSTM_RMSPROP || kind <= LSTM_ADAMW_DECOUPLED) /* a hundredth, a thousandth of it */
        b->gradient[tensor->offset + 1] *= 100;
    check_refused(b, place, 0.001);
}

static void a_moment_that_overflows_is_refused(void **state)
{
    (void)state;
    each_kind(with_a_huge_square);
}

/* Values near the largest number, which a step can only decrease. */
static void with_harmless_giants(bench *b, int64_t kind)
{
    (void)kind;
    int64_t n = b->params.total;
    static real expected[MOST], found[MOST];
    b->values[0] = REAL_MAX / 2;
    b->gradient[0] = 1;
    lts_optimizer_forget(&b->optimizer);
    bench whole = *b; /* by the kernels alone */
    assert_true((1 + b->optimizer.n_moment) * n <= MOST);
    copy_all(b, expected);
    assert_int_equal(step(b, 3, 0.5), LSTM_OK);
    copy_all(b, found);
    whole.values = expected;
    for (int64_t i = 0; i < b->optimizer.n_moment; i++)
        whole.optimizer.moments[i] = expected + (i + 1) * n;
    lts_step plain;
    whole.optimizer.bounds = (lts_bounds){0};
    assert_int_equal(lts_step_begin(&plain, &whole.optimizer, b->engine, &b->params, 3, 0.5,
                                    b->gradient, norm(b), whole.values),
                     LSTM_OK);
    lts_step_apply(&plain, b->optimizer.kernels, n, b->gradient, whole.optimizer.moments,
                   whole.values);
    assert_memory_equal(expected, found, (size_t)((1 + b->optimizer.n_moment) * n) * sizeof(real));
}

static void a_step_that_had_to_be_tried_has_the_bits_of_any_other(void **state)
{
    (void)state;
    each_kind(with_harmless_giants);
}

/* The bounds are never below the actual magnitudes. */
static void with_many_steps(bench *b, int64_t kind)
{
    (void)kind;
    for (uint64_t t = 3; t < 200; t++) {
        lts_params_draw(&b->params, t, b->gradient);
        b->gradient[(int64_t)t % b->params.total] *= (real)(t * t);
        assert_int_equal(step(b, t, 0.05), LSTM_OK);
        for (int64_t i = 0; i < b->params.total; i++) {
            assert_true(fabs((double)b->values[i]) <= b->optimizer.bounds.value);
            for (int64_t k = 0; k < b->optimizer.n_moment; k++)
                assert_true(fabs((double)b->optimizer.moments[k][i]) <=
                            b->optimizer.bounds.moment[k]);
        }
    }
    assert_true(b->optimizer.bounds.value < REAL_MAX / 16.0);
}

static void the_bounds_hold_over_many_steps(void **state)
{
    (void)state;
    each_kind(with_many_steps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_that_overflows_is_refused),
        cmocka_unit_test(a_moment_that_overflows_is_refused),
        cmocka_unit_test(a_step_that_had_to_be_tried_has_the_bits_of_any_other),
        cmocka_unit_test(the_bounds_hold_over_many_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
