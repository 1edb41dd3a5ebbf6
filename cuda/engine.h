/* SPDX-License-Identifier: MIT */
/*
 * An updater's network on a device, and the operations of network/device.h on it.
 */
#ifndef LTS_CUDA_ENGINE_H
#define LTS_CUDA_ENGINE_H

#include "network.h"
#include "network/device.h"
#include "windows.h"

/** A recorded update of some number of windows and calls. */
typedef struct lts_recorded {
    int64_t B, n_call;
    lts_gpu_graph graph;
} lts_recorded;

/* Windows of full batches and of the last one: more sizes take turns in the second place. */
enum { LTS_N_RECORDED = 2 };

typedef struct lts_gpu_engine {
    lts_engine base;
    const lts_services *services;
    lts_engine_options options;
    int64_t B; /**< windows of the last unroll */
    lts_net net;
    lts_net_layer *layers; /**< [L] as allocated: slot 0 of c and h is 0 for the largest batch   */
    lts_net_trace trace;   /**< for the present batch                                          */
    bool loop;             /**< the whole-plan kernels of loop.h run it */
    lts_windows windows;
    float *gradient, *moments[LTS_MAX_MOMENTS], *average;
    float *gradient_sum;       /**< a block, if options.accumulates                   */
    lts_loss loss;             /**< its arrays in the device's memory                 */
    double *weight_sum;        /**< [T] of lts_scoring                                */
    float *product, *work;     /**< of lts_net_gradients()                            */
    double *results;           /**< [T + 1] step losses; sum of the gradient's squares */
    float *largest;            /**< [1 + LTS_MAX_MOMENTS] magnitudes                  */
    void *memory;              /**< all of the above                                  */
    int64_t *host_offsets;     /**< [B] where copies begin and end                    */
    lts_numbers *host_numbers; /**< [1]                                           */
    double *host_results;      /**< [T + 1]                                           */
    float *host_largest;       /**< [1 + LTS_MAX_MOMENTS]                             */
    float *host_blocks;        /**< [2 + LTS_MAX_MOMENTS, total]                      */
    float *host_reading;       /**< an output, target or state: max(B K, 2 L B H)     */
    float *host_state;         /**< [L, 2, B, H] of the batch, if options.carries     */
    void *host_memory;         /**< all of these                                      */
    lts_recorded recorded[LTS_N_RECORDED];
} lts_gpu_engine;

/** Allocates and fills all arrays of an engine whose options, services and net.gpu are set. */
lstm_status lts_engine_allocate(lts_gpu_engine *engine);
void lts_engine_release(lts_gpu_engine *engine);

/** Enqueue forward, losses, backward, gradient and its square; `engine` is an lts_gpu_engine. */
void lts_engine_unroll(void *engine);

/** The operations of network/device.h, but for list and forecast. */
lstm_status lts_engine_open(lts_engine **engine, const lts_engine_options *options,
                            const lts_device *device, const lts_services *services);
void lts_engine_close(lts_engine *engine);
lstm_status lts_engine_load(lts_engine *engine);
lstm_status lts_engine_read(lts_engine *engine, unsigned what);
lstm_status lts_engine_backward(lts_engine *engine, const lts_batch *batch, double *step_loss,
                                double *norm);
lstm_status lts_engine_sum_gradient(lts_engine *engine, bool is_first);
lstm_status lts_engine_mean_gradient(lts_engine *engine, int64_t n, double *norm);
lstm_status lts_engine_clear_gradient(lts_engine *engine, const lts_tensor *const *tensors,
                                      int64_t n, double *norm);
lstm_status lts_engine_run_hooks(lts_engine *engine, const lstm_hook *hooks, int64_t n_hook,
                                 double *norm);
lstm_status lts_engine_measure(lts_engine *engine, lts_bounds *bounds);
lstm_status lts_engine_step(lts_engine *engine, const lts_step *step);
lstm_status lts_engine_read_output(lts_engine *engine, int64_t call, real *y);
lstm_status lts_engine_read_target(lts_engine *engine, int64_t t, real *target);
lstm_status lts_engine_read_state(lts_engine *engine, real *values);

#endif
