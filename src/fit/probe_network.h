/* SPDX-License-Identifier: MIT */
#ifndef LTS_FIT_PROBE_NETWORK_H
#define LTS_FIT_PROBE_NETWORK_H

#include "evaluate/judge.h"
#include "forecaster/forecaster.h"

/**
 * Whether trainings take so little time that many can be compared. The number of operations decides
 * it, not a clock, so that a fit can be repeated.
 */
bool lts_is_small(const lts_choice *choice);

/** Trainings of lts_probe_network(), at most: one, 4 bases, 2 transformations, 4 segments. */
enum { LTS_MOST_PROBES = 11 };

/** Updates of each. */
int64_t lts_probe_updates(const lts_choice *choice);

/**
 * Choose base, transformation and segments of choice->view by short trainings, if lts_is_small().
 * LSTM_STOPPED, LSTM_E_NOMEM.
 */
lstm_status lts_probe_network(lts_choice *choice, const lts_judge *judge, const lts_loss *loss,
                              uint64_t seed, lts_trainings *trainings);

#endif
