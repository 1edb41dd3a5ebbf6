/* SPDX-License-Identifier: MIT */
/*
 * The host may round upward, flush denormals to zero or have exceptions trapped; the library
 * computes in the default environment all the same, and gives the host's back. Every public
 * function that computes begins with
 *
 *     LTS_FLOAT_SCOPE();
 *
 * which lasts to the end of the enclosing block. Where the host has the default, as nearly all
 * have, that is a look at two registers, and exception flags stay raised as after any arithmetic;
 * elsewhere the flags become again what they were, too. A callback is called outside of any scope, but
 * for those of an allocator. Within a scope LTS_FLOAT_HOST() leaves it for the rest of a block.
 */
#ifndef LTS_BASE_FLOAT_ENV_H
#define LTS_BASE_FLOAT_ENV_H

#include <stdbool.h>
#include <stdint.h>

#if !defined(__x86_64__) && !defined(__aarch64__)
#include <fenv.h>
#endif

/** The host's environment, if `changed`. */
typedef struct lts_float_env {
    bool changed;
#if defined(__x86_64__)
    uint32_t mxcsr;
    char x87[28]; /**< as FNSTENV leaves it: of use to printf and strtod, which round by its word */
#elif defined(__aarch64__)
    uint64_t fpcr, fpsr;
#else
    fenv_t all;
#endif
} lts_float_env;

/** Round to nearest, denormals as they are, nothing trapped; what was before goes to `host`. */
void lts_float_set_default(lts_float_env *host);
void lts_float_restore(const lts_float_env *host);

/** Whether this thread has the default environment; false if that is not easy to tell. */
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
 * Within a scope, whose `lts_host_floats` `host` points to: the host's environment to the end of
 * the enclosing block, and after it the default one again. What a callback sets meanwhile is what
 * the scope restores in the end.
 */
#define LTS_FLOAT_HOST(host)                                                                       \
    __attribute__((cleanup(lts_float_reenter), unused)) lts_float_env *const lts_left = (host);    \
    lts_float_leave(lts_left)

static inline void lts_float_reenter(lts_float_env *const *host)
{
    lts_float_enter(*host);
}

#endif
