/* SPDX-License-Identifier: MIT */
/*
 * The Cholesky decomposition A = R^T R of a symmetric positive definite matrix, with an upper
 * triangle R.
 */
#ifndef LTS_METHOD_CHOLESKY_H
#define LTS_METHOD_CHOLESKY_H

#include "kernels/kernels.h"

/**
 * Replace the upper triangle of A [n, n], row-major, by R. The lower one is not read. Returns false
 * if A is not positive definite to rounding; A is undefined then.
 */
bool lts_cholesky_factor(const lts_kernels *kernels, int64_t n, double *a);

/** Replace B [n, m] by the solution X of R^T R X = B. Rows of B are ldb apart. */
void lts_cholesky_solve(const lts_kernels *kernels, int64_t n, const double *r, int64_t m,
                        double *b, int64_t ldb);

#endif
