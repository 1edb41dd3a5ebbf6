/* SPDX-License-Identifier: MIT */
/*
 * An unroll on a companion's device against the processor's: losses, gradients, outputs, states of
 * random plans. Run with the path of the companion: the twin's here, the CUDA one's on a machine
 * that has such a device.
 *
 * The measure: a tensor's gradient differs by no more than the tolerance times its L2 norm, or
 * times a thousandth of the whole gradient's norm where its own is smaller.
 */
#include "assert_status.h"
#include "engine_case.h"
#include <stdio.h>

enum { N_PLAN = 200 };

static tested_companion under_test;

/* What an unroll gives. */
typedef struct unrolled {
    double step_loss[16], norm;
    float gradient[CASE_MAX_SIZE];
} unrolled;

static void unroll(engine_case *c, const int64_t *offsets, int64_t B, unrolled *u)
{
    const lts_batch batch = {.offsets = offsets, .B = B};
    memset(u, 0, sizeof *u);
    assert_ok(c->device->backward(c->engine, &batch, u->step_loss, &u->norm));
    assert_ok(c->device->read(c->engine, LTS_READ_GRADIENT));
    memcpy(u->gradient, c->gradient, (size_t)c->params.total * sizeof *u->gradient);
}

static void check(const char *name, const char *what, double error, double allowed)
{
    if (error <= allowed)
        return;
    print_error("%s: %s differs by %.3g, allowed is %.3g\n", name, what, error, allowed);
    fail();
}

static void check_array(const engine_case *c, const char *what, const float *got,
                        const lstm_real *want, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        check(c->random.name, what, fabs((double)got[i] - (double)want[i]),
              under_test.tolerance * fmax(1, fabs((double)want[i])));
}

static void check_losses(engine_case *c, const unrolled *u)
{
    double want[16];
    int64_t T = c->plan.T;
    assert_in_range(T, 1, 16);
    assert_ok(lstm_updater_step_losses(c->random.updater, want, T));
    for (int64_t t = 0; t < T; t++)
        check(c->random.name, "a step's loss", fabs(u->step_loss[t] - want[t]),
              under_test.tolerance * fmax(1, want[t]));
}

static void check_gradient(engine_case *c, const unrolled *u)
{
    lstm_update_info info;
    assert_ok(lstm_updater_info(c->random.updater, &info));
    check(c->random.name, "the norm", fabs(u->norm - info.gradient_norm),
          under_test.tolerance * info.gradient_norm);
    for (int64_t i = 0; i < c->params.n_tensor; i++) {
        const lts_tensor *tensor = &c->params.tensors[i];
        lstm_real want[CASE_MAX_SIZE];
        double wide[CASE_MAX_SIZE], norm;
        assert_ok(lstm_updater_gradient(c->random.updater, tensor->name, want, tensor->size));
        for (int64_t e = 0; e < tensor->size; e++)
            wide[e] = (double)want[e];
        double error = distance(u->gradient + tensor->offset, wide, tensor->size, &norm);
        check(c->random.name, tensor->name, error,
              under_test.tolerance * fmax(norm, 1e-3 * info.gradient_norm));
    }
}

/* Outputs of all calls, targets of all steps, state. */
static void check_readings(engine_case *c)
{
    lstm_real want[512];
    float got[512];
    int64_t B = c->random.B, slot = B * c->random.K, state = c->random.L * 2 * B * c->random.H;
    for (int64_t call = 0; call < c->plan.n_call; call++) {
        assert_ok(lstm_updater_output(c->random.updater, call, want, slot, NULL));
        assert_ok(c->device->read_output(c->engine, call, (real *)(void *)got));
        check_array(c, "an output", got, want, slot);
    }
    assert_ok(lstm_updater_state(c->random.updater, want, state));
    assert_ok(c->device->read_state(c->engine, (real *)(void *)got));
    check_array(c, "the state", got, want, state);
    for (int64_t t = 0; t < c->plan.T; t++) {
        assert_ok(c->device->read_target(c->engine, t, (real *)(void *)got));
        for (int64_t b = 0; b < B; b++) {
            double target[RANDOM_MAX_COLUMNS];
            reference_target(&c->random.plan, c->random.offsets[b], t, target);
            for (int64_t k = 0; k < c->random.K; k++)
                check(c->random.name, "a target",
                      fabs((double)got[b * c->random.K + k] - target[k]), 0);
        }
    }
}

static void compare_plans(void)
{
    random_census census = {0};
    for (uint64_t number = 0; number < N_PLAN; number++) {
        engine_case c;
        unrolled first, again;
        engine_case_open(&c, &under_test, number, 0);
        random_plan_train(&c.random, NULL);
        assert_ok(lstm_updater_backward(c.random.updater));
        unroll(&c, c.random.offsets, c.random.B, &first);
        check_losses(&c, &first);
        check_gradient(&c, &first);
        check_readings(&c);
        for (int run = 0; run < 3; run++) { /* as it is, recorded, replayed */
            unroll(&c, c.random.offsets, c.random.B, &again);
            assert_memory_equal(&again, &first, sizeof first);
        }
        random_census_add(&census, &c.random);
        engine_case_close(&c);
    }
    random_census_check(&census);
}

static void with_each_kind_of_loop(void (*compare)(void))
{
    compare();
    if (under_test.control == NULL)
        return;
    under_test.control->without_loop = true;
    compare();
    under_test.control->without_loop = false;
}

static void unrolls_equal_those_of_the_processor(void **state)
{
    (void)state;
    with_each_kind_of_loop(compare_plans);
}

/* The gradient of a batch is the mean of those of its windows, each in a batch of its own. */
static void compare_batches(void)
{
    for (uint64_t number = 0; number < N_PLAN / 2; number++) {
        engine_case c;
        unrolled all, again, one;
        double mean[CASE_MAX_SIZE] = {0}, norm;
        engine_case_open(&c, &under_test, number, 0);
        int64_t B = c.random.B;
        unroll(&c, c.random.offsets, B, &all);
        for (int64_t b = 0; b < B; b++) {
            unroll(&c, c.random.offsets + b, 1, &one);
            for (int64_t i = 0; i < c.params.total; i++)
                mean[i] += (double)one.gradient[i] / (double)B;
            unroll(&c, c.random.offsets, B > 1 ? 2 - b % 2 : 1, &one);
        }
        double error = distance(all.gradient, mean, c.params.total, &norm);
        check(c.random.name, "the mean of windows", error, under_test.tolerance * norm);
        unroll(&c, c.random.offsets, B, &again);
        assert_memory_equal(&again, &all, sizeof all);
        engine_case_close(&c);
    }
}

static void smaller_batches_are_parts_of_larger_ones(void **state)
{
    (void)state;
    with_each_kind_of_loop(compare_batches);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unrolls_equal_those_of_the_processor),
        cmocka_unit_test(smaller_batches_are_parts_of_larger_ones),
    };
    under_test = companion_open(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
