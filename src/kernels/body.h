/* SPDX-License-Identifier: MIT */
/*
 * The kernels' one body. A set (generic.c, avx2.c, ...) defines
 *     LTS_SET     the name of its table
 *     LTS_LANES   elements of a vector
 *     LTS_ROWS    rows of a register tile
 * and includes this file; its build rule gives the instruction set. Vectors are GCC's vector
 * extensions, so there are no intrinsics, and the compiler contracts a * b + c where it can.
 *
 * A register tile is LTS_ROWS rows by 4 vectors: enough independent sums to hide the latency of a
 * multiply-add, few enough to stay in registers. Per inner index it loads 4 vectors of B and one
 * element of A for each row.
 *
 * B is packed in panels (kernels.h), so that the tile reads it in order whatever its shape was.
 */
#include "kernels/kernels.h"

#include <string.h>

typedef real vec __attribute__((vector_size(LTS_LANES * sizeof(real))));

#define KERNEL static inline __attribute__((always_inline))
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 8")
#endif

KERNEL vec load(const real *p)
{
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

KERNEL void store(real *p, vec v)
{
    memcpy(p, &v, sizeof v);
}

#include "kernels/vector_gates.h"

enum { MAX_ROWS = 6, INNER_BLOCK = 512 };
_Static_assert(LTS_ROWS <= MAX_ROWS, "RUN_TILES has no case for so many rows");

/*
 * m rows in as few tiles as possible and as even ones as possible: 10 rows are 5 + 5 rather than 6 + 4.
 * The first `longer` tiles have a row more.
 */
typedef struct tiling {
    int64_t n, rows, longer;
} tiling;

static inline tiling split_rows(int64_t m)
{
    if (m <= LTS_ROWS) /* a stream's step has no time for divisions */
        return (tiling){m > 0, m, 0};
    int64_t n = (m + LTS_ROWS - 1) / LTS_ROWS;
    return (tiling){n, m / n, m % n};
}

/* Runs TILE(first, rows); `rows` is a constant in each case, so that the tile stays in registers. */
#define RUN_TILES(tiles, TILE)                                                                     \
    do {                                                                                           \
        int64_t first = 0;                                                                         \
        for (int64_t t = 0; t < (tiles).n; t++) {                                                  \
            int64_t tile_rows = (tiles).rows + (t < (tiles).longer);                               \
            switch (tile_rows) {                                                                   \
            case 1:                                                                                \
                TILE(first, 1);                                                                    \
                break;                                                                             \
            case 2:                                                                                \
                TILE(first, 2);                                                                    \
                break;                                                                             \
            case 3:                                                                                \
                TILE(first, LTS_ROWS >= 3 ? 3 : 1);                                                \
                break;                                                                             \
            case 4:                                                                                \
                TILE(first, LTS_ROWS >= 4 ? 4 : 1);                                                \
                break;                                                                             \
            case 5:                                                                                \
                TILE(first, LTS_ROWS >= 5 ? 5 : 1);                                                \
                break;                                                                             \
            default:                                                                               \
                TILE(first, LTS_ROWS);                                                             \
            }                                                                                      \
            first += tile_rows;                                                                    \
        }                                                                                          \
    } while (0)

/*
 * sums [rows][width] += A B over n inner indices. A panel of one or two vectors leaves too few
 * independent sums: it takes its inner indices in turn into 4 or 2 of them. How a column is summed thus
 * depends on its panel alone, never on the number of rows, so a row has the same bits in any tile.
 */
KERNEL void add_products(const int rows, const int width, int64_t n, const real *restrict a,
                         int64_t a_row, int64_t a_inner, const real *restrict b,
                         vec sums[MAX_ROWS][4])
{
    const int turns = width == 1 ? 4 : width == 2 ? 2 : 1;
    vec partial[4][MAX_ROWS][4];
    UNROLL for (int turn = 0; turn < turns; turn++)
    {
        UNROLL for (int r = 0; r < rows; r++)
        {
            UNROLL for (int v = 0; v < width; v++) partial[turn][r][v] =
                turn == 0 ? sums[r][v] : (vec){0};
        }
    }
    int64_t p = 0;
    for (; p + turns <= n; p += turns) {
        UNROLL for (int turn = 0; turn < turns; turn++)
        {
            vec column[4];
            UNROLL for (int v = 0; v < width; v++) column[v] =
                load(b + ((p + turn) * width + v) * LTS_LANES);
            UNROLL for (int r = 0; r < rows; r++)
            {
                real factor = a[r * a_row + (p + turn) * a_inner];
                UNROLL for (int v = 0; v < width; v++) partial[turn][r][v] += column[v] * factor;
            }
        }
    }
    for (; p < n; p++) {
        UNROLL for (int r = 0; r < rows; r++)
        {
            real factor = a[r * a_row + p * a_inner];
            UNROLL for (int v = 0; v < width; v++) partial[0][r][v] +=
                load(b + (p * width + v) * LTS_LANES) * factor;
        }
    }
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int v = 0; v < width; v++)
        {
            sums[r][v] = partial[0][r][v];
            UNROLL for (int turn = 1; turn < turns; turn++) sums[r][v] += partial[turn][r][v];
        }
    }
}

KERNEL void multiply_tile(const int rows, const int width, int64_t n, const real *a, int64_t a_row,
                          int64_t a_inner, const real *b, real *c, int64_t ldc)
{
    vec sums[MAX_ROWS][4];
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int v = 0; v < width; v++) sums[r][v] = (vec){0};
    }
    add_products(rows, width, n, a, a_row, a_inner, b, sums);
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int v = 0; v < width; v++)
        {
            real *at = c + r * ldc + v * LTS_LANES;
            store(at, load(at) + sums[r][v]);
        }
    }
}

/* All rows against one panel of `width` vectors. */
KERNEL void multiply_panel(const int width, const tiling *tiles, int64_t n, const real *a,
                           int64_t a_row, int64_t a_inner, const real *b, real *c, int64_t ldc)
{
#define TILE(first, rows)                                                                          \
    multiply_tile(rows, width, n, a + (first)*a_row, a_row, a_inner, b, c + (first)*ldc, ldc)
    RUN_TILES(*tiles, TILE);
#undef TILE
}

/* Inner blocks keep a tile's rows of A and the panel in the nearer caches. */
static void multiply(int64_t m, int64_t n, int64_t n_inner, const real *a, int64_t a_row,
                     int64_t a_inner, const real *packed_b, real *c, int64_t ldc)
{
    const tiling tiles = split_rows(m);
    for (int64_t p = 0; p < n_inner; p += INNER_BLOCK) {
        int64_t inner = n_inner - p < INNER_BLOCK ? n_inner - p : INNER_BLOCK;
        const real *a_block = a + p * a_inner;
        for (int64_t j = 0; j < n; j += 4 * LTS_LANES) {
            int64_t width = (n - j) / LTS_LANES < 4 ? (n - j) / LTS_LANES : 4;
            const real *b = packed_b + j * n_inner + p * width * LTS_LANES;
            if (width == 4)
                multiply_panel(4, &tiles, inner, a_block, a_row, a_inner, b, c + j, ldc);
            else if (width == 3)
                multiply_panel(3, &tiles, inner, a_block, a_row, a_inner, b, c + j, ldc);
            else if (width == 2)
                multiply_panel(2, &tiles, inner, a_block, a_row, a_inner, b, c + j, ldc);
            else
                multiply_panel(1, &tiles, inner, a_block, a_row, a_inner, b, c + j, ldc);
        }
    }
}

/*
 * The gates of `rows` rows of one block of units, from z in the sums.
 *     i = sigm(z_i)  f = sigm(z_f)  g = tanh(z_g)  o = sigm(z_o)
 *     c_t = f c_{t-1} + i g                                         (1)
 *     h_t = o tanh(c_t)                                             (2)
 */
KERNEL void finish_cells(const int rows, vec sums[MAX_ROWS][4], real *gates, int64_t gate_row,
                         const real *c_prev, real *c, real *h, int64_t Hp)
{
    UNROLL for (int r = 0; r < rows; r++)
    {
        vec i = sigmoid(sums[r][0]), f = sigmoid(sums[r][1]);
        vec g = hyperbolic_tangent(sums[r][2]), o = sigmoid(sums[r][3]);
        vec c_new = f * load(c_prev + r * Hp) + i * g;
        real *to = gates + r * gate_row;
        store(to, i);
        store(to + LTS_LANES, f);
        store(to + 2 * LTS_LANES, g);
        store(to + 3 * LTS_LANES, o);
        store(c + r * Hp, c_new);
        store(h + r * Hp, o * hyperbolic_tangent(c_new));
    }
}

KERNEL void cell_tile(const int rows, const lts_cells *cells, const lts_cell_weights *weights,
                      int64_t first, int64_t unit)
{
    int64_t Hp = cells->Hp, n_in = cells->n_in, gate_row = 4 * Hp, at = first * Hp + unit;
    vec sums[MAX_ROWS][4];
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int v = 0; v < 4; v++) sums[r][v] =
            load(weights->bias + 4 * unit + v * LTS_LANES);
    }
    add_products(rows, 4, n_in, cells->in + first * cells->in_row, cells->in_row, 1,
                 weights->in + 4 * unit * n_in, sums);
    add_products(rows, 4, cells->n_h, cells->h_prev + first * Hp, Hp, 1,
                 weights->h + 4 * unit * cells->n_h, sums);
    finish_cells(rows, sums, cells->gates + first * gate_row + 4 * unit, gate_row,
                 cells->c_prev + at, cells->c + at, cells->h + at, Hp);
}

static void cell_forward(const lts_cells *cells, const lts_cell_weights *weights)
{
    const tiling tiles = split_rows(cells->B);
    for (int64_t unit = 0; unit < cells->Hp; unit += LTS_LANES) {
#define TILE(first, rows) cell_tile(rows, cells, weights, first, unit)
        RUN_TILES(tiles, TILE);
#undef TILE
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
    int64_t Hp = cells->Hp;
    for (int64_t b = 0; b < cells->B; b++)
        for (int64_t unit = 0; unit < Hp; unit += LTS_LANES) {
            real *gates = cells->gates + 4 * (b * Hp + unit);
            int64_t at = b * Hp + unit;
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

#include "kernels/fold_body.h"
#include "kernels/sweep_body.h"

const lts_kernels LTS_SET = {
    .name = LTS_SET_NAME,
    .lanes = LTS_LANES,
    .multiply = multiply,
    .cell_forward = cell_forward,
    .cell_backward = cell_backward,
    .fold = fold,
    .unfold = unfold,
    .sum_of_squares = sum_of_squares,
    .scale = scale,
    .add_scaled = add_scaled,
    .adam = adam,
    .sgd = sgd,
    .momentum = momentum,
    .rmsprop = rmsprop,
    .adagrad = adagrad,
};
