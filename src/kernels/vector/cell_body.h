/* SPDX-License-Identifier: MIT */
/*
 * One step of a layer's cells. Included by body.h.
 *
 * Sums and gate functions are separate functions that are never inlined into one: the constants of
 * the gate functions would occupy registers that the sums need.
 */

/* z [rows][width] += A B for one block of units. */
KERNEL void add_to_tile(const int rows, const int width, int64_t n, const real *a, int64_t a_row,
                        const real *b, vec z[][4])
{
    vec sums[MAX_ROWS][4];
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int v = 0; v < width; v++) sums[r][v] = z[r][v];
    }
    add_products(rows, width, n, a, a_row, 1, b, sums);
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int v = 0; v < width; v++) z[r][v] = sums[r][v];
    }
}

/* The same for a group of tiles, which all use a block of B while it is in a cache. */
KERNEL void add_to_tiles(const int width, const tiling *tiles, int64_t n, const real *a,
                         int64_t a_row, const real *b, vec z[][4])
{
    const int64_t block = near_block(n);
    for (int64_t p = 0; p < n; p += block) {
        int64_t inner = n - p < block ? n - p : block, row = 0;
        for (int64_t t = 0; t < tiles->n; t++) {
            int64_t rows = tile_rows(tiles, t);
#define TILE(rows, width)                                                                          \
    add_to_tile(rows, width, inner, a + row * a_row + p, a_row, b + p * (width)*LTS_LANES, z + row)
            WITH_CONSTANT_ROWS(rows, width, TILE);
#undef TILE
            row += rows;
        }
    }
}

NOT_INLINED void add_to_group(const tiling *tiles, int64_t n, const real *a, int64_t a_row,
                              const real *b, vec z[][4])
{
    add_to_tiles(4, tiles, n, a, a_row, b, z);
}

/* The last block of units may have a panel of 2 vectors or 1. */
NOT_INLINED void add_to_narrow_group(int64_t width, const tiling *tiles, int64_t n, const real *a,
                                     int64_t a_row, const real *b, vec z[][4])
{
    if (width == 2)
        add_to_tiles(2, tiles, n, a, a_row, b, z);
    else
        add_to_tiles(1, tiles, n, a, a_row, b, z);
}

/*
 * z of one row and one or two blocks of units. One block alone has fewer independent sums than the
 * latency of a multiply-add needs. The order of each sum is the same as in a group.
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

KERNEL void sum_blocks(const int blocks, int64_t n_in, const real *in, int64_t H,
                       const real *h_prev, const lts_cell_weights *weights, int64_t unit,
                       vec sums[2][4])
{
    UNROLL for (int k = 0; k < blocks; k++)
    {
        UNROLL for (int v = 0; v < 4; v++) sums[k][v] =
            load(weights->bias + 4 * unit + (4 * k + v) * LTS_LANES);
    }
    add_to_blocks(blocks, n_in, in, weights->in + 4 * unit * n_in, sums);
    if (h_prev != NULL)
        add_to_blocks(blocks, H, h_prev, weights->h + 4 * unit * H, sums);
}

KERNEL void sum_row(const int blocks, const lts_cells *cells, const lts_cell_weights *weights,
                    int64_t unit, vec z[][4])
{
    vec sums[2][4];
    sum_blocks(blocks, cells->n_in, cells->in, cells->H, cells->h_prev, weights, unit, sums);
    UNROLL for (int k = 0; k < blocks; k++)
    {
        UNROLL for (int v = 0; v < 4; v++) z[k][v] = sums[k][v];
    }
}

NOT_INLINED void sum_one_row(int64_t blocks, const lts_cells *cells,
                             const lts_cell_weights *weights, int64_t unit, vec z[][4])
{
    if (blocks == 2)
        sum_row(2, cells, weights, unit, z);
    else
        sum_row(1, cells, weights, unit, z);
}

/*
 * `n` rows, or blocks of units, from z [n, 4 LTS_LANES]. The first one begins at `at` in arrays of
 * units, at `gates` in the array of gates; the next ones are `step` and `gate_step` further. z may
 * be `gates` itself.
 */
KERNEL void finish_states(int64_t n, const lts_cells *cells, int64_t at, int64_t step, real *gates,
                          int64_t gate_step, const real *z)
{
    for (int64_t k = 0; k < n; k++, at += step, z += 4 * LTS_LANES) {
        vec gate_of[3];
        UNROLL for (int gate = 0; gate < 3; gate++) gate_of[gate] = load(z + gate * LTS_LANES);
        store(cells->c + at, cell_state(gate_of, load(cells->c_prev + at)));
        if (gates == NULL)
            continue;
        UNROLL for (int gate = 0; gate < 3; gate++) store(gates + gate * LTS_LANES, gate_of[gate]);
        gates += gate_step;
    }
}

KERNEL void finish_outputs(int64_t n, const lts_cells *cells, int64_t at, int64_t step, real *gates,
                           int64_t gate_step, const real *z)
{
    for (int64_t k = 0; k < n; k++, at += step, z += 4 * LTS_LANES) {
        vec o = load(z + 3 * LTS_LANES);
        store(cells->h + at, cell_output(&o, load(cells->c + at)));
        if (gates == NULL)
            continue;
        store(gates + 3 * LTS_LANES, o);
        gates += gate_step;
    }
}

/*
 * h needs tanh(c), the end of a long chain. With a few rows at a time, the processor computes the
 * next row's c meanwhile.
 */
NOT_INLINED void finish_cells(int64_t n, const lts_cells *cells, int64_t at, int64_t step,
                              real *gates, int64_t gate_step, const real *z)
{
    enum { ROWS_IN_TURN = 4 };
    while (n > 0) {
        int64_t rows = n < ROWS_IN_TURN ? n : ROWS_IN_TURN;
        finish_states(rows, cells, at, step, gates, gate_step, z);
        finish_outputs(rows, cells, at, step, gates, gate_step, z);
        n -= rows;
        at += rows * step;
        z += rows * 4 * LTS_LANES;
        gates = gates == NULL ? NULL : gates + rows * gate_step;
    }
}

/* Rows of z are z_row apart. */
KERNEL void finish_narrow(const int width, int64_t rows, const lts_cells *cells, int64_t at,
                          real *gates, const real *z, int64_t z_row)
{
    for (int64_t row = 0; row < rows; row += TOGETHER(width), at += TOGETHER(width) * cells->Hp) {
        int64_t n = rows - row;
        const real *row_of_z = z + row * z_row;
        vec gathered[4], c = gather(width, n, cells->c_prev + at, cells->Hp);
        UNROLL for (int gate = 0; gate < 4; gate++) gathered[gate] =
            gather(width, n, row_of_z + gate * UNITS(width), z_row);
        vec h = cell(gathered, &c);
        scatter(width, n, c, cells->c + at, cells->Hp);
        scatter(width, n, h, cells->h + at, cells->Hp);
        if (gates == NULL)
            continue;
        UNROLL for (int gate = 0; gate < 4; gate++) scatter(
            width, n, gathered[gate], gates + (4 * row + gate) * UNITS(width), 4 * UNITS(width));
    }
}

NOT_INLINED void finish_narrow_cells(int64_t width, int64_t rows, const lts_cells *cells,
                                     int64_t at, real *gates, const real *z, int64_t z_row)
{
    if (width == 2)
        finish_narrow(2, rows, cells, at, gates, z, z_row);
    else
        finish_narrow(1, rows, cells, at, gates, z, z_row);
}

/*
 * The gates of a row for the units of the block that begins at `unit`. Those of the next row follow
 * them.
 */
static inline real *gates_at(const lts_cells *cells, int64_t row, int64_t unit)
{
    if (cells->gates == NULL)
        return NULL;
    return cells->gates + 4 * unit * cells->gate_rows +
           (cells->gate_row + row) * 4 * lts_block_units(LTS_LANES, cells->H, unit);
}

enum { AT_ONCE = 8 * LTS_ROWS };

/* What z of a group of rows begins with: the bias, the inputs, and the first n_h units of h. */
typedef struct first_sums {
    const real *bias;
    int64_t n_in, in_row;
    const real *in, *in_weights;
    int64_t n_h, h_row;
    const real *h, *h_weights;
} first_sums;

KERNEL void start_cells_tile(const int rows, const int width, const first_sums *s, int64_t row,
                             vec z[][4])
{
    vec sums[MAX_ROWS][4];
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int v = 0; v < width; v++) sums[r][v] = load(s->bias + v * LTS_LANES);
    }
    if (s->n_in > 0)
        add_products(rows, width, s->n_in, s->in + row * s->in_row, s->in_row, 1, s->in_weights,
                     sums);
    if (s->n_h > 0)
        add_products(rows, width, s->n_h, s->h + row * s->h_row, s->h_row, 1, s->h_weights, sums);
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int v = 0; v < width; v++) z[row + r][v] = sums[r][v];
    }
}

KERNEL void start_cells_tiles(const int width, const tiling *tiles, const first_sums *s, vec z[][4])
{
    for (int64_t t = 0, row = 0; t < tiles->n; t++) {
        int64_t rows = tile_rows(tiles, t);
#define TILE(rows, width) start_cells_tile(rows, width, s, row, z)
        WITH_CONSTANT_ROWS(rows, width, TILE);
#undef TILE
        row += rows;
    }
}

NOT_INLINED void start_group(const tiling *tiles, const first_sums *s, vec z[][4])
{
    start_cells_tiles(4, tiles, s, z);
}

NOT_INLINED void start_narrow_group(int64_t width, const tiling *tiles, const first_sums *s,
                                    vec z[][4])
{
    if (width == 2)
        start_cells_tiles(2, tiles, s, z);
    else
        start_cells_tiles(1, tiles, s, z);
}

/*
 * Rows row .. row + rows - 1, at most AT_ONCE, of the block of units that begins at `unit`. As many
 * weights as stay in the first-level cache are used in one pass, so that z is stored once.
 */
static void forward_block(const lts_cells *cells, const lts_cell_weights *weights, int64_t unit,
                          int64_t row, int64_t rows)
{
    enum { AT_MOST = NEAR_BLOCK + NEAR_BLOCK / 4 };
    vec z[AT_ONCE][4];
    int64_t n_in = cells->n_in, Hp = cells->Hp;
    int64_t H = cells->h_prev == NULL ? 0 : cells->H, n_h = near_block(H);
    int64_t width = lts_block_units(LTS_LANES, cells->H, unit) * 4 / LTS_LANES;
    const real *in = cells->in + row * cells->in_row, *h = H == 0 ? NULL : cells->h_prev + row * Hp;
    const real *in_weights = weights->in + 4 * unit * n_in,
               *h_weights = weights->h + 4 * unit * cells->H;
    real *gates = gates_at(cells, row, unit);
    const tiling tiles = split_rows(rows);
    const first_sums s = {.bias = weights->bias + 4 * unit,
                          .n_in = n_in <= AT_MOST ? n_in : 0,
                          .in_row = cells->in_row,
                          .in = in,
                          .in_weights = in_weights,
                          .n_h = n_in + n_h <= AT_MOST ? n_h : 0,
                          .h_row = Hp,
                          .h = h,
                          .h_weights = h_weights};
    if (s.n_h > 0) {
        H -= s.n_h;
        h += s.n_h;
        h_weights += s.n_h * width * LTS_LANES;
    }
    if (width == 4) {
        start_group(&tiles, &s, z);
        if (s.n_in < n_in)
            add_to_group(&tiles, n_in, in, cells->in_row, in_weights, z);
        add_to_group(&tiles, H, h, Hp, h_weights, z);
        finish_cells(rows, cells, row * Hp + unit, Hp, gates, (int64_t)4 * LTS_LANES,
                     (const real *)z);
    } else {
        start_narrow_group(width, &tiles, &s, z);
        if (s.n_in < n_in)
            add_to_narrow_group(width, &tiles, n_in, in, cells->in_row, in_weights, z);
        add_to_narrow_group(width, &tiles, H, h, Hp, h_weights, z);
        finish_narrow_cells(width, rows, cells, row * Hp + unit, gates, (const real *)z,
                            (int64_t)4 * LTS_LANES);
    }
}

/* Units in blocks of LTS_LANES. */
static inline int64_t whole_blocks(int64_t H)
{
    return lts_gate_row(LTS_LANES, H) / (4 * LTS_LANES) * LTS_LANES;
}

static void forward_one_row(const lts_cells *cells, const lts_cell_weights *weights, int64_t first,
                            int64_t end)
{
    vec z[2][4];
    int64_t unit = first, whole = whole_blocks(cells->H);
    if (end < whole)
        whole = end;
    while (unit < whole) {
        int64_t blocks = whole - unit > LTS_LANES ? 2 : 1;
        sum_one_row(blocks, cells, weights, unit, z);
        finish_cells(blocks, cells, unit, LTS_LANES, gates_at(cells, 0, unit),
                     4 * LTS_LANES * cells->gate_rows, (const real *)z);
        unit += blocks * LTS_LANES;
    }
    if (unit < end)
        forward_block(cells, weights, unit, 0, 1);
}

static void cells_forward(const lts_cells *cells, const lts_cell_weights *weights, int64_t first,
                          int64_t end)
{
    if (cells->B == 1) {
        forward_one_row(cells, weights, first, end);
        return;
    }
    for (int64_t unit = first; unit < end; unit += LTS_LANES)
        for (int64_t row = 0; row < cells->B; row += AT_ONCE)
            forward_block(cells, weights, unit, row,
                          cells->B - row < AT_ONCE ? cells->B - row : AT_ONCE);
}

static void cells_gates(const lts_cells *cells, int64_t unit, int64_t row, int64_t n_row,
                        const real *z)
{
    int64_t z_row = 4 * lts_block_units(LTS_LANES, cells->H, unit), at = row * cells->Hp + unit;
    real *gates = gates_at(cells, row, unit);
    if (z_row == 4 * LTS_LANES)
        finish_cells(n_row, cells, at, cells->Hp, gates, z_row, z);
    else
        finish_narrow_cells(z_row / LTS_LANES, n_row, cells, at, gates, z, z_row);
}

/* A whole block of units, from `unit` on, of all rows. */
KERNEL void backward_block(const lts_cells *cells, int64_t unit, const real *dh, real *dc)
{
    real *gates = gates_at(cells, 0, unit);
    for (int64_t b = 0, at = unit; b < cells->B; b++, at += cells->Hp, gates += 4 * LTS_LANES) {
        vec z[4], dc_at = load(dc + at);
        UNROLL for (int gate = 0; gate < 4; gate++) z[gate] = load(gates + gate * LTS_LANES);
        cell_adjoint(z, load(cells->c + at), load(cells->c_prev + at), load(dh + at), &dc_at);
        UNROLL for (int gate = 0; gate < 4; gate++) store(gates + gate * LTS_LANES, z[gate]);
        store(dc + at, dc_at);
    }
}

/* The narrow block at the end. */
KERNEL void backward_narrow(const int width, const lts_cells *cells, int64_t unit, const real *dh,
                            real *dc)
{
    int64_t Hp = cells->Hp;
    for (int64_t b = 0; b < cells->B; b += TOGETHER(width)) {
        int64_t n = cells->B - b, at = b * Hp + unit;
        real *gates = gates_at(cells, b, unit);
        vec z[4], dc_at = gather(width, n, dc + at, Hp);
        UNROLL for (int gate = 0; gate < 4; gate++) z[gate] =
            gather(width, n, gates + gate * UNITS(width), 4 * UNITS(width));
        cell_adjoint(z, gather(width, n, cells->c + at, Hp),
                     gather(width, n, cells->c_prev + at, Hp), gather(width, n, dh + at, Hp),
                     &dc_at);
        UNROLL for (int gate = 0; gate < 4; gate++)
            scatter(width, n, z[gate], gates + gate * UNITS(width), 4 * UNITS(width));
        scatter(width, n, dc_at, dc + at, Hp);
    }
}

static void cells_backward(const lts_cells *cells, const real *dh, real *dc)
{
    int64_t whole = whole_blocks(cells->H);
    for (int64_t unit = 0; unit < whole; unit += LTS_LANES)
        backward_block(cells, unit, dh, dc);
    if (whole == cells->Hp)
        return;
    if (4 * lts_block_units(LTS_LANES, cells->H, whole) == 2 * LTS_LANES)
        backward_narrow(2, cells, whole, dh, dc);
    else
        backward_narrow(1, cells, whole, dh, dc);
}
