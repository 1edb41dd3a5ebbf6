/* SPDX-License-Identifier: MIT */
#ifndef LTS_VIEW_ITER_H
#define LTS_VIEW_ITER_H

#include "view/series_draw.h"
#include "view/shuffle.h"
#include "view/source.h"
#include "view/streams.h"
#include <lstmts/iter.h>
#include <stdatomic.h>

struct lstm_iter {
    lts_source source;   /**< borrowed, but for its columns     */
    lts_columns columns; /**< of the source                     */
    lts_window window;
    int64_t n_window, B, order, draw;
    int64_t epoch_size;        /**< windows of an epoch                            */
    lts_streams streams;       /**< only LSTM_ORDER_CONSECUTIVE                    */
    lts_shuffle shuffle;       /**< only LSTM_ORDER_SHUFFLE                        */
    lts_series_draw by_series; /**< only LSTM_DRAW_SERIES over a view              */
    int64_t support_len;       /**< by default for updaters: context_len - 1, or 0 */
    uint64_t seed;
    lstm_sampler_fn sampler; /**< or NULL */
    void *sampler_user;
    lstm_iter_position position;
    int64_t n_drawn;         /**< windows of the present batch; 0 = no batch           */
    int64_t *offsets;        /**< [B] the present batch                                */
    int64_t *candidates;     /**< [B] the batch being drawn                            */
    bool *begins;            /**< [B] windows that begin a chain or stream; only
                                  LSTM_ORDER_CONSECUTIVE                               */
    const atomic_bool *stop; /**< ends a long shuffle, or NULL                         */
};

/** Whether each batch continues the one before. */
static inline bool lts_iter_is_consecutive(const lstm_iter *iter)
{
    return iter->begins != NULL;
}

/** Go back to the position before the present batch, which can still be read. */
void lts_iter_put_back(lstm_iter *iter, const lstm_iter_position *position);

/** Start another pass after LSTM_END of a sequential pass. Iteration and epoch continue. */
void lts_iter_next_pass(lstm_iter *iter);

#endif
