/* SPDX-License-Identifier: MIT */
/*
 * The set `cblas`: the generic set with its products replaced by those of a BLAS. A panel of a
 * packed matrix is a row-major matrix whose leading dimension is its width, so a BLAS reads it where
 * it is.
 *
 * A step of one row multiplies a vector by matrices, where a BLAS has nothing to gain: packing the
 * matrix would take longer than the product. The generic set does it.
 */
#include "kernels/blas.h"
#include "kernels/kernels.h"

#include <string.h>

#ifdef LSTMTS_TEST_DOUBLE
enum { LANES = 2 };
#else
enum { LANES = 4 };
#endif
enum { PANEL = 4 * LANES };

extern const lts_kernels lts_kernels_generic;
extern const lts_fold_kernels lts_fold_generic;
extern const lts_layout_kernels lts_layout_generic;
extern const lts_elementwise_kernels lts_elementwise_generic;

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Width of the panel that begins at column j of n. */
static int64_t panel_width(int64_t n, int64_t j)
{
    return (smaller(PANEL, n - j) + LANES - 1) / LANES * LANES;
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

/* C [m, n] += A B for rows b->first .. of a packed B; A is transposed, or not. */
static void add_panels(bool a_transposed, int64_t m, int64_t n, int64_t n_inner, const real *a,
                       int64_t lda, const lts_rows *b, real *c, int64_t ldc)
{
    for (int64_t j = 0; j < n; j += PANEL) {
        int64_t width = panel_width(n, j);
        const real *panel = b->panels + j * b->rows + b->first * width;
        lts_blas_add_product(a_transposed, m, smaller(PANEL, n - j), n_inner, a, lda, panel, width,
                             c + j, ldc);
    }
}

static void multiply(int64_t m, int64_t n, int64_t n_inner, const real *a, int64_t a_row,
                     const real *packed_b, const real *start, int64_t start_row, real *c,
                     int64_t ldc)
{
    const lts_rows b = {packed_b, n_inner, 0};
    if (m == 1) {
        lts_kernels_generic.products->multiply(m, n, n_inner, a, a_row, packed_b, start, start_row,
                                               c, ldc);
        return;
    }
    copy_start(m, n, start, start_row, c, ldc);
    add_panels(false, m, n, n_inner, a, a_row, &b, c, ldc);
}

static void multiply_packed(int64_t m, int64_t n, int64_t n_inner, const lts_rows *a,
                            const real *packed_b, const real *start, int64_t start_row, real *c,
                            int64_t ldc)
{
    copy_start(m, n, start, start_row, c, ldc);
    for (int64_t p = 0; p < n_inner; p += PANEL) {
        int64_t inner = smaller(PANEL, n_inner - p);
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
        add_panels(true, smaller(LTS_STRIP, m - i), n, n_inner, strips + i * n_inner, LTS_STRIP, b,
                   c + i * ldc, ldc);
}

/* Rows whose sums are kept on the stack where the gates are not kept: 8 KiB. */
enum { ROWS_AT_ONCE = 8192 / (PANEL * (int)sizeof(real)) };

/* The step for n_row rows of a block of units; z [n_row, width] takes the sums. */
static void block_forward(const lts_cells *cells, const lts_cell_weights *weights, int64_t unit,
                          int64_t row, int64_t n_row, real *z)
{
    int64_t width = 4 * lts_block_units(LANES, cells->H, unit);
    copy_start(n_row, width, weights->bias + 4 * unit, 0, z, width);
    lts_blas_add_product(false, n_row, width, cells->n_in, cells->in + row * cells->in_row,
                         cells->in_row, weights->in + 4 * unit * cells->n_in, width, z, width);
    if (cells->h_prev != NULL)
        lts_blas_add_product(false, n_row, width, cells->H, cells->h_prev + row * cells->Hp,
                             cells->Hp, weights->h + 4 * unit * cells->H, width, z, width);
    lts_kernels_generic.cells->gates(cells, unit, row, n_row, z);
}

static void cells_forward(const lts_cells *cells, const lts_cell_weights *weights, int64_t first,
                          int64_t end)
{
    real z[ROWS_AT_ONCE * PANEL];
    if (cells->B == 1) {
        lts_kernels_generic.cells->forward(cells, weights, first, end);
        return;
    }
    for (int64_t unit = first; unit < end; unit += LANES) {
        int64_t width = 4 * lts_block_units(LANES, cells->H, unit);
        if (cells->gates != NULL) {
            block_forward(cells, weights, unit, 0, cells->B,
                          cells->gates + 4 * unit * cells->gate_rows + cells->gate_row * width);
            continue;
        }
        for (int64_t row = 0; row < cells->B; row += ROWS_AT_ONCE)
            block_forward(cells, weights, unit, row, smaller(ROWS_AT_ONCE, cells->B - row), z);
    }
}

static void cells_gates(const lts_cells *cells, int64_t unit, int64_t row, int64_t n_row,
                        const real *z)
{
    lts_kernels_generic.cells->gates(cells, unit, row, n_row, z);
}

static void cells_backward(const lts_cells *cells, const real *dh, real *dc)
{
    lts_kernels_generic.cells->backward(cells, dh, dc);
}

static const lts_product_kernels products = {
    .multiply = multiply,
    .multiply_packed = multiply_packed,
    .multiply_transposed = multiply_transposed,
};

static const lts_cell_kernels cells = {
    .forward = cells_forward,
    .gates = cells_gates,
    .backward = cells_backward,
};

const lts_kernels lts_kernels_cblas = {
    .name = "cblas",
    .lanes = LANES,
    .has_threads = true,
    .products = &products,
    .cells = &cells,
    .fold = &lts_fold_generic,
    .layout = &lts_layout_generic,
    .elementwise = &lts_elementwise_generic,
};
