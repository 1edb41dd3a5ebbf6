/* SPDX-License-Identifier: MIT */
#define LTS_SET neon
#ifdef __aarch64__
#define LTS_ROWS 6
#else
#define LTS_ROWS 2 /* ARMv7 has 16 registers of 4 floats */
#endif

#ifdef LSTMTS_TEST_DOUBLE
#define LTS_LANES 2
#else
#define LTS_LANES 4

#ifndef __aarch64__
#include <arm_neon.h>

/*
 * ARMv7 has no division of vectors. So: x times an estimate of 1 / y with 8 bits, which two steps
 * of Newton's method make 1 / y to about 1 ulp, corrected by the remainder of x.
 */
static inline float32x4_t quotient_neon(float32x4_t x, float32x4_t y)
{
    float32x4_t r = vrecpeq_f32(y);
    r = vmulq_f32(r, vrecpsq_f32(y, r));
    r = vmulq_f32(r, vrecpsq_f32(y, r));
    float32x4_t q = vmulq_f32(x, r);
    return vfmaq_f32(q, vfmsq_f32(x, q, y), r);
}
#define LTS_QUOTIENT(x, y) ((vec)quotient_neon((float32x4_t)(x), (float32x4_t)(y)))
#endif
#endif
#include "kernels/vector/body.h"
