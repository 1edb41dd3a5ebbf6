/* SPDX-License-Identifier: MIT */
#ifndef LTS_KERNELS_GEMM_H
#define LTS_KERNELS_GEMM_H

#include "base/real.h"

/** Whether a factor is taken as it lies in memory, or transposed. */
enum lts_transpose { LTS_PLAIN, LTS_TRANSPOSED };

/**
 * C = op(A) op(B), or C += op(A) op(B) if `accumulate`; all row-major, C not overlapping A or B.
 *
 * op(A) is [m, n_inner], op(B) [n_inner, n], C [m, n]; lda, ldb, ldc are the row lengths in memory
 * of A, B and C as they lie there. Sizes and row lengths are >= 0 and at most INT_MAX: the callers
 * check that when they make their workspaces. Safe from any number of threads at once.
 */
void lts_gemm(enum lts_transpose trans_a, enum lts_transpose trans_b, int64_t m, int64_t n,
              int64_t n_inner, const real *a, int64_t lda, const real *b, int64_t ldb,
              bool accumulate, real *c, int64_t ldc);

#endif
