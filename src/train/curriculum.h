/* SPDX-License-Identifier: MIT */
#ifndef LTS_TRAIN_CURRICULUM_H
#define LTS_TRAIN_CURRICULUM_H

#include "base/real.h"
#include <lstmts/updater.h>

/** A curriculum, with the horizon of each stage of its own. */
typedef struct lts_curriculum {
    int64_t kind, period, last;
    int64_t first;   /**< of LSTM_CURRICULUM_LINEAR */
    int64_t n_stage; /**< of LSTM_CURRICULUM_STAGES */
    int64_t *stages; /**< [n_stage]                 */
} lts_curriculum;

/**
 * Read options (NULL = none) for windows of T steps, and copy the stages. LSTM_E_ARGUMENT naming the
 * field, LSTM_E_OPTIONS, LSTM_E_NOMEM; then there is nothing to clear.
 */
lstm_status lts_curriculum_init(lts_curriculum *curriculum, int64_t T, int64_t support_len,
                                const lstm_curriculum_options *options);
void lts_curriculum_clear(lts_curriculum *curriculum);

/** Number of steps after the support in update `iteration`, from 0; there must be a curriculum. */
int64_t lts_curriculum_horizon(const lts_curriculum *curriculum, uint64_t iteration);

#endif
