/* SPDX-License-Identifier: MIT */
/*
 * Whole products made of tiles, in blocks that stay in a cache while they are used. Included by
 * body.h.
 *
 * Blocks of inner indices: a panel of NEAR_BLOCK of them has 32 KiB and stays in the first-level
 * cache while all tiles are multiplied by it; FAR_BLOCK of them, for a few hundred rows of A, stay
 * in the second-level cache while all panels are multiplied by them.
 */
enum { NEAR_BLOCK = 32 * 1024 / (FULL * (int)sizeof(real)), FAR_BLOCK = 256 };

/* n inner indices in even blocks of about NEAR_BLOCK: at most a quarter more. */
static inline int64_t near_block(int64_t n)
{
    int64_t blocks = (n - NEAR_BLOCK / 4 + NEAR_BLOCK - 1) / NEAR_BLOCK;
    return blocks <= 1 ? n : (n + blocks - 1) / blocks;
}

/* Columns of the panel that begins at column j. */
static inline int64_t panel_columns(int64_t n, int64_t j)
{
    return n - j < FULL ? n - j : FULL;
}

static inline int64_t whole_vectors(int64_t columns)
{
    return (columns + LTS_LANES - 1) / LTS_LANES * LTS_LANES;
}

static inline const real *panel_at(const real *packed_b, int64_t n_inner, int64_t j,
                                   int64_t columns, int64_t p)
{
    return packed_b + j * n_inner + p * whole_vectors(columns);
}

/*
 * A panel of C: all tiles with the inner indices of one block, while these are in the first-level
 * cache.
 */
KERNEL void multiply_blocks(const bool strip, const tiling *tiles, int64_t columns, int64_t inner,
                            const real *a, int64_t a_row, const real *b, target to)
{
    int64_t vectors = whole_vectors(columns), p = 0;
    const int64_t block = near_block(inner);
    do { /* at least once: a product over no inner index sets C too */
        int64_t n = inner - p < block ? inner - p : block, first = 0;
        for (int64_t t = 0; t < tiles->n; t++) {
            int64_t rows = tile_rows(tiles, t);
            target at = target_at(&to, first, 0);
            if (strip)
                multiply_columns(rows, columns, n, a + first + p * LTS_STRIP, b + p * vectors, &at);
            else
                multiply_panel(rows, columns, n, a + first * a_row + p, a_row, b + p * vectors,
                               &at);
            first += rows;
        }
        to.start = to.c;
        to.start_row = to.ldc;
        p += n;
    } while (p < inner);
}

static void multiply(int64_t m, int64_t n, int64_t n_inner, const real *a, int64_t a_row,
                     const real *packed_b, const real *start, int64_t start_row, real *c,
                     int64_t ldc)
{
    const tiling tiles = split_rows(m);
    target all = {c, ldc, start, start_row};
    int64_t p = 0;
    if (tiles.n == 1 && n <= FULL && n_inner <= NEAR_BLOCK && n_inner <= FAR_BLOCK) {
        /* the outputs of a small step: the same as below, for one block */
        multiply_panel(m, n, n_inner, a, a_row, packed_b, &all);
        return;
    }
    do {
        int64_t inner = n_inner - p < FAR_BLOCK ? n_inner - p : FAR_BLOCK;
        for (int64_t j = 0; j < n; j += FULL) {
            int64_t columns = panel_columns(n, j);
            multiply_blocks(false, &tiles, columns, inner, a + p, a_row,
                            panel_at(packed_b, n_inner, j, columns, p), target_at(&all, 0, j));
        }
        all = (target){c, ldc, c, ldc};
        p += inner;
    } while (p < n_inner);
}

/* Strips of FAR_BLOCK rows that stay in the second-level cache while panels pass: 300 KiB. */
enum { STRIPS_AT_ONCE = 6 };

/* Strips of A times the panels of B: each panel, while it is in a cache, with all strips. */
static void multiply_strips(int64_t m, int64_t n, int64_t n_inner, const real *strips,
                            const lts_rows *b, target to)
{
    for (int64_t j = 0; j < n; j += FULL) {
        int64_t columns = panel_columns(n, j);
        const real *panel = panel_at(b->panels, b->rows, j, columns, b->first);
        for (int64_t first = 0; first < m; first += LTS_STRIP) {
            const tiling tiles = split_rows(m - first < LTS_STRIP ? m - first : LTS_STRIP);
            multiply_blocks(true, &tiles, columns, n_inner, strips + first * n_inner, 1, panel,
                            target_at(&to, first, j));
        }
    }
}

static void multiply_transposed(int64_t m, int64_t n, int64_t n_inner, const real *strips,
                                const lts_rows *b, const real *start, int64_t start_row, real *c,
                                int64_t ldc)
{
    int64_t n_strip = (m + LTS_STRIP - 1) / LTS_STRIP;
    int64_t groups = (n_strip + STRIPS_AT_ONCE - 1) / STRIPS_AT_ONCE;
    target all = {c, ldc, start, start_row};
    for (int64_t first = 0, left = groups; left > 0; left--) { /* groups of similar size */
        int64_t rows = ((m - first + LTS_STRIP - 1) / LTS_STRIP + left - 1) / left * LTS_STRIP;
        if (rows > m - first)
            rows = m - first;
        multiply_strips(rows, n, n_inner, strips + first * n_inner, b, target_at(&all, first, 0));
        first += rows;
    }
}

/* As multiply_blocks(); each block but the last is a whole number of A's panels. */
KERNEL void multiply_packed_blocks(const tiling *tiles, int64_t columns, int64_t inner,
                                   const lts_rows *a, const real *b, target to)
{
    for (int64_t p = 0, n; p < inner; p += n) {
        n = inner - p <= NEAR_BLOCK + NEAR_BLOCK / 4 ? inner - p : NEAR_BLOCK;
        const lts_rows left = {a->panels + p * a->rows, a->rows, a->first};
        for (int64_t t = 0, first = 0; t < tiles->n; t++) {
            int64_t rows = tile_rows(tiles, t);
            target at = target_at(&to, first, 0);
            multiply_packed_panel(rows, columns, n, &left, a->first + first,
                                  b + p * whole_vectors(columns), &at);
            first += rows;
        }
        to.start = to.c;
        to.start_row = to.ldc;
    }
}
_Static_assert(NEAR_BLOCK % (int)FULL == 0 && FAR_BLOCK % (int)FULL == 0,
               "a block would end within a panel");

static void multiply_packed(int64_t m, int64_t n, int64_t n_inner, const lts_rows *a,
                            const real *packed_b, const real *start, int64_t start_row, real *c,
                            int64_t ldc)
{
    const tiling tiles = split_rows(m);
    target all = {c, ldc, start, start_row};
    for (int64_t p = 0, inner; p < n_inner; p += inner) {
        inner = n_inner - p <= FAR_BLOCK + NEAR_BLOCK / 4 ? n_inner - p : FAR_BLOCK;
        const lts_rows left = {a->panels + p * a->rows, a->rows, a->first};
        for (int64_t j = 0; j < n; j += FULL) {
            int64_t columns = panel_columns(n, j);
            multiply_packed_blocks(&tiles, columns, inner, &left,
                                   panel_at(packed_b, n_inner, j, columns, p),
                                   target_at(&all, 0, j));
        }
        all = (target){c, ldc, c, ldc};
    }
}
