/* SPDX-License-Identifier: MIT */
/*
 * The set `cblas`: the generic set with the products of a BLAS. A panel of a packed matrix is a
 * row-major matrix whose leading dimension is its width, so a BLAS reads it where it is.
 *
 * A BLAS loses time on narrow matrices: each call copies A into a layout of its own. So blocks of
 * units have 16 lanes, and panels 64 columns, whatever the vectors of the processor; the cell runs
 * over a block in vectors of the generic set.
 */
#include "kernels/blas.h"
#include "kernels/training.h"

#ifdef LSTMTS_TEST_DOUBLE
#define LTS_LANES 2
#else
#define LTS_LANES 4
#endif
#include "kernels/vector/vector.h"

#include "kernels/vector/vector_gates.h"

#include "kernels/vector/vector_cell.h"

enum { BLOCK = 16, PANEL = 4 * BLOCK };
_Static_assert(BLOCK / 4 % LTS_LANES == 0, "the narrowest block of units is no whole vector");

extern const lts_fold_kernels lts_fold_generic;
extern const lts_dense_kernels lts_dense_generic;
extern const lts_layout_kernels lts_layout_generic;
extern const lts_elementwise_kernels lts_elementwise_generic;
extern const lts_training_fold lts_training_fold_generic;
extern const lts_training_elementwise lts_training_elementwise_generic;

/* Width of the panel that begins at column j of n. */
static int64_t panel_width(int64_t n, int64_t j)
{
    return (lts_min(PANEL, n - j) + BLOCK - 1) / BLOCK * BLOCK;
}

/* C [m, n] = S */
static void copy_start(int64_t m, int64_t n, const real *start, int64_t start_row, real *c,
                       int64_t ldc)
{
    if (start == c && start_row == ldc)
        return;
    for (int64_t i = 0; i < m; i++) {
        if (start == NULL)
            memset(c + i * ldc, 0, (size_t)n * sizeof *c);
        else
            memcpy(c + i * ldc, start + i * start_row, (size_t)n * sizeof *c);
    }
}

/* C [m, n] += A B for n_inner rows of a packed B, from b->first on; A is transposed, or not. */
static void add_panels(bool a_transposed, int64_t m, int64_t n, int64_t n_inner, const real *a,
                       int64_t lda, const lts_rows *b, real *c, int64_t ldc)
{
    for (int64_t j = 0; j < n; j += PANEL) {
        int64_t width = panel_width(n, j);
        const real *panel = b->panels + j * b->rows + b->first * width;
        lts_blas_add_product(a_transposed, m, lts_min(PANEL, n - j), n_inner, a, lda, panel, width,
                             c + j, ldc);
    }
}

static void multiply(int64_t m, int64_t n, int64_t n_inner, const real *a, int64_t a_row,
                     const real *packed_b, const real *start, int64_t start_row, real *c,
                     int64_t ldc)
{
    const lts_rows b = {packed_b, n_inner, 0};
    copy_start(m, n, start, start_row, c, ldc);
    add_panels(false, m, n, n_inner, a, a_row, &b, c, ldc);
}

static void multiply_packed(int64_t m, int64_t n, int64_t n_inner, const lts_rows *a,
                            const real *packed_b, const real *start, int64_t start_row, real *c,
                            int64_t ldc)
{
    copy_start(m, n, start, start_row, c, ldc);
    for (int64_t p = 0; p < n_inner; p += PANEL) {
        int64_t inner = lts_min(PANEL, n_inner - p);
        const lts_rows b = {packed_b, n_inner, p};
        add_panels(false, m, n, inner, a->panels + p * a->rows + a->first * inner, inner, &b, c,
                   ldc);
    }
}

static void multiply_transposed(int64_t m, int64_t n, int64_t n_inner, const real *strips,
                                const lts_rows *b, const real *start, int64_t start_row, real *c,
                                int64_t ldc)
{
    copy_start(m, n, start, start_row, c, ldc);
    for (int64_t i = 0; i < m; i += LTS_STRIP)
        add_panels(true, lts_min(LTS_STRIP, m - i), n, n_inner, strips + i * n_inner, LTS_STRIP, b,
                   c + i * ldc, ldc);
}

/* The gates of a row of the block of `units` units that begins at `unit`. */
static real *gates_of_row(const lts_cells *cells, int64_t unit, int64_t units, int64_t row)
{
    return cells->gates + 4 * (unit * cells->gate_rows + units * (cells->gate_row + row));
}

static void cells_gates(const lts_cells *cells, int64_t unit, int64_t row, int64_t n_row,
                        const real *z)
{
    int64_t units = lts_block_units(BLOCK, cells->H, unit);
    for (int64_t r = row; r < row + n_row; r++, z += 4 * units) {
        real *gates = cells->gates == NULL ? NULL : gates_of_row(cells, unit, units, r);
        for (int64_t u = 0; u < units; u += LTS_LANES) {
            int64_t at = r * cells->Hp + unit + u;
            vec gate[4], c = load(cells->c_prev + at);
            for (int g = 0; g < 4; g++)
                gate[g] = load(z + g * units + u);
            store(cells->h + at, cell(gate, &c));
            store(cells->c + at, c);
            for (int g = 0; g < 4 && gates != NULL; g++)
                store(gates + g * units + u, gate[g]);
        }
    }
}

/* Rows whose sums are kept on the stack where the gates are not kept: 16 KiB. */
enum { ROWS_AT_ONCE = 16384 / (PANEL * (int)sizeof(real)) };

/* The step for some rows of a block of units; z [n_row, width] takes the sums. */
static void block_forward(const lts_cells *cells, const lts_cell_weights *weights, int64_t unit,
                          int64_t row, int64_t n_row, real *z)
{
    int64_t width = 4 * lts_block_units(BLOCK, cells->H, unit);
    copy_start(n_row, width, weights->bias + 4 * unit, 0, z, width);
    lts_blas_add_product(false, n_row, width, cells->n_in, cells->in + row * cells->in_row,
                         cells->in_row, weights->in + 4 * unit * cells->n_in, width, z, width);
    if (cells->h_prev != NULL)
        lts_blas_add_product(false, n_row, width, cells->H, cells->h_prev + row * cells->Hp,
                             cells->Hp, weights->h + 4 * unit * cells->H, width, z, width);
    cells_gates(cells, unit, row, n_row, z);
}

static void cells_forward(const lts_cells *cells, const lts_cell_weights *weights, int64_t first,
                          int64_t end)
{
    real z[ROWS_AT_ONCE * PANEL];
    for (int64_t unit = first; unit < end; unit += BLOCK) {
        int64_t units = lts_block_units(BLOCK, cells->H, unit);
        if (cells->gates != NULL) {
            block_forward(cells, weights, unit, 0, cells->B, gates_of_row(cells, unit, units, 0));
            continue;
        }
        for (int64_t row = 0; row < cells->B; row += ROWS_AT_ONCE)
            block_forward(cells, weights, unit, row, lts_min(ROWS_AT_ONCE, cells->B - row), z);
    }
}

static void block_backward(const lts_cells *cells, int64_t unit, const real *dh, real *dc)
{
    int64_t units = lts_block_units(BLOCK, cells->H, unit);
    for (int64_t r = 0; r < cells->B; r++) {
        real *gates = gates_of_row(cells, unit, units, r);
        for (int64_t u = 0; u < units; u += LTS_LANES) {
            int64_t at = r * cells->Hp + unit + u;
            vec gate[4], dc_at = load(dc + at);
            for (int g = 0; g < 4; g++)
                gate[g] = load(gates + g * units + u);
            cell_adjoint(gate, load(cells->c + at), load(cells->c_prev + at), load(dh + at),
                         &dc_at);
            for (int g = 0; g < 4; g++)
                store(gates + g * units + u, gate[g]);
            store(dc + at, dc_at);
        }
    }
}

static void cells_backward(const lts_cells *cells, const real *dh, real *dc)
{
    for (int64_t unit = 0; unit < cells->H; unit += BLOCK)
        block_backward(cells, unit, dh, dc);
}

static const lts_product_kernels products = {.multiply = multiply};

static const lts_cell_kernels cells_of_blocks = {.forward = cells_forward, .gates = cells_gates};

const lts_kernels lts_kernels_cblas = {
    .name = "cblas",
    .lanes = BLOCK,
    .forbids_threads = true,
    .products = &products,
    .cells = &cells_of_blocks,
    .fold = &lts_fold_generic,
    .dense = &lts_dense_generic,
    .layout = &lts_layout_generic,
    .elementwise = &lts_elementwise_generic,
};

static const lts_training_products training_products = {
    .multiply_packed = multiply_packed,
    .multiply_transposed = multiply_transposed,
};

static const lts_training_cells training_cells = {.backward = cells_backward};

const lts_training_kernels lts_training_cblas = {
    .products = &training_products,
    .cells = &training_cells,
    .fold = &lts_training_fold_generic,
    .elementwise = &lts_training_elementwise_generic,
};
