/* SPDX-License-Identifier: MIT */
#include "base/float_env.h"

#if defined(__x86_64__)

/*
 * FNSTENV also masks all x87 exceptions. Exceptions pending in the host are saved with the
 * environment and are pending again after lts_float_restore().
 */
void lts_float_set_default(lts_float_env *host)
{
    static const uint16_t word = 0x37f;
    host->mxcsr = __builtin_ia32_stmxcsr();
    __asm__ volatile("fnstenv %0" : "=m"(host->x87) : : "memory");
    __asm__ volatile("fnclex\n\tfldcw %0" : : "m"(word) : "memory");
    __builtin_ia32_ldmxcsr(0x1f80);
}

void lts_float_restore(const lts_float_env *host)
{
    __asm__ volatile("fldenv %0" : : "m"(host->x87) : "memory");
    __builtin_ia32_ldmxcsr(host->mxcsr);
}

#elif defined(__aarch64__)

void lts_float_set_default(lts_float_env *host)
{
    __asm__ volatile("mrs %0, fpcr" : "=r"(host->fpcr));
    __asm__ volatile("mrs %0, fpsr" : "=r"(host->fpsr));
    __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0) : "memory");
}

void lts_float_restore(const lts_float_env *host)
{
    __asm__ volatile("msr fpsr, %0" : : "r"(host->fpsr) : "memory");
    __asm__ volatile("msr fpcr, %0" : : "r"(host->fpcr) : "memory");
}

#else

void lts_float_set_default(lts_float_env *host)
{
    fegetenv(&host->all);
    fesetenv(FE_DFL_ENV);
}

void lts_float_restore(const lts_float_env *host)
{
    fesetenv(&host->all);
}

#endif
