/* SPDX-License-Identifier: MIT */
/**
 * @file iter.h
 * lstm_iter: draws the windows of a series (window.h) in batches.
 */
#ifndef LSTMTS_ITER_H
#define LSTMTS_ITER_H

#include <lstmts/series.h>
#include <lstmts/view.h>
#include <lstmts/window.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * An iterator. Opaque. It borrows its series, which must exist as long as the iterator.
 *
 * Thread-safety: one thread at a time. Functions that take a const iterator may run at the same
 * time as each other.
 */
typedef struct lstm_iter lstm_iter;

/** In which order windows are drawn. */
typedef enum lstm_order {
    LSTM_ORDER_RANDOM = 0,     /**< each window at random, with replacement (default)             */
    LSTM_ORDER_SHUFFLE = 1,    /**< in shuffled passes: each window once per pass. A batch that a
                                    pass cannot fill is filled from the next pass                 */
    LSTM_ORDER_SEQUENTIAL = 2, /**< one pass in chronological order, whose last batch may be
                                    smaller; then LSTM_END until lstm_iter_reset()                */
    /**
     * For stateful training: window b of a batch begins where window b of the batch before ended,
     * and an updater carries its state over (updater.h). The windows of a series, each T rows (of a
     * view: T segments) after the one before, form a chain, in a view one for each channel. The
     * chains, one after the other, are divided into B streams of equal length; fewer than B windows
     * at the end are left out. An epoch ends with the streams, which then start again. Needs at
     * least B windows in all chains (LSTM_E_SHAPE).
     */
    LSTM_ORDER_CONSECUTIVE = 3,
} lstm_order;

/** How often LSTM_ORDER_RANDOM draws the windows of each series of a view. */
typedef enum lstm_draw {
    LSTM_DRAW_WINDOWS = 0, /**< each window as often as any other, so a series by its length
                                (default)                                                       */
    LSTM_DRAW_SERIES = 1,  /**< each series that has windows as often as any other, and each window
                                of a series as often as its others: long series do not outweigh
                                short ones                                                      */
} lstm_draw;

/**
 * Chooses the windows of one batch.
 *
 * The result must depend only on `iteration`, not on the number of calls: after a resume or a
 * failed update the sampler is called again for an earlier iteration and must choose the same
 * windows.
 *
 * @param iteration  number of the batch, from 0
 * @param n_window   number of windows; their offsets are 0 .. n_window-1
 * @param[out] offsets  [n_offset] the offsets of the chosen windows
 * @param n_offset   B
 * @param user       `sampler_user` of the options
 * @return 0; any other value ends the iteration: the iterator returns LSTM_END.
 */
typedef int (*lstm_sampler_fn)(uint64_t iteration, int64_t n_window, int64_t *offsets,
                               int64_t n_offset, void *user);

/** How a series is cut into windows, and how they are drawn. */
typedef struct lstm_iter_options {
    uint64_t struct_size;    /**< set by LSTM_ITER_OPTIONS_INIT                       */
    int64_t window_len;      /**< T, >= 1; required, or context_len and horizon       */
    int64_t batch_size;      /**< B, >= 1; 0 = 10                                     */
    int64_t pred;            /**< rows from an input to its target, >= 1; 0 = 1       */
    int64_t order;           /**< lstm_order; ignored if there is a sampler           */
    int64_t window_rule;     /**< lstm_window_rule                                    */
    uint64_t seed;           /**< seed for LSTM_ORDER_RANDOM and LSTM_ORDER_SHUFFLE   */
    lstm_sampler_fn sampler; /**< chooses the windows instead of `order`; NULL = none */
    void *sampler_user;      /**< passed to the sampler                               */
    int64_t context_len;     /**< with horizon, instead of window_len, and default of the
                                  updater's support_len (window.h); 0 = not used      */
    int64_t horizon;         /**< with context_len; 0 = not used                      */
    int64_t draw;            /**< lstm_draw; LSTM_DRAW_SERIES needs LSTM_ORDER_RANDOM and no
                                  sampler                                             */
} lstm_iter_options;

#define LSTM_ITER_OPTIONS_INIT                                                                     \
    {                                                                                              \
        sizeof(lstm_iter_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0                                 \
    }

/**
 * Set options as LSTM_ITER_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_iter_options_init(lstm_iter_options *options, uint64_t size);

/** Position of an iterator. It determines all later batches, given the same series and options. */
typedef struct lstm_iter_position {
    uint64_t iteration;  /**< batches drawn so far                                         */
    uint64_t drawn;      /**< windows drawn so far                                         */
    uint64_t pass_start; /**< `drawn` at the start of this pass; for LSTM_ORDER_SEQUENTIAL */
} lstm_iter_position;

/**
 * Create an iterator.
 *
 * @param[out] iter  free it with lstm_iter_free().
 * @param series     borrowed. The roles of its columns are read now.
 * @param options    not kept.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_SHAPE if the series has no window of
 *         this size, no input column or no target column; LSTM_E_LIMIT; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_iter_new(lstm_iter **iter, const lstm_series *series,
                                   const lstm_iter_options *options);

/**
 * Create an iterator over all windows of a view. Offsets are numbers of windows
 * (lstm_view_window_at()). The loop is closed after the context, unless an updater has another
 * support_len.
 *
 * @param[out] iter  free it with lstm_iter_free().
 * @param view       borrowed.
 * @param options    not kept; NULL = all defaults. window_len, pred, window_rule, context_len and
 *                   horizon must be 0: the view has them.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_SHAPE for the view of a forecaster,
 *         which has no windows; LSTM_E_LIMIT; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_iter_new_view(lstm_iter **iter, const lstm_view *view,
                                        const lstm_iter_options *options);

/**
 * Free an iterator; NULL is allowed. Updaters that borrow it may afterwards only be freed.
 *
 * @since 0.1
 */
LSTM_API void lstm_iter_free(lstm_iter *iter);

/**
 * Draw the next batch. Allocates nothing.
 *
 * @param[out] n_window  number of windows in the batch: B, or fewer at the end of a sequential
 *                       pass. May be NULL.
 * @return LSTM_OK; LSTM_END at the end of a sequential pass, or if the sampler ended the iteration;
 *         LSTM_E_ARGUMENT if the sampler chose an offset that is not 0 .. n_window-1; LSTM_E_LIMIT
 *         if a number of the position would exceed 2^63 - 1. With any status but LSTM_OK, position
 *         and last batch remain unchanged.
 * @since 0.1
 */
LSTM_API lstm_status lstm_iter_next(lstm_iter *iter, int64_t *n_window);

/**
 * The offsets of the windows of the last batch. After an update that failed, they are those of its
 * batch.
 *
 * @param[out] offsets  [size]
 * @param size          must be the number of windows in the batch.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_ORDER before the first batch; LSTM_E_SHAPE.
 * @since 0.1
 */
LSTM_API lstm_status lstm_iter_offsets(const lstm_iter *iter, int64_t *offsets, int64_t size);

/**
 * The inputs and targets of the last batch, where B is the number of its windows. Columns of
 * LSTM_ROLE_KNOWN have the values of the row that the step predicts (window.h).
 *
 * @param[out] x       [T, B, D], or NULL
 * @param[out] target  [T, B, K], or NULL
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_ORDER before the first batch; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_iter_read(const lstm_iter *iter, lstm_real *x, lstm_real *target);

/**
 * The weights of the targets of the last batch: 1 for targets that are scored, 0 for others, which
 * a view has (view.h).
 *
 * @param[out] weight  [T, B, K]
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_ORDER before the first batch; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_iter_weights(const lstm_iter *iter, lstm_real *weight);

/**
 * Return to the start. The same batches follow as after lstm_iter_new().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_iter_reset(lstm_iter *iter);

/**
 * Number of batches drawn so far; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API uint64_t lstm_iter_iteration(const lstm_iter *iter);
/**
 * Number of completed epochs, by the window rule; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API uint64_t lstm_iter_epoch(const lstm_iter *iter);
/**
 * Number of windows in the series; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_iter_windows(const lstm_iter *iter);

/**
 * Get the position.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_iter_get_position(const lstm_iter *iter, lstm_iter_position *position);

/**
 * Set the position. The next batch is the one that followed this position. Until it is drawn there
 * is no last batch.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL, pass_start > drawn, or a number of 2^63 or more.
 * @since 0.1
 */
LSTM_API lstm_status lstm_iter_set_position(lstm_iter *iter, const lstm_iter_position *position);

#ifdef __cplusplus
}
#endif

#endif
