/* SPDX-License-Identifier: MIT */
/*
 * Products in parts (kernels/parts.h) by tile instructions. A set includes tiles_amx.h or
 * tiles_twin.h, then this file, and defines
 *     LTS_SET     its name
 *     LTS_PAYS    what `pays` returns for H and B
 * All else the set takes from avx512.
 *
 * A group of 32 rows and 32 columns of C are four tiles, to which two tiles of A and two of B are
 * multiplied. In theory a tile instruction takes 16 cycles and its result 52, which four sums hide;
 * docs/performance.md has what was measured. For each block of 32 inner indices, 14 tiles are loaded
 * for the 24 instructions of three parts.
 */
#include "kernels/training.h"

extern const lts_product_kernels lts_products_avx512;
extern const lts_cell_kernels lts_cells_avx512;
extern const lts_stream_kernels lts_streams_avx512;
extern const lts_fold_kernels lts_fold_avx512;
extern const lts_dense_kernels lts_dense_avx512;
extern const lts_layout_kernels lts_layout_avx512;
extern const lts_elementwise_kernels lts_elementwise_avx512;
extern const struct lts_stored_kernels lts_stored_avx512;
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

/* The sums of a group: C = start + A B; start NULL is 0. The next 16 columns of both are `tile`
 * elements on. */
typedef struct group {
    int64_t rows, columns;
    const real *start;
    int64_t start_row;
    real *c;
    int64_t ldc, tile;
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

/* The products a_i b_j of three parts, ordered so that only part 0 of B is loaded twice; those with
 * i + j < n_part are taken. */
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

/* n_operands: one, or the inputs and h of cells. */
KERNEL void add_tiles(tiles *t, const int n_part, const int n_rows, const int n_columns,
                      int n_operands, const operands *o, const group *g)
{
    UNROLL for (int i = 0; i < n_rows; i++)
    {
        UNROLL for (int j = 0; j < n_columns; j++)
        {
            if (g->start == NULL)
                tile_zero(t, C_TILES + 2 * i + j);
            else
                tile_load(t, C_TILES + 2 * i + j,
                          g->start + i * TILE_ROWS * g->start_row + j * g->tile,
                          g->start_row * (int64_t)sizeof(real));
        }
    }
    for (const operands *end = o + n_operands; o < end; o++)
        for (int64_t block = 0; block < o->n_block; block++)
            add_block(t, n_part, n_rows, n_columns, o, block * n_part);
    UNROLL for (int i = 0; i < n_rows; i++)
    {
        UNROLL for (int j = 0; j < n_columns; j++)
            tile_store(t, C_TILES + 2 * i + j, g->c + i * TILE_ROWS * g->ldc + j * g->tile,
                       g->ldc * (int64_t)sizeof(real));
    }
}

KERNEL void add_to_tile_group(tiles *t, const int n_part, int n_operands, const operands *o,
                              const group *g)
{
    tiles_configure(t, lts_min(TILE_ROWS, g->rows),
                    g->rows > TILE_ROWS ? g->rows - TILE_ROWS : TILE_ROWS);
    if (g->rows > TILE_ROWS && g->columns > COLUMNS)
        add_tiles(t, n_part, 2, 2, n_operands, o, g);
    else if (g->rows > TILE_ROWS)
        add_tiles(t, n_part, 2, 1, n_operands, o, g);
    else if (g->columns > COLUMNS)
        add_tiles(t, n_part, 1, 2, n_operands, o, g);
    else
        add_tiles(t, n_part, 1, 1, n_operands, o, g);
}

NOT_INLINED void multiply_group(tiles *t, int n_part, int n_operands, const operands *o,
                                const group *g)
{
#define CALL(parts) add_to_tile_group(t, parts, n_operands, o, g)
    WITH_CONSTANT_PARTS(n_part, CALL);
#undef CALL
}

/* A left operand of whole inner indices, and a right one of which b is the block of column 0 that
 * belongs to the first of them. */
typedef struct factors {
    int n_part;
    int64_t inner;
    const lts_part *a, *b;
    int64_t b_tile;
} factors;

/* From some row and column on. */
static operands operands_at(const factors *f, int64_t row, int64_t column)
{
    return (operands){.a = f->a + row * f->inner * f->n_part,
                      .b = f->b + column / COLUMNS * f->b_tile,
                      .a_tile = TILE_ROWS * f->inner * f->n_part,
                      .b_tile = f->b_tile,
                      .n_block = f->inner / INNER};
}

/* C [m, n]: a group of columns with all rows, while it is in a cache. */
static void multiply_group_columns(tiles *t, const factors *f, int64_t m, int64_t n, group all)
{
    for (int64_t j = 0; j < n; j += GROUP)
        for (int64_t i = 0; i < m; i += GROUP) {
            const operands o = operands_at(f, i, j);
            group g = all;
            g.rows = lts_min(GROUP, m - i);
            g.columns = lts_min(GROUP, n - j);
            g.c += i * g.ldc + j / COLUMNS * g.tile;
            if (g.start != NULL)
                g.start += i * g.start_row + j / COLUMNS * g.tile;
            multiply_group(t, f->n_part, 1, &o, &g);
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
                     .ldc = ldc,
                     .tile = COLUMNS};
        for (int64_t p = 0; p < n_inner; p += LTS_PART_INNER_AT_ONCE) {
            int64_t inner = lts_min(LTS_PART_INNER_AT_ONCE, n_inner - p);
            split_packed_rows(n_part, rows, n_inner, &left, p, inner, workspace);
            const factors f = {n_part, lts_part_inner(inner), workspace, b + p * COLUMNS * n_part,
                               b_tile};
            multiply_group_columns(&t, &f, rows, n, all);
            all.start = all.c;
            all.start_row = ldc;
        }
    }
    tiles_release(&t);
}
_Static_assert(LTS_PART_INNER_AT_ONCE % PANEL == 0, "a part of the inner indices ends in a panel");

/* A panel of B is split just before it is multiplied, while its parts are in a cache. */
static void multiply_transposed(int n_part, int64_t m, int64_t n, int64_t n_inner,
                                const lts_part *a, const lts_rows *b, bool adds, real *c,
                                int64_t c_tile, lts_part *workspace)
{
    tiles t = {.rows = {0}};
    int64_t inner = lts_part_inner(n_inner);
    const factors f = {n_part, inner, a, workspace, inner * COLUMNS * n_part};
    for (int64_t j = 0; j < n; j += PANEL) {
        int64_t width = lts_min(PANEL, n - j);
        real *columns = c + j / COLUMNS * c_tile;
        const group all = {.start = adds ? columns : NULL,
                           .start_row = COLUMNS,
                           .c = columns,
                           .ldc = COLUMNS,
                           .tile = c_tile};
        split_panel(n_part, n_inner, width, b->panels + j * b->rows + b->first * width, workspace);
        multiply_group_columns(&t, &f, m, width, all);
    }
    tiles_release(&t);
}

/* The cells of some rows of all units: sums in groups, then their gates. h->a is NULL where h_prev
 * is 0. */
static void forward_rows(tiles *t, const lts_cells *cells, const real *bias, int64_t row,
                         int64_t n_row, const factors *in, const factors *h)
{
    _Alignas(64) real z[GROUP * PANEL];
    for (int64_t unit = 0; unit < cells->H; unit += LTS_LANES) {
        int64_t width = 4 * lts_block_units(LTS_LANES, cells->H, unit);
        for (int64_t i = 0; i < n_row; i += GROUP) {
            int64_t rows = lts_min(GROUP, n_row - i);
            for (int64_t j = 0; j < width; j += GROUP) {
                const operands o[] = {operands_at(in, i, 4 * unit + j),
                                      operands_at(h->a == NULL ? in : h, i, 4 * unit + j)};
                const group g = {.rows = rows,
                                 .columns = lts_min(GROUP, width - j),
                                 .start = bias + 4 * unit + j,
                                 .c = z + j,
                                 .ldc = width,
                                 .tile = COLUMNS};
                multiply_group(t, in->n_part, h->a == NULL ? 1 : 2, o, &g);
            }
            lts_cells_avx512.gates(cells, unit, row + i, rows, z);
        }
    }
}

static void parts_forward(const lts_cells *cells, const lts_part_weights *weights,
                          lts_part *workspace)
{
    tiles t = {.rows = {0}};
    int n_part = weights->n_part;
    int64_t in_inner = lts_part_inner(cells->n_in), h_inner = lts_part_inner(cells->H);
    for (int64_t row = 0; row < cells->B; row += LTS_PART_ROWS_AT_ONCE) {
        int64_t rows = lts_min(LTS_PART_ROWS_AT_ONCE, cells->B - row);
        lts_part *of_h = workspace + rows * in_inner * n_part;
        const factors in = {n_part, in_inner, workspace, weights->in, COLUMNS * in_inner * n_part};
        factors h = {n_part, h_inner, NULL, weights->h, COLUMNS * h_inner * n_part};
        split_left_rows(n_part, rows, cells->n_in, cells->in + row * cells->in_row, cells->in_row,
                        workspace);
        if (cells->h_prev != NULL) {
            split_left_rows(n_part, rows, cells->H, cells->h_prev + row * cells->Hp, cells->Hp,
                            of_h);
            h.a = of_h;
        }
        forward_rows(&t, cells, weights->bias, row, rows, &in, &h);
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
    .forward = parts_forward,
    .multiply_packed = multiply_packed,
    .multiply_transposed = multiply_transposed,
};

const lts_kernels JOIN(lts_kernels, LTS_SET) = {
    .name = NAME_OF(LTS_SET),
    .lanes = LTS_LANES,
    .products = &lts_products_avx512,
    .cells = &lts_cells_avx512,
    .stream = &lts_streams_avx512,
    .fold = &lts_fold_avx512,
    .dense = &lts_dense_avx512,
    .layout = &lts_layout_avx512,
    .elementwise = &lts_elementwise_avx512,
    .stored = &lts_stored_avx512,
};

const lts_training_kernels JOIN(lts_training, LTS_SET) = {
    .products = &lts_training_products_avx512,
    .cells = &lts_training_cells_avx512,
    .fold = &lts_training_fold_avx512,
    .elementwise = &lts_training_elementwise_avx512,
    .parts = &part_kernels,
};
