/* SPDX-License-Identifier: MIT */
/*
 * Register tiles of products with a packed matrix, and the division of rows into tiles. A tile is
 * LTS_ROWS rows by 4 vectors: enough independent sums to hide the latency of a multiply-add, few
 * enough to stay in registers. Per inner index it loads 4 vectors of B and one element of A for
 * each row. B is packed in panels (kernels.h), so that a tile reads it in order, whatever its
 * shape. Included by body.h.
 */
enum { MAX_ROWS = 6 };
_Static_assert(LTS_ROWS <= MAX_ROWS, "WITH_CONSTANT_ROWS has no case for so many rows");

enum { FULL = 4 * LTS_LANES }; /* columns of a whole panel */

/*
 * m rows in as few tiles as possible, of similar size: 10 rows are 5 + 5 rather than 6 + 4. The
 * first `longer` tiles have one row more.
 */
typedef struct tiling {
    int64_t n, rows, longer;
} tiling;

static inline tiling split_rows(int64_t m)
{
    if (m <= LTS_ROWS) /* no division in the step of one stream */
        return (tiling){m > 0, m, 0};
    int64_t n = (m + LTS_ROWS - 1) / LTS_ROWS;
    return (tiling){n, m / n, m % n};
}

static inline int64_t tile_rows(const tiling *tiles, int64_t t)
{
    return tiles->rows + (t < tiles->longer);
}

/*
 * TILE(rows, width) for 1 to LTS_ROWS rows. Both are constants in each case, so that the tile stays
 * in registers.
 */
#define TILE_OF(rows, width, TILE)                                                                 \
    case rows:                                                                                     \
        if (rows <= LTS_ROWS)                                                                      \
            TILE(rows <= LTS_ROWS ? rows : 1, width);                                              \
        break
#define WITH_CONSTANT_ROWS(tile_rows, width, TILE)                                                 \
    do {                                                                                           \
        switch (tile_rows) {                                                                       \
            TILE_OF(1, width, TILE);                                                               \
            TILE_OF(2, width, TILE);                                                               \
            TILE_OF(3, width, TILE);                                                               \
            TILE_OF(4, width, TILE);                                                               \
            TILE_OF(5, width, TILE);                                                               \
            TILE_OF(6, width, TILE);                                                               \
        }                                                                                          \
    } while (0)

/* The same, for as many vectors as hold the columns. */
#define WITH_CONSTANT_SIZES(tile_rows, columns, TILE)                                              \
    do {                                                                                           \
        if ((columns) > 3 * LTS_LANES)                                                             \
            WITH_CONSTANT_ROWS(tile_rows, 4, TILE);                                                \
        else if ((columns) > 2 * LTS_LANES)                                                        \
            WITH_CONSTANT_ROWS(tile_rows, 3, TILE);                                                \
        else if ((columns) > LTS_LANES)                                                            \
            WITH_CONSTANT_ROWS(tile_rows, 2, TILE);                                                \
        else                                                                                       \
            WITH_CONSTANT_ROWS(tile_rows, 1, TILE);                                                \
    } while (0)

/*
 * sums [rows][width] += A B over n inner indices. A panel of one or two vectors has too few
 * independent sums: its inner indices are added in turn to 4 or 2 partial sums. How a column is
 * summed depends on its panel alone, never on the number of rows, so a row has the same bits in any
 * tile.
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

/* The result of a product: C = start + A B; start NULL is 0. */
typedef struct target {
    real *c;
    int64_t ldc;
    const real *start;
    int64_t start_row;
} target;

static inline target target_at(const target *to, int64_t row, int64_t column)
{
    target at = *to;
    at.c += row * to->ldc + column;
    if (to->start != NULL)
        at.start += row * to->start_row + column;
    return at;
}

/* n < LTS_LANES elements of a vector, where a row of C ends. */
static inline void finish_part(real *c, const real *start, int64_t n, vec sum)
{
    real sums[LTS_LANES];
    store(sums, sum);
    for (int64_t q = 0; q < n; q++)
        c[q] = start == NULL ? sums[q] : start[q] + sums[q];
}

KERNEL void start_tile(const int rows, const int width, vec sums[MAX_ROWS][4])
{
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int v = 0; v < width; v++) sums[r][v] = (vec){0};
    }
}

/* `columns` of C: width vectors, of which the last one may be partial. */
KERNEL void finish_tile(const int rows, const int width, int64_t columns, vec sums[MAX_ROWS][4],
                        const target *to)
{
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int v = 0; v < width; v++)
        {
            real *c = to->c + r * to->ldc + v * LTS_LANES;
            const real *start =
                to->start == NULL ? NULL : to->start + r * to->start_row + v * LTS_LANES;
            if (v == width - 1 && columns < width * LTS_LANES)
                finish_part(c, start, columns - v * LTS_LANES, sums[r][v]);
            else
                store(c, start == NULL ? sums[r][v] : load(start) + sums[r][v]);
        }
    }
}

KERNEL void multiply_tile(const int rows, const int width, int64_t columns, int64_t n,
                          const real *a, int64_t a_row, int64_t a_inner, const real *b,
                          const target *to)
{
    vec sums[MAX_ROWS][4];
    start_tile(rows, width, sums);
    add_products(rows, width, n, a, a_row, a_inner, b, sums);
    finish_tile(rows, width, columns, sums, to);
}

/*
 * A tile of up to LTS_ROWS rows with one panel of `columns` columns. Not inlined, so that the many
 * sizes of tiles are compiled once.
 */
NOT_INLINED void multiply_panel(int64_t rows, int64_t columns, int64_t n, const real *a,
                                int64_t a_row, const real *b, const target *to)
{
#define TILE(rows, width) multiply_tile(rows, width, columns, n, a, a_row, 1, b, to)
    WITH_CONSTANT_SIZES(rows, columns, TILE);
#undef TILE
}

/* A tile of columns of a strip, whose stride the compiler knows. */
NOT_INLINED void multiply_columns(int64_t rows, int64_t columns, int64_t n, const real *a,
                                  const real *b, const target *to)
{
#define TILE(rows, width) multiply_tile(rows, width, columns, n, a, 1, LTS_STRIP, b, to)
    WITH_CONSTANT_SIZES(rows, columns, TILE);
#undef TILE
}

/* sums += A B where A is packed too: its rows row .. row + rows - 1. */
KERNEL void add_packed_products(const int rows, const int width, int64_t n, const lts_rows *a,
                                int64_t row, const real *b, vec sums[MAX_ROWS][4])
{
    int64_t p = 0;
    for (; p + FULL <= n; p += FULL)
        add_products(rows, width, FULL, a->panels + p * a->rows + row * FULL, FULL, 1,
                     b + p * width * LTS_LANES, sums);
    if (p < n)
        add_products(rows, width, n - p, a->panels + p * a->rows + row * (n - p), n - p, 1,
                     b + p * width * LTS_LANES, sums);
}

KERNEL void multiply_packed_tile(const int rows, const int width, int64_t columns, int64_t n,
                                 const lts_rows *a, int64_t row, const real *b, const target *to)
{
    vec sums[MAX_ROWS][4];
    start_tile(rows, width, sums);
    add_packed_products(rows, width, n, a, row, b, sums);
    finish_tile(rows, width, columns, sums, to);
}

NOT_INLINED void multiply_packed_panel(int64_t rows, int64_t columns, int64_t n, const lts_rows *a,
                                       int64_t row, const real *b, const target *to)
{
#define TILE(rows, width) multiply_packed_tile(rows, width, columns, n, a, row, b, to)
    WITH_CONSTANT_SIZES(rows, columns, TILE);
#undef TILE
}
