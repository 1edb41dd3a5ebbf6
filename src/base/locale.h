/* SPDX-License-Identifier: MIT */
/*
 * Numbers as text are the same in every locale of the host. A block that prints or parses them
 * begins with
 *
 *     LTS_C_LOCALE_SCOPE();
 *
 * and the thread has the C locale to the end of the block. Other threads keep the host's.
 */
#ifndef LTS_BASE_LOCALE_H
#define LTS_BASE_LOCALE_H

#include <locale.h>

typedef struct lts_locale_scope {
    locale_t ours, before;
} lts_locale_scope;

/* The C locale allocates nothing. */
static inline lts_locale_scope lts_locale_begin(void)
{
    lts_locale_scope scope = {newlocale(LC_ALL_MASK, "C", (locale_t)0), (locale_t)0};
    if (scope.ours != (locale_t)0)
        scope.before = uselocale(scope.ours);
    return scope;
}

static inline void lts_locale_end(const lts_locale_scope *scope)
{
    if (scope->ours == (locale_t)0)
        return;
    uselocale(scope->before);
    freelocale(scope->ours);
}

#define LTS_C_LOCALE_SCOPE()                                                                       \
    __attribute__((cleanup(lts_locale_end), unused)) const lts_locale_scope lts_locale =           \
        lts_locale_begin()

#endif
