/* SPDX-License-Identifier: MIT */
/*
 * The weights are u / sum(u), where u >= 0 makes u^T G u / 2 - sum(u) least: at that u the elements
 * of G u - 1 are 0 where u is above 0, and at least 0 elsewhere, which divided by sum(u) are the
 * conditions of the weights with the multiplier 1 / sum(u).
 *
 * u comes from the method of Lawson and Hanson, Solving Least Squares Problems (1974), chapter 23:
 * a set of free elements grows by the one that helps most, the others are 0.
 */
#include "method/nonnegative.h"

typedef struct problem {
    int64_t n;
    const double *G;
    double penalty; /* added to the diagonal */
    bool is_free[LTS_MOST_MEMBERS];
    double u[LTS_MOST_MEMBERS], s[LTS_MOST_MEMBERS]; /* the solution, and a step towards it */
} problem;

static double element(const problem *p, int64_t i, int64_t j)
{
    return p->G[i * p->n + j] + (i == j ? p->penalty : 0);
}

/* s = the solution of G s = 1 among the free elements, by Gaussian elimination, which needs no
 * pivots where the matrix is positive definite. */
static void solve_free(problem *p)
{
    double a[LTS_MOST_MEMBERS][LTS_MOST_MEMBERS + 1];
    int64_t at[LTS_MOST_MEMBERS], n = 0;
    for (int64_t i = 0; i < p->n; i++) {
        p->s[i] = 0;
        if (p->is_free[i])
            at[n++] = i;
    }
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < n; j++)
            a[i][j] = element(p, at[i], at[j]);
        a[i][n] = 1;
    }
    for (int64_t k = 0; k < n; k++)
        for (int64_t i = k + 1; i < n; i++) {
            double factor = a[i][k] / a[k][k];
            for (int64_t j = k; j <= n; j++)
                a[i][j] -= factor * a[k][j];
        }
    for (int64_t i = n - 1; i >= 0; i--) {
        double sum = a[i][n];
        for (int64_t j = i + 1; j < n; j++)
            sum -= a[i][j] * p->s[at[j]];
        p->s[at[i]] = sum / a[i][i];
    }
}

/* Moves u towards s until an element becomes 0, which is then not free. Returns whether one did. */
static bool step(problem *p)
{
    double length = 1;
    int64_t first = -1;
    for (int64_t i = 0; i < p->n; i++)
        if (p->is_free[i] && p->s[i] <= 0 && p->u[i] / (p->u[i] - p->s[i]) < length) {
            length = p->u[i] / (p->u[i] - p->s[i]);
            first = i;
        }
    for (int64_t i = 0; i < p->n; i++)
        p->u[i] += length * (p->s[i] - p->u[i]);
    if (first < 0)
        return false;
    for (int64_t i = 0; i < p->n; i++)
        if (i == first || p->u[i] <= 0) {
            p->is_free[i] = false;
            p->u[i] = 0;
        }
    return true;
}

/* The element that is not free and whose increase helps most; -1 = none helps. */
static int64_t next_free(const problem *p)
{
    int64_t best = -1;
    double most = 1e-10;
    for (int64_t i = 0; i < p->n; i++) {
        double gain = 1;
        for (int64_t j = 0; j < p->n; j++)
            gain -= element(p, i, j) * p->u[j];
        if (!p->is_free[i] && gain > most) {
            most = gain;
            best = i;
        }
    }
    return best;
}

void lts_least_weights(int64_t n, const double *G, double *w)
{
    problem p = {.n = n, .G = G};
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        p.penalty += 1e-9 * G[i * n + i] / (double)n;
    if (!(p.penalty > 0)) { /* no member has an error */
        for (int64_t i = 0; i < n; i++)
            w[i] = 1 / (double)n;
        return;
    }
    /* each set of free elements is better than the one before; the limit is against rounding */
    for (int64_t k = 0, i; k < 3 * n && (i = next_free(&p)) >= 0; k++) {
        p.is_free[i] = true;
        do
            solve_free(&p);
        while (step(&p));
    }
    for (int64_t i = 0; i < n; i++)
        sum += p.u[i];
    for (int64_t i = 0; i < n; i++)
        w[i] = p.u[i] / sum;
}
