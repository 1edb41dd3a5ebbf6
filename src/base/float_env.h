/* SPDX-License-Identifier: MIT */
/*
 * The floating-point environment. The host may round upward, flush denormals to zero or trap
 * exceptions; the library computes in the default environment and then restores the host's. Every
 * public function that computes begins with
 *
 *     LTS_FLOAT_SCOPE();
 *
 * which lasts to the end of the enclosing block. If the host uses the default environment, as
 * nearly all hosts do, the scope only reads two registers, and exception flags stay raised as after
 * any arithmetic. Otherwise the exception flags are restored too.
 *
 * Callbacks run outside the scope, except those of an allocator. Inside a scope, LTS_FLOAT_HOST()
 * returns to the host's environment for the rest of a block.
 */
#ifndef LTS_BASE_FLOAT_ENV_H
#define LTS_BASE_FLOAT_ENV_H

#include <stdbool.h>
#include <stdint.h>

#if !defined(__x86_64__) && !defined(__aarch64__)
#include <fenv.h>
#endif

/** The host's environment; valid if `changed`. */
typedef struct lts_float_env {
    bool changed;
#if defined(__x86_64__)
    uint32_t mxcsr;
    char x87[28]; /**< written by FNSTENV. printf and strtod round by the x87 control word */
#elif defined(__aarch64__)
    uint64_t fpcr, fpsr;
#else
    fenv_t all;
#endif
} lts_float_env;

/** Save the environment to `host`; then round to nearest, keep denormals, trap nothing. */
void lts_float_set_default(lts_float_env *host);
void lts_float_restore(const lts_float_env *host);

/** Whether this thread has the default environment; false if there is no cheap way to know. */
static inline bool lts_float_is_default(void)
{
#if defined(__x86_64__)
    uint16_t x87;
    __asm__ volatile("fnstcw %0" : "=m"(x87));
    return (__builtin_ia32_stmxcsr() & ~0x3fu) == 0x1f80 && x87 == 0x37f; /* all but the flags */
#elif defined(__aarch64__)
    uint64_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    return fpcr == 0;
#else
    return false;
#endif
}

static inline void lts_float_enter(lts_float_env *host)
{
    host->changed = !lts_float_is_default();
    if (__builtin_expect(host->changed, 0))
        lts_float_set_default(host);
}

static inline void lts_float_leave(const lts_float_env *host)
{
    if (__builtin_expect(host->changed, 0))
        lts_float_restore(host);
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
