/* SPDX-License-Identifier: MIT */
/**
 * @file updater.h
 * lstm_updater: one training update. It draws a batch of windows, unrolls the model over T steps
 * from zero state (or one carried over, see below), computes the gradients by backpropagation
 * through time, runs the gradient hooks and lets the optimizer change the parameters.
 *
 *     loss = sum over t of mean over (B x K) of (y_t - target_t)^2
 *
 * unless another loss is chosen (loss.h). Then the outputs y_t of a window have n_out values for
 * each target, and their locations are fed back.
 *
 * With LSTM_ORDER_CONSECUTIVE (iter.h) a window begins with the state with which the window before
 * it in its stream ended, and from zero state only where a stream or chain begins, or if the caller
 * has moved the iterator. Gradients end where a window begins.
 *
 * window.h defines whether a step receives the true row or a prediction. Gradients flow through
 * predictions that are fed back, so training optimizes the same loop that forecasts run.
 */
#ifndef LSTMTS_UPDATER_H
#define LSTMTS_UPDATER_H

#include <lstmts/device.h>
#include <lstmts/iter.h>
#include <lstmts/loss.h>
#include <lstmts/model.h>
#include <lstmts/optimizer.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * An updater. Opaque. It borrows its model and its iterator, which must exist as long as the
 * updater is used.
 *
 * Thread-safety: one thread at a time. During an update no other thread may use the model or the
 * iterator. Functions that take a const updater may run at the same time as each other.
 */
typedef struct lstm_updater lstm_updater;

/** How a window is unrolled. */
typedef enum lstm_unroll {
    LSTM_UNROLL_LOOP = 0, /**< the loop of window.h (default) */
    /**
     * Exactly the update of the article (window.h), for comparing a port with the original. At
     * t = s the model is called twice on the same row; at each t > s, twice on the same prediction.
     * The output that is scored is never the output that is fed back.
     */
    LSTM_UNROLL_ARTICLE = 1,
} lstm_unroll;

/** How the share of true rows falls over a training; i is the number of the update, from 0. */
typedef enum lstm_sampling_kind {
    LSTM_SAMPLING_NONE = 0,        /**< 1: every row of the support is true (default)     */
    LSTM_SAMPLING_CONSTANT = 1,    /**< final_share                                       */
    LSTM_SAMPLING_LINEAR = 2,      /**< 1 - i / period                                    */
    LSTM_SAMPLING_EXPONENTIAL = 3, /**< k^(i / period), 0 < k < 1                         */
    LSTM_SAMPLING_SIGMOID = 4,     /**< the inverse sigmoid k / (k + exp(i / period / k)),
                                        k >= 1                                            */
} lstm_sampling_kind;

/**
 * Scheduled sampling (Bengio, Vinyals, Jaitly and Shazeer, Scheduled sampling for sequence
 * prediction with recurrent neural networks, 2015): each step of the support from step g on
 * receives its true row with a probability that falls from update to update, never below
 * final_share, and else y_{t-g} as after the support. Each row of each window is drawn by itself.
 * Fields that a kind does not use must be 0.
 */
typedef struct lstm_sampling_options {
    uint64_t struct_size; /**< set by LSTM_SAMPLING_OPTIONS_INIT                          */
    int64_t kind;         /**< lstm_sampling_kind                                         */
    int64_t period;       /**< updates, >= 1; required for LINEAR; 0 = 1 for the others   */
    double k;             /**< required for EXPONENTIAL and SIGMOID                       */
    double final_share;   /**< 0 .. 1                                                     */
} lstm_sampling_options;

#define LSTM_SAMPLING_OPTIONS_INIT                                                                 \
    {                                                                                              \
        sizeof(lstm_sampling_options), 0, 0, 0, 0                                                  \
    }

/**
 * Set options as LSTM_SAMPLING_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_sampling_options_init(lstm_sampling_options *options, uint64_t size);

/** How the number of steps that an update runs grows over a training. */
typedef enum lstm_curriculum_kind {
    LSTM_CURRICULUM_NONE = 0,   /**< all T steps in every update (default)                        */
    LSTM_CURRICULUM_LINEAR = 1, /**< h = first + floor((last - first) i / period), i < period     */
    LSTM_CURRICULUM_STAGES = 2, /**< h = stages[floor(i / period)], i < period n_stage            */
} lstm_curriculum_kind;

/**
 * A curriculum of the horizon: update number i, from 0, runs and scores only the support and h
 * steps after it; the loss is that of these s + h steps. After the curriculum h is `last` = T - s,
 * which must be at least 1; 1 <= first, stages[..] <= last. With context_len and horizon of an
 * iterator, h is the horizon of the update and `last` that of the iterator. Fields that a kind does
 * not use must be 0.
 */
typedef struct lstm_curriculum_options {
    uint64_t struct_size;  /**< set by LSTM_CURRICULUM_OPTIONS_INIT                   */
    int64_t kind;          /**< lstm_curriculum_kind                                  */
    int64_t period;        /**< updates (STAGES: of each stage), >= 1                 */
    int64_t first;         /**< LSTM_CURRICULUM_LINEAR                                */
    const int64_t *stages; /**< [n_stage]                                             */
    int64_t n_stage;       /**< LSTM_CURRICULUM_STAGES, >= 1                          */
} lstm_curriculum_options;

#define LSTM_CURRICULUM_OPTIONS_INIT                                                               \
    {                                                                                              \
        sizeof(lstm_curriculum_options), 0, 0, 0, 0, 0                                             \
    }

/**
 * Set options as LSTM_CURRICULUM_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_curriculum_options_init(lstm_curriculum_options *options, uint64_t size);

/** What an update does. Pointers are read by lstm_updater_new() only. */
typedef struct lstm_updater_options {
    uint64_t struct_size;   /**< set by LSTM_UPDATER_OPTIONS_INIT                                 */
    int64_t unroll;         /**< lstm_unroll                                                      */
    int64_t support_len;    /**< s, 0 .. T, or LSTM_TEACHER_FORCED = the loop is never closed; 0
                                 (default) = context_len - 1 of the iterator, or, if it has none,
                                 the loop is closed from the second step on                       */
    int64_t feedback_lag;   /**< g, >= 1; 0 = pred of the iterator. Must be 0 for
                                 LSTM_UNROLL_ARTICLE, whose lag is 1                              */
    int64_t n_hook;         /**< number of hooks, 0 .. 64                                         */
    const lstm_hook *hooks; /**< [n_hook] gradient hooks in the order in which they run           */
    const lstm_optimizer_options *optimizer; /**< NULL = LSTM_ADAM with its defaults              */
    const lstm_schedule_options *schedule;   /**< NULL = constant learning rate                   */
    int64_t n_threads;  /**< number of threads per update, including the caller, <= 1024; 0 = 1;
                             LSTM_ALL_CORES = one per available processor. Fewer are used for
                             small problems. Results are bit-identical for any number             */
    const char *device; /**< name of a device (device.h); NULL = "cpu". Results of different
                             devices agree to rounding. A GPU keeps parameters and moments in its
                             memory until they are read                                           */
    int64_t precision;  /**< lstm_precision (device.h)                                            */
    double dropout;     /**< probability with which an output of an LSTM layer is dropped on its
                             way to the next layer, 0 <= dropout < 1, rounded to a multiple of
                             2^-16; the others are multiplied by 1 / (1 - dropout). The recurrence
                             and forecasts use all outputs. 0 = none                             */
    uint64_t seed;      /**< seed for dropout and sampling                                        */
    const lstm_sampling_options *sampling; /**< NULL = LSTM_SAMPLING_NONE. LSTM_UNROLL_LOOP only  */
    const lstm_loss_options *loss; /**< NULL = LSTM_LOSS_MSE, summed over steps; copied. The model
                                        must have n_out (loss.h) outputs for each target column   */
    double average_decay;          /**< d, 0 <= d < 1: lstm_updater_average() returns a mean of the
                               parameters after all updates, in which each counts d times as much as
                               the next. 0 = no average                                           */
    const lstm_curriculum_options *curriculum; /**< NULL = LSTM_CURRICULUM_NONE; copied.
                                                    LSTM_UNROLL_LOOP only                         */
    int64_t n_tensor_rule; /**< number of rules                                                   */
    const lstm_tensor_rule *tensor_rules; /**< [n_tensor_rule] of different parameters; all others
                                               are updated as the optimizer says                  */
    int64_t n_accumulate; /**< batches per update, >= 1; loss and gradient are the means of theirs.
                               Fewer are used if a pass or the sampler ends after the first of
                               them. 0 = 1                                                        */
    lstm_loss_fn loss_fn; /**< the caller's loss, minimized instead of `loss`, which still says how
                               many outputs a target has and what is fed back. NULL = `loss`.
                               LSTM_UNROLL_LOOP and "cpu" only                                    */
    void *loss_user;      /**< passed to loss_fn                                                  */
} lstm_updater_options;

#define LSTM_UPDATER_OPTIONS_INIT                                                                  \
    {                                                                                              \
        sizeof(lstm_updater_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  \
            0                                                                                      \
    }

/**
 * Set options as LSTM_UPDATER_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_options_init(lstm_updater_options *options, uint64_t size);

/**
 * Results of the last update or lstm_updater_backward(). With n_accumulate, losses are means over
 * the batches; outputs, state, offsets and the number of windows are those of the last batch.
 */
typedef struct lstm_update_info {
    uint64_t iteration;   /**< updates applied so far                                 */
    uint64_t epoch;       /**< epochs completed by the iterator                       */
    double loss;          /**< sum over steps, which is minimized                     */
    double last_loss;     /**< that of the last step, which the article's log contains */
    double gradient_norm; /**< L2 norm of all gradients before the hooks              */
    double learning_rate; /**< learning rate of that update                           */
} lstm_update_info;

/**
 * Create an updater. This allocates all memory that its updates need.
 *
 * @param[out] updater  free it with lstm_updater_free().
 * @param model    borrowed; each update changes its parameters.
 * @param iter     borrowed; each update draws one batch. Its series must have as many input and
 *                 target columns as the model has inputs (D) and outputs (K).
 * @param options  not kept; NULL = all defaults.
 * @return LSTM_OK; LSTM_E_ARGUMENT (the message names the field); LSTM_E_OPTIONS; LSTM_E_SHAPE;
 *         LSTM_E_NAME if a tensor rule is of no parameter; LSTM_E_NUMERIC if the loss needs counts
 *         and a target is negative (the message names series, row and column); LSTM_E_LIMIT;
 *         LSTM_E_NOMEM; LSTM_E_DEVICE.
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_new(lstm_updater **updater, lstm_model *model, lstm_iter *iter,
                                      const lstm_updater_options *options);

/**
 * Free an updater; NULL is allowed. Its model and its iterator are not freed.
 *
 * @since 0.1
 */
LSTM_API void lstm_updater_free(lstm_updater *updater);

/**
 * Make one update: lstm_updater_backward(), then lstm_updater_apply(). Allocates nothing.
 *
 * @return LSTM_OK; LSTM_END if the iterator has no more batches; LSTM_STOPPED if loss_fn ended the
 *         update; LSTM_E_LIMIT as of lstm_iter_next(); LSTM_E_NUMERIC if the loss, a gradient, or a
 *         resulting parameter or moment is not finite; LSTM_E_DEVICE. On failure, and at
 *         LSTM_STOPPED, parameters, optimizer and position of the iterator do not change;
 *         lstm_updater_info() and lstm_updater_step_losses() return the results of the last update
 *         that was made; lstm_iter_offsets(), lstm_updater_output(), lstm_updater_state() and
 *         lstm_updater_gradient() return those of the batch that failed.
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_update(lstm_updater *updater);

/**
 * First half of an update: draw a batch (n_accumulate of them), compute loss and gradients. No
 * parameter changes.
 *
 * @return as lstm_updater_update().
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_backward(lstm_updater *updater);

/**
 * Second half of an update: run the hooks and the optimizer, count the iteration. Afterwards
 * lstm_updater_gradient() returns the gradients as modified by the hooks.
 *
 * @return LSTM_OK; LSTM_E_ORDER unless lstm_updater_backward() was called just before;
 *         LSTM_E_NUMERIC if a gradient after the hooks, or a resulting parameter or moment, is not
 *         finite; LSTM_E_DEVICE. On failure parameters and optimizer do not change, and the
 *         iterator returns to the position before lstm_updater_backward().
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_apply(lstm_updater *updater);

/**
 * Get the results of the last update.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_ORDER before any update.
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_info(const lstm_updater *updater, lstm_update_info *info);

/**
 * Get the loss of each step of the last update. Their sum is the loss of the update. Steps that a
 * curriculum did not run have 0.
 *
 * @param[out] losses  [T]; element t is the mean over (B x K) of the squared error of step t.
 * @param size         must be T.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_SHAPE; LSTM_E_ORDER before any update.
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_step_losses(const lstm_updater *updater, double *losses,
                                              int64_t size);

/**
 * Number of windows in the last batch, B; 0 for NULL or before any update.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_updater_batch(const lstm_updater *updater);

/**
 * Number of model calls in an unroll: T, or more for LSTM_UNROLL_ARTICLE; of the last update, if
 * there is a curriculum. 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_updater_calls(const lstm_updater *updater);

/**
 * Get the output of one model call of the last update.
 *
 * @param call              0 .. lstm_updater_calls() - 1
 * @param[out] y            [B, K], where B is the number of windows in the last batch.
 * @param size              must be B * K.
 * @param[out] target_step  the step against whose target the output was scored, or -1 if it was not
 *                          scored. May be NULL.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_SHAPE; LSTM_E_ORDER before any update; LSTM_E_DEVICE.
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_output(const lstm_updater *updater, int64_t call, lstm_real *y,
                                         int64_t size, int64_t *target_step);

/**
 * Get the state after the last model call of the last update.
 *
 * @param[out] values  [L, 2, B, H]: for each layer h, then c. B is the number of windows in the
 *                     last batch.
 * @param size         must be L * 2 * B * H.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_SHAPE; LSTM_E_ORDER before any update; LSTM_E_DEVICE.
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_state(const lstm_updater *updater, lstm_real *values,
                                        int64_t size);

/**
 * Get the gradient of the loss with respect to a parameter: before the hooks after
 * lstm_updater_backward(), as modified by the hooks after lstm_updater_apply() or
 * lstm_updater_update().
 *
 * @param name         name of a parameter (model.h)
 * @param[out] values  [size], in the shape of the parameter
 * @param size         must be the number of elements of the parameter.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NAME; LSTM_E_SHAPE; LSTM_E_ORDER before any update;
 *         LSTM_E_DEVICE.
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_gradient(const lstm_updater *updater, const char *name,
                                           lstm_real *values, int64_t size);

/**
 * Get one of the optimizer's moments of a parameter.
 *
 * @param moment       "m", "v", "vhat" or "s" (optimizer.h)
 * @param name         name of a parameter (model.h)
 * @param[out] values  [size], in the shape of the parameter
 * @param size         must be the number of elements of the parameter.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NAME if the optimizer has no such moment or the model no
 *         such parameter; LSTM_E_SHAPE; LSTM_E_DEVICE.
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_moment(const lstm_updater *updater, const char *moment,
                                         const char *name, lstm_real *values, int64_t size);

/**
 * Get a copy of the model with the averaged parameters: the sum of d^(t-i) p_i over all updates i
 * up to t, the last one, divided by the sum of d^(t-i), where p_i are the parameters after update i
 * and d is average_decay. The initial parameters do not count. A rollback of a trainer resets the
 * average.
 *
 * @param[out] model  free it with lstm_model_free(). Before any update, a copy of the model itself.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_ORDER if average_decay is 0; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_average(const lstm_updater *updater, lstm_model **model);

#ifdef __cplusplus
}
#endif

#endif
