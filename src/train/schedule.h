/* SPDX-License-Identifier: MIT */
#ifndef LTS_TRAIN_SCHEDULE_H
#define LTS_TRAIN_SCHEDULE_H

#include "base/real.h"
#include <lstmts/optimizer.h>

/** Read options (NULL = constant) and fill in the defaults. LSTM_E_ARGUMENT naming the field. */
lstm_status lts_schedule_read(lstm_schedule_options *schedule,
                              const lstm_schedule_options *options);

/** Factor on the learning rate of update `iteration`, from 0. The options must be checked. */
double lts_schedule_factor(const lstm_schedule_options *schedule, uint64_t iteration);

#endif
