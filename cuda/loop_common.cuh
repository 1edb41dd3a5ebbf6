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

namespace loop {

constexpr int threads = 256;   /* of a block: 8 warps                                            */
constexpr int block_units = 32; /* units of a block, all four gates of each                       */
constexpr int group = 4;       /* windows that a warp takes at a time                            */
constexpr int max_group = 16;  /* groups of a cluster                                            */
constexpr int max_inputs = 64; /* D and K                                                        */
constexpr int max_units = 256; /* H: weights of a block's units fit in its registers             */
constexpr int max_shared = 200 * 1024;
constexpr unsigned whole_warp = 0xffffffffu;

/* A network over a cluster: C blocks, U units each (a multiple of 4, the last has fewer). */
struct split {
    int C, U;
};

static inline split split_units(int64_t H) {
    int C = (int)((H + block_units - 1) / block_units);
    int U = (int)((H + 4 * C - 1) / (4 * C)) * 4;
    return {C, U};
}

__device__ __forceinline__ int cluster_rank() {
#if __CUDA_ARCH__ >= 900
    unsigned rank;
    asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
    return (int)rank;
#else
    return 0;
#endif
}

/* Everything written before arrive, to any memory, is seen by the cluster after wait. */
__device__ __forceinline__ void cluster_arrive() {
#if __CUDA_ARCH__ >= 900
    __syncwarp();
    asm volatile("barrier.cluster.arrive.release.aligned;" ::: "memory");
#endif
}

__device__ __forceinline__ void cluster_wait() {
#if __CUDA_ARCH__ >= 900
    __syncwarp();
    asm volatile("barrier.cluster.wait.acquire.aligned;" ::: "memory");
#else
    __syncthreads();
#endif
}

/* Where `local`, an address in this block's shared memory, lies in that of the block `rank`. */
__device__ __forceinline__ uint32_t remote(const void *local, int rank) {
    uint32_t address = (uint32_t)__cvta_generic_to_shared(local);
#if __CUDA_ARCH__ >= 900
    uint32_t mapped;
    asm("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(mapped) : "r"(address), "r"(rank));
    return mapped;
#else
    return address;
#endif
}

__device__ __forceinline__ void remote_store(uint32_t address, float4 v) {
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

__device__ __forceinline__ void remote_store(uint32_t address, float v) {
#if __CUDA_ARCH__ >= 900
    asm volatile("st.shared::cluster.f32 [%0], %1;" ::"r"(address), "f"(v) : "memory");
#else
    asm volatile("st.shared.f32 [%0], %1;" ::"r"(address), "f"(v) : "memory");
#endif
}

/* Copies one float to shared memory in the background, or writes 0 there. */
__device__ __forceinline__ void copy_async(float *to, const float *from, bool present) {
    uint32_t address = (uint32_t)__cvta_generic_to_shared(to);
    int bytes = present ? 4 : 0;
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(address), "l"(from),
                 "r"(bytes)
                 : "memory");
}

__device__ __forceinline__ void copy_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }

/* Waits for this thread's copies but the `pending` groups committed last. */
template <int pending> __device__ __forceinline__ void copy_wait() {
    asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
}

/* exp overflows to inf for x < -88: 1 / inf = 0. */
__device__ __forceinline__ float sigmoid(float x) { return __fdividef(1.0f, 1.0f + expf(-x)); }

__device__ __forceinline__ float dot4(float4 a, float4 b, float sum) {
    sum = fmaf(a.x, b.x, sum);
    sum = fmaf(a.y, b.y, sum);
    sum = fmaf(a.z, b.z, sum);
    return fmaf(a.w, b.w, sum);
}

/* Of n pairs of sums keeps the lower half, or the upper where `up`, plus that of lane ^ mask. */
template <int n> __device__ __forceinline__ void sum_half(float *v, int mask, bool up) {
#pragma unroll
    for (int i = 0; i < n; i++) {
        float mine = up ? v[n + i] : v[i];
        float other = up ? v[i] : v[n + i];
        v[i] = mine + __shfl_xor_sync(whole_warp, other, mask);
    }
}

/* The warp's sum of v[lane >> 3]: each of 8 lanes gets that of its window. */
__device__ __forceinline__ float sum_windows(float (&v)[group], int lane) {
    sum_half<2>(v, 16, (lane & 16) != 0);
    sum_half<1>(v, 8, (lane & 8) != 0);
    float sum = v[0];
    sum += __shfl_xor_sync(whole_warp, sum, 4);
    sum += __shfl_xor_sync(whole_warp, sum, 2);
    return sum + __shfl_xor_sync(whole_warp, sum, 1);
}

/* How many groups of windows a cluster takes: as few as keep the whole device busy. */
struct shape {
    int n_group;    /* of a cluster */
    int n_cluster;
    size_t shared; /* bytes of a block */
};

/*
 * Finds the shape for B windows where a block needs `fixed` bytes and `each` bytes a group, and
 * launches. A cluster of one block is launched without the attribute, which older devices refuse.
 */
template <typename Args>
int launch(void (*kernel)(Args), Args args, const split &parts, int64_t B, size_t fixed,
           size_t each, int least_group, cudaStream_t stream) {
    const int64_t groups = (B + group - 1) / group;
    int64_t fit = fixed + each <= (size_t)max_shared ? (int64_t)((max_shared - fixed) / each) : 0;
    if (fit < 1) return (int)cudaErrorInvalidValue;
    if (fit > max_group) fit = max_group;

    cudaLaunchAttribute attribute[1];
    attribute[0].id = cudaLaunchAttributeClusterDimension;
    attribute[0].val.clusterDim.x = (unsigned)parts.C;
    attribute[0].val.clusterDim.y = 1;
    attribute[0].val.clusterDim.z = 1;
    cudaLaunchConfig_t config = {};
    config.blockDim = dim3(threads);
    config.stream = stream;
    config.attrs = attribute;
    config.numAttrs = parts.C > 1 ? 1 : 0;

    cudaError_t error = cudaFuncSetAttribute(
        kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, max_shared);
    if (error != cudaSuccess) return (int)error;

    /* A cluster that takes one group more needs more shared memory: twice is enough to settle. */
    int64_t n_group = least_group < fit ? least_group : fit;
    for (int round = 0; round < 2; round++) {
        int at_once = 0;
        config.dynamicSmemBytes = fixed + each * (size_t)n_group;
        config.gridDim = dim3((unsigned)parts.C);
        if (parts.C > 1)
            error = cudaOccupancyMaxActiveClusters(&at_once, kernel, &config);
        else {
            int device = 0, blocks = 0, processors = 0;
            cudaGetDevice(&device);
            cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device);
            error = cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel, threads,
                                                                  config.dynamicSmemBytes);
            at_once = blocks * processors;
        }
        if (error != cudaSuccess) return (int)error;
        if (at_once < 1) return (int)cudaErrorLaunchOutOfResources;
        int64_t needed = (groups + at_once - 1) / at_once;
        if (needed <= n_group) break;
        n_group = needed < fit ? needed : fit;
    }
    if (n_group > groups) n_group = groups;
    args.n_group = (int)n_group;
    config.dynamicSmemBytes = fixed + each * (size_t)n_group;
    config.gridDim = dim3((unsigned)((groups + n_group - 1) / n_group * parts.C));
    return (int)cudaLaunchKernelEx(&config, kernel, args);
}

} // namespace loop

#endif
