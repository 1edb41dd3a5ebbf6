/* SPDX-License-Identifier: MIT */
#include "network/packed.h"

#include "base/environment.h"
#include "base/integer.h"
#include "base/memory.h"
#include "base/status.h"
#include "kernels/pack.h"
#include "kernels/stored_pack.h"

#include <lstmts/device.h>
#include <string.h>

bool lts_fold_pays(int64_t D, int64_t H, int64_t rows)
{
    bool forced;
    if (lts_environment_fold(&forced))
        return forced;
    double unfolded = (double)rows * ((double)D * (double)H + 4.0 * (double)H * (double)H);
    double folded =
        (double)rows * 4.0 * (double)H * (double)D + 4.0 * (double)H * (double)H * (double)D;
    return folded < unfolded;
}

_Static_assert(LSTM_PRECISION_HIGHEST == 0 && LSTM_PRECISION_MEDIUM == 2,
               "a precision is not 3 less its number of parts");

/* Allocates *array unless *complete is false; a failure sets *complete to false. */
static void allocate_matrix(real **array, int64_t rows, int64_t columns, bool *complete)
{
    int64_t size;
    *array = *complete && lts_multiply(rows, columns, &size) ? lts_alloc(size, sizeof(real)) : NULL;
    *complete = *array != NULL;
}

/* Elements of a matrix [n_inner, n] in parts. */
static int64_t part_size(const lts_packed *packed, int64_t n_inner, int64_t n)
{
    int64_t size;
    return lts_multiply(lts_part_inner(n_inner), n * packed->n_part, &size) ? size : INT64_MAX;
}

/* The weights of a layer in parts. */
static bool allocate_parts(const lts_packed *packed, lts_packed_layer *layer)
{
    int64_t H = packed->H, Hp = packed->Hp, G = packed->G;
    layer->h_parts = lts_alloc(part_size(packed, H, G), sizeof(lts_part));
    layer->h_back_parts = lts_alloc(part_size(packed, G, Hp), sizeof(lts_part));
    layer->in_parts = lts_alloc(part_size(packed, layer->n_in, G), sizeof(lts_part));
    bool complete = layer->h_parts && layer->h_back_parts && layer->in_parts;
    if (complete && !(layer == packed->layers && packed->folded)) {
        layer->in_back_parts = lts_alloc(part_size(packed, G, Hp), sizeof(lts_part));
        complete = layer->in_back_parts != NULL;
    }
    return complete;
}

/* A matrix [H, G] in the format of the layers' weights. */
static bool allocate_stored(const lts_packed *packed, lts_stored_matrix *stored)
{
    int64_t H = packed->H, G = packed->G;
    stored->panels = lts_alloc(lts_stored_words(packed->kernels->lanes, H, H, packed->format),
                               sizeof *stored->panels);
    if (packed->format == LTS_STORED_INT8)
        stored->scale = lts_alloc(G, sizeof *stored->scale);
    return stored->panels != NULL && (packed->format != LTS_STORED_INT8 || stored->scale != NULL);
}

/* `in`, or its stored form, and h. */
static bool allocate_weights(const lts_packed *packed, lts_packed_layer *layer, bool folded)
{
    bool complete = true, is_stored = packed->format != LTS_STORED_FLOAT32;
    if (is_stored && !folded)
        complete = allocate_stored(packed, &layer->stored.in_stored);
    else
        allocate_matrix(&layer->in, layer->n_in, packed->G, &complete);
    if (is_stored)
        complete = complete && allocate_stored(packed, &layer->stored.h);
    else
        allocate_matrix(&layer->h, packed->H, packed->G, &complete);
    allocate_matrix(&layer->bias, packed->G, 1, &complete);
    layer->stored.format = packed->format;
    layer->stored.in = layer->in;
    layer->stored.bias = layer->bias;
    return complete;
}

static bool allocate_layers(lts_packed *packed)
{
    int64_t Hp = packed->Hp, G = packed->G;
    bool complete = true;
    for (int64_t l = 0; l < packed->L && complete; l++) {
        lts_packed_layer *layer = &packed->layers[l];
        bool folded = l == 0 && packed->folded;
        layer->n_in = folded ? packed->D : packed->H;
        complete = allocate_weights(packed, layer, folded);
        if (packed->training) {
            allocate_matrix(&layer->in_back, G, folded ? packed->Dp : Hp, &complete);
            allocate_matrix(&layer->h_back, G, Hp, &complete);
        }
        complete = complete && (packed->parts == NULL || allocate_parts(packed, layer));
    }
    return complete;
}

static bool allocate_packed(lts_packed *packed)
{
    int64_t Hp = packed->Hp;
    bool complete = true;
    packed->layers = lts_alloc(packed->L, sizeof *packed->layers);
    if (packed->layers == NULL || !allocate_layers(packed))
        return false;
    if (packed->folded) {
        allocate_matrix(&packed->fold_weight, 4 * packed->H, packed->D + 1, &complete);
        allocate_matrix(&packed->fold_bias, 4 * packed->H, 1, &complete);
        allocate_matrix(&packed->fold_input, packed->D + 1, packed->H, &complete);
    } else {
        allocate_matrix(&packed->input, packed->D, Hp, &complete);
        allocate_matrix(&packed->input_bias, Hp, 1, &complete);
        if (packed->training)
            allocate_matrix(&packed->input_back, packed->H, packed->Dp, &complete);
    }
    allocate_matrix(&packed->output, packed->H, packed->Kp, &complete);
    allocate_matrix(&packed->output_bias, packed->Kp, 1, &complete);
    if (packed->training)
        allocate_matrix(&packed->output_back, packed->K, Hp, &complete);
    return complete;
}

static lts_packed empty_packed(const lts_params *params, const lts_kernels *kernels, bool folded)
{
    return (lts_packed){.kernels = kernels,
                        .D = params->D,
                        .K = params->K,
                        .H = params->H,
                        .L = params->L,
                        .Dp = lts_padded(kernels, params->D),
                        .Kp = lts_padded(kernels, params->K),
                        .Hp = lts_padded(kernels, params->H),
                        .G = lts_gate_row(kernels->lanes, params->H),
                        .folded = folded};
}

static lstm_status allocate_or_clear(lts_packed *packed)
{
    if (allocate_packed(packed))
        return LSTM_OK;
    lts_packed_clear(packed);
    return LSTM_E_NOMEM;
}

lstm_status lts_packed_init(lts_packed *packed, const lts_params *params,
                            const lts_kernels *kernels, bool folded,
                            const lts_training_kernels *training, int64_t B, int64_t precision)
{
    const lts_part_kernels *parts = training == NULL ? NULL : training->parts;
    *packed = empty_packed(params, kernels, folded);
    packed->training = training;
    packed->parts = parts != NULL && parts->pays(params->H, B) ? parts : NULL;
    packed->n_part = 3 - (int)precision;
    return allocate_or_clear(packed);
}

lstm_status lts_packed_init_stored(lts_packed *packed, const lts_params *params,
                                   const lts_kernels *kernels, bool folded, int64_t format)
{
    *packed = empty_packed(params, kernels, folded);
    packed->format = format;
    return allocate_or_clear(packed);
}

void lts_packed_clear(lts_packed *packed)
{
    for (int64_t l = 0; packed->layers != NULL && l < packed->L; l++) {
        lts_packed_layer *layer = &packed->layers[l];
        lts_free(layer->in);
        lts_free(layer->h);
        lts_free(layer->bias);
        lts_free(layer->in_back);
        lts_free(layer->h_back);
        lts_free(layer->in_parts);
        lts_free(layer->in_back_parts);
        lts_free(layer->h_parts);
        lts_free(layer->h_back_parts);
        lts_free(layer->stored.in_stored.panels);
        lts_free(layer->stored.in_stored.scale);
        lts_free(layer->stored.h.panels);
        lts_free(layer->stored.h.scale);
    }
    lts_free(packed->layers);
    lts_free(packed->fold_weight);
    lts_free(packed->fold_bias);
    lts_free(packed->fold_input);
    lts_free(packed->input);
    lts_free(packed->input_bias);
    lts_free(packed->input_back);
    lts_free(packed->output);
    lts_free(packed->output_bias);
    lts_free(packed->output_back);
    memset(packed, 0, sizeof *packed);
}

/* The parameters to pack, and a step to apply to each of them first, or NULL. */
typedef struct parameters {
    const lts_training_kernels *training;
    const lts_params *params;
    const real *values;
    const lts_block_step *block_step;
} parameters;

/* Applies the step to n parameters of one tensor from `first` on and returns them. */
static const real *stepped(const parameters *from, int64_t first, int64_t n)
{
    const lts_block_step *block_step = from->block_step;
    const lts_step *step = block_step == NULL ? NULL : lts_step_of_element(block_step->step, first);
    if (step != NULL) {
        real *moments[LTS_MAX_MOMENTS];
        for (int i = 0; i < LTS_MAX_MOMENTS; i++)
            moments[i] = block_step->moments[i] == NULL ? NULL : block_step->moments[i] + first;
        lts_step_apply(step, from->training, n, block_step->gradient + first, moments,
                       block_step->values + first);
    }
    return from->values + first;
}

/* [K_x | k] = W_x [W_in | b_in] + [0 | b] */
static void fold_input_layer(lts_packed *packed, const parameters *from)
{
    const lts_params *params = from->params;
    int64_t D = params->D, H = params->H, rows = packed->kernels->lanes;
    const lts_layer_layout *at = &params->layers[0];
    const real *W_in = stepped(from, params->input_weight, H * D);
    const real *b_in = stepped(from, params->input_bias, H);
    const real *bias = stepped(from, at->bias, 4 * H);
    real *folded = packed->fold_input;
    for (int64_t d = 0; d < D; d++)
        for (int64_t j = 0; j < H; j++)
            folded[d * H + j] = W_in[j * D + d];
    memcpy(folded + D * H, b_in, (size_t)H * sizeof *b_in);
    for (int64_t i = 0; i < 4 * H; i += rows) {
        int64_t n = 4 * H - i < rows ? 4 * H - i : rows;
        packed->kernels->fold->forward(n, H, D + 1, stepped(from, at->weight_x + i * H, n * H),
                                       folded, bias + i, packed->fold_weight + i * (D + 1));
    }
    for (int64_t i = 0; i < 4 * H; i++)
        packed->fold_bias[i] = packed->fold_weight[i * (D + 1) + D];
}

/* Packs the weight [4H, H] at an offset of the block; to `stored` if it is not stored as floats. */
static void pack_weight(const lts_packed *packed, const parameters *from, int64_t weight,
                        real *forward, real *back, const lts_stored_matrix *stored)
{
    int64_t H = packed->H, lanes = packed->kernels->lanes;
    if (packed->format != LTS_STORED_FLOAT32) {
        lts_stored_pack(lanes, H, H, from->values + weight, packed->format, stored);
        return;
    }
    for (int64_t unit = 0; unit < H; unit += lanes)
        for (int64_t gate = 0; gate < 4; gate++) {
            int64_t n = H - unit < lanes ? H - unit : lanes;
            const real *rows = stepped(from, weight + (gate * H + unit) * H, n * H);
            lts_pack_gate_rows(packed->kernels, H, H, rows, H, gate, unit, forward, back);
        }
}

/* From panels to parts, those that there are. */
static void split_layer(const lts_packed *packed, const lts_packed_layer *layer)
{
    int64_t H = packed->H, Hp = packed->Hp, G = packed->G;
    packed->parts->split_right(packed->n_part, H, G, layer->h, layer->h_parts);
    packed->parts->split_right(packed->n_part, G, Hp, layer->h_back, layer->h_back_parts);
    packed->parts->split_right(packed->n_part, layer->n_in, G, layer->in, layer->in_parts);
    if (layer->in_back_parts != NULL)
        packed->parts->split_right(packed->n_part, G, Hp, layer->in_back, layer->in_back_parts);
}

static void pack_layer(lts_packed *packed, const parameters *from, int64_t l)
{
    const lts_kernels *kernels = packed->kernels;
    const lts_layer_layout *at = &from->params->layers[l];
    lts_packed_layer *layer = &packed->layers[l];
    int64_t H = packed->H, D = packed->D;
    if (l == 0 && packed->folded) {
        lts_pack_gates(kernels, H, D, packed->fold_weight, D + 1, layer->in, layer->in_back);
        lts_spread_gates(kernels, H, packed->fold_bias, layer->bias);
    } else {
        pack_weight(packed, from, at->weight_x, layer->in, layer->in_back,
                    &layer->stored.in_stored);
        lts_spread_gates(kernels, H, stepped(from, at->bias, 4 * H), layer->bias);
    }
    pack_weight(packed, from, at->weight_h, layer->h, layer->h_back, &layer->stored.h);
    if (packed->parts != NULL)
        split_layer(packed, layer);
}

/* Packs a linear layer [n_out, n_in], and its transpose to `back` unless that is NULL. */
static void pack_linear(const lts_packed *packed, const parameters *from, int64_t n_out,
                        int64_t n_in, int64_t weight, int64_t bias, real *forward,
                        real *packed_bias, real *back)
{
    const real *W = stepped(from, weight, n_out * n_in);
    lts_pack(packed->kernels, n_in, n_out, W, 1, n_in, forward);
    memcpy(packed_bias, stepped(from, bias, n_out), (size_t)n_out * sizeof(real));
    if (back != NULL)
        lts_pack(packed->kernels, n_out, n_in, W, n_in, 1, back);
}

void lts_packed_refresh(lts_packed *packed, const lts_params *params, const real *values,
                        const lts_block_step *block_step)
{
    const parameters from = {packed->training, params, values, block_step};
    if (packed->folded)
        fold_input_layer(packed, &from);
    else
        pack_linear(packed, &from, params->H, params->D, params->input_weight, params->input_bias,
                    packed->input, packed->input_bias, packed->input_back);
    for (int64_t l = 0; l < params->L; l++)
        pack_layer(packed, &from, l);
    pack_linear(packed, &from, params->K, params->H, params->output_weight, params->output_bias,
                packed->output, packed->output_bias, packed->output_back);
}

int64_t lts_part_row(const lts_packed *packed)
{
    int64_t forward = lts_part_inner(packed->H), back = lts_part_inner(packed->G), n_in = 0;
    for (int64_t l = 0; l < packed->L; l++)
        n_in = lts_most(n_in, lts_part_inner(packed->layers[l].n_in));
    return packed->n_part * lts_most(forward + n_in, lts_min(back, LTS_PART_INNER_AT_ONCE));
}

bool lts_fold_is_finite(const lts_packed *packed)
{
    return !packed->folded || packed->kernels->elementwise->all_finite(
                                  4 * packed->H * (packed->D + 1), packed->fold_weight);
}
