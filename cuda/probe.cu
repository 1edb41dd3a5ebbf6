/* SPDX-License-Identifier: MIT */
/* Compiled at configuration, to see whether this nvcc and its host compiler make what we need. */
#include <cooperative_groups.h>

__global__ void probe(float *to)
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
#error "compute capability 8.0 is the least: copies to shared memory in the background"
#endif
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
    cooperative_groups::this_cluster().sync();
#endif
    *to = 0;
}
