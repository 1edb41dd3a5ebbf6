/* SPDX-License-Identifier: MIT */
/*
 * What a device does for training and for fleets: a table of whole operations. The updater says
 * what is to be done, the device how: the processor's own table is network/device_cpu.c, a
 * companion library (cuda/) fills another.
 *
 * An engine is one updater's network on a device: parameters, gradient and moments, a plan, and
 * what an unroll of it leaves. The host has a block of the parameter table for each of them
 * (lts_host_blocks). The processor works in these blocks themselves. Another device has copies: it
 * takes the host's with load(), and gives its own back with read(), so that an update moves nothing
 * between the two but offsets and losses.
 *
 * All operations of an engine are called by one thread at a time.
 */
#ifndef LTS_NETWORK_DEVICE_H
#define LTS_NETWORK_DEVICE_H

#include "data/columns.h"
#include "network/params.h"
#include "network/plan.h"
#include "network/step.h"
#include <lstmts/device.h>
#include <lstmts/optimizer.h>

/** Blocks of the parameter table in the host's memory. */
typedef struct lts_host_blocks {
    real *values, *gradient;
    int64_t n_moment;
    real *moments[LTS_MAX_MOMENTS]; /**< [n_moment] */
} lts_host_blocks;

/** What an engine is made for. Everything is borrowed and must outlive it. */
typedef struct lts_engine_options {
    const lts_params *params;
    const lstm_series *series;
    const lts_columns *columns;
    const lts_plan *plan;
    lts_host_blocks host;
    int64_t B;                  /**< windows of the largest batch                      */
    int64_t pred;               /**< rows from an input to its target                  */
    int64_t precision;          /**< LSTM_PRECISION_*                                  */
    bool folded;                /**< what lts_fold_pays() says of the largest batch    */
    int64_t index;              /**< which of the kind of device: 1 in "cuda:1"        */
    const lts_kernels *kernels; /**< the processor's kernels, for "cpu"                */
    int64_t n_thread;           /**< threads at most, for "cpu"                        */
} lts_engine_options;

/** An engine. Each device has its own, which begins with this. */
typedef struct lts_engine {
    const struct lts_device *device;
} lts_engine;

/** What lts_device.read() copies to the host's blocks. */
enum {
    LTS_READ_VALUES = 1,
    LTS_READ_GRADIENT = 2,
    LTS_READ_MOMENTS = 4,
};

/** Bounds: no parameter, and no element of a moment, is larger in magnitude. */
typedef struct lts_bounds {
    double value, moment[LTS_MAX_MOMENTS];
} lts_bounds;

/** A fleet: series that are read over their last rows, and forecast by their own outputs. */
typedef struct lts_fleet {
    const lts_params *params;
    const real *values;         /**< a block of the table                                     */
    const lts_columns *columns; /**< every input is fed back                                  */
    int64_t precision, index;   /**< as of an engine                                          */
    bool folded;                /**< what lts_fold_pays() says of all its calls               */
    int64_t n_series, n_step;
    int64_t context_len; /**< rows read                                                */
    int64_t lag;         /**< step t >= context_len reads the output of step t - lag   */
    const real *x;       /**< [context_len, n_series, D] rows                          */
    real *y;             /**< [n_series, n_step, K] outputs from step context_len - 1 on */
} lts_fleet;

/**
 * A kind of device. A status below 0 has its message set. Unless said otherwise an operation can
 * return LSTM_E_DEVICE: the device failed or was lost. Then the host's blocks are as they were, and
 * every later operation of the engine but close() fails in the same way.
 */
typedef struct lts_device {
    uint64_t size;    /**< of this table                      */
    const char *name; /**< "cpu", "cuda": without the index   */

    /** Devices of this kind, each described, at most `size` of them; *n counts all of them. */
    lstm_status (*list)(lstm_device_info *devices, int64_t size, int64_t *n);

    /**
     * Make an engine; all memory that its operations need is allocated here. Nothing is loaded.
     * LSTM_E_LIMIT, LSTM_E_NOMEM, LSTM_E_DEVICE.
     */
    lstm_status (*open)(lts_engine **engine, const lts_engine_options *options);
    /** Free it; NULL is fine. */
    void (*close)(lts_engine *engine);

    /** Take the host's values and moments. To be called before the first update. */
    lstm_status (*load)(lts_engine *engine);
    /** Copy to the host's blocks what LTS_READ_* names. Moments and values come in one piece. */
    lstm_status (*read)(lts_engine *engine, unsigned what);

    /**
     * Forward from zero state over the windows at offsets [B] of the series, and, if all losses are
     * finite, the gradient.
     * @param[out] step_loss [T] mean squared error of each step
     * @param[out] norm      L2 norm of the gradient; NaN if a loss is not finite
     */
    lstm_status (*backward)(lts_engine *engine, const int64_t *offsets, int64_t B,
                            double *step_loss, double *norm);
    /** Run hooks over the gradient. @param[out] norm L2 norm of the gradient afterwards */
    lstm_status (*run_hooks)(lts_engine *engine, const lstm_hook *hooks, int64_t n_hook,
                             double *norm);
    /** Largest magnitudes of values and moments, as they are. */
    lstm_status (*measure)(lts_engine *engine, lts_bounds *bounds);
    /** Move values and moments by the gradient. */
    lstm_status (*step)(lts_engine *engine, const lts_step *step);

    /* Of the last unroll. */

    /** y [B, K]: the outputs of a call. */
    lstm_status (*read_output)(lts_engine *engine, int64_t call, real *y);
    /** target [B, K] of step t. */
    lstm_status (*read_target)(lts_engine *engine, int64_t t, real *target);
    /** values [L, 2, B, H]: h and c of each layer after the last call. */
    lstm_status (*read_state)(lts_engine *engine, real *values);

    /**
     * Forecast a fleet. LSTM_E_NUMERIC if an output is not finite; LSTM_E_NOMEM. On failure y is
     * as it was, unless the device is lost while y is copied. NULL for "cpu", whose fleets are
     * rollouts.
     */
    lstm_status (*forecast)(const lts_fleet *fleet);
} lts_device;

/** What a companion library may use of this one: it is not linked to it. */
typedef struct lts_services {
    uint64_t size; /**< of this table                                      */
    /** lts_alloc(), lts_free(): base/memory.h. */
    void *(*alloc)(int64_t n, size_t size);
    void (*free)(void *memory);
    /** lts_fail(): sets the message and returns the status. */
    lstm_status (*fail)(lstm_status status, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
} lts_services;

/**
 * The one function that a companion exports. `layout` is LTS_DEVICE_LAYOUT as the core was built.
 * @return its table, valid until the process ends, or NULL with the message set.
 */
typedef const lts_device *lts_companion(uint64_t layout, const lts_services *services);
#define LTS_COMPANION_SYMBOL "lstmts_companion"

/** Grows when a structure that crosses to a companion changes. */
#define LTS_DEVICE_LAYOUT UINT64_C(1)

/** The processor's table. */
extern const lts_device lts_cpu;

/**
 * The device of a name as options have it: NULL and "cpu" are the processor, "cuda:1" the second
 * CUDA device. A companion is opened once and stays. LSTM_E_ARGUMENT if the name is malformed;
 * LSTM_E_DEVICE if there is no such companion.
 */
lstm_status lts_device_find(const char *name, const lts_device **device, int64_t *index);

#endif
