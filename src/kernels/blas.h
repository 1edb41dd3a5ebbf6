/* SPDX-License-Identifier: MIT */
/*
 * The one place where a BLAS is opened and called (Meson option `blas`).
 *
 * The library is not linked to a BLAS: an OpenBLAS creates its threads when it is loaded, and most
 * hosts use no product of it. It is loaded when the set `cblas` is first chosen for an object.
 *
 * A BLAS belongs to the whole process. What is done about that:
 *   - Threads: its number of threads is never changed. An OpenBLAS without threads gives wrong
 *     results when two threads call it at once, so calls are made under a lock, unless the library
 *     that was opened says that it has threads. Other users of the same BLAS in the process do not
 *     know of this lock.
 *   - Fork: the lock is free in a child, even if another thread of its parent had it.
 *   - errno and the floating-point environment are after a call what they were before it. The BLAS
 *     is opened in the default environment, which its threads keep.
 *   - NaN: alpha and beta are always 1. With 0 a BLAS need not look at what it multiplies.
 */
#ifndef LTS_KERNELS_BLAS_H
#define LTS_KERNELS_BLAS_H

#include "base/real.h"

/**
 * Opens the BLAS, unless that was tried before in this process. Returns whether it can be called:
 * not if there is none, if it lacks a function, or in a statically linked program.
 *
 * Thread-safety: any thread.
 */
bool lts_blas_open(void);

/** Opens the BLAS, and returns whether it is an OpenBLAS. */
bool lts_blas_is_openblas(void);

/**
 * C [m, n] += A B, or the transpose of A times B; A [m, n_inner] or [n_inner, m], B [n_inner, n].
 * Rows are lda, ldb and ldc apart. Any size: CBLAS takes int, so larger products are divided.
 * Does nothing if a size is 0. The BLAS must be open.
 *
 * Thread-safety: any thread.
 */
void lts_blas_add_product(bool a_transposed, int64_t m, int64_t n, int64_t n_inner, const real *a,
                          int64_t lda, const real *b, int64_t ldb, real *c, int64_t ldc);

#endif
