/* SPDX-License-Identifier: MIT */
/*
 * Products of matrices whose floats are split into parts: numbers of 8 bits (bfloat16), which
 * matrix units multiply in tiles of 16 rows, 16 columns and 32 inner indices. With
 *
 *     a = a0 + a1 + a2,   b = b0 + b1 + b2      each part rounds what the parts before it leave
 *
 * three parts are the whole float, and a b is the sum of the six products a_i b_j, i + j <= 2, to
 * within (2^-23 + 2^-30) |a b|. Two parts and three products are within 2^-14 |a b|, one part within
 * (2^-7 + 2^-15) |a b|. docs/numerics.md (section 15) derives these bounds.
 *
 * Layouts, in elements of 16 bits. N inner indices are padded with zeros to whole blocks, N' in
 * all.
 *
 *     left   [m, N]   per tile of 16 rows (the last one may have fewer): [N' / 32][parts][rows][32]
 *     right  [N, n]   per tile of 16 columns: [N' / 32][parts][16 pairs of rows][16][2]
 *
 * How an element is summed depends on N alone, so a row of a product has the same bits in any block
 * of rows. Denormal parts count as 0.
 */
#ifndef LTS_KERNELS_PARTS_H
#define LTS_KERNELS_PARTS_H

#include "kernels/kernels.h"

#include <stdint.h>

typedef uint16_t lts_part;

enum { LTS_PART_INNER = 32, LTS_PART_COLUMNS = 16 };

/** Rows of a left operand that are split at once, and inner indices of dz: both stay in a cache. */
enum { LTS_PART_ROWS_AT_ONCE = 128, LTS_PART_INNER_AT_ONCE = 1024 };

/** N' */
static inline int64_t lts_part_inner(int64_t n)
{
    return (n + LTS_PART_INNER - 1) / LTS_PART_INNER * LTS_PART_INNER;
}

/** A layer's weights in parts. */
typedef struct lts_part_weights {
    const lts_part *in; /**< right operand [n_in, G] */
    const lts_part *h;  /**< right operand [H, G]    */
    const real *bias;   /**< [G] by unit blocks      */
    int n_part;
} lts_part_weights;

/** Products in parts. Numbers of columns n are multiples of LTS_PART_COLUMNS. */
typedef struct lts_part_kernels {
    /** Whether training H units on B windows at a time is faster in parts. */
    bool (*pays)(int64_t H, int64_t B);
    /** The right operand of B [n_inner, n], packed. */
    void (*split_right)(int n_part, int64_t n_inner, int64_t n, const real *packed_b, lts_part *to);
    /** The left operand of rows first .. end - 1, multiples of 16 or the end, of the transpose of
     * A [n_inner, m] in strips; `to` is that of row 0. */
    void (*split_strips)(int n_part, int64_t first, int64_t end, int64_t n_inner,
                         const real *strips, lts_part *to);
    /** lts_cell_kernels.forward for all units. Workspace: min(B, LTS_PART_ROWS_AT_ONCE) rows of
     * n_part (H' + n_in'), padded as inner indices. */
    void (*forward)(const lts_cells *cells, const lts_part_weights *weights, lts_part *workspace);
    /** lts_training_products.multiply_packed with B in parts. Workspace: min(m,
     * LTS_PART_ROWS_AT_ONCE) rows of n_part min(n_inner', LTS_PART_INNER_AT_ONCE). */
    void (*multiply_packed)(int n_part, int64_t m, int64_t n, int64_t n_inner, const lts_rows *a,
                            const lts_part *b, const real *start, int64_t start_row, real *c,
                            int64_t ldc, lts_part *workspace);
    /** C [m, n] = A^T B, or C + A^T B; the left operand A^T is in parts, B [n_inner, n] packed.
     * Columns 16 j .. 16 j + 15 of C are a matrix [m, 16] at c + j c_tile, which far memory delivers
     * faster than rows of n. Workspace: n_part n_inner' for each of at most 64 columns. */
    void (*multiply_transposed)(int n_part, int64_t m, int64_t n, int64_t n_inner,
                                const lts_part *a, const lts_rows *b, bool adds, real *c,
                                int64_t c_tile, lts_part *workspace);
} lts_part_kernels;

#endif
