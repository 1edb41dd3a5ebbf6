/* SPDX-License-Identifier: MIT */
/*
 * The kernels of backend.h for an unroll: cells, sums and few products. Those for windows are in
 * kernels_windows.cu, for losses in kernels_score.cu, for blocks of the parameter table in
 * kernels_blocks.cu.
 */
#include "kernels.cuh"

namespace
{

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

} // namespace

void lts_gpu_multiply_few(lts_gpu *gpu, const lts_product *p)
{
    multiply_few<<<blocks_for(p->m * p->n * 32), THREADS, 0, gpu->stream>>>(*p);
    check(gpu, "multiplying");
}

cudaError_t lts_gpu_find_code(void)
{
    cudaFuncAttributes attributes;
    return cudaFuncGetAttributes(&attributes, sum_rows);
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

} // extern "C"
