/* SPDX-License-Identifier: MIT */
/*
 * The backward kernel: dz of all calls, and what fed calls add to dy.
 *
 * The clusters, blocks and groups of G windows of the forward. A block computes dz of its own units
 * and multiplies it by their rows of W_h: partial sums of dh of *all* units. They go to the blocks
 * that own the units, which add the C parts in the order of the blocks. So dz stays in the block,
 * and a quarter of what dz has crosses the cluster.
 *
 * Of the product a thread holds 4 columns of W_h (a quad of units) for the rows of the own units
 * split + S i, i < 32 / S, all gates: each 16 bytes of dz read from shared memory feed 16
 * multiply-adds. A warp has 32 / S quads. The parts of dx of a fed call go to every block in the
 * same way.
 *
 * Order within call t, and why no access races:
 *   1. the parts that call t + 1 sent are in the inboxes (t + 1) & 1, complete since the barrier
 *      that ended call t + 1; the next barrier comes before they are written again;
 *   2. dy of call t, plus dx of call t + 1 where that was fed from t, to shared memory. A feed that
 *      is further back is added to dy in global memory, always by the same thread, at least one
 *      barrier before any block reads that dy (which is then not read ahead);
 *   3. [block barrier] dz of the own units;
 *   4. [block barrier] products, sent. dy with its additions is stored one call later, when all
 *      blocks have read it;
 *   5. [cluster barrier; dz is stored between arrive and wait]
 */
#include "loop_common.cuh"

namespace
{

using namespace loop;

struct backward_args {
    const float *fold, *weight_h, *weight_out;
    const int32_t *feed, *column_feed;
    const uint32_t *kept; /* dropout's bits, or null */
    float scale;
    const float *c;
    float *gates, *dy;
    int n_call, B, D, K, H, C, U;
    int n_group;
};

constexpr int traced = 6; /* i, f, g, o, c before, c: what a unit's step back reads */

/* With 4 windows 76 KB at most, so that every device has as much. */
shared_bytes backward_shared(int D, int K, int C, int G)
{
    const size_t windows = (size_t)G, cells = windows * block_units;
    const size_t fixed = (size_t)K * block_units + (size_t)D * block_units * 4;
    const size_t each = cells * 4 + 2 * (size_t)C * cells + 2 * (size_t)C * (size_t)D * windows +
                        2 * traced * cells + cells + 2 * (size_t)K * windows;
    return {fixed * sizeof(float), each * sizeof(float)};
}

template <int S, int G> __device__ __forceinline__ void run_backward(const backward_args &a)
{
    constexpr int R = block_units / S; /* units of a thread's rows */
    constexpr int cells_of = G * block_units;
    constexpr int W = padded(G);
    constexpr int sent = W / 4; /* windows of which a lane sends sums */
    extern __shared__ float4 shared4[];
    __shared__ int column_feed[max_inputs];
    const int D = a.D, K = a.K, H = a.H, B = a.B, C = a.C, n_group = a.n_group;
    const int windows = G * n_group, cells = n_group * cells_of;
    float4 *fold = shared4;                       /* [D][unit], i f g o              */
    float4 *dz = fold + D * block_units;          /* [window][unit], i f g o         */
    float *inbox = (float *)(dz + cells);         /* [2][block][group][window][unit] */
    float *inbox_x = inbox + 2 * C * cells;       /* [2][block][group][D][window]    */
    float *trace = inbox_x + 2 * C * windows * D; /* [2][traced][cell]               */
    float *dcs = trace + 2 * traced * cells;      /* [cell]                          */
    float *weight_out = dcs + cells;              /* [K][unit]                       */
    float *dys = weight_out + K * block_units;    /* [2][window][K]                  */

    const int thread = (int)threadIdx.x, warp = thread >> 5, lane = thread & 31;
    const int rank = C > 1 ? cluster_rank() : 0;
    const int first = (int)blockIdx.x / C * windows;
    const int u0 = rank * a.U;
    const int part = lane & (S - 1), quad = warp * (32 / S) + lane / S;
    const int owner = 4 * quad / a.U; /* the block of this quad's units */
    const bool warp_works = 4 * warp * (32 / S) < C * a.U;

    float4 w[4 * R]; /* [row's unit][column], gates i f g o */
#pragma unroll
    for (int i = 0; i < R; i++) {
#pragma unroll
        for (int e = 0; e < 4; e++) {
            int j = part + S * i, u = u0 + j, k = 4 * quad + e;
            bool in = j < a.U && u < H && k < H;
            const float *at = a.weight_h + (in ? (size_t)u * H + k : 0);
            size_t next = in ? (size_t)H * H : 0;
            w[4 * i + e] = in ? make_float4(at[0], at[next], at[2 * next], at[3 * next])
                              : make_float4(0, 0, 0, 0);
        }
    }
    for (int i = thread; i < D * block_units; i += threads) {
        int d = i / block_units, j = i % block_units, u = u0 + j;
        bool in = j < a.U && u < H;
        const float *at = a.fold + (in ? (size_t)u * (D + 1) + d : 0);
        size_t next = in ? (size_t)H * (D + 1) : 0;
        fold[i] =
            in ? make_float4(at[0], at[next], at[2 * next], at[3 * next]) : make_float4(0, 0, 0, 0);
    }
    for (int i = thread; i < K * block_units; i += threads) {
        int j = i % block_units, u = u0 + j;
        weight_out[i] = j < a.U && u < H ? a.weight_out[i / block_units * H + u] : 0.0f;
    }
    for (int i = thread; i < cells; i += threads)
        dcs[i] = 0.0f;
    if (thread < D)
        column_feed[thread] = a.column_feed[thread];
    int far = 0; /* some call is fed from before the last call */
    for (int t = thread; t < a.n_call; t += threads)
        far |= a.feed[t] >= 0 && a.feed[t] < t - 1;
    far = __syncthreads_or(far);

    /* What the threads' own cells, and outputs, of call t need, copied in the background. */
    auto load_trace = [&](int t) {
        for (int i = thread; i < cells; i += threads) {
            int window = i / block_units, j = i % block_units, b = first + window, u = u0 + j;
            bool in = b < B && j < a.U && u < H;
            const float *gate = a.gates + (in ? ((size_t)t * B + b) * 4 * H + u : 0);
            const float *c = a.c + (in ? ((size_t)t * B + b) * H + u : 0);
            float *to = trace + (t & 1) * traced * cells + i;
            for (int n = 0; n < 4; n++)
                copy_async(to + n * cells, gate + (in ? n * H : 0), in);
            copy_async(to + 4 * cells, c, in);
            copy_async(to + 5 * cells, c + (in ? (size_t)B * H : 0), in);
        }
    };
    auto load_dy = [&](int t) {
        for (int i = thread; i < windows * K; i += threads) {
            int b = first + i / K;
            bool in = b < B;
            copy_async(dys + (t & 1) * windows * K + i,
                       a.dy + (in ? ((size_t)t * B + b) * K + i % K : 0), in);
        }
    };
    /* dy of call t to global memory, shared out over the blocks. */
    auto store_dy = [&](int t) {
        for (int i = thread; i < windows * K; i += threads) {
            int b = first + i / K;
            if (i % C == rank && b < B)
                a.dy[((size_t)t * B + b) * K + i % K] = dys[(t & 1) * windows * K + i];
        }
    };
    /* dx of call t + 1 to dy of the call it was fed from. */
    auto add_dx = [&](int t, int from) {
        const float *parts = inbox_x + ((t + 1) & 1) * C * windows * D;
        for (int i = thread; i < windows * K; i += threads) {
            int window = i / K, k = i % K, b = first + window;
            if (from < t && (i % C != rank || b >= B))
                continue;
            float sum = 0;
            for (int d = 0; d < D; d++) {
                if (column_feed[d] != k)
                    continue;
                for (int r = 0; r < C; r++)
                    sum += parts[((r * n_group + window / G) * D + d) * G + window % G];
            }
            if (from == t)
                dys[(t & 1) * windows * K + i] += sum;
            else
                a.dy[((size_t)from * B + b) * K + k] += sum;
        }
    };

    const float scale = a.kept == nullptr ? 1 : a.scale;
    const int words = (H + 31) / 32;
    auto is_kept = [&](int t, int window, int j) -> bool {
        const int b = first + window, u = u0 + j;
        return b < B && u < H && (a.kept[((size_t)t * B + b) * words + u / 32] >> (u % 32) & 1);
    };

    load_trace(a.n_call - 1);
    load_dy(a.n_call - 1);
    copy_commit();
    cluster_arrive(); /* no block writes to another that has not started */
    cluster_wait();

    const int first_sent = sent * (lane & 3); /* window, of those that this lane sends */
    const uint32_t send =
        owner < C ? remote(inbox + rank * cells + first_sent * block_units + 4 * quad - owner * a.U,
                           owner)
                  : 0;
    const int window_x = lane / (32 / W), target_x = lane % (32 / W); /* and target_x + 4 */
    uint32_t send_x[sent];
    bool sends_x[sent];
#pragma unroll
    for (int i = 0; i < sent; i++) {
        sends_x[i] = target_x + 4 * i < C && window_x < G;
        send_x[i] =
            sends_x[i] ? remote(inbox_x + rank * windows * D + window_x, target_x + 4 * i) : 0;
    }
    int feed_after = -1, feed_second = -1; /* of calls t + 1, t + 2 */
    for (int t = a.n_call - 1; t >= 0; t--) {
        const int feed = a.feed[t], next = (t + 1) & 1;
        const bool last = t == a.n_call - 1;
        if (far && !last) {
            load_dy(t);
            copy_commit();
        }
        copy_wait<0>();
        if (feed_after >= 0)
            add_dx(t, feed_after);
        __syncthreads();

        for (int i = thread; i < cells; i += threads) {
            const int window = i / block_units, j = i % block_units;
            float dh = 0;
            if (!last)
                for (int r = 0; r < C; r++)
                    dh += inbox[(next * C + r) * cells + i];
            const float *dy = dys + (t & 1) * windows * K + window * K;
            float by_y = 0;
            for (int k = 0; k < K; k++)
                by_y = fmaf(weight_out[k * block_units + j], dy[k], by_y);
            dh += a.kept == nullptr || is_kept(t, window, j) ? by_y * scale : 0;
            const float *in = trace + (t & 1) * traced * cells + i;
            const float gate_i = in[0], gate_f = in[cells], gate_g = in[2 * cells];
            const float gate_o = in[3 * cells], c_before = in[4 * cells];
            const float th = tanhf(in[5 * cells]);
            const float dc = fmaf(dh * gate_o, 1 - th * th, dcs[i]);
            float4 v;
            v.x = dc * gate_g * gate_i * (1 - gate_i);
            v.y = dc * c_before * gate_f * (1 - gate_f);
            v.z = dc * gate_i * (1 - gate_g * gate_g);
            v.w = dh * th * gate_o * (1 - gate_o);
            const bool owned = j < a.U && u0 + j < H; /* else the inbox has nothing: any value */
            dz[i] = owned ? v : make_float4(0, 0, 0, 0);
            dcs[i] = dc * gate_f;
        }
        auto store_dz = [&]() {
            for (int i = thread; i < cells; i += threads) {
                int j = i % block_units, b = first + i / block_units, u = u0 + j;
                if (j >= a.U || u >= H || b >= B)
                    continue;
                float *to = a.gates + ((size_t)t * B + b) * 4 * H + u;
                float4 v = dz[i];
                to[0] = v.x;
                to[H] = v.y;
                to[2 * H] = v.z;
                to[3 * H] = v.w;
            }
        };
        if (feed_second == t + 1)
            store_dy(t + 1);
        if (t == 0) {
            store_dz();
            break;
        }
        __syncthreads();
        load_trace(t - 1);
        if (!far)
            load_dy(t - 1);
        copy_commit();

#pragma unroll 1
        for (int g = 0; g < n_group && warp_works; g++) {
            float sum[4 * W] = {}; /* [window][column]; 0 where there is no window */
            const float4 *row = dz + g * cells_of + part;
#pragma unroll
            for (int i = 0; i < R; i++) {
#pragma unroll
                for (int n = 0; n < G; n++) {
                    float4 v = row[n * block_units + S * i];
#pragma unroll
                    for (int e = 0; e < 4; e++)
                        sum[4 * n + e] = dot4(w[4 * i + e], v, sum[4 * n + e]);
                }
            }
            sum_half<8 * sent>(sum, 2, (lane & 2) != 0);
            sum_half<4 * sent>(sum, 1, (lane & 1) != 0);
#pragma unroll
            for (int mask = 4; mask < S; mask *= 2) {
#pragma unroll
                for (int e = 0; e < 4 * sent; e++)
                    sum[e] += __shfl_xor_sync(whole_warp, sum[e], mask);
            }
            int at = (t & 1) * C * cells + g * cells_of;
#pragma unroll
            for (int i = 0; i < sent; i++) {
                if (part >= 4 || owner >= C || first_sent + i >= G)
                    continue;
                remote_store(
                    send + (uint32_t)(at + i * block_units) * 4,
                    make_float4(sum[4 * i], sum[4 * i + 1], sum[4 * i + 2], sum[4 * i + 3]));
            }
        }
        if (feed >= 0) {
            for (int item = warp; item < n_group * D; item += threads / 32) {
                int g = item / D, d = item % D;
                if (column_feed[d] < 0)
                    continue;
                float sum[W] = {};
#pragma unroll
                for (int n = 0; n < G; n++)
                    sum[n] = dot4(fold[d * block_units + lane],
                                  dz[g * cells_of + n * block_units + lane], 0.0f);
                float value = sum_windows(sum, lane);
                int at = ((t & 1) * C * windows + g * G) * D + d * G;
#pragma unroll
                for (int i = 0; i < sent; i++)
                    if (sends_x[i])
                        remote_store(send_x[i] + (uint32_t)at * 4, value);
            }
        }
        cluster_arrive();
        store_dz();
        feed_second = feed_after;
        feed_after = feed;
        cluster_wait();
    }
    /* All blocks have read dy of call 0. */
    cluster_arrive();
    cluster_wait();
    if (feed_after == 0)
        store_dy(0);
}

template <int S, int G>
__global__ void __launch_bounds__(threads, 1) backward_kernel(backward_args a)
{
    if constexpr (is_built<32 / S>()) /* S is 32 for one block */
        run_backward<S, G>(a);
}

/* 8 C quads of units, each split over S lanes, fill at most the 256 threads. */
template <int G> variant<backward_args> backward_variant(const backward_args &a)
{
    void (*kernel)(backward_args) = a.C == 1   ? backward_kernel<32, G>
                                    : a.C == 2 ? backward_kernel<16, G>
                                    : a.C <= 4 ? backward_kernel<8, G>
                                               : backward_kernel<4, G>;
    return {kernel, G, backward_shared(a.D, a.K, a.C, G)};
}

} // namespace

int lts_loop_backward(lts_gpu *gpu, const lts_loop *net)
{
    if (net->n_call < 1 || net->B < 1)
        return 0;
    const loop::split parts = loop::split_units(net->H);
    backward_args a = {};
    a.fold = net->fold;
    a.weight_h = net->weight_h;
    a.weight_out = net->weight_out;
    a.kept = net->kept;
    a.scale = net->scale;
    a.feed = net->feed;
    a.column_feed = net->column_feed;
    a.c = net->c;
    a.gates = net->gates;
    a.dy = net->dy;
    a.n_call = (int)net->n_call;
    a.B = (int)net->B;
    a.D = (int)net->D;
    a.K = (int)net->K;
    a.H = (int)net->H;
    a.C = parts.C;
    a.U = parts.U;
    const loop::variant<backward_args> variants[] = {backward_variant<4>(a), backward_variant<5>(a),
                                                     backward_variant<8>(a)};
    return loop::launch(variants, 3, a, parts.C, net->B, (cudaStream_t)lts_gpu_stream(gpu));
}
