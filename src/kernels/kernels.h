/* SPDX-License-Identifier: MIT */
/*
 * The kernels that are built once per instruction set, and the table through which they are called.
 * Those that only training needs have a table of their own (training.h).
 *
 * Vectors have `lanes` elements. A matrix of n columns is packed in panels of 4 vectors: panel
 * after panel, each [n_inner][its width]. The last panel has as many vectors as are left; columns
 * beyond n are 0.
 *
 * H' is H rounded up to whole vectors: a row of h or c. Padded units stay zero there.
 *
 * Units are taken in blocks of `lanes`. Four vectors hold the gates of a block, and a matrix whose
 * columns are gates has one panel per block. So one pass over a panel of the recurrent weights
 * gives all sums that the cells of its units need. The last block has `lanes` units, a half or a
 * quarter of them, whichever is the smallest that holds the rest; so it has 4, 2 or 1 vectors. With
 * 16 lanes and H = 100:
 *
 *     units      0 .. 15          16 .. 31        ...   80 .. 95         96 .. 99
 *     panel      i16 f16 g16 o16  i16 f16 g16 o16       i16 f16 g16 o16  i4 f4 g4 o4
 *     columns    0 .. 63          64 .. 127             320 .. 383       384 .. 399
 *
 * G is the number of such columns, 400 here. Columns of padded units are 0. The gates of all calls,
 * and later dz, are kept as such a matrix [rows of all calls, G], which products read without a
 * copy.
 */
#ifndef LTS_KERNELS_KERNELS_H
#define LTS_KERNELS_KERNELS_H

#include "base/real.h"

/**
 * Columns of a strip. A matrix whose transpose is multiplied is stored in strips,
 * [n_row][LTS_STRIP] each, the last one padded. The number is a multiple of a tile and of a cache
 * line, and avoids power-of-two strides, which cause cache conflicts.
 */
enum { LTS_STRIP = 48 };

/** Rows from `first` on of a packed matrix with `rows` rows. */
typedef struct lts_rows {
    const real *panels;
    int64_t rows, first;
} lts_rows;

/** Arrays of one step of B cells of one layer; Hp is H'. */
typedef struct lts_cells {
    int64_t B, H, Hp;
    int64_t n_in;   /**< inputs of the layer                    */
    const real *in; /**< [B, n_in], rows in_row elements apart  */
    int64_t in_row;
    const real *c_prev; /**< [B, H']                                */
    const real *h_prev; /**< [B, H'], or NULL: zeros                */
    real *gates;        /**< panels of [gate_rows, G], or NULL: not kept */
    int64_t gate_rows;
    int64_t gate_row; /**< the first of the B rows of these cells      */
    real *c, *h;      /**< [B, H']                                */
} lts_cells;

/** A layer's packed weights. */
typedef struct lts_cell_weights {
    const real *in;   /**< panels of [n_in, G]       */
    const real *h;    /**< panels of [H, G]          */
    const real *bias; /**< [G] by unit blocks        */
} lts_cell_weights;

/** Products with packed matrices. S + A B: S may be C itself, one row for all (start_row 0) or 0
 * (start NULL). Rows of C are ldc apart, those of S start_row. */
typedef struct lts_product_kernels {
    /** C [m, n] = S + A B, B [n_inner, n] packed; rows of A are a_row apart. */
    void (*multiply)(int64_t m, int64_t n, int64_t n_inner, const real *a, int64_t a_row,
                     const real *packed_b, const real *start, int64_t start_row, real *c,
                     int64_t ldc);
} lts_product_kernels;

/** The LSTM cell. */
typedef struct lts_cell_kernels {
    /**
     * One step of a layer: in, h_prev, c_prev -> gates, c, h, for the units first .. end - 1. Both
     * are multiples of `lanes`, or the end of the row.
     */
    void (*forward)(const lts_cells *cells, const lts_cell_weights *weights, int64_t first,
                    int64_t end);
    /**
     * The last part of `forward`: z, c_prev -> gates, c, h, for n_row rows from `row` on of the
     * block of units that begins at `unit`. z [n_row, 4 x units of the block] are the sums; it may
     * be the place of these gates.
     */
    void (*gates)(const lts_cells *cells, int64_t unit, int64_t row, int64_t n_row, const real *z);
} lts_cell_kernels;

/** A layer of lts_stream. Its two slots of c and h alternate. */
typedef struct lts_stream_layer {
    int64_t n_in;
    lts_cell_weights weights;
    real *c[2], *h[2]; /**< [H'] */
} lts_stream_layer;

/** A network of L layers, the input layer folded into the first one, on one window. */
typedef struct lts_stream {
    int64_t L, H, Hp, K;
    const lts_stream_layer *layers; /**< [L]                               */
    const real *output;             /**< panels of [H, K]                  */
    const real *output_bias;        /**< [K rounded up to whole vectors]   */
} lts_stream;

/** Whole steps of a network where calls would take a good part of the time. */
typedef struct lts_stream_kernels {
    /**
     * One step of one window from slot `from` to the other: x [n_in of the first layer] -> c, h, y
     * [K]. Has the bits of the cells and products above. `from_zero`: h is 0 there.
     * @return whether x, h and y are finite. x and y must not overlap.
     */
    bool (*step)(const lts_stream *stream, int from, bool from_zero, const real *x, real *y);
} lts_stream_kernels;

/** The products of the fold (network/packed.h), summed in double. */
typedef struct lts_fold_kernels {
    /**
     * C [rows, D] = A [rows, n] times the transpose of B [D, n]; add [rows] is added to the last
     * column.
     */
    void (*forward)(int64_t rows, int64_t n, int64_t D, const real *a, const real *b,
                    const real *add, real *c);
} lts_fold_kernels;

/** Products of matrices of doubles, for linear algebra outside of the network. */
typedef struct lts_dense_kernels {
    /**
     * C [m, n] += factor A B, A [m, n_inner], B [n_inner, n]. Element (i, p) of A is
     * a[i * a_row + p * a_inner], so that A may be a transpose; rows of B and C are ldb and ldc
     * apart. C must not overlap A or B.
     */
    void (*add_product)(int64_t m, int64_t n, int64_t n_inner, const double *a, int64_t a_row,
                        int64_t a_inner, const double *b, int64_t ldb, double factor, double *c,
                        int64_t ldc);
} lts_dense_kernels;

/** From one layout of a matrix to another; rows are stride and lda apart. */
typedef struct lts_layout_kernels {
    /** to [n_inner, n_row] = the transpose of A [n_row, n_inner] */
    void (*transpose)(int64_t n_row, int64_t n_inner, const real *a, int64_t lda, real *to,
                      int64_t stride);
    /** to [n_row, n_column] = A */
    void (*copy_columns)(int64_t n_column, int64_t n_row, const real *a, int64_t lda, real *to,
                         int64_t stride);
} lts_layout_kernels;

/** Passes over n elements. */
typedef struct lts_elementwise_kernels {
    bool (*all_finite)(int64_t n, const real *values);
} lts_elementwise_kernels;

struct lts_stored_kernels;

/**
 * A set of kernels, without those that only training needs (training.h). A set may take whole
 * groups from another set of the same `lanes`.
 */
typedef struct lts_kernels {
    const char *name;
    int64_t lanes;
    bool forbids_threads; /**< the library uses one thread, since the products may use others */
    const lts_product_kernels *products;
    const lts_cell_kernels *cells;
    const lts_stream_kernels *stream; /**< or NULL */
    const lts_fold_kernels *fold;
    const lts_dense_kernels *dense;
    const lts_layout_kernels *layout;
    const lts_elementwise_kernels *elementwise;
    const struct lts_stored_kernels *stored; /**< kernels/stored.h; NULL: those of `generic` */
} lts_kernels;

/**
 * The set for a model of H units: the best one that CPU and operating system support.
 * LSTMTS_KERNELS may name a lesser set, or cblas.
 */
const lts_kernels *lts_kernels_select(int64_t H);

/** The same among the library's own sets: no BLAS is opened. */
const lts_kernels *lts_kernels_own(void);

/** The set of that name if it is built and can run here, or NULL. */
const lts_kernels *lts_kernels_find(const char *name);

/**
 * The faster set for a model of H units on an architecture without a vector set: `own`, or cblas if
 * `own` is the generic set and the BLAS an OpenBLAS. lts_kernels_select() calls this.
 */
const lts_kernels *lts_kernels_or_blas(const lts_kernels *own, int64_t H);

static inline int64_t lts_min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/** n rounded up to whole vectors. */
static inline int64_t lts_padded(const lts_kernels *kernels, int64_t n)
{
    return (n + kernels->lanes - 1) / kernels->lanes * kernels->lanes;
}

/** Units of the block that begins at `unit` < H, a multiple of lanes; padded ones count. */
static inline int64_t lts_block_units(int64_t lanes, int64_t H, int64_t unit)
{
    int64_t units = lanes;
    while (units > 1 && units > lanes / 4 && units / 2 >= H - unit)
        units /= 2;
    return units;
}

/** G: elements of a row of the gates of H units. */
static inline int64_t lts_gate_row(int64_t lanes, int64_t H)
{
    int64_t last = (H - 1) / lanes * lanes;
    return 4 * (last + lts_block_units(lanes, H, last));
}

#endif
