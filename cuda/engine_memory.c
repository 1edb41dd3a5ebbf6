/* SPDX-License-Identifier: MIT */
/*
 * The memory of an engine: one allocation on the device, one on the host for copies. Nothing is
 * allocated later.
 */
#include "arena.h"
#include "engine.h"

#define TAKE(arena, array, rows, columns)                                                          \
    ((array) = lts_arena_take((arena), (rows), (columns), sizeof *(array)))

static void take_trace(lts_arena *arena, lts_gpu_engine *engine)
{
    const lts_params *params = engine->options.params;
    lts_net_trace *trace = &engine->trace;
    int64_t B = engine->options.B, rows = engine->options.plan->n_call * B;
    TAKE(arena, trace->x, rows, params->D);
    TAKE(arena, trace->y, rows, params->K);
    TAKE(arena, trace->dy, rows, params->K);
    if (!engine->net.folded)
        TAKE(arena, trace->u, rows, params->H);
    if (!engine->loop) {
        TAKE(arena, trace->dx, rows, params->D);
        TAKE(arena, trace->dh, rows, params->H);
    }
    for (int64_t l = 0; l < params->L; l++) {
        lts_net_layer *layer = &engine->layers[l];
        TAKE(arena, layer->gates, rows, 4 * params->H);
        TAKE(arena, layer->c, rows + B, params->H);
        TAKE(arena, layer->h, rows + B, params->H);
        TAKE(arena, layer->dc, B, params->H);
        if (engine->options.dropout.threshold > 0) {
            TAKE(arena, layer->kept, rows, lts_kept_words(params->H));
            TAKE(arena, layer->out, rows, params->H);
        }
    }
}

/* The numbers of a loss; an array that it lacks has length 0. */
static void take_loss(lts_arena *arena, lts_gpu_engine *engine)
{
    const lts_loss plain = {.kind = LSTM_LOSS_MSE, .n_out = 1}, *from = engine->options.loss;
    lts_loss *to = &engine->loss;
    double *levels, *units, *columns, *steps;
    *to = from != NULL ? *from : plain;
    TAKE(arena, levels, to->n_level, 1);
    TAKE(arena, units, to->n_unit, 1);
    TAKE(arena, columns, to->n_column_weight, 1);
    TAKE(arena, steps, to->n_step_weight, 1);
    TAKE(arena, engine->weight_sum, engine->options.plan->T, 1);
    to->levels = levels;
    to->units = units;
    to->column_weights = columns;
    to->step_weights = steps;
}

static void take_device(lts_arena *arena, lts_gpu_engine *engine)
{
    const lts_engine_options *o = &engine->options;
    const lts_params *params = o->params;
    int64_t D = params->D, H = params->H, K = params->K;
    TAKE(arena, engine->net.values, params->total, 1);
    TAKE(arena, engine->gradient, params->total, 1);
    for (int64_t i = 0; i < o->host.n_moment; i++)
        TAKE(arena, engine->moments[i], params->total, 1);
    if (o->host.average != NULL)
        TAKE(arena, engine->average, params->total, 1);
    if (o->accumulates)
        TAKE(arena, engine->gradient_sum, params->total, 1);
    lts_windows_take(arena, &engine->windows, o);
    take_loss(arena, engine);
    take_trace(arena, engine);
    TAKE(arena, engine->work, LTS_SUM_PARTS, 4 * H > K ? 4 * H : K);
    if (engine->net.folded) {
        TAKE(arena, engine->net.fold, 4 * H, D + 1);
        TAKE(arena, engine->product, 4 * H, D);
    }
    TAKE(arena, engine->results, o->plan->T + 1, 1);
    TAKE(arena, engine->largest, 1 + LTS_MAX_MOMENTS, 1);
}

static void take_host(lts_arena *arena, lts_gpu_engine *engine)
{
    const lts_engine_options *o = &engine->options;
    TAKE(arena, engine->host_offsets, o->B, 1);
    TAKE(arena, engine->host_numbers, 1, 1);
    TAKE(arena, engine->host_results, o->plan->T + 1, 1);
    TAKE(arena, engine->host_largest, 1 + LTS_MAX_MOMENTS, 1);
    TAKE(arena, engine->host_blocks, 2 + o->host.n_moment, o->params->total);
    int64_t state = 2 * o->params->L * o->params->H, K = o->params->K;
    TAKE(arena, engine->host_reading, o->B, state > K ? state : K);
    if (o->carries)
        TAKE(arena, engine->host_state, o->B, state);
}

static void upload_loss(lts_gpu_engine *engine)
{
    const lts_loss *to = &engine->loss;
    const lts_loss *from = engine->options.loss != NULL ? engine->options.loss : to;
    const struct {
        const double *to, *from;
        int64_t n;
    } arrays[] = {{to->levels, from->levels, from->n_level},
                  {to->units, from->units, from->n_unit},
                  {to->column_weights, from->column_weights, from->n_column_weight},
                  {to->step_weights, from->step_weights, from->n_step_weight}};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        if (arrays[i].n > 0)
            lts_gpu_upload(engine->net.gpu, (void *)(uintptr_t)arrays[i].to, arrays[i].from,
                           arrays[i].n * (int64_t)sizeof(double));
}

/* Gaps between tensors are 0 and stay 0, and so do h and c before call 0. */
static void zero_for_good(lts_gpu_engine *engine)
{
    const lts_params *params = engine->options.params;
    lts_gpu *gpu = engine->net.gpu;
    int64_t bytes = engine->options.B * params->H * (int64_t)sizeof(float);
    lts_gpu_zero(gpu, engine->gradient, params->total * (int64_t)sizeof(float));
    for (int64_t l = 0; l < params->L; l++) {
        lts_gpu_zero(gpu, engine->layers[l].c, bytes);
        lts_gpu_zero(gpu, engine->layers[l].h, bytes);
    }
}

lstm_status lts_engine_allocate(lts_gpu_engine *engine)
{
    lts_gpu *gpu = engine->net.gpu;
    lts_arena device = {NULL, 0}, host = {NULL, 0};
    lstm_status status = lts_windows_check(&engine->options, engine->services);
    if (status < 0)
        return status;
    int64_t L = engine->options.params->L;
    engine->layers = engine->services->alloc(L, sizeof *engine->layers);
    engine->trace.layers = engine->services->alloc(L, sizeof *engine->trace.layers);
    if (engine->layers == NULL || engine->trace.layers == NULL)
        return LSTM_E_NOMEM;
    take_device(&device, engine);
    take_host(&host, engine);
    lts_gpu_prepare_products(gpu);
    engine->memory = lts_gpu_alloc(gpu, device.bytes);
    engine->host_memory = lts_gpu_alloc_host(gpu, host.bytes);
    if (engine->memory == NULL || engine->host_memory == NULL)
        return lts_gpu_wait(gpu);
    take_device(&(lts_arena){engine->memory, 0}, engine);
    take_host(&(lts_arena){engine->host_memory, 0}, engine);
    zero_for_good(engine);
    upload_loss(engine);
    return lts_windows_upload(&engine->windows, gpu, &engine->options, engine->services);
}

void lts_engine_release(lts_gpu_engine *engine)
{
    lts_gpu *gpu = engine->net.gpu;
    for (int i = 0; gpu != NULL && i < LTS_N_RECORDED; i++)
        lts_gpu_graph_clear(gpu, &engine->recorded[i].graph);
    if (gpu != NULL) {
        lts_gpu_free(gpu, engine->memory);
        lts_gpu_free_host(gpu, engine->host_memory);
    }
    engine->services->free(engine->layers);
    engine->services->free(engine->trace.layers);
    lts_gpu_close(gpu);
}
