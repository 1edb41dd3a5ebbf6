/* SPDX-License-Identifier: MIT */
/*
 * What is measured, each through the public interface alone: training updates, steps of one stream,
 * forecasts of a fleet.
 */
#ifndef BENCH_WORKLOADS_H
#define BENCH_WORKLOADS_H

#include "timing.h"

typedef struct bench_shape {
    int64_t n, H, B, T;  /**< n inputs and outputs; of a fleet, B series and T steps ahead */
    int64_t support_len; /**< of training                                                  */
    int64_t n_thread;
    const char *device; /**< as options name it; NULL = "cpu"  */
    int64_t precision;  /**< LSTM_PRECISION_*                  */
} bench_shape;

/** One update. */
bool bench_training(const bench_shape *shape, double seconds, bench_time *time);

/** One step of one stream; B and T are not used. */
bool bench_stream(const bench_shape *shape, double seconds, bench_time *time);

/** All B series T closed-loop steps ahead. */
bool bench_fleet(const bench_shape *shape, double seconds, bench_time *time);

/**
 * Operations of one step of one row, two to a multiply-add: the recurrent product, and what is left
 * of the input layer when it is folded into the gates. What a faster algebra may not save counts,
 * so that no share of the peak is flattered; a backward pass counts twice a forward one.
 */
double bench_step_flops(const bench_shape *shape);

#endif
