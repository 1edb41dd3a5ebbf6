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

void lts_float_set_default(lts_float_env *host)
{
    fegetenv(&host->all);
    fesetenv(FE_DFL_ENV); /* keeps denormals: there is no portable way to flush them */
}

void lts_float_restore(const lts_float_env *host)
{
    fesetenv(&host->all);
}

#endif
