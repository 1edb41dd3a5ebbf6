/* SPDX-License-Identifier: MIT */
/* Compiled at configuration, to see whether this nvcc and its host compiler make what we need. */
#include <cooperative_groups.h>

__global__ void probe(float *to)
{
    cooperative_groups::this_cluster().sync();
    *to = 0;
}
