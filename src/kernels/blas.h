/* SPDX-License-Identifier: MIT */
/*
 * The one place where a BLAS is called (Meson option `blas`).
 *
 * A BLAS belongs to the whole process. What is done about that:
 *   - Threads: its number of threads is never changed. An OpenBLAS without threads gives wrong
 *     results when two threads call it at once, so calls are made under a lock, unless the library
 *     that runs is an OpenBLAS with threads. Other users of the same BLAS in the process do not
 *     know of this lock.
 *   - Fork: the lock can be taken in a child even if another thread of its parent had it.
 *   - errno and the floating-point environment are after a call what they were before it.
 *   - NaN: alpha and beta are always 1. With 0 a BLAS need not look at what it multiplies.
 */
#ifndef LTS_KERNELS_BLAS_H
#define LTS_KERNELS_BLAS_H

#include "base/real.h"

/**
 * C [m, n] += A B, or the transpose of A times B; A [m, n_inner] or [n_inner, m], B [n_inner, n].
 * Rows are lda, ldb and ldc apart. Any size: CBLAS takes int, so larger products are divided.
 * Does nothing if a size is 0.
 *
 * Thread-safety: any thread.
 */
void lts_blas_add_product(bool a_transposed, int64_t m, int64_t n, int64_t n_inner, const real *a,
                          int64_t lda, const real *b, int64_t ldb, real *c, int64_t ldc);

/** Whether the BLAS that was loaded is an OpenBLAS. False where that cannot be told. */
bool lts_blas_is_openblas(void);

#endif
