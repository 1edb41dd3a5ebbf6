/* SPDX-License-Identifier: MIT */
/*
 *     z_t = W_x u_t + b + W_h h_{t-1}            forward; the cell then makes c_t and h_t of z_t
 *     dh_{t-1} += dz_t W_h                       backward; the cell made dz_t of dh_t and dc_t
 * The products with W_x and with u do not depend on the step before and are done for all calls at
 * once, here and by the caller; only the two products above must go step by step.
 */
#include "network/lstm_layer.h"

#include "kernels/cell.h"
#include "kernels/gemm.h"
#include "kernels/sweep.h"
#include "network/linear.h"

void lts_layer_forward(const lts_layer_weights *weights, int64_t B, int64_t H, int64_t first,
                       int64_t n, const real *u, const lts_layer_trace *trace)
{
    int64_t slot = B * H;
    real *gates = trace->gates + first * 4 * slot;
    lts_linear_forward(n * B, H, 4 * H, weights->weight_x, weights->bias, u, gates);
    for (int64_t call = first; call < first + n; call++, gates += 4 * slot) {
        const real *c_prev = trace->c + call * slot, *h_prev = trace->h + call * slot;
        lts_gemm(LTS_PLAIN, LTS_TRANSPOSED, B, 4 * H, H, h_prev, H, weights->weight_h, H, true,
                 gates, 4 * H);
        lts_cell_forward(B, H, gates, c_prev, trace->c + (call + 1) * slot,
                         trace->h + (call + 1) * slot);
    }
}

void lts_layer_backward(const lts_layer_weights *weights, int64_t B, int64_t H, int64_t first,
                        int64_t n, real *dh, const lts_layer_trace *trace,
                        const lts_layer_adjoint *adjoint)
{
    int64_t slot = B * H;
    for (int64_t call = first + n - 1; call >= first; call--) {
        real *dh_call = dh + (call - first) * slot, *gates = trace->gates + call * 4 * slot;
        const real *c_prev = trace->c + call * slot, *c = trace->c + (call + 1) * slot;
        lts_add_scaled(slot, 1, adjoint->dh, dh_call);
        lts_cell_backward(B, H, gates, c_prev, c, dh_call, adjoint->dc);
        if (call > 0)
            lts_gemm(LTS_PLAIN, LTS_PLAIN, B, H, 4 * H, gates, 4 * H, weights->weight_h, H, false,
                     adjoint->dh, H);
    }
}
