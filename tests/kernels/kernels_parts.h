/* SPDX-License-Identifier: MIT */
/* Shared by the tests of products in parts (kernels/parts.h). */
#ifndef TESTS_KERNELS_PARTS_H
#define TESTS_KERNELS_PARTS_H

#include "kernels_step.h"

/** Set number i that has products in parts and can run here; NULL after the last. */
static inline const lts_kernels *parts_here(int i)
{
    static const char *const names[] = {"amx_twin", "amx"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (lts_kernels_find(names[k]) != NULL && i-- == 0)
            return lts_kernels_find(names[k]);
    return NULL;
}

static inline const lts_part_kernels *parts_of(const lts_kernels *kernels)
{
    return lts_training_kernels_of(kernels)->parts;
}

static inline lts_part *new_parts(int64_t n)
{
    lts_part *parts = aligned_alloc(64, (size_t)(n + 32) * sizeof *parts / 64 * 64);
    assert_non_null(parts);
    memset(parts, 0xff, (size_t)n * sizeof *parts); /* NaN */
    return parts;
}

#endif
