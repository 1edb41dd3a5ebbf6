/* SPDX-License-Identifier: MIT */
#include "base/float_env.h"

#if defined(__x86_64__)

/*
 * FNSTENV also masks all x87 exceptions. Exceptions pending in the host are saved with the
 * environment and are pending again after lts_x87_restore().
 */
void lts_x87_set_default(lts_float_env *host)
{
    static const uint16_t word = 0x37f;
    __asm__ volatile("fnstenv %0" : "=m"(host->x87) : : "memory");
    __asm__ volatile("fnclex\n\tfldcw %0" : : "m"(word) : "memory");
}

void lts_x87_restore(const lts_float_env *host)
{
    __asm__ volatile("fldenv %0" : : "m"(host->x87) : "memory");
}

#elif defined(__aarch64__)

#else

/* Nothing happens where there is no way: x87 and S/390 keep denormals. */
static void flush_denormals(void)
{
#if defined(__i386__)
    /* some older processors have SSE without denormals-are-zero */
    if (__builtin_cpu_supports("sse3")) {
        static const uint32_t word = LTS_MXCSR;
        __asm__ volatile("ldmxcsr %0" : : "m"(word) : "memory");
    }
#elif defined(__arm__) && defined(__VFP_FP__) && !defined(__SOFTFP__)
    __builtin_arm_set_fpscr(1 << 24);
#endif
}

void lts_float_set_default(lts_float_env *host)
{
    fegetenv(&host->all);
    fesetenv(FE_DFL_ENV);
    flush_denormals();
}

void lts_float_restore(const lts_float_env *host)
{
    fesetenv(&host->all);
}

#endif
