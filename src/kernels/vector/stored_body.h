/* SPDX-License-Identifier: MIT */
/*
 * One step of a layer's cells from stored weights (kernels/stored.h). Included by body.h, after
 * cell_body.h.
 *
 * One row widens the weights as it reads them. For more rows a piece of a panel is widened to the
 * stack first, and tiles read it there. Each sum has the same order in both.
 */
#include "kernels/stored.h"

typedef uint32_t words __attribute__((vector_size(LTS_LANES * sizeof(uint32_t))));
typedef int32_t integers __attribute__((vector_size(LTS_LANES * sizeof(int32_t))));
typedef float singles __attribute__((vector_size(LTS_LANES * sizeof(float))));

/* Vector k of a word, with the parts below it as its last digits. */
KERNEL vec widen_word(const int format, const int k, words w)
{
    words part = w << (32 - 32 / lts_stored_in_word(format) * (k + 1));
    if (format == LTS_STORED_INT8)
        return __builtin_convertvector((integers)part, vec);
    return __builtin_convertvector((singles)part, vec);
}

/* Row p of a panel of `width` vectors. */
KERNEL void load_stored(const int format, const int width, const uint32_t *panel, int64_t p,
                        vec row[4])
{
    const int in_word = lts_stored_in_word(format), n_word = (width + in_word - 1) / in_word;
    UNROLL for (int v = 0; v < width; v++)
    {
        words w;
        memcpy(&w, panel + (p * n_word + v / in_word) * LTS_LANES, sizeof w);
        row[v] = widen_word(format, v % in_word, w);
    }
}

/* The panel of the block that begins at `unit`: whole blocks precede it. */
static inline const uint32_t *stored_panel(int64_t format, const lts_stored_matrix *b, int64_t n,
                                           int64_t unit)
{
    return b->panels + 4 / lts_stored_in_word(format) * unit * n;
}

/* What a sum of int8 in units of the scale is worth. */
KERNEL vec scaled(vec sum, const real *scale)
{
    return sum * (real)LTS_STORED_UNIT * load(scale);
}

/* z += A B of one row and one or two whole blocks. The scale is applied to the sum of int8. */
KERNEL void add_stored_to_blocks(const int format, const int blocks, int64_t n,
                                 const real *restrict a, const lts_stored_matrix *b, int64_t unit,
                                 vec z[2][4])
{
    const uint32_t *panel = stored_panel(format, b, n, unit);
    vec sums[2][4];
    UNROLL for (int k = 0; k < blocks; k++)
    {
        UNROLL for (int v = 0; v < 4; v++) sums[k][v] =
            format != LTS_STORED_INT8 ? z[k][v] : (vec){0};
    }
    for (int64_t p = 0; p < n; p++)
        UNROLL for (int k = 0; k < blocks; k++)
        {
            vec row[4];
            load_stored(format, 4, panel, k * n + p, row);
            UNROLL for (int v = 0; v < 4; v++) sums[k][v] += row[v] * a[p];
        }
    UNROLL for (int k = 0; k < blocks; k++)
    {
        UNROLL for (int v = 0; v < 4; v++)
        {
            if (format == LTS_STORED_INT8)
                z[k][v] += scaled(sums[k][v], b->scale + 4 * unit + (4 * k + v) * LTS_LANES);
            else
                z[k][v] = sums[k][v];
        }
    }
}

KERNEL void sum_stored_blocks(const int format, const int blocks, const lts_cells *cells,
                              const lts_stored_weights *weights, int64_t unit, vec z[][4])
{
    vec sums[2][4];
    UNROLL for (int k = 0; k < blocks; k++)
    {
        UNROLL for (int v = 0; v < 4; v++) sums[k][v] =
            load(weights->bias + 4 * unit + (4 * k + v) * LTS_LANES);
    }
    if (weights->in != NULL)
        add_to_blocks(blocks, cells->n_in, cells->in, weights->in + 4 * unit * cells->n_in, sums);
    else
        add_stored_to_blocks(format, blocks, cells->n_in, cells->in, &weights->in_stored, unit,
                             sums);
    if (cells->h_prev != NULL)
        add_stored_to_blocks(format, blocks, cells->H, cells->h_prev, &weights->h, unit, sums);
    UNROLL for (int k = 0; k < blocks; k++)
    {
        UNROLL for (int v = 0; v < 4; v++) z[k][v] = sums[k][v];
    }
}

NOT_INLINED void sum_bfloat16_row(int64_t blocks, const lts_cells *cells,
                                  const lts_stored_weights *weights, int64_t unit, vec z[][4])
{
    if (blocks == 2)
        sum_stored_blocks(LTS_STORED_BFLOAT16, 2, cells, weights, unit, z);
    else
        sum_stored_blocks(LTS_STORED_BFLOAT16, 1, cells, weights, unit, z);
}

NOT_INLINED void sum_int8_row(int64_t blocks, const lts_cells *cells,
                              const lts_stored_weights *weights, int64_t unit, vec z[][4])
{
    if (blocks == 2)
        sum_stored_blocks(LTS_STORED_INT8, 2, cells, weights, unit, z);
    else
        sum_stored_blocks(LTS_STORED_INT8, 1, cells, weights, unit, z);
}

/* Inner indices that are widened at once, and rows that are summed at once. */
enum { WIDENED = 64, STORED_ROWS = 4 * LTS_ROWS };

KERNEL void widen_rows(const int format, const int width, const uint32_t *panel, int64_t first,
                       int64_t n, real *to)
{
    for (int64_t p = 0; p < n; p++) {
        vec row[4];
        load_stored(format, width, panel, first + p, row);
        UNROLL for (int v = 0; v < width; v++) store(to + (p * width + v) * LTS_LANES, row[v]);
    }
}

NOT_INLINED void widen_panel(int64_t format, int64_t width, const uint32_t *panel, int64_t first,
                             int64_t n, real *to)
{
#define WIDEN(vectors)                                                                             \
    if (format == LTS_STORED_BFLOAT16)                                                             \
        widen_rows(LTS_STORED_BFLOAT16, vectors, panel, first, n, to);                             \
    else                                                                                           \
        widen_rows(LTS_STORED_INT8, vectors, panel, first, n, to)
    if (width == 4) {
        WIDEN(4);
    } else if (width == 2) {
        WIDEN(2);
    } else {
        WIDEN(1);
    }
#undef WIDEN
}

/* sums [rows][width] += A B for the panel of a block. */
static void add_widened(int64_t format, int64_t width, const tiling *tiles, int64_t n,
                        const real *a, int64_t a_row, const uint32_t *panel, vec sums[][4])
{
    real widened[WIDENED * 4 * LTS_LANES];
    for (int64_t p = 0; p < n; p += WIDENED) {
        int64_t inner = lts_min(WIDENED, n - p);
        widen_panel(format, width, panel, p, inner, widened);
        if (width == 4)
            add_to_group(tiles, inner, a + p, a_row, widened, sums);
        else
            add_to_narrow_group(width, tiles, inner, a + p, a_row, widened, sums);
    }
}

/* z [rows][width] += A B. */
static void add_stored(int64_t format, int64_t width, const tiling *tiles, int64_t rows, int64_t n,
                       const real *a, int64_t a_row, const lts_stored_matrix *b, int64_t unit,
                       vec z[][4])
{
    const uint32_t *panel = stored_panel(format, b, n, unit);
    if (format == LTS_STORED_BFLOAT16) {
        add_widened(format, width, tiles, n, a, a_row, panel, z);
        return;
    }
    vec sums[STORED_ROWS][4] = {{{0}}};
    add_widened(format, width, tiles, n, a, a_row, panel, sums);
    for (int64_t r = 0; r < rows; r++)
        for (int64_t v = 0; v < width; v++)
            z[r][v] += scaled(sums[r][v], b->scale + 4 * unit + v * LTS_LANES);
}

/* Rows row .. row + rows - 1, at most STORED_ROWS, of the block of units that begins at `unit`. */
static void stored_block(const lts_cells *cells, const lts_stored_weights *weights, int64_t unit,
                         int64_t row, int64_t rows)
{
    vec z[STORED_ROWS][4];
    int64_t n_in = cells->n_in, Hp = cells->Hp, format = weights->format;
    int64_t width = lts_block_units(LTS_LANES, cells->H, unit) * 4 / LTS_LANES;
    const real *in = cells->in + row * cells->in_row;
    real *gates = gates_at(cells, row, unit);
    const tiling tiles = split_rows(rows);
    first_sums s = {.bias = weights->bias + 4 * unit};
    if (weights->in != NULL) {
        s.n_in = n_in;
        s.in_row = cells->in_row;
        s.in = in;
        s.in_weights = weights->in + 4 * unit * n_in;
    }
    if (width == 4)
        start_group(&tiles, &s, z);
    else
        start_narrow_group(width, &tiles, &s, z);
    if (weights->in == NULL)
        add_stored(format, width, &tiles, rows, n_in, in, cells->in_row, &weights->in_stored, unit,
                   z);
    if (cells->h_prev != NULL)
        add_stored(format, width, &tiles, rows, cells->H, cells->h_prev + row * Hp, Hp, &weights->h,
                   unit, z);
    if (width == 4)
        finish_cells(rows, cells, row * Hp + unit, Hp, gates, (int64_t)4 * LTS_LANES,
                     (const real *)z);
    else
        finish_narrow_cells(width, rows, cells, row * Hp + unit, gates, (const real *)z,
                            (int64_t)4 * LTS_LANES);
}

static void stored_one_row(const lts_cells *cells, const lts_stored_weights *weights, int64_t first,
                           int64_t end)
{
    vec z[2][4];
    int64_t unit = first, whole = lts_min(whole_blocks(cells->H), end);
    while (unit < whole) {
        int64_t blocks = whole - unit > LTS_LANES ? 2 : 1;
        if (weights->format == LTS_STORED_BFLOAT16)
            sum_bfloat16_row(blocks, cells, weights, unit, z);
        else
            sum_int8_row(blocks, cells, weights, unit, z);
        finish_cells(blocks, cells, unit, LTS_LANES, gates_at(cells, 0, unit),
                     4 * LTS_LANES * cells->gate_rows, (const real *)z);
        unit += blocks * LTS_LANES;
    }
    if (unit < end)
        stored_block(cells, weights, unit, 0, 1);
}

/* Whether a single row has sums of its own, with the same bits: they are faster and take more code. */
#ifdef __OPTIMIZE_SIZE__
enum { SUMS_OF_A_ROW = 0 };
#else
enum { SUMS_OF_A_ROW = 1 };
#endif

static void stored_forward(const lts_cells *cells, const lts_stored_weights *weights, int64_t first,
                           int64_t end)
{
    if (SUMS_OF_A_ROW && cells->B == 1) {
        stored_one_row(cells, weights, first, end);
        return;
    }
    for (int64_t unit = first; unit < end; unit += LTS_LANES)
        for (int64_t row = 0; row < cells->B; row += STORED_ROWS)
            stored_block(cells, weights, unit, row, lts_min(STORED_ROWS, cells->B - row));
}
