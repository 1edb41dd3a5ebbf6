/* SPDX-License-Identifier: MIT */
/*
 * The tile instructions of tiles_amx.h in C, for processors without them: with these, tests run the
 * kernels that use them anywhere.
 *
 * TDPBF16PS as Intel's manual defines it: for each element of C, the products of the even inner
 * indices of its 32 are added to one sum that begins at 0, those of the odd ones to another, by
 * fused multiply-adds in the order of the indices. Then the two sums are added, and their sum to C.
 * Each operation rounds to nearest even and takes denormals for 0, as operand and as result,
 * whatever MXCSR says; there are no exceptions.
 */
#include "kernels/parts.h"
#define LTS_LANES 16
#include "kernels/vector/vector.h"

#include <immintrin.h>

typedef struct tiles {
    int64_t rows[2];
    union {
        float sums[16][16];
        lts_part parts[16][32];
    } tile[8];
} tiles;

static inline int64_t rows_of_tile(const tiles *t, int tile)
{
    return tile >= 6 ? 16 : t->rows[tile < 4 ? tile / 2 : tile - 4];
}

KERNEL void tile_zero(tiles *t, const int tile)
{
    memset(&t->tile[tile], 0, sizeof t->tile[tile]);
}

static inline void tiles_configure(tiles *t, int64_t rows_0, int64_t rows_1)
{
    if (t->rows[0] == rows_0 && t->rows[1] == rows_1)
        return;
    t->rows[0] = rows_0;
    t->rows[1] = rows_1;
    for (int tile = 0; tile < 8; tile++)
        tile_zero(t, tile);
}

KERNEL void tile_load(tiles *t, const int tile, const void *from, int64_t row_bytes)
{
    tile_zero(t, tile);
    for (int64_t r = 0; r < rows_of_tile(t, tile); r++)
        memcpy(t->tile[tile].sums[r], (const char *)from + r * row_bytes, 64);
}

KERNEL void tile_store(tiles *t, const int tile, void *to, int64_t row_bytes)
{
    for (int64_t r = 0; r < rows_of_tile(t, tile); r++)
        memcpy((char *)to + r * row_bytes, t->tile[tile].sums[r], 64);
}

/* Denormals become 0 of their sign. */
KERNEL __m512 without_denormals(__m512 x)
{
    const __m512i exponent = _mm512_set1_epi32(0x7f800000), sign = _mm512_set1_epi32(INT32_MIN);
    __m512i bits = _mm512_castps_si512(x);
    __mmask16 small = _mm512_testn_epi32_mask(bits, exponent);
    return _mm512_castsi512_ps(_mm512_mask_and_epi32(bits, small, bits, sign));
}

/* A part as a float, in all lanes. */
KERNEL __m512 in_all_lanes(lts_part part)
{
    return without_denormals(_mm512_castsi512_ps(_mm512_set1_epi32((int)((uint32_t)part << 16))));
}

NOT_INLINED void tile_multiply(tiles *t, const int i, const int j)
{
    float(*c)[16] = t->tile[2 * i + j].sums;
    for (int64_t r = 0; r < t->rows[i]; r++) {
        __m512 sums[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()};
        for (int k = 0; k < 16; k++) {
            __m512i pairs = _mm512_loadu_si512(t->tile[6 + j].parts[k]);
            __m512 b[2] = {
                _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16)),
                _mm512_castsi512_ps(_mm512_and_si512(pairs, _mm512_set1_epi32((int)0xffff0000u)))};
            for (int odd = 0; odd < 2; odd++)
                sums[odd] = without_denormals(
                    _mm512_fmadd_ps(in_all_lanes(t->tile[4 + i].parts[r][2 * k + odd]),
                                    without_denormals(b[odd]), sums[odd]));
        }
        __m512 sum = without_denormals(_mm512_add_ps(sums[0], sums[1]));
        sum = _mm512_add_ps(without_denormals(_mm512_loadu_ps(c[r])), sum);
        _mm512_storeu_ps(c[r], without_denormals(sum));
    }
}

static inline void tiles_release(tiles *t)
{
    t->rows[0] = t->rows[1] = 0;
}
