/* SPDX-License-Identifier: MIT */
/* The arithmetic of the twin: a loop for each kernel of backend.h. */
#include "backend.h"
#include "twin.h"

#include <lstmts/optimizer.h>

#include <math.h>
#include <string.h>

void lts_gpu_product(lts_gpu *gpu, const lts_product *p)
{
    if (!lts_twin_can_work(gpu, p->c, p->m * p->n + p->k))
        return;
    for (int64_t i = 0; i < p->m; i++)
        for (int64_t j = 0; j < p->n; j++) {
            float *c = p->c + i * p->ldc + j, sum = p->beta == 0 ? 0 : p->beta * *c;
            for (int64_t q = 0; q < p->k; q++)
                sum += p->a[p->transpose_a ? q * p->lda + i : i * p->lda + q] *
                       p->b[p->transpose_b ? j * p->ldb + q : q * p->ldb + j];
            *c = sum;
        }
}

void lts_gpu_fill_rows(lts_gpu *gpu, int64_t m, int64_t n, const float *row, float *out)
{
    if (!lts_twin_can_work(gpu, out, m))
        return;
    for (int64_t i = 0; i < m; i++)
        memcpy(out + i * n, row, (size_t)n * sizeof *row);
}

void lts_gpu_put_column(lts_gpu *gpu, int64_t n, const float *values, float beta, float *out,
                        int64_t stride)
{
    if (!lts_twin_can_work(gpu, out, n))
        return;
    for (int64_t i = 0; i < n; i++)
        out[i * stride] = values[i] + (beta == 0 ? 0 : beta * out[i * stride]);
}

void lts_gpu_column_sums(lts_gpu *gpu, int64_t m, int64_t n, const float *a, float *work,
                         float *out)
{
    if (!lts_twin_can_work(gpu, a, m))
        return;
    memset(work, 0xff, (size_t)(LTS_SUM_PARTS * n) * sizeof *work); /* as CUDA would use it */
    for (int64_t j = 0; j < n; j++) {
        double sum = 0;
        for (int64_t i = 0; i < m; i++)
            sum += (double)a[i * n + j];
        out[j] = (float)sum;
    }
}

static float sigmoid(float x)
{
    return 1 / (1 + expf(-x));
}

void lts_gpu_gates_forward(lts_gpu *gpu, const lts_gates *g)
{
    int64_t H = g->H, stride = g->bias_stride;
    if (!lts_twin_can_work(gpu, g->h, g->B))
        return;
    for (int64_t at = 0; at < g->B * H; at++) {
        int64_t j = at % H;
        float *z = g->gates + at / H * 4 * H + j;
        const float *bias = g->bias;
        float i = sigmoid(z[0] + bias[j * stride]);
        float f = sigmoid(z[H] + bias[(H + j) * stride]);
        float cell = tanhf(z[2 * H] + bias[(2 * H + j) * stride]);
        float o = sigmoid(z[3 * H] + bias[(3 * H + j) * stride]);
        float c = f * g->c_prev[at] + i * cell;
        g->c[at] = c;
        g->h[at] = o * tanhf(c);
        z[0] = i, z[H] = f, z[2 * H] = cell, z[3 * H] = o;
    }
}

void lts_gpu_gates_backward(lts_gpu *gpu, const lts_gates *gates, const float *dh, float *dc,
                            bool last)
{
    int64_t H = gates->H;
    if (!lts_twin_can_work(gpu, gates->gates, gates->B))
        return;
    for (int64_t at = 0; at < gates->B * H; at++) {
        float *z = gates->gates + at / H * 4 * H + at % H;
        float i = z[0], f = z[H], g = z[2 * H], o = z[3 * H], tanh_c = tanhf(gates->c[at]);
        float by_c = (last ? 0 : dc[at]) + dh[at] * o * (1 - tanh_c * tanh_c);
        z[0] = by_c * g * i * (1 - i);
        z[H] = by_c * gates->c_prev[at] * f * (1 - f);
        z[2 * H] = by_c * i * (1 - g * g);
        z[3 * H] = dh[at] * tanh_c * o * (1 - o);
        dc[at] = by_c * f;
    }
}

void lts_gpu_sum_squares(lts_gpu *gpu, int64_t n, const float *values, double *square)
{
    if (!lts_twin_can_work(gpu, values, n))
        return;
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += (double)values[i] * (double)values[i];
    *square = sum;
}

void lts_gpu_clip(lts_gpu *gpu, int64_t n, double most, const double *square, float *values)
{
    double norm = lts_twin_can_work(gpu, values, n) ? sqrt(*square) : 0;
    for (int64_t i = 0; norm > most && i < n; i++)
        values[i] *= (float)(most / norm);
}

void lts_gpu_add_scaled(lts_gpu *gpu, int64_t n, float factor, const float *x, float *y)
{
    if (!lts_twin_can_work(gpu, y, n))
        return;
    for (int64_t i = 0; i < n; i++)
        y[i] += factor * x[i];
}

void lts_gpu_average(lts_gpu *gpu, int64_t n, double weight, const float *values, float *average)
{
    float new = (float)weight, old = (float)(1 - weight);
    if (!lts_twin_can_work(gpu, average, n))
        return;
    for (int64_t i = 0; i < n; i++)
        average[i] = weight == 1 ? values[i] : old * average[i] + new *values[i];
}

void lts_gpu_largest(lts_gpu *gpu, int64_t n, const float *values, float *most)
{
    if (!lts_twin_can_work(gpu, values, n))
        return;
    *most = 0;
    for (int64_t i = 0; i < n; i++)
        if (!(fabsf(values[i]) <= *most))
            *most = isnan(values[i]) ? INFINITY : fabsf(values[i]);
}

void lts_gpu_first_nonfinite(lts_gpu *gpu, int64_t n, const float *values, int64_t *at)
{
    if (!lts_twin_can_work(gpu, values, n))
        return;
    *at = 0;
    while (*at < n && isfinite(values[*at]))
        ++*at;
}

/* One element by the formulas of lstmts/optimizer.h; moments that the kind lacks are unused. */
static float stepped(const lts_step *s, float g, float p, float *m, float *v, float *vhat)
{
    const lts_adam *adam = &s->adam;
    const lts_rmsprop *rmsprop = &s->rmsprop;
    switch (s->kind) {
    case LSTM_SGD:
        return p - s->rate * g;
    case LSTM_MOMENTUM:
        *m = s->momentum * *m - s->rate * g;
        return p + *m;
    case LSTM_RMSPROP:
        *m = rmsprop->decay * *m + rmsprop->one_minus_decay * g * g;
        return p - rmsprop->rate * g / (sqrtf(*m + rmsprop->eps_inside) + rmsprop->eps_outside);
    case LSTM_ADAGRAD:
        *m += g * g;
        return p - s->rate * g / (sqrtf(*m) + s->eps);
    default:
        *m += adam->one_minus_beta1 * (g - *m);
        *v += adam->one_minus_beta2 * (g * g - *v);
        *vhat = s->kind == LSTM_AMSGRAD && *vhat > *v ? *vhat : *v;
        return p - (adam->decay * p + adam->rate * *m / (adam->root_by * sqrtf(*vhat) + adam->eps));
    }
}

void lts_gpu_step(lts_gpu *gpu, const lts_step *step, int64_t n, const float *gradient,
                  float *const *moments, float *values)
{
    if (!lts_twin_can_work(gpu, values, n))
        return;
    for (int64_t i = 0; i < n; i++) {
        float unused[LTS_MAX_MOMENTS], *at[LTS_MAX_MOMENTS];
        for (int q = 0; q < LTS_MAX_MOMENTS; q++)
            at[q] = moments[q] == NULL ? &unused[q] : moments[q] + i;
        values[i] = stepped(step, gradient[i], values[i], at[0], at[1], at[2]);
    }
}
