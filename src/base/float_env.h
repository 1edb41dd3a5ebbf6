/* SPDX-License-Identifier: MIT */
/*
 * The floating-point environment. The host may round upward or trap exceptions; the library
 * computes in an environment of its own and then restores the host's. Its own environment rounds to
 * nearest, traps nothing, and takes denormals for 0, operands and results alike: Intel's processors
 * spend some 150 cycles on each denormal. (S/390 and the x87 registers of i386 know no such setting
 * and keep denormals.) Every public function that computes begins with
 *
 *     LTS_FLOAT_SCOPE();
 *
 * which lasts to the end of the enclosing block. If the host has the environment that a process
 * starts with, as nearly all hosts do, the scope reads two registers and writes one of them twice.
 * The exception flags are restored. On x86-64 those of the host stay set meanwhile: a processor of
 * Intel (family 6 model 207) takes 13 ns longer to load MXCSR if a flag other than "inexact"
 * changes, and in a host that has once divided by zero they would change in every call.
 *
 * The scope keeps the host's errno too, which functions such as pow() set when they underflow.
 *
 * Callbacks run outside the scope, except those of an allocator. Inside a scope, LTS_FLOAT_HOST()
 * returns to the host's environment for the rest of a block.
 */
#ifndef LTS_BASE_FLOAT_ENV_H
#define LTS_BASE_FLOAT_ENV_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#if !defined(__x86_64__) && !defined(__aarch64__)
#include <fenv.h>
#endif

/** The host's environment. */
typedef struct lts_float_env {
    int error; /**< errno */
#if defined(__x86_64__)
    bool x87_changed; /**< `x87` is valid */
    uint32_t mxcsr;
    char x87[28]; /**< written by FNSTENV. printf and strtod round by the x87 control word */
#elif defined(__aarch64__)
    uint64_t fpcr, fpsr;
#else
    fenv_t all;
#endif
} lts_float_env;

#if defined(__x86_64__) || defined(__i386__)
/** All exceptions masked, flush to zero, denormals are zero. */
enum { LTS_MXCSR = 0x9fc0, LTS_MXCSR_FLAGS = 0x3f };
#endif

#if defined(__x86_64__)

void lts_x87_set_default(lts_float_env *host);
void lts_x87_restore(const lts_float_env *host);

/** Save the environment to `host`, and set the library's. */
static inline void lts_float_set_default(lts_float_env *host)
{
    uint16_t x87;
    __asm__ volatile("fnstcw %0" : "=m"(x87));
    host->mxcsr = __builtin_ia32_stmxcsr();
    host->x87_changed = x87 != 0x37f;
    if (__builtin_expect(host->x87_changed, 0))
        lts_x87_set_default(host);
    uint32_t own = LTS_MXCSR | (host->mxcsr & LTS_MXCSR_FLAGS);
    if (host->mxcsr != own)
        __builtin_ia32_ldmxcsr(own);
}

static inline void lts_float_restore(const lts_float_env *host)
{
    if (__builtin_expect(host->x87_changed, 0))
        lts_x87_restore(host);
    if (__builtin_ia32_stmxcsr() != host->mxcsr)
        __builtin_ia32_ldmxcsr(host->mxcsr);
}

#elif defined(__aarch64__)

/** Flush to zero. */
enum { LTS_FPCR = 1 << 24 };

static inline void lts_float_set_default(lts_float_env *host)
{
    __asm__ volatile("mrs %0, fpcr" : "=r"(host->fpcr));
    __asm__ volatile("mrs %0, fpsr" : "=r"(host->fpsr));
    if (host->fpcr != LTS_FPCR)
        __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)LTS_FPCR) : "memory");
}

static inline void lts_float_restore(const lts_float_env *host)
{
    if (host->fpcr == LTS_FPCR)
        return;
    __asm__ volatile("msr fpsr, %0" : : "r"(host->fpsr) : "memory");
    __asm__ volatile("msr fpcr, %0" : : "r"(host->fpcr) : "memory");
}

#else

void lts_float_set_default(lts_float_env *host);
void lts_float_restore(const lts_float_env *host);

#endif

/** Whether this thread has the library's environment; false if there is no cheap way to know. */
static inline bool lts_float_is_default(void)
{
#if defined(__x86_64__)
    uint16_t x87;
    __asm__ volatile("fnstcw %0" : "=m"(x87));
    return (__builtin_ia32_stmxcsr() & ~(uint32_t)LTS_MXCSR_FLAGS) == LTS_MXCSR && x87 == 0x37f;
#elif defined(__aarch64__)
    uint64_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    return fpcr == LTS_FPCR;
#else
    return false;
#endif
}

static inline void lts_float_enter(lts_float_env *host)
{
    host->error = errno;
    lts_float_set_default(host);
}

static inline void lts_float_leave(const lts_float_env *host)
{
    lts_float_restore(host);
    errno = host->error;
}

#define LTS_FLOAT_SCOPE()                                                                          \
    __attribute__((cleanup(lts_float_leave))) lts_float_env lts_host_floats;                       \
    lts_float_enter(&lts_host_floats)

/**
 * Inside a scope whose `lts_host_floats` is *host: use the host's environment to the end of the
 * enclosing block, then the default one again. If a callback changes the environment meanwhile, the
 * scope restores the changed one at its end.
 */
#define LTS_FLOAT_HOST(host)                                                                       \
    __attribute__((cleanup(lts_float_reenter), unused)) lts_float_env *const lts_left = (host);    \
    lts_float_leave(lts_left)

static inline void lts_float_reenter(lts_float_env *const *host)
{
    lts_float_enter(*host);
}

#endif
