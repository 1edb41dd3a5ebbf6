/* SPDX-License-Identifier: MIT */
/*
 * A model's parameters in the layout of the kernels: packed in panels, with the input layer folded
 * into the first LSTM layer where that is less work. This is a copy of a block of the parameter
 * table.
 *
 * The fold: between x and z of the first layer there is no non-linearity, so the two linear maps
 * can be multiplied:
 *
 *     K_x = W_x W_in  [4H, D];   k = W_x b_in + b;     z_t = K_x x_t + W_h h_{t-1} + k
 */
#ifndef LTS_NETWORK_PACKED_H
#define LTS_NETWORK_PACKED_H

#include "kernels/stored.h"
#include "kernels/training.h"
#include "network/params.h"
#include "network/step.h"

/** One LSTM layer. n_in is H, or D for a folded first layer. */
typedef struct lts_packed_layer {
    int64_t n_in;
    real *in;      /**< panels of [n_in, G]                                        */
    real *h;       /**< panels of [H, G]                                           */
    real *bias;    /**< [G] by unit blocks                                         */
    real *in_back; /**< panels of [G, n_in padded]; only for training              */
    real *h_back;  /**< panels of [G, H']; only for training                       */
    lts_part *in_parts, *h_parts, *h_back_parts; /**< the same in parts, or NULL    */
    lts_part *in_back_parts; /**< the same, or NULL: also if folded                        */
    /** If its format is not float: it has h, and `in` unless folded, which are NULL above. */
    lts_stored_weights stored;
} lts_packed_layer;

typedef struct lts_packed {
    const lts_kernels *kernels;
    int64_t D, K, H, L;
    int64_t Dp, Kp, Hp; /**< rounded up to whole vectors                            */
    int64_t G;          /**< a row of gates (kernels/kernels.h)                     */
    bool folded;
    const lts_training_kernels *training; /**< of `kernels`, or NULL: only to forecast       */
    const lts_part_kernels *parts;        /**< for products of H units, or NULL                   */
    int n_part;                           /**< parts of each float                                */
    int64_t format;           /**< of the layers' weights: LTS_STORED_FLOAT32 ...           */
    real *fold_weight;        /**< K_x and k side by side [4H, D + 1], if folded           */
    real *fold_bias;          /**< k [4H]                                                  */
    real *fold_input;         /**< W_in and b_in side by side, transposed [D + 1, H]       */
    real *input;              /**< panels of [D, H'], unless folded                        */
    real *input_bias;         /**< [H']                                                    */
    real *input_back;         /**< panels of [H, D padded]; only for training             */
    lts_packed_layer *layers; /**< [L]                                              */
    real *output;             /**< panels of [H, K padded]                                */
    real *output_bias;        /**< [K padded]                                              */
    real *output_back;        /**< panels of [K, H']; only for training                    */
} lts_packed;

/**
 * Whether the fold is less work for `rows` model calls times windows between two changes of the
 * parameters. Multiplications by the input layer and W_x, per row: D H + 4 H^2 without the fold,
 * 4 H D with it; computing the fold takes 4 H^2 D. Forward and backward together take three times
 * as many in either case. LSTMTS_FOLD overrides the result: both ways agree to rounding.
 */
bool lts_fold_pays(int64_t D, int64_t H, int64_t rows);

/**
 * Allocate all arrays; those in parts if `training` is not NULL and they pay for batches of B
 * windows: of three parts at LSTM_PRECISION_HIGHEST, two or one at the others. On failure
 * (LSTM_E_NOMEM) there is nothing to clear.
 */
lstm_status lts_packed_init(lts_packed *packed, const lts_params *params,
                            const lts_kernels *kernels, bool folded,
                            const lts_training_kernels *training, int64_t B, int64_t precision);

/** The same to forecast, with the layers' weights [4H, H] stored in a format (kernels/stored.h). */
lstm_status lts_packed_init_stored(lts_packed *packed, const lts_params *params,
                                   const lts_kernels *kernels, bool folded, int64_t format);
void lts_packed_clear(lts_packed *packed);

/** An optimizer's step and its blocks. `values` are the parameters that are packed. */
typedef struct lts_block_step {
    const lts_step *step;
    const real *gradient;
    real *const *moments; /**< [LTS_MAX_MOMENTS], NULL where the optimizer has none */
    real *values;
} lts_block_step;

/**
 * Pack the parameters. Allocates nothing. If `block_step` is not NULL, its step is applied to each
 * piece of the parameters, exactly once, just before the piece is packed and while it is in cache:
 * an update then reads the parameters from memory once.
 */
void lts_packed_refresh(lts_packed *packed, const lts_params *params, const real *values,
                        const lts_block_step *block_step);

/** One step of the cells of layer l, for the units first .. end - 1, from its weights as stored. */
static inline void lts_packed_step(const lts_packed *packed, int64_t l, const lts_cells *cells,
                                   int64_t first, int64_t end)
{
    const lts_packed_layer *layer = &packed->layers[l];
    const lts_cell_weights weights = {layer->in, layer->h, layer->bias};
    if (packed->format == LTS_STORED_FLOAT32)
        packed->kernels->cells->forward(cells, &weights, first, end);
    else
        packed->kernels->stored->forward(cells, &layer->stored, first, end);
}

/** Elements of the workspace of a layer's products in parts, for each window. */
int64_t lts_part_row(const lts_packed *packed);

/** Whether the products of the fold fit in `real`; the two linear maps may where they do not. */
bool lts_fold_is_finite(const lts_packed *packed);

#endif
