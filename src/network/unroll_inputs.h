/* SPDX-License-Identifier: MIT */
/*
 * The inputs of an unroll: rows of the source, rows that are withheld, and outputs that are fed
 * back, with the gradient that they pass on. Each function works on some windows, and threads may
 * call it for different ones.
 */
#ifndef LTS_NETWORK_UNROLL_INPUTS_H
#define LTS_NETWORK_UNROLL_INPUTS_H

#include "network/unroll.h"

/** Begin to read a batch, and gather all targets and their weights. */
void lts_gather_targets(lts_unroll *unroll, const lts_batch *batch);

/** Inputs of calls first .. end - 1; beyond the last call, of rows that are targets only. */
void lts_gather_inputs(const lts_unroll *unroll, lts_range windows, int64_t first, int64_t end);

/**
 * Scheduled sampling: withholds true rows of a call, so that the outputs take their place. Each row
 * of each window is withheld with the same probability (Bengio et al., 2015).
 */
void lts_withhold_rows(const lts_unroll *unroll, lts_range windows, int64_t call,
                       const lts_batch *batch);

/** Copy the locations of the feeding call's outputs to the input of a fed call. */
void lts_feed_windows(const lts_unroll *unroll, lts_range windows, int64_t call);

/** dy of the feeding call += dx of the fed call through the location. */
void lts_add_feedback_gradient(const lts_unroll *unroll, lts_range windows, int64_t call);

#endif
