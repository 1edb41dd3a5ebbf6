/* SPDX-License-Identifier: MIT */
/*
 * States of windows that are carried into the next ones (LSTM_ORDER_CONSECUTIVE). A state belongs
 * to a position of the iterator, that of the next batch. Two are kept: that of the present
 * position, and that before the present update, to which a failed update returns. At any other
 * position, to which only the caller can move the iterator, the state is 0.
 */
#ifndef LTS_TRAIN_CARRY_H
#define LTS_TRAIN_CARRY_H

#include "network/params.h"
#include "view/iter.h"

/** The state of all streams at a position. */
typedef struct lts_carried {
    bool valid;
    lstm_iter_position at;
    real *values; /**< [L, 2, B, H] */
} lts_carried;

typedef struct lts_carry {
    int64_t L, B, H;
    lts_carried before, now; /**< values NULL: nothing is carried */
} lts_carry;

/** LSTM_E_NOMEM: then there is nothing to clear. */
lstm_status lts_carry_init(lts_carry *carry, const lts_params *params, int64_t B);
void lts_carry_clear(lts_carry *carry);

static inline bool lts_carries(const lts_carry *carry)
{
    return carry->now.values != NULL;
}

/** Number of values of a state. */
int64_t lts_carry_size(const lts_carry *carry);

/** Begin an update at the present position of the iterator. */
void lts_carry_begin(lts_carry *carry, const lstm_iter *iter);

/** The state from which the drawn batch begins: zero for windows that begin a stream or chain. */
const real *lts_carry_initial(lts_carry *carry, const lstm_iter *iter);

/** The state after a batch is in now.values: it belongs to the present position. */
void lts_carry_advance(lts_carry *carry, const lstm_iter *iter);

/** The state that belongs to a position, or NULL if it is 0. */
real *lts_carry_find(const lts_carry *carry, const lstm_iter_position *position);

#endif
