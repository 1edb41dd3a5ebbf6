/* SPDX-License-Identifier: MIT */
/*
 * Which set runs: the best one that is built in and that CPU and operating system support (the
 * compiler's CPU test uses CPUID, OSXSAVE and XGETBV; on 32-bit ARM the kernel says what there is),
 * unless LSTMTS_KERNELS names another one.
 */
#include "base/environment.h"
#include "kernels/amx_permission.h"
#include "kernels/blas.h"
#include "kernels/kernels.h"

#include <string.h>

#if defined(LTS_KERNELS_NEON) && defined(__arm__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

extern const lts_kernels lts_kernels_generic;

static bool always(void)
{
    return true;
}

#ifdef LTS_KERNELS_X86
extern const lts_kernels lts_kernels_avx2, lts_kernels_avx512;

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif
#ifdef LTS_KERNELS_AMX
extern const lts_kernels lts_kernels_amx, lts_kernels_amx_twin;

static bool has_amx(void)
{
    return has_avx512() && lts_amx_permitted();
}

/* Runs only if it is named. */
static bool is_usable_twin(const char *name)
{
    return strcmp(name, lts_kernels_amx_twin.name) == 0 && has_avx512();
}
#endif
#ifdef LTS_KERNELS_SSE3
extern const lts_kernels lts_kernels_sse3;

static bool has_sse3(void)
{
    return __builtin_cpu_supports("sse3");
}
#endif
#ifdef LTS_KERNELS_NEON
extern const lts_kernels lts_kernels_neon;

#ifdef __aarch64__
#define has_neon always
#else
static bool has_neon(void)
{
    const unsigned long needed = HWCAP_NEON | HWCAP_VFPv4;
    return (getauxval(AT_HWCAP) & needed) == needed;
}
#endif
#endif
#ifdef LTS_KERNELS_CBLAS
extern const lts_kernels lts_kernels_cblas;

/* Opens the BLAS only if it is asked for. */
static bool is_usable_cblas(const char *name)
{
    return strcmp(name, lts_kernels_cblas.name) == 0 && lts_blas_open();
}
#endif

/* The sets for instruction sets, from the least to the best. */
static const struct {
    const lts_kernels *kernels;
    bool (*runs_here)(void);
} sets[] = {
    {&lts_kernels_generic, always},
#ifdef LTS_KERNELS_X86
    {&lts_kernels_avx2, has_avx2},  {&lts_kernels_avx512, has_avx512},
#endif
#ifdef LTS_KERNELS_AMX
    {&lts_kernels_amx, has_amx},
#endif
#ifdef LTS_KERNELS_SSE3
    {&lts_kernels_sse3, has_sse3},
#endif
#ifdef LTS_KERNELS_NEON
    {&lts_kernels_neon, has_neon},
#endif
};
enum { N_SET = sizeof sets / sizeof *sets };

const lts_kernels *lts_kernels_find(const char *name)
{
    for (int i = 0; i < N_SET; i++)
        if (strcmp(sets[i].kernels->name, name) == 0 && sets[i].runs_here())
            return sets[i].kernels;
#ifdef LTS_KERNELS_AMX
    if (is_usable_twin(name))
        return &lts_kernels_amx_twin;
#endif
#ifdef LTS_KERNELS_CBLAS
    if (is_usable_cblas(name))
        return &lts_kernels_cblas;
#endif
    return NULL;
}

/* From this H on an OpenBLAS is faster than the generic set (docs/performance.md). */
enum { OPENBLAS_FROM_H = 32 };

const lts_kernels *lts_kernels_or_blas(const lts_kernels *own, int64_t H)
{
#ifdef LTS_KERNELS_CBLAS
    if (own == &lts_kernels_generic && H >= OPENBLAS_FROM_H && lts_blas_is_openblas())
        return &lts_kernels_cblas;
#endif
    (void)H;
    return own;
}

const lts_kernels *lts_kernels_own(void)
{
    const char *named = lts_environment_kernels();
    const lts_kernels *best = NULL;
#ifdef LTS_KERNELS_AMX
    if (named != NULL && is_usable_twin(named))
        return &lts_kernels_amx_twin;
#endif
    for (int i = 0; i < N_SET; i++) {
        if (sets[i].runs_here())
            best = sets[i].kernels;
        if (named != NULL && strcmp(named, sets[i].kernels->name) == 0)
            break;
    }
    return best;
}

const lts_kernels *lts_kernels_select(int64_t H)
{
    const char *named = lts_environment_kernels();
    const lts_kernels *own = lts_kernels_own();
#ifdef LTS_KERNELS_CBLAS
    if (named != NULL && is_usable_cblas(named))
        return &lts_kernels_cblas;
#endif
    if (named != NULL && strcmp(named, own->name) == 0)
        return own;
    /* On an old x86-64 the BLAS has no wider vectors either, and loses against the generic set. */
    return N_SET == 1 ? lts_kernels_or_blas(own, H) : own;
}
