/* SPDX-License-Identifier: MIT */
/*
 * The LSTM cell, element by element.
 *     i = sigm(z_i)  f = sigm(z_f)  g = tanh(z_g)  o = sigm(z_o)
 *     c_t = f c_{t-1} + i g                                         (1)
 *     h_t = o tanh(c_t)                                             (2)
 * Backward, dv short for dE/dv, dc holding what step t+1 sent back:
 *     dc += dh o (1 - tanh^2 c_t)                                   (3)
 *     dz_i = dc g i(1-i)         dz_f = dc c_{t-1} f(1-f)           (4)
 *     dz_g = dc i (1-g^2)        dz_o = dh tanh(c_t) o(1-o)         (5)
 *     dc_{t-1} = dc f                                               (6)
 * A row of z holds the gates in the order i f g o, H elements each. tanh(c_t) is computed again in
 * the backward pass: that is cheaper than the memory that would keep it.
 */
#include "kernels/cell.h"

#include "kernels/gates.h"

void lts_cell_forward(int64_t B, int64_t H, real *z, const real *c_prev, real *c, real *h)
{
    for (int64_t b = 0; b < B; b++) {
        real *restrict zi = z + b * 4 * H, *restrict zf = zi + H;
        real *restrict zg = zf + H, *restrict zo = zg + H;
        const real *restrict before = c_prev + b * H;
        real *restrict c_row = c + b * H, *restrict h_row = h + b * H;
        for (int64_t j = 0; j < H; j++) {
            real i = lts_sigmoid(zi[j]), f = lts_sigmoid(zf[j]);
            real g = lts_tanh(zg[j]), o = lts_sigmoid(zo[j]);
            real c_new = f * before[j] + i * g; /* (1) */
            zi[j] = i;
            zf[j] = f;
            zg[j] = g;
            zo[j] = o;
            c_row[j] = c_new;
            h_row[j] = o * lts_tanh(c_new); /* (2) */
        }
    }
}

void lts_cell_backward(int64_t B, int64_t H, real *gates, const real *c_prev, const real *c,
                       const real *dh, real *dc)
{
    for (int64_t b = 0; b < B; b++) {
        real *restrict zi = gates + b * 4 * H, *restrict zf = zi + H;
        real *restrict zg = zf + H, *restrict zo = zg + H;
        const real *restrict before = c_prev + b * H, *restrict c_row = c + b * H;
        const real *restrict dh_row = dh + b * H;
        real *restrict dc_row = dc + b * H;
        for (int64_t j = 0; j < H; j++) {
            real i = zi[j], f = zf[j], g = zg[j], o = zo[j];
            real tanh_c = lts_tanh(c_row[j]), dh_j = dh_row[j];
            real dc_j = dc_row[j] + dh_j * o * (1 - tanh_c * tanh_c); /* (3) */
            zi[j] = dc_j * g * i * (1 - i);                           /* (4) */
            zf[j] = dc_j * before[j] * f * (1 - f);
            zg[j] = dc_j * i * (1 - g * g); /* (5) */
            zo[j] = dh_j * tanh_c * o * (1 - o);
            dc_row[j] = dc_j * f; /* (6) */
        }
    }
}
