/* SPDX-License-Identifier: MIT */
/*
 * Products in parts (kernels/parts.h) by tile instructions. A set includes tiles_amx.h or
 * tiles_twin.h, then this file, and defines
 *     LTS_SET     its name
 *     LTS_PAYS    what `pays` returns for H and B
 * All else the set takes from avx512.
 *
 * A group of 32 rows and 32 columns of C are four tiles, to which two tiles of A and two of B are
 * multiplied. A tile instruction takes 16 cycles and its result 52: four sums hide that. For each
 * block of 32 inner indices, 14 tiles are loaded for the 24 instructions of three parts.
 */
#include "kernels/training.h"

extern const lts_product_kernels lts_products_avx512;
extern const lts_cell_kernels lts_cells_avx512;
extern const lts_fold_kernels lts_fold_avx512;
extern const lts_dense_kernels lts_dense_avx512;
extern const lts_layout_kernels lts_layout_avx512;
extern const lts_elementwise_kernels lts_elementwise_avx512;
extern const lts_training_products lts_training_products_avx512;
extern const lts_training_cells lts_training_cells_avx512;
extern const lts_training_fold lts_training_fold_avx512;
extern const lts_training_elementwise lts_training_elementwise_avx512;

#include "kernels/vector/split_body.h"

/* Rows and columns of a group. */
enum { GROUP = 32 };

/* Operands from some block of inner indices on; tiles of B are b_tile apart. */
typedef struct operands {
    const lts_part *a, *b;
    int64_t a_tile, b_tile;
    int64_t n_block; /* blocks of inner indices */
} operands;

/* The sums of a group: C = start + A B; start NULL is 0. */
typedef struct group {
    int64_t rows, columns;
    const real *start;
    int64_t start_row;
    real *c;
    int64_t ldc;
} group;

enum { C_TILES, A_TILES = 4, B_TILES = 6 };

KERNEL void load_left(tiles *t, const int n_rows, const int part, const operands *o, int64_t at)
{
    UNROLL for (int i = 0; i < n_rows; i++)
        tile_load(t, A_TILES + i, o->a + i * o->a_tile + (at + part) * t->rows[i] * INNER, 64);
}

KERNEL void load_right(tiles *t, const int n_columns, const int part, const operands *o, int64_t at)
{
    UNROLL for (int j = 0; j < n_columns; j++)
        tile_load(t, B_TILES + j, o->b + j * o->b_tile + (at + part) * (INNER * COLUMNS), 64);
}

KERNEL void multiply_parts(tiles *t, const int n_rows, const int n_columns)
{
    UNROLL for (int i = 0; i < n_rows; i++)
    {
        UNROLL for (int j = 0; j < n_columns; j++) tile_multiply(t, i, j);
    }
}

/* The products a_i b_j of three parts, the small ones first, so that few tiles are loaded again. Of
 * fewer parts those with i + j < n_part. */
static const struct {
    int left, right;
} order[] = {{2, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 2}, {0, 0}};

/* Adds the products of one block, whose first part is number `at` of the parts of all blocks. */
KERNEL void add_block(tiles *t, const int n_part, const int n_rows, const int n_columns,
                      const operands *o, int64_t at)
{
    int left = -1, right = -1;
    UNROLL for (int k = 0; k < 6; k++)
    {
        if (order[k].left + order[k].right >= n_part)
            continue;
        if (order[k].left != left)
            load_left(t, n_rows, left = order[k].left, o, at);
        if (order[k].right != right)
            load_right(t, n_columns, right = order[k].right, o, at);
        multiply_parts(t, n_rows, n_columns);
    }
}

KERNEL void add_tiles(tiles *t, const int n_part, const int n_rows, const int n_columns,
                      const operands *o, const group *g)
{
    UNROLL for (int i = 0; i < n_rows; i++)
    {
        UNROLL for (int j = 0; j < n_columns; j++)
        {
            if (g->start == NULL)
                tile_zero(t, C_TILES + 2 * i + j);
            else
                tile_load(t, C_TILES + 2 * i + j,
                          g->start + i * TILE_ROWS * g->start_row + j * COLUMNS,
                          g->start_row * (int64_t)sizeof(real));
        }
    }
    for (int64_t block = 0; block < o->n_block; block++)
        add_block(t, n_part, n_rows, n_columns, o, block * n_part);
    UNROLL for (int i = 0; i < n_rows; i++)
    {
        UNROLL for (int j = 0; j < n_columns; j++)
            tile_store(t, C_TILES + 2 * i + j, g->c + i * TILE_ROWS * g->ldc + j * COLUMNS,
                       g->ldc * (int64_t)sizeof(real));
    }
}

KERNEL void add_to_group(tiles *t, const int n_part, const operands *o, const group *g)
{
    tiles_configure(t, lts_min(TILE_ROWS, g->rows),
                    g->rows > TILE_ROWS ? g->rows - TILE_ROWS : TILE_ROWS);
    if (g->rows > TILE_ROWS && g->columns > COLUMNS)
        add_tiles(t, n_part, 2, 2, o, g);
    else if (g->rows > TILE_ROWS)
        add_tiles(t, n_part, 2, 1, o, g);
    else if (g->columns > COLUMNS)
        add_tiles(t, n_part, 1, 2, o, g);
    else
        add_tiles(t, n_part, 1, 1, o, g);
}

NOT_INLINED void multiply_group(tiles *t, int n_part, const operands *o, const group *g)
{
#define CALL(parts) add_to_group(t, parts, o, g)
    WITH_CONSTANT_PARTS(n_part, CALL);
#undef CALL
}

/* A left operand of m rows and `inner` whole inner indices, and a right one of which b is the
 * block of column 0 that belongs to them. */
typedef struct factors {
    int n_part;
    int64_t inner;
    const lts_part *a, *b;
    int64_t b_tile;
} factors;

/* Columns first .. end - 1 of all rows: a group of columns with all rows, while it is in a cache. */
static void multiply_columns(tiles *t, const factors *f, int64_t first, int64_t end, int64_t m,
                             group all)
{
    for (int64_t j = first; j < end; j += GROUP)
        for (int64_t i = 0; i < m; i += GROUP) {
            const operands o = {f->a + i * f->inner * f->n_part, f->b + j / COLUMNS * f->b_tile,
                                TILE_ROWS * f->inner * f->n_part, f->b_tile, f->inner / INNER};
            group g = all;
            g.rows = lts_min(GROUP, m - i);
            g.columns = lts_min(GROUP, end - j);
            g.c += i * g.ldc + j;
            if (g.start != NULL)
                g.start += i * g.start_row + j;
            multiply_group(t, f->n_part, &o, &g);
        }
}

static void multiply_packed(int n_part, int64_t m, int64_t n, int64_t n_inner, const lts_rows *a,
                            const lts_part *b, const real *start, int64_t start_row, real *c,
                            int64_t ldc, lts_part *workspace)
{
    tiles t = {.rows = {0}};
    int64_t b_tile = lts_part_inner(n_inner) * COLUMNS * n_part;
    for (int64_t i = 0; i < m; i += LTS_PART_ROWS_AT_ONCE) {
        int64_t rows = lts_min(LTS_PART_ROWS_AT_ONCE, m - i);
        const lts_rows left = {a->panels, a->rows, a->first + i};
        group all = {.start = start == NULL ? NULL : start + i * start_row,
                     .start_row = start_row,
                     .c = c + i * ldc,
                     .ldc = ldc};
        for (int64_t p = 0; p < n_inner; p += LTS_PART_INNER_AT_ONCE) {
            int64_t inner = lts_min(LTS_PART_INNER_AT_ONCE, n_inner - p);
            split_packed_rows(n_part, rows, n_inner, &left, p, inner, workspace);
            const factors f = {n_part, lts_part_inner(inner), workspace, b + p * COLUMNS * n_part,
                               b_tile};
            multiply_columns(&t, &f, 0, n, rows, all);
            all.start = all.c;
            all.start_row = ldc;
        }
    }
    tiles_release(&t);
}
_Static_assert(LTS_PART_INNER_AT_ONCE % PANEL == 0, "a part of the inner indices ends in a panel");

static void multiply_transposed(int n_part, int64_t m, int64_t n, int64_t n_inner,
                                const lts_part *a, const lts_rows *b, const real *start,
                                int64_t start_row, real *c, int64_t ldc, lts_part *workspace)
{
    tiles t = {.rows = {0}};
    int64_t inner = lts_part_inner(n_inner), b_tile = inner * COLUMNS * n_part;
    for (int64_t j = 0; j < n; j += PANEL) {
        int64_t end = lts_min(n, j + PANEL);
        split_panel(n_part, n, j, end, n_inner, b, workspace);
        const factors f = {n_part, inner, a, workspace, b_tile};
        const group all = {.start = start == NULL ? NULL : start + j,
                           .start_row = start_row,
                           .c = c + j,
                           .ldc = ldc};
        multiply_columns(&t, &f, 0, end - j, m, all);
    }
    tiles_release(&t);
}

/* The cells of some rows of all units; left operands h_prev, and those inputs that are in parts. */
static void forward_rows(tiles *t, const lts_cells *cells, const lts_part_weights *weights,
                         int64_t row, int64_t n_row, const lts_part *h, const lts_part *in)
{
    _Alignas(64) real z[GROUP * PANEL];
    int n_part = weights->n_part;
    int64_t H_inner = lts_part_inner(cells->H), in_inner = lts_part_inner(cells->n_in);
    for (int64_t unit = 0; unit < cells->H; unit += LTS_LANES) {
        int64_t width = 4 * lts_block_units(LTS_LANES, cells->H, unit);
        for (int64_t i = 0; i < n_row; i += GROUP) {
            int64_t rows = lts_min(GROUP, n_row - i);
            const group all = {.start = z, .start_row = width, .c = z, .ldc = width};
            lts_products_avx512.multiply(rows, width, in == NULL ? cells->n_in : 0,
                                         cells->in + (row + i) * cells->in_row, cells->in_row,
                                         weights->packed.in + 4 * unit * cells->n_in,
                                         weights->packed.bias + 4 * unit, 0, z, width);
            const factors by_in = {n_part, in_inner, in + (in == NULL ? 0 : i * in_inner * n_part),
                                   weights->in + (in == NULL ? 0 : 4 * unit * in_inner * n_part),
                                   COLUMNS * in_inner * n_part};
            const factors by_h = {n_part, H_inner, h + (h == NULL ? 0 : i * H_inner * n_part),
                                  weights->h + 4 * unit * H_inner * n_part,
                                  COLUMNS * H_inner * n_part};
            if (in != NULL)
                multiply_columns(t, &by_in, 0, width, rows, all);
            if (h != NULL)
                multiply_columns(t, &by_h, 0, width, rows, all);
            lts_cells_avx512.gates(cells, unit, row + i, rows, z);
        }
    }
}

static void forward(const lts_cells *cells, const lts_part_weights *weights, lts_part *workspace)
{
    tiles t = {.rows = {0}};
    int n_part = weights->n_part;
    for (int64_t row = 0; row < cells->B; row += LTS_PART_ROWS_AT_ONCE) {
        int64_t rows = lts_min(LTS_PART_ROWS_AT_ONCE, cells->B - row);
        lts_part *h = NULL, *in = NULL, *free_part = workspace;
        if (cells->h_prev != NULL) {
            h = free_part;
            split_rows(n_part, rows, cells->H, cells->h_prev + row * cells->Hp, cells->Hp, h);
            free_part += rows * lts_part_inner(cells->H) * n_part;
        }
        if (weights->in != NULL) {
            in = free_part;
            split_rows(n_part, rows, cells->n_in, cells->in + row * cells->in_row, cells->in_row,
                       in);
        }
        forward_rows(&t, cells, weights, row, rows, h, in);
    }
    tiles_release(&t);
}

static bool pays(int64_t H, int64_t B)
{
    return LTS_PAYS(H, B);
}

static const lts_part_kernels part_kernels = {
    .pays = pays,
    .split_right = split_right,
    .split_strips = split_strips,
    .forward = forward,
    .multiply_packed = multiply_packed,
    .multiply_transposed = multiply_transposed,
};

#define NAME_OF(set)             NAME_OF_TEXT(set)
#define NAME_OF_TEXT(set)        #set
#define JOIN(left, right)        JOIN_TOKENS(left, right)
#define JOIN_TOKENS(left, right) left##_##right

const lts_kernels JOIN(lts_kernels, LTS_SET) = {
    .name = NAME_OF(LTS_SET),
    .lanes = LTS_LANES,
    .products = &lts_products_avx512,
    .cells = &lts_cells_avx512,
    .fold = &lts_fold_avx512,
    .dense = &lts_dense_avx512,
    .layout = &lts_layout_avx512,
    .elementwise = &lts_elementwise_avx512,
};

const lts_training_kernels JOIN(lts_training, LTS_SET) = {
    .products = &lts_training_products_avx512,
    .cells = &lts_training_cells_avx512,
    .fold = &lts_training_fold_avx512,
    .elementwise = &lts_training_elementwise_avx512,
    .parts = &part_kernels,
};
