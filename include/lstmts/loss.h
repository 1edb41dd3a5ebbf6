/* SPDX-License-Identifier: MIT */
/**
 * @file loss.h
 * Losses: what a training minimizes, and the distribution that the outputs of a network stand for.
 *
 * A loss reads n_out outputs per target. With K targets a network has n_out * K outputs in a row;
 * output o * K + k is parameter o of target k. Parameter 0 gives the location: what is fed back in
 * a closed loop, and the point forecast. docs/numerics.md derives values and gradients.
 *
 * Thread-safety: any thread, at any time. No function allocates memory.
 */
#ifndef LSTMTS_LOSS_H
#define LSTMTS_LOSS_H

#include <lstmts/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The losses of one target. v is the target, y_o parameter o, s(y) = log(1 + exp(y)) the softplus,
 * and e = v - y_0.
 */
typedef enum lstm_loss_kind {
    LSTM_LOSS_MSE = 0,   /**< e^2 (default). y_0 is the mean. 1 output                            */
    LSTM_LOSS_MAE = 1,   /**< |e|. y_0 is the median. 1 output                                    */
    LSTM_LOSS_HUBER = 2, /**< e^2/2 where |e| <= delta, else delta (|e| - delta/2). 1 output      */
    /**
     * 2/n_level times the sum over levels q of max(q (v - x_q), (q - 1)(v - x_q)), n_level outputs.
     * The quantile x_q of level 0.5 is y_0. The parameters of the levels below 0.5, in ascending
     * order, follow, then those of the levels above. From 0.5 upwards each quantile is the one
     * before plus s(its parameter), and downwards the one after minus s(its parameter): quantiles
     * do not cross. With the level 0.5 alone this is LSTM_LOSS_MAE.
     */
    LSTM_LOSS_QUANTILE = 3,
    /** Negative log-likelihood of a normal distribution with mean y_0 and standard deviation
        scale_floor + s(y_1). 2 outputs */
    LSTM_LOSS_GAUSSIAN = 4,
    /** Negative log-likelihood of Student's t distribution with location y_0, scale
        scale_floor + s(y_1) and freedom_floor + s(y_2) degrees of freedom. 3 outputs */
    LSTM_LOSS_STUDENT_T = 5,
    /**
     * Negative log-likelihood of a negative binomial distribution, for counts. The count is the
     * target times its unit; it has the mean m = unit s(y_0) and the variance m + a m^2 with the
     * dispersion a = dispersion_floor + s(y_1). The location is s(y_0). 2 outputs. A view must
     * leave the values as they are: no transformation, difference, scaling, base, spread or season
     */
    LSTM_LOSS_NEGATIVE_BINOMIAL = 6,
} lstm_loss_kind;

/** How the losses of the targets of a batch become one number. */
typedef enum lstm_reduction {
    LSTM_REDUCTION_STEPS = 0, /**< the sum over steps of step weight times the weighted mean over
                                   windows and columns of the step (default; the article's)       */
    LSTM_REDUCTION_MEAN = 1,  /**< the weighted mean over steps, windows and columns              */
} lstm_reduction;

/** A loss. Fields that its kind does not use must be 0. */
typedef struct lstm_loss_options {
    uint64_t struct_size;         /**< set by LSTM_LOSS_OPTIONS_INIT                             */
    int64_t kind;                 /**< lstm_loss_kind                                            */
    int64_t reduction;            /**< lstm_reduction; not used by the functions of this header  */
    double delta;                 /**< > 0; 0 = 1; LSTM_LOSS_HUBER                               */
    int64_t n_level;              /**< 0 .. 99; LSTM_LOSS_QUANTILE; 0 = 11: 0.05, 0.1, 0.2, ...,
                                       0.9, 0.95                                                 */
    const double *levels;         /**< [n_level], ascending, above 0 and below 1, 0.5 among them */
    double scale_floor;           /**< 1e-6 .. 1e6; 0 = 0.001; LSTM_LOSS_GAUSSIAN, _STUDENT_T    */
    double freedom_floor;         /**< above 2, for a finite variance, .. 1e6; 0 = 2.1;
                                       LSTM_LOSS_STUDENT_T                                       */
    double dispersion_floor;      /**< 1e-6 .. 1e6; 0 = 0.0001; LSTM_LOSS_NEGATIVE_BINOMIAL      */
    int64_t n_unit;               /**< 0 or K; LSTM_LOSS_NEGATIVE_BINOMIAL                       */
    const double *units;          /**< [n_unit], 1e-9 .. 1e9: counts per 1 of a target; 0 of them
                                       = 1                                                       */
    int64_t n_column_weight;      /**< 0 or K                                                    */
    const double *column_weights; /**< [n_column_weight], 0 .. 1e6, one of them above 0; 0 of
                                       them = 1                                                  */
    const double *step_weights;   /**< [n_step_weight], as column_weights                        */
    int64_t n_step_weight;        /**< 0 or the number of steps; not used by the functions of this
                                       header                                                    */
} lstm_loss_options;

#define LSTM_LOSS_OPTIONS_INIT                                                                     \
    {                                                                                              \
        sizeof(lstm_loss_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0                        \
    }

/**
 * Set options as LSTM_LOSS_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_loss_options_init(lstm_loss_options *options, uint64_t size);

/**
 * Number of outputs per target.
 *
 * @param options     NULL = all defaults.
 * @param[out] n_out  a network with K targets needs n_out * K outputs.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_loss_outputs(const lstm_loss_options *options, int64_t *n_out);

/**
 * Mean loss of one step of n windows, and its gradient:
 *
 *     loss = sum of w l / sum of w,    w = column weight * weight;    0 if all w are 0
 *
 * @param options    NULL = all defaults.
 * @param n          windows, >= 1.
 * @param K          targets, >= 1.
 * @param y          [n, n_out * K] outputs; must be finite.
 * @param target     [n, K]. Must be finite, and not negative for counts, where the weight is not 0.
 * @param weight     [n, K], >= 0 and finite, or NULL = 1. Where it is 0 the target is not scored.
 * @param[out] loss  the mean.
 * @param[out] dy    [n, n_out * K], or NULL. The gradient; values beyond the range of float become
 *                   the largest float.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_SHAPE if units or column weights are not
 *         K; LSTM_E_NUMERIC if y, target or weight has a value that it must not have; LSTM_E_LIMIT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_loss_evaluate(const lstm_loss_options *options, int64_t n, int64_t K,
                                        const lstm_real *y, const lstm_real *target,
                                        const lstm_real *weight, double *loss, lstm_real *dy);

/**
 * The location of each target: the point forecast, and what a closed loop feeds back.
 *
 * @param options        NULL = all defaults.
 * @param y              [n, n_out * K] outputs.
 * @param[out] location  [n, K].
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_SHAPE; LSTM_E_LIMIT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_loss_location(const lstm_loss_options *options, int64_t n, int64_t K,
                                        const lstm_real *y, lstm_real *location);

/**
 * Quantiles of the distribution of each target. Of LSTM_LOSS_QUANTILE they are interpolated
 * linearly between the two nearest levels; beyond the outermost level the distribution has an
 * exponential tail, whose density at that level is the one between the outermost two levels.
 *
 * @param options         a kind from LSTM_LOSS_QUANTILE on, with at least two levels.
 * @param y               [n, n_out * K] outputs; must be finite.
 * @param levels          [n_level], above 0 and below 1, in any order.
 * @param[out] quantiles  [n, K, n_level]. Those of counts are counts divided by the unit.
 * @return LSTM_OK; LSTM_E_ARGUMENT, also if the kind has no distribution; LSTM_E_OPTIONS;
 *         LSTM_E_SHAPE; LSTM_E_NUMERIC if y is not finite; LSTM_E_LIMIT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_loss_quantiles(const lstm_loss_options *options, int64_t n, int64_t K,
                                         const lstm_real *y, const double *levels, int64_t n_level,
                                         lstm_real *quantiles);

/**
 * One sample of the distribution of each target: its quantile at the level uniform[i].
 *
 * @param options      as of lstm_loss_quantiles().
 * @param y            [n, n_out * K] outputs; must be finite.
 * @param uniform      [n, K] random numbers, above 0 and below 1.
 * @param[out] sample  [n, K].
 * @return as lstm_loss_quantiles().
 * @since 0.1
 */
LSTM_API lstm_status lstm_loss_sample(const lstm_loss_options *options, int64_t n, int64_t K,
                                      const lstm_real *y, const double *uniform, lstm_real *sample);

/** Outputs and targets of a batch, from which a caller's loss is computed. */
typedef struct lstm_loss_batch {
    int64_t T;               /**< steps; fewer than those of a window during a curriculum  */
    int64_t B;               /**< windows                                                  */
    int64_t n_output;        /**< outputs of the model                                     */
    int64_t K;               /**< targets                                                  */
    const lstm_real *y;      /**< [T, B, n_output]                                   */
    const lstm_real *target; /**< [T, B, K]; 0 where the weight is 0                 */
    const lstm_real *weight; /**< [T, B, K] 1 for targets that are scored, 0 for others
                                  (view.h); NULL = 1 everywhere                      */
    double *step_loss;       /**< [T]: write parts whose sum is the loss, for example the
                                  part of each step; 0 before                        */
    lstm_real *dy;           /**< [T, B, n_output]: write the gradient of the loss by y;
                                  0 before                                           */
} lstm_loss_batch;

/**
 * A caller's loss: writes step_loss and dy of a batch. It may be any function of all outputs of the
 * batch, and must depend on nothing else, or a resumed run has other bits. dy need not include that
 * y_t depends on earlier outputs, which are fed back. The pointers are valid during the call only.
 *
 * It is called once per batch on the thread that makes the update, in the host's floating-point
 * environment. It must not call functions of the updater, its model or its iterator. No C++
 * exception may leave it, nor may longjmp().
 *
 * @param user  `loss_user` of the options
 * @return 0; any other value ends the update: it returns LSTM_STOPPED, and nothing has changed.
 */
typedef int (*lstm_loss_fn)(const lstm_loss_batch *batch, void *user);

#ifdef __cplusplus
}
#endif

#endif
