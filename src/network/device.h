/* SPDX-License-Identifier: MIT */
/*
 * A device as a table of operations for training and for fleets. The updater decides which
 * operation runs, the device how. network/device_cpu.c has the processor's table, a companion
 * library (cuda/) another.
 *
 * An engine is one updater's network on a device: parameters, gradient and moments, a plan, and the
 * results of its last unroll. The host has a block of the parameter table for parameters, gradient
 * and each moment (lts_host_blocks). The processor works on these blocks. Any other device has
 * copies: load() copies the host's blocks to the device, read() copies them back. An update
 * therefore transfers only offsets and losses.
 *
 * Not thread-safe: the operations of one engine must not run concurrently.
 */
#ifndef LTS_NETWORK_DEVICE_H
#define LTS_NETWORK_DEVICE_H

#include "network/dropout.h"
#include "network/params.h"
#include "network/plan.h"
#include "network/step.h"
#include "score/loss.h"
#include "view/source.h"
#include "view/table.h"
#include <lstmts/device.h>
#include <lstmts/optimizer.h>

/** Blocks of the parameter table in the host's memory. */
typedef struct lts_host_blocks {
    real *values, *gradient;
    int64_t n_moment;
    real *moments[LTS_MAX_MOMENTS]; /**< [n_moment] */
    real *average; /**< of the values over the updates: loaded and read with the moments, by
                        devices other than "cpu"; NULL = none */
} lts_host_blocks;

/** Options of an engine. Everything is borrowed and must outlive it. */
typedef struct lts_engine_options {
    const lts_params *params;
    lts_source source;
    const lts_view_table *view_table; /**< of source.view, read by open(). NULL for "cpu"     */
    const lts_plan *plan;             /**< as long as it gets; may be cut between two updates */
    lts_host_blocks host;
    int64_t B;                  /**< windows of the largest batch                      */
    int64_t precision;          /**< LSTM_PRECISION_*                                  */
    bool folded;                /**< whether to fold the input layer                   */
    const lts_loss *loss;       /**< of outputs and targets; NULL = LSTM_LOSS_MSE      */
    lts_dropout dropout;        /**< of the outputs of all layers                      */
    bool accumulates;           /**< sum_gradient() and mean_gradient() are called     */
    bool carries;               /**< each batch has a state; otherwise none has        */
    int64_t index;              /**< number of the device of its kind: 1 in "cuda:1"   */
    const lts_kernels *kernels; /**< kernel set, for "cpu"                             */
    int64_t n_thread;           /**< largest number of threads, for "cpu"              */
} lts_engine_options;

/** An engine. The engine struct of each device begins with this. */
typedef struct lts_engine {
    const struct lts_device *device;
    bool ahead; /**< has parameters newer than those of the model, which then exists (model.h) */
} lts_engine;

/** Blocks that lts_device.read() copies to the host. */
enum {
    LTS_READ_VALUES = 1,
    LTS_READ_GRADIENT = 2,
    LTS_READ_MOMENTS = 4,
};

/** Upper bounds of the magnitudes of all parameters, and of all elements of each moment. */
typedef struct lts_bounds {
    double value, moment[LTS_MAX_MOMENTS];
} lts_bounds;

/** A fleet: many series, each read over its last rows and then forecast in a closed loop. */
typedef struct lts_fleet {
    const lts_params *params;
    const real *values;         /**< a block of the table                                     */
    const lts_columns *columns; /**< every input is fed back or known                         */
    int64_t precision, index;   /**< as of an engine                                          */
    bool folded;                /**< whether to fold the input layer                          */
    int64_t n_series, n_step;
    int64_t context_len;    /**< rows read of each series                                 */
    int64_t lag;            /**< step t >= context_len reads the output of step t - lag   */
    int64_t n_x;            /**< context_len; with known covariates all of the steps,
                              context_len + n_step - 1                                 */
    const real *x;          /**< [n_x, n_series, D] inputs; what is fed back is not read  */
    real *y;                /**< [n_series, n_step, K] outputs from step context_len - 1 on */
    const int64_t *numbers; /**< [n_series] for messages                               */
} lts_fleet;

/**
 * A kind of device. Operations set the message of a status below 0. Unless documented otherwise, an
 * operation can return LSTM_E_DEVICE: the device failed or was lost. The host's blocks are then
 * unchanged, and every later operation of the engine except close() fails in the same way.
 */
typedef struct lts_device {
    uint64_t size;    /**< of this table                      */
    const char *name; /**< "cpu", "cuda": without the index   */

    /** Describe at most `size` devices of this kind. @param[out] n number of all of them */
    lstm_status (*list)(lstm_device_info *devices, int64_t size, int64_t *n);

    /**
     * Create an engine and allocate all memory that its operations need. Does not load the blocks.
     * LSTM_E_LIMIT, LSTM_E_NOMEM, LSTM_E_DEVICE.
     */
    lstm_status (*open)(lts_engine **engine, const lts_engine_options *options);
    /** Free the engine. NULL is allowed. */
    void (*close)(lts_engine *engine);

    /** Copy the host's values, moments and average to the device. Must be called before the first
     *  update. */
    lstm_status (*load)(lts_engine *engine);
    /** Copy the blocks of a set of LTS_READ_* to the host. */
    lstm_status (*read)(lts_engine *engine, unsigned what);

    /**
     * Forward over the windows of a batch from its state; then, if all losses are finite, backward
     * to the gradient.
     * @param[out] step_loss [T] loss of each step
     * @param[out] norm      L2 norm of the gradient; NaN if a loss is not finite
     */
    lstm_status (*backward)(lts_engine *engine, const lts_batch *batch, double *step_loss,
                            double *norm);

    /* Of the gradient. norm: its L2 norm afterwards. */

    /** Add it to the sum of an update's batches, which begins with the first. */
    lstm_status (*sum_gradient)(lts_engine *engine, bool is_first);
    /** Make it the mean of n batches of the sum. */
    lstm_status (*mean_gradient)(lts_engine *engine, int64_t n, double *norm);
    /** Set the elements of n tensors to 0. */
    lstm_status (*clear_gradient)(lts_engine *engine, const lts_tensor *const *tensors, int64_t n,
                                  double *norm);
    /** Run hooks over it. */
    lstm_status (*run_hooks)(lts_engine *engine, const lstm_hook *hooks, int64_t n_hook,
                             double *norm);

    /** Measure the largest magnitudes of values and moments. */
    lstm_status (*measure)(lts_engine *engine, lts_bounds *bounds);
    /** Apply an optimizer's step to values and moments, and add the values to the average. */
    lstm_status (*step)(lts_engine *engine, const lts_step *step);

    /* Results of the last unroll. */

    /** y [B, K]: outputs of a call. */
    lstm_status (*read_output)(lts_engine *engine, int64_t call, real *y);
    /** target [B, K]: targets of step t. */
    lstm_status (*read_target)(lts_engine *engine, int64_t t, real *target);
    /** values [L, 2, B, H]: h and c of each layer after the last call. */
    lstm_status (*read_state)(lts_engine *engine, real *values);

    /**
     * Forecast n fleets of one model. LSTM_E_NUMERIC if an output is not finite; LSTM_E_NOMEM. On
     * failure y of a single fleet is unchanged, unless the device is lost while y is copied. NULL
     * for "cpu", where forecast/forecast.c runs rollouts.
     */
    lstm_status (*forecast)(const lts_fleet *fleets, int64_t n);
} lts_device;

/** Functions of the core for a companion library, which is not linked to it. */
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
 * The only function that a companion exports. `layout` is the core's LTS_DEVICE_LAYOUT.
 * @return the companion's table, valid until the process ends, or NULL with the message set.
 */
typedef const lts_device *lts_companion(uint64_t layout, const lts_services *services);
#define LTS_COMPANION_SYMBOL "lstmts_companion"

/** Incremented when a structure shared with companions changes. */
#define LTS_DEVICE_LAYOUT UINT64_C(5)

/** The processor's table. */
extern const lts_device lts_cpu;

/**
 * Find the device of an option `device`: "cuda:1" is the second CUDA device; NULL and "cpu" are the
 * processor, for which *device is NULL: a program that only forecasts does not need its table. A
 * companion is opened once and never closed. LSTM_E_ARGUMENT if the name is malformed;
 * LSTM_E_DEVICE if there is no such companion.
 */
lstm_status lts_device_find(const char *name, const lts_device **device, int64_t *index);

/** Whether there is such a device: the errors of lts_device_find(), and LSTM_E_DEVICE. */
lstm_status lts_device_check(const char *name);

#endif
