/* SPDX-License-Identifier: MIT */
/*
 *     u = W_in x + b_in;   the layers, each on the h of the one below;   y = W_out h + b_out
 * Backward, from the output down, dh holding the gradient by what the layer above read:
 *     dh = dy W_out;   each layer: dz of dh, then dh = dz W_x for the layer below;   dx = du W_in
 * Every gradient of a weight is a sum over calls and windows of an outer product, dW = sum dv w^T,
 * with all dv and w kept: one product at the end replaces one per call.
 */
#include "network/segment.h"

#include "base/memory.h"
#include "base/status.h"
#include "network/linear.h"

#include <limits.h>
#include <string.h>

/* The products' sizes and row lengths are ints in CBLAS. */
static lstm_status check_rows(int64_t n_call, int64_t B)
{
    int64_t rows;
    if (!lts_multiply(n_call + 1, B, &rows) || rows > INT_MAX)
        return lts_fail(LSTM_E_LIMIT,
                        "%lld model calls of %lld windows are more than 2^31 - 1 rows",
                        (long long)n_call, (long long)B);
    return LSTM_OK;
}

/* Zeroed rows; the count of elements may overflow only beyond what lts_alloc() then refuses. */
static real *new_rows(int64_t rows, int64_t columns)
{
    int64_t size;
    return lts_alloc(lts_multiply(rows, columns, &size) ? size : INT64_MAX, sizeof(real));
}

lstm_status lts_trace_init(lts_trace *trace, const lts_params *params, int64_t n_call, int64_t B)
{
    memset(trace, 0, sizeof *trace);
    LTS_TRY(check_rows(n_call, B));
    int64_t rows = n_call * B, H = params->H;
    trace->n_call = n_call;
    trace->B_max = trace->B = B;
    trace->x = new_rows(rows, params->D);
    trace->u = new_rows(rows, H);
    trace->y = new_rows(rows, params->K);
    trace->layers = lts_alloc(params->L, sizeof *trace->layers);
    bool complete = trace->x && trace->u && trace->y && trace->layers;
    for (int64_t l = 0; complete && l < params->L; l++) {
        lts_layer_trace *layer = &trace->layers[l];
        layer->gates = new_rows(rows, 4 * H);
        layer->c = new_rows(rows + B, H);
        layer->h = new_rows(rows + B, H);
        complete = layer->gates && layer->c && layer->h;
    }
    if (!complete)
        lts_trace_clear(trace, params);
    return complete ? LSTM_OK : LSTM_E_NOMEM;
}

void lts_trace_clear(lts_trace *trace, const lts_params *params)
{
    for (int64_t l = 0; trace->layers != NULL && l < params->L; l++) {
        lts_free(trace->layers[l].gates);
        lts_free(trace->layers[l].c);
        lts_free(trace->layers[l].h);
    }
    lts_free(trace->layers);
    lts_free(trace->x);
    lts_free(trace->u);
    lts_free(trace->y);
    memset(trace, 0, sizeof *trace);
}

lstm_status lts_adjoint_init(lts_adjoint *adjoint, const lts_params *params, int64_t n_call,
                             int64_t B)
{
    memset(adjoint, 0, sizeof *adjoint);
    LTS_TRY(check_rows(n_call, B));
    adjoint->dy = new_rows(n_call * B, params->K);
    adjoint->dh = new_rows(n_call * B, params->H);
    adjoint->dx = new_rows(n_call * B, params->D);
    adjoint->layers = lts_alloc(params->L, sizeof *adjoint->layers);
    bool complete = adjoint->dy && adjoint->dh && adjoint->dx && adjoint->layers;
    for (int64_t l = 0; complete && l < params->L; l++) {
        adjoint->layers[l].dc = new_rows(B, params->H);
        adjoint->layers[l].dh = new_rows(B, params->H);
        complete = adjoint->layers[l].dc && adjoint->layers[l].dh;
    }
    if (!complete)
        lts_adjoint_clear(adjoint, params);
    return complete ? LSTM_OK : LSTM_E_NOMEM;
}

void lts_adjoint_clear(lts_adjoint *adjoint, const lts_params *params)
{
    for (int64_t l = 0; adjoint->layers != NULL && l < params->L; l++) {
        lts_free(adjoint->layers[l].dc);
        lts_free(adjoint->layers[l].dh);
    }
    lts_free(adjoint->layers);
    lts_free(adjoint->dy);
    lts_free(adjoint->dh);
    lts_free(adjoint->dx);
    memset(adjoint, 0, sizeof *adjoint);
}

void lts_trace_restart(lts_trace *trace, const lts_params *params, int64_t B)
{
    size_t bytes = (size_t)(B * params->H) * sizeof(real);
    trace->B = B;
    for (int64_t l = 0; l < params->L; l++) {
        memset(trace->layers[l].c, 0, bytes);
        memset(trace->layers[l].h, 0, bytes);
    }
}

static lts_layer_weights layer_weights(const lts_params *params, const real *values, int64_t layer)
{
    const lts_layer_layout *at = &params->layers[layer];
    return (lts_layer_weights){values + at->weight_x, values + at->weight_h, values + at->bias};
}

/* What layer `layer` writes for call `call` on, and the layer above reads. */
static real *layer_output(const lts_trace *trace, int64_t H, int64_t layer, int64_t call)
{
    return trace->layers[layer].h + (call + 1) * trace->B * H;
}

void lts_segment_forward(const lts_params *params, const real *values, const lts_trace *trace,
                         int64_t first, int64_t n)
{
    int64_t D = params->D, H = params->H, K = params->K, L = params->L, B = trace->B;
    real *u = trace->u + first * B * H;
    lts_linear_forward(n * B, D, H, values + params->input_weight, values + params->input_bias,
                       trace->x + first * B * D, u);
    for (int64_t l = 0; l < L; l++) {
        lts_layer_weights weights = layer_weights(params, values, l);
        const real *in = l == 0 ? u : layer_output(trace, H, l - 1, first);
        lts_layer_forward(&weights, B, H, first, n, in, &trace->layers[l]);
    }
    lts_linear_forward(n * B, H, K, values + params->output_weight, values + params->output_bias,
                       layer_output(trace, H, L - 1, first), trace->y + first * B * K);
}

void lts_segment_backward(const lts_params *params, const real *values, const lts_trace *trace,
                          const lts_adjoint *adjoint, int64_t first, int64_t n, bool with_dx)
{
    int64_t D = params->D, H = params->H, K = params->K, B = trace->B, rows = n * B;
    real *dh = adjoint->dh + first * B * H;
    lts_linear_backward(rows, H, K, values + params->output_weight, adjoint->dy + first * B * K,
                        dh);
    for (int64_t l = params->L - 1; l >= 0; l--) {
        lts_layer_weights weights = layer_weights(params, values, l);
        lts_layer_backward(&weights, B, H, first, n, dh, &trace->layers[l], &adjoint->layers[l]);
        const real *dz = trace->layers[l].gates + first * B * 4 * H;
        lts_linear_backward(rows, H, 4 * H, weights.weight_x, dz, dh);
    }
    if (with_dx)
        lts_linear_backward(rows, D, H, values + params->input_weight, dh,
                            adjoint->dx + first * B * D);
}

void lts_segment_gradients(const lts_params *params, const lts_trace *trace,
                           const lts_adjoint *adjoint, int64_t n, real *gradient)
{
    int64_t H = params->H, rows = n * trace->B;
    lts_linear_gradient(rows, params->D, H, trace->x, adjoint->dh, gradient + params->input_weight,
                        gradient + params->input_bias);
    for (int64_t l = 0; l < params->L; l++) {
        const lts_layer_layout *at = &params->layers[l];
        const real *dz = trace->layers[l].gates;
        const real *in = l == 0 ? trace->u : layer_output(trace, H, l - 1, 0);
        lts_linear_gradient(rows, H, 4 * H, in, dz, gradient + at->weight_x, gradient + at->bias);
        lts_linear_gradient(rows, H, 4 * H, trace->layers[l].h, dz, gradient + at->weight_h, NULL);
    }
    lts_linear_gradient(rows, H, params->K, layer_output(trace, H, params->L - 1, 0), adjoint->dy,
                        gradient + params->output_weight, gradient + params->output_bias);
}
