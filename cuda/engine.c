/* SPDX-License-Identifier: MIT */
/*
 * The operations of an engine. Each enters the device, enqueues, waits once if it has something to
 * give, and leaves; what the host gets lies in memory of the engine until the wait has succeeded.
 */
#include "engine.h"

#include "loop.h"

#include <math.h>
#include <string.h>

static lts_gpu_engine *enter(lts_engine *engine)
{
    lts_gpu_engine *e = (lts_gpu_engine *)(void *)engine;
    lts_gpu_enter(e->net.gpu);
    return e;
}

static lstm_status leave(const lts_gpu_engine *e, lstm_status status)
{
    lts_gpu_leave(e->net.gpu);
    return status;
}

/* Whether the whole-plan kernels have what the plan needs. */
static bool is_simple(const lts_engine_options *o)
{
    bool simple = o->params->L == 1 && o->folded && !o->carries;
    bool maps = o->loss != NULL && o->loss->kind == LSTM_LOSS_NEGATIVE_BINOMIAL;
    for (int64_t call = 0; call < o->plan->n_call; call++)
        simple = simple && !o->plan->calls[call].holes && !(maps && o->plan->calls[call].feed >= 0);
    return simple;
}

/* How the network runs here. */
static void choose(lts_gpu_engine *engine)
{
    const lts_engine_options *o = &engine->options;
    const lts_params *params = o->params;
    engine->net.params = params;
    engine->net.precision = o->precision;
    engine->net.folded = o->folded;
    engine->net.scale = (float)o->dropout.scale;
    engine->loop =
        is_simple(o) && lts_loop_fits(engine->net.gpu, params->D, params->K, params->H, 1);
    engine->trace.from_zero = !o->carries;
}

lstm_status lts_engine_open(lts_engine **engine, const lts_engine_options *options,
                            const lts_device *device, const lts_services *services)
{
    lts_gpu_engine *made = services->alloc(1, sizeof *made);
    if (made == NULL)
        return LSTM_E_NOMEM;
    made->base.device = device;
    made->services = services;
    made->options = *options;
    lstm_status status = lts_gpu_open(&made->net.gpu, services, options->index);
    if (status >= 0) {
        choose(made);
        status = lts_engine_allocate(made);
    }
    if (status < 0) {
        lts_engine_close(&made->base);
        return status;
    }
    made->options.view_table = NULL; /* the device has its arrays now */
    *engine = &made->base;
    return leave(made, LSTM_OK);
}

void lts_engine_close(lts_engine *engine)
{
    lts_gpu_engine *e = (lts_gpu_engine *)(void *)engine;
    if (e == NULL)
        return;
    lts_engine_release(e);
    e->services->free(e);
}

static int64_t block_bytes(const lts_gpu_engine *engine)
{
    return engine->options.params->total * (int64_t)sizeof(float);
}

lstm_status lts_engine_load(lts_engine *engine)
{
    lts_gpu_engine *e = enter(engine);
    const lts_host_blocks *host = &e->options.host;
    lts_gpu_upload(e->net.gpu, e->net.values, host->values, block_bytes(e));
    for (int64_t i = 0; i < host->n_moment; i++)
        lts_gpu_upload(e->net.gpu, e->moments[i], host->moments[i], block_bytes(e));
    if (host->average != NULL)
        lts_gpu_upload(e->net.gpu, e->average, host->average, block_bytes(e));
    return leave(e, lts_gpu_wait(e->net.gpu));
}

/* The blocks that one call of read() downloads, and their places on the host. */
typedef struct transfer {
    int64_t n;
    const float *from[2 + LTS_MAX_MOMENTS];
    real *to[2 + LTS_MAX_MOMENTS];
} transfer;

static void add(transfer *t, const float *from, real *to)
{
    t->from[t->n] = from;
    t->to[t->n++] = to;
}

/* All of them or none. */
static lstm_status fetch(lts_gpu_engine *e, const transfer *t)
{
    int64_t total = e->options.params->total, bytes = block_bytes(e);
    for (int64_t i = 0; i < t->n; i++)
        lts_gpu_download(e->net.gpu, e->host_blocks + i * total, t->from[i], bytes);
    lstm_status status = lts_gpu_wait(e->net.gpu);
    for (int64_t i = 0; status >= 0 && i < t->n; i++)
        memcpy(t->to[i], e->host_blocks + i * total, (size_t)bytes);
    return status;
}

lstm_status lts_engine_read(lts_engine *engine, unsigned what)
{
    lts_gpu_engine *e = enter(engine);
    const lts_host_blocks *host = &e->options.host;
    transfer state = {0}, gradient = {0};
    lstm_status status = LSTM_OK;
    if ((what & LTS_READ_GRADIENT) != 0) {
        add(&gradient, e->gradient, host->gradient);
        status = fetch(e, &gradient);
    }
    if ((what & LTS_READ_VALUES) != 0)
        add(&state, e->net.values, host->values);
    for (int64_t i = 0; (what & LTS_READ_MOMENTS) != 0 && i < host->n_moment; i++)
        add(&state, e->moments[i], host->moments[i]);
    if ((what & LTS_READ_MOMENTS) != 0 && host->average != NULL)
        add(&state, e->average, host->average);
    return leave(e, status < 0 || state.n == 0 ? status : fetch(e, &state));
}

/* Arrays are dense in the number of windows; slot 1 of c and h lies where it always is. */
static void set_batch(lts_gpu_engine *e, int64_t B)
{
    int64_t H = e->options.params->H, spare = (e->options.B - B) * H;
    e->B = e->trace.B = B;
    e->trace.n_call = e->options.plan->n_call;
    e->trace.slot = B * H;
    for (int64_t l = 0; l < e->options.params->L; l++) {
        e->trace.layers[l] = e->layers[l];
        e->trace.layers[l].c += spare;
        e->trace.layers[l].h += spare;
    }
}

/* The recording for the present batch. */
static lts_gpu_graph *recording(lts_gpu_engine *e)
{
    lts_recorded *recorded = &e->recorded[e->B == e->options.B ? 0 : 1];
    if (recorded->B != e->B || recorded->n_call != e->trace.n_call) {
        lts_gpu_graph_clear(e->net.gpu, &recorded->graph);
        recorded->B = e->B;
        recorded->n_call = e->trace.n_call;
    }
    return &recorded->graph;
}

lstm_status lts_engine_backward(lts_engine *engine, const lts_batch *batch, double *step_loss,
                                double *norm)
{
    lts_gpu_engine *e = enter(engine);
    int64_t T = e->options.plan->T;
    bool finite = true;
    set_batch(e, batch->B);
    memcpy(e->host_offsets, batch->offsets, (size_t)batch->B * sizeof *batch->offsets);
    *e->host_numbers = (lts_numbers){batch->number, batch->seed, batch->withheld};
    if (e->options.carries)
        memcpy(e->host_state, batch->state,
               (size_t)(2 * e->options.params->L * e->trace.slot) * sizeof *batch->state);
    lts_gpu_run(e->net.gpu, recording(e), lts_engine_unroll, e);
    lstm_status status = leave(e, lts_gpu_wait(e->net.gpu));
    if (status < 0)
        return status;
    memcpy(step_loss, e->host_results, (size_t)T * sizeof *step_loss);
    for (int64_t t = 0; t < T; t++)
        finite = finite && isfinite(step_loss[t]);
    *norm = finite ? sqrt(e->host_results[T]) : (double)NAN;
    return LSTM_OK;
}

/* The end of an operation on the gradient, whose norm the host gets. */
static lstm_status leave_with_norm(const lts_gpu_engine *e, double *norm)
{
    lts_gpu *gpu = e->net.gpu;
    int64_t T = e->options.plan->T;
    double *square = e->results + T;
    lts_gpu_sum_squares(gpu, e->options.params->total, e->gradient, square);
    lts_gpu_download(gpu, e->host_results + T, square, sizeof *square);
    lstm_status status = leave(e, lts_gpu_wait(gpu));
    if (status >= 0)
        *norm = sqrt(e->host_results[T]);
    return status;
}

lstm_status lts_engine_sum_gradient(lts_engine *engine, bool is_first)
{
    lts_gpu_engine *e = enter(engine);
    if (is_first)
        lts_gpu_zero(e->net.gpu, e->gradient_sum, block_bytes(e));
    lts_gpu_add_scaled(e->net.gpu, e->options.params->total, 1, e->gradient, e->gradient_sum);
    return leave(e, lts_gpu_status(e->net.gpu));
}

lstm_status lts_engine_mean_gradient(lts_engine *engine, int64_t n, double *norm)
{
    lts_gpu_engine *e = enter(engine);
    lts_gpu_zero(e->net.gpu, e->gradient, block_bytes(e));
    lts_gpu_add_scaled(e->net.gpu, e->options.params->total, 1 / (float)n, e->gradient_sum,
                       e->gradient);
    return leave_with_norm(e, norm);
}

lstm_status lts_engine_clear_gradient(lts_engine *engine, const lts_tensor *const *tensors,
                                      int64_t n, double *norm)
{
    lts_gpu_engine *e = enter(engine);
    for (int64_t i = 0; i < n; i++)
        lts_gpu_zero(e->net.gpu, e->gradient + tensors[i]->offset,
                     tensors[i]->size * (int64_t)sizeof *e->gradient);
    return leave_with_norm(e, norm);
}

lstm_status lts_engine_run_hooks(lts_engine *engine, const lstm_hook *hooks, int64_t n_hook,
                                 double *norm)
{
    lts_gpu_engine *e = enter(engine);
    lts_gpu *gpu = e->net.gpu;
    int64_t total = e->options.params->total;
    double *square = e->results + e->options.plan->T;
    for (int64_t i = 0; i < n_hook; i++) {
        if (hooks[i].kind == LSTM_HOOK_WEIGHT_DECAY) {
            lts_gpu_add_scaled(gpu, total, (float)hooks[i].value, e->net.values, e->gradient);
            continue;
        }
        lts_gpu_sum_squares(gpu, total, e->gradient, square);
        lts_gpu_clip(gpu, total, hooks[i].value, square, e->gradient);
    }
    return leave_with_norm(e, norm);
}

lstm_status lts_engine_measure(lts_engine *engine, lts_bounds *bounds)
{
    lts_gpu_engine *e = enter(engine);
    lts_gpu *gpu = e->net.gpu;
    int64_t total = e->options.params->total, n_moment = e->options.host.n_moment;
    lts_gpu_largest(gpu, total, e->net.values, e->largest);
    for (int64_t i = 0; i < n_moment; i++)
        lts_gpu_largest(gpu, total, e->moments[i], e->largest + 1 + i);
    lts_gpu_download(gpu, e->host_largest, e->largest,
                     (1 + n_moment) * (int64_t)sizeof *e->largest);
    lstm_status status = leave(e, lts_gpu_wait(gpu));
    if (status < 0)
        return status;
    *bounds = (lts_bounds){.value = (double)e->host_largest[0]};
    for (int64_t i = 0; i < n_moment; i++)
        bounds->moment[i] = (double)e->host_largest[1 + i];
    return LSTM_OK;
}

/* A step of elements first .. end - 1. */
static void step_elements(const lts_gpu_engine *e, const lts_step *step, int64_t first, int64_t end)
{
    float *moments[LTS_MAX_MOMENTS] = {NULL};
    for (int64_t i = 0; i < e->options.host.n_moment; i++)
        moments[i] = e->moments[i] + first;
    if (first < end)
        lts_gpu_step(e->net.gpu, step, end - first, e->gradient + first, moments,
                     e->net.values + first);
}

/* Nothing comes back, so nothing is waited for: a failure shows in the next operation. */
lstm_status lts_engine_step(lts_engine *engine, const lts_step *step)
{
    lts_gpu_engine *e = enter(engine);
    int64_t done = 0;
    for (int64_t i = 0; i < step->n_part; i++) { /* which are in the order of the table */
        const lts_step_part *part = &step->parts[i];
        step_elements(e, step, done, part->first);
        if (!part->frozen)
            step_elements(e, &part->step, part->first, part->end);
        done = part->end;
    }
    step_elements(e, step, done, e->options.params->total);
    if (step->average > 0)
        lts_gpu_average(e->net.gpu, e->options.params->total, step->average, e->net.values,
                        e->average);
    return leave(e, lts_gpu_status(e->net.gpu));
}

/* The end of a reading: n numbers that were downloaded, all of them or none. */
static lstm_status give(const lts_gpu_engine *e, real *to, int64_t n)
{
    lstm_status status = leave(e, lts_gpu_wait(e->net.gpu));
    if (status >= 0)
        memcpy(to, e->host_reading, (size_t)n * sizeof *to);
    return status;
}

/* A step of steps [.., B, n]. */
static lstm_status read_slot(lts_engine *engine, const float *steps, int64_t step, int64_t n,
                             real *to)
{
    lts_gpu_engine *e = enter(engine);
    int64_t slot = e->B * n;
    lts_gpu_download(e->net.gpu, e->host_reading, steps + step * slot,
                     slot * (int64_t)sizeof *steps);
    return give(e, to, slot);
}

lstm_status lts_engine_read_output(lts_engine *engine, int64_t call, real *y)
{
    const lts_gpu_engine *e = (const lts_gpu_engine *)(void *)engine;
    return read_slot(engine, e->trace.y, call, e->options.params->K, y);
}

lstm_status lts_engine_read_target(lts_engine *engine, int64_t t, real *target)
{
    const lts_gpu_engine *e = (const lts_gpu_engine *)(void *)engine;
    return read_slot(engine, e->windows.targets, t, e->options.source.columns->K, target);
}

lstm_status lts_engine_read_state(lts_engine *engine, real *values)
{
    lts_gpu_engine *e = enter(engine);
    int64_t slot = e->trace.slot, last = e->trace.n_call * slot, L = e->options.params->L;
    int64_t bytes = slot * (int64_t)sizeof *values;
    for (int64_t l = 0; l < L; l++) {
        float *to = e->host_reading + 2 * l * slot;
        lts_gpu_download(e->net.gpu, to, e->trace.layers[l].h + last, bytes);
        lts_gpu_download(e->net.gpu, to + slot, e->trace.layers[l].c + last, bytes);
    }
    return give(e, values, 2 * L * slot);
}
