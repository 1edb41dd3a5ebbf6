/* SPDX-License-Identifier: MIT */
/*
 * Sweeps over whole parameter blocks: sums, hooks, and the optimizers' element-wise updates, with
 * the formulas of lstmts/optimizer.h. Plain loops, which the compiler turns into the set's
 * instructions. Included by body.h.
 */
static bool all_finite(int64_t n, const real *values)
{
    return lts_all_finite(values, n);
}

static double sum_of_squares(int64_t n, const real *values)
{
    enum { LANES = 32 }; /* several vectors, to hide the latency of an addition */
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

static void scale(int64_t n, real factor, real *values)
{
    for (int64_t i = 0; i < n; i++)
        values[i] *= factor;
}

static void add_scaled(int64_t n, real factor, const real *restrict x, real *restrict y)
{
    for (int64_t i = 0; i < n; i++)
        y[i] += factor * x[i];
}

/* One body for Adam and AMSGrad; inlined twice, so that neither asks per element which it is. */
KERNEL void adam_or_amsgrad(int64_t n, const lts_adam *k, const real *restrict g, real *restrict m,
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

static void adam(int64_t n, const lts_adam *k, const real *g, real *m, real *v, real *vhat, real *p)
{
    if (vhat == NULL)
        adam_or_amsgrad(n, k, g, m, v, NULL, p);
    else
        adam_or_amsgrad(n, k, g, m, v, vhat, p);
}

static void sgd(int64_t n, real rate, const real *restrict g, real *restrict p)
{
    for (int64_t i = 0; i < n; i++)
        p[i] -= rate * g[i];
}

static void momentum(int64_t n, real rate, real mu, const real *restrict g, real *restrict v,
                     real *restrict p)
{
    for (int64_t i = 0; i < n; i++) {
        v[i] = mu * v[i] - rate * g[i];
        p[i] += v[i];
    }
}

static void rmsprop(int64_t n, const lts_rmsprop *k, const real *restrict g, real *restrict s,
                    real *restrict p)
{
    const lts_rmsprop c = *k;
    for (int64_t i = 0; i < n; i++) {
        s[i] = c.decay * s[i] + c.one_minus_decay * g[i] * g[i];
        p[i] -= c.rate * g[i] / (real_sqrt(s[i] + c.eps_inside) + c.eps_outside);
    }
}

static void adagrad(int64_t n, real rate, real eps, const real *restrict g, real *restrict s,
                    real *restrict p)
{
    for (int64_t i = 0; i < n; i++) {
        s[i] += g[i] * g[i];
        p[i] -= rate * g[i] / (real_sqrt(s[i]) + eps);
    }
}
