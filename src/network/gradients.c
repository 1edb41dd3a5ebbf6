/* SPDX-License-Identifier: MIT */
#include "network/gradients.h"

#include "base/memory.h"
#include "base/status.h"
#include "kernels/pack.h"

#include <string.h>

/* Rows that are packed at a time: as many as multiply_transposed() takes at once (FAR_BLOCK). */
enum { CHUNK = 288 };

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
    gradients->packed = lts_alloc(CHUNK * n, sizeof(real));
    gradients->product =
        lts_alloc((packed->Kp > packed->G ? packed->Kp : packed->G) * n, sizeof(real));
    gradients->fold = lts_alloc(4 * H * (D + 1), sizeof(real));
    gradients->fold_input = lts_alloc((D + 1) * packed->Hp, sizeof(real));
    if (gradients->packed && gradients->product && gradients->fold && gradients->fold_input)
        return LSTM_OK;
    lts_gradients_clear(gradients);
    return LSTM_E_NOMEM;
}

void lts_gradients_clear(lts_gradients *gradients)
{
    lts_free(gradients->packed);
    lts_free(gradients->product);
    lts_free(gradients->fold);
    lts_free(gradients->fold_input);
    memset(gradients, 0, sizeof *gradients);
}

/* A product under way, of which each thread packs some rows of a chunk, and multiplies some of dv.
 */
typedef struct outer {
    const lts_gradients *gradients;
    const lts_kernels *kernels;
    const pieces *pieces;
    const real *dv; /**< [.., m] */
    int64_t m, n;   /**< n: packed columns, whole vectors         */
    int64_t first, rows;
    real *product; /**< [m, ldc], of which `columns` are made    */
    int64_t columns, ldc;
    bool adds; /**< to what stands in product already         */
} outer;

/* Copies n values, or zeros for NULL, to columns j .. of row i of the packed chunk. */
static void pack_run(const outer *o, int64_t i, int64_t j, const real *values, int64_t n)
{
    int64_t full = 4 * o->kernels->lanes;
    while (n > 0) {
        int64_t panel = j / full * full, width = o->n - panel < full ? o->n - panel : full;
        int64_t run = panel + width - j < n ? panel + width - j : n;
        real *to = o->gradients->packed + panel * o->rows + i * width + (j - panel);
        if (values != NULL) {
            memcpy(to, values, (size_t)run * sizeof *to);
            values += run;
        } else {
            memset(to, 0, (size_t)run * sizeof *to);
        }
        j += run;
        n -= run;
    }
}

static void pack_rows(void *work, int64_t part, int64_t n_part)
{
    const outer *o = work;
    const pieces *p = o->pieces;
    const real one = 1;
    int64_t used = p->n_left + p->n_right, end = lts_part_begin(o->rows, part + 1, n_part);
    for (int64_t i = lts_part_begin(o->rows, part, n_part); i < end; i++) {
        int64_t row = o->first + i;
        if (p->n_left > 0)
            pack_run(o, i, 0, p->left + row * p->left_row, p->n_left);
        pack_run(o, i, p->n_left, p->right + row * p->right_row, p->n_right);
        pack_run(o, i, used, &one, 1);
        pack_run(o, i, used + 1, NULL, o->n - used - 1);
    }
}

static void multiply_rows(void *work, int64_t part, int64_t n_part)
{
    const outer *o = work;
    int64_t begin = lts_part_begin(o->m, part, n_part);
    int64_t m = lts_part_begin(o->m, part + 1, n_part) - begin;
    real *product = o->product + begin * o->ldc;
    o->kernels->multiply_transposed(m, o->columns, o->rows, o->dv + o->first * o->m + begin, o->m,
                                    o->gradients->packed, o->adds ? product : NULL, o->ldc, product,
                                    o->ldc);
}

/* Rows first .. end - 1, chunk by chunk; without any, the product is 0. */
static void add_rows(outer *o, lts_pool *pool, int64_t first, int64_t end)
{
    o->first = first;
    do {
        o->rows = end - o->first < CHUNK ? end - o->first : CHUNK;
        lts_pool_run(pool, pack_rows, o);
        lts_pool_run(pool, multiply_rows, o);
        o->adds = true;
        o->first += o->rows;
    } while (o->first < end);
}

/*
 * product [m, n] = dv^T [left | right | 1] over `rows` rows, dv [rows, m]. In the first `zero` rows the
 * left piece is 0.
 */
static void outer_products(const lts_gradients *gradients, lts_pool *pool, const lts_packed *packed,
                           const pieces *p, int64_t zero, int64_t rows, const real *dv, int64_t m)
{
    int64_t n = columns_of(packed, p);
    outer o = {gradients, packed->kernels, p, dv, m, n, 0, 0, gradients->product, n, n, false};
    add_rows(&o, pool, zero, rows);
    if (zero == 0)
        return;
    pieces rest = {NULL, 0, 0, p->right, p->n_right, p->right_row};
    o.pieces = &rest;
    o.product += p->n_left;
    o.columns = p->n_right + 1;
    o.n = columns_of(packed, &rest);
    add_rows(&o, pool, 0, zero);
}

/* P | q, and through the fold to what they stand for. */
static void unfold(const lts_gradients *gradients, const lts_packed *packed,
                   const lts_params *params, const real *values, real *gradient)
{
    const lts_kernels *kernels = packed->kernels;
    int64_t D = params->D, H = params->H;
    const lts_layer_layout *at = &params->layers[0];
    lts_pack(kernels, D + 1, H, packed->fold_input, H, 1, gradients->fold_input);
    kernels->multiply(4 * H, H, D + 1, gradients->fold, D + 1, gradients->fold_input, NULL, 0,
                      gradient + at->weight_x, H);
    kernels->unfold(4 * H, H, D + 1, values + at->weight_x, gradients->fold,
                    gradient + params->input_weight, gradient + params->input_bias);
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
            const real *from =
                gradients->product + lts_gate_column(packed->kernels, H, gate, j) * n;
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

void lts_gradients_compute(const lts_gradients *gradients, lts_pool *pool, const lts_packed *packed,
                           const lts_params *params, const real *values, const lts_trace *trace,
                           const lts_adjoint *adjoint, int64_t n, real *gradient)
{
    int64_t B = trace->B, D = params->D, H = params->H, Hp = packed->Hp, rows = n * B;
    const real *x = trace->x, *below = trace->u;
    for (int64_t l = 0; l < params->L; l++) {
        bool folded = l == 0 && packed->folded;
        pieces p = {trace->layers[l].h, H, Hp, folded ? x : below, folded ? D : H, folded ? D : Hp};
        outer_products(gradients, pool, packed, &p, trace->from_zero ? B : 0, rows,
                       trace->layers[l].gates, packed->G);
        layer_gradients(gradients, packed, params, l, &p, gradient);
        below = trace->layers[l].h + B * Hp;
    }
    if (packed->folded) {
        unfold(gradients, packed, params, values, gradient);
    } else {
        pieces p = {NULL, 0, 0, x, D, D};
        outer_products(gradients, pool, packed, &p, 0, rows, adjoint->dh, Hp);
        linear_gradients(gradients, packed, &p, H, gradient + params->input_weight,
                         gradient + params->input_bias);
    }
    pieces p = {NULL, 0, 0, below, H, Hp};
    outer_products(gradients, pool, packed, &p, 0, rows, adjoint->dy, params->K);
    linear_gradients(gradients, packed, &p, params->K, gradient + params->output_weight,
                     gradient + params->output_bias);
}
