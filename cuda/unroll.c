/* SPDX-License-Identifier: MIT */
/*
 * What one update enqueues: windows of the series -> forward -> losses -> backward -> gradient and
 * its square. It is the same work for every batch of a size, so it can be recorded.
 */
#include "engine.h"
#include "loop.h"

/* Nothing of the unroll before is used: a test makes that NaN. */
static void forget(const lts_gpu_engine *engine)
{
    lts_gpu *gpu = engine->net.gpu;
    const lts_net_trace *trace = &engine->trace;
    const lts_engine_options *o = &engine->options;
    int64_t rows = o->plan->n_call * o->B, H = o->params->H, D = o->params->D, K = o->params->K;
    const struct {
        float *array;
        int64_t n;
    } arrays[] = {{trace->x, rows * D},
                  {trace->u, rows * H},
                  {trace->y, rows * K},
                  {trace->dy, rows * K},
                  {trace->dx, rows * D},
                  {trace->dh, rows * H},
                  {engine->product, 4 * H * D},
                  {engine->net.fold, 4 * H * (D + 1)},
                  {engine->windows.targets, o->plan->T * o->B * o->source.columns->K},
                  {engine->windows.weights, o->plan->T * o->B * o->source.columns->K}};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        if (arrays[i].array != NULL)
            lts_gpu_forget(gpu, arrays[i].array, arrays[i].n);
    for (int64_t l = 0; l < o->params->L; l++) {
        const lts_net_layer *layer = &engine->layers[l];
        lts_gpu_forget(gpu, layer->gates, rows * 4 * H);
        lts_gpu_forget(gpu, layer->c + o->B * H, rows * H);
        lts_gpu_forget(gpu, layer->h + o->B * H, rows * H);
        lts_gpu_forget(gpu, layer->dc, o->B * H);
        if (layer->out != NULL)
            lts_gpu_forget(gpu, layer->out, rows * H);
    }
}

static void score(const lts_gpu_engine *engine)
{
    const lts_net_trace *trace = &engine->trace;
    const lts_windows *windows = &engine->windows;
    const lts_scoring scoring = {.n_call = engine->options.plan->n_call,
                                 .T = engine->options.plan->T,
                                 .B = engine->B,
                                 .K = engine->options.source.columns->K,
                                 .target_step = windows->target_step,
                                 .y = trace->y,
                                 .target = windows->targets,
                                 .weight = windows->weights,
                                 .loss = engine->loss,
                                 .weight_sum = engine->weight_sum,
                                 .dy = trace->dy,
                                 .step_loss = engine->results};
    lts_gpu_score(engine->net.gpu, &scoring);
}

/* The masks of all calls. */
static void draw_masks(const lts_gpu_engine *engine)
{
    const lts_net_trace *trace = &engine->trace;
    const lts_dropout *dropout = &engine->options.dropout;
    const lts_params *params = engine->net.params;
    for (int64_t l = 0; l < params->L && dropout->threshold > 0; l++)
        lts_gpu_draw_kept(engine->net.gpu, dropout, engine->windows.numbers, l,
                          trace->n_call * trace->B, params->H, trace->layers[l].kept);
}

static void call_by_call(const lts_gpu_engine *engine)
{
    const lts_net_trace *trace = &engine->trace;
    const lts_plan *plan = engine->options.plan;
    const lts_net *net = &engine->net;
    int64_t row = engine->B * net->params->D;
    for (int64_t s = 0; s < plan->n_segment; s++) {
        int64_t first = plan->segments[s], n = plan->segments[s + 1] - first;
        const lts_feeding fed =
            lts_windows_feeding(&engine->windows, &engine->options, engine->B, first, n);
        if (fed.n > 0)
            lts_gpu_feed(net->gpu, &fed, trace->y, trace->x + first * row);
        lts_net_forward(net, trace, first, n);
    }
    score(engine);
    for (int64_t s = plan->n_segment - 1; s >= 0; s--) {
        int64_t first = plan->segments[s], n = plan->segments[s + 1] - first;
        const lts_feeding fed =
            lts_windows_feeding(&engine->windows, &engine->options, engine->B, first, n);
        lts_net_backward(net, trace, first, n, fed.n > 0);
        if (fed.n > 0)
            lts_gpu_feed_back(net->gpu, &fed, trace->y, trace->dx + first * row, trace->dy);
    }
}

static void whole_plan(const lts_gpu_engine *engine)
{
    const lts_net_trace *trace = &engine->trace;
    const lts_params *params = engine->net.params;
    const float *values = engine->net.values;
    lts_gpu *gpu = engine->net.gpu;
    const lts_loop loop = {.n_call = trace->n_call,
                           .B = trace->B,
                           .D = params->D,
                           .K = params->K,
                           .H = params->H,
                           .fold = engine->net.fold,
                           .weight_h = values + params->layers[0].weight_h,
                           .weight_out = values + params->output_weight,
                           .bias_out = values + params->output_bias,
                           .kept = trace->layers[0].kept,
                           .scale = engine->net.scale,
                           .feed = engine->windows.feed,
                           .column_feed = engine->windows.column_feed,
                           .x = trace->x,
                           .gates = trace->layers[0].gates,
                           .c = trace->layers[0].c,
                           .h = trace->layers[0].h,
                           .y = trace->y,
                           .dy = trace->dy};
    if (lts_gpu_status(gpu) == LSTM_OK)
        lts_gpu_keep(gpu, lts_loop_forward(gpu, &loop), "forward over the plan");
    lts_net_drop(&engine->net, trace, 0, 0, trace->n_call);
    score(engine);
    if (lts_gpu_status(gpu) == LSTM_OK)
        lts_gpu_keep(gpu, lts_loop_backward(gpu, &loop), "backward over the plan");
}

/* h and c before the first call. */
static void upload_state(const lts_gpu_engine *engine)
{
    const lts_net_trace *trace = &engine->trace;
    int64_t bytes = trace->slot * (int64_t)sizeof(float);
    for (int64_t l = 0; l < engine->net.params->L; l++) {
        const float *h = engine->host_state + 2 * l * trace->slot;
        lts_gpu_upload(engine->net.gpu, trace->layers[l].h, h, bytes);
        lts_gpu_upload(engine->net.gpu, trace->layers[l].c, h + trace->slot, bytes);
    }
}

void lts_engine_unroll(void *unrolled)
{
    lts_gpu_engine *engine = unrolled;
    const lts_params *params = engine->net.params;
    lts_gpu *gpu = engine->net.gpu;
    int64_t T = engine->options.plan->T;
    lts_gpu_upload(gpu, engine->windows.offsets, engine->host_offsets,
                   engine->B * (int64_t)sizeof *engine->host_offsets);
    if (lts_windows_draws(&engine->windows, &engine->options))
        lts_gpu_upload(gpu, engine->windows.numbers, engine->host_numbers,
                       (int64_t)sizeof *engine->host_numbers);
    forget(engine);
    if (engine->options.carries)
        upload_state(engine);
    lts_net_fold(&engine->net);
    lts_windows_gather(&engine->windows, gpu, &engine->options, engine->B, engine->trace.x);
    draw_masks(engine);
    if (engine->loop)
        whole_plan(engine);
    else
        call_by_call(engine);
    lts_net_gradients(&engine->net, &engine->trace, engine->product, engine->work,
                      engine->gradient);
    lts_gpu_sum_squares(gpu, params->total, engine->gradient, engine->results + T);
    lts_gpu_download(gpu, engine->host_results, engine->results,
                     (T + 1) * (int64_t)sizeof *engine->host_results);
}
