/* SPDX-License-Identifier: MIT */
#ifndef LTS_TRAIN_SAMPLING_H
#define LTS_TRAIN_SAMPLING_H

#include "base/real.h"
#include <lstmts/updater.h>

/** Read options (NULL = none) and fill in the defaults. LSTM_E_ARGUMENT naming the field. */
lstm_status lts_sampling_read(lstm_sampling_options *sampling,
                              const lstm_sampling_options *options);

/** Share of true rows in update `iteration`, from 0. The options must be checked. */
double lts_sampling_share(const lstm_sampling_options *sampling, uint64_t iteration);

#endif
