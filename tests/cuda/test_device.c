/* SPDX-License-Identifier: MIT */
/*
 * The operations of a companion's device but the unroll: hooks, optimizers, copies, failures, and
 * what crosses the bus. Float build: a step's constants cross as they are.
 */
#include "assert_status.h"
#include "engine_case.h"
#include "failing_allocator.h"
#include "network/model.h"
#include <stdlib.h>

enum { N_CASE = 40 };

static tested_companion under_test;

static void check(const char *name, const char *what, double error, double allowed)
{
    if (error <= allowed)
        return;
    print_error("%s: %s differs by %.3g, allowed is %.3g\n", name, what, error, allowed);
    fail();
}

static void fill(float *block, const engine_case *c, random_stream *stream, double low, double high)
{
    for (int64_t i = 0; i < c->params.n_tensor; i++)
        for (int64_t e = 0; e < c->params.tensors[i].size; e++)
            block[c->params.tensors[i].offset + e] = (float)random_real(stream, low, high);
}

/* What an update of the kind is made with. */
typedef struct kind_case {
    int64_t kind, n_moment, eps_inside;
    double rate, weight_decay;
} kind_case;

static const kind_case kinds[] = {
    {LSTM_ADAM, 2, 0, 0.01, 0.02},           {LSTM_AMSGRAD, 3, 0, 0.01, 0.02},
    {LSTM_ADAMW_DECOUPLED, 2, 0, 0.01, 0.1}, {LSTM_SGD, 0, 0, 0.1, 0},
    {LSTM_MOMENTUM, 1, 0, 0.1, 0},           {LSTM_RMSPROP, 1, 0, 0.01, 0},
    {LSTM_RMSPROP, 1, 1, 0.01, 0},           {LSTM_ADAGRAD, 1, 0, 0.01, 0},
};
enum { N_KIND = sizeof kinds / sizeof *kinds };

static lstm_optimizer_options options_of(const kind_case *kind)
{
    lstm_optimizer_options o = LSTM_OPTIMIZER_OPTIONS_INIT;
    o.kind = kind->kind;
    o.learning_rate = kind->rate;
    o.beta1 = 0.8;
    o.beta2 = 0.95;
    o.eps = 1e-4;
    o.eta = 0.5;
    o.weight_decay = kind->weight_decay;
    o.momentum = 0.7;
    o.decay = 0.9;
    o.eps_inside = kind->eps_inside;
    return o;
}

/* The constants of update t, by the formulas of lstmts/optimizer.h. */
static lts_step step_of(const lstm_optimizer_options *o, int64_t t)
{
    double one = 1 - pow(o->beta1, (double)t), two = 1 - pow(o->beta2, (double)t);
    bool decoupled = o->kind == LSTM_ADAMW_DECOUPLED;
    double rate = o->learning_rate;
    return (lts_step){
        .kind = o->kind,
        .rate = (real)rate,
        .momentum = (real)o->momentum,
        .eps = (real)o->eps,
        .adam = {.one_minus_beta1 = (real)(1 - o->beta1),
                 .one_minus_beta2 = (real)(1 - o->beta2),
                 .rate = (real)(decoupled ? rate / one : o->eta * rate * sqrt(two) / one),
                 .root_by = decoupled ? (real)(1 / sqrt(two)) : 1,
                 .eps = (real)o->eps,
                 .decay = (real)((decoupled ? rate : o->eta) * o->weight_decay)},
        .rmsprop = {.rate = (real)rate,
                    .decay = (real)o->decay,
                    .one_minus_decay = (real)(1 - o->decay),
                    .eps_outside = o->eps_inside ? 0 : (real)o->eps,
                    .eps_inside = o->eps_inside ? (real)o->eps : 0},
    };
}

/* Blocks in double, as the reference has them. */
typedef struct wide_blocks {
    double p[CASE_MAX_SIZE], g[CASE_MAX_SIZE], moments[LTS_MAX_MOMENTS][CASE_MAX_SIZE];
} wide_blocks;

static void widen(wide_blocks *w, const engine_case *c)
{
    for (int64_t i = 0; i < c->params.total; i++) {
        w->p[i] = (double)c->values[i];
        w->g[i] = (double)c->gradient[i];
        for (int q = 0; q < LTS_MAX_MOMENTS; q++)
            w->moments[q][i] = (double)c->moments[q][i];
    }
}

static reference_moments moments_of(wide_blocks *w, int64_t kind)
{
    static double unused[4][CASE_MAX_SIZE];
    reference_moments m = {unused[0], unused[1], unused[2], unused[3]};
    if (kind == LSTM_RMSPROP || kind == LSTM_ADAGRAD)
        m.s = w->moments[0];
    else if (kind == LSTM_MOMENTUM)
        m.v = w->moments[0];
    else
        m.m = w->moments[0], m.v = w->moments[1], m.vhat = w->moments[2];
    return m;
}

static void check_block(const engine_case *c, const char *what, const float *got,
                        const double *want)
{
    double norm, error = distance(got, want, c->params.total, &norm);
    check(c->random.name, what, error, 1e-6 * fmax(norm, 1e-3));
}

static void one_update(engine_case *c, const lstm_optimizer_options *options, int64_t t,
                       random_stream *stream)
{
    static wide_blocks w;
    double step_loss[16], norm, hooked;
    assert_ok(engine_case_backward(c, step_loss, &norm));
    assert_ok(c->device->read(c->engine, LTS_READ_GRADIENT));
    widen(&w, c);
    const lstm_hook hooks[] = {
        {LSTM_HOOK_CLIP, norm * random_real(stream, 0.5, 1.5)},
        {LSTM_HOOK_WEIGHT_DECAY, random_real(stream, 1e-3, 0.2)},
        {LSTM_HOOK_CLIP, norm * random_real(stream, 0.2, 1)},
    };
    int64_t first = random_int(stream, 0, 2), n_hook = random_int(stream, 0, 3 - first);
    assert_ok(c->device->run_hooks(c->engine, hooks + first, n_hook, &hooked));
    assert_ok(c->device->read(c->engine, LTS_READ_GRADIENT));
    reference_hooks(hooks + first, n_hook, c->params.total, w.p, w.g);
    check_block(c, "the gradient after hooks", c->gradient, w.g);
    double want = 0;
    for (int64_t i = 0; i < c->params.total; i++)
        want += w.g[i] * w.g[i];
    check(c->random.name, "the norm after hooks", fabs(hooked - sqrt(want)), 1e-6 * sqrt(want));

    const lts_step step = step_of(options, t);
    reference_moments moments = moments_of(&w, options->kind);
    reference_optimize(options, t, c->params.total, w.p, w.g, &moments);
    assert_ok(c->device->step(c->engine, &step));
    assert_ok(c->device->read(c->engine, LTS_READ_VALUES | LTS_READ_MOMENTS));
    check_block(c, "the parameters", c->values, w.p);
    for (int64_t q = 0; q < c->options.host.n_moment; q++)
        check_block(c, "a moment", c->moments[q], w.moments[q]);
}

static void hooks_and_optimizers_equal_the_reference(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < N_CASE; number++) {
        const kind_case *kind = &kinds[number % N_KIND];
        const lstm_optimizer_options options = options_of(kind);
        random_stream stream = number;
        engine_case c;
        engine_case_make(&c, &under_test, number, kind->n_moment);
        for (int64_t q = 0; q < kind->n_moment; q++)
            fill(c.moments[q], &c, &stream, 1e-4, 0.5);
        assert_ok(c.device->open(&c.engine, &c.options));
        assert_ok(c.device->load(c.engine));
        for (int64_t t = 1; t <= 3; t++)
            one_update(&c, &options, t, &stream);
        engine_case_close(&c);
    }
}

static void what_is_loaded_is_read_back_and_measured(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < N_CASE; number++) {
        random_stream stream = number;
        engine_case c;
        engine_case_make(&c, &under_test, number, 3);
        float want[1 + LTS_MAX_MOMENTS][CASE_MAX_SIZE];
        for (int64_t q = 0; q < 3; q++)
            fill(c.moments[q], &c, &stream, -10, 10);
        assert_ok(c.device->open(&c.engine, &c.options));
        assert_ok(c.device->load(c.engine));
        double most[1 + LTS_MAX_MOMENTS] = {0};
        for (int q = 0; q < 4; q++) {
            float *block = q == 0 ? c.values : c.moments[q - 1];
            for (int64_t i = 0; i < c.params.total; i++)
                most[q] = fmax(most[q], fabs((double)block[i]));
            memcpy(want[q], block, sizeof want[q]);
            memset(block, 0, sizeof want[q]);
        }
        lts_bounds bounds;
        assert_ok(c.device->measure(c.engine, &bounds));
        assert_ok(c.device->read(c.engine, LTS_READ_VALUES | LTS_READ_MOMENTS));
        assert_true(bounds.value == most[0]);
        assert_memory_equal(c.values, want[0], sizeof want[0]);
        for (int q = 0; q < 3; q++) {
            assert_true(bounds.moment[q] == most[1 + q]);
            assert_memory_equal(c.moments[q], want[1 + q], sizeof want[0]);
        }
        engine_case_close(&c);
    }
}

/* A loss that is not finite: no norm, and the next batch is as if nothing had been. */
static void a_loss_that_is_not_finite_has_no_norm(void **state)
{
    (void)state;
    engine_case c;
    double step_loss[16], norm, before;
    engine_case_open(&c, &under_test, 1, 0);
    assert_ok(engine_case_backward(&c, step_loss, &before));
    float kept = c.values[c.params.output_bias];
    c.values[c.params.output_bias] = 3e38f;
    assert_ok(c.device->load(c.engine));
    for (int i = 0; i < 3; i++) {
        assert_ok(engine_case_backward(&c, step_loss, &norm));
        c.values[c.params.output_bias] = i == 0 ? NAN : kept;
        assert_ok(c.device->load(c.engine));
        if (i == 1)
            assert_true(isnan(norm));
    }
    assert_true(norm == before);
    engine_case_close(&c);
}

/* The rest is asked of the twin alone, which can be told to fail and counts. */

static void an_update_moves_offsets_and_losses_alone(void **state)
{
    (void)state;
    lts_twin *control = under_test.control;
    for (uint64_t number = 0; number < N_CASE; number++) {
        engine_case c;
        double step_loss[16], norm;
        const lstm_optimizer_options options = options_of(&kinds[0]);
        const lts_step step = step_of(&options, 1);
        engine_case_open(&c, &under_test, number, 2);
        for (int update = 0; update < 3; update++) {
            lts_twin before = *control;
            assert_ok(engine_case_backward(&c, step_loss, &norm));
            assert_ok(c.device->step(c.engine, &step));
            assert_int_equal(control->up - before.up, c.random.B * 8);
            assert_int_equal(control->down - before.down, (c.plan.T + 1) * 8);
            assert_int_equal(control->n_wait - before.n_wait, 1);
            assert_int_equal(control->n_alloc, before.n_alloc);
            assert_int_equal(control->n_entered, 0);
        }
        lts_twin before = *control;
        const lstm_hook hooks[] = {{LSTM_HOOK_CLIP, 0.1}, {LSTM_HOOK_WEIGHT_DECAY, 0.1}};
        assert_ok(c.device->run_hooks(c.engine, hooks, 2, &norm));
        assert_int_equal(control->up, before.up);
        assert_int_equal(control->down - before.down, 8);
        assert_int_equal(control->n_wait - before.n_wait, 1);
        engine_case_close(&c);
        assert_int_equal(control->n_live, 0);
    }
}

static lstm_status open_and_close(void *opened)
{
    engine_case *c = opened;
    lts_engine *engine = NULL;
    lstm_status status = c->device->open(&engine, &c->options);
    c->device->close(engine);
    return status;
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    lts_twin *control = under_test.control;
    engine_case c;
    engine_case_make(&c, &under_test, 3, 3);
    int64_t n = 0;
    do {
        control->fail_alloc = control->n_alloc + ++n;
        lts_engine *engine = NULL;
        lstm_status status = c.device->open(&engine, &c.options);
        if (status < 0)
            assert_status(status, LSTM_E_NOMEM, "device twin: out of memory");
        c.device->close(engine);
        assert_int_equal(control->n_live, 0);
        if (status == LSTM_OK)
            break;
    } while (n < 100);
    assert_in_range(n, 3, 99);
    control->fail_alloc = 0;
    engine_case_close(&c);
}

static failing_allocator host_memory;

static void each_allocation_of_the_host_may_fail(void **state)
{
    (void)state;
    failing_allocator_install(&host_memory);
    engine_case *c = calloc(1, sizeof *c);
    assert_non_null(c);
    engine_case_make(c, &under_test, 3, 3);
    assert_in_range(failing_allocator_sweep(&host_memory, open_and_close, c), 4, 100);
    engine_case_close(c);
    free(c);
    failing_allocator_remove(&host_memory);
}

/* One update, and all that can be read; stops at the first failure. */
static lstm_status update_and_read(engine_case *c)
{
    double step_loss[16], norm;
    lts_bounds bounds;
    const lstm_hook hooks[] = {{LSTM_HOOK_CLIP, 0.1}, {LSTM_HOOK_WEIGHT_DECAY, 0.1}};
    const lstm_optimizer_options options = options_of(&kinds[0]);
    const lts_step step = step_of(&options, 1);
    lstm_status status = engine_case_backward(c, step_loss, &norm);
    if (status >= 0)
        status = c->device->run_hooks(c->engine, hooks, 2, &norm);
    if (status >= 0)
        status = c->device->measure(c->engine, &bounds);
    if (status >= 0)
        status = c->device->step(c->engine, &step);
    if (status >= 0)
        status = c->device->read(c->engine, LTS_READ_VALUES | LTS_READ_MOMENTS);
    return status;
}

/* Values and moments of the host are of one moment, whenever the device is lost. */
static void a_lost_device_leaves_the_host_as_it_was(void **state)
{
    (void)state;
    lts_twin *control = under_test.control;
    int64_t n = 0;
    for (bool lost = true; lost; n++) {
        engine_case c;
        engine_case_open(&c, &under_test, 7, 2);
        float values[CASE_MAX_SIZE], moments[2][CASE_MAX_SIZE];
        memcpy(values, c.values, sizeof values);
        memcpy(moments, c.moments, sizeof moments);
        control->fail_work = 1 + n;
        lstm_status status = update_and_read(&c);
        lost = control->fail_work == 0;
        control->fail_work = 0;
        if (lost) {
            assert_status(status, LSTM_E_DEVICE, "lost");
            assert_memory_equal(c.values, values, sizeof values);
            assert_memory_equal(c.moments, moments, sizeof moments);
            assert_status(update_and_read(&c), LSTM_E_DEVICE, "lost");
            assert_status(c.device->load(c.engine), LSTM_E_DEVICE, "lost");
            assert_status(c.device->read(c.engine, LTS_READ_VALUES), LSTM_E_DEVICE, "lost");
            assert_memory_equal(c.values, values, sizeof values);
        }
        engine_case_close(&c);
        assert_int_equal(control->n_live + control->n_entered, 0);
    }
    assert_in_range(n, 30, 10000);
}

static void devices_are_listed_and_counted(void **state)
{
    (void)state;
    lstm_device_info info[3];
    int64_t n;
    assert_ok(under_test.device->list(info, 3, &n));
    assert_int_equal(n, 2);
    assert_string_equal(info[1].name, "twin:1");
    assert_ok(under_test.device->list(NULL, 0, &n));
    assert_int_equal(n, 2);
    engine_case c;
    engine_case_make(&c, &under_test, 3, 0);
    c.options.index = 2;
    assert_status(c.device->open(&c.engine, &c.options), LSTM_E_DEVICE,
                  "twin:2: there are 2 devices");
    c.options.index = 0;
    c.options.B = INT64_C(1) << 40;
    assert_status(c.device->open(&c.engine, &c.options), LSTM_E_LIMIT, "1099511627776 windows");
    engine_case_close(&c);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest everywhere[] = {
        cmocka_unit_test(hooks_and_optimizers_equal_the_reference),
        cmocka_unit_test(what_is_loaded_is_read_back_and_measured),
        cmocka_unit_test(a_loss_that_is_not_finite_has_no_norm),
    };
    const struct CMUnitTest twins[] = {
        cmocka_unit_test(an_update_moves_offsets_and_losses_alone),
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(each_allocation_of_the_host_may_fail),
        cmocka_unit_test(a_lost_device_leaves_the_host_as_it_was),
        cmocka_unit_test(devices_are_listed_and_counted),
    };
    under_test = companion_open(argc, argv);
    int failed = cmocka_run_group_tests(everywhere, NULL, NULL);
    if (under_test.control != NULL)
        failed += cmocka_run_group_tests(twins, NULL, NULL);
    return failed;
}
