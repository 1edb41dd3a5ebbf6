/* SPDX-License-Identifier: MIT */
#include <immintrin.h>

#define LTS_SET  avx2
#define LTS_ROWS 3
#ifdef LSTMTS_TEST_DOUBLE
#define LTS_LANES 4
#else
#define LTS_LANES   8

/* The second operand is what a comparison with NaN returns. */
static inline __m256 clamp256(__m256 x, __m256 low, __m256 high)
{
    return _mm256_min_ps(high, _mm256_max_ps(low, x));
}
#define LTS_CLAMP   clamp256

static inline __m256 fused256(__m256 x, __m256 y, __m256 z)
{
    return _mm256_fmadd_ps(x, y, z);
}
#define LTS_FUSED   fused256

static inline int any_nan256(__m256 x)
{
    return _mm256_movemask_ps(_mm256_cmp_ps(x, x, _CMP_UNORD_Q)) != 0;
}
#define LTS_ANY_NAN any_nan256

static inline __m256d widen256(const float *p)
{
    return _mm256_cvtps_pd(_mm_loadu_ps(p));
}
#define LTS_WIDEN   widen256
#endif
#include "kernels/vector/body.h"
