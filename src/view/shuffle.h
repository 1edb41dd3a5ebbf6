/* SPDX-License-Identifier: MIT */
/* LSTM_ORDER_SHUFFLE: window number w is element w mod n of permutation w div n. */
#ifndef LTS_VIEW_SHUFFLE_H
#define LTS_VIEW_SHUFFLE_H

#include "base/real.h"
#include <lstmts/status.h>
#include <stdatomic.h>

typedef struct lts_shuffle {
    int64_t n;
    int64_t *permutation; /**< [n] of pass `pass`                    */
    uint64_t pass;        /**< UINT64_MAX = `permutation` is not valid */
} lts_shuffle;

/** LSTM_E_NOMEM; then there is nothing to clear. */
lstm_status lts_shuffle_init(lts_shuffle *shuffle, int64_t n);
void lts_shuffle_clear(lts_shuffle *shuffle);

/** Window `number`, or -1 if `stop`, which may be NULL, became true meanwhile. */
int64_t lts_shuffle_window(lts_shuffle *shuffle, uint64_t seed, uint64_t number,
                           const atomic_bool *stop);

#endif
