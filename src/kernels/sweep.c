/* SPDX-License-Identifier: MIT */
#include "kernels/sweep.h"

double lts_sum_of_squares(int64_t n, const real *values)
{
    enum { LANES = 8 };
    double lane[LANES] = {0};
    int64_t whole = n - n % LANES;
    for (int64_t i = 0; i < whole; i += LANES)
        for (int64_t q = 0; q < LANES; q++)
            lane[q] += (double)values[i + q] * (double)values[i + q];
    double sum = 0;
    for (int64_t q = 0; q < LANES; q++)
        sum += lane[q];
    for (int64_t i = whole; i < n; i++)
        sum += (double)values[i] * (double)values[i];
    return sum;
}

void lts_scale(int64_t n, real factor, real *values)
{
    for (int64_t i = 0; i < n; i++)
        values[i] *= factor;
}

void lts_add_scaled(int64_t n, real factor, const real *restrict x, real *restrict y)
{
    for (int64_t i = 0; i < n; i++)
        y[i] += factor * x[i];
}

void lts_add_column_sums(int64_t rows, int64_t columns, const real *restrict a, real *restrict sums)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            sums[j] += a[i * columns + j];
}

/* One body for Adam and AMSGrad; inlined twice, so that neither asks per element which it is. */
static inline void adam(int64_t n, const lts_adam *k, const real *restrict g, real *restrict m,
                        real *restrict v, real *restrict vhat, real *restrict p)
{
    const lts_adam c = *k;
    for (int64_t i = 0; i < n; i++) {
        m[i] += c.one_minus_beta1 * (g[i] - m[i]);
        v[i] += c.one_minus_beta2 * (g[i] * g[i] - v[i]);
        real second = v[i];
        if (vhat != NULL) {
            vhat[i] = vhat[i] > second ? vhat[i] : second;
            second = vhat[i];
        }
        p[i] -= c.rate * m[i] / (c.root_by * real_sqrt(second) + c.eps) + c.decay * p[i];
    }
}

void lts_sweep_adam(int64_t n, const lts_adam *k, const real *g, real *m, real *v, real *vhat,
                    real *p)
{
    if (vhat == NULL)
        adam(n, k, g, m, v, NULL, p);
    else
        adam(n, k, g, m, v, vhat, p);
}

void lts_sweep_sgd(int64_t n, real rate, const real *restrict g, real *restrict p)
{
    for (int64_t i = 0; i < n; i++)
        p[i] -= rate * g[i];
}

void lts_sweep_momentum(int64_t n, real rate, real momentum, const real *restrict g,
                        real *restrict v, real *restrict p)
{
    for (int64_t i = 0; i < n; i++) {
        v[i] = momentum * v[i] - rate * g[i];
        p[i] += v[i];
    }
}

void lts_sweep_rmsprop(int64_t n, const lts_rmsprop *k, const real *restrict g, real *restrict s,
                       real *restrict p)
{
    const lts_rmsprop c = *k;
    for (int64_t i = 0; i < n; i++) {
        s[i] = c.decay * s[i] + c.one_minus_decay * g[i] * g[i];
        p[i] -= c.rate * g[i] / (real_sqrt(s[i] + c.eps_inside) + c.eps_outside);
    }
}

void lts_sweep_adagrad(int64_t n, real rate, real eps, const real *restrict g, real *restrict s,
                       real *restrict p)
{
    for (int64_t i = 0; i < n; i++) {
        s[i] += g[i] * g[i];
        p[i] -= rate * g[i] / (real_sqrt(s[i]) + eps);
    }
}
