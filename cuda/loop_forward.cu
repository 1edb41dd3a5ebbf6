/* SPDX-License-Identifier: MIT */
/* The forward of an update, with its trace, and which networks run so at all. */
#include "loop_forward.cuh"

bool lts_loop_fits(const lts_gpu *gpu, int64_t D, int64_t K, int64_t H, int64_t lag)
{
    (void)gpu;
    if (D < 1 || D > loop::max_inputs || K < 1 || K > loop::max_inputs)
        return false;
    if (H < 1 || H > loop::max_units)
        return false;
    const int KQ = static_cast<int>((H + 31) / 32), d = static_cast<int>(D),
              k = static_cast<int>(K);
    if (lag > loop::max_shared / (4 * static_cast<int64_t>(sizeof(float))) ||
        loop::forward_fixed(d, k, KQ) +
                loop::forward_each(d, k, KQ, lag > 2 ? static_cast<int>(lag) : 2, 4) >
            static_cast<size_t>(loop::max_shared))
        return false;
    int device = 0, major = 0;
    if (cudaGetDevice(&device) != cudaSuccess)
        return false;
    if (cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device) != cudaSuccess)
        return false;
    /* One block suffices for 32 units; more need clusters. */
    return major >= 9 || (major == 8 && H <= loop::block_units);
}

int lts_loop_forward(lts_gpu *gpu, const lts_loop *net)
{
    if (net->n_call < 1 || net->B < 1)
        return 0;
    const loop::split parts = loop::split_units(net->H);
    loop::forward_args a = {};
    a.fold = net->fold;
    a.weight_h = net->weight_h;
    a.weight_out = net->weight_out;
    a.bias_out = net->bias_out;
    a.kept = net->kept;
    a.scale = net->scale;
    a.feed = net->feed;
    a.column_feed = net->column_feed;
    a.x = net->x;
    a.gates = net->gates;
    a.c = net->c;
    a.h = net->h;
    a.y = net->y;
    a.n_call = (int)net->n_call;
    a.B = (int)net->B;
    a.D = (int)net->D;
    a.K = (int)net->K;
    a.H = (int)net->H;
    a.C = parts.C;
    a.U = parts.U;
    a.lag = 1;
    a.n_slot = 2;
    const loop::variant<loop::forward_args> variants[] = {loop::forward_variant<true, 4>(a),
                                                          loop::forward_variant<true, 5>(a),
                                                          loop::forward_variant<true, 8>(a)};
    return loop::launch(variants, 3, a, parts.C, net->B, (cudaStream_t)lts_gpu_stream(gpu));
}
