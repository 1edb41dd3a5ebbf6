/* SPDX-License-Identifier: MIT */
/*
 * Floats in parts, in the layouts of kernels/parts.h. Included by parts_body.h.
 */
enum { INNER = LTS_PART_INNER, COLUMNS = LTS_PART_COLUMNS, TILE_ROWS = 16, MOST_PARTS = 3 };

/* Floats of a whole panel of a packed matrix. */
enum { PANEL = 64 };

static const uint32_t magnitude_bits = 0x7fffffff, part_bits = 0xffff0000, half_a_part = 0x8000;
/* From here on a float is rounded to infinity, is infinite, or is no number. */
static const uint32_t too_large = 0x7f7f8000, infinite = 0x7f800000, quiet_nan = 0x00400000;

KERNEL __m512i all_lanes(uint32_t bits)
{
    return _mm512_set1_epi32((int)bits);
}

/*
 * The nearest part, half-way cases away from 0, as the upper 16 bits of lanes whose lower bits are
 * 0. Any rounding to nearest will do: what is left is exact, and has half as many bits as x or
 * fewer, so that three parts are x itself.
 */
KERNEL __m512i nearest_part(__m512 x)
{
    return _mm512_and_si512(_mm512_add_epi32(_mm512_castps_si512(x), all_lanes(half_a_part)),
                            all_lanes(part_bits));
}

/*
 * The first part of lanes some of which are too large. Finite ones are cut instead of rounded;
 * infinities and NaN have one part.
 */
NOT_INLINED __m512i part_of_large(__m512 x, __mmask16 large, __m512i first)
{
    __m512i cut = _mm512_and_si512(_mm512_castps_si512(x), all_lanes(part_bits));
    __mmask16 nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
    cut = _mm512_mask_or_epi32(cut, nan, cut, all_lanes(quiet_nan));
    return _mm512_mask_mov_epi32(first, large, cut);
}

KERNEL void split(const int n_part, __m512 x, __m512i part[MOST_PARTS])
{
    __m512i magnitude = _mm512_and_si512(_mm512_castps_si512(x), all_lanes(magnitude_bits));
    __mmask16 large = _mm512_cmpge_epu32_mask(magnitude, all_lanes(too_large)), finite = 0xffff;
    part[0] = nearest_part(x);
    if (__builtin_expect(large != 0, 0)) {
        part[0] = part_of_large(x, large, part[0]);
        finite = _mm512_cmplt_epu32_mask(magnitude, all_lanes(infinite));
    }
    __m512 left = _mm512_maskz_sub_ps(finite, x, _mm512_castsi512_ps(part[0]));
    if (n_part > 1)
        part[1] = nearest_part(left);
    if (n_part > 2)
        part[2] = _mm512_castps_si512(_mm512_sub_ps(left, _mm512_castsi512_ps(part[1])));
}

/* n <= 16 floats, then zeros. */
KERNEL __m512 load_some(int64_t n, const real *from)
{
    if (n >= 16)
        return _mm512_loadu_ps(from);
    return n <= 0 ? _mm512_setzero_ps() : _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), from);
}

/* Of the 64 halves of 32 floats those that hold the parts. */
static const uint16_t upper_halves[INNER] = {1,  3,  5,  7,  9,  11, 13, 15, 17, 19, 21,
                                             23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43,
                                             45, 47, 49, 51, 53, 55, 57, 59, 61, 63};

/* A block of a left operand: [parts][rows][INNER] of `inner` <= INNER columns of A. */
KERNEL void split_left_block(const int n_part, int64_t rows, int64_t inner, const real *a,
                             int64_t a_row, lts_part *to)
{
    const __m512i upper = _mm512_loadu_si512(upper_halves);
    for (int64_t r = 0; r < rows; r++, a += a_row, to += INNER) {
        __m512i left[MOST_PARTS], right[MOST_PARTS];
        split(n_part, load_some(inner, a), left);
        split(n_part, load_some(inner - 16, a + (inner > 16 ? 16 : 0)), right);
        UNROLL for (int k = 0; k < n_part; k++) _mm512_storeu_si512(
            to + k * rows * INNER, _mm512_permutex2var_epi16(left[k], upper, right[k]));
    }
}

enum { PIECE = 8 }; /* rows of B that are split at once */

/*
 * Rows row .. row + PIECE - 1 of a block of a right operand, [parts][pairs of rows][COLUMNS][2]; it
 * has `inner` rows of B, which may be more than INNER, or fewer.
 */
KERNEL void split_right_rows(const int n_part, int64_t row, int64_t inner, const real *b,
                             int64_t b_row, lts_part *to)
{
    to += row * COLUMNS;
    UNROLL for (int64_t p = row; p < row + PIECE; p += 2, to += 2 * COLUMNS)
    {
        __m512i even[MOST_PARTS], odd[MOST_PARTS];
        split(n_part, load_some(p < inner ? 16 : 0, b + p * b_row), even);
        split(n_part, load_some(p + 1 < inner ? 16 : 0, b + (p + 1) * b_row), odd);
        UNROLL for (int k = 0; k < n_part; k++) _mm512_storeu_si512(
            to + k * INNER * COLUMNS, _mm512_or_si512(_mm512_srli_epi32(even[k], 16), odd[k]));
    }
}

/* CALL(n_part) with a constant. */
#define WITH_CONSTANT_PARTS(n_part, CALL)                                                          \
    do {                                                                                           \
        if ((n_part) == 3)                                                                         \
            CALL(3);                                                                               \
        else if ((n_part) == 2)                                                                    \
            CALL(2);                                                                               \
        else                                                                                       \
            CALL(1);                                                                               \
    } while (0)

NOT_INLINED void split_left(int n_part, int64_t rows, int64_t inner, const real *a, int64_t a_row,
                            lts_part *to)
{
#define CALL(parts) split_left_block(parts, rows, inner, a, a_row, to)
    WITH_CONSTANT_PARTS(n_part, CALL);
#undef CALL
}

NOT_INLINED void split_right_piece(int n_part, int64_t row, int64_t inner, const real *b,
                                   int64_t b_row, lts_part *to)
{
#define CALL(parts) split_right_rows(parts, row, inner, b, b_row, to)
    WITH_CONSTANT_PARTS(n_part, CALL);
#undef CALL
}

/* m rows of A [m, n_inner] as a left operand. */
static void split_left_rows(int n_part, int64_t m, int64_t n_inner, const real *a, int64_t a_row,
                            lts_part *to)
{
    for (int64_t i = 0; i < m; i += TILE_ROWS) {
        int64_t rows = lts_min(TILE_ROWS, m - i);
        for (int64_t p = 0; p < n_inner; p += INNER, to += n_part * rows * INNER)
            split_left(n_part, rows, lts_min(INNER, n_inner - p), a + i * a_row + p, a_row, to);
    }
}

/* The same for inner indices first .. first + n - 1 of a packed A [rows, n_inner]. */
static void split_packed_rows(int n_part, int64_t m, int64_t n_inner, const lts_rows *a,
                              int64_t first, int64_t n, lts_part *to)
{
    for (int64_t i = 0; i < m; i += TILE_ROWS) {
        int64_t rows = lts_min(TILE_ROWS, m - i);
        for (int64_t p = first; p < first + n; p += INNER, to += n_part * rows * INNER) {
            int64_t panel = p / PANEL * PANEL, width = lts_min(PANEL, n_inner - panel);
            const real *at = a->panels + panel * a->rows + (a->first + i) * width + (p - panel);
            split_left(n_part, rows, lts_min(INNER, width - (p - panel)), at, width, to);
        }
    }
}

static void split_strips(int n_part, int64_t first, int64_t end, int64_t n_inner,
                         const real *strips, lts_part *to)
{
    _Alignas(64) real turned[TILE_ROWS * INNER];
    to += first * lts_part_inner(n_inner) * n_part;
    for (int64_t i = first; i < end; i += TILE_ROWS) {
        int64_t rows = lts_min(TILE_ROWS, end - i);
        const real *strip = strips + i / LTS_STRIP * LTS_STRIP * n_inner + i % LTS_STRIP;
        for (int64_t p = 0; p < n_inner; p += INNER, to += n_part * rows * INNER) {
            int64_t inner = lts_min(INNER, n_inner - p);
            lts_layout_avx512.transpose(inner, rows, strip + p * LTS_STRIP, LTS_STRIP, turned,
                                        INNER);
            split_left(n_part, rows, inner, turned, INNER, to);
        }
    }
}
_Static_assert(LTS_STRIP % TILE_ROWS == 0, "a tile would lie in two strips");

/* A panel of B [n_inner rows, width] as a right operand. The panel is read in order, which a
 * processor's prefetch follows. */
static void split_panel(int n_part, int64_t n_inner, int64_t width, const real *panel, lts_part *to)
{
    int64_t padded = lts_part_inner(n_inner);
    for (int64_t row = 0; row < padded; row += PIECE)
        for (int64_t column = 0; column < width; column += COLUMNS) {
            int64_t block = row / INNER * INNER;
            split_right_piece(n_part, row - block, n_inner - block, panel + block * width + column,
                              width, to + (column * padded + block * COLUMNS) * n_part);
        }
}

static void split_right(int n_part, int64_t n_inner, int64_t n, const real *packed_b, lts_part *to)
{
    for (int64_t j = 0; j < n; j += PANEL, to += PANEL * lts_part_inner(n_inner) * n_part)
        split_panel(n_part, n_inner, lts_min(PANEL, n - j), packed_b + j * n_inner, to);
}
