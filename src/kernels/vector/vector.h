/* SPDX-License-Identifier: MIT */
/*
 * A vector of LTS_LANES elements. It is one of GCC's vector extensions, so that kernels need next
 * to no intrinsics, and the compiler contracts a * b + c where it can.
 */
#include "base/real.h"

#include <string.h>

typedef real vec __attribute__((vector_size(LTS_LANES * sizeof(real))));

/* The name of a set, and of its tables. */
#define NAME_OF(set)             NAME_OF_TEXT(set)
#define NAME_OF_TEXT(set)        #set
#define JOIN(left, right)        JOIN_TOKENS(left, right)
#define JOIN_TOKENS(left, right) left##_##right

#define KERNEL      static inline __attribute__((always_inline))
#define NOT_INLINED static __attribute__((noinline))
#if defined __OPTIMIZE_SIZE__
#define UNROLL
#define UNROLL_LANES
#elif defined __clang__
#define UNROLL       _Pragma("clang loop unroll(full)")
#define UNROLL_LANES UNROLL
#else
#define UNROLL       _Pragma("GCC unroll 8")
#define UNROLL_LANES _Pragma("GCC unroll 16")
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
