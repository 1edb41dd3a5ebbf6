/* SPDX-License-Identifier: MIT */
/*
 * The linear map y = W x + b of `rows` rows at once, x [rows, n_in], y [rows, n_out], W [n_out,
 * n_in].
 */
#ifndef LTS_NETWORK_LINEAR_H
#define LTS_NETWORK_LINEAR_H

#include "base/real.h"

/** y = x W^T + b */
void lts_linear_forward(int64_t rows, int64_t n_in, int64_t n_out, const real *W, const real *b,
                        const real *x, real *y);

/** dx = dy W */
void lts_linear_backward(int64_t rows, int64_t n_in, int64_t n_out, const real *W, const real *dy,
                         real *dx);

/** dW += dy^T x;  db += sum of dy over rows, unless db is NULL */
void lts_linear_gradient(int64_t rows, int64_t n_in, int64_t n_out, const real *x, const real *dy,
                         real *dW, real *db);

#endif
