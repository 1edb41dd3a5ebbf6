/* SPDX-License-Identifier: MIT */
/*
 *     u = W_in x + b_in, unless folded;   the layers, each on the h of the one below;
 *     y = W_out h + b_out
 *
 * Products over all calls of a segment at once, but for the recurrent ones.
 */
#include "network.h"

/*
 * Products of fewer multiply-adds are float32 at any precision. At 60 TFLOP/s, a Hopper's float32,
 * they take half a microsecond or less, and a kernel several to start and end: rounding their
 * factors gains nothing. It is small tensors, too, that cancel most.
 */
enum { LEAST_ROUNDED = 1 << 24 };

/* A matrix as lts_product takes it. */
typedef struct matrix {
    const float *at;
    int64_t row; /* elements from row to row */
    bool transposed;
} matrix;

static void multiply(const lts_net *net, int64_t precision, const int64_t size[3], matrix a,
                     matrix b, float beta, float *c, int64_t c_row)
{
    double work = (double)size[0] * (double)size[1] * (double)size[2];
    const lts_product product = {.m = size[0],
                                 .n = size[1],
                                 .k = size[2],
                                 .a = a.at,
                                 .lda = a.row,
                                 .transpose_a = a.transposed,
                                 .b = b.at,
                                 .ldb = b.row,
                                 .transpose_b = b.transposed,
                                 .beta = beta,
                                 .c = c,
                                 .ldc = c_row,
                                 .precision =
                                     work < LEAST_ROUNDED ? LSTM_PRECISION_HIGHEST : precision};
    lts_gpu_product(net->gpu, &product);
}

/* C [m, n] = beta C + rows [m, k] times a weight [n, k], transposed. */
static void apply(const lts_net *net, int64_t m, int64_t n, int64_t k, const float *rows,
                  matrix weight, float beta, float *c)
{
    weight.transposed = true;
    multiply(net, net->precision, (int64_t[]){m, n, k}, (matrix){rows, k, false}, weight, beta, c,
             n);
}

/* C [m, n] = beta C + rows [m, k] times a weight [k, n]. */
static void apply_back(const lts_net *net, int64_t m, int64_t n, int64_t k, const float *rows,
                       matrix weight, float beta, float *c)
{
    multiply(net, net->precision, (int64_t[]){m, n, k}, (matrix){rows, k, false}, weight, beta, c,
             n);
}

/* C [m, n] = the transpose of a [rows, m] times b [rows, n]. */
static void sum_outer(const lts_net *net, int64_t m, int64_t n, int64_t rows, const float *a,
                      const float *b, float *c)
{
    multiply(net, net->precision, (int64_t[]){m, n, rows}, (matrix){a, m, true},
             (matrix){b, n, false}, 0, c, n);
}

/* The fold's own products are small and go into everything: always float32. */
static void multiply_fold(const lts_net *net, const int64_t size[3], matrix a, matrix b, float beta,
                          float *c, int64_t c_row)
{
    multiply(net, LSTM_PRECISION_HIGHEST, size, a, b, beta, c, c_row);
}

/* K_x = W_x W_in;   k = W_x b_in + b */
void lts_net_fold(const lts_net *net)
{
    const lts_params *params = net->params;
    int64_t D = params->D, H = params->H;
    const matrix weight_x = {net->values + params->layers[0].weight_x, H, false};
    const matrix input = {net->values + params->input_weight, D, false};
    const matrix input_bias = {net->values + params->input_bias, 1, false};
    if (!net->folded)
        return;
    multiply_fold(net, (int64_t[]){4 * H, D, H}, weight_x, input, 0, net->fold, D + 1);
    multiply_fold(net, (int64_t[]){4 * H, 1, H}, weight_x, input_bias, 0, net->fold + D, D + 1);
    lts_gpu_put_column(net->gpu, 4 * H, net->values + params->layers[0].bias, 1, net->fold + D,
                       D + 1);
}

/* What a layer reads at `call`, and through which weights. */
typedef struct layer_input {
    const float *in; /* [.., n_in] */
    int64_t n_in;
    matrix weight; /* [4H, n_in] */
    const float *bias;
    int64_t bias_stride;
} layer_input;

/* Outputs of a layer from `call` on, as the layer above reads them. */
static const float *outputs_of(const lts_net *net, const lts_net_trace *trace, int64_t l,
                               int64_t call)
{
    const lts_net_layer *layer = &trace->layers[l];
    return layer->out != NULL ? layer->out + call * trace->B * net->params->H
                              : layer->h + (call + 1) * trace->slot;
}

static layer_input input_of(const lts_net *net, const lts_net_trace *trace, int64_t l, int64_t call)
{
    const lts_params *params = net->params;
    int64_t B = trace->B, D = params->D, H = params->H;
    if (l == 0 && net->folded)
        return (layer_input){
            trace->x + call * B * D, D, {net->fold, D + 1, false}, net->fold + D, D + 1};
    const lts_layer_layout *at = &params->layers[l];
    const float *below = l == 0 ? trace->u + call * B * H : outputs_of(net, trace, l - 1, call);
    return (layer_input){
        below, H, {net->values + at->weight_x, H, false}, net->values + at->bias, 1};
}

static lts_gates gates_of(const lts_net *net, const lts_net_trace *trace, int64_t l, int64_t call)
{
    const lts_net_layer *layer = &trace->layers[l];
    int64_t B = trace->B, H = net->params->H, before = call * trace->slot;
    int64_t after = before + trace->slot;
    const layer_input in = input_of(net, trace, l, call);
    return (lts_gates){.B = B,
                       .H = H,
                       .gates = layer->gates + call * B * 4 * H,
                       .bias = in.bias,
                       .bias_stride = in.bias_stride,
                       .c_prev = layer->c + before,
                       .c = layer->c + after,
                       .h = layer->h + after};
}

void lts_net_drop(const lts_net *net, const lts_net_trace *trace, int64_t l, int64_t first,
                  int64_t n)
{
    const lts_net_layer *layer = &trace->layers[l];
    int64_t B = trace->B, H = net->params->H;
    if (layer->out != NULL)
        lts_gpu_drop(net->gpu, n * B, H, net->scale, layer->kept + first * B * lts_kept_words(H),
                     layer->h + (first + 1) * trace->slot, layer->out + first * B * H);
}

static void layer_forward(const lts_net *net, const lts_net_trace *trace, int64_t l, int64_t first,
                          int64_t n)
{
    int64_t B = trace->B, H = net->params->H;
    const lts_net_layer *layer = &trace->layers[l];
    const layer_input in = input_of(net, trace, l, first);
    const matrix weight_h = {net->values + net->params->layers[l].weight_h, H, false};
    apply(net, n * B, 4 * H, in.n_in, in.in, in.weight, 0, layer->gates + first * B * 4 * H);
    for (int64_t call = first; call < first + n; call++) {
        const lts_gates gates = gates_of(net, trace, l, call);
        if (call > 0 || !trace->from_zero)
            apply(net, B, 4 * H, H, layer->h + call * trace->slot, weight_h, 1, gates.gates);
        lts_gpu_gates_forward(net->gpu, &gates);
    }
    lts_net_drop(net, trace, l, first, n);
}

/* out [m, n] = rows [m, k] times the transpose of a weight [n, k], + bias [n]. */
static void linear(const lts_net *net, int64_t m, int64_t n, int64_t k, const float *rows,
                   int64_t weight, int64_t bias, float *out)
{
    lts_gpu_fill_rows(net->gpu, m, n, net->values + bias, out);
    apply(net, m, n, k, rows, (matrix){net->values + weight, k, false}, 1, out);
}

void lts_net_forward(const lts_net *net, const lts_net_trace *trace, int64_t first, int64_t n)
{
    const lts_params *params = net->params;
    int64_t B = trace->B, D = params->D, H = params->H, K = params->K, top = params->L - 1;
    if (!net->folded)
        linear(net, n * B, H, D, trace->x + first * B * D, params->input_weight, params->input_bias,
               trace->u + first * B * H);
    for (int64_t l = 0; l < params->L; l++)
        layer_forward(net, trace, l, first, n);
    linear(net, n * B, K, H, outputs_of(net, trace, top, first), params->output_weight,
           params->output_bias, trace->y + first * B * K);
}

/* dh of a layer's outputs -> dz. A call's h also went into the gates of the call after. */
static void layer_backward(const lts_net *net, const lts_net_trace *trace, int64_t l, int64_t first,
                           int64_t n)
{
    int64_t B = trace->B, H = net->params->H;
    const lts_net_layer *layer = &trace->layers[l];
    const matrix weight_h = {net->values + net->params->layers[l].weight_h, H, false};
    for (int64_t call = first + n - 1; call >= first; call--) {
        const lts_gates gates = gates_of(net, trace, l, call);
        float *dh = trace->dh + call * B * H;
        bool last = call == trace->n_call - 1;
        if (!last)
            apply_back(net, B, H, 4 * H, layer->gates + (call + 1) * B * 4 * H, weight_h, 1, dh);
        lts_gpu_gates_backward(net->gpu, &gates, dh, layer->dc, last);
    }
}

/* From dh by a layer's outputs after dropout to that by its h. */
static void drop_gradient(const lts_net *net, const lts_net_trace *trace, int64_t l, int64_t first,
                          int64_t n)
{
    int64_t B = trace->B, H = net->params->H;
    const lts_net_layer *layer = &trace->layers[l];
    float *dh = trace->dh + first * B * H;
    if (layer->out != NULL)
        lts_gpu_drop(net->gpu, n * B, H, net->scale, layer->kept + first * B * lts_kept_words(H),
                     dh, dh);
}

void lts_net_backward(const lts_net *net, const lts_net_trace *trace, int64_t first, int64_t n,
                      bool with_dx)
{
    const lts_params *params = net->params;
    int64_t B = trace->B, D = params->D, H = params->H, K = params->K, m = n * B;
    const matrix output = {net->values + params->output_weight, H, false};
    const matrix input = {net->values + params->input_weight, D, false};
    const matrix fold = {net->fold, D + 1, false};
    float *dh = trace->dh + first * B * H, *dx = trace->dx + first * B * D;
    apply_back(net, m, H, K, trace->dy + first * B * K, output, 0, dh);
    drop_gradient(net, trace, params->L - 1, first, n);
    for (int64_t l = params->L - 1; l >= 0; l--) {
        const matrix weight_x = {net->values + params->layers[l].weight_x, H, false};
        layer_backward(net, trace, l, first, n);
        if (l > 0 || !net->folded)
            apply_back(net, m, H, 4 * H, trace->layers[l].gates + first * B * 4 * H, weight_x, 0,
                       dh);
        if (l > 0)
            drop_gradient(net, trace, l - 1, first, n);
    }
    if (with_dx && net->folded)
        apply_back(net, m, D, 4 * H, trace->layers[0].gates + first * B * 4 * H, fold, 0, dx);
    else if (with_dx)
        apply_back(net, m, D, H, dh, input, 0, dx);
}

/*
 * P [4H, D] = sum of dz x^T, q = sum of dz (the gradient of the bias), and through the fold:
 *     dW_x = P W_in^T + q b_in^T;   dW_in = W_x^T P;   db_in = W_x^T q
 */
static void unfold(const lts_net *net, const float *product, float *gradient)
{
    const lts_params *params = net->params;
    int64_t D = params->D, H = params->H;
    const lts_layer_layout *at = &params->layers[0];
    const matrix P = {product, D, false}, q = {gradient + at->bias, 1, false};
    const matrix input = {net->values + params->input_weight, D, true};
    const matrix input_bias = {net->values + params->input_bias, 1, true};
    const matrix weight_x = {net->values + at->weight_x, H, true};
    float *by_weight_x = gradient + at->weight_x;
    multiply_fold(net, (int64_t[]){4 * H, H, D}, P, input, 0, by_weight_x, H);
    multiply_fold(net, (int64_t[]){4 * H, H, 1}, q, input_bias, 1, by_weight_x, H);
    multiply_fold(net, (int64_t[]){H, D, 4 * H}, weight_x, P, 0, gradient + params->input_weight,
                  D);
    multiply_fold(net, (int64_t[]){H, 1, 4 * H}, weight_x, q, 0, gradient + params->input_bias, 1);
}

void lts_net_gradients(const lts_net *net, const lts_net_trace *trace, float *product, float *work,
                       float *gradient)
{
    const lts_params *params = net->params;
    int64_t B = trace->B, D = params->D, H = params->H, K = params->K, rows = trace->n_call * B;
    for (int64_t l = 0; l < params->L; l++) {
        const lts_layer_layout *at = &params->layers[l];
        const lts_net_layer *layer = &trace->layers[l];
        const layer_input in = input_of(net, trace, l, 0);
        bool folded = l == 0 && net->folded;
        int64_t none = trace->from_zero ? B : 0; /* rows of h before call 0, which is 0 */
        sum_outer(net, 4 * H, H, rows - none, layer->gates + none * 4 * H, layer->h + none * H,
                  gradient + at->weight_h);
        sum_outer(net, 4 * H, in.n_in, rows, layer->gates, in.in,
                  folded ? product : gradient + at->weight_x);
        lts_gpu_column_sums(net->gpu, rows, 4 * H, layer->gates, work, gradient + at->bias);
    }
    if (net->folded) {
        unfold(net, product, gradient);
    } else {
        sum_outer(net, H, D, rows, trace->dh, trace->x, gradient + params->input_weight);
        lts_gpu_column_sums(net->gpu, rows, H, trace->dh, work, gradient + params->input_bias);
    }
    sum_outer(net, K, H, rows, trace->dy, outputs_of(net, trace, params->L - 1, 0),
              gradient + params->output_weight);
    lts_gpu_column_sums(net->gpu, rows, K, trace->dy, work, gradient + params->output_bias);
}
