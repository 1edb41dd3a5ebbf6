/* SPDX-License-Identifier: MIT */
/*
 * Rounding and packing matrices in the formats of kernels/stored.h.
 */
#ifndef LTS_KERNELS_STORED_PACK_H
#define LTS_KERNELS_STORED_PACK_H

#include "kernels/stored.h"

/** The set whose `stored` states of a model with this set use: itself, or `generic`. */
const lts_kernels *lts_kernels_storing(const lts_kernels *kernels);

/** Words of the panels of [n, G] in a format other than float; `lanes` of the set. */
int64_t lts_stored_words(int64_t lanes, int64_t H, int64_t n, int64_t format);

/**
 * Round W [4H, n], gate blocks of H rows, to a format other than float: to bfloat16 within 2^-8 of
 * itself, not beyond the largest finite float; or to int8 within half a scale, which is the row's
 * largest magnitude / 127. Rows whose scale would be denormal are 0. A row that is not finite has
 * elements or a scale that are not. `to` must be 0 before; padding remains 0.
 */
void lts_stored_pack(int64_t lanes, int64_t H, int64_t n, const real *W, int64_t format,
                     const lts_stored_matrix *to);

#endif
