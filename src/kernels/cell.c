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

/* One row; the pointers are parameters because that is where compilers trust `restrict`. */
static void forward_row(int64_t H, real *restrict zi, real *restrict zf, real *restrict zg,
                        real *restrict zo, const real *restrict c_prev, real *restrict c,
                        real *restrict h)
{
    for (int64_t j = 0; j < H; j++) {
        real i = lts_sigmoid(zi[j]), f = lts_sigmoid(zf[j]);
        real g = lts_tanh(zg[j]), o = lts_sigmoid(zo[j]);
        real c_new = f * c_prev[j] + i * g; /* (1) */
        zi[j] = i;
        zf[j] = f;
        zg[j] = g;
        zo[j] = o;
        c[j] = c_new;
        h[j] = o * lts_tanh(c_new); /* (2) */
    }
}

void lts_cell_forward(int64_t B, int64_t H, real *z, const real *c_prev, real *c, real *h)
{
    for (int64_t b = 0; b < B; b++) {
        real *row = z + b * 4 * H;
        forward_row(H, row, row + H, row + 2 * H, row + 3 * H, c_prev + b * H, c + b * H,
                    h + b * H);
    }
}

static void backward_row(int64_t H, real *restrict zi, real *restrict zf, real *restrict zg,
                         real *restrict zo, const real *restrict c_prev, const real *restrict c,
                         const real *restrict dh, real *restrict dc)
{
    for (int64_t j = 0; j < H; j++) {
        real i = zi[j], f = zf[j], g = zg[j], o = zo[j];
        real tanh_c = lts_tanh(c[j]);
        real dc_j = dc[j] + dh[j] * o * (1 - tanh_c * tanh_c); /* (3) */
        zi[j] = dc_j * g * i * (1 - i);                        /* (4) */
        zf[j] = dc_j * c_prev[j] * f * (1 - f);
        zg[j] = dc_j * i * (1 - g * g); /* (5) */
        zo[j] = dh[j] * tanh_c * o * (1 - o);
        dc[j] = dc_j * f; /* (6) */
    }
}

void lts_cell_backward(int64_t B, int64_t H, real *gates, const real *c_prev, const real *c,
                       const real *dh, real *dc)
{
    for (int64_t b = 0; b < B; b++) {
        real *row = gates + b * 4 * H;
        backward_row(H, row, row + H, row + 2 * H, row + 3 * H, c_prev + b * H, c + b * H,
                     dh + b * H, dc + b * H);
    }
}
