/* SPDX-License-Identifier: MIT */
#ifndef LTS_FORECASTER_PROBE_NETWORK_H
#define LTS_FORECASTER_PROBE_NETWORK_H

#include "forecaster/forecaster.h"
#include "forecaster/judge.h"

/**
 * Choose base, transformation and segments of choice->view by short trainings, if the data is so small
 * that these take little time. Whether they do is decided by the number of operations, not by a clock.
 * LSTM_STOPPED, LSTM_E_NOMEM.
 */
lstm_status lts_probe_network(lts_choice *choice, const lts_judge *judge, const lts_loss *loss,
                              uint64_t seed, const lts_training_watch *watch);

#endif
