/* SPDX-License-Identifier: MIT */
/*
 * The parameter table: the tensors of a model, and the offset of each in a block. The parameters
 * are one block of this layout; the gradient, each optimizer moment and the best parameters are
 * further blocks. Optimizers, hooks, files and gradient checks iterate over the table without
 * knowing the layers; only the network uses the offsets by name.
 */
#ifndef LTS_NETWORK_PARAMS_H
#define LTS_NETWORK_PARAMS_H

#include "base/real.h"
#include <lstmts/model.h>

enum { LTS_NAME_SIZE = 40 };

/** One row of the table. */
typedef struct lts_tensor {
    char name[LTS_NAME_SIZE];
    int64_t n_dim;  /**< 1 or 2                              */
    int64_t dim[2]; /**< rows, columns; a vector's dim[1] = 1 */
    int64_t size;   /**< elements                            */
    int64_t offset; /**< of the first element in a block     */
} lts_tensor;

/** Offsets of one LSTM layer's tensors in a block. */
typedef struct lts_layer_layout {
    int64_t weight_x; /**< [4H, H] */
    int64_t weight_h; /**< [4H, H] */
    int64_t bias;     /**< [4H]    */
} lts_layer_layout;

/** The table of a model. */
typedef struct lts_params {
    int64_t D, K, H, L;
    int64_t n_tensor; /**< 3L + 4                                                       */
    int64_t total;    /**< elements in a block; gaps between tensors, always 0, included */
    lts_tensor *tensors;
    int64_t input_weight, input_bias;   /**< offsets of [H, D], [H] */
    int64_t output_weight, output_bias; /**< offsets of [K, H], [K] */
    lts_layer_layout *layers;           /**< [L]                    */
} lts_params;

/** Build the table. LSTM_E_LIMIT, LSTM_E_NOMEM. On failure there is nothing to free. */
lstm_status lts_params_init(lts_params *params, int64_t D, int64_t K, int64_t H, int64_t L);
void lts_params_clear(lts_params *params);

/** The tensor of that name, or NULL with the message set for LSTM_E_NAME. */
const lts_tensor *lts_params_find(const lts_params *params, const char *name);

/** Find `name` and check that the caller's array has its size. LSTM_E_NAME, LSTM_E_SHAPE. */
lstm_status lts_params_match(const lts_params *params, const char *name, int64_t size,
                             const lts_tensor **tensor);

enum { LTS_PLACE_SIZE = LTS_NAME_SIZE + 48 };

/** The element at `offset` of a block, for messages: "lstm.0.weight_x[3, 7]". */
void lts_params_place(const lts_params *params, int64_t offset, char place[LTS_PLACE_SIZE]);

/** Allocate a zeroed block; free it with lts_free(). NULL with the message set on failure. */
real *lts_params_new_block(const lts_params *params);

/** Initialize parameters as documented for lstm_model_new(). */
void lts_params_draw(const lts_params *params, uint64_t seed, real *block);

#endif
