/* SPDX-License-Identifier: MIT */
/**
 * @file optimizer.h
 * How gradients become new parameters: optimizers, gradient hooks and learning-rate schedules, as
 * options of an updater.
 */
#ifndef LSTMTS_OPTIMIZER_H
#define LSTMTS_OPTIMIZER_H

#include <lstmts/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The optimizers. g is the gradient after the hooks, t counts updates from 1, r the learning rate
 * of update t. In brackets the moments, as lstm_updater_moment() names them. All but
 * LSTM_ADAMW_DECOUPLED are the article's framework's own definitions.
 */
enum {
    /**
     * m += (1-beta1)(g-m);  v += (1-beta2)(g^2-v);                                        [m, v]
     * p -= eta (r sqrt(1-beta2^t)/(1-beta1^t) m/(sqrt(v)+eps) + weight_decay p).
     * Default. With a weight_decay it is the article's framework's AdamW: the decay is not
     * multiplied by the rate. eps stands on the uncorrected sqrt(v).
     */
    LSTM_ADAM = 0,
    LSTM_AMSGRAD = 1, /**< as LSTM_ADAM with vhat = max(vhat, v) in v's place      [m, v, vhat] */
    /**
     * AdamW in the sense of Loshchilov and Hutter, and of PyTorch:
     * p -= r weight_decay p;  p -= r/(1-beta1^t) m/(sqrt(v/(1-beta2^t))+eps).             [m, v]
     */
    LSTM_ADAMW_DECOUPLED = 2,
    LSTM_SGD = 3,      /**< p -= r g                                                       []   */
    LSTM_MOMENTUM = 4, /**< v = momentum v - r g;  p += v                                  [v]  */
    LSTM_RMSPROP = 5,  /**< s = decay s + (1-decay) g^2;  p -= r g/(sqrt(s)+eps)           [s]  */
    LSTM_ADAGRAD = 6,  /**< s += g^2;  p -= r g/(sqrt(s)+eps)                              [s]  */
};

/**
 * An optimizer and its constants. A constant that the kind does not use must be 0. Where 0 is in the
 * range of a constant, but means another default, LSTM_ZERO chooses 0.
 */
typedef struct lstm_optimizer_options {
    uint64_t struct_size; /**< set by LSTM_OPTIMIZER_OPTIONS_INIT                               */
    int64_t kind;         /**< LSTM_ADAM ...                                                    */
    double learning_rate; /**< > 0 (a normal float, as are eps and eta); 0 = 0.001 (Adam family,
                               AdaGrad) or 0.01 (the others) */
    double beta1;         /**< 0 <= beta1 < 1; 0 = 0.9                                          */
    double beta2;         /**< 0 <= beta2 < 1; 0 = 0.999                                        */
    double eps;           /**< >= 1e-15, or 1e-30 inside the root, below which the squares of
                               gradients vanish in float; 0 = 1e-8                              */
    double eta;           /**< > 0; 0 = 1; LSTM_ADAM and LSTM_AMSGRAD                           */
    double weight_decay;  /**< >= 0; Adam family; 0 = none, for LSTM_ADAMW_DECOUPLED 0.01       */
    double momentum;      /**< 0 <= momentum < 1, also as a float; 0 = 0.9                       */
    double decay;         /**< 0 <= decay < 1, also as a float; 0 = 0.99; LSTM_RMSPROP           */
    int64_t eps_inside;   /**< LSTM_RMSPROP: 1 = divide by sqrt(s+eps), 0 = by sqrt(s)+eps      */
} lstm_optimizer_options;

#define LSTM_OPTIMIZER_OPTIONS_INIT                                                                \
    {                                                                                              \
        sizeof(lstm_optimizer_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0                               \
    }

/** What a gradient hook does, before the optimizer sees the gradient. */
enum {
    LSTM_HOOK_CLIP = 1,         /**< g *= value/norm if the L2 norm of all gradients > value      */
    LSTM_HOOK_WEIGHT_DECAY = 2, /**< g += value p                                                 */
};

/** One gradient hook; hooks run in the order given, over all parameters. */
typedef struct lstm_hook {
    int64_t kind; /**< LSTM_HOOK_CLIP or LSTM_HOOK_WEIGHT_DECAY */
    double value; /**< > 0                                      */
} lstm_hook;

/** How the learning rate goes. */
enum {
    LSTM_SCHEDULE_CONSTANT = 0,    /**< factor 1 (default)                                        */
    LSTM_SCHEDULE_STEP = 1,        /**< gamma^floor(k/period)                                     */
    LSTM_SCHEDULE_EXPONENTIAL = 2, /**< gamma^(k/period)                                          */
    LSTM_SCHEDULE_COSINE = 3,      /**< final + (1-final)(1+cos(pi k/period))/2; from k = period
                                        on: final                                                 */
};

/**
 * A schedule: update number n (from 0) has the rate learning_rate * factor. During the warm-up, n <
 * warmup, the factor is (n+1)/warmup; after it the kind's formula with k = n - warmup. A field that
 * the kind's formula does not have must be 0.
 */
typedef struct lstm_schedule_options {
    uint64_t struct_size; /**< set by LSTM_SCHEDULE_OPTIONS_INIT                                 */
    int64_t kind;         /**< LSTM_SCHEDULE_*                                                   */
    int64_t warmup;       /**< updates of linear warm-up; 0 = none                               */
    int64_t period;       /**< updates; step and cosine: >= 1, required; exponential: 0 = 1      */
    double gamma;         /**< > 0; step: 0 = 0.1; exponential: required                         */
    double final_factor;  /**< 0 .. 1; cosine; 0 = down to zero                                  */
} lstm_schedule_options;

#define LSTM_SCHEDULE_OPTIONS_INIT                                                                 \
    {                                                                                              \
        sizeof(lstm_schedule_options), 0, 0, 0, 0, 0                                               \
    }

/**
 * The factor on the learning rate at update number `iteration`, from 0, as for drawing a schedule.
 *
 * Thread-safety: any thread, any time.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_schedule_factor(const lstm_schedule_options *options, uint64_t iteration,
                                          double *factor);

#ifdef __cplusplus
}
#endif

#endif
