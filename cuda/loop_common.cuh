/* SPDX-License-Identifier: MIT */
/* What the loop kernels share: cluster barriers, remote shared memory, sums over lanes, launches. */
#ifndef LTS_CUDA_LOOP_COMMON_CUH
#define LTS_CUDA_LOOP_COMMON_CUH

#include "loop.h"

#include <cuda_runtime.h>
#include <stddef.h>
#include <stdint.h>

/* The stream of a device's work, a cudaStream_t. */
extern "C" void *lts_gpu_stream(const lts_gpu *gpu);

namespace loop
{

constexpr int threads = 256;    /* of a block: 8 warps                                            */
constexpr int block_units = 32; /* units of a block, all four gates of each                       */
constexpr int max_group = 16;   /* groups of a cluster                                            */
constexpr int max_inputs = 64;  /* D and K                                                        */
constexpr int max_units = 256;  /* H: weights of a block's units fit in its registers             */
constexpr int max_shared = 200 * 1024; /* of a block, where the device has as much          */
constexpr int own_shared = 2048;       /* most bytes that a kernel declares itself           */
constexpr unsigned whole_warp = 0xffffffffu;

/* Whether the kernel of a cluster is built for this device: without clusters only that of a block. */
template <int blocks> __host__ __device__ constexpr bool is_built()
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 900
    return blocks == 1;
#else
    return true;
#endif
}

/* Bytes of shared memory that a launch on the current device may ask for: all, and for a cluster. */
static inline cudaError_t all_shared(int *bytes)
{
    int device = 0;
    cudaError_t error = cudaGetDevice(&device);
    if (error == cudaSuccess)
        error = cudaDeviceGetAttribute(bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device);
    *bytes -= own_shared;
    return error;
}

static inline cudaError_t shared_limit(int *bytes)
{
    cudaError_t error = all_shared(bytes);
    if (*bytes > max_shared)
        *bytes = max_shared;
    return error;
}

/* A network over a cluster: C blocks, U units each (a multiple of 4, the last has fewer). */
struct split {
    int C, U;
};

static inline split split_units(int64_t H)
{
    int C = (int)((H + block_units - 1) / block_units);
    int U = (int)((H + 4 * C - 1) / (4 * C)) * 4;
    return {C, U};
}

__device__ __forceinline__ int cluster_rank()
{
#if __CUDA_ARCH__ >= 900
    unsigned rank;
    asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
    return (int)rank;
#else
    return 0;
#endif
}

/* Everything written before arrive, to any memory, is seen by the cluster after wait. */
__device__ __forceinline__ void cluster_arrive()
{
#if __CUDA_ARCH__ >= 900
    __syncwarp();
    asm volatile("barrier.cluster.arrive.release.aligned;" ::: "memory");
#endif
}

__device__ __forceinline__ void cluster_wait()
{
#if __CUDA_ARCH__ >= 900
    __syncwarp();
    asm volatile("barrier.cluster.wait.acquire.aligned;" ::: "memory");
#else
    __syncthreads();
#endif
}

/* Where `local`, an address in this block's shared memory, lies in that of the block `rank`. */
__device__ __forceinline__ uint32_t remote(const void *local, int rank)
{
    uint32_t address = (uint32_t)__cvta_generic_to_shared(local);
#if __CUDA_ARCH__ >= 900
    uint32_t mapped;
    asm("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(mapped) : "r"(address), "r"(rank));
    return mapped;
#else
    return address;
#endif
}

__device__ __forceinline__ void remote_store(uint32_t address, float4 v)
{
#if __CUDA_ARCH__ >= 900
    asm volatile("st.shared::cluster.v4.f32 [%0], {%1, %2, %3, %4};" ::"r"(address), "f"(v.x),
                 "f"(v.y), "f"(v.z), "f"(v.w)
                 : "memory");
#else
    asm volatile("st.shared.v4.f32 [%0], {%1, %2, %3, %4};" ::"r"(address), "f"(v.x), "f"(v.y),
                 "f"(v.z), "f"(v.w)
                 : "memory");
#endif
}

__device__ __forceinline__ void remote_store(uint32_t address, float v)
{
#if __CUDA_ARCH__ >= 900
    asm volatile("st.shared::cluster.f32 [%0], %1;" ::"r"(address), "f"(v) : "memory");
#else
    asm volatile("st.shared.f32 [%0], %1;" ::"r"(address), "f"(v) : "memory");
#endif
}

/* Copies one float to shared memory in the background, or writes 0 there. */
__device__ __forceinline__ void copy_async(float *to, const float *from, bool present)
{
    uint32_t address = (uint32_t)__cvta_generic_to_shared(to);
    int bytes = present ? 4 : 0;
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(address), "l"(from),
                 "r"(bytes)
                 : "memory");
}

__device__ __forceinline__ void copy_commit()
{
    asm volatile("cp.async.commit_group;" ::: "memory");
}

/* Waits for this thread's copies but the `pending` groups committed last. */
template <int pending> __device__ __forceinline__ void copy_wait()
{
    asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
}

/* exp overflows to inf for x < -88: 1 / inf = 0. */
__device__ __forceinline__ float sigmoid(float x)
{
    return __fdividef(1.0f, 1.0f + expf(-x));
}

__device__ __forceinline__ float dot4(float4 a, float4 b, float sum)
{
    sum = fmaf(a.x, b.x, sum);
    sum = fmaf(a.y, b.y, sum);
    sum = fmaf(a.z, b.z, sum);
    return fmaf(a.w, b.w, sum);
}

/* Elements whose bits are 0 become 0. */
__device__ __forceinline__ float4 keep4(float4 v, uint32_t bits)
{
    return make_float4(bits & 1 ? v.x : 0, bits & 2 ? v.y : 0, bits & 4 ? v.z : 0,
                       bits & 8 ? v.w : 0);
}

/* Of n pairs of sums keeps the lower half, or the upper where `up`, plus that of lane ^ mask. */
template <int n> __device__ __forceinline__ void sum_half(float *v, int mask, bool up)
{
#pragma unroll
    for (int i = 0; i < n; i++) {
        float mine = up ? v[n + i] : v[i];
        float other = up ? v[i] : v[n + i];
        v[i] = mine + __shfl_xor_sync(whole_warp, other, mask);
    }
}

/* Windows of a group as shared memory and sums over lanes have them: a power of two. */
__host__ __device__ constexpr int padded(int G)
{
    return G <= 4 ? 4 : 8;
}

/* The warp's sum of v[lane / (32 / W)]: each of 32 / W lanes gets that of its window. */
template <int W> __device__ __forceinline__ float sum_windows(float (&v)[W], int lane)
{
    static_assert(W == 4 || W == 8, "a group has 4 or 8 windows");
    if constexpr (W == 8)
        sum_half<4>(v, 16, (lane & 16) != 0);
    sum_half<2>(v, W == 8 ? 8 : 16, (lane & (W == 8 ? 8 : 16)) != 0);
    sum_half<1>(v, W == 8 ? 4 : 8, (lane & (W == 8 ? 4 : 8)) != 0);
    float sum = v[0];
    if constexpr (W == 4)
        sum += __shfl_xor_sync(whole_warp, sum, 4);
    sum += __shfl_xor_sync(whole_warp, sum, 2);
    return sum + __shfl_xor_sync(whole_warp, sum, 1);
}

/* Shared memory that a block needs: `fixed` bytes, and `each` for each of its groups. */
struct shared_bytes {
    size_t fixed, each;
};

/* A kernel built for groups of G windows. */
template <typename Args> struct variant {
    void (*kernel)(Args);
    int G;
    shared_bytes shared;
};

/* How many clusters of C blocks run at once; 0 and `error` if that is not known. */
template <typename Args>
int clusters_at_once(void (*kernel)(Args), int C, cudaLaunchConfig_t *config, cudaError_t *error)
{
    int at_once = 0;
    config->gridDim = dim3((unsigned)C);
    if (C > 1) {
        *error = cudaOccupancyMaxActiveClusters(&at_once, kernel, config);
        return at_once;
    }
    int device = 0, processors = 0;
    *error = cudaGetDevice(&device);
    if (*error == cudaSuccess)
        *error = cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device);
    if (*error == cudaSuccess)
        *error = cudaOccupancyMaxActiveBlocksPerMultiprocessor(&at_once, kernel, threads,
                                                               config->dynamicSmemBytes);
    return at_once * processors;
}

/*
 * Groups of a cluster for B windows: as few as let all clusters run at once, if they fit, and in how
 * many rounds they run. A cluster that takes more groups needs more shared memory, so fewer may
 * run: twice is enough to settle.
 */
template <typename Args>
cudaError_t count_groups(const variant<Args> &v, int C, int64_t B, cudaLaunchConfig_t *config,
                         int64_t *n_group, int64_t *rounds)
{
    const int64_t groups = (B + v.G - 1) / v.G;
    int limit = 0;
    cudaError_t error = shared_limit(&limit);
    if (error != cudaSuccess)
        return error;
    int64_t fit = (limit - (int64_t)v.shared.fixed) / (int64_t)v.shared.each;
    if (fit < 1)
        return cudaErrorInvalidValue;
    if (fit > max_group)
        fit = max_group;
    error = cudaFuncSetAttribute(v.kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, limit);
    if (error != cudaSuccess)
        return error;
    int at_once = 1;
    *n_group = 1;
    for (int round = 0; round < 2; round++) {
        config->dynamicSmemBytes = v.shared.fixed + v.shared.each * (size_t)*n_group;
        at_once = clusters_at_once(v.kernel, C, config, &error);
        if (error != cudaSuccess)
            return error;
        if (at_once < 1)
            return cudaErrorLaunchOutOfResources;
        int64_t needed = (groups + at_once - 1) / at_once;
        if (needed <= *n_group)
            break;
        *n_group = needed < fit ? needed : fit;
    }
    const int64_t clusters = (groups + *n_group - 1) / *n_group;
    *rounds = (clusters + at_once - 1) / at_once;
    return cudaSuccess;
}

/*
 * What a call costs a cluster, but for what does not depend on the choice: each group passes its
 * barriers, sums and gates, about as long as 4 windows' products take (measured on an H200, H 256:
 * a second group of 4 adds 1.9 us to 3.2 us).
 */
static inline int64_t cost_of(int G, int64_t n_group)
{
    return n_group * (4 + G);
}

/*
 * Launches the variant that costs least: on an H200, 15 clusters of 8 blocks run at once, so that
 * 60 windows go in groups of 4, 64 in groups of 5. A cluster of one block is launched without the
 * attribute, which older devices refuse.
 */
template <typename Args>
int launch(const variant<Args> *variants, int n_variant, Args args, int C, int64_t B,
           cudaStream_t stream)
{
    cudaLaunchAttribute attribute[1];
    attribute[0].id = cudaLaunchAttributeClusterDimension;
    attribute[0].val.clusterDim.x = (unsigned)C;
    attribute[0].val.clusterDim.y = 1;
    attribute[0].val.clusterDim.z = 1;
    cudaLaunchConfig_t config = {};
    config.blockDim = dim3(threads);
    config.stream = stream;
    config.attrs = attribute;
    config.numAttrs = C > 1 ? 1 : 0;

    const variant<Args> *best = nullptr;
    int64_t best_cost = 0;
    for (int i = 0; i < n_variant; i++) {
        int64_t n_group = 0, rounds = 0;
        if (best != nullptr && best_cost <= cost_of(variants[i].G, 1))
            break;
        cudaError_t error = count_groups(variants[i], C, B, &config, &n_group, &rounds);
        if (error != cudaSuccess && i == 0)
            return (int)error;
        if (error != cudaSuccess) { /* a wide group that does not fit is no loss */
            (void)cudaGetLastError();
            continue;
        }
        int64_t cost = rounds * cost_of(variants[i].G, n_group);
        if (best != nullptr && cost >= best_cost)
            continue;
        best = &variants[i];
        best_cost = cost;
        args.n_group = (int)n_group;
    }
    const int64_t windows = (int64_t)best->G * args.n_group;
    config.dynamicSmemBytes = best->shared.fixed + best->shared.each * (size_t)args.n_group;
    config.gridDim = dim3((unsigned)((B + windows - 1) / windows * C));
    return (int)cudaLaunchKernelEx(&config, best->kernel, args);
}

} // namespace loop

#endif
