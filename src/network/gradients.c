/* SPDX-License-Identifier: MIT */
#include "network/gradients.h"

#include "base/integer.h"
#include "base/memory.h"
#include "kernels/pack.h"

#include <string.h>

/* Rows packed at a time: as many as multiply_transposed() keeps in cache (FAR_BLOCK). */
enum { CHUNK = 256 };

/* A row of up to three adjacent pieces: left, right, and the constant 1. */
typedef struct pieces {
    const real *left; /**< rows of left_row elements, of which n_left are used; or NULL */
    int64_t n_left, left_row;
    const real *right;
    int64_t n_right, right_row;
    bool with_one;
} pieces;

static int64_t columns_of(const pieces *p)
{
    return p->n_left + p->n_right + p->with_one;
}

static int64_t in_strips(int64_t n)
{
    return (n + LTS_STRIP - 1) / LTS_STRIP * LTS_STRIP;
}

/* Leading dimension of a product of n columns: an odd number of vectors avoids power-of-two
 * strides, which cause cache conflicts. */
static int64_t ldc_of(const lts_kernels *kernels, int64_t n)
{
    int64_t vectors = lts_padded(kernels, n) / kernels->lanes;
    return (vectors + 1 - vectors % 2) * kernels->lanes;
}

/* Where the product with dz [m, G] has its elements: (i, j) at i row + j / 16 tile + j % 16. */
typedef struct places {
    int64_t row, tile;
} places;

static places places_of(const lts_packed *packed, int64_t m)
{
    if (packed->parts != NULL)
        return (places){LTS_PART_COLUMNS, LTS_PART_COLUMNS * m};
    return (places){ldc_of(packed->kernels, packed->G), LTS_PART_COLUMNS};
}

static int64_t place_of_column(const places *at, int64_t j)
{
    return j / LTS_PART_COLUMNS * at->tile + j % LTS_PART_COLUMNS;
}

/* Whether the gradients of a linear layer [m, n] are computed as a transpose. */
static bool is_transposed(int64_t m, int64_t n)
{
    return m >= n;
}

/* The sizes of the workspace increase to what a linear layer [m, n] needs. */
static void add_linear(const lts_kernels *kernels, int64_t m, int64_t n, int64_t *left,
                       int64_t *right, int64_t *product)
{
    int64_t rows = is_transposed(m, n) ? n + 1 : m, columns = is_transposed(m, n) ? m : n + 1;
    *left = lts_most(*left, rows);
    *right = lts_most(*right, columns);
    *product = lts_most(*product, rows * ldc_of(kernels, columns));
}

lstm_status lts_gradients_init(lts_gradients *gradients, const lts_packed *packed)
{
    const lts_kernels *kernels = packed->kernels;
    int64_t D = packed->D, H = packed->H, K = packed->K;
    int64_t widest_in = packed->folded ? (packed->L > 1 ? lts_most(H, D) : D) : H;
    int64_t layer = H + widest_in + 1, left = layer, right = 0;
    int64_t product = layer * ldc_of(kernels, packed->G), output = 0;
    add_linear(kernels, K, H, &left, &right, &output);
    if (!packed->folded)
        add_linear(kernels, H, D, &left, &right, &product);
    gradients->strips = lts_alloc(CHUNK * in_strips(left), sizeof(real));
    gradients->panels = lts_alloc(CHUNK * lts_padded(kernels, right), sizeof(real));
    gradients->product = lts_alloc(product, sizeof(real));
    gradients->output = lts_alloc(output, sizeof(real));
    bool fine = gradients->strips && gradients->panels && gradients->product && gradients->output;
    if (packed->folded) {
        gradients->fold = lts_alloc(4 * H * (D + 1), sizeof(real));
        gradients->fold_input = lts_alloc((D + 1) * packed->Hp, sizeof(real));
        fine = fine && gradients->fold && gradients->fold_input;
    }
    if (packed->parts != NULL) {
        gradients->left = lts_alloc(layer * CHUNK * packed->n_part, sizeof(lts_part));
        gradients->right = lts_alloc(CHUNK * packed->G * packed->n_part, sizeof(lts_part));
        fine = fine && gradients->left && gradients->right;
    }
    if (!fine)
        lts_gradients_clear(gradients);
    return fine ? LSTM_OK : LSTM_E_NOMEM;
}

void lts_gradients_clear(lts_gradients *gradients)
{
    lts_free(gradients->strips);
    lts_free(gradients->panels);
    lts_free(gradients->product);
    lts_free(gradients->output);
    lts_free(gradients->fold);
    lts_free(gradients->fold_input);
    lts_free(gradients->left);
    lts_free(gradients->right);
    memset(gradients, 0, sizeof *gradients);
}

/*
 * A product A^T B, computed a chunk of rows at a time. Each thread copies some of the rows of A to
 * strips, then computes some of the product's columns. Unless B is already packed, it copies a
 * panel of B just before it multiplies by it, while both are in the second-level cache.
 */
typedef struct outer {
    const lts_gradients *gradients;
    const lts_kernels *kernels;
    const lts_training_kernels *training;
    const pieces *a, *b; /**< b NULL: B is `dz`, already packed    */
    lts_rows dz;
    int n_part;          /**< parts of each float, or 0: products of floats */
    int64_t n;           /**< columns of B                         */
    int64_t first, rows; /**< the chunk                            */
    real *product;       /**< [columns of A, n]                    */
    places at;           /**< of its elements                      */
    bool adds;           /**< add to its present contents          */
} outer;

/* Rows begin .. end - 1 of the chunk of A, of n_column columns in strips. */
typedef struct strip_rows {
    int64_t n_column, begin, end;
} strip_rows;

/* Copies n columns to columns j .. of these rows; row 0 of `values` is that of `begin`. */
static void copy_piece(const outer *o, const strip_rows *to, int64_t j, const real *values,
                       int64_t n, int64_t row)
{
    while (n > 0) {
        int64_t strip = j / LTS_STRIP * LTS_STRIP, width = lts_min(LTS_STRIP, to->n_column - strip);
        int64_t run = lts_min(strip + width - j, n);
        o->kernels->layout->copy_columns(
            run, to->end - to->begin, values, row,
            o->gradients->strips + strip * o->rows + to->begin * width + (j - strip), width);
        values += run;
        j += run;
        n -= run;
    }
}

/* Rows that are copied at a time: few enough that whole rows are read while they are near. */
enum { COPIED_AT_ONCE = 16 };

/* The padding is not written: it is 0 from the allocation on, or never read. */
static void pack_part(void *work, int64_t part, int64_t n_part)
{
    static const real one = 1;
    const outer *o = work;
    const pieces *p = o->a;
    int64_t begin = lts_part_begin(o->rows, part, n_part);
    int64_t end = lts_part_begin(o->rows, part + 1, n_part);
    strip_rows to = {in_strips(columns_of(p)), begin, begin};
    for (; to.begin < end; to.begin = to.end) {
        int64_t first = o->first + to.begin;
        to.end = lts_min(to.begin + COPIED_AT_ONCE, end);
        if (p->n_left > 0)
            copy_piece(o, &to, 0, p->left + first * p->left_row, p->n_left, p->left_row);
        copy_piece(o, &to, p->n_left, p->right + first * p->right_row, p->n_right, p->right_row);
        copy_piece(o, &to, p->n_left + p->n_right, &one, p->with_one, 0);
    }
}

/* The left operand in parts, whose tiles of rows are divided among the threads. */
static void split_part(void *work, int64_t part, int64_t n_part)
{
    const outer *o = work;
    int64_t m = columns_of(o->a), tile = LTS_PART_COLUMNS, n_tile = (m + tile - 1) / tile;
    int64_t begin = lts_part_begin(n_tile, part, n_part) * tile;
    int64_t end = lts_min(lts_part_begin(n_tile, part + 1, n_part) * tile, m);
    if (begin < end)
        o->training->parts->split_strips(o->n_part, begin, end, o->rows, o->gradients->strips,
                                         o->gradients->left);
}

/* Copies n columns of the chunk of B, from column j on, to a panel. */
static void copy_panel(const outer *o, int64_t j, int64_t n, real *panel)
{
    const pieces *p = o->b;
    int64_t width = lts_padded(o->kernels, n), run = lts_min(p->n_right - j, n);
    const real *from = p->right + o->first * p->right_row + j;
    for (int64_t i = 0; i < o->rows; i++, from += p->right_row, panel += width) {
        memcpy(panel, from, (size_t)run * sizeof *panel);
        if (run < n)
            panel[run] = 1;
    }
}

/* Columns begin .. end - 1 of the product, of which begin is that of a panel. */
static void multiply_copied(const outer *o, int64_t begin, int64_t end)
{
    int64_t full = 4 * o->kernels->lanes;
    real *panel = o->gradients->panels + begin * CHUNK;
    const lts_rows b = {panel, o->rows, 0};
    for (int64_t j = begin; j < end; j += full) {
        int64_t n = lts_min(end - j, full);
        real *c = o->product + j;
        copy_panel(o, j, n, panel);
        o->training->products->multiply_transposed(columns_of(o->a), n, o->rows,
                                                   o->gradients->strips, &b, o->adds ? c : NULL,
                                                   o->at.row, c, o->at.row);
    }
}

static void multiply_part(void *work, int64_t part, int64_t n_part)
{
    const outer *o = work;
    int64_t full = 4 * o->kernels->lanes, n_panel = (o->n + full - 1) / full;
    int64_t begin = lts_part_begin(n_panel, part, n_part) * full;
    int64_t end = lts_min(lts_part_begin(n_panel, part + 1, n_part) * full, o->n);
    if (begin >= end)
        return;
    if (o->b != NULL) {
        multiply_copied(o, begin, end);
        return;
    }
    const lts_rows b = {o->dz.panels + begin * o->dz.rows, o->dz.rows, o->dz.first + o->first};
    real *c = o->product + place_of_column(&o->at, begin);
    if (o->n_part > 0)
        o->training->parts->multiply_transposed(o->n_part, columns_of(o->a), end - begin, o->rows,
                                                o->gradients->left, &b, o->adds, c, o->at.tile,
                                                o->gradients->right + begin * CHUNK * o->n_part);
    else
        o->training->products->multiply_transposed(columns_of(o->a), end - begin, o->rows,
                                                   o->gradients->strips, &b, o->adds ? c : NULL,
                                                   o->at.row, c, o->at.row);
}

/* Adds the products of rows first .. end - 1, chunk by chunk. With no rows the product is 0. */
static void add_rows(outer *o, lts_pool *pool, int64_t first, int64_t end)
{
    o->first = first;
    do {
        o->rows = lts_min(end - o->first, CHUNK);
        lts_pool_run(pool, pack_part, o);
        if (o->n_part > 0)
            lts_pool_run(pool, split_part, o);
        lts_pool_run(pool, multiply_part, o);
        o->adds = true;
        o->first += o->rows;
    } while (o->first < end);
}

/*
 * product [.., G] = [left | right | 1]^T dz over `rows` rows, dz packed. In the first `zero` rows
 * the left piece is 0.
 */
static void layer_products(const lts_gradients *gradients, lts_pool *pool, const lts_packed *packed,
                           const pieces *p, int64_t zero, int64_t rows, const real *dz)
{
    outer o = {.gradients = gradients,
               .kernels = packed->kernels,
               .training = packed->training,
               .a = p,
               .n_part = packed->parts == NULL ? 0 : packed->n_part,
               .dz = {dz, rows, 0},
               .n = packed->G,
               .product = gradients->product,
               .at = places_of(packed, columns_of(p))};
    add_rows(&o, pool, zero, rows);
    if (zero == 0)
        return;
    const pieces rest = {NULL, 0, 0, p->right, p->n_right, p->right_row, p->with_one};
    o.a = &rest;
    o.product += p->n_left * o.at.row;
    add_rows(&o, pool, 0, zero);
}

/*
 * Products of a linear layer [m, n]: dv^T [in | 1], dv [rows, m], or its transpose. The wider of dv
 * and [in | 1] is the right operand, of which no more than a panel is copied at a time.
 */
static void linear_products(const lts_gradients *gradients, lts_pool *pool,
                            const lts_packed *packed, const pieces *dv, const pieces *in,
                            int64_t rows, bool adds, real *product)
{
    bool transposed = is_transposed(dv->n_right, in->n_right);
    const pieces *right = transposed ? dv : in;
    outer o = {.gradients = gradients,
               .kernels = packed->kernels,
               .training = packed->training,
               .a = transposed ? in : dv,
               .b = right,
               .n = columns_of(right),
               .product = product,
               .at = {ldc_of(packed->kernels, columns_of(right)), LTS_PART_COLUMNS},
               .adds = adds};
    add_rows(&o, pool, 0, rows);
}

/* Copies the products to the gradients: weight [m, n] and bias [m]. */
static void linear_gradients(const lts_kernels *kernels, int64_t m, int64_t n, const real *product,
                             real *weight, real *bias)
{
    int64_t ldc = ldc_of(kernels, is_transposed(m, n) ? m : n + 1);
    if (is_transposed(m, n)) {
        kernels->layout->transpose(n, m, product, ldc, weight, n);
        memcpy(bias, product + n * ldc, (size_t)m * sizeof *bias);
        return;
    }
    for (int64_t i = 0; i < m; i++) {
        memcpy(weight + i * n, product + i * ldc, (size_t)n * sizeof *weight);
        bias[i] = product[i * ldc + n];
    }
}

/* The outputs of layer l at call 0, as the layer above reads them. */
static const real *outputs_of(const lts_packed *packed, const lts_trace *trace, int64_t l)
{
    const lts_layer_trace *layer = &trace->layers[l];
    return layer->out != NULL ? layer->out : layer->h + trace->B * packed->Hp;
}

void lts_gradients_add_outputs(const lts_gradients *gradients, lts_pool *pool,
                               const lts_packed *packed, const lts_trace *trace, const real *dy,
                               int64_t first, int64_t n)
{
    int64_t B = trace->B, H = packed->H, K = packed->K, Hp = packed->Hp;
    const real *h = outputs_of(packed, trace, packed->L - 1) + first * B * Hp;
    const pieces dv = {NULL, 0, 0, dy, K, K, false}, in = {NULL, 0, 0, h, H, Hp, true};
    linear_products(gradients, pool, packed, &dv, &in, n * B, first > 0, gradients->output);
}

/* Gradients of input layer and weight_x from P | q, by the formulas in gradients.h. */
static void unfold(const lts_gradients *gradients, const lts_packed *packed,
                   const lts_params *params, const real *values, real *gradient)
{
    const lts_kernels *kernels = packed->kernels;
    int64_t D = params->D, H = params->H;
    const lts_layer_layout *at = &params->layers[0];
    lts_pack(kernels, D + 1, H, packed->fold_input, H, 1, gradients->fold_input);
    kernels->products->multiply(4 * H, H, D + 1, gradients->fold, D + 1, gradients->fold_input,
                                NULL, 0, gradient + at->weight_x, H);
    packed->training->fold->backward(4 * H, H, D + 1, values + at->weight_x, gradients->fold,
                                     gradient + params->input_weight,
                                     gradient + params->input_bias);
}

/* Copies the product's columns, ordered by unit blocks, to the tensors' rows, ordered by gates. */
static void layer_gradients(const lts_gradients *gradients, const lts_packed *packed,
                            const lts_params *params, int64_t l, int64_t n_in, real *gradient)
{
    const lts_kernels *kernels = packed->kernels;
    const lts_layer_layout *at = &params->layers[l];
    bool folded = l == 0 && packed->folded;
    int64_t H = params->H, in_row = folded ? n_in + 1 : n_in;
    const places at_product = places_of(packed, H + n_in + 1);
    real *in = folded ? gradients->fold : gradient + at->weight_x;
    for (int64_t gate = 0; gate < 4; gate++)
        for (int64_t unit = 0; unit < H; unit += kernels->lanes) {
            int64_t n = lts_min(H - unit, kernels->lanes), row = gate * H + unit;
            int64_t column = lts_gate_column(kernels, H, gate, unit), next = at_product.row;
            const real *of_h = gradients->product + place_of_column(&at_product, column);
            const real *of_in = of_h + H * next, *of_one = of_in + n_in * next;
            kernels->layout->transpose(H, n, of_h, next, gradient + at->weight_h + row * H, H);
            kernels->layout->transpose(in_row, n, of_in, next, in + row * in_row, in_row);
            memcpy(gradient + at->bias + row, of_one, (size_t)n * sizeof *of_one);
        }
}

void lts_gradients_compute(const lts_gradients *gradients, lts_pool *pool, const lts_packed *packed,
                           const lts_params *params, const real *values, const lts_trace *trace,
                           const lts_adjoint *adjoint, real *gradient)
{
    int64_t B = trace->B, D = params->D, H = params->H, Hp = packed->Hp, rows = trace->n_call * B;
    const real *x = trace->x, *below = trace->u;
    for (int64_t l = 0; l < params->L; l++) {
        bool folded = l == 0 && packed->folded;
        const real *in = folded ? x : below;
        const pieces p = {trace->layers[l].h, H, Hp, in, folded ? D : H, folded ? D : Hp, true};
        layer_products(gradients, pool, packed, &p, trace->from_zero ? B : 0, rows,
                       trace->layers[l].gates);
        layer_gradients(gradients, packed, params, l, p.n_right, gradient);
        below = outputs_of(packed, trace, l);
    }
    if (packed->folded) {
        unfold(gradients, packed, params, values, gradient);
    } else {
        const pieces du = {NULL, 0, 0, adjoint->dh, H, Hp, false}, in = {NULL, 0, 0, x, D, D, true};
        linear_products(gradients, pool, packed, &du, &in, rows, false, gradients->product);
        linear_gradients(packed->kernels, H, D, gradients->product, gradient + params->input_weight,
                         gradient + params->input_bias);
    }
    linear_gradients(packed->kernels, params->K, H, gradients->output,
                     gradient + params->output_weight, gradient + params->output_bias);
}
