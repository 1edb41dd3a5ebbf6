/* SPDX-License-Identifier: MIT */
#include "network/packed.h"

#include "base/memory.h"
#include "base/status.h"
#include "kernels/pack.h"

#include <stdlib.h>
#include <string.h>

bool lts_fold_pays(int64_t D, int64_t H, int64_t rows)
{
    const char *forced = getenv("LSTMTS_FOLD");
    if (forced != NULL && (strcmp(forced, "0") == 0 || strcmp(forced, "1") == 0))
        return forced[0] == '1';
    double unfolded = (double)rows * ((double)D * (double)H + 4.0 * (double)H * (double)H);
    double folded =
        (double)rows * 4.0 * (double)H * (double)D + 4.0 * (double)H * (double)H * (double)D;
    return folded < unfolded;
}

/* Allocates into *array; keeps `complete` false once something failed. */
static void room(real **array, int64_t rows, int64_t columns, bool *complete)
{
    int64_t size;
    *array = *complete && lts_multiply(rows, columns, &size) ? lts_alloc(size, sizeof(real)) : NULL;
    *complete = *array != NULL;
}

static bool allocate_layers(lts_packed *packed)
{
    int64_t Hp = packed->Hp;
    bool complete = true;
    for (int64_t l = 0; l < packed->L && complete; l++) {
        lts_packed_layer *layer = &packed->layers[l];
        bool folded = l == 0 && packed->folded;
        layer->n_in = folded ? packed->D : packed->H;
        room(&layer->in, layer->n_in, 4 * Hp, &complete);
        room(&layer->h, packed->H, 4 * Hp, &complete);
        room(&layer->bias, 4 * Hp, 1, &complete);
        if (packed->training) {
            room(&layer->in_back, 4 * Hp, folded ? packed->Dp : Hp, &complete);
            room(&layer->h_back, 4 * Hp, Hp, &complete);
        }
    }
    return complete;
}

static bool allocate(lts_packed *packed)
{
    int64_t Hp = packed->Hp;
    bool complete = true;
    packed->layers = lts_alloc(packed->L, sizeof *packed->layers);
    if (packed->layers == NULL || !allocate_layers(packed))
        return false;
    if (packed->folded) {
        room(&packed->fold_weight, 4 * packed->H, packed->D + 1, &complete);
        room(&packed->fold_bias, 4 * packed->H, 1, &complete);
        room(&packed->fold_input, packed->D + 1, packed->H, &complete);
    } else {
        room(&packed->input, packed->D, Hp, &complete);
        room(&packed->input_bias, Hp, 1, &complete);
        if (packed->training)
            room(&packed->input_back, packed->H, packed->Dp, &complete);
    }
    room(&packed->output, packed->H, packed->Kp, &complete);
    room(&packed->output_bias, packed->Kp, 1, &complete);
    if (packed->training)
        room(&packed->output_back, packed->K, Hp, &complete);
    return complete;
}

lstm_status lts_packed_init(lts_packed *packed, const lts_params *params,
                            const lts_kernels *kernels, bool folded, bool training)
{
    *packed = (lts_packed){.kernels = kernels,
                           .D = params->D,
                           .K = params->K,
                           .H = params->H,
                           .L = params->L,
                           .Dp = lts_padded(kernels, params->D),
                           .Kp = lts_padded(kernels, params->K),
                           .Hp = lts_padded(kernels, params->H),
                           .folded = folded,
                           .training = training};
    if (allocate(packed))
        return LSTM_OK;
    lts_packed_clear(packed);
    return LSTM_E_NOMEM;
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

/* [K_x | k] = W_x [W_in | b_in] + [0 | b] */
static void fold(lts_packed *packed, const lts_params *params, const real *values)
{
    int64_t D = params->D, H = params->H;
    const real *W_in = values + params->input_weight, *b_in = values + params->input_bias;
    real *folded = packed->fold_input;
    for (int64_t d = 0; d < D; d++)
        for (int64_t j = 0; j < H; j++)
            folded[d * H + j] = W_in[j * D + d];
    memcpy(folded + D * H, b_in, (size_t)H * sizeof *b_in);
    packed->kernels->fold(4 * H, H, D + 1, values + params->layers[0].weight_x, folded,
                          values + params->layers[0].bias, packed->fold_weight);
    for (int64_t i = 0; i < 4 * H; i++)
        packed->fold_bias[i] = packed->fold_weight[i * (D + 1) + D];
}

static void refresh_layer(lts_packed *packed, const lts_params *params, const real *values,
                          int64_t l)
{
    const lts_kernels *kernels = packed->kernels;
    const lts_layer_layout *at = &params->layers[l];
    lts_packed_layer *layer = &packed->layers[l];
    int64_t H = params->H, D = params->D;
    bool folded = l == 0 && packed->folded;
    const real *weight_in = folded ? packed->fold_weight : values + at->weight_x;
    int64_t n_in = folded ? D : H, row = folded ? D + 1 : H;
    lts_pack_gates(kernels, H, n_in, weight_in, row, layer->in);
    lts_pack_gates(kernels, H, H, values + at->weight_h, H, layer->h);
    lts_spread_gates(kernels, H, folded ? packed->fold_bias : values + at->bias, layer->bias);
    if (!packed->training)
        return;
    lts_pack_gates_back(kernels, H, n_in, weight_in, row, layer->in_back);
    lts_pack_gates_back(kernels, H, H, values + at->weight_h, H, layer->h_back);
}

void lts_packed_refresh(lts_packed *packed, const lts_params *params, const real *values)
{
    const lts_kernels *kernels = packed->kernels;
    int64_t D = params->D, H = params->H, K = params->K;
    const real *W_in = values + params->input_weight, *W_out = values + params->output_weight;
    if (packed->folded) {
        fold(packed, params, values);
    } else {
        lts_pack(kernels, D, H, W_in, 1, D, packed->input);
        memcpy(packed->input_bias, values + params->input_bias, (size_t)H * sizeof(real));
        if (packed->training)
            lts_pack(kernels, H, D, W_in, D, 1, packed->input_back);
    }
    for (int64_t l = 0; l < params->L; l++)
        refresh_layer(packed, params, values, l);
    lts_pack(kernels, H, K, W_out, 1, H, packed->output);
    memcpy(packed->output_bias, values + params->output_bias, (size_t)K * sizeof(real));
    if (packed->training)
        lts_pack(kernels, K, H, W_out, H, 1, packed->output_back);
}
