/* SPDX-License-Identifier: MIT */
/**
 * @file state.h
 * lstm_state: h and c of B streams that one model forecasts, advanced row by row.
 */
#ifndef LSTMTS_STATE_H
#define LSTMTS_STATE_H

#include <lstmts/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Opaque. Any number of states may step on one model at once; one state serves one thread at a
 * time. A state reads its model, which it cannot step without.
 */
typedef struct lstm_state lstm_state;

/**
 * Make a state of `n_stream` independent streams, all zero.
 *
 * Thread-safety: any thread.
 *
 * @param[out] state  free it with lstm_state_free().
 * @param model       borrowed until then.
 * @param n_stream    B, >= 1
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_LIMIT; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_new(lstm_state **state, const lstm_model *model, int64_t n_stream);

/**
 * Free a state; NULL is fine.
 *
 * Thread-safety: by the last who uses it.
 *
 * @since 0.1
 */
LSTM_API void lstm_state_free(lstm_state *state);

/**
 * Back to zero, as lstm_state_new() left it, on the model's present parameters: a stale state is
 * usable again.
 *
 * Thread-safety: one thread at a time per state.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_reset(lstm_state *state);

/**
 * Step with several threads from now on: each computes some of the units of every layer. This helps
 * where the weights of one thread's units stay in its core's cache and those of all would not, from
 * H of some 200 on; where a step is too small to gain by it, one thread does it. The results are
 * the same bits for any number. Between steps that follow each other closely the threads wait
 * without sleeping, for less than a tenth of a millisecond.
 *
 * Thread-safety: one thread at a time per state.
 *
 * @param n_threads  the caller's included; 0 = 1, LSTM_ALL_CORES: one per processor
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL, or a number below -1 or above 1024; LSTM_E_NOMEM. On
 *         failure the state keeps its threads.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_threads(lstm_state *state, int64_t n_threads);

/**
 * Advance all streams by one step. Allocates nothing; with one thread (lstm_state_threads()) it
 * takes no lock and makes no system call.
 *
 * Thread-safety: one thread at a time per state.
 *
 * @param state  advanced on LSTM_OK only.
 * @param x      [B, D] inputs.
 * @param y      [B, K] outputs. May be `x` itself when D == K.
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL; LSTM_E_STALE if the model's parameters changed since
 *         the state was made or reset; LSTM_E_NUMERIC if x, the new state or the output is not
 *         finite (the sentence says where). On failure neither state nor y has changed.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_step(lstm_state *state, const lstm_real *x, lstm_real *y);

/**
 * Advance all streams by n steps without their outputs, as after lstm_state_reset() or to catch up
 * with rows that were missed. Allocates nothing.
 *
 * Thread-safety: one thread at a time per state.
 *
 * @param state  advanced on LSTM_OK only.
 * @param rows   [n, B, D] inputs.
 * @param n      >= 1
 * @return as lstm_state_step() (the message names the row); LSTM_E_ARGUMENT for n below 1.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_warm(lstm_state *state, const lstm_real *rows, int64_t n);

/**
 * Look ahead: what the next n outputs would be if each output were the next input. The state does
 * not move, and further steps have the bits that they would have had. Allocates only if n is larger
 * than in any call before.
 *
 * Thread-safety: one thread at a time per state.
 *
 * @param n      >= 1
 * @param[out] y [n, B, K]; row 0 is the output of the last step, row t that of a step on row t - 1.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_SHAPE unless D = K; LSTM_E_ORDER if no step was made since
 *         the state was made, reset or set; LSTM_E_STALE; LSTM_E_NUMERIC if an output or a state is
 *         not finite (the message names the row); LSTM_E_NOMEM. On failure y is untouched.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_forecast(lstm_state *state, int64_t n, lstm_real *y);

/**
 * Copy h and c from `source` to `target`, as for trying several futures from one present.
 * The target is fresh then, like after a reset. Both must be states of one model or of clones of it,
 * also if these were trained since. Otherwise lstm_state_get() and lstm_state_set() carry values over.
 *
 * Thread-safety: one thread at a time per state.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL; LSTM_E_SHAPE unless both have the same B, L and H,
 *         and a model in common;
 *         LSTM_E_STALE if `source` is; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_copy(lstm_state *target, const lstm_state *source);

/**
 * Number of elements that lstm_state_get() gives, L * 2 * B * H; 0 for NULL.
 *
 * Thread-safety: any thread, while nobody changes the state.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_state_size(const lstm_state *state);

/**
 * Read the state as an array [L, 2, B, H]: of each layer first h, then c.
 *
 * Thread-safety: any thread, while nobody changes the state.
 *
 * @param size  must be lstm_state_size().
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_SHAPE.
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_get(const lstm_state *state, lstm_real *values, int64_t size);

/**
 * Write the state from such an array, as for going on with a stream after a restart. It is fresh
 * then, like after a reset.
 *
 * Thread-safety: one thread at a time per state.
 *
 * @return as lstm_state_get(); LSTM_E_NUMERIC if a value is not finite (the state keeps its
 *         values).
 * @since 0.1
 */
LSTM_API lstm_status lstm_state_set(lstm_state *state, const lstm_real *values, int64_t size);

#ifdef __cplusplus
}
#endif

#endif
