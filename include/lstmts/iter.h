/* SPDX-License-Identifier: MIT */
/**
 * @file iter.h
 * lstm_iter: windows of a series (window.h), in batches.
 */
#ifndef LSTMTS_ITER_H
#define LSTMTS_ITER_H

#include <lstmts/series.h>
#include <lstmts/window.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Opaque. One thread at a time. Reads its series, which must outlive it. */
typedef struct lstm_iter lstm_iter;

/** In which order windows come. */
enum {
    LSTM_ORDER_RANDOM = 0,     /**< each drawn at random, with replacement (default)             */
    LSTM_ORDER_SHUFFLE = 1,    /**< shuffled passes: every window once per pass; a batch that is
                                    not full at the end of a pass is filled from the next        */
    LSTM_ORDER_SEQUENTIAL = 2, /**< one pass in order of time, the last batch may be smaller;
                                    then LSTM_END until lstm_iter_reset()                        */
};

/**
 * Chooses the windows of one batch in the caller's way.
 *
 * It may be asked again for an iteration it has answered (after a resume, or an update that
 * failed), and then must give the same answer; so derive it from `iteration`, not from a count of
 * calls.
 * @param iteration  from 0
 * @param n_window   number of windows; offsets are 0 .. n_window-1
 * @param[out] offsets  [n_offset] to fill
 * @param user       as given in the options
 * @return 0, or anything else to end: the iterator answers LSTM_END.
 */
typedef int (*lstm_sampler_fn)(uint64_t iteration, int64_t n_window, int64_t *offsets,
                               int64_t n_offset, void *user);

/** How to cut a series into windows and draw batches of them. */
typedef struct lstm_iter_options {
    uint64_t struct_size;    /**< set by LSTM_ITER_OPTIONS_INIT                                  */
    int64_t window_len;      /**< T, >= 1; required, unless context_len and horizon are given    */
    int64_t batch_size;      /**< B; 0 = 10                                                      */
    int64_t pred;            /**< rows from an input to its target, >= 1; 0 = 1                  */
    int64_t order;           /**< LSTM_ORDER_*; not used with a sampler                          */
    int64_t window_rule;     /**< LSTM_WINDOWS_*                                                 */
    uint64_t seed;           /**< of LSTM_ORDER_RANDOM and LSTM_ORDER_SHUFFLE                    */
    lstm_sampler_fn sampler; /**< chooses offsets itself; NULL = as `order` says                 */
    void *sampler_user;      /**< handed to the sampler                                          */
    int64_t context_len;     /**< with horizon, in place of window_len: see window.h; 0 = none   */
    int64_t horizon;         /**< with context_len; 0 = none                                     */
} lstm_iter_options;

#define LSTM_ITER_OPTIONS_INIT                                                                     \
    {                                                                                              \
        sizeof(lstm_iter_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0                                    \
    }

/** Where an iterator stands; with the same series and options it goes on from here exactly. */
typedef struct lstm_iter_position {
    uint64_t iteration;  /**< batches given so far                                         */
    uint64_t drawn;      /**< windows given so far; each order finds its place by it        */
    uint64_t pass_start; /**< `drawn` when the present pass began; LSTM_ORDER_SEQUENTIAL    */
} lstm_iter_position;

/**
 * Make an iterator.
 *
 * Thread-safety: any thread.
 *
 * @param[out] iter  free it with lstm_iter_free().
 * @param series     borrowed: it must outlive the iterator. Its roles are taken over now.
 * @param options    not kept.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_SHAPE if the series has no such window,
 *         or no input or no target column; LSTM_E_LIMIT; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_iter_new(lstm_iter **iter, const lstm_series *series,
                                   const lstm_iter_options *options);

/**
 * Free an iterator; NULL is fine. Its updaters may only be freed afterwards.
 *
 * Thread-safety: by the last who uses it.
 *
 * @since 0.1
 */
LSTM_API void lstm_iter_free(lstm_iter *iter);

/**
 * Draw the next batch. Allocates nothing.
 *
 * Thread-safety: one thread at a time per iterator.
 *
 * @param[out] n_window  may be NULL; number of windows in the batch: B, or fewer at the end of a
 *                       sequential pass.
 * @return LSTM_OK; LSTM_END when a sequential pass is over or the sampler ended, and then the batch
 *         before stays the last one; LSTM_E_ARGUMENT if the sampler gave an offset that is no
 *         window; LSTM_E_LIMIT if a number of the position would exceed 2^63 - 1. Only LSTM_OK advances the iterator.
 * @since 0.1
 */
LSTM_API lstm_status lstm_iter_next(lstm_iter *iter, int64_t *n_window);

/**
 * The offsets of the batch drawn last; after an update that failed those of its batch.
 *
 * Thread-safety: any thread, while nobody changes the iterator.
 *
 * @param[out] offsets  [size]; `size` must be the batch's number of windows.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_ORDER before the first batch; LSTM_E_SHAPE.
 * @since 0.1
 */
LSTM_API lstm_status lstm_iter_offsets(const lstm_iter *iter, int64_t *offsets, int64_t size);

/**
 * The rows of the batch drawn last, B here being its number of windows.
 *
 * Thread-safety: any thread, while nobody changes the iterator.
 *
 * @param[out] x       [T, B, D], or NULL
 * @param[out] target  [T, B, K], or NULL
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_ORDER before the first batch.
 * @since 0.1
 */
LSTM_API lstm_status lstm_iter_read(const lstm_iter *iter, lstm_real *x, lstm_real *target);

/**
 * Start again: position zero, and the same windows as after lstm_iter_new().
 *
 * Thread-safety: one thread at a time per iterator.
 *
 * @since 0.1
 */
LSTM_API lstm_status lstm_iter_reset(lstm_iter *iter);

/**
 * Batches drawn so far; 0 for NULL.
 *
 * Thread-safety: any thread, while nobody changes the iterator.
 *
 * @since 0.1
 */
LSTM_API uint64_t lstm_iter_iteration(const lstm_iter *iter);
/**
 * Epochs completed so far, by the window rule; 0 for NULL.
 *
 * Thread-safety: any thread, while nobody changes the iterator.
 *
 * @since 0.1
 */
LSTM_API uint64_t lstm_iter_epoch(const lstm_iter *iter);
/**
 * Number of windows there are; 0 for NULL.
 *
 * Thread-safety: any thread, while nobody changes the iterator.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_iter_windows(const lstm_iter *iter);

/**
 * Say where the iterator stands.
 *
 * Thread-safety: any thread, while nobody changes the iterator.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_iter_get_position(const lstm_iter *iter, lstm_iter_position *position);

/**
 * Go to a position; the next batch is the one that followed it. Until then there is no batch.
 *
 * Thread-safety: one thread at a time per iterator.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL, a pass that starts after its own windows, or a number of
 *         2^63 or more.
 * @since 0.1
 */
LSTM_API lstm_status lstm_iter_set_position(lstm_iter *iter, const lstm_iter_position *position);

#ifdef __cplusplus
}
#endif

#endif
