/* SPDX-License-Identifier: MIT */
/* The whole-plan kernels of loop.h in plain C, window by window: the twin's. */
#include "loop.h"
#include "twin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 64, MOST_KEPT = 200 * 1024 / 16, OUT_OF_MEMORY = 2 };

bool lts_loop_fits(const lts_gpu *gpu, int64_t D, int64_t K, int64_t H, int64_t lag)
{
    (void)gpu;
    return !lts_twin_control.without_loop && D <= MOST && K <= MOST && H <= MOST &&
           lag * K <= MOST_KEPT;
}

static float sigmoid(float x)
{
    return 1 / (1 + expf(-x));
}

/* The sizes and weights that both kinds of loop have. */
typedef struct net {
    int64_t D, K, H;
    const float *fold, *weight_h, *weight_out, *bias_out;
    float scale;
} net;

/* What dropout multiplies output j of a row by; `kept` may be NULL. */
static float mask_of(const uint32_t *kept, float scale, int64_t j)
{
    return kept == NULL ? 1 : kept[j / 32] >> (j % 32) & 1 ? scale : 0;
}

/* gates [4H] of one window: K_x x + k + W_h h. */
static void sum_gates(const net *n, const float *x, const float *h, float *gates)
{
    int64_t D = n->D, H = n->H;
    for (int64_t row = 0; row < 4 * H; row++) {
        const float *fold = n->fold + row * (D + 1);
        float z = fold[D];
        for (int64_t d = 0; d < D; d++)
            z += fold[d] * x[d];
        for (int64_t j = 0; j < H; j++)
            z += n->weight_h[row * H + j] * h[j];
        gates[row] = z;
    }
}

/* One call of one window; h may be h_prev, and kept NULL. */
static void call_forward(const net *n, const float *x, const float *h_prev, const float *c_prev,
                         const uint32_t *kept, float *gates, float *c, float *h, float *y)
{
    int64_t H = n->H;
    sum_gates(n, x, h_prev, gates);
    for (int64_t j = 0; j < H; j++) {
        for (int64_t gate = 0; gate < 4; gate++)
            gates[gate * H + j] =
                gate == 2 ? tanhf(gates[gate * H + j]) : sigmoid(gates[gate * H + j]);
        c[j] = gates[H + j] * c_prev[j] + gates[j] * gates[2 * H + j];
        h[j] = gates[3 * H + j] * tanhf(c[j]);
    }
    for (int64_t k = 0; k < n->K; k++) {
        y[k] = n->bias_out[k];
        for (int64_t j = 0; j < H; j++)
            y[k] += n->weight_out[k * H + j] * (h[j] * mask_of(kept, n->scale, j));
    }
}

static const uint32_t *kept_of(const lts_loop *l, int64_t row)
{
    return l->kept == NULL ? NULL : l->kept + row * ((l->H + 31) / 32);
}

int lts_loop_forward(lts_gpu *gpu, const lts_loop *l)
{
    (void)gpu;
    const net n = {l->D, l->K, l->H, l->fold, l->weight_h, l->weight_out, l->bias_out, l->scale};
    int64_t B = l->B, D = l->D, K = l->K, H = l->H;
    for (int64_t call = 0; call < l->n_call; call++)
        for (int64_t b = 0; b < B; b++) {
            int64_t before = call * B + b, after = before + B;
            float *x = l->x + before * D;
            const float *fed = l->y + (l->feed[call] * B + b) * K;
            for (int64_t d = 0; d < D && l->feed[call] >= 0; d++)
                if (l->column_feed[d] >= 0)
                    x[d] = fed[l->column_feed[d]];
            call_forward(&n, x, l->h + before * H, l->c + before * H, kept_of(l, before),
                         l->gates + before * 4 * H, l->c + after * H, l->h + after * H,
                         l->y + before * K);
        }
    return 0;
}

/* gates of one window become dz; dc [H] by c becomes dc by c_prev. */
static void gates_backward(int64_t H, float *gates, const float *c_prev, const float *c,
                           const float *dh, float *dc)
{
    for (int64_t j = 0; j < H; j++) {
        float i = gates[j], f = gates[H + j], g = gates[2 * H + j], o = gates[3 * H + j];
        float tanh_c = tanhf(c[j]);
        dc[j] += dh[j] * o * (1 - tanh_c * tanh_c);
        gates[j] = dc[j] * g * i * (1 - i);
        gates[H + j] = dc[j] * c_prev[j] * f * (1 - f);
        gates[2 * H + j] = dc[j] * i * (1 - g * g);
        gates[3 * H + j] = dh[j] * tanh_c * o * (1 - o);
        dc[j] *= f;
    }
}

/* One window at one call; dh and dc [H] come from the call after and go to the one before. */
static void call_backward(const lts_loop *l, int64_t call, int64_t b, float *dh, float *dc)
{
    int64_t B = l->B, D = l->D, K = l->K, H = l->H, before = call * B + b, after = before + B;
    float *dz = l->gates + before * 4 * H;
    for (int64_t j = 0; j < H; j++)
        for (int64_t k = 0; k < K; k++)
            dh[j] += mask_of(kept_of(l, before), l->scale, j) * l->weight_out[k * H + j] *
                     l->dy[before * K + k];
    gates_backward(H, dz, l->c + before * H, l->c + after * H, dh, dc);
    for (int64_t j = 0; j < H; j++) {
        dh[j] = 0;
        for (int64_t row = 0; row < 4 * H; row++)
            dh[j] += l->weight_h[row * H + j] * dz[row];
    }
    float *dy = l->dy + (l->feed[call] * B + b) * K;
    for (int64_t d = 0; d < D && l->feed[call] >= 0; d++)
        for (int64_t row = 0; row < 4 * H && l->column_feed[d] >= 0; row++)
            dy[l->column_feed[d]] += l->fold[row * (D + 1) + d] * dz[row];
}

int lts_loop_backward(lts_gpu *gpu, const lts_loop *l)
{
    (void)gpu;
    for (int64_t b = 0; b < l->B; b++) {
        float dh[MOST] = {0}, dc[MOST] = {0};
        for (int64_t call = l->n_call - 1; call >= 0; call--)
            call_backward(l, call, b, dh, dc);
    }
    return 0;
}

int lts_loop_forecast_run(lts_gpu *gpu, const lts_loop_forecast *f)
{
    (void)gpu;
    const net n = {f->D, f->K, f->H, f->fold, f->weight_h, f->weight_out, f->bias_out, 1};
    int64_t B = f->B, D = f->D, K = f->K, n_step = f->n_call - f->context_len + 1;
    float *y = malloc((size_t)(f->n_call * K) * sizeof *y);
    if (y == NULL)
        return OUT_OF_MEMORY;
    for (int64_t b = 0; b < B; b++) {
        float gates[4 * MOST], c[MOST] = {0}, h[MOST] = {0}, x[MOST];
        for (int64_t t = 0; t < f->n_call; t++) {
            if (t < f->context_len)
                memcpy(x, f->x + (t * B + b) * D, (size_t)D * sizeof *x);
            for (int64_t d = 0; t >= f->context_len && d < D; d++)
                x[d] = y[(t - f->lag) * K + f->column_feed[d]];
            call_forward(&n, x, h, c, NULL, gates, c, h, y + t * K);
        }
        memcpy(f->y + b * n_step * K, y + (f->context_len - 1) * K,
               (size_t)(n_step * K) * sizeof *y);
    }
    free(y);
    return 0;
}
