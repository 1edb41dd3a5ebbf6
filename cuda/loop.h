/* SPDX-License-Identifier: MIT */
/*
 * A whole plan of a one-layer network with the input layer folded, forward and backward, as one
 * launch each: recurrent weights stay in registers and shared memory over all calls, and closed
 * loops need no launch of their own. Every array lies in the device's memory (in the twin: in the
 * host's). Gate blocks in the order i, f, g, o.
 *
 *     x of a fed call: columns d with column_feed[d] >= 0 take y[feed[call]][column_feed[d]]
 *     z = K_x x + k + W_h h;   i, f, o = sigmoid(z), g = tanh(z);   c = f c + i g;   h = o tanh(c)
 *     y = W_out h + b_out, with dropout's kept and scaled h
 *
 * Backward, from the last call to the first, with dh and dc of the call after (0 after the last):
 *     dh += W_out^T dy, of kept h, scaled;   dc += dh o (1 - tanh(c)^2)
 *     dz_o = dh tanh(c) o(1-o);  dz_i = dc g i(1-i);  dz_g = dc i (1-g^2);  dz_f = dc c_prev f(1-f)
 *     dc = dc f;   dh = W_h^T dz;   of a fed call: dy[feed[call]] += (K_x^T dz) in the fed columns
 */
#ifndef LTS_CUDA_LOOP_H
#define LTS_CUDA_LOOP_H

#include <stdbool.h>
#include <stdint.h>

typedef struct lts_gpu lts_gpu; /* backend.h: a device, its stream and handles */

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lts_loop {
    int64_t n_call, B, D, K, H;
    const float *fold;          /**< [4H, D + 1]: K_x | k                                        */
    const float *weight_h;      /**< [4H, H]                                                     */
    const float *weight_out;    /**< [K, H]                                                      */
    const float *bias_out;      /**< [K]                                                         */
    const int32_t *feed;        /**< [n_call] earlier call whose y is fed, or -1                 */
    const int32_t *column_feed; /**< [D] the output that stands for this input, or -1          */
    float *x;                   /**< [n_call, B, D]; fed columns of fed calls are written        */
    float *gates;               /**< [n_call, B, 4H]: i, f, g, o; after backward dz              */
    float *c, *h;               /**< [n_call + 1, B, H]; slot 0 is the state at the start: 0      */
    float *y;                   /**< [n_call, B, K]                                              */
    float *dy;                  /**< [n_call, B, K] backward: in, and what fed calls add          */
    const uint32_t *kept;       /**< [n_call, B, ceil(H / 32)] bits of dropout, or NULL          */
    float scale;                /**< of what is kept                                             */
} lts_loop;

/** A forecast: no trace is kept, and only outputs from call context_len - 1 on are written. */
typedef struct lts_loop_forecast {
    int64_t n_call; /**< context_len - 1 + n_step                                           */
    int64_t B, D, K, H, context_len, lag;
    const float *fold, *weight_h, *weight_out, *bias_out; /**< as above                      */
    const int32_t *column_feed;                           /**< [D], none is -1               */
    const float *x; /**< [context_len, B, D] inputs of the first calls; call t >= context_len
                         reads y of call t - lag, lag <= context_len unless n_step is 1        */
    float *y;       /**< [B, n_call - context_len + 1, K]                                      */
} lts_loop_forecast;

/**
 * Whether networks of these sizes run so on this device; otherwise they go call by call.
 * @param lag  of a forecast, whose last `lag` outputs are kept on chip; 1 for an update
 */
bool lts_loop_fits(const lts_gpu *gpu, int64_t D, int64_t K, int64_t H, int64_t lag);

/* Enqueue; 0, or the number of an error of the runtime. They can be captured into a graph. */
int lts_loop_forward(lts_gpu *gpu, const lts_loop *loop);
int lts_loop_backward(lts_gpu *gpu, const lts_loop *loop);
int lts_loop_forecast_run(lts_gpu *gpu, const lts_loop_forecast *forecast);

#ifdef __cplusplus
}
#endif

#endif
