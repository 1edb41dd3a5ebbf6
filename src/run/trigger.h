/* SPDX-License-Identifier: MIT */
/* Triggers by iterations and epochs: whether an update makes one fire. */
#ifndef LTS_RUN_TRIGGER_H
#define LTS_RUN_TRIGGER_H

#include "base/real.h"
#include <lstmts/trainer.h>

/** An update that was made: its number, from 1, and the epochs done before and after it. */
typedef struct lts_moment {
    uint64_t iteration, epoch_before, epoch;
} lts_moment;

/** LSTM_E_ARGUMENT naming the field of trigger `name`. The units are 0 .. `last_unit`. */
lstm_status lts_trigger_check(const char *name, const lstm_trigger *trigger, int64_t last_unit);

/** Whether `trigger`, whose unit is not LSTM_SECONDS, fires after an update. */
bool lts_trigger_fires(const lstm_trigger *trigger, const lts_moment *moment);

#endif
