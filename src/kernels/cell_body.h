/* SPDX-License-Identifier: MIT */
/*
 * One step of a layer's cells. Included by body.h.
 *
 * Sums and gate functions are functions of their own, never inlined into one: the constants of the
 * gate functions would take the registers in which the sums are kept.
 */

/* z of a tile, [rows][i f g o], one block of units. */
KERNEL void sum_tile(const int rows, const lts_cells *cells, const lts_cell_weights *weights,
                     int64_t first, int64_t unit, vec z[MAX_ROWS][4])
{
    vec sums[MAX_ROWS][4];
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int v = 0; v < 4; v++) sums[r][v] =
            load(weights->bias + 4 * unit + v * LTS_LANES);
    }
    add_products(rows, 4, cells->n_in, cells->in + first * cells->in_row, cells->in_row, 1,
                 weights->in + 4 * unit * cells->n_in, sums);
    add_products(rows, 4, cells->n_h, cells->h_prev + first * cells->Hp, cells->Hp, 1,
                 weights->h + 4 * unit * cells->n_h, sums);
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int v = 0; v < 4; v++) z[r][v] = sums[r][v];
    }
}

NOT_INLINED void sum_rows(int64_t rows, const lts_cells *cells, const lts_cell_weights *weights,
                          int64_t first, int64_t unit, vec z[MAX_ROWS][4])
{
#define TILE(rows) sum_tile(rows, cells, weights, first, unit, z)
    WITH_CONSTANT_ROWS(rows, TILE);
#undef TILE
}

/*
 * z of one row and two blocks of units: one block alone has fewer sums than a multiply-add takes
 * cycles. The order of each sum is that of sum_tile().
 */
KERNEL void add_two_products(int64_t n, const real *restrict a, const real *restrict left,
                             const real *restrict right, vec sums[2][4])
{
    for (int64_t p = 0; p < n; p++)
        UNROLL for (int v = 0; v < 4; v++)
        {
            sums[0][v] += load(left + (p * 4 + v) * LTS_LANES) * a[p];
            sums[1][v] += load(right + (p * 4 + v) * LTS_LANES) * a[p];
        }
}

NOT_INLINED void sum_two_blocks(const lts_cells *cells, const lts_cell_weights *weights,
                                int64_t unit, vec z[MAX_ROWS][4])
{
    int64_t n_in = cells->n_in, n_h = cells->n_h, next = unit + LTS_LANES;
    vec sums[2][4];
    UNROLL for (int v = 0; v < 4; v++)
    {
        sums[0][v] = load(weights->bias + 4 * unit + v * LTS_LANES);
        sums[1][v] = load(weights->bias + 4 * next + v * LTS_LANES);
    }
    add_two_products(n_in, cells->in, weights->in + 4 * unit * n_in, weights->in + 4 * next * n_in,
                     sums);
    add_two_products(n_h, cells->h_prev, weights->h + 4 * unit * n_h, weights->h + 4 * next * n_h,
                     sums);
    UNROLL for (int v = 0; v < 4; v++)
    {
        z[0][v] = sums[0][v];
        z[1][v] = sums[1][v];
    }
}

/*
 * `n` rows, or blocks, from z; `at` is where the first begins in arrays of units and `step` how far the
 * next is.
 *     i = sigm(z_i)  f = sigm(z_f)  g = tanh(z_g)  o = sigm(z_o)
 *     c_t = f c_{t-1} + i g                                         (1)
 *     h_t = o tanh(c_t)                                             (2)
 */
NOT_INLINED void finish_cells(int64_t n, const lts_cells *cells, int64_t at, int64_t step,
                              vec z[MAX_ROWS][4])
{
    for (int64_t k = 0; k < n; k++, at += step) {
        vec i = sigmoid(z[k][0]), f = sigmoid(z[k][1]);
        vec g = hyperbolic_tangent(z[k][2]), o = sigmoid(z[k][3]);
        vec c = f * load(cells->c_prev + at) + i * g;
        store(cells->c + at, c);
        store(cells->h + at, o * hyperbolic_tangent(c));
        if (cells->gates == NULL)
            continue;
        real *gates = cells->gates + 4 * at;
        store(gates, i);
        store(gates + LTS_LANES, f);
        store(gates + 2 * LTS_LANES, g);
        store(gates + 3 * LTS_LANES, o);
    }
}

static void cell_forward(const lts_cells *cells, const lts_cell_weights *weights, int64_t first,
                         int64_t end)
{
    const tiling tiles = split_rows(cells->B);
    vec z[MAX_ROWS][4];
    int64_t unit = first;
    for (; cells->B == 1 && unit + 2 * LTS_LANES <= end; unit += 2 * LTS_LANES) {
        sum_two_blocks(cells, weights, unit, z);
        finish_cells(2, cells, unit, LTS_LANES, z);
    }
    for (; unit < end; unit += LTS_LANES)
        for (int64_t t = 0, row = 0; t < tiles.n; t++) {
            int64_t rows = tiles.rows + (t < tiles.longer);
            sum_rows(rows, cells, weights, row, unit, z);
            finish_cells(rows, cells, row * cells->Hp + unit, cells->Hp, z);
            row += rows;
        }
}

/*
 *     dc += dh o (1 - tanh^2 c_t)                                   (3)
 *     dz_i = dc g i(1-i)         dz_f = dc c_{t-1} f(1-f)           (4)
 *     dz_g = dc i (1-g^2)        dz_o = dh tanh(c_t) o(1-o)         (5)
 *     dc_{t-1} = dc f                                               (6)
 * tanh(c_t) is computed again: that is cheaper than the memory that would keep it.
 */
static void cell_backward(const lts_cells *cells, const real *dh, real *dc)
{
    int64_t size = cells->B * cells->Hp;
    for (int64_t at = 0; at < size; at += LTS_LANES) {
        real *gates = cells->gates + 4 * at;
        vec i = load(gates), f = load(gates + LTS_LANES);
        vec g = load(gates + 2 * LTS_LANES), o = load(gates + 3 * LTS_LANES);
        vec tanh_c = hyperbolic_tangent(load(cells->c + at)), dh_at = load(dh + at);
        vec dc_at = load(dc + at) + dh_at * o * (1 - tanh_c * tanh_c);
        store(gates, dc_at * g * i * (1 - i));
        store(gates + LTS_LANES, dc_at * load(cells->c_prev + at) * f * (1 - f));
        store(gates + 2 * LTS_LANES, dc_at * i * (1 - g * g));
        store(gates + 3 * LTS_LANES, dh_at * tanh_c * o * (1 - o));
        store(dc + at, dc_at * f);
    }
}
