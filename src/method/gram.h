/* SPDX-License-Identifier: MIT */
/*
 * Sums over sliding windows of N = L + H values, L of context and H of horizon, from which linear
 * regressions of the horizon on the context are solved:
 *
 *     products[i][j] = sum of x_(s+i) x_(s+j) over all windows s,  i < L, j < N
 *     squares[j]     = sum of x_(s+j)^2
 *     sums[j]        = sum of x_(s+j)
 *
 * Adding the windows to the sums one by one costs L N multiplications a window. But the windows of
 * a run x_0 .. x_(n+N-2) start at s = 0 .. n-1, so one step down a diagonal changes two terms only:
 *
 *     products[i+1][j+1] = products[i][j] - x_i x_j + x_(n+i) x_(n+j)
 *
 * Hence a run costs N n multiplications for row 0 and 2 L N for these differences. The recursion is
 * linear: differences are added over all runs, and added up along the diagonals once, at the end.
 *
 * A base, the mean of the last k values of the context, may be subtracted from all values of a
 * window. This is a linear map of the window, the same for each: with G the matrix of products and
 * r_j the mean of G_bj over the last k rows b of the context, and q the mean of r_b over the same,
 * the products become G_ij - r_i - r_j + q.
 *
 * Since a column's offset cancels in a window with a base, and is the business of an intercept
 * otherwise, values should be near 0: sums of products lose the digits that the offset takes.
 */
#ifndef LTS_METHOD_GRAM_H
#define LTS_METHOD_GRAM_H

#include "base/real.h"
#include <lstmts/status.h>

typedef struct lts_gram {
    int64_t L, N;
    int64_t n;        /**< windows                    */
    double *products; /**< [L, N]                     */
    double *squares;  /**< [N]                        */
    double *sums;     /**< [N]                        */
    double *means;    /**< [N], workspace of the base */
} lts_gram;

/** Zero sums for windows of up to L + most_H values. LSTM_E_NOMEM; free it in any case. */
lstm_status lts_gram_new(lts_gram *gram, int64_t L, int64_t most_H);
void lts_gram_free(lts_gram *gram);

/** Begin the sums anew for windows of L + H values; 1 <= H <= most_H. */
void lts_gram_clear(lts_gram *gram, int64_t H);

/** Add all windows of the run x [n_row]; none if it is shorter than one. */
void lts_gram_add(lts_gram *gram, const double *x, int64_t n_row);

/**
 * Complete the sums after the last run, with the mean of the last base_len values of the context
 * subtracted from each window; 0: nothing is subtracted.
 */
void lts_gram_finish(lts_gram *gram, int64_t base_len);

#endif
