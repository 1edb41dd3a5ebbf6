/* SPDX-License-Identifier: MIT */
#include <immintrin.h>

#define LTS_SET  avx512
#define LTS_ROWS 6
#ifdef LSTMTS_TEST_DOUBLE
#define LTS_LANES 8
#else
#define LTS_LANES    16

/* The second operand is what a comparison with NaN returns. */
static inline __m512 clamp512(__m512 x, __m512 low, __m512 high)
{
    return _mm512_min_ps(high, _mm512_max_ps(low, x));
}
#define LTS_CLAMP    clamp512

static inline __m512 fused512(__m512 x, __m512 y, __m512 z)
{
    return _mm512_fmadd_ps(x, y, z);
}
#define LTS_FUSED    fused512

static inline int any_nan512(__m512 x)
{
    return _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q) != 0;
}
#define LTS_ANY_NAN  any_nan512

/*
 * A division of 16 floats takes as long as 30 multiply-adds. So: x times an estimate of 1 / y with
 * 14 bits, corrected by the remainder of x.
 */
static inline __m512 quotient512(__m512 x, __m512 y)
{
    __m512 r = _mm512_rcp14_ps(y);
    __m512 q = _mm512_mul_ps(x, r);
    __m512 left = _mm512_fnmadd_ps(q, y, x);
    return _mm512_fmadd_ps(left, r, q);
}
#define LTS_QUOTIENT quotient512

/*
 * Lanes for which the estimate below is not valid: 0, denormals, negative numbers, 2^126 and more,
 * infinity, NaN.
 */
static inline __mmask16 invalid512(__m512 x)
{
    const int least = 0x00800000, most = 0x7e800000;
    __m512i above = _mm512_sub_epi32(_mm512_castps_si512(x), _mm512_set1_epi32(least));
    return _mm512_cmpge_epu32_mask(above, _mm512_set1_epi32(most - least));
}

static inline __m512 root512(__m512 x)
{
    __m512 r = _mm512_rsqrt14_ps(x);
    __m512 s = _mm512_mul_ps(x, r);
    __m512 left = _mm512_fnmadd_ps(s, s, x);
    s = _mm512_fmadd_ps(left, _mm512_mul_ps(r, _mm512_set1_ps(0.5f)), s);
    __mmask16 invalid = invalid512(x);
    return invalid == 0 ? s : _mm512_mask_sqrt_ps(s, invalid, x);
}
#define LTS_ROOT     root512

static inline __m512d widen512(const float *p)
{
    return _mm512_cvtps_pd(_mm256_loadu_ps(p));
}
#define LTS_WIDEN    widen512
#endif
#include "kernels/vector/body.h"
