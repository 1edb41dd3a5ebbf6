/* SPDX-License-Identifier: MIT */
/*
 * Many series at once, from zero state: by the whole-plan kernel of loop.h where it fits, otherwise
 * step by step. They go in blocks that fit the device's memory. y is written in the end, when all
 * outputs are known to be finite, and straight from the device: a copy on the way would take as long
 * again, and only a device that is lost in these milliseconds leaves part of y written.
 */
#include "fleet.h"

#include "arena.h"
#include "loop.h"
#include "network.h"

#include <string.h>

/* Products of a call have no more rows; what a kernel counts stays far below 2^31 blocks. */
enum { MOST_SERIES = 1 << 24 };

/* A block of series under way. */
typedef struct block {
    const lts_fleet *fleet;
    const lts_services *services;
    lts_net net;
    bool loop;
    int64_t n_call, capacity; /* capacity: series that the arrays hold */
    lts_net_trace state;      /* of one call, in place; unless `loop` */
    lts_net_layer *layers;    /* [L] */
    float *x;                 /* [n_x, B, D] */
    float *recent; /* [n_recent, B, K] outputs of call t at t % n_recent; unless `loop` */
    int64_t n_recent;
    int32_t *slots;       /* [n_recent] 0, 1, ..: where the outputs lie */
    int32_t *column_feed; /* [D] */
    float *y;             /* [B, n_step, K] */
    int64_t *bad;         /* position of the first output that is not finite */
    void *memory;
    int64_t host_bad;
    real *outputs; /* [n_series, n_step, K] until all is known to be good, if blocks are several */
} block;

#define TAKE(arena, array, rows, columns)                                                          \
    ((array) = lts_arena_take((arena), (rows), (columns), sizeof *(array)))

/* What does not grow with the number of series. */
static void take_net(lts_arena *arena, block *b)
{
    const lts_params *params = b->net.params;
    TAKE(arena, b->net.values, params->total, 1);
    if (b->net.folded)
        TAKE(arena, b->net.fold, 4 * params->H, params->D + 1);
    TAKE(arena, b->column_feed, params->D, 1);
    TAKE(arena, b->slots, b->n_recent, 1);
    TAKE(arena, b->bad, 1, 1);
}

/* What grows with it. */
static void take_series(lts_arena *arena, block *b, int64_t B)
{
    const lts_params *params = b->net.params;
    int64_t D = params->D, H = params->H, K = params->K, elements;
    bool fits = !__builtin_mul_overflow(B, b->fleet->n_step, &elements);
    TAKE(arena, b->x, b->fleet->n_x * D, B);
    TAKE(arena, b->y, fits ? elements : INT64_MAX, K);
    if (b->loop)
        return;
    TAKE(arena, b->recent, b->n_recent * K, B);
    TAKE(arena, b->state.x, B, D);
    if (!b->net.folded)
        TAKE(arena, b->state.u, B, H);
    for (int64_t l = 0; l < params->L; l++) {
        TAKE(arena, b->layers[l].gates, B, 4 * H);
        TAKE(arena, b->layers[l].c, B, H);
        TAKE(arena, b->layers[l].h, B, H);
    }
}

static int64_t bytes_of(const block *b, int64_t B)
{
    block measured = *b; /* its layers are b's, and get their addresses later */
    lts_arena arena = {NULL, 0};
    take_net(&arena, &measured);
    take_series(&arena, &measured, B);
    return arena.bytes;
}

/* As many series as fit: all, or the half of it, and so on. */
static lstm_status allocate(block *b)
{
    lts_gpu *gpu = b->net.gpu;
    if (!b->loop)
        lts_gpu_prepare_products(gpu);
    int64_t limit = lts_gpu_free_bytes(gpu) / 10 * 9, B = b->fleet->n_series;
    while (B > 1 && (bytes_of(b, B) > limit || B > MOST_SERIES))
        B = (B + 1) / 2;
    b->capacity = B;
    b->memory = lts_gpu_alloc(gpu, bytes_of(b, B));
    if (b->memory == NULL)
        return lts_gpu_wait(gpu);
    lts_arena arena = {b->memory, 0};
    take_net(&arena, b);
    take_series(&arena, b, B);
    return LSTM_OK;
}

static lstm_status upload_net(block *b)
{
    const lts_fleet *fleet = b->fleet;
    const lts_params *params = fleet->params;
    lts_gpu *gpu = b->net.gpu;
    int64_t D = params->D;
    int32_t *numbers = b->services->alloc(D + b->n_recent, sizeof *numbers);
    if (numbers == NULL)
        return LSTM_E_NOMEM;
    for (int64_t d = 0; d < D; d++)
        numbers[d] = (int32_t)fleet->columns->feed[d];
    for (int64_t i = 0; i < b->n_recent; i++)
        numbers[D + i] = (int32_t)i;
    lts_gpu_upload(gpu, b->net.values, fleet->values, params->total * (int64_t)sizeof(float));
    lts_gpu_upload(gpu, b->column_feed, numbers, D * (int64_t)sizeof *numbers);
    lts_gpu_upload(gpu, b->slots, numbers + D, b->n_recent * (int64_t)sizeof *numbers);
    lts_net_fold(&b->net);
    lstm_status status = lts_gpu_wait(gpu);
    b->services->free(numbers);
    return status;
}

static void run_loop(const block *b, int64_t B)
{
    const lts_params *params = b->net.params;
    const float *values = b->net.values;
    const lts_loop_forecast forecast = {.n_call = b->n_call,
                                        .B = B,
                                        .D = params->D,
                                        .K = params->K,
                                        .H = params->H,
                                        .context_len = b->fleet->context_len,
                                        .lag = b->fleet->lag,
                                        .fold = b->net.fold,
                                        .weight_h = values + params->layers[0].weight_h,
                                        .weight_out = values + params->output_weight,
                                        .bias_out = values + params->output_bias,
                                        .column_feed = b->column_feed,
                                        .x = b->x,
                                        .y = b->y};
    if (lts_gpu_status(b->net.gpu) == LSTM_OK)
        lts_gpu_keep(b->net.gpu, lts_loop_forecast_run(b->net.gpu, &forecast), "forecast");
}

/* Call t: its input, the network, and its output where later calls and the caller find it. */
static void run_call(const block *b, lts_net_trace *state, float *x_here, int64_t t)
{
    const lts_fleet *fleet = b->fleet;
    lts_gpu *gpu = b->net.gpu;
    int64_t B = state->B, D = b->net.params->D, K = b->net.params->K;
    int64_t step = t - (fleet->context_len - 1);
    state->x = t < fleet->n_x ? b->x + t * B * D : x_here;
    state->y = b->recent + t % b->n_recent * B * K;
    state->from_zero = t == 0;
    if (t >= fleet->context_len) {
        const int32_t *slot = b->slots + (t - fleet->lag) % b->n_recent;
        const lts_feeding feeding = {
            .n = 1, .B = B, .D = D, .K = K, .feed = slot, .column_feed = b->column_feed};
        lts_gpu_feed(gpu, &feeding, b->recent, state->x);
    }
    lts_net_forward(&b->net, state, 0, 1);
    const lts_copy copy = {.to = b->y + step * K,
                           .to_pitch = fleet->n_step * K * (int64_t)sizeof(float),
                           .from = state->y,
                           .from_pitch = K * (int64_t)sizeof(float),
                           .row_bytes = K * (int64_t)sizeof(float),
                           .rows = B};
    if (step >= 0)
        lts_gpu_copy_rows(gpu, &copy);
}

static void run_steps(const block *b, int64_t B)
{
    lts_net_trace state = b->state;
    state.n_call = 1;
    state.B = B;
    state.slot = 0;
    state.layers = b->layers;
    for (int64_t l = 0; l < b->net.params->L; l++)
        lts_gpu_zero(b->net.gpu, b->layers[l].c, B * b->net.params->H * (int64_t)sizeof(float));
    for (int64_t t = 0; t < b->n_call; t++)
        run_call(b, &state, b->state.x, t);
}

static lstm_status check_finite(block *b, int64_t first, int64_t B)
{
    int64_t K = b->net.params->K, n_step = b->fleet->n_step, n = B * n_step * K;
    lts_gpu *gpu = b->net.gpu;
    float found;
    lts_gpu_first_nonfinite(gpu, n, b->y, b->bad);
    lts_gpu_download(gpu, &b->host_bad, b->bad, sizeof b->host_bad);
    lstm_status status = lts_gpu_wait(gpu);
    int64_t bad = b->host_bad;
    if (status < 0 || bad >= n)
        return status;
    lts_gpu_download(gpu, &found, b->y + bad, sizeof found);
    status = lts_gpu_wait(gpu);
    if (status < 0)
        return status;
    return b->services->fail(LSTM_E_NUMERIC, "series %lld: output %lld of step %lld is %g",
                             (long long)b->fleet->numbers[first + bad / K / n_step],
                             (long long)(bad % K), (long long)(bad / K % n_step), (double)found);
}

/* Series first .. first + B - 1, their outputs to y. */
static lstm_status run_block(block *b, int64_t first, int64_t B, real *y)
{
    const lts_fleet *fleet = b->fleet;
    int64_t D = b->net.params->D, outputs = fleet->n_step * b->net.params->K;
    const lts_copy rows = {.to = b->x,
                           .to_pitch = B * D * (int64_t)sizeof(float),
                           .from = fleet->x + first * D,
                           .from_pitch = fleet->n_series * D * (int64_t)sizeof(float),
                           .row_bytes = B * D * (int64_t)sizeof(float),
                           .rows = fleet->n_x};
    lts_gpu_upload_rows(b->net.gpu, &rows);
    if (b->loop)
        run_loop(b, B);
    else
        run_steps(b, B);
    lstm_status status = check_finite(b, first, B);
    if (status < 0)
        return status;
    lts_gpu_download(b->net.gpu, y + first * outputs, b->y, B * outputs * (int64_t)sizeof *y);
    return lts_gpu_wait(b->net.gpu);
}

/*
 * A single block is downloaded to y once it is known to be good. Of several, a later one may fail,
 * so they are collected first.
 */
static lstm_status run_blocks(block *b)
{
    const lts_fleet *fleet = b->fleet;
    int64_t n = fleet->n_series, outputs = n * fleet->n_step * b->net.params->K;
    real *y = fleet->y;
    if (b->capacity < n)
        y = b->outputs = b->services->alloc(outputs, sizeof *y);
    if (y == NULL)
        return LSTM_E_NOMEM;
    for (int64_t first = 0; first < n; first += b->capacity) {
        lstm_status status =
            run_block(b, first, n - first < b->capacity ? n - first : b->capacity, y);
        if (status < 0)
            return status;
    }
    if (y != fleet->y)
        memcpy(fleet->y, y, (size_t)outputs * sizeof *y);
    return LSTM_OK;
}

/* How the network runs here, and what of outputs must be kept. */
static void choose(block *b)
{
    const lts_fleet *fleet = b->fleet;
    const lts_params *params = fleet->params;
    b->net.params = params;
    b->net.precision = fleet->precision;
    b->n_call = fleet->context_len - 1 + fleet->n_step;
    b->net.folded = fleet->folded;
    b->n_recent = fleet->n_step > 1 ? fleet->lag : 1;
    b->loop = params->L == 1 && b->net.folded && !fleet->columns->known &&
              lts_loop_fits(b->net.gpu, params->D, params->K, params->H, b->n_recent);
}

static void clear(block *b)
{
    lts_gpu_free(b->net.gpu, b->memory);
    b->services->free(b->layers);
    b->services->free(b->outputs);
}

static lstm_status run_fleet(lts_gpu *gpu, const lts_fleet *fleet, const lts_services *services)
{
    block b = {.fleet = fleet, .services = services, .net.gpu = gpu};
    choose(&b);
    b.layers = services->alloc(fleet->params->L, sizeof *b.layers);
    lstm_status status = b.layers == NULL ? LSTM_E_NOMEM : allocate(&b);
    if (status >= 0)
        status = upload_net(&b);
    if (status >= 0)
        status = run_blocks(&b);
    clear(&b);
    return status;
}

lstm_status lts_fleet_forecast(const lts_fleet *fleets, int64_t n, const lts_services *services)
{
    lts_gpu *gpu = NULL;
    lstm_status status = lts_gpu_open(&gpu, services, fleets->index);
    for (int64_t i = 0; status >= 0 && i < n; i++)
        status = run_fleet(gpu, &fleets[i], services);
    lts_gpu_close(gpu);
    return status;
}
