/* SPDX-License-Identifier: MIT */
/*
 * How the kernels of backend.h are launched, and their sums: in two stages of fixed order, so that
 * the same numbers give the same bits.
 */
#ifndef LTS_CUDA_KERNELS_CUH
#define LTS_CUDA_KERNELS_CUH

#include "backend_cuda.h"

namespace
{

constexpr int THREADS = 256;
constexpr int64_t MOST_BLOCKS = 4096; /* beyond, threads take several elements */

inline int blocks_for(int64_t n)
{
    int64_t blocks = (n + THREADS - 1) / THREADS;
    return static_cast<int>(blocks < 1 ? 1 : blocks < MOST_BLOCKS ? blocks : MOST_BLOCKS);
}

/* Elements of a thread: i = first; i < n; i += stride. */
__device__ inline int64_t first_element()
{
    return static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}

__device__ inline int64_t stride()
{
    return static_cast<int64_t>(gridDim.x) * blockDim.x;
}

inline void check(lts_gpu *gpu, const char *what)
{
    lts_gpu_keep(gpu, cudaGetLastError(), what);
}

/* The sum over a block's threads, in thread 0, always in the same order. */
__device__ inline double block_sum(double value)
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

} // namespace

#endif
