/* SPDX-License-Identifier: MIT */
/*
 * The memory of an engine: one allocation on the device, one on the host for copies. Nothing is
 * allocated later.
 */
#include "arena.h"
#include "engine.h"

#include <limits.h>

#define TAKE(arena, array, rows, columns)                                                          \
    ((array) = lts_arena_take((arena), (rows), (columns), sizeof *(array)))

static void take_windows(lts_arena *arena, lts_gpu_engine *engine)
{
    const lts_engine_options *o = &engine->options;
    lts_windows *w = &engine->windows;
    TAKE(arena, w->series, o->series->n_row, o->series->n_column);
    TAKE(arena, w->input, o->columns->D, 1);
    TAKE(arena, w->target, o->columns->K, 1);
    TAKE(arena, w->column_feed, o->columns->D, 1);
    TAKE(arena, w->row, o->plan->n_call, 1);
    TAKE(arena, w->feed, o->plan->n_call, 1);
    TAKE(arena, w->target_step, o->plan->n_call, 1);
    TAKE(arena, w->target_row, o->plan->T, 1);
    TAKE(arena, w->offsets, o->B, 1);
}

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
    }
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
    take_windows(arena, engine);
    take_trace(arena, engine);
    TAKE(arena, engine->target, o->plan->T * o->B, K);
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
    TAKE(arena, engine->host_results, o->plan->T + 1, 1);
    TAKE(arena, engine->host_largest, 1 + LTS_MAX_MOMENTS, 1);
    TAKE(arena, engine->host_blocks, 1 + o->host.n_moment, o->params->total);
    int64_t state = 2 * o->params->L * o->params->H, K = o->params->K;
    TAKE(arena, engine->host_reading, o->B, state > K ? state : K);
}

/* Numbers of the plan and the columns as the device reads them, and where they go. */
typedef struct index_list {
    int32_t *to;
    int64_t n;
} index_list;

static void fill_indices(const lts_gpu_engine *engine, int32_t *at)
{
    const lts_columns *columns = engine->options.columns;
    const lts_plan *plan = engine->options.plan;
    for (int64_t d = 0; d < columns->D; d++)
        *at++ = (int32_t)columns->input[d];
    for (int64_t k = 0; k < columns->K; k++)
        *at++ = (int32_t)columns->target[k];
    for (int64_t d = 0; d < columns->D; d++)
        *at++ = (int32_t)columns->feed[d];
    for (int64_t call = 0; call < plan->n_call; call++)
        *at++ = (int32_t)plan->calls[call].row;
    for (int64_t call = 0; call < plan->n_call; call++)
        *at++ = (int32_t)plan->calls[call].feed;
    for (int64_t call = 0; call < plan->n_call; call++)
        *at++ = (int32_t)plan->calls[call].target_step;
    for (int64_t t = 0; t < plan->T; t++)
        *at++ = (int32_t)(t + engine->options.pred);
}

/* Series, plan and columns go up, once. */
static lstm_status upload_windows(lts_gpu_engine *engine)
{
    const lts_engine_options *o = &engine->options;
    const lts_windows *w = &engine->windows;
    lts_gpu *gpu = engine->net.gpu;
    int64_t D = o->columns->D, K = o->columns->K, n_call = o->plan->n_call;
    const index_list lists[] = {
        {w->input, D},     {w->target, K},           {w->column_feed, D},        {w->row, n_call},
        {w->feed, n_call}, {w->target_step, n_call}, {w->target_row, o->plan->T}};
    int64_t n = 2 * D + K + 3 * n_call + o->plan->T;
    int32_t *indices = engine->services->alloc(n, sizeof *indices), *from = indices;
    if (indices == NULL)
        return LSTM_E_NOMEM;
    fill_indices(engine, indices);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; from += lists[i++].n)
        lts_gpu_upload(gpu, lists[i].to, from, lists[i].n * (int64_t)sizeof *from);
    lts_gpu_upload(gpu, w->series, o->series->rows,
                   o->series->n_row * o->series->n_column * (int64_t)sizeof(float));
    lstm_status status = lts_gpu_wait(gpu);
    engine->services->free(indices);
    return status;
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

static lstm_status check_sizes(const lts_gpu_engine *engine)
{
    const lts_engine_options *o = &engine->options;
    int64_t rows;
    if (__builtin_mul_overflow(o->plan->n_call + 1, o->B, &rows) || rows > INT_MAX ||
        o->plan->T + o->pred > INT_MAX || o->series->n_column > INT_MAX)
        return engine->services->fail(
            LSTM_E_LIMIT,
            "%lld model calls of %lld windows, or %lld + %lld rows, are more than 2^31 - 1",
            (long long)o->plan->n_call, (long long)o->B, (long long)o->plan->T, (long long)o->pred);
    if (o->columns->known && o->pred >= INT_MAX / o->series->n_column)
        return engine->services->fail(LSTM_E_LIMIT,
                                      "%lld rows ahead of %lld columns are more than 2^31 - 1",
                                      (long long)o->pred, (long long)o->series->n_column);
    return LSTM_OK;
}

lstm_status lts_engine_allocate(lts_gpu_engine *engine)
{
    lts_gpu *gpu = engine->net.gpu;
    lts_arena device = {NULL, 0}, host = {NULL, 0};
    lstm_status status = check_sizes(engine);
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
    return upload_windows(engine);
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
