/* SPDX-License-Identifier: MIT */
/*
 * One step of a layer's cells. Included by body.h.
 *
 * Sums and gate functions are functions of their own, never inlined into one: the constants of the
 * gate functions would take the registers in which the sums are kept.
 */

/* z [rows][i f g o] += A B for one block of units. */
KERNEL void add_to_tile(const int rows, int64_t n, const real *a, int64_t a_row, const real *b,
                        vec z[][4])
{
    vec sums[MAX_ROWS][4];
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int v = 0; v < 4; v++) sums[r][v] = z[r][v];
    }
    add_products(rows, 4, n, a, a_row, 1, b, sums);
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int v = 0; v < 4; v++) z[r][v] = sums[r][v];
    }
}

/* The same for a group of tiles, so that a block of B is used by all of them while it is near. */
NOT_INLINED void add_to_group(const tiling *tiles, int64_t n, const real *a, int64_t a_row,
                              const real *b, vec z[][4])
{
    const int64_t block = near_block(n);
    for (int64_t p = 0; p < n; p += block) {
        int64_t inner = n - p < block ? n - p : block, row = 0;
        for (int64_t t = 0; t < tiles->n; t++) {
            int64_t rows = tile_rows(tiles, t);
#define TILE(rows)                                                                                 \
    add_to_tile(rows, inner, a + row * a_row + p, a_row, b + p * 4 * LTS_LANES, z + row)
            WITH_CONSTANT_ROWS(rows, TILE);
#undef TILE
            row += rows;
        }
    }
}

/*
 * z of one row and one or two blocks of units: one alone has fewer sums than a multiply-add takes
 * cycles. The order of each sum is the same as in a group.
 */
KERNEL void add_to_blocks(const int blocks, int64_t n, const real *restrict a,
                          const real *restrict b, vec sums[2][4])
{
    for (int64_t p = 0; p < n; p++)
        UNROLL for (int k = 0; k < blocks; k++)
        {
            UNROLL for (int v = 0; v < 4; v++) sums[k][v] +=
                load(b + ((k * n + p) * 4 + v) * LTS_LANES) * a[p];
        }
}

KERNEL void sum_blocks(const int blocks, const lts_cells *cells, const lts_cell_weights *weights,
                       int64_t unit, vec z[][4])
{
    vec sums[2][4];
    UNROLL for (int k = 0; k < blocks; k++)
    {
        UNROLL for (int v = 0; v < 4; v++) sums[k][v] =
            load(weights->bias + 4 * unit + (4 * k + v) * LTS_LANES);
    }
    add_to_blocks(blocks, cells->n_in, cells->in, weights->in + 4 * unit * cells->n_in, sums);
    add_to_blocks(blocks, cells->n_h, cells->h_prev, weights->h + 4 * unit * cells->n_h, sums);
    UNROLL for (int k = 0; k < blocks; k++)
    {
        UNROLL for (int v = 0; v < 4; v++) z[k][v] = sums[k][v];
    }
}

NOT_INLINED void sum_one_row(int64_t blocks, const lts_cells *cells,
                             const lts_cell_weights *weights, int64_t unit, vec z[][4])
{
    if (blocks == 2)
        sum_blocks(2, cells, weights, unit, z);
    else
        sum_blocks(1, cells, weights, unit, z);
}

/*
 * `n` rows, or blocks, from z; `at` is where the first begins in arrays of units and `step` how far the
 * next is.
 *     i = sigm(z_i)  f = sigm(z_f)  g = tanh(z_g)  o = sigm(z_o)
 *     c_t = f c_{t-1} + i g                                         (1)
 *     h_t = o tanh(c_t)                                             (2)
 */
NOT_INLINED void finish_cells(int64_t n, const lts_cells *cells, int64_t at, int64_t step,
                              vec z[][4])
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

static void forward_one_row(const lts_cells *cells, const lts_cell_weights *weights, int64_t first,
                            int64_t end)
{
    vec z[2][4];
    for (int64_t unit = first; unit < end; unit += 2 * LTS_LANES) {
        int64_t blocks = end - unit > LTS_LANES ? 2 : 1;
        sum_one_row(blocks, cells, weights, unit, z);
        finish_cells(blocks, cells, unit, LTS_LANES, z);
    }
}

static void cell_forward(const lts_cells *cells, const lts_cell_weights *weights, int64_t first,
                         int64_t end)
{
    enum { AT_ONCE = 4 * LTS_ROWS };
    vec z[AT_ONCE][4];
    if (cells->B == 1) {
        forward_one_row(cells, weights, first, end);
        return;
    }
    int64_t n_in = cells->n_in, n_h = cells->n_h, Hp = cells->Hp;
    for (int64_t unit = first; unit < end; unit += LTS_LANES)
        for (int64_t row = 0; row < cells->B; row += AT_ONCE) {
            int64_t rows = cells->B - row < AT_ONCE ? cells->B - row : AT_ONCE;
            const tiling tiles = split_rows(rows);
            for (int64_t r = 0; r < rows; r++)
                memcpy(z[r], weights->bias + 4 * unit, sizeof z[r]);
            add_to_group(&tiles, n_in, cells->in + row * cells->in_row, cells->in_row,
                         weights->in + 4 * unit * n_in, z);
            add_to_group(&tiles, n_h, cells->h_prev + row * Hp, Hp, weights->h + 4 * unit * n_h, z);
            finish_cells(rows, cells, row * Hp + unit, Hp, z);
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
