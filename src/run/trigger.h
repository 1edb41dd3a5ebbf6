/* SPDX-License-Identifier: MIT */
/* Triggers by iterations and epochs. */
#ifndef LTS_RUN_TRIGGER_H
#define LTS_RUN_TRIGGER_H

#include "base/real.h"
#include <lstmts/trainer.h>

/** An update: its number, from 1, and the number of completed epochs before and after it. */
typedef struct lts_moment {
    uint64_t iteration, epoch_before, epoch;
} lts_moment;

/** Check trigger `name`, whose unit must be 0 .. `last_unit`. LSTM_E_ARGUMENT naming the field. */
lstm_status lts_trigger_check(const char *name, const lstm_trigger *trigger, int64_t last_unit);

/** Whether `trigger`, whose unit is not LSTM_SECONDS, fires after an update. */
bool lts_trigger_fires(const lstm_trigger *trigger, const lts_moment *moment);

#endif
