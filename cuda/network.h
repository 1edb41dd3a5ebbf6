/* SPDX-License-Identifier: MIT */
/*
 * The network on a device, call by call: what src/network/segment.h is for the processor. Training
 * and fleets both run it where the whole-plan kernels of loop.h do not fit.
 */
#ifndef LTS_CUDA_NETWORK_H
#define LTS_CUDA_NETWORK_H

#include "backend.h"
#include "network/params.h"

/** A network's parameters on a device. */
typedef struct lts_net {
    lts_gpu *gpu;
    const lts_params *params; /**< in the host's memory                        */
    int64_t precision;
    bool folded;   /**< the input layer folded into the first layer: NUMERICS, network/packed.h */
    float *values; /**< a block of the table                                  */
    float *fold;   /**< [4H, D + 1]: K_x | k, if folded                       */
    float scale;   /**< of outputs that dropout keeps                         */
} lts_net;

typedef struct lts_net_layer {
    float *gates;   /**< [n_call, B, 4H]; after backward dz                     */
    float *c, *h;   /**< slot n is what call n starts from: [n_call + 1, B, H]  */
    float *dc;      /**< [B, H]                                                 */
    float *out;     /**< [n_call, B, H] what the layer above reads; NULL without dropout */
    uint32_t *kept; /**< [n_call, B, lts_kept_words(H)] what dropout keeps                */
} lts_net_layer;

/** What the network keeps of n_call calls of B windows. */
typedef struct lts_net_trace {
    int64_t n_call, B;
    int64_t slot;   /**< elements between slots of c and h: B H, or 0 for a state in place */
    bool from_zero; /**< h of slot 0 is 0: products with it are spared         */
    float *x;       /**< [n_call, B, D]                                        */
    float *u;       /**< [n_call, B, H], unless folded                         */
    float *y;       /**< [n_call, B, K]                                        */
    float *dy, *dx; /**< as y and x; training alone                            */
    float *dh;      /**< [n_call, B, H] by a layer's outputs; in the end by u  */
    lts_net_layer *layers;
} lts_net_trace;

/** Make `fold` of the values, if folded. */
void lts_net_fold(const lts_net *net);

/** Outputs of layer l in n calls after dropout, if there is any: h -> out. */
void lts_net_drop(const lts_net *net, const lts_net_trace *trace, int64_t l, int64_t first,
                  int64_t n);

/** Calls first .. first + n - 1, none of which feeds another: x -> u, gates, c, h, out, y. */
void lts_net_forward(const lts_net *net, const lts_net_trace *trace, int64_t first, int64_t n);

/**
 * The same backward: dy -> dz, dh, and, if asked for, dx. Calls come from the last to the first; dz
 * of the call after must still be there.
 */
void lts_net_backward(const lts_net *net, const lts_net_trace *trace, int64_t first, int64_t n,
                      bool with_dx);

/**
 * The gradient block after backward over all calls. product [4H, D] if folded; work [LTS_SUM_PARTS,
 * max(4H, K)].
 */
void lts_net_gradients(const lts_net *net, const lts_net_trace *trace, float *product, float *work,
                       float *gradient);

#endif
