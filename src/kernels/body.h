/* SPDX-License-Identifier: MIT */
/*
 * The kernels' one body. A set (generic.c, avx2.c, ...) defines
 *     LTS_SET     the name of its table
 *     LTS_LANES   elements of a vector
 *     LTS_ROWS    rows of a register tile
 * and includes this file; its build rule gives the instruction set. Vectors are GCC's vector
 * extensions, so there are next to no intrinsics, and the compiler contracts a * b + c where it
 * can.
 */
#include "kernels/kernels.h"

#include <string.h>

typedef real vec __attribute__((vector_size(LTS_LANES * sizeof(real))));

#define KERNEL      static inline __attribute__((always_inline))
#define NOT_INLINED static __attribute__((noinline))
#ifdef __clang__
#define UNROLL       _Pragma("clang loop unroll(full)")
#define UNROLL_LANES UNROLL
#else
#define UNROLL       _Pragma("GCC unroll 8")
#define UNROLL_LANES _Pragma("GCC unroll 16")
#endif

KERNEL vec load(const real *p)
{
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

KERNEL void store(real *p, vec v)
{
    memcpy(p, &v, sizeof v);
}

#include "kernels/vector_gates.h"

#include "kernels/tile_body.h"

#include "kernels/product_body.h"

#include "kernels/cell_body.h"

#include "kernels/fold_body.h"
#include "kernels/pack_body.h"
#include "kernels/sweep_body.h"

const lts_kernels LTS_SET = {
    .name = LTS_SET_NAME,
    .lanes = LTS_LANES,
    .multiply = multiply,
    .multiply_packed = multiply_packed,
    .multiply_transposed = multiply_transposed,
    .cell_forward = cell_forward,
    .cell_backward = cell_backward,
    .fold = fold,
    .unfold = unfold,
    .transpose = transpose,
    .copy_columns = copy_columns,
    .all_finite = all_finite,
    .sum_of_squares = sum_of_squares,
    .scale = scale,
    .add_scaled = add_scaled,
    .adam = adam,
    .sgd = sgd,
    .momentum = momentum,
    .rmsprop = rmsprop,
    .adagrad = adagrad,
};
