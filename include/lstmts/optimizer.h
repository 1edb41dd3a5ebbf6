/* SPDX-License-Identifier: MIT */
/**
 * @file optimizer.h
 * Optimizers, gradient hooks and learning-rate schedules. They are options of an updater.
 */
#ifndef LSTMTS_OPTIMIZER_H
#define LSTMTS_OPTIMIZER_H

#include <lstmts/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The optimizers. p is a parameter, g its gradient after the hooks, t the number of the update
 * (from 1) and r the learning rate of that update. The names in brackets are those of the moments,
 * for lstm_updater_moment(). All but LSTM_ADAMW_DECOUPLED are defined as in Chainer (window.h).
 */
typedef enum lstm_optimizer_kind {
    /**
     * m += (1-beta1)(g-m);  v += (1-beta2)(g^2-v);                                        [m, v]
     * p -= eta (r sqrt(1-beta2^t)/(1-beta1^t) m/(sqrt(v)+eps) + weight_decay p).
     * The default. With weight_decay it is Chainer's AdamW, in which the decay is not multiplied
     * by the learning rate. eps is added to the uncorrected sqrt(v).
     */
    LSTM_ADAM = 0,
    LSTM_AMSGRAD = 1, /**< LSTM_ADAM with vhat = max(vhat, v) instead of v         [m, v, vhat] */
    /**
     * AdamW as defined by Loshchilov and Hutter, and in PyTorch:
     * p -= r weight_decay p;  p -= r/(1-beta1^t) m/(sqrt(v/(1-beta2^t))+eps).             [m, v]
     */
    LSTM_ADAMW_DECOUPLED = 2,
    LSTM_SGD = 3,      /**< p -= r g                                                       []   */
    LSTM_MOMENTUM = 4, /**< v = momentum v - r g;  p += v                                  [v]  */
    LSTM_RMSPROP = 5,  /**< s = decay s + (1-decay) g^2;  p -= r g/(sqrt(s)+eps)           [s]  */
    LSTM_ADAGRAD = 6,  /**< s += g^2;  p -= r g/(sqrt(s)+eps)                              [s]  */
} lstm_optimizer_kind;

/**
 * An optimizer and its constants. Constants that this kind does not use must be 0. LSTM_ZERO sets a
 * constant to 0 if 0 is in its range but stands for another default.
 */
typedef struct lstm_optimizer_options {
    uint64_t struct_size; /**< set by LSTM_OPTIMIZER_OPTIONS_INIT                               */
    int64_t kind;         /**< lstm_optimizer_kind                                              */
    double learning_rate; /**< > 0; 0 = 0.001 (Adam family, AdaGrad) or 0.01 (the others).
                               learning_rate, eps and eta must be normal floats                 */
    double beta1;         /**< 0 <= beta1 < 1; 0 = 0.9                                          */
    double beta2;         /**< 0 <= beta2 < 1; 0 = 0.999                                        */
    double eps;           /**< >= 1e-15, or 1e-30 with eps_inside, because the squares of smaller
                               gradients are 0 in float; 0 = 1e-8                               */
    double eta;           /**< > 0; 0 = 1; LSTM_ADAM and LSTM_AMSGRAD                           */
    double weight_decay;  /**< >= 0; Adam family; 0 = none, but 0.01 for LSTM_ADAMW_DECOUPLED   */
    double momentum;      /**< 0 <= momentum < 1 as a float; 0 = 0.9; LSTM_MOMENTUM             */
    double decay;         /**< 0 <= decay < 1 as a float; 0 = 0.99; LSTM_RMSPROP                */
    int64_t eps_inside;   /**< LSTM_RMSPROP: 1 = divide by sqrt(s+eps), 0 = by sqrt(s)+eps      */
} lstm_optimizer_options;

#define LSTM_OPTIMIZER_OPTIONS_INIT                                                                \
    {                                                                                              \
        sizeof(lstm_optimizer_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0                               \
    }

/**
 * Set options as LSTM_OPTIMIZER_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_optimizer_options_init(lstm_optimizer_options *options, uint64_t size);

/** What a gradient hook does. g is the gradient and p the parameter. */
typedef enum lstm_hook_kind {
    LSTM_HOOK_CLIP = 1,         /**< g *= value/norm if the L2 norm of all gradients > value      */
    LSTM_HOOK_WEIGHT_DECAY = 2, /**< g += value p                                                 */
} lstm_hook_kind;

/** A gradient hook: it changes the gradients of all parameters before the optimizer uses them. */
typedef struct lstm_hook {
    int64_t kind; /**< lstm_hook_kind */
    double value; /**< > 0            */
} lstm_hook;

/** What the optimizer does differently with one parameter, the tensor of that name (model.h). */
typedef struct lstm_tensor_rule {
    const char *name;    /**< copied                                                              */
    double rate_factor;  /**< factor on the learning rate, >= 0; 1 = none. 0 = frozen: neither the
                              parameter nor its moments change, by no decay either. Its gradient
                              is 0, so it does not count in the norm of gradients, for
                              LSTM_HOOK_CLIP too                                                  */
    double weight_decay; /**< weight_decay for this parameter; Adam family. 0 = that of the
                              optimizer; LSTM_ZERO = none                                         */
} lstm_tensor_rule;

/** Learning-rate schedules. k is the number of updates since the warm-up. */
typedef enum lstm_schedule_kind {
    LSTM_SCHEDULE_CONSTANT = 0,    /**< factor 1 (default)                                        */
    LSTM_SCHEDULE_STEP = 1,        /**< gamma^floor(k/period)                                     */
    LSTM_SCHEDULE_EXPONENTIAL = 2, /**< gamma^(k/period)                                          */
    LSTM_SCHEDULE_COSINE = 3,      /**< f + (1-f)(1+cos(pi k/period))/2 with f = final_factor; f
                                        for k >= period                                           */
} lstm_schedule_kind;

/**
 * A schedule. The learning rate of update n (from 0) is the optimizer's learning_rate times a
 * factor. During the warm-up, n < warmup, the factor is (n+1)/warmup. After it, the factor is given
 * by the formula of the kind with k = n - warmup. Fields that the formula does not use must be 0.
 */
typedef struct lstm_schedule_options {
    uint64_t struct_size; /**< set by LSTM_SCHEDULE_OPTIONS_INIT                                 */
    int64_t kind;         /**< lstm_schedule_kind                                                */
    int64_t warmup;       /**< updates of the linear warm-up, >= 0; 0 = none                     */
    int64_t period;       /**< updates, >= 1; required for step and cosine; exponential: 0 = 1   */
    double gamma;         /**< > 0; step: 0 = 0.1; required for exponential                      */
    double final_factor;  /**< 0 .. 1; cosine                                                    */
    int64_t begin;        /**< the update, from 0, with which the schedule begins, for example the
                               number of those before a continued training; n counts from there. The
                               factor of earlier updates is that of n = 0                        */
} lstm_schedule_options;

#define LSTM_SCHEDULE_OPTIONS_INIT                                                                 \
    {                                                                                              \
        sizeof(lstm_schedule_options), 0, 0, 0, 0, 0, 0                                            \
    }

/**
 * Set options as LSTM_SCHEDULE_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_schedule_options_init(lstm_schedule_options *options, uint64_t size);

/**
 * The factor of update `iteration` (from 0), for example to plot a schedule.
 *
 * Thread-safety: any thread, at any time.
 *
 * @param[out] factor  >= 0; infinity if a gamma above 1 makes it larger than any double.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_schedule_factor(const lstm_schedule_options *options, uint64_t iteration,
                                          double *factor);

#ifdef __cplusplus
}
#endif

#endif
