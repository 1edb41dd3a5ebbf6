/* SPDX-License-Identifier: MIT */
/*
 * A layer's step from weights that are stored in fewer bytes than floats: bfloat16 (8 bits), or int8
 * with a scale for each row of the matrix [4H, n], which is a column when it is packed. Sums, gates
 * and states are floats. docs/numerics.md (section 15) has the bounds.
 *
 * Layout of a matrix [n, G] by the blocks of units of kernels.h: for each row of a block's panel,
 * words of 32 bits, [ceil(v / in_word)][lanes] for v vectors of `lanes` columns. Part k of word q,
 * from the lowest bits on, belongs to column q of vector k of these in_word vectors:
 *
 *     bfloat16   in_word 2, parts of 16 bits, the upper half of a float
 *     int8       in_word 4, parts of 8 bits
 *
 * A part is read together with those below it, which become digits after its own: shifted to the
 * upper end, the word is its float, or 2^24 times its multiple of the scale. So no instruction
 * masks them. Parts are rounded from the lowest to the highest, each to the nearest value that it
 * can have with the digits that follow: they do not add to its error.
 */
#ifndef LTS_KERNELS_STORED_H
#define LTS_KERNELS_STORED_H

#include "kernels/kernels.h"

#include <stdint.h>

/** The formats, numbered as lstm_weights. */
enum { LTS_STORED_FLOAT32, LTS_STORED_BFLOAT16, LTS_STORED_INT8, LTS_STORED_FORMATS };

/** What 1 is worth in units of the scale in a sum of int8. */
#define LTS_STORED_UNIT 0x1p-24

/** Vectors in a word. */
static inline int lts_stored_in_word(int64_t format)
{
    return format == LTS_STORED_BFLOAT16 ? 2 : 4;
}

/** A packed matrix [n, G]. */
typedef struct lts_stored_matrix {
    uint32_t *panels;
    real *scale; /**< [G] by unit blocks; NULL unless the format is int8 */
} lts_stored_matrix;

/** A layer's packed weights. */
typedef struct lts_stored_weights {
    int64_t format;
    const real *in;              /**< panels of floats [n_in, G], or NULL: then in_stored */
    lts_stored_matrix in_stored; /**< [n_in, G]                                           */
    lts_stored_matrix h;         /**< [H, G]                                              */
    const real *bias;            /**< [G] by unit blocks                                  */
} lts_stored_weights;

typedef struct lts_stored_kernels {
    /** lts_cell_kernels.forward. A row has the same bits for any B. */
    void (*forward)(const lts_cells *cells, const lts_stored_weights *weights, int64_t first,
                    int64_t end);
} lts_stored_kernels;

#endif
