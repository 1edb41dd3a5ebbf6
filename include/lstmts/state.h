/* SPDX-License-Identifier: MIT */
/**
 * @file state.h
 * lstm_state: hidden and cell state (h and c) of B independent streams, advanced row by row.
 */
#ifndef LSTMTS_STATE_H
#define LSTMTS_STATE_H

#include <lstmts/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A state. Opaque. It borrows its model, which must exist as long as the state is used.
 *
 * If the parameters of the model change, the state becomes stale: it can no longer step, until it
 * is reset, set or copied to.
 *
 * Thread-safety: one thread at a time. Any number of states may step on one model at the same time.
 */
typedef struct lstm_state lstm_state;

/**
 * Create a state. All of its streams are zero.
 *
 * @param[out] state  free it with lstm_state_free().
 * @param model       borrowed.
 * @param n_stream    B, >= 1
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_LIMIT; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_new(lstm_state **state, const lstm_model *model, int64_t n_stream);

/** Size of a state, and how it stores the weights of its model. */
typedef struct lstm_state_options {
    uint64_t struct_size; /**< set by LSTM_STATE_OPTIONS_INIT */
    int64_t n_stream;     /**< B, >= 1; 0 = 1                 */
    int64_t weights;      /**< lstm_weights (model.h)         */
} lstm_state_options;

#define LSTM_STATE_OPTIONS_INIT                                                                    \
    {                                                                                              \
        sizeof(lstm_state_options), 0, 0                                                           \
    }

/**
 * Set options as LSTM_STATE_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_options_init(lstm_state_options *options, uint64_t size);

/**
 * Create a state with options. All of its streams are zero. The form of the weights is made here if
 * no other state of the model has it, and again by reset, set and copy after the parameters have
 * changed; never by a step.
 *
 * @param[out] state  free it with lstm_state_free().
 * @param model       borrowed.
 * @param options     not kept. NULL = all defaults: one stream.
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL, B < 1 or an unknown form of weights; LSTM_E_OPTIONS;
 *         LSTM_E_LIMIT; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_new_with(lstm_state **state, const lstm_model *model,
                                         const lstm_state_options *options);

/**
 * Free a state; NULL is allowed.
 *
 * @since 0.1
 */
LSTM_API void lstm_state_free(lstm_state *state);

/**
 * Set all streams to zero and use the present parameters of the model.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_reset(lstm_state *state);

/**
 * Set the number of threads for lstm_state_step(). Each thread computes some of the hidden units of
 * every layer. This is worthwhile from H of about 200 on, when one thread's share of the weights
 * fits its core's cache and the whole does not. Small steps are computed by one thread. Results are
 * bit-identical for any number. Between steps the threads spin for less than 0.1 ms before they
 * sleep.
 *
 * @param n_threads  number of threads, including the caller, <= 1024; 0 = 1; LSTM_ALL_CORES = one
 *                   per available processor.
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL or a number out of range; LSTM_E_NOMEM. On failure the
 *         number of threads does not change.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_set_threads(lstm_state *state, int64_t n_threads);

/**
 * Advance all streams by one step. Allocates nothing. With one thread it takes no lock and makes no
 * system call.
 *
 * @param x       [B, D] inputs. A state does not know roles: in the columns that were
 *                LSTM_ROLE_KNOWN in training, pass the values of the row that y predicts; in all
 *                others those of the present row.
 * @param[out] y  [B, K] outputs. It may be the same array as `x` if D == K.
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL; LSTM_E_STALE if the parameters of the model have
 *         changed; LSTM_E_NUMERIC if x, the new state or the output is not finite (the message
 *         names the stream and column). On failure state and y do not change.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_step(lstm_state *state, const lstm_real *x, lstm_real *y);

/**
 * Advance all streams by n steps and discard the outputs, for example to replay rows after a reset.
 * Allocates nothing.
 *
 * @param rows  [n, B, D] inputs, as of lstm_state_step()
 * @param n     >= 1
 * @return as lstm_state_step() (the message also names the row); LSTM_E_ARGUMENT if n is below 1.
 *         On failure the state does not change.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_warm(lstm_state *state, const lstm_real *rows, int64_t n);

/**
 * Look ahead: compute the next n outputs with each output as the next input. h and c do not change.
 * Allocates only if n is larger than in any earlier call. A model with covariates has inputs that
 * are no outputs: step a copy of its state instead, or call lstm_forecast().
 *
 * @param n       >= 1
 * @param[out] y  [n, B, K]. Row 0 is the output of the last step; row t is the output of a step
 *                with row t - 1 as its input.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_SHAPE unless D = K; LSTM_E_ORDER if there was no step
 *         since the state was created, reset or set; LSTM_E_STALE; LSTM_E_NUMERIC if an output or a
 *         state is not finite (the message names the row); LSTM_E_NOMEM. On failure y does not
 *         change.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_forecast(lstm_state *state, int64_t n, lstm_real *y);

/**
 * Copy h and c from `source` to `target`, for example to compare several possible futures. `target`
 * then uses the present parameters of its model. Both must be states of the same model, or of
 * clones of it, even if these were trained since. lstm_state_get() and lstm_state_set() have no
 * such limit. The two may store the weights in different forms; each keeps its own.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL; LSTM_E_SHAPE unless both have the same B, L and H and
 *         the same model or clones of it; LSTM_E_STALE if `source` is stale; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_copy(lstm_state *target, const lstm_state *source);

/**
 * Number of elements of a state, L * 2 * B * H; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_state_size(const lstm_state *state);

/**
 * Get h and c.
 *
 * @param[out] values  [L, 2, B, H]: for each layer h, then c.
 * @param size         must be lstm_state_size().
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_SHAPE.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_get(const lstm_state *state, lstm_real *values, int64_t size);

/**
 * Set h and c, for example to continue a stream after a restart. The state then uses the present
 * parameters of its model.
 *
 * @param values  [L, 2, B, H]: for each layer h, then c.
 * @param size    must be lstm_state_size().
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_SHAPE; LSTM_E_NUMERIC if a value is not finite;
 *         LSTM_E_NOMEM. On failure the state does not change.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_set(lstm_state *state, const lstm_real *values, int64_t size);

#ifdef __cplusplus
}
#endif

#endif
