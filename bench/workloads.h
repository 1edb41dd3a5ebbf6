/* SPDX-License-Identifier: MIT */
/*
 * The workloads, through the public interface only: training updates, steps of one stream,
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
    int64_t weights;    /**< LSTM_WEIGHTS_*, of a stream       */
    int64_t L;          /**< LSTM layers; 0 = 1                */
} bench_shape;

/** Measure one update. */
bool bench_training(const bench_shape *shape, double seconds, bench_time *time);

/**
 * Measure one update of the recipe of docs/forecasting.md: 7 columns with filled gaps, each
 * predicted by itself in segments of n rows; dropout, Huber's loss, clipping, averaged parameters.
 * support_len is the context, in segments.
 */
bool bench_recipe(const bench_shape *shape, double seconds, bench_time *time);

/** Measure one step of one stream; B and T are not used. */
bool bench_stream(const bench_shape *shape, double seconds, bench_time *time);

/** Measure a forecast of B series T steps ahead. */
bool bench_fleet(const bench_shape *shape, double seconds, bench_time *time);

/**
 * Operations of one step of one row, two per multiply-add: the products of all layers, with the
 * input layer folded into the gates if these are fewer. Only the operations of the cheapest algebra
 * count, so that shares of the peak are not overstated. A backward pass counts twice a forward one.
 */
double bench_step_flops(const bench_shape *shape);

#endif
