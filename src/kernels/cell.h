/* SPDX-License-Identifier: MIT */
#ifndef LTS_KERNELS_CELL_H
#define LTS_KERNELS_CELL_H

#include "base/real.h"

/**
 * One step of B cells of H units.
 *
 * @param z       [B, 4H] in: the sums z_i z_f z_g z_o; out: the gates i f g o
 * @param c_prev  [B, H]
 * @param c, h    [B, H] out; may not overlap c_prev
 */
void lts_cell_forward(int64_t B, int64_t H, real *z, const real *c_prev, real *c, real *h);

/**
 * Its adjoint.
 *
 * @param gates   [B, 4H] in: i f g o; out: dz, the gradient by z
 * @param c_prev, c  [B, H] as of the forward step
 * @param dh      [B, H] gradient by h
 * @param dc      [B, H] in: gradient by c from the step after; out: gradient by c_prev
 */
void lts_cell_backward(int64_t B, int64_t H, real *gates, const real *c_prev, const real *c,
                       const real *dh, real *dc);

#endif
