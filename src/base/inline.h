/* SPDX-License-Identifier: MIT */
#ifndef LTS_BASE_INLINE_H
#define LTS_BASE_INLINE_H

/* Qualifies an inline function that a companion compiles for its device, too (cuda/). */
#ifdef __CUDACC__
#define LTS_INLINE static __host__ __device__ inline
#else
#define LTS_INLINE static inline
#endif

#endif
