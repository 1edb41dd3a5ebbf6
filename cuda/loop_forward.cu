/* SPDX-License-Identifier: MIT */
/* The forward of an update, with its trace, and which networks run so at all. */
#include "loop_forward.cuh"

namespace
{

/* Whether one group of 4 windows fits: wider ones are an improvement, and the backward needs less. */
bool shared_suffices(int64_t D, int64_t K, int64_t H, int64_t n_slot)
{
    int limit = 0;
    if (loop::shared_limit(&limit) != cudaSuccess || n_slot > limit)
        return false;
    const loop::shared_bytes needed =
        loop::forward_shared(static_cast<int>(D), static_cast<int>(K), loop::split_units(H).C,
                             static_cast<int>(n_slot), 4);
    return needed.fixed + needed.each <= static_cast<size_t>(limit);
}

/* Whether the code that this device runs was compiled for one with clusters. */
bool has_clusters()
{
    cudaFuncAttributes attributes;
    return cudaFuncGetAttributes(&attributes, loop::forward_kernel<8, true, 4>) == cudaSuccess &&
           attributes.ptxVersion >= 90;
}

} // namespace

bool lts_loop_fits(const lts_gpu *gpu, int64_t D, int64_t K, int64_t H, int64_t lag)
{
    (void)gpu;
    if (D < 1 || D > loop::max_inputs || K < 1 || K > loop::max_inputs)
        return false;
    if (H < 1 || H > loop::max_units)
        return false;
    const bool fits =
        shared_suffices(D, K, H, lag > 2 ? lag : 2) && (H <= loop::block_units || has_clusters());
    (void)cudaGetLastError(); /* that it cannot be asked is no failure of the caller's */
    return fits;
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
