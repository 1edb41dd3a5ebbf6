/* SPDX-License-Identifier: MIT */
/*
 * The kernels of backend.h: element by element, and sums. Sums go in two stages of fixed order, so
 * that the same numbers give the same bits.
 */
#include "backend_cuda.h"

#include <lstmts/optimizer.h>

namespace
{

constexpr int THREADS = 256;
constexpr int64_t MOST_BLOCKS = 4096; /* beyond, threads take several elements */

int blocks_for(int64_t n)
{
    int64_t blocks = (n + THREADS - 1) / THREADS;
    return static_cast<int>(blocks < 1 ? 1 : blocks < MOST_BLOCKS ? blocks : MOST_BLOCKS);
}

/* Elements of a thread: i = first; i < n; i += stride. */
__device__ int64_t first_element()
{
    return static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}

__device__ int64_t stride()
{
    return static_cast<int64_t>(gridDim.x) * blockDim.x;
}

void check(lts_gpu *gpu, const char *what)
{
    lts_gpu_keep(gpu, cudaGetLastError(), what);
}

/* Accurate to a few ulp: expf and tanhf are CUDA's, not the fast ones. */
__device__ float sigmoid(float x)
{
    return 1 / (1 + expf(-x));
}

/* A warp has an element of C, each lane every 32nd term. Whole warps take part to the end. */
__global__ void multiply_few(lts_product p)
{
    int64_t lane = threadIdx.x % 32;
    for (int64_t at = first_element() / 32; at < p.m * p.n; at += stride() / 32) {
        int64_t i = at / p.n, j = at % p.n;
        float sum = 0;
        for (int64_t q = lane; q < p.k; q += 32)
            sum += p.a[p.transpose_a ? q * p.lda + i : i * p.lda + q] *
                   p.b[p.transpose_b ? j * p.ldb + q : q * p.ldb + j];
        for (int half = 16; half > 0; half /= 2)
            sum += __shfl_down_sync(0xffffffffu, sum, half);
        float *c = p.c + i * p.ldc + j;
        if (lane == 0)
            *c = p.beta == 0 ? sum : p.beta * *c + sum;
    }
}

__global__ void fill_rows(int64_t m, int64_t n, const float *__restrict__ row, float *out)
{
    for (int64_t i = first_element(); i < m * n; i += stride())
        out[i] = row[i % n];
}

__global__ void put_column(int64_t n, const float *__restrict__ values, bool adds, float *out,
                           int64_t row)
{
    for (int64_t i = first_element(); i < n; i += stride())
        out[i * row] = adds ? out[i * row] + values[i] : values[i];
}

constexpr int SUM_COLUMNS = 32, SUM_ROWS = 8;

/* Block (x, part) sums the part's rows of 32 columns: work [gridDim.y, n]. */
__global__ void sum_rows(int64_t m, int64_t n, const float *__restrict__ a, float *work)
{
    __shared__ float sums[SUM_ROWS][SUM_COLUMNS];
    int64_t j = static_cast<int64_t>(blockIdx.x) * SUM_COLUMNS + threadIdx.x;
    int64_t begin = m * blockIdx.y / gridDim.y, end = m * (blockIdx.y + 1) / gridDim.y;
    float sum = 0;
    if (j < n)
        for (int64_t i = begin + threadIdx.y; i < end; i += SUM_ROWS)
            sum += a[i * n + j];
    sums[threadIdx.y][threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.y != 0 || j >= n)
        return;
    for (int r = 1; r < SUM_ROWS; r++)
        sum += sums[r][threadIdx.x];
    work[blockIdx.y * n + j] = sum;
}

__global__ void sum_parts(int64_t n, int n_part, const float *__restrict__ work, float *out)
{
    for (int64_t j = first_element(); j < n; j += stride()) {
        double sum = 0;
        for (int part = 0; part < n_part; part++)
            sum += static_cast<double>(work[part * n + j]);
        out[j] = static_cast<float>(sum);
    }
}

__global__ void gather(lts_gather_rows g)
{
    for (int64_t i = first_element(); i < g.n_call * g.B * g.n; i += stride()) {
        int64_t j = i % g.n, b = i / g.n % g.B, call = i / g.n / g.B;
        g.out[i] = g.series[(g.offsets[b] + g.rows[call]) * g.n_column + g.columns[j]];
    }
}

__global__ void feed(lts_feeding f, const float *__restrict__ y, float *x)
{
    for (int64_t i = first_element(); i < f.n * f.B * f.D; i += stride()) {
        int64_t d = i % f.D, b = i / f.D % f.B, call = i / f.D / f.B;
        if (f.feed[call] >= 0 && f.column_feed[d] >= 0)
            x[i] = y[(f.feed[call] * f.B + b) * f.K + f.column_feed[d]];
    }
}

/* A thread has one column of a window in all calls: two calls may be fed by the same output. */
__global__ void feed_back(lts_feeding f, const float *__restrict__ dx, float *dy)
{
    for (int64_t i = first_element(); i < f.B * f.D; i += stride()) {
        int64_t d = i % f.D, b = i / f.D;
        for (int64_t call = 0; call < f.n && f.column_feed[d] >= 0; call++)
            if (f.feed[call] >= 0)
                dy[(f.feed[call] * f.B + b) * f.K + f.column_feed[d]] += dx[call * f.B * f.D + i];
    }
}

/* The sum over a block's threads, in thread 0, always in the same order. */
__device__ double block_sum(double value)
{
    __shared__ double sums[THREADS];
    sums[threadIdx.x] = value;
    for (int half = THREADS / 2; half > 0; half /= 2) {
        __syncthreads();
        if (threadIdx.x < half)
            sums[threadIdx.x] += sums[threadIdx.x + half];
    }
    return sums[0];
}

/* A block has one call. */
__global__ void score(lts_scoring s)
{
    int64_t call = blockIdx.x, t = s.target_step[call];
    const float *y = s.y + call * s.slot, *target = s.target + t * s.slot;
    float *dy = s.dy + call * s.slot, slope = 2 / static_cast<float>(s.slot);
    double sum = 0;
    for (int64_t i = threadIdx.x; i < s.slot; i += THREADS) {
        float error = t < 0 ? 0 : y[i] - target[i];
        sum += static_cast<double>(error) * static_cast<double>(error);
        dy[i] = slope * error;
    }
    sum = block_sum(sum);
    if (threadIdx.x == 0 && t >= 0)
        s.step_loss[t] = sum / static_cast<double>(s.slot);
}

/* Units along x, windows along y. */
dim3 cell_blocks(int64_t B, int64_t H)
{
    const int64_t most = 65535;
    return dim3(static_cast<unsigned>((H + THREADS - 1) / THREADS),
                static_cast<unsigned>(B < most ? B : most));
}

__global__ void gates_forward(lts_gates g)
{
    int64_t H = g.H, row = g.bias_stride, j = first_element();
    const float *bias = g.bias;
    for (int64_t b = blockIdx.y; b < g.B && j < H; b += gridDim.y) {
        int64_t at = b * H + j;
        float *z = g.gates + b * 4 * H + j;
        float i = sigmoid(z[0] + bias[j * row]);
        float f = sigmoid(z[H] + bias[(H + j) * row]);
        float cell = tanhf(z[2 * H] + bias[(2 * H + j) * row]);
        float o = sigmoid(z[3 * H] + bias[(3 * H + j) * row]);
        float c = f * g.c_prev[at] + i * cell;
        g.c[at] = c;
        g.h[at] = o * tanhf(c);
        z[0] = i;
        z[H] = f;
        z[2 * H] = cell;
        z[3 * H] = o;
    }
}

__global__ void gates_backward(lts_gates gates, const float *__restrict__ by_h, float *dc,
                               bool last)
{
    int64_t H = gates.H, j = first_element();
    for (int64_t b = blockIdx.y; b < gates.B && j < H; b += gridDim.y) {
        int64_t at = b * H + j;
        float *z = gates.gates + b * 4 * H + j;
        float i = z[0], f = z[H], g = z[2 * H], o = z[3 * H], tanh_c = tanhf(gates.c[at]);
        float dh = by_h[at];
        float by_c = (last ? 0 : dc[at]) + dh * o * (1 - tanh_c * tanh_c);
        z[0] = by_c * g * i * (1 - i);
        z[H] = by_c * gates.c_prev[at] * f * (1 - f);
        z[2 * H] = by_c * i * (1 - g * g);
        z[3 * H] = dh * tanh_c * o * (1 - o);
        dc[at] = by_c * f;
    }
}

__global__ void square_parts(int64_t n, const float *__restrict__ values, double *partial)
{
    double sum = 0;
    for (int64_t i = first_element(); i < n; i += stride())
        sum += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    sum = block_sum(sum);
    if (threadIdx.x == 0)
        partial[blockIdx.x] = sum;
}

__global__ void sum_partial(int n, const double *__restrict__ partial, double *out)
{
    double sum = 0;
    for (int i = threadIdx.x; i < n; i += THREADS)
        sum += partial[i];
    sum = block_sum(sum);
    if (threadIdx.x == 0)
        *out = sum;
}

__global__ void clip(int64_t n, double most, const double *square, float *values)
{
    double norm = sqrt(*square);
    float factor = static_cast<float>(most / norm);
    if (norm > most)
        for (int64_t i = first_element(); i < n; i += stride())
            values[i] *= factor;
}

__global__ void add_scaled(int64_t n, float factor, const float *__restrict__ x, float *y)
{
    for (int64_t i = first_element(); i < n; i += stride())
        y[i] += factor * x[i];
}

/* Magnitudes of floats are in the order of their bits; NaN is above infinity, and becomes it. */
__global__ void largest(int64_t n, const float *__restrict__ values, unsigned *most)
{
    unsigned mine = 0;
    for (int64_t i = first_element(); i < n; i += stride())
        mine = max(mine, __float_as_uint(values[i]) & 0x7fffffffu);
    atomicMax(most, min(mine, 0x7f800000u));
}

__global__ void set_position(int64_t n, unsigned long long *at)
{
    *at = static_cast<unsigned long long>(n);
}

__global__ void first_nonfinite(int64_t n, const float *__restrict__ values, unsigned long long *at)
{
    for (int64_t i = first_element(); i < n; i += stride())
        if (!isfinite(values[i])) {
            atomicMin(at, static_cast<unsigned long long>(i));
            return;
        }
}

struct moments_of {
    float *at[LTS_MAX_MOMENTS];
};

/* The formulas of lstmts/optimizer.h; a kernel of its own for each kind of optimizer. */
template <int KIND>
__global__ void step(lts_step s, int64_t n, const float *__restrict__ gradient, moments_of moments,
                     float *__restrict__ values)
{
    for (int64_t i = first_element(); i < n; i += stride()) {
        float g = gradient[i], p = values[i];
        if (KIND == LSTM_SGD) {
            p -= s.rate * g;
        } else if (KIND == LSTM_MOMENTUM) {
            float v = s.momentum * moments.at[0][i] - s.rate * g;
            moments.at[0][i] = v;
            p += v;
        } else if (KIND == LSTM_RMSPROP) {
            const lts_rmsprop &k = s.rmsprop;
            float square = k.decay * moments.at[0][i] + k.one_minus_decay * g * g;
            moments.at[0][i] = square;
            p -= k.rate * g / (sqrtf(square + k.eps_inside) + k.eps_outside);
        } else if (KIND == LSTM_ADAGRAD) {
            float square = moments.at[0][i] + g * g;
            moments.at[0][i] = square;
            p -= s.rate * g / (sqrtf(square) + s.eps);
        } else {
            const lts_adam &k = s.adam;
            float m = moments.at[0][i], v = moments.at[1][i];
            m += k.one_minus_beta1 * (g - m);
            v += k.one_minus_beta2 * (g * g - v);
            moments.at[0][i] = m;
            moments.at[1][i] = v;
            if (KIND == LSTM_AMSGRAD) {
                v = fmaxf(moments.at[2][i], v);
                moments.at[2][i] = v;
            }
            p -= k.decay * p + k.rate * m / (k.root_by * sqrtf(v) + k.eps);
        }
        values[i] = p;
    }
}

} // namespace

void lts_gpu_multiply_few(lts_gpu *gpu, const lts_product *p)
{
    multiply_few<<<blocks_for(p->m * p->n * 32), THREADS, 0, gpu->stream>>>(*p);
    check(gpu, "multiplying");
}

extern "C" {

void lts_gpu_fill_rows(lts_gpu *gpu, int64_t m, int64_t n, const float *row, float *out)
{
    if (gpu->status < 0)
        return;
    fill_rows<<<blocks_for(m * n), THREADS, 0, gpu->stream>>>(m, n, row, out);
    check(gpu, "filling rows");
}

void lts_gpu_put_column(lts_gpu *gpu, int64_t n, const float *values, float beta, float *out,
                        int64_t row)
{
    if (gpu->status < 0)
        return;
    put_column<<<blocks_for(n), THREADS, 0, gpu->stream>>>(n, values, beta != 0, out, row);
    check(gpu, "putting a column");
}

void lts_gpu_column_sums(lts_gpu *gpu, int64_t m, int64_t n, const float *a, float *work,
                         float *out)
{
    if (gpu->status < 0)
        return;
    int64_t parts = (m + 63) / 64, most = LTS_SUM_PARTS;
    int n_part = static_cast<int>(parts < most ? parts : most);
    dim3 grid(static_cast<unsigned>((n + SUM_COLUMNS - 1) / SUM_COLUMNS),
              static_cast<unsigned>(n_part));
    sum_rows<<<grid, dim3(SUM_COLUMNS, SUM_ROWS), 0, gpu->stream>>>(m, n, a, work);
    sum_parts<<<blocks_for(n), THREADS, 0, gpu->stream>>>(n, n_part, work, out);
    check(gpu, "summing columns");
}

void lts_gpu_gather(lts_gpu *gpu, const lts_gather_rows *g)
{
    if (gpu->status < 0)
        return;
    gather<<<blocks_for(g->n_call * g->B * g->n), THREADS, 0, gpu->stream>>>(*g);
    check(gpu, "gathering windows");
}

void lts_gpu_feed(lts_gpu *gpu, const lts_feeding *f, const float *y, float *x)
{
    if (gpu->status < 0)
        return;
    feed<<<blocks_for(f->n * f->B * f->D), THREADS, 0, gpu->stream>>>(*f, y, x);
    check(gpu, "feeding outputs");
}

void lts_gpu_feed_back(lts_gpu *gpu, const lts_feeding *f, const float *dx, float *dy)
{
    if (gpu->status < 0)
        return;
    feed_back<<<blocks_for(f->B * f->D), THREADS, 0, gpu->stream>>>(*f, dx, dy);
    check(gpu, "feeding gradients back");
}

void lts_gpu_score(lts_gpu *gpu, const lts_scoring *s)
{
    if (gpu->status < 0)
        return;
    score<<<static_cast<unsigned>(s->n_call), THREADS, 0, gpu->stream>>>(*s);
    check(gpu, "computing losses");
}

void lts_gpu_gates_forward(lts_gpu *gpu, const lts_gates *g)
{
    if (gpu->status < 0)
        return;
    gates_forward<<<cell_blocks(g->B, g->H), THREADS, 0, gpu->stream>>>(*g);
    check(gpu, "computing gates");
}

void lts_gpu_gates_backward(lts_gpu *gpu, const lts_gates *g, const float *dh, float *dc, bool last)
{
    if (gpu->status < 0)
        return;
    gates_backward<<<cell_blocks(g->B, g->H), THREADS, 0, gpu->stream>>>(*g, dh, dc, last);
    check(gpu, "computing gates backward");
}

void lts_gpu_sum_squares(lts_gpu *gpu, int64_t n, const float *values, double *square)
{
    if (gpu->status < 0)
        return;
    const int most = LTS_PARTIALS, blocks = blocks_for(n) < most ? blocks_for(n) : most;
    square_parts<<<blocks, THREADS, 0, gpu->stream>>>(n, values, gpu->partial);
    sum_partial<<<1, THREADS, 0, gpu->stream>>>(blocks, gpu->partial, square);
    check(gpu, "computing a norm");
}

void lts_gpu_clip(lts_gpu *gpu, int64_t n, double most, const double *square, float *values)
{
    if (gpu->status < 0)
        return;
    clip<<<blocks_for(n), THREADS, 0, gpu->stream>>>(n, most, square, values);
    check(gpu, "clipping");
}

void lts_gpu_add_scaled(lts_gpu *gpu, int64_t n, float factor, const float *x, float *y)
{
    if (gpu->status < 0)
        return;
    add_scaled<<<blocks_for(n), THREADS, 0, gpu->stream>>>(n, factor, x, y);
    check(gpu, "adding");
}

void lts_gpu_largest(lts_gpu *gpu, int64_t n, const float *values, float *most)
{
    lts_gpu_zero(gpu, most, sizeof *most);
    if (gpu->status < 0)
        return;
    largest<<<blocks_for(n), THREADS, 0, gpu->stream>>>(n, values,
                                                        reinterpret_cast<unsigned *>(most));
    check(gpu, "finding the largest");
}

void lts_gpu_first_nonfinite(lts_gpu *gpu, int64_t n, const float *values, int64_t *at)
{
    if (gpu->status < 0)
        return;
    unsigned long long *position = reinterpret_cast<unsigned long long *>(at);
    set_position<<<1, 1, 0, gpu->stream>>>(n, position);
    first_nonfinite<<<blocks_for(n), THREADS, 0, gpu->stream>>>(n, values, position);
    check(gpu, "looking for values that are not finite");
}

void lts_gpu_step(lts_gpu *gpu, const lts_step *s, int64_t n, const float *gradient,
                  float *const *moments, float *values)
{
    moments_of m;
    for (int i = 0; i < LTS_MAX_MOMENTS; i++)
        m.at[i] = moments[i];
    void (*kernel)(lts_step, int64_t, const float *, moments_of, float *) =
        s->kind == LSTM_SGD        ? step<LSTM_SGD>
        : s->kind == LSTM_MOMENTUM ? step<LSTM_MOMENTUM>
        : s->kind == LSTM_RMSPROP  ? step<LSTM_RMSPROP>
        : s->kind == LSTM_ADAGRAD  ? step<LSTM_ADAGRAD>
        : s->kind == LSTM_AMSGRAD  ? step<LSTM_AMSGRAD>
                                   : step<LSTM_ADAM>;
    if (gpu->status < 0)
        return;
    kernel<<<blocks_for(n), THREADS, 0, gpu->stream>>>(*s, n, gradient, m, values);
    check(gpu, "the optimizer's step");
}

} // extern "C"
