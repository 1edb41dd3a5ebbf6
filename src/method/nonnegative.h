/* SPDX-License-Identifier: MIT */
/* Small least-squares problems whose solution has no negative element. */
#ifndef LTS_METHOD_NONNEGATIVE_H
#define LTS_METHOD_NONNEGATIVE_H

#include "base/real.h"

enum { LTS_MOST_MEMBERS = 64 };

/**
 * Weights w [n] >= 0 with the sum 1 for which w^T G w is least; n <= LTS_MOST_MEMBERS. G [n, n] is
 * symmetric positive semidefinite; 1e-9 of its mean diagonal is added to the diagonal, which
 * decides between members that are the same.
 */
void lts_least_weights(int64_t n, const double *G, double *w);

#endif
