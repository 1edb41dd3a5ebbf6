/* SPDX-License-Identifier: MIT */
#ifndef LTS_TRAIN_SCHEDULE_H
#define LTS_TRAIN_SCHEDULE_H

#include "base/real.h"
#include <lstmts/optimizer.h>

/** Read options (NULL = constant), fill in the defaults, refuse what is out of range. */
lstm_status lts_schedule_read(lstm_schedule_options *schedule,
                              const lstm_schedule_options *options);

/** The factor of update `iteration`, from 0, by options that lts_schedule_read() has passed. */
double lts_schedule_factor(const lstm_schedule_options *schedule, uint64_t iteration);

#endif
