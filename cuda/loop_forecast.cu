/* SPDX-License-Identifier: MIT */
/*
 * Forecasts: no trace, a network's own outputs as inputs.
 *
 * Few windows, or a large H, run through the forward kernel's clusters. For many windows of a small
 * network each warp runs 16 windows by itself through all calls, without any barrier: h stays in
 * registers, because the layout in which the tensor cores leave a result is that in which they take
 * the left operand, and the weights of all gates stay in shared memory.
 *
 * The products keep float32's accuracy: w and h are split into two half floats,
 * w = w1 + 2^-11 w2, with 22 bits between them, and
 *
 *     w h = w1 h1 + 2^-11 (w1 h2 + w2 h1) + O(2^-22)
 *
 * where each product is exact and is added up in float32. Weights beyond the range of half floats
 * are scaled by a power of two. Inputs, which may be of any size, do not go through this: their
 * products, and the biases, are float32's own.
 */
#include "loop_forward.cuh"

#include <cuda_fp16.h>

namespace
{

using namespace loop;

constexpr int tile = 16;       /* windows of a warp                             */
constexpr int max_eights = 13; /* of units, for registers suffice: H <= 104     */
constexpr int warps = threads / 32;
constexpr int many_windows = 2048; /* from here on warps by themselves are faster */

struct warp_args {
    const float *fold, *weight_h, *weight_out, *bias_out, *x;
    const int32_t *column_feed;
    float *y;
    int n_call, B, D, K, H, context_len, lag;
};

struct warp_layout {
    size_t weights, outputs, fold, ring, inputs, bytes; /* offsets in bytes */
};

__host__ __device__ inline warp_layout lay_out(int D, int K, int H, int lag)
{
    const size_t steps = (size_t)(H + 15) / 16, units = (size_t)(H + 7) / 8;
    const size_t fragment = 32 * sizeof(uint4);
    warp_layout at;
    at.weights = 0;                                                   /* [units][gate][step]    */
    at.outputs = at.weights + units * 4 * steps * fragment;           /* [8 outputs][step]      */
    at.fold = at.outputs + (size_t)(K + 7) / 8 * steps * fragment;    /* [units][D + 1][4][8]   */
    at.ring = at.fold + units * (size_t)(D + 1) * 32 * sizeof(float); /* [warp][lag][tile][K]   */
    at.inputs = at.ring + (size_t)warps * (size_t)lag * tile * (size_t)K * sizeof(float);
    at.bytes = at.inputs + (size_t)warps * (size_t)D * tile * sizeof(float); /* [warp][D][tile]   */
    return at;
}

/* exp's relative error grows with |x|, but sigmoid's slope falls faster: 1.2e-7 at most. */
__device__ __forceinline__ float exp2_fast(float x)
{
    float r;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(x));
    return r;
}

__device__ __forceinline__ float reciprocal(float x)
{
    float r;
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(x));
    return r;
}

__device__ __forceinline__ float sigmoid_fast(float x)
{
    return reciprocal(1.0f + exp2_fast(-1.4426950408889634f * x));
}

/* Below 0.6 the odd series, fitted there; above, 1 - 2 / (e^2x + 1) loses nothing. */
__device__ __forceinline__ float tanh_fast(float x)
{
    const float far = fmaf(-2.0f, reciprocal(1.0f + exp2_fast(2.8853900817779268f * x)), 1.0f);
    const float s = x * x;
    float p = -0.0058190827f;
    p = fmaf(p, s, 0.020734750f);
    p = fmaf(p, s, -0.053767044f);
    p = fmaf(p, s, 0.13331746f);
    p = fmaf(p, s, -0.33333293f);
    const float near = fmaf(x * s, p, x);
    return fabsf(x) < 0.6f ? near : far;
}

/* A pair of floats as two pairs of half floats. */
__device__ __forceinline__ void halves(float a, float b, uint32_t &first, uint32_t &second)
{
    __half2 high = __floats2half2_rn(a, b);
    float2 back = __half22float2(high);
    __half2 low = __floats2half2_rn((a - back.x) * 2048.0f, (b - back.y) * 2048.0f);
    first = *reinterpret_cast<uint32_t *>(&high);
    second = *reinterpret_cast<uint32_t *>(&low);
}

__device__ __forceinline__ void multiply(float (&sum)[4], const uint32_t (&a)[4], uint32_t b0,
                                         uint32_t b1)
{
    asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, "
        "{%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

/*
 * A lane is `row` = lane / 4 and `column` = lane % 4. Of a result of 16 windows by 8 it has the
 * windows row and row + 8 of the columns 2 column and 2 column + 1; of a right operand the rows
 * 2 column + {0, 1, 8, 9} of the column `row`.
 */
template <int units> __global__ void __launch_bounds__(threads, 1) warp_kernel(warp_args a)
{
    constexpr int steps = (units + 1) / 2; /* of 16 columns of h */
    extern __shared__ char shared[];
    __shared__ int column_feed[max_inputs];
    __shared__ float bias_out[max_inputs];
    __shared__ float largest[warps];
    __shared__ volatile float scale[2]; /* volatile: read where used, registers are scarce */
    const int D = a.D, K = a.K, H = a.H, B = a.B, D1 = D + 1;
    const warp_layout at = lay_out(D, K, H, a.lag);
    const int thread = (int)threadIdx.x, warp = thread >> 5, lane = thread & 31;
    const int row = lane >> 2, column = lane & 3;
    uint4 *weights = (uint4 *)(shared + at.weights), *outputs = (uint4 *)(shared + at.outputs);
    float *fold = (float *)(shared + at.fold);
    float *ring = (float *)(shared + at.ring) + warp * a.lag * tile * K;
    float *inputs = (float *)(shared + at.inputs) + warp * D * tile;

    float most = 0;
    for (int i = thread; i < 4 * H * H; i += threads)
        most = fmaxf(most, fabsf(a.weight_h[i]));
    for (int i = thread; i < K * H; i += threads)
        most = fmaxf(most, fabsf(a.weight_out[i]));
    for (int mask = 16; mask; mask >>= 1)
        most = fmaxf(most, __shfl_xor_sync(whole_warp, most, mask));
    if (lane == 0)
        largest[warp] = most;
    if (thread < D)
        column_feed[thread] = a.column_feed[thread];
    if (thread < K)
        bias_out[thread] = a.bias_out[thread];
    __syncthreads();
    for (int i = 0; i < warps; i++)
        most = fmaxf(most, largest[i]);
    int exponent = 0; /* most <= 2^exponent 2^15 */
    if (most > 32768.0f)
        frexpf(most / 32768.0f, &exponent);
    exponent = exponent > 113 ? 113 : exponent;
    const float down = ldexpf(1.0f, -exponent);
    if (thread == 0)
        scale[0] = ldexpf(1.0f, exponent);
    if (thread == 0)
        scale[1] = ldexpf(1.0f, exponent - 11);

    auto fragment = [&](const float *w, bool in, int step) -> uint4 {
        float v[4];
        for (int i = 0; i < 4; i++) {
            int k = 16 * step + 2 * column + (i & 1) + 8 * (i >> 1);
            v[i] = in && k < H ? w[k] * down : 0.0f;
        }
        uint4 f;
        halves(v[0], v[1], f.x, f.z);
        halves(v[2], v[3], f.y, f.w);
        return f;
    };
    for (int i = warp; i < units * 4 * steps; i += warps) {
        int step = i % steps, gate = i / steps % 4, u = i / steps / 4 * 8 + row;
        bool in = u < H;
        weights[i * 32 + lane] =
            fragment(a.weight_h + (in ? ((size_t)gate * H + u) * H : 0), in, step);
    }
    for (int i = warp; i < (K + 7) / 8 * steps; i += warps) {
        int k = i / steps * 8 + row;
        outputs[i * 32 + lane] = fragment(a.weight_out + (k < K ? k * H : 0), k < K, i % steps);
    }
    /* [8 units][d][column][gate pair][gate][unit]: two reads of 16 bytes a lane. */
    for (int i = thread; i < units * D1 * 32; i += threads) {
        int u = i / 32 / D1 * 8 + i % 32 / 8 * 2 + i % 2, gate = i % 8 / 2;
        fold[i] = u < H ? a.fold[((size_t)gate * H + u) * D1 + i / 32 % D1] : 0.0f;
    }
    __syncthreads();

    const int n_step = a.n_call - (a.context_len - 1);
    for (int first = (warp * (int)gridDim.x + (int)blockIdx.x) * tile; first < B;
         first += (int)gridDim.x * threads / 32 * tile) {
        uint32_t h1[steps][4] = {}, h2[steps][4] = {}; /* left operands: h in half floats */
        float c[units][4] = {};

        /* y of call t, the last: to the ring, and out. */
        auto output = [&](int t) {
            const int step_out = t - (a.context_len - 1);
            if (t < a.context_len - a.lag && step_out < 0)
                return;
#pragma unroll 1
            for (int n = 0; n < K; n += 8) {
                float high[4] = {}, low[4] = {};
#pragma unroll
                for (int s = 0; s < steps; s++) {
                    uint4 b = outputs[(n / 8 * steps + s) * 32 + lane];
                    multiply(high, h1[s], b.x, b.y);
                    multiply(low, h1[s], b.z, b.w);
                    multiply(low, h2[s], b.x, b.y);
                }
                const float up = scale[0], up_low = scale[1];
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    int window = row + 8 * (i >> 1), k = n + 2 * column + (i & 1);
                    if (k >= K)
                        continue;
                    float value = fmaf(high[i], up, fmaf(low[i], up_low, bias_out[k]));
                    ring[(t % a.lag * tile + window) * K + k] = value;
                    if (step_out >= 0 && first + window < B)
                        a.y[((size_t)(first + window) * n_step + step_out) * K + k] = value;
                }
            }
        };

#pragma unroll 1
        for (int t = 0; t < a.n_call; t++) {
            if (t > 0)
                output(t - 1);
            __syncwarp();
            for (int i = lane; i < D * tile; i += 32) {
                int window = i % tile, d = i / tile, b = first + window;
                if (t >= a.context_len)
                    inputs[i] = ring[(t % a.lag * tile + window) * K + column_feed[d]];
                else
                    inputs[i] = b < B ? a.x[((size_t)t * B + b) * D + d] : 0.0f;
            }
            __syncwarp();

            uint32_t next1[steps][4] = {}, next2[steps][4] = {};
#pragma unroll
            for (int n = 0; n < units; n++) {
                /* Never so: it ends the scheduler's block, or it runs out of registers. */
                if (n * 8 >= H)
                    continue;
                float high[4][4] = {}, low[4][4] = {};
#pragma unroll
                for (int s = 0; s < steps; s++) {
#pragma unroll
                    for (int gate = 0; gate < 4; gate++) {
                        uint4 b = weights[((n * 4 + gate) * steps + s) * 32 + lane];
                        multiply(high[gate], h1[s], b.x, b.y);
                        multiply(low[gate], h1[s], b.z, b.w);
                        multiply(low[gate], h2[s], b.x, b.y);
                    }
                }
                const float up = scale[0], up_low = scale[1];
                const float4 *m = (const float4 *)(fold + n * D1 * 32 + column * 8);
                const float4 bias01 = m[D * 8], bias23 = m[D * 8 + 1];
                float z[4][4]; /* [gate][window, unit] */
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    z[0][i] = fmaf(low[0][i], up_low, i & 1 ? bias01.y : bias01.x);
                    z[1][i] = fmaf(low[1][i], up_low, i & 1 ? bias01.w : bias01.z);
                    z[2][i] = fmaf(low[2][i], up_low, i & 1 ? bias23.y : bias23.x);
                    z[3][i] = fmaf(low[3][i], up_low, i & 1 ? bias23.w : bias23.z);
                }
#pragma unroll
                for (int gate = 0; gate < 4; gate++) {
#pragma unroll
                    for (int i = 0; i < 4; i++)
                        z[gate][i] = fmaf(high[gate][i], up, z[gate][i]);
                }
#pragma unroll 1
                for (int d = 0; d < D; d++) {
                    const float4 m01 = m[d * 8], m23 = m[d * 8 + 1];
                    const float x0 = inputs[d * tile + row], x1 = inputs[d * tile + row + 8];
#pragma unroll
                    for (int i = 0; i < 4; i++) {
                        const float x = i < 2 ? x0 : x1;
                        z[0][i] = fmaf(i & 1 ? m01.y : m01.x, x, z[0][i]);
                        z[1][i] = fmaf(i & 1 ? m01.w : m01.z, x, z[1][i]);
                        z[2][i] = fmaf(i & 1 ? m23.y : m23.x, x, z[2][i]);
                        z[3][i] = fmaf(i & 1 ? m23.w : m23.z, x, z[3][i]);
                    }
                }
                float h[4];
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    c[n][i] = fmaf(sigmoid_fast(z[1][i]), c[n][i],
                                   sigmoid_fast(z[0][i]) * tanh_fast(z[2][i]));
                    h[i] = sigmoid_fast(z[3][i]) * tanh_fast(c[n][i]);
                }
                halves(h[0], h[1], next1[n / 2][n % 2 * 2], next2[n / 2][n % 2 * 2]);
                halves(h[2], h[3], next1[n / 2][n % 2 * 2 + 1], next2[n / 2][n % 2 * 2 + 1]);
            }
#pragma unroll
            for (int s = 0; s < steps; s++) {
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    h1[s][i] = next1[s][i];
                    h2[s][i] = next2[s][i];
                }
            }
        }
        output(a.n_call - 1);
        __syncwarp();
    }
}

/* Whether the weights of all gates fit into a block's shared memory. */
bool fits_warps(const warp_args &a, size_t shared)
{
    return a.H <= 8 * max_eights && lay_out(a.D, a.K, a.H, a.lag).bytes <= shared;
}

int launch_warps(const warp_args &a, int processors, cudaStream_t stream)
{
    void (*const kernels[max_eights])(warp_args) = {
        warp_kernel<1>,  warp_kernel<2>,  warp_kernel<3>, warp_kernel<4>, warp_kernel<5>,
        warp_kernel<6>,  warp_kernel<7>,  warp_kernel<8>, warp_kernel<9>, warp_kernel<10>,
        warp_kernel<11>, warp_kernel<12>, warp_kernel<13>};
    void (*const kernel)(warp_args) = kernels[(a.H + 7) / 8 - 1];
    const size_t bytes = lay_out(a.D, a.K, a.H, a.lag).bytes;
    cudaError_t error =
        cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int)bytes);
    int blocks = 0;
    if (error == cudaSuccess)
        error = cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel, threads, bytes);
    if (error != cudaSuccess)
        return (int)error;
    if (blocks < 1)
        return (int)cudaErrorLaunchOutOfResources;
    const int tiles = (a.B + tile - 1) / tile, most = processors * blocks;
    const int grid = tiles < most ? tiles : most;
    kernel<<<grid, threads, bytes, stream>>>(a);
    return (int)cudaGetLastError();
}

} // namespace

int lts_loop_forecast_run(lts_gpu *gpu, const lts_loop_forecast *net)
{
    if (net->n_call < 1 || net->B < 1)
        return 0;
    cudaStream_t stream = (cudaStream_t)lts_gpu_stream(gpu);
    /* Where no call is fed any lag is the same; the slots of y stay few. */
    const int lag = net->n_call > net->context_len ? (int)net->lag : 1;

    int device = 0, processors = 0, shared = 0;
    cudaError_t error = cudaGetDevice(&device);
    if (error == cudaSuccess)
        error = cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device);
    if (error == cudaSuccess)
        error = all_shared(&shared);
    if (error != cudaSuccess)
        return (int)error;
    warp_args w = {net->fold,
                   net->weight_h,
                   net->weight_out,
                   net->bias_out,
                   net->x,
                   net->column_feed,
                   net->y,
                   (int)net->n_call,
                   (int)net->B,
                   (int)net->D,
                   (int)net->K,
                   (int)net->H,
                   (int)net->context_len,
                   lag};
    if (net->B >= many_windows && fits_warps(w, (size_t)shared))
        return launch_warps(w, processors, stream);

    const split parts = split_units(net->H);
    forward_args a = {};
    a.fold = net->fold;
    a.weight_h = net->weight_h;
    a.weight_out = net->weight_out;
    a.bias_out = net->bias_out;
    a.column_feed = net->column_feed;
    a.x = (float *)net->x; /* without a trace it is only read */
    a.y = net->y;
    a.n_call = (int)net->n_call;
    a.B = (int)net->B;
    a.D = (int)net->D;
    a.K = (int)net->K;
    a.H = (int)net->H;
    a.C = parts.C;
    a.U = parts.U;
    a.context_len = (int)net->context_len;
    a.lag = lag;
    a.n_slot = lag;
    const variant<forward_args> variants[] = {forward_variant<false, 4>(a)};
    return launch(variants, 1, a, parts.C, net->B, stream);
}
