/* SPDX-License-Identifier: MIT */
/*
 * The forward kernel, with the trace of an update or, for a forecast, without one.
 *
 * A cluster of C blocks runs some groups of G windows through all calls. A block owns U <= 32 units.
 * In a warp, the lanes 8 j + s, s < 8, hold the weights of the four gates of one unit for the
 * columns 32 q + 4 s + {0, 1, 2, 3}, q < KQ, in registers, so that each 16 bytes of h read from
 * shared memory feed 16 multiply-adds. Sums over the 8 lanes leave, where G is 4, in lane s the
 * gates (i, f) for even s or (g, o) for odd s of the window s / 2; in wider groups all four gates
 * of the window s. The new h goes to all blocks of the cluster.
 *
 * Order within call t, and why no access races:
 *   - h of call t - 1 is in buffer t & 1, complete since the barrier that ended call t - 1;
 *   - y of call t - 1 is computed from it: by all blocks where call t is fed from it, else shared
 *     out over the blocks; far feeds (trace only) were stored to y at least one barrier ago;
 *   - after the product of the first group the block's barrier makes x and y visible;
 *   - h of call t goes to buffer (t + 1) & 1 of all blocks, last read in call t - 1;
 *   - stores of the trace stand between the barrier's arrive and wait, for arrive waits for
 *     every store before it.
 */
#ifndef LTS_CUDA_LOOP_FORWARD_CUH
#define LTS_CUDA_LOOP_FORWARD_CUH

#include "loop_common.cuh"

namespace loop
{

struct forward_args {
    const float *fold, *weight_h, *weight_out, *bias_out;
    const int32_t *feed, *column_feed; /* feed: trace only                                        */
    const uint32_t *kept;              /* trace only: dropout's bits, KQ words a row; or null     */
    float scale;
    float *x, *gates, *c, *h; /* trace: written; forecast: x is only read                */
    float *y;
    int n_call, B, D, K, H, C, U;
    int context_len, lag; /* forecast: call t >= context_len reads y of call t - lag */
    int n_slot;           /* slots of y in shared memory: 2 with a trace, else lag   */
    int n_group;
};

static inline shared_bytes forward_shared(int D, int K, int KQ, int n_slot, int G)
{
    const size_t lanes = (size_t)padded(G);
    const size_t fixed = (size_t)block_units * (size_t)(D + 1) * 4 + (size_t)K * 32 * (size_t)KQ;
    const size_t each = 2 * (size_t)G * 32 * (size_t)KQ + 2 * (size_t)(D + 1) * lanes +
                        (size_t)n_slot * (size_t)K * lanes + threads;
    return {fixed * sizeof(float), each * sizeof(float)};
}

template <int KQ, bool trace, int G>
__device__ __forceinline__ void run_forward(const forward_args &a)
{
    constexpr int P = 32 * KQ;
    constexpr bool wide = G > 4;
    constexpr int W = padded(G), Q = W / 4; /* windows of x and y in shared memory, as Q float4 */
    extern __shared__ float4 shared4[];
    __shared__ int column_feed[max_inputs];
    __shared__ float bias_out[max_inputs];
    const int D = a.D, K = a.K, H = a.H, B = a.B, n_group = a.n_group;
    const int windows = G * n_group, D1 = D + 1;
    float4 *fold = shared4;                                 /* [unit][D + 1], i f g o */
    float *weight_out = (float *)(fold + block_units * D1); /* [K][P]                 */
    float *hs = weight_out + K * P;                         /* [2][window][P]         */
    float4 *xs = (float4 *)(hs + 2 * windows * P);          /* [2][group][D + 1][W windows] */
    float4 *ys = xs + 2 * n_group * D1 * Q;                 /* [slot][group][K][W windows]  */
    float *cs = (float *)(ys + a.n_slot * n_group * K * Q); /* [group][thread]             */

    const int thread = (int)threadIdx.x, warp = thread >> 5, lane = thread & 31;
    const int rank = a.C > 1 ? cluster_rank() : 0;
    const int first = (int)blockIdx.x / a.C * windows; /* the cluster's first window */
    const int s = lane & 7, pair = wide ? 0 : s & 1, slot_window = wide ? s : s >> 1;
    const int u0 = rank * a.U, j = warp * 4 + (lane >> 3), u = u0 + j;
    const bool works = warp * 4 < a.U; /* the warp has units */
    const bool owned = j < a.U && u < H;

    float4 w[4 * KQ]; /* [q][element], gates i f g o */
#pragma unroll
    for (int q = 0; q < KQ; q++) {
#pragma unroll
        for (int e = 0; e < 4; e++) {
            int k = 32 * q + 4 * s + e;
            bool in = owned && k < H;
            const float *at = a.weight_h + (in ? (size_t)u * H + k : 0);
            size_t next = in ? (size_t)H * H : 0;
            w[4 * q + e] = in ? make_float4(at[0], at[next], at[2 * next], at[3 * next])
                              : make_float4(0, 0, 0, 0);
        }
    }
    for (int i = thread; i < block_units * D1; i += threads) {
        int unit = u0 + i / D1, d = i % D1;
        bool in = i / D1 < a.U && unit < H;
        const float *at = a.fold + (in ? (size_t)unit * D1 + d : 0);
        size_t next = in ? (size_t)H * D1 : 0;
        fold[i] =
            in ? make_float4(at[0], at[next], at[2 * next], at[3 * next]) : make_float4(0, 0, 0, 0);
    }
    for (int i = thread; i < K * P; i += threads)
        weight_out[i] = i % P < H ? a.weight_out[i / P * H + i % P] : 0.0f;
    for (int i = thread; i < 2 * windows * P; i += threads)
        hs[i] = 0.0f;
    for (int i = thread; i < 2 * n_group * Q; i += threads)
        xs[(i / Q * D1 + D) * Q + i % Q] = make_float4(1, 1, 1, 1); /* the column of the bias */
    for (int g = 0; g < n_group; g++)
        cs[g * threads + thread] = 0.0f;
    if (thread < D)
        column_feed[thread] = a.column_feed[thread];
    if (thread < K)
        bias_out[thread] = a.bias_out[thread];

    auto feed_of = [&](int t) -> int {
        if (t >= a.n_call)
            return -1;
        if (trace)
            return a.feed[t];
        return t < a.context_len ? -1 : t - a.lag;
    };
    auto slot_of = [&](int t) -> int { return trace ? t & 1 : t % a.lag; }; /* what call t reads */

    /* The inputs of call t that are not fed, copied in the background. */
    auto load_x = [&](int t, int fed) {
        if (!trace && t >= a.context_len)
            return;
        for (int i = thread; i < windows * D; i += threads) {
            int window = i / D, d = i % D, b = first + window;
            if (fed >= 0 && column_feed[d] >= 0)
                continue;
            float *to = (float *)(xs + (((t & 1) * n_group + window / G) * D1 + d) * Q);
            bool in = b < B;
            copy_async(to + window % G, a.x + (in ? ((size_t)t * B + b) * D + d : 0), in);
        }
    };
    /* y of an earlier call, not the last, from where the cluster has stored it. */
    auto load_far = [&](int t, int from) {
        for (int i = thread; i < windows * K; i += threads) {
            int window = i / K, k = i % K, b = first + window;
            float *to = (float *)(ys + ((slot_of(t) * n_group + window / G) * K + k) * Q);
            bool in = b < B;
            copy_async(to + window % G, a.y + (in ? ((size_t)from * B + b) * K + k : 0), in);
        }
    };
    /* y of call t from hs; `keep`: this block needs all of them in the slot `slot`. */
    auto output = [&](int t, bool keep, int slot) {
        const float *h = hs + ((t + 1) & 1) * windows * P;
        int step = trace ? t : t - (a.context_len - 1);
        int steps = trace ? a.n_call : a.n_call - (a.context_len - 1);
        if (step < 0 && !keep)
            return;
        for (int item = warp; item < n_group * K; item += threads / 32) {
            int g = item / K, k = item % K;
            bool stores = item % a.C == rank;
            if (!stores && !keep)
                continue;
            float sum[W] = {};
#pragma unroll
            for (int i = 0; i < (KQ + 3) / 4; i++) {
                int quad = lane + 32 * i;
                if (quad >= P / 4)
                    continue;
                float4 weight = ((const float4 *)(weight_out + k * P))[quad];
#pragma unroll
                for (int n = 0; n < G; n++) {
                    float4 in = ((const float4 *)(h + (g * G + n) * P))[quad];
                    if (trace && a.kept != nullptr) {
                        int b = first + g * G + n;
                        in = keep4(in, b < B ? a.kept[((size_t)t * B + b) * KQ + quad / 8] >>
                                                   (quad % 8 * 4)
                                             : 0);
                    }
                    sum[n] = dot4(weight, in, sum[n]);
                }
            }
            float value = sum_windows(sum, lane);
            if (trace && a.kept != nullptr)
                value *= a.scale;
            value += bias_out[k];
            int n = lane / (32 / W), b = first + g * G + n;
            if (lane % (32 / W) == 0 && n < G) {
                if (keep)
                    ((float *)(ys + ((slot * n_group + g) * K + k) * Q))[n] = value;
                if (stores && step >= 0 && b < B)
                    a.y[trace ? ((size_t)step * B + b) * K + k
                              : ((size_t)b * steps + step) * K + k] = value;
            }
        }
    };

    if (trace && owned && pair == 0 && slot_window < G) {
        for (int g = 0; g < n_group; g++) {
            int b = first + g * G + slot_window;
            if (b < B)
                a.c[(size_t)b * H + u] = a.h[(size_t)b * H + u] = 0.0f;
        }
    }
    load_x(0, -1);
    copy_commit();
    copy_wait<0>();
    cluster_arrive();
    cluster_wait();

    /* The blocks that get this lane's copy of h: one, or in a wide group two. */
    constexpr int copies = wide ? 2 : 1;
    const int target = wide ? lane >> 3 : (lane >> 3) * 2 + pair;
    uint32_t target_h[copies];
    bool sends[copies];
#pragma unroll
    for (int i = 0; i < copies; i++) {
        sends[i] = target + 4 * i < a.C && slot_window < G;
        target_h[i] = sends[i] ? remote(hs + slot_window * P + u0 + warp * 4, target + 4 * i) : 0;
    }
    int feed = -1, feed_next = feed_of(1);
    for (int t = 0; t < a.n_call; t++) {
        const float *h_old = hs + (t & 1) * windows * P;
        if (trace && feed >= 0 && feed < t - 1)
            load_far(t, feed);
        copy_commit();
        if (t + 1 < a.n_call)
            load_x(t + 1, feed_next);
        copy_commit();
        if (t > 0) {
            if (trace)
                output(t - 1, feed == t - 1, t & 1);
            else
                output(t - 1, t - 1 >= a.context_len - a.lag, (t - 1) % a.lag);
        }

        /* Of the last group, stored behind the barrier: its gates, or half of them, and c and h. */
        float v[wide ? 4 : 2] = {}, c = 0, h = 0;
        auto store_trace = [&](int g) {
            int b = first + g * G + slot_window;
            if (!trace || !owned || b >= B || slot_window >= G)
                return;
            float *to = a.gates + (((size_t)t * B + b) * 4 + 2 * pair) * H + u;
            const size_t state = ((size_t)(t + 1) * B + b) * H + u;
            to[0] = v[0];
            to[H] = v[1];
            if constexpr (wide) {
                to[2 * H] = v[2];
                to[3 * H] = v[3];
                a.c[state] = c;
                a.h[state] = h;
            } else
                (pair ? a.h : a.c)[state] = pair ? h : c;
        };
#pragma unroll 1
        for (int g = 0; g < n_group; g++) {
            float z[4 * W] = {}; /* [window][gate]; 0 where there is no window */
            if (works) {
                const float4 *row = (const float4 *)(h_old + g * G * P) + s;
#pragma unroll
                for (int q = 0; q < KQ; q++) {
#pragma unroll
                    for (int n = 0; n < G; n++) {
                        float4 four = row[n * (P / 4) + 8 * q];
                        const float4 *m = w + 4 * q;
#pragma unroll
                        for (int e = 0; e < 4; e++) {
                            float in = e == 0 ? four.x : e == 1 ? four.y : e == 2 ? four.z : four.w;
                            z[4 * n + 0] = fmaf(m[e].x, in, z[4 * n + 0]);
                            z[4 * n + 1] = fmaf(m[e].y, in, z[4 * n + 1]);
                            z[4 * n + 2] = fmaf(m[e].z, in, z[4 * n + 2]);
                            z[4 * n + 3] = fmaf(m[e].w, in, z[4 * n + 3]);
                        }
                    }
                }
            }
            if (g == 0) {
                copy_wait<1>();
                __syncthreads();
            }
            if (!works)
                continue;
            const float4 *x = xs + ((t & 1) * n_group + g) * D1 * Q;
            const float4 *y = ys + (slot_of(t) * n_group + g) * K * Q;
            for (int d = s; d <= D; d += 8) {
                int k = feed >= 0 && d < D ? column_feed[d] : -1;
                const float4 *from = k >= 0 ? y + k * Q : x + d * Q;
                float4 m = fold[j * D1 + d];
#pragma unroll
                for (int n = 0; n < G; n++) {
                    float4 in = from[n / 4];
                    float value = n % 4 == 0 ? in.x : n % 4 == 1 ? in.y : n % 4 == 2 ? in.z : in.w;
                    z[4 * n + 0] = fmaf(m.x, value, z[4 * n + 0]);
                    z[4 * n + 1] = fmaf(m.y, value, z[4 * n + 1]);
                    z[4 * n + 2] = fmaf(m.z, value, z[4 * n + 2]);
                    z[4 * n + 3] = fmaf(m.w, value, z[4 * n + 3]);
                }
            }
            const float c_old = cs[g * threads + thread];
            if constexpr (wide) {
                sum_half<16>(z, 4, (s & 4) != 0);
                sum_half<8>(z, 2, (s & 2) != 0);
                sum_half<4>(z, 1, (s & 1) != 0);
                v[0] = sigmoid(z[0]);
                v[1] = sigmoid(z[1]);
                v[2] = tanhf(z[2]);
                v[3] = sigmoid(z[3]);
                c = fmaf(v[1], c_old, v[0] * v[2]);
                h = v[3] * tanhf(c);
            } else {
                sum_half<8>(z, 4, (s & 4) != 0);
                sum_half<4>(z, 2, (s & 2) != 0);
                sum_half<2>(z, 1, pair != 0);
                v[0] = pair ? tanhf(z[0]) : sigmoid(z[0]);
                v[1] = sigmoid(z[1]);
                float other0 = __shfl_xor_sync(whole_warp, v[0], 1);
                float other1 = __shfl_xor_sync(whole_warp, v[1], 1);
                float i = pair ? other0 : v[0], f = pair ? other1 : v[1];
                float candidate = pair ? v[0] : other0, o = pair ? v[1] : other1;
                c = fmaf(f, c_old, i * candidate);
                h = o * tanhf(c);
            }
            cs[g * threads + thread] = c;

            float4 units =
                make_float4(__shfl_sync(whole_warp, h, s), __shfl_sync(whole_warp, h, 8 + s),
                            __shfl_sync(whole_warp, h, 16 + s), __shfl_sync(whole_warp, h, 24 + s));
            int at = (((t + 1) & 1) * windows + g * G) * P;
#pragma unroll
            for (int i = 0; i < copies; i++)
                if (sends[i])
                    remote_store(target_h[i] + (uint32_t)at * 4, units);
            if (g + 1 < n_group)
                store_trace(g);
        }
        cluster_arrive();
        if (works)
            store_trace(n_group - 1);
        if (trace && feed >= 0) { /* x as the backward's products read it */
            for (int i = thread * a.C + rank; i < windows * D; i += threads * a.C) {
                int window = i / D, d = i % D, b = first + window, k = column_feed[d];
                if (k < 0 || b >= B)
                    continue;
                const float4 *y = ys + (((t & 1) * n_group + window / G) * K + k) * Q;
                a.x[((size_t)t * B + b) * D + d] = ((const float *)y)[window % G];
            }
        }
        feed = feed_next;
        feed_next = feed_of(t + 2);
        cluster_wait();
    }
    /* The last barrier has passed: nothing reaches into another block from here on. */
    output(a.n_call - 1, false, 0);
}

template <int KQ, bool trace, int G>
__global__ void __launch_bounds__(threads, KQ <= 3 && G == 4 ? 2 : 1) forward_kernel(forward_args a)
{
    if constexpr (is_built<KQ>())
        run_forward<KQ, trace, G>(a);
}

/* A kernel for groups of G windows, and its shared memory. */
template <bool trace, int G> variant<forward_args> forward_variant(const forward_args &args)
{
    const int KQ = (args.H + 31) / 32;
    void (*const kernels[8])(forward_args) = {
        forward_kernel<1, trace, G>, forward_kernel<2, trace, G>, forward_kernel<3, trace, G>,
        forward_kernel<4, trace, G>, forward_kernel<5, trace, G>, forward_kernel<6, trace, G>,
        forward_kernel<7, trace, G>, forward_kernel<8, trace, G>};
    return {kernels[KQ - 1], G, forward_shared(args.D, args.K, KQ, args.n_slot, G)};
}

} // namespace loop

#endif
