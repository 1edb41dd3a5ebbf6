/* SPDX-License-Identifier: MIT */
/*
 * Packing matrices into the panels that the kernels read (kernels.h), and the order of gates.
 * Padding is not written: it must be 0 before, as lts_alloc() returns it.
 */
#ifndef LTS_KERNELS_PACK_H
#define LTS_KERNELS_PACK_H

#include "kernels/kernels.h"

/** Pack B [n_inner, n], whose element (p, j) is b[p * b_inner + j * b_column]. */
void lts_pack(const lts_kernels *kernels, int64_t n_inner, int64_t n, const real *b,
              int64_t b_inner, int64_t b_column, real *packed);

/** Column of gate `gate` (0 .. 3) of unit j of H, in a row by unit blocks. */
static inline int64_t lts_gate_column(const lts_kernels *kernels, int64_t H, int64_t gate,
                                      int64_t j)
{
    int64_t unit = j - j % kernels->lanes;
    return 4 * unit + gate * lts_block_units(kernels->lanes, H, unit) + (j - unit);
}

/**
 * Pack W [4H, n], gate blocks of H rows that are `row` apart: W^T into panels of [n, G] by unit
 * blocks, for the forward step, and, unless `back` is NULL, W into panels of [G, n], which map dz
 * to the gradient by the layer's inputs.
 */
void lts_pack_gates(const lts_kernels *kernels, int64_t H, int64_t n, const real *W, int64_t row,
                    real *forward, real *back);

/**
 * The same for the `rows` of one gate from `unit` on, a multiple of lanes: up to lanes rows.
 */
void lts_pack_gate_rows(const lts_kernels *kernels, int64_t H, int64_t n, const real *rows,
                        int64_t row, int64_t gate, int64_t unit, real *forward, real *back);

/** Copy a vector [4H] of gate blocks to [G] by unit blocks. */
void lts_spread_gates(const lts_kernels *kernels, int64_t H, const real *blocks, real *spread);

#endif
