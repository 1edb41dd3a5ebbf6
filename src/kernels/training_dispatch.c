/* SPDX-License-Identifier: MIT */
#include "kernels/training.h"

#include "kernels/amx_permission.h"

extern const lts_kernels lts_kernels_generic;
extern const lts_training_kernels lts_training_generic;
#ifdef LTS_KERNELS_X86
extern const lts_kernels lts_kernels_avx2, lts_kernels_avx512;
extern const lts_training_kernels lts_training_avx2, lts_training_avx512;
#endif
#ifdef LTS_KERNELS_AMX
extern const lts_kernels lts_kernels_amx, lts_kernels_amx_twin;
extern const lts_training_kernels lts_training_amx, lts_training_amx_twin;
#endif
#ifdef LTS_KERNELS_SSE3
extern const lts_kernels lts_kernels_sse3;
extern const lts_training_kernels lts_training_sse3;
#endif
#ifdef LTS_KERNELS_NEON
extern const lts_kernels lts_kernels_neon;
extern const lts_training_kernels lts_training_neon;
#endif
#ifdef LTS_KERNELS_CBLAS
extern const lts_kernels lts_kernels_cblas;
extern const lts_training_kernels lts_training_cblas;
#endif

static const struct {
    const lts_kernels *kernels;
    const lts_training_kernels *training;
} sets[] = {
    {&lts_kernels_generic, &lts_training_generic},
#ifdef LTS_KERNELS_X86
    {&lts_kernels_avx2, &lts_training_avx2},       {&lts_kernels_avx512, &lts_training_avx512},
#endif
#ifdef LTS_KERNELS_AMX
    {&lts_kernels_amx, &lts_training_amx},         {&lts_kernels_amx_twin, &lts_training_amx_twin},
#endif
#ifdef LTS_KERNELS_SSE3
    {&lts_kernels_sse3, &lts_training_sse3},
#endif
#ifdef LTS_KERNELS_NEON
    {&lts_kernels_neon, &lts_training_neon},
#endif
#ifdef LTS_KERNELS_CBLAS
    {&lts_kernels_cblas, &lts_training_cblas},
#endif
};

const lts_training_kernels *lts_training_kernels_of(const lts_kernels *kernels)
{
    int i = 0;
    while (sets[i].kernels != kernels)
        i++;
    return sets[i].training;
}
