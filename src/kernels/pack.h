/* SPDX-License-Identifier: MIT */
/*
 * Packing matrices into the panels that the kernels read (kernels.h), and the order of gates. What is
 * padding in a packed form is not written: it must be 0 from the beginning, as lts_alloc() gives it.
 */
#ifndef LTS_KERNELS_PACK_H
#define LTS_KERNELS_PACK_H

#include "kernels/kernels.h"

/** Pack B [n_inner, n], whose element (p, j) is b[p * b_inner + j * b_column]. */
void lts_pack(const lts_kernels *kernels, int64_t n_inner, int64_t n, const real *b,
              int64_t b_inner, int64_t b_column, real *packed);

/** Where gate `gate` (0 .. 3) of unit j stands in a row by unit blocks. */
static inline int64_t lts_gate_column(const lts_kernels *kernels, int64_t gate, int64_t j)
{
    int64_t lanes = kernels->lanes;
    return (j / lanes * 4 + gate) * lanes + j % lanes;
}

/**
 * Pack W^T for W [4H, n_in], gate blocks of H rows that are `row` apart, into panels of [n_in, 4H'] by unit
 * blocks: what cell_forward reads.
 */
void lts_pack_gates(const lts_kernels *kernels, int64_t H, int64_t n_in, const real *W, int64_t row,
                    real *packed);

/** Pack W [4H, n] into panels of [4H', n]: what takes dz back to the layer's inputs. */
void lts_pack_gates_back(const lts_kernels *kernels, int64_t H, int64_t n, const real *W,
                         int64_t row, real *packed);

/** A vector [4H] of gate blocks, to [4H'] by unit blocks. */
void lts_spread_gates(const lts_kernels *kernels, int64_t H, const real *blocks, real *spread);

#endif
