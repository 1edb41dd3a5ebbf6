/* SPDX-License-Identifier: MIT */
/**
 * @file updater.h
 * lstm_updater: one training update. Draw a batch of windows, unroll the model over T steps from
 * zero state, send the error backward through time, run the gradient hooks, let the optimizer move
 * the parameters.
 *
 *     loss = sum over t of mean over (B x K) of (y_t - target_t)^2
 *
 * Which input a step sees, the true row or a prediction, says window.h.
 * Gradients flow through fed-back predictions: the loop that is trained is the loop that is run.
 */
#ifndef LSTMTS_UPDATER_H
#define LSTMTS_UPDATER_H

#include <lstmts/device.h>
#include <lstmts/iter.h>
#include <lstmts/model.h>
#include <lstmts/optimizer.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Opaque. One thread at a time. Borrows its model and iterator, which must outlive it. */
typedef struct lstm_updater lstm_updater;

/** How a window is unrolled. */
enum {
    LSTM_UNROLL_LOOP = 0, /**< as window.h says (default) */
    /**
     * The article's update_core to the letter: at t = s the model is called twice on the same row,
     * after it twice per step on the same prediction; the output that is graded is never the one
     * that is fed back. Kept so that a port can be checked against the original.
     */
    LSTM_UNROLL_ARTICLE = 1,
};

/** What one update does. Pointers are read during lstm_updater_new() only. */
typedef struct lstm_updater_options {
    uint64_t struct_size;   /**< set by LSTM_UPDATER_OPTIONS_INIT                                 */
    int64_t unroll;         /**< LSTM_UNROLL_*                                                    */
    int64_t support_len;    /**< s, >= 0; default 0: the iterator's context_len - 1 if it has one,
                                 else the loop is closed from the second step on;
                                 LSTM_TEACHER_FORCED: never                                       */
    int64_t feedback_lag;   /**< g, >= 1; 0 = the iterator's pred, so that the prediction OF a row
                                 is fed as that row; 1 = the article's. LSTM_UNROLL_ARTICLE: 0    */
    int64_t n_hook;         /**< number of hooks, at most 64; 0 = none                            */
    const lstm_hook *hooks; /**< [n_hook] gradient hooks, in the order in which they run         */
    const lstm_optimizer_options *optimizer; /**< NULL = LSTM_ADAM with its defaults             */
    const lstm_schedule_options *schedule;   /**< NULL = constant rate                           */
    int64_t n_threads;  /**< threads of its own that an update works with, the caller's included, or
                            fewer where its work is too small to gain by them;
                            0 = 1; at most 1024; LSTM_ALL_CORES. The results are the same bits for
                          any number */
    const char *device; /**< "cpu" (NULL is that too), "cuda", "cuda:1": see device.h. On a device
                             the results agree with the processor's to rounding, and parameters
                             and moments stay there until they are read */
    int64_t precision;  /**< LSTM_PRECISION_*; the processor has one alone */
} lstm_updater_options;

#define LSTM_UPDATER_OPTIONS_INIT                                                                  \
    {                                                                                              \
        sizeof(lstm_updater_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0                                 \
    }

/** What the last update (or lstm_updater_backward()) found. */
typedef struct lstm_update_info {
    uint64_t iteration;   /**< updates applied so far                                             */
    uint64_t epoch;       /**< of the iterator                                                    */
    double loss;          /**< the sum over steps that was minimized                              */
    double last_loss;     /**< the last graded step's mean alone: what the article's log shows    */
    double gradient_norm; /**< L2 norm of all gradients before the hooks                          */
    double learning_rate; /**< of that update                                                     */
} lstm_update_info;

/**
 * Make an updater. All the memory its updates need is allocated here.
 *
 * Thread-safety: any thread.
 *
 * @param[out] updater  free it with lstm_updater_free().
 * @param model   borrowed; every update changes its parameters.
 * @param iter    borrowed; every update draws one batch. Its series must have the model's D input
 *                and K target columns.
 * @param options not kept; NULL = all defaults.
 * @return LSTM_OK; LSTM_E_ARGUMENT (the sentence names the field); LSTM_E_OPTIONS; LSTM_E_SHAPE;
 *         LSTM_E_LIMIT; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_new(lstm_updater **updater, lstm_model *model, lstm_iter *iter,
                                      const lstm_updater_options *options);

/**
 * Free an updater; NULL is fine. Model and iterator live on.
 *
 * Thread-safety: by the last who uses it.
 *
 * @since 0.1
 */
LSTM_API void lstm_updater_free(lstm_updater *updater);

/**
 * One update: lstm_updater_backward(), then lstm_updater_apply(). Allocates nothing.
 *
 * Thread-safety: nobody else may use the model meanwhile.
 *
 * @return LSTM_OK; LSTM_END when the iterator has no more batches; LSTM_E_LIMIT as of
 *         lstm_iter_next(); LSTM_E_NUMERIC if loss or gradient is not finite, or a parameter or
 *         moment would not be: parameters, optimizer and the iterator's position are then as before,
 *         lstm_updater_info() and lstm_updater_step_losses() report the last update that was made,
 *         and lstm_iter_offsets(), lstm_updater_output() and lstm_updater_state() have the refused
 *         batch, and lstm_updater_gradient() what was computed of its gradient.
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_update(lstm_updater *updater);

/**
 * The first half: draw a batch, compute loss and gradients. No parameter changes.
 *
 * Thread-safety: one thread at a time per updater.
 *
 * @return as lstm_updater_update().
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_backward(lstm_updater *updater);

/**
 * The second half: hooks, optimizer, iteration count. The gradients are the hooked ones afterwards.
 *
 * Thread-safety: one thread at a time per updater.
 *
 * @return LSTM_OK; LSTM_E_ORDER unless lstm_updater_backward() came just before; LSTM_E_NUMERIC if
 *         the hooks made the gradient not finite, or a parameter or moment would not be:
 *         parameters, optimizer and iterator are then as before.
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_apply(lstm_updater *updater);

/**
 * Report on the last update.
 *
 * Thread-safety: any thread, while nobody changes the updater.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_ORDER before any.
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_info(const lstm_updater *updater, lstm_update_info *info);

/**
 * The loss of each step of the last update; the sum is its loss.
 *
 * Thread-safety: any thread, while nobody changes the updater.
 *
 * @param[out] losses  [T]; mean over (B x K) of the squared error of step t
 * @param size  must be T.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_SHAPE; LSTM_E_ORDER before any update.
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_step_losses(const lstm_updater *updater, double *losses,
                                              int64_t size);

/**
 * Number of windows of the last batch, B, which sizes what the functions below give; 0 for NULL and
 * before any update.
 *
 * Thread-safety: any thread, while nobody changes the updater.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_updater_batch(const lstm_updater *updater);

/**
 * Number of model calls in an unroll: T, and more in the article's form; 0 for NULL.
 *
 * Thread-safety: any thread, while nobody changes the updater.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_updater_calls(const lstm_updater *updater);

/**
 * The output of model call `call`, 0 .. lstm_updater_calls() - 1, in the last unroll.
 *
 * Thread-safety: any thread, while nobody changes the updater.
 *
 * @param[out] y      [B, K]
 * @param size        must be the last batch's B * K.
 * @param[out] graded may be NULL; the step whose target graded this output, or -1.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_SHAPE; LSTM_E_ORDER before any update.
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_output(const lstm_updater *updater, int64_t call, lstm_real *y,
                                         int64_t size, int64_t *graded);

/**
 * The state after the last call of the last unroll, [L, 2, B, H]: of each layer first h, then c.
 *
 * Thread-safety: any thread, while nobody changes the updater.
 *
 * @param size  must be L * 2 * B * H with the last batch's B.
 * @return as lstm_updater_output().
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_state(const lstm_updater *updater, lstm_real *values,
                                        int64_t size);

/**
 * The gradient of the loss by parameter `name` (see model.h): after lstm_updater_backward() the
 * plain one, after lstm_updater_apply() or lstm_updater_update() as the hooks left it.
 *
 * Thread-safety: any thread, while nobody changes the updater.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NAME; LSTM_E_SHAPE; LSTM_E_ORDER before any.
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_gradient(const lstm_updater *updater, const char *name,
                                           lstm_real *values, int64_t size);

/**
 * The optimizer's moment `moment` (see optimizer.h: "m", "v", "vhat", "s") of parameter `name`.
 *
 * Thread-safety: any thread, while nobody changes the updater.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NAME if this optimizer has no such moment, or the model
 *         no such parameter; LSTM_E_SHAPE.
 * @since 0.1
 */
LSTM_API lstm_status lstm_updater_moment(const lstm_updater *updater, const char *moment,
                                         const char *name, lstm_real *values, int64_t size);

#ifdef __cplusplus
}
#endif

#endif
