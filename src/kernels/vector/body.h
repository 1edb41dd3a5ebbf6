/* SPDX-License-Identifier: MIT */
/*
 * The kernels' one body. A set (generic.c, avx2.c, ...) defines
 *     LTS_SET     its name
 *     LTS_LANES   elements of a vector
 *     LTS_ROWS    rows of a register tile
 * and includes this file; its build rule gives the instruction set.
 */
#include "kernels/training.h"

#include <string.h>

#include "kernels/vector/vector.h"

#include "kernels/vector/vector_gates.h"

#include "kernels/vector/vector_cell.h"

#include "kernels/vector/tile_body.h"

#include "kernels/vector/product_body.h"

#include "kernels/vector/narrow_body.h"

#include "kernels/vector/cell_body.h"

#include "kernels/vector/stream_body.h"

#include "kernels/vector/stored_body.h"

#include "kernels/vector/elementwise_body.h"
#include "kernels/vector/fold_body.h"

#include "kernels/vector/dense_body.h" /* uses the vectors of doubles of fold_body.h */
#include "kernels/vector/pack_body.h"

#define LTS_OF_SET(table) JOIN(table, LTS_SET) /* lts_kernels_avx2 */

const lts_product_kernels LTS_OF_SET(lts_products) = {.multiply = multiply};

const lts_cell_kernels LTS_OF_SET(lts_cells) = {.forward = cells_forward, .gates = cells_gates};

const lts_stream_kernels LTS_OF_SET(lts_streams) = {.step = stream_step};

const lts_fold_kernels LTS_OF_SET(lts_fold) = {.forward = fold_forward};

const lts_dense_kernels LTS_OF_SET(lts_dense) = {
    .add_product = add_product,
};

const lts_layout_kernels LTS_OF_SET(lts_layout) = {
    .transpose = transpose,
    .copy_columns = copy_columns,
};

const lts_elementwise_kernels LTS_OF_SET(lts_elementwise) = {.all_finite = all_finite};

const lts_stored_kernels LTS_OF_SET(lts_stored) = {.forward = stored_forward};

const lts_kernels LTS_OF_SET(lts_kernels) = {
    .name = NAME_OF(LTS_SET),
    .lanes = LTS_LANES,
    .products = &LTS_OF_SET(lts_products),
    .cells = &LTS_OF_SET(lts_cells),
    .stream = &LTS_OF_SET(lts_streams),
    .fold = &LTS_OF_SET(lts_fold),
    .dense = &LTS_OF_SET(lts_dense),
    .layout = &LTS_OF_SET(lts_layout),
    .elementwise = &LTS_OF_SET(lts_elementwise),
    .stored = &LTS_OF_SET(lts_stored),
};

const lts_training_products LTS_OF_SET(lts_training_products) = {
    .multiply_packed = multiply_packed,
    .multiply_transposed = multiply_transposed,
};

const lts_training_cells LTS_OF_SET(lts_training_cells) = {.backward = cells_backward};

const lts_training_fold LTS_OF_SET(lts_training_fold) = {.backward = fold_backward};

const lts_training_elementwise LTS_OF_SET(lts_training_elementwise) = {
    .sum_of_squares = sum_of_squares,
    .scale = scale,
    .add_scaled = add_scaled,
    .adam = adam,
    .sgd = sgd,
    .momentum = momentum,
    .rmsprop = rmsprop,
    .adagrad = adagrad,
};

const lts_training_kernels LTS_OF_SET(lts_training) = {
    .products = &LTS_OF_SET(lts_training_products),
    .cells = &LTS_OF_SET(lts_training_cells),
    .fold = &LTS_OF_SET(lts_training_fold),
    .elementwise = &LTS_OF_SET(lts_training_elementwise),
};
