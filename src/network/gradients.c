/* SPDX-License-Identifier: MIT */
#include "network/gradients.h"

#include "base/memory.h"
#include "base/status.h"
#include "kernels/gemm.h"
#include "kernels/pack.h"

#include <string.h>

/* Rows that are packed at a time: a chunk of the panels stays in the second cache. */
enum { CHUNK = 256 };

/* Up to three pieces that stand side by side in a row; the last is the constant 1. */
typedef struct pieces {
    const real *left; /**< rows of left_row elements, of which n_left count; or NULL   */
    int64_t n_left, left_row;
    const real *right;
    int64_t n_right, right_row;
} pieces;

static int64_t columns_of(const lts_packed *packed, const pieces *p)
{
    return lts_padded(packed->kernels, p->n_left + p->n_right + 1);
}

lstm_status lts_gradients_init(lts_gradients *gradients, const lts_packed *packed)
{
    int64_t D = packed->D, H = packed->H, widest = packed->folded ? H + 1 : D + 1;
    for (int64_t l = 0; l < packed->L; l++) {
        int64_t n_in = l == 0 && packed->folded ? D : H;
        widest = widest > H + n_in + 1 ? widest : H + n_in + 1;
    }
    int64_t n = lts_padded(packed->kernels, widest);
    gradients->n_column = n;
    gradients->row = lts_alloc(n, sizeof(real));
    gradients->packed = lts_alloc(CHUNK * n, sizeof(real));
    gradients->product =
        lts_alloc((packed->Kp > 4 * packed->Hp ? packed->Kp : 4 * packed->Hp) * n, sizeof(real));
    gradients->fold = lts_alloc(4 * H * (D + 1), sizeof(real));
    if (gradients->row && gradients->packed && gradients->product && gradients->fold)
        return LSTM_OK;
    lts_gradients_clear(gradients);
    return LSTM_E_NOMEM;
}

void lts_gradients_clear(lts_gradients *gradients)
{
    lts_free(gradients->row);
    lts_free(gradients->packed);
    lts_free(gradients->product);
    lts_free(gradients->fold);
    memset(gradients, 0, sizeof *gradients);
}

/* Packs rows first .. first + rows - 1 of the pieces into panels of n columns. */
static void pack_chunk(const lts_gradients *gradients, const lts_packed *packed, const pieces *p,
                       int64_t first, int64_t rows, int64_t n)
{
    int64_t full = 4 * packed->kernels->lanes, used = p->n_left + p->n_right;
    real *row = gradients->row;
    memset(row, 0, (size_t)n * sizeof *row);
    row[used] = 1;
    for (int64_t i = 0; i < rows; i++) {
        if (p->n_left > 0)
            memcpy(row, p->left + (first + i) * p->left_row, (size_t)p->n_left * sizeof *row);
        memcpy(row + p->n_left, p->right + (first + i) * p->right_row,
               (size_t)p->n_right * sizeof *row);
        for (int64_t j = 0; j < n; j += full) {
            int64_t width = n - j < full ? n - j : full;
            memcpy(gradients->packed + j * rows + i * width, row + j, (size_t)width * sizeof *row);
        }
    }
}

/* product [m, n] = dv^T [left | right | 1] over `rows` rows, dv [rows, m] */
static void outer_products(const lts_gradients *gradients, const lts_packed *packed,
                           const pieces *p, int64_t rows, const real *dv, int64_t m)
{
    int64_t n = columns_of(packed, p);
    memset(gradients->product, 0, (size_t)(m * n) * sizeof(real));
    for (int64_t first = 0; first < rows; first += CHUNK) {
        int64_t chunk = rows - first < CHUNK ? rows - first : CHUNK;
        pack_chunk(gradients, packed, p, first, chunk, n);
        packed->kernels->multiply(m, n, chunk, dv + first * m, 1, m, gradients->packed,
                                  gradients->product, n);
    }
}

/* P | q, and through the fold to what they stand for. */
static void unfold(const lts_gradients *gradients, const lts_params *params, const real *values,
                   real *gradient)
{
    int64_t D = params->D, H = params->H, row = D + 1;
    const lts_layer_layout *at = &params->layers[0];
    const real *W_x = values + at->weight_x, *P = gradients->fold;
    real *dW_x = gradient + at->weight_x;
    lts_gemm(LTS_PLAIN, LTS_TRANSPOSED, 4 * H, H, D, P, row, values + params->input_weight, D,
             false, dW_x, H);
    lts_gemm(LTS_PLAIN, LTS_PLAIN, 4 * H, H, 1, P + D, row, values + params->input_bias, H, true,
             dW_x, H);
    lts_gemm(LTS_TRANSPOSED, LTS_PLAIN, H, D, 4 * H, W_x, H, P, row, false,
             gradient + params->input_weight, D);
    lts_gemm(LTS_TRANSPOSED, LTS_PLAIN, H, 1, 4 * H, W_x, H, P + D, row, false,
             gradient + params->input_bias, 1);
}

/* From the product's rows by unit blocks to the tensors' gate blocks. */
static void layer_gradients(const lts_gradients *gradients, const lts_packed *packed,
                            const lts_params *params, int64_t l, const pieces *p, real *gradient)
{
    int64_t H = params->H, n = columns_of(packed, p), n_in = p->n_right;
    const lts_layer_layout *at = &params->layers[l];
    bool folded = l == 0 && packed->folded;
    for (int64_t gate = 0; gate < 4; gate++)
        for (int64_t j = 0; j < H; j++) {
            const real *from = gradients->product + lts_gate_column(packed->kernels, gate, j) * n;
            int64_t row = gate * H + j;
            memcpy(gradient + at->weight_h + row * H, from, (size_t)H * sizeof *from);
            memcpy(folded ? gradients->fold + row * (n_in + 1) : gradient + at->weight_x + row * H,
                   from + H, (size_t)n_in * sizeof *from);
            if (folded)
                gradients->fold[row * (n_in + 1) + n_in] = from[H + n_in];
            gradient[at->bias + row] = from[H + n_in];
        }
}

/* From the product's first rows to a weight [m, n_right] and a bias [m]. */
static void linear_gradients(const lts_gradients *gradients, const lts_packed *packed,
                             const pieces *p, int64_t m, real *weight, real *bias)
{
    int64_t n = columns_of(packed, p);
    for (int64_t i = 0; i < m; i++) {
        const real *from = gradients->product + i * n;
        memcpy(weight + i * p->n_right, from, (size_t)p->n_right * sizeof *from);
        bias[i] = from[p->n_right];
    }
}

void lts_gradients_compute(const lts_gradients *gradients, const lts_packed *packed,
                           const lts_params *params, const real *values, const lts_trace *trace,
                           const lts_adjoint *adjoint, int64_t n, real *gradient)
{
    int64_t B = trace->B, D = params->D, H = params->H, Hp = packed->Hp, rows = n * B;
    const real *x = trace->x, *below = trace->u;
    for (int64_t l = 0; l < params->L; l++) {
        bool folded = l == 0 && packed->folded;
        pieces p = {trace->layers[l].h, H, Hp, folded ? x : below, folded ? D : H, folded ? D : Hp};
        outer_products(gradients, packed, &p, rows, trace->layers[l].gates, 4 * Hp);
        layer_gradients(gradients, packed, params, l, &p, gradient);
        below = trace->layers[l].h + B * Hp;
    }
    if (packed->folded) {
        unfold(gradients, params, values, gradient);
    } else {
        pieces p = {NULL, 0, 0, x, D, D};
        outer_products(gradients, packed, &p, rows, adjoint->dh, Hp);
        linear_gradients(gradients, packed, &p, H, gradient + params->input_weight,
                         gradient + params->input_bias);
    }
    pieces p = {NULL, 0, 0, below, H, Hp};
    outer_products(gradients, packed, &p, rows, adjoint->dy, params->K);
    linear_gradients(gradients, packed, &p, params->K, gradient + params->output_weight,
                     gradient + params->output_bias);
}
