/* SPDX-License-Identifier: MIT */
/*
 * Passes over whole parameter blocks: sums, hooks, and the optimizers' updates, with the formulas
 * of lstmts/optimizer.h. They are plain loops, which the compiler vectorizes; Adam is written in
 * vectors, since a set may have a faster root. Included by body.h.
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

/* A set may define its own LTS_ROOT(x) = sqrt x, for all x, to about 1 ulp. */
#ifndef LTS_ROOT
KERNEL vec root(vec x)
{
    real elements[LTS_LANES];
    store(elements, x);
    for (int i = 0; i < LTS_LANES; i++)
        elements[i] = real_sqrt(elements[i]);
    return load(elements);
}
#define LTS_ROOT root
#endif

/* Adam and AMSGrad, inlined twice, so that there is no branch per vector. */
KERNEL void adam_vector(const lts_adam *k, const real *g_at, real *m_at, real *v_at, real *vhat_at,
                        real *p_at)
{
    vec g = load(g_at), m = load(m_at), v = load(v_at), p = load(p_at), second;
    m += k->one_minus_beta1 * (g - m);
    v += k->one_minus_beta2 * (g * g - v);
    second = v;
    if (vhat_at != NULL) {
        vec before = load(vhat_at);
        for (int i = 0; i < LTS_LANES; i++)
            second[i] = before[i] > v[i] ? before[i] : v[i];
        store(vhat_at, second);
    }
    p -= k->rate * m / (k->root_by * LTS_ROOT(second) + k->eps) + k->decay * p;
    store(m_at, m);
    store(v_at, v);
    store(p_at, p);
}

KERNEL void adam_or_amsgrad(int64_t n, const lts_adam *k, const real *restrict g, real *restrict m,
                            real *restrict v, real *restrict vhat, real *restrict p)
{
    const lts_adam c = *k;
    int64_t whole = n - n % LTS_LANES;
    for (int64_t i = 0; i < whole; i += LTS_LANES)
        adam_vector(&c, g + i, m + i, v + i, vhat == NULL ? NULL : vhat + i, p + i);
    if (whole == n)
        return;
    /*
     * the rest by the same instructions, so that the bits of an element do not depend on its index
     */
    real rest[5][LTS_LANES] = {{0}};
    real *const from[5] = {m, v, p, vhat};
    size_t bytes = (size_t)(n - whole) * sizeof(real);
    memcpy(rest[4], g + whole, bytes);
    for (int a = 0; a < 4 && from[a] != NULL; a++)
        memcpy(rest[a], from[a] + whole, bytes);
    adam_vector(&c, rest[4], rest[0], rest[1], vhat == NULL ? NULL : rest[3], rest[2]);
    for (int a = 0; a < 4 && from[a] != NULL; a++)
        memcpy(from[a] + whole, rest[a], bytes);
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
